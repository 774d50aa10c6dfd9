"""Copies of pictures and videos without metadata: what stays and what does not."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import exiv2
import numpy as np
import pillow_heif
import pytest
import pyvips
from PIL import Image

from librephotos.media.errors import MediaError, UnavailableFile
from librephotos.media.files.formats import FORMATS, Kind, sniff
from librephotos.media.fingerprint import file_time
from librephotos.media.limits import Limits
from librephotos.media.metadata.reading import read_metadata
from librephotos.media.stripping.copies import CopyOrder, make_copy
from librephotos.media.stripping.errors import NotStrippable
from librephotos.media.stripping.verification import verify
from tests.support.mounts import mounted_memory
from tests.support.pictures import coded, marked
from tests.support.pictures.images import corner_colours, encoded, quadrants
from tests.support.pictures.marked import ICC, MARK, RAW_MARK

LIMITS = Limits()


@pytest.fixture
def stripped(tmp_path: Path) -> Callable[..., Path]:
    """Give a function that writes a file, has it copied and returns the copy."""

    def copy(data: bytes, **options: Any) -> Path:
        path, target = tmp_path / "original", tmp_path / "copy"
        path.write_bytes(data)
        make_copy(order(path, target, **options))
        assert path.read_bytes() == data
        return target

    return copy


@pytest.mark.parametrize("format", ["HEIC", "AVIF"])
def test_colours_that_are_told_by_numbers_are_those_of_the_copy(
    format: str, stripped: Callable[..., Path]
) -> None:
    copy = stripped(coded.STILLS[format]((200, 100, 50), 12, 13))  # Display P3
    with Image.open(copy) as shown:
        assert shown.format == "JPEG"
        assert shown.getpixel((20, 20)) == pytest.approx((215, 93, 31), abs=5)


def order(path: Path, target: Path, **options: Any) -> CopyOrder:
    facts = path.stat()
    return CopyOrder(
        path=os.fsencode(path),
        format=sniff(str(path)).name,
        target=target,
        size=facts.st_size,
        mtime_ns=file_time(facts.st_mtime_ns),
        limits=LIMITS,
        **options,
    )


def assert_nothing_left(copy: Path) -> None:
    """Look for the marks in the bytes, and for metadata with the readers that we have.

    Only the orientation may be left of a still.
    """
    data = copy.read_bytes()
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        assert MARK.encode(encoding) not in data
    for text in (b"2021:07:05", b"2021-07-05", b"48.137", b"MDPM"):
        assert text not in data
    format = sniff(str(copy))
    found = read_metadata(str(copy), format=format, limits=LIMITS)
    said = (found.camera_make, found.camera_model, found.lens, found.latitude)
    said += (found.title, found.description, found.creator, found.copyright)
    assert not any(said) and not found.dates and not found.keywords
    if format.kind is Kind.IMAGE:
        assert exif_keys(data) <= {"Exif.Image.Orientation"} or format.name == "TIFF"


def exif_keys(data: bytes) -> set[str]:
    try:
        image = exiv2.ImageFactory.open(data)
        image.readMetadata()
    except exiv2.Exiv2Error:
        return set()
    assert not list(image.xmpData()) and not list(image.iptcData())
    assert not image.comment()
    return {datum.key() for datum in image.exifData()}


def pixels(data: bytes) -> np.ndarray:
    """Every frame of a picture as it is seen."""
    try:
        image = pyvips.Image.new_from_buffer(data, "", n=-1)
    except pyvips.Error:
        image = pyvips.Image.new_from_buffer(data, "")
    return image.autorot().numpy()


LOSSLESS = {
    "jpeg": marked.marked_jpeg,
    "progressive": lambda turn=1: marked.marked_jpeg(turn, progressive=True),
    "png": marked.marked_png,
    "webp": marked.marked_webp,
    "lossy webp": lambda turn=1: marked.marked_webp(turn, lossless=False),
    "tiff": marked.marked_tiff,
    "jpeg in tiff": lambda turn=1: marked.marked_tiff(turn, compression="jpeg"),
}


@pytest.mark.parametrize("orientation", [1, 3, 6, 7])
@pytest.mark.parametrize("kind", LOSSLESS)
def test_a_still_keeps_its_pixels_its_colours_and_which_way_is_up(
    stripped, kind, orientation
):
    data = LOSSLESS[kind](orientation)
    assert RAW_MARK in data
    copy = stripped(data)
    assert_nothing_left(copy)
    after = copy.read_bytes()
    assert np.array_equal(pixels(data), pixels(after))
    assert corner_colours(encoded(Image.fromarray(pixels(after)[..., :3]), "PNG")) == (
        *"rgbw",
    )
    with Image.open(io.BytesIO(after)) as image:
        assert image.info["icc_profile"] == ICC
    assert sniff(str(copy)) == sniff(str(copy.with_name("original")))


TURNED = {
    "jpeg": (lambda: marked.marked_jpeg(6), "JPEG"),
    "mirrored jpeg": (lambda: marked.marked_jpeg(5), "JPEG"),
    "png": (lambda: marked.marked_png(8), "PNG"),
    "webp": (lambda: marked.marked_webp(6), "JPEG"),
    "gif": (lambda: encoded(quadrants(240, 160), "GIF", comment=RAW_MARK), "PNG"),
    "tiff": (lambda: marked.marked_tiff(6), "TIFF"),
    "heic": (marked.marked_heic, "JPEG"),
    "avif": (marked.marked_avif, "JPEG"),
    "jxl": (marked.marked_jxl, "JPEG"),
}


@pytest.mark.parametrize("turn", [2, 6, 7])
@pytest.mark.parametrize("kind", TURNED)
def test_a_copy_is_turned_as_a_person_has_turned_the_picture(stripped, kind, turn):
    make, format = TURNED[kind]
    copy = stripped(make(), turn=turn)
    assert_nothing_left(copy)
    upright = quadrants(240, 160)
    wanted = Image.open(io.BytesIO(encoded(upright, "PNG")))
    for step in {2: [FLIP], 6: [QUARTER], 7: [FLIP, QUARTER]}[turn]:
        wanted = wanted.transpose(step)
    with Image.open(copy) as image:
        assert image.format == format
    shown = pixels(copy.read_bytes())[..., :3]
    assert shown.shape[:2] == wanted.size[::-1]
    assert corner_colours(encoded(Image.fromarray(shown), "PNG")) == corner_colours(
        encoded(wanted, "PNG")
    )


FLIP, QUARTER = Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.ROTATE_270


def test_a_turned_animation_and_turned_pages_are_all_there(stripped):
    data = marked.marked_gif()
    with Image.open(io.BytesIO(data)) as before:
        loop, size = before.info.get("loop"), before.size
        durations = [seek(before, frame).info["duration"] for frame in range(3)]
    copy = stripped(data, turn=6)
    assert_nothing_left(copy)
    with Image.open(copy) as after, Image.open(io.BytesIO(data)) as before:
        assert (after.format, after.n_frames) == ("WEBP", 3)
        assert after.size == size[::-1] and after.info.get("loop") == loop
        for frame in range(3):
            turned = seek(before, frame).convert("RGB").transpose(QUARTER)
            assert np.array_equal(turned, seek(after, frame).convert("RGB"))
            after.load()
            assert after.info["duration"] == durations[frame]
    pages = [Image.fromarray(np.full((40, 60), at, np.uint16)) for at in (300, 60_000)]
    data = encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    found = pixels(stripped(data, turn=6).read_bytes())
    assert [found.shape[1], found[0, 0].item(), found[-1, 0].item()] == [40, 300, 60000]


def seek(image: Image.Image, frame: int) -> Image.Image:
    image.seek(frame)
    return image


@pytest.mark.parametrize("make", [marked.marked_gif, lambda: animated_png()])
def test_an_animation_keeps_moving(stripped, make):
    data = make()
    copy = stripped(data)
    assert_nothing_left(copy)
    with Image.open(io.BytesIO(data)) as before, Image.open(copy) as after:
        assert after.n_frames == before.n_frames == 3
        for frame in range(3):
            before.seek(frame)
            after.seek(frame)
            assert after.info.get("duration") == before.info.get("duration")
            assert after.info.get("loop") == before.info.get("loop")
            assert np.array_equal(before.convert("RGB"), after.convert("RGB"))


def animated_png() -> bytes:
    frames = [quadrants(240, 160).rotate(90 * at) for at in (1, 2)]
    return marked.marked_png(save_all=True, append_images=frames, duration=90)


def test_an_animated_webp_keeps_moving(stripped):
    frames = [quadrants(240, 160).rotate(90 * at) for at in (1, 2)]
    data = marked.marked_webp(save_all=True, append_images=frames, duration=90)
    copy = stripped(data)
    assert_nothing_left(copy)
    assert np.array_equal(pixels(data), pixels(copy.read_bytes()))
    with Image.open(copy) as image:
        assert image.n_frames == 3


def test_values_of_a_png_have_nothing_behind_them(stripped):
    whole = encoded(quadrants(240, 160), "PNG")
    extras = [(b"gAMA", 4), (b"pHYs", 9), (b"bKGD", 6), (b"sRGB", 1)]
    chunks = [
        marked.png_chunk(kind, b"\0\0\0\1" * (size // 4) + bytes(size % 4) + RAW_MARK)
        for kind, size in extras
    ]
    copy = stripped(whole[:33] + b"".join(chunks) + whole[33:])
    assert_nothing_left(copy)
    assert np.array_equal(pixels(whole), pixels(copy.read_bytes()))


@pytest.mark.parametrize("start", [b"\x03\x01\x05\x00", b"", b"\x01\x01"])
def test_how_often_a_gif_repeats_has_nothing_behind_it(stripped, start):
    frames = [quadrants(120, 80).rotate(90 * at) for at in range(3)]
    more = {"save_all": True, "append_images": frames[1:], "duration": 90}
    whole = encoded(frames[0], "GIF", **more)
    text = bytes((len(RAW_MARK),)) + RAW_MARK
    control = b"\x21\xf9\x04\0\x09\0\0" + text + b"\0"
    application = b"\x21\xff\x0bNETSCAPE2.0" + start + text + b"\0"
    at = 13 + 3 * 2 ** ((whole[10] & 7) + 1)
    copy = stripped(whole[:at] + application + whole[at:-1] + control + b"\x3b")
    assert_nothing_left(copy)
    with Image.open(copy) as image:
        assert image.n_frames == 3
        if start.startswith(b"\x03"):
            assert image.info["loop"] == 5


def test_a_jpeg_xl_keeps_its_stream(stripped):
    data = marked.marked_jxl()
    copy = stripped(data)
    assert_nothing_left(copy)
    with Image.open(io.BytesIO(data)) as before, Image.open(copy) as after:
        assert np.array_equal(before, after)


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (marked.marked_heic, "JPEG"),
        (marked.marked_avif, "JPEG"),
        (lambda: marked.marked_avif(alpha=True), "PNG"),
    ],
)
def test_what_cannot_be_copied_is_rendered_at_full_size(stripped, make, name):
    data = make()
    copy = stripped(data)
    assert_nothing_left(copy)
    with seen(data) as before, Image.open(copy) as after:
        assert (after.format, after.size) == (name, before.size)
        assert after.info["icc_profile"] == ICC
        mode = "RGBA" if name == "PNG" else "RGB"
        difference = np.abs(np.asarray(before.convert(mode), int) - after.convert(mode))
        assert difference.mean() < 2


def seen(data: bytes) -> Image.Image:
    if data[8:12] == b"heic":
        return pillow_heif.open_heif(data).to_pillow()
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WebP", "TIFF"])
def test_of_a_picture_cut_short_the_copy_shows_what_is_there(stripped, kind):
    options = {"exif": marked.exif_block()} if kind != "GIF" else {}
    if kind == "WebP":
        options["lossless"] = True
    whole = encoded(noise(400, 300), kind, **options)
    copy = stripped(whole[: len(whole) * 2 // 3])
    assert_nothing_left(copy)
    with Image.open(copy) as image:
        assert image.size == (400, 300)
        top = np.asarray(image.convert("RGB"))[:150]
    assert top.std() > 30


def noise(width: int, height: int) -> Image.Image:
    values = np.random.default_rng(0).integers(0, 255, (height, width, 3), np.uint8)
    return Image.fromarray(values)


def test_a_file_of_a_time_beyond_64_bits_is_copied(tmp_path):
    with mounted_memory(tmp_path):  # keeps any time, unlike most disks
        path, target = tmp_path / "a.jpg", tmp_path / "copy"
        path.write_bytes(marked.marked_jpeg())
        os.utime(path, (253_402_300_800,) * 2)  # year 10000
        make_copy(order(path, target))
        assert_nothing_left(target)


def test_a_raw_file_becomes_its_picture(stripped, tmp_path):
    data = marked.marked_dng(tmp_path / "a.dng")
    copy = stripped(data)
    assert_nothing_left(copy)
    assert sniff(str(copy)).name == "JPEG"


@pytest.mark.parametrize(
    "make",
    [
        marked.marked_bmp,
        lambda: encoded(quadrants(240, 160), "JXL", use_container=False) + RAW_MARK,
    ],
    ids=["bitmap", "bare JPEG XL"],
)
def test_a_picture_without_its_trailer(stripped, make):
    copy = stripped(make())
    assert_nothing_left(copy)
    with Image.open(copy) as image:
        assert image.size == (240, 160)


@pytest.mark.parametrize("behind", [b"", RAW_MARK, b"\0" * 600 + RAW_MARK])
@pytest.mark.parametrize("cut", [2, 100, 2000])
def test_a_jpeg_that_breaks_off_is_shown_as_far_as_it_goes(stripped, cut, behind):
    whole = encoded(quadrants(400, 300), "JPEG", exif=marked.exif_block(), quality=95)
    copy = stripped(whole[:-cut] + behind)
    assert_nothing_left(copy)
    with Image.open(copy) as image:
        assert image.size == (400, 300)


@pytest.mark.parametrize("colours", ["CMYK", "L"])
def test_jpegs_of_other_colours(stripped, colours):
    image = quadrants(240, 160).convert(colours)
    data = encoded(image, "JPEG", exif=marked.exif_block(6))
    data = data[:2] + marked.segment(0xFE, RAW_MARK) + data[2:]
    copy = stripped(data)
    assert_nothing_left(copy)
    assert np.array_equal(pixels(data), pixels(copy.read_bytes()))


def test_a_tiff_of_two_pages_and_sixteen_bits(stripped):
    pages = [Image.fromarray(np.full((40, 60), at, np.uint16)) for at in (300, 60_000)]
    data = encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    copy = stripped(marked.with_metadata(data, exif=marked.EXIF))
    assert np.array_equal(pixels(data), pixels(copy.read_bytes()))
    assert_nothing_left(copy)


VIDEOS = {
    "mp4": lambda: marked.marked_mp4(sound="aac"),
    "turned": lambda: marked.marked_mp4(rotation=90),
    "drone": lambda: marked.marked_mp4(subtitle=True),
    "mov": lambda: marked.marked_mp4("mov", sound="pcm_s16le"),
    "hevc": lambda: marked.marked_mp4(codec="libx265"),
    "raw": lambda: marked.marked_video("avi", "rawvideo"),
    "3gp": lambda: marked.marked_video("3gp", "mpeg4"),
    "avi": lambda: marked.marked_video("avi", "mpeg4", sound="libmp3lame"),
    "motion jpeg": lambda: marked.marked_video("avi", "mjpeg"),
    "mkv": lambda: marked.marked_video("matroska", sound="vorbis"),
    "webm": lambda: marked.marked_video("webm", "libvpx-vp9", sound="libopus"),
    "mpeg": lambda: marked.marked_video(
        "vob", "mpeg2video", hidden=b"\0\0\1\xb2" + RAW_MARK
    ),
    "mpeg-4 user data": lambda: marked.marked_video(
        "avi", "mpeg4", hidden=b"\0\0\1\xb2" + RAW_MARK
    ),
    "avchd": lambda: marked.marked_video(
        "mpegts", sound="ac3", hidden=b"\0\0\0\1" + marked.mdpm()
    ),
    "avchd in mp4": lambda: marked.marked_mp4(hidden=b"\0\0\0\1" + marked.mdpm()),
    "wmv": lambda: marked.marked_video("asf", "wmv2", sound="wmav2"),
}


@pytest.mark.parametrize("kind", VIDEOS)
def test_a_video_keeps_its_picture_and_its_sound(stripped, kind):
    data = VIDEOS[kind]()
    copy = stripped(data)
    assert_nothing_left(copy)
    before, after = frames(data), frames(copy.read_bytes())
    assert before == after
    assert before


@pytest.mark.parametrize("muxer", ["mp4", "mov"])
@pytest.mark.parametrize("name", [b"hvc1", b"hev1"])
def test_hevc_keeps_the_name_by_which_players_choose(stripped, name, muxer):
    data = marked.marked_mp4(muxer, codec="libx265").replace(b"hev1", name)
    copy = stripped(data)
    assert_nothing_left(copy)
    assert picture_tag(data) == picture_tag(copy.read_bytes()) == name.decode()


def test_prores_and_xvid_are_what_they_were(stripped):
    prores = marked.marked_video("mov", "prores_ks")
    assert picture_tag(prores) == "ap4h"
    assert picture_tag(stripped(prores).read_bytes()) == "ap4h"
    xvid = marked.marked_video("avi", "mpeg4").replace(b"FMP4", b"XVID")
    assert picture_tag(stripped(xvid).read_bytes()) == "XVID"


def test_a_name_that_nobody_knows_is_not_kept(stripped):
    """It could tell anything, in four letters."""
    data = marked.marked_mp4("mov", codec="libx265").replace(b"hev1", b"dvh1")
    copy = stripped(data)
    assert_nothing_left(copy)
    assert picture_tag(copy.read_bytes()) == "hev1"
    assert frames(copy.read_bytes()) == frames(data)


def picture_tag(data: bytes) -> str:
    """The four letters by which a film names how its pictures are coded."""
    with av.open(io.BytesIO(data)) as container:
        return container.streams.video[0].codec_context.codec_tag


def test_recordings_that_were_joined_have_a_copy(stripped):
    """Their packets go back in time, which no container takes."""
    part = marked.marked_video("mpegts", sound="ac3")
    copy = stripped(part + part)
    assert_nothing_left(copy)
    kinds = [kind for kind, *_ in frames(copy.read_bytes())]
    assert kinds.count("VideoFrame") == 20


def test_sound_of_which_nothing_is_known_stays_behind(stripped):
    """As of a track that falls silent where the recording begins."""
    film = marked.marked_video("mpegts", sound="mp2")
    silent = bytearray(film)
    with av.open(io.BytesIO(film)) as container:
        for packet in container.demux(audio=0):
            data = bytes(packet)
            for at in range(0, len(data), 16):
                piece = data[at : at + 16]
                if len(piece) == 16:
                    silent = silent.replace(piece, bytes(16))
    copy = stripped(bytes(silent))
    assert_nothing_left(copy)
    kinds = [kind for kind, *_ in frames(copy.read_bytes())]
    assert kinds == ["VideoFrame"] * 10


def frames(data: bytes) -> list[tuple[str, int, bytes]]:
    """Every decoded frame: its kind, its turn and its bytes."""
    with av.open(io.BytesIO(data)) as container:
        tracks = container.streams.video + container.streams.audio
        found = [
            (
                type(frame).__name__,
                int(getattr(frame, "rotation", 0)),
                frame.to_ndarray().tobytes(),
            )
            for frame in container.decode(*tracks)
        ]
    return sorted(found, key=lambda frame: frame[0])


def test_the_video_in_a_motion_photo_and_the_still_without_it(stripped):
    video = marked.marked_mp4(sound="aac")
    data = marked.google_motion_photo(video)
    film = stripped(data, embedded_video=True)
    assert_nothing_left(film)
    assert sniff(str(film)).mime == "video/mp4"
    assert frames(film.read_bytes()) == frames(video)
    still = stripped(data)
    assert_nothing_left(still)
    assert b"ftyp" not in still.read_bytes()


def test_a_video_of_a_kind_that_may_hide_anything_is_refused(tmp_path):
    path, target = tmp_path / "a.avi", tmp_path / "copy"
    path.write_bytes(marked.marked_video("avi", "png"))
    with pytest.raises(NotStrippable, match="png cannot be freed"):
        make_copy(order(path, target))
    assert not target.exists()


@pytest.mark.parametrize(
    ("make", "format"),
    [
        (marked.marked_jpeg, "JPEG"),
        (marked.marked_png, "PNG"),
        (marked.marked_tiff, "TIFF"),
        (marked.marked_mp4, "MP4"),
        (lambda: marked.marked_video("matroska"), "Matroska"),
    ],
)
def test_metadata_that_came_through_would_be_noticed(tmp_path, make, format):
    path = tmp_path / "copy"
    path.write_bytes(make())
    with pytest.raises(NotStrippable, match="came through"):
        verify(path, format=FORMATS[format])


def test_a_file_that_changed_is_not_copied(tmp_path):
    path, target = tmp_path / "a.jpg", tmp_path / "copy"
    path.write_bytes(marked.marked_jpeg())
    wanted = order(path, target)
    os.utime(path, ns=(1, 1))
    with pytest.raises(UnavailableFile):
        make_copy(wanted)
    assert not target.exists()


@pytest.mark.parametrize("make", [*LOSSLESS.values(), marked.marked_heic])
@pytest.mark.parametrize("part", [0.02, 0.1, 0.5, 0.9])
def test_damaged_files_leave_nothing_or_a_clean_copy(tmp_path, make, part):
    data = make()
    path, target = tmp_path / "a", tmp_path / "copy"
    path.write_bytes(data[: max(64, int(len(data) * part))])
    try:
        make_copy(order(path, target))
    except MediaError:
        assert not target.exists()
    else:
        assert_nothing_left(target)
