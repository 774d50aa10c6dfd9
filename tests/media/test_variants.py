"""Which files are one capture."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from librephotos.media.formats import Kind
from librephotos.media.variants import CaptureFile, capture_key, group_captures


def _still(name: bytes, identifier: str | None = None) -> CaptureFile:
    return CaptureFile(b"/p/" + name, Kind.IMAGE, identifier)


def _raw(name: bytes) -> CaptureFile:
    return CaptureFile(b"/p/" + name, Kind.RAW)


def _video(
    name: bytes, identifier: str | None = None, seconds: float | None = 3.0
) -> CaptureFile:
    return CaptureFile(b"/p/" + name, Kind.VIDEO, identifier, seconds)


def _sidecar(name: bytes) -> CaptureFile:
    return CaptureFile(b"/p/" + name, Kind.SIDECAR)


def _names(*files: CaptureFile) -> list[list[bytes]]:
    groups = group_captures(files)
    return [[file.path.removeprefix(b"/p/") for file in group] for group in groups]


def test_raw_and_jpeg_are_one_with_the_jpeg_first() -> None:
    files = (_raw(b"IMG_1.CR2"), _still(b"img_1.jpg"))
    assert _names(*files) == [[b"img_1.jpg", b"IMG_1.CR2"]]


def test_live_photo_is_one_by_its_identifier_however_long() -> None:
    files = (_still(b"a.heic", "X"), _video(b"a.mov", "X", 30.0))
    assert _names(*files) == [[b"a.heic", b"a.mov"]]


@pytest.mark.parametrize(
    "video",
    [
        _video(b"a.mov", "Y"),
        _video(b"a.mov", None, 6.1),
        _video(b"a.mov", None, None),
    ],
)
def test_film_that_merely_shares_the_name_is_its_own(video: CaptureFile) -> None:
    identifier = "X" if video.content_identifier else None
    assert len(_names(_still(b"a.heic", identifier), video)) == 2


def test_short_video_without_identifiers_belongs_to_the_still() -> None:
    files = (_still(b"a.jpg"), _video(b"a.mp4", None, 6.0))
    assert _names(*files) == [[b"a.jpg", b"a.mp4"]]


def test_two_stills_and_two_raws_are_two_captures() -> None:
    assert len(_names(_still(b"a.jpg"), _still(b"a.png"))) == 2
    assert len(_names(_raw(b"a.cr2"), _raw(b"a.dng"))) == 2
    assert len(_names(_still(b"a.jpg"), _raw(b"a.cr2"), _raw(b"a.dng"))) == 2


def test_video_joins_a_raw_when_there_is_no_still() -> None:
    assert _names(_raw(b"a.dng"), _video(b"a.mov")) == [[b"a.mov", b"a.dng"]]


def test_sidecar_goes_to_the_file_it_names_else_to_the_stem() -> None:
    stills = (_still(b"a.jpg"), _still(b"a.png"))
    assert _names(*stills, _sidecar(b"a.png.xmp")) == [
        [b"a.jpg"],
        [b"a.png", b"a.png.xmp"],
    ]
    assert _names(*stills, _sidecar(b"A.XMP"))[0] == [b"a.jpg", b"A.XMP"]
    both = _names(_still(b"a.jpg"), _raw(b"a.nef"), _sidecar(b"a.nef.xmp"))
    assert both == [[b"a.jpg", b"a.nef", b"a.nef.xmp"]]


def test_lonely_sidecar_is_a_group_of_its_own() -> None:
    assert _names(_sidecar(b"a.xmp")) == [[b"a.xmp"]]


def test_other_folders_are_other_captures() -> None:
    files = [
        CaptureFile(b"/p/1/a.jpg", Kind.IMAGE),
        CaptureFile(b"/p/2/a.cr2", Kind.RAW),
    ]
    assert len(group_captures(files)) == 2


@pytest.mark.parametrize(
    ("path", "key"),
    [
        (b"/p/IMG_1.JPG", b"/p/img_1"),
        (b"/p/IMG_1.jpg.xmp", b"/p/img_1"),
        (b"/P/PXL_2.MP.jpg", b"/P/pxl_2"),
        (b"/p/trip.2019.jpg", b"/p/trip.2019"),
        (b"/p/.jpg", b"/p/.jpg"),
        (b"/p/caf\xe9.jpg", b"/p/caf\xe9"),
    ],
)
def test_key_drops_media_extensions_only(path: bytes, key: bytes) -> None:
    assert capture_key(path) == key


_parts = st.lists(
    st.sampled_from([b"/", b".", b"a", b"IMG", b".jpg", b".XMP", b".MP", b"\xff"]),
    max_size=8,
).map(b"".join)


@given(_parts)
def test_key_of_a_key_is_the_key(path: bytes) -> None:
    assert capture_key(capture_key(path)) == capture_key(path)


_files = st.builds(
    CaptureFile,
    path=st.sampled_from(
        [
            b"/p/" + stem + b"." + ext
            for stem in (b"a", b"B")
            for ext in (b"jpg", b"mov")
        ]
    ),
    kind=st.sampled_from(Kind),
    content_identifier=st.sampled_from([None, "X", "Y"]),
    duration_s=st.sampled_from([None, 1.0, 9.0]),
)


@given(st.lists(_files, unique_by=lambda file: file.path), st.randoms())
def test_each_file_is_in_one_group_in_any_order(files: list, random) -> None:
    groups = group_captures(files)
    assert sorted(f.path for g in groups for f in g) == sorted(f.path for f in files)
    shuffled = list(files)
    random.shuffle(shuffled)
    assert group_captures(shuffled) == groups
