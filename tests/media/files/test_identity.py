"""Hash, size and what grouping wants to know, from one read."""

import hashlib
import io
import os
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image

from librephotos.media.errors import (
    MediaError,
    UnreadableFile,
    unreadable_because,
)
from librephotos.media.files.identity import READ_BYTES, identify
from librephotos.media.files.motion_photo import embedded_video_range
from librephotos.media.files.variants import CaptureFile, group_captures
from librephotos.media.limits import Limits
from tests.media.conftest import Keep
from tests.support.pictures import images, videos

pillow_heif.register_heif_opener()


def video_inside(path: Path) -> bytes | None:
    found = embedded_video_range(path)
    if found is None:
        return None
    offset, length = found
    return path.read_bytes()[offset : offset + length]


def test_hash_and_size_are_of_the_whole_file(keep: Keep, limits: Limits) -> None:
    content = images.jpeg() + os.urandom(2 * READ_BYTES + 17)
    found = identify(keep("a.jpg", content), limits=limits)
    assert found.md5 == hashlib.md5(content).hexdigest()
    assert found.size == len(content)
    assert found.format.name == "JPEG"
    assert not found.embedded_video
    assert found.duration_s is None


def test_live_photo_s_parts_share_an_identifier(keep: Keep, limits: Limits) -> None:
    key = "com.apple.quicktime.content.identifier"
    film = videos.video(format="mov", metadata={key: images.APPLE_IDENTIFIER})
    still = identify(keep("a.jpg", images.live_still()), limits=limits)
    video = identify(keep("a.mov", film), limits=limits)
    assert still.content_identifier == images.APPLE_IDENTIFIER
    assert video.content_identifier == images.APPLE_IDENTIFIER
    assert video.duration_s == pytest.approx(1.0, abs=0.15)


@pytest.mark.parametrize(
    "make", [images.google_motion_photo, images.samsung_motion_photo]
)
def test_motion_photo_gives_its_video_back(make, keep: Keep, limits: Limits) -> None:
    film = videos.video()
    path = keep("a.jpg", make(film))
    assert identify(path, limits=limits).embedded_video
    assert video_inside(path) == film


def test_forerunner_of_google_s_format(keep: Keep) -> None:
    film = videos.video()
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        'xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" '
        f'GCamera:MicroVideo="1" GCamera:MicroVideoOffset="{len(film)}"/>'
        "</rdf:RDF></x:xmpmeta>"
    )
    path = keep("a.jpg", images.with_xmp_packet(images.jpeg(), packet) + film)
    assert video_inside(path) == film


def test_heic_with_a_video_box(keep: Keep, limits: Limits) -> None:
    film = videos.video()
    box = (len(film) + 8).to_bytes(4, "big") + b"mpvd" + film
    head = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
    path = keep("a.heic", head + box)
    assert identify(path, limits=limits).embedded_video
    assert video_inside(path) == film


def test_claimed_video_that_is_not_there_is_none(keep: Keep, limits: Limits) -> None:
    film = videos.video()
    cut = images.google_motion_photo(film)[: -len(film)]
    for name, content in (("a.jpg", cut), ("b.jpg", images.jpeg())):
        path = keep(name, content)
        assert embedded_video_range(path) is None
        assert not identify(path, limits=limits).embedded_video


def test_damaged_video_still_has_an_identity(keep: Keep, limits: Limits) -> None:
    path = keep("a.mp4", videos.video()[:300])
    found = identify(path, limits=limits)
    assert (found.format.name, found.duration_s) == ("MP4", None)


def test_what_cannot_be_read_says_why(
    keep: Keep, tmp_path: Path, limits: Limits
) -> None:
    with pytest.raises(UnreadableFile, match="empty"):
        identify(keep("a.jpg", b""), limits=limits)
    with pytest.raises(UnreadableFile, match="not there"):
        identify(tmp_path / "gone.jpg", limits=limits)
    with pytest.raises(UnreadableFile, match="name"):
        identify("a\0.jpg", limits=limits)
    with pytest.raises(MediaError) as caught:
        identify(keep("secret-name.txt", b"text"), limits=limits)
    assert "secret-name" not in str(caught.value)


def test_no_permission_says_how_to_mend_it() -> None:
    said = unreadable_because(PermissionError(13, "Permission denied", "/secret/a.jpg"))
    assert "read permission" in str(said)
    assert "secret" not in str(said)


def dated(format: str, taken_at: str) -> bytes:
    exif = Image.Exif()
    if taken_at:
        exif.get_ifd(0x8769)[0x9003] = taken_at
    options = {"exif": exif.tobytes()} if taken_at else {}
    target = io.BytesIO()
    images.quadrants(64, 48).save(target, format, **options)
    return target.getvalue()


@pytest.mark.parametrize("format", ["JPEG", "HEIF"])
def test_the_clock_is_read_where_exif_stands_and_nowhere_else(
    format: str, keep: Keep, limits: Limits
) -> None:
    block = io.BytesIO(dated("JPEG", "1999:01:02 03:04:05")).read()
    start = block.index(b"Exif\0\0")
    foreign = block[start : start + 200] + images.live_still()
    own = dated(format, "2021:05:06 07:08:09")
    found = identify(keep("own", own + foreign), limits=limits)
    assert found.clock == "2021:05:06 07:08:09"
    assert found.content_identifier is None
    none = identify(keep("none", dated(format, "") + foreign), limits=limits)
    assert (none.clock, none.content_identifier) == ("", None)


@pytest.mark.parametrize("preview", [None, dated("JPEG", "2001:02:03 04:05:06")])
def test_the_clock_of_a_raw_file_may_be_in_its_first_directory(
    preview: bytes | None, tmp_path: Path, keep: Keep, limits: Limits
) -> None:
    path = images.dng(
        tmp_path / "a.dng", preview=preview, taken_at="2019:09:08 10:00:00"
    )
    raw = identify(path, limits=limits)
    assert raw.clock == "2019:09:08 10:00:00"
    for shot, groups in (("2019:09:08 10:00:01", 1), ("2017:09:07 10:00:07", 2)):
        still = identify(keep("a.jpg", dated("JPEG", shot)), limits=limits)
        files = [
            CaptureFile(name, found.format.kind, clock=found.clock)
            for name, found in ((b"/a.dng", raw), (b"/a.jpg", still))
        ]
        assert len(group_captures(files)) == groups


def test_a_blank_clock_gives_way_to_that_of_the_first_directory(
    keep: Keep, limits: Limits
) -> None:
    exif = {
        "Exif.Image.DateTimeOriginal": "2019:09:08 10:00:00",
        "Exif.Photo.DateTimeOriginal": "    :  :     :  :  ",
        "Exif.Photo.DateTimeDigitized": "2022:01:02 03:04:05",
    }
    path = keep("a.jpg", images.jpeg(exif=exif))
    assert identify(path, limits=limits).clock == "2019:09:08 10:00:00"
