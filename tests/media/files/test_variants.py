"""Which files are one capture."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from librephotos.media.files.formats import Kind
from librephotos.media.files.variants import CaptureFile, capture_key, group_captures

NOON = "2024-08-15T12:00:00"


def _still(
    name: bytes, identifier: str | None = None, clock: str = NOON, format: str = "HEIC"
) -> CaptureFile:
    return CaptureFile(
        b"/p/" + name, Kind.IMAGE, identifier, clock=clock, format=format
    )


def _raw(name: bytes, clock: str = "", format: str = "DNG") -> CaptureFile:
    return CaptureFile(b"/p/" + name, Kind.RAW, clock=clock, format=format)


def _video(
    name: bytes,
    identifier: str | None = None,
    seconds: float | None = 3.0,
    clock: str = NOON,
    format: str = "QuickTime",
) -> CaptureFile:
    return CaptureFile(
        b"/p/" + name, Kind.VIDEO, identifier, seconds, clock=clock, format=format
    )


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


def test_the_film_of_a_live_photo_may_be_named_after_its_codec() -> None:
    files = (_still(b"a.heic", "X"), _video(b"a_HEVC.MOV", "X"))
    assert _names(*files) == [[b"a.heic", b"a_HEVC.MOV"]]
    files = (_still(b"a.heic", "X"), _video(b"a_HEVC.MOV", "Y"))
    assert len(_names(*files)) == 2


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


@pytest.mark.parametrize(
    ("still", "film"),
    [
        (NOON, NOON),
        (NOON, "2024-08-15T11:59:57"),
        (NOON, "2024-08-15T10:00:02"),  # UTC, in summer
        (NOON, "2024-08-15T06:29:58"),  # UTC, in India
        ("2024-08-15T00:30:00", "2024-08-14T22:30:01"),
        ("2024:08:15 12:00:00+02:00", "2024-08-15T12:00:01+0200"),
        ("2024:08:15 12:00:00+02:00", "2024-08-15T10:00:01+0000"),
    ],
)
def test_short_video_of_the_same_moment_belongs_to_the_still(
    still: str, film: str
) -> None:
    files = (_still(b"a.heic", clock=still), _video(b"a.mov", None, 3.0, film))
    assert _names(*files) == [[b"a.heic", b"a.mov"]]
    older = (_still(b"a.jpg", clock=still, format="JPEG"), _video(b"A.MP4", clock=film))
    assert len(_names(*older)) == 1


@pytest.mark.parametrize(
    ("still", "film"),
    [
        (NOON, "2024-09-01T12:00:00"),  # a counter that began anew
        (NOON, "2024-08-16T12:00:00"),
        (NOON, "2024-08-15T12:01:00"),
        (NOON, ""),
        ("", NOON),
        ("", ""),
        ("2024:08:15 12:00:00+02:00", "2024-08-15T12:00:00+00:00"),
    ],
)
def test_short_video_of_another_moment_is_its_own(still: str, film: str) -> None:
    assert (
        len(_names(_still(b"a.heic", clock=still), _video(b"a.mov", clock=film))) == 2
    )


@pytest.mark.parametrize("format", ["PNG", "GIF", "WebP", "TIFF", "BMP", "AVIF"])
def test_a_screenshot_has_no_film(format: str) -> None:
    assert len(_names(_still(b"a.png", format=format), _video(b"a.mov"))) == 2


@pytest.mark.parametrize("format", ["AVI", "Matroska", "MPEG-TS", "WMV"])
def test_no_phone_writes_such_a_film_beside_its_stills(format: str) -> None:
    assert len(_names(_still(b"a.heic"), _video(b"a.avi", format=format))) == 2


def test_edited_copies_and_three_formats() -> None:
    files = (_still(b"IMG_1.HEIC"), _still(b"IMG_E1.JPG"), _video(b"IMG_1.MOV"))
    assert _names(*files) == [[b"IMG_1.HEIC", b"IMG_1.MOV"], [b"IMG_E1.JPG"]]
    shot = (
        _still(b"a.png", format="PNG"),
        _still(b"a.heic", clock="2024-08-15T09:00:00"),
        _still(b"a.jpg", clock=NOON, format="JPEG"),
        _video(b"a.mov", clock="2024-08-15T10:00:01"),
    )
    assert [b"a.heic", b"a.mov"] in _names(*shot) or [b"a.jpg", b"a.mov"] in _names(
        *shot
    )
    assert len(_names(*shot)) == 3


def test_raw_and_jpeg_of_different_moments_are_two() -> None:
    jpeg = _still(b"a.jpg", clock="2024:08:15 12:00:00", format="JPEG")
    assert len(_names(jpeg, _raw(b"a.nef", "2024:08:15 12:00:01", "NEF"))) == 1
    assert len(_names(jpeg, _raw(b"a.nef", "2019:01:02 03:04:05", "NEF"))) == 2
    assert len(_names(jpeg, _raw(b"a.nef", "2024:08:15 10:00:00", "NEF"))) == 2
    assert len(_names(jpeg, _raw(b"a.nef", "", "NEF"))) == 1


def test_a_raw_goes_to_the_still_of_its_moment() -> None:
    early = _still(b"a.jpeg", clock="2024:08:15 12:00:00", format="JPEG")
    late = _still(b"a.jpg", clock="2024:08:15 13:00:00", format="JPEG")
    raw = _raw(b"a.nef", "2024:08:15 13:00:00", "NEF")
    assert _names(early, late, raw) == [[b"a.jpeg"], [b"a.jpg", b"a.nef"]]


def test_two_stills_and_two_raws_are_two_captures() -> None:
    assert len(_names(_still(b"a.jpg"), _still(b"a.png"))) == 2
    assert len(_names(_raw(b"a.cr2"), _raw(b"a.dng"))) == 2
    assert len(_names(_still(b"a.jpg"), _raw(b"a.cr2"), _raw(b"a.dng"))) == 2


def test_video_joins_a_raw_when_there_is_no_still() -> None:
    shot = (_raw(b"a.dng", NOON), _video(b"a.mov"))
    assert _names(*shot) == [[b"a.mov", b"a.dng"]]


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
        (b"/p/IMG_1_HEVC.MOV", b"/p/img_1"),
        (b"/p/IMG_1_HEVC.MOV.xmp", b"/p/img_1"),
        (b"/p/IMG_1_HEVC.JPG", b"/p/img_1_hevc"),
        (b"/p/_HEVC.MOV", b"/p/_hevc"),
        (b"/p/trip.2019.jpg", b"/p/trip.2019"),
        (b"/p/.jpg", b"/p/.jpg"),
        (b"/p/caf\xe9.jpg", b"/p/caf\xe9"),
    ],
)
def test_key_drops_media_extensions_only(path: bytes, key: bytes) -> None:
    assert capture_key(path) == key


_parts = st.lists(
    st.sampled_from(
        [b"/", b".", b"a", b"IMG", b".jpg", b".XMP", b".MP", b"\xff", b"_HEVC", b".mov"]
    ),
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
    clock=st.sampled_from(["", NOON, "2019-01-01T00:00:00"]),
)


@given(st.lists(_files, unique_by=lambda file: file.path), st.randoms())
def test_each_file_is_in_one_group_in_any_order(files: list, random) -> None:
    groups = group_captures(files)
    assert sorted(f.path for g in groups for f in g) == sorted(f.path for f in files)
    shuffled = list(files)
    random.shuffle(shuffled)
    assert group_captures(shuffled) == groups
