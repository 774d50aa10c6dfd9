"""Previews: size, uprightness, colour, alpha, clips, and errors in words."""

import io
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pillow_heif
import pillow_jxl  # noqa: F401  registers itself with Pillow
import pytest
import pyvips
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from librephotos.media.decoding.film_frames import MAX_PASSED_OVER
from librephotos.media.decoding.icc_profiles import describes_srgb
from librephotos.media.decoding.pixels import still_size
from librephotos.media.errors import LimitExceeded, UnreadableFile, UnsupportedFormat
from librephotos.media.files.formats import FORMATS, sniff
from librephotos.media.limits import Limits
from librephotos.media.metadata.reading import read_metadata
from librephotos.media.metadata.video import read_video
from librephotos.media.pictures.looks import dominant_color, perceptual_hash
from librephotos.media.pictures.thumbnails import Thumbnails, make_thumbnails
from librephotos.media.structure.orientation import exif_of
from tests.media.conftest import Keep
from tests.support.pictures import images, videos


def _make(path: Any, limits: Limits | None = None) -> Thumbnails:
    return make_thumbnails(path, format=sniff(path), limits=limits or Limits())


def _size(data: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(data)) as image:
        return image.size


def _distance(a: int, b: int) -> int:
    return ((a ^ b) & (2**64 - 1)).bit_count()


def test_three_sizes_from_a_large_picture(keep: Keep) -> None:
    made = _make(keep("a.jpg", images.jpeg(2400, 1600)))
    assert (made.width, made.height) == (2400, 1600)
    sizes = [_size(preview.data) for preview in (made.big, made.medium, made.small)]
    assert sizes == [(1620, 1080), (750, 500), (375, 250)]
    assert {made.big.mime, made.medium.mime, made.small.mime} == {"image/jpeg"}
    assert made.clip_medium is None and made.clip_small is None


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((100, 60), [(100, 60)] * 3),
        ((900, 600), [(900, 600), (750, 500), (375, 250)]),
        ((9000, 300), [(4096, 137), (2000, 67), (1000, 33)]),
        ((1, 1), [(1, 1)] * 3),
        ((3, 2000), [(2, 1080), (1, 500), (1, 250)]),
    ],
)
def test_never_enlarged_and_never_too_wide(
    size: tuple[int, int], expected: list, keep: Keep
) -> None:
    made = _make(keep("a.png", images.encoded(images.picture(*size), "PNG")))
    sizes = [_size(preview.data) for preview in (made.big, made.medium, made.small)]
    for found, wanted in zip(sizes, expected, strict=True):
        assert found == pytest.approx(wanted, abs=1)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "BMP"])
@pytest.mark.parametrize("size", [(1, 1), (2, 16_000), (16_000, 2)])
def test_a_picture_that_is_nearly_a_line(
    format: str, size: tuple[int, int], keep: Keep
) -> None:
    data = images.encoded(Image.new("RGB", size, (9, 100, 200)), format)
    made = _make(keep("line", data))
    assert (made.width, made.height) == size
    assert made.damage == ""


def png_chunk(content: bytes) -> bytes:
    """Return a chunk of a PNG, of its kind and what it holds."""
    size = (len(content) - 4).to_bytes(4, "big")
    return size + content + zlib.crc32(content).to_bytes(4, "big")


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("place", ["behind the picture", "behind JPEG's mark"])
@pytest.mark.parametrize("gamma", [b"", b"gAMA\0\1\x86\xa0"], ids=["plain", "linear"])
def test_a_png_is_upright_wherever_its_exif_stands(
    gamma: bytes, place: str, orientation: int, keep: Keep
) -> None:
    stored = images.stored_for(orientation, images.quadrants(1600, 900))
    plain, block = images.encoded(stored, "PNG"), exif_of(orientation)
    if gamma:
        plain = plain[:33] + png_chunk(gamma) + plain[33:]
    marked = place == "behind JPEG's mark"
    chunk = png_chunk(b"eXIf" + (b"Exif\0\0" if marked else b"") + block)
    at = 33 if marked else len(plain) - 12
    path = keep("a.png", plain[:at] + chunk + plain[at:])
    made = _make(path)
    assert (made.width, made.height) == (1600, 900)
    assert made.damage == ""
    assert _size(made.medium.data) == (889, 500)
    assert images.corner_colours(made.medium.data) == ("r", "g", "b", "w")
    assert still_size(path, format=sniff(path)) == (1600, 900)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_previews_are_upright(format: str, orientation: int, keep: Keep) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = images.stored_for(orientation, images.quadrants(400, 300))
    options = {"exif": exif.tobytes()} if format != "TIFF" else {"exif": exif}
    made = _make(keep("a", images.encoded(stored, format, **options)))
    assert (made.width, made.height) == (400, 300)
    for preview in (made.big, made.medium, made.small):
        assert images.corner_colours(preview.data) == ("r", "g", "b", "w")


def _heif(picture: Image.Image) -> bytes:
    target = io.BytesIO()
    pillow_heif.from_pillow(picture).save(target, format="HEIF")
    return target.getvalue()


STILLS: dict[str, Callable[[Image.Image], bytes]] = {
    "JPEG": lambda picture: images.encoded(picture, "JPEG"),
    "PNG": lambda picture: images.encoded(picture, "PNG"),
    "WebP": lambda picture: images.encoded(picture, "WEBP"),
    "TIFF": lambda picture: images.encoded(picture, "TIFF", compression="tiff_lzw"),
    "GIF": lambda picture: images.encoded(picture, "GIF"),
    "BMP": lambda picture: images.encoded(picture, "BMP"),
    "AVIF": lambda picture: images.encoded(picture, "AVIF"),
    "JXL": lambda picture: images.encoded(picture, "JXL"),
    "HEIC": _heif,
}


@pytest.mark.parametrize("name", STILLS)
def test_every_still_format_shows_its_colours(name: str, keep: Keep) -> None:
    made = _make(keep("a", STILLS[name](images.quadrants(640, 480))))
    assert (made.width, made.height) == (640, 480)
    assert images.corner_colours(made.big.data) == ("r", "g", "b", "w")


def test_raw_is_developed_where_there_is_no_preview(tmp_path: Any) -> None:
    made = _make(images.dng(tmp_path / "a.dng"))
    assert (made.width, made.height) == (256, 192)
    assert made.big.mime == "image/jpeg"


def test_raw_s_own_preview_is_taken_where_it_is_large_enough(tmp_path: Any) -> None:
    preview = images.encoded(images.quadrants(240, 180), "JPEG")
    made = _make(images.dng(tmp_path / "a.dng", preview=preview))
    assert (made.width, made.height) == (256, 192)
    assert images.corner_colours(made.big.data) == ("r", "g", "b", "w")


@pytest.mark.parametrize(
    ("orientation", "corners"),
    [
        (2, ("g", "r", "w", "b")),
        (3, ("w", "b", "g", "r")),
        (4, ("b", "w", "r", "g")),
        (5, ("r", "b", "g", "w")),
        (6, ("b", "r", "w", "g")),
        (7, ("w", "g", "b", "r")),
        (8, ("g", "w", "r", "b")),
    ],
)
def test_raw_is_upright(orientation: int, corners: tuple, tmp_path: Any) -> None:
    preview = images.encoded(images.quadrants(240, 180), "JPEG")
    size = (192, 256) if orientation > 4 else (256, 192)
    for kept in (preview, None):
        path = images.dng(tmp_path / "a.dng", preview=kept, orientation=orientation)
        made = _make(path)
        assert (made.width, made.height) == size
        assert kept is None or images.corner_colours(made.big.data) == corners
        found = read_metadata(path, format=sniff(path), limits=Limits())
        assert (found.width, found.height) == size


@pytest.mark.parametrize(
    ("preview", "orientation", "size"),
    [
        ((240, 135), 1, (256, 144)),
        ((180, 180), 1, (192, 192)),
        ((240, 135), 6, (144, 256)),
        ((240, 178), 1, (256, 192)),
    ],
)
def test_a_raw_has_the_shape_of_what_is_shown(
    preview: tuple[int, int], orientation: int, size: tuple[int, int], tmp_path: Any
) -> None:
    shown = images.encoded(images.quadrants(*preview), "JPEG")
    made = _make(images.dng(tmp_path / "a", preview=shown, orientation=orientation))
    assert (made.width, made.height) == size
    across, down = _size(made.big.data)
    assert made.width / made.height == pytest.approx(across / down, rel=0.03)


def test_raw_s_own_preview_is_passed_over_where_it_is_small(tmp_path: Any) -> None:
    preview = images.encoded(images.quadrants(32, 24), "JPEG")
    made = _make(images.dng(tmp_path / "a.dng", preview=preview))
    assert _size(made.big.data)[1] >= 96


@pytest.mark.parametrize("size", [(320, 240), (1600, 1200)])
@pytest.mark.parametrize("deep", [np.uint16, np.float32])
def test_deep_grey_of_jpeg_xl_keeps_its_shades(
    deep: type, size: tuple[int, int], keep: Keep
) -> None:
    plain = images.picture(*size).convert("L")
    shades = np.asarray(plain) / 255
    light = np.where(
        shades <= 0.04045, shades / 12.92, ((shades + 0.055) / 1.055) ** 2.4
    )
    # Pillow's plugin writes deep grey as linear light, and says so in the file.
    deep_grey = (
        light.astype(deep) if deep is np.float32 else (light * 65_535).astype(deep)
    )
    content = images.encoded(Image.fromarray(deep_grey), "JXL", lossless=True)
    made = _make(keep("a.jxl", content))
    usual = _make(keep("a.png", images.encoded(plain, "PNG")))
    shown, meant = (
        pyvips.Image.new_from_buffer(preview.data, "").numpy().astype(int)
        for preview in (made.big, usual.big)
    )
    assert abs(shown - meant).mean() < 3


@pytest.mark.parametrize("mode", ["L", "1", "I;16", "CMYK", "P", "LA"])
def test_unusual_pixels_become_srgb(mode: str, keep: Keep) -> None:
    picture = images.picture(320, 240)
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(picture.convert("L"), np.uint16) * 257)
    else:
        picture = picture.convert(mode)
    format = "JPEG" if mode == "CMYK" else "PNG"
    made = _make(keep("a", images.encoded(picture, format)))
    plain = _make(keep("b.jpg", images.jpeg(320, 240)))
    with Image.open(io.BytesIO(made.big.data)) as shown:
        assert shown.mode in ("RGB", "L")
        assert shown.info.get("icc_profile") is None
    assert _distance(made.phash, plain.phash) <= 12


def test_embedded_profile_is_applied(keep: Keep) -> None:
    # Swapping the primaries of red and green is a profile nobody can overlook.
    profile = bytearray(
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    )
    profile = bytes(profile).replace(b"rXYZ", b"tmp!").replace(b"gXYZ", b"rXYZ")
    profile = profile.replace(b"tmp!", b"gXYZ")
    described = profile.replace(b"sRGB", b"swap").replace(
        "sRGB".encode("utf-16-be"), "swap".encode("utf-16-be")
    )
    plain = images.quadrants(640, 480)
    made = _make(keep("a.jpg", images.encoded(plain, "JPEG", icc_profile=described)))
    assert images.corner_colours(made.big.data) == ("g", "r", "b", "w")


def test_profile_that_calls_itself_srgb_is_known() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    assert describes_srgb(srgb)
    assert not describes_srgb(lab)
    assert not describes_srgb(b"")
    assert not describes_srgb(bytes(128) + b"\xff" * 40)


CURVES = {
    "gamma 1.0": b"curv\0\0\0\0\0\0\0\1\1\0",
    "gamma 1.8": b"curv\0\0\0\0\0\0\0\1\1\xcd",
    "no shades": b"curv\0\0\0\0\0\0\0\0",
    "a straight line": b"curv\0\0\0\0\0\0\0\3\0\0\x80\0\xff\xff",
    "parametric": b"para\0\0\0\0\0\0\0\0\0\1\xcc\xcd",
}


def _srgb_with_curve(curve: bytes) -> bytes:
    """The profile of sRGB, with its name, and another curve for all three colours."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    start = profile.index(b"para")
    return profile[:start] + curve.ljust(32, b"\0") + profile[start + 32 :]


@pytest.mark.parametrize("curve", CURVES)
@pytest.mark.parametrize("format", ["JPEG", "PNG", "HEIF"])
def test_srgb_by_name_with_another_curve_is_brightened(
    curve: str, format: str, keep: Keep
) -> None:
    profile = _srgb_with_curve(CURVES[curve])
    grey = Image.new("RGB", (64, 48), (100, 100, 100))
    made = _make(keep("a", images.encoded(grey, format, icc_profile=profile)))
    shown = pyvips.Image.new_from_buffer(made.big.data, "").getpoint(20, 20)
    light = (100 / 255) ** (1.8 if "1.8" in curve or curve == "parametric" else 1.0)
    expected = 255 * (1.055 * light ** (1 / 2.4) - 0.055)
    assert shown[0] == pytest.approx(expected, abs=3)


@pytest.mark.parametrize(
    "curve",
    [
        b"curv\0\0\0\0\0\0\0\1\2\x33",  # 2.2
        b"curv\0\0\0\0\0\0\0\1\0\0",
        b"curv\0\0\0\0\xff\xff\xff\xff",
        b"para\0\0\0\0\0\0\0\0\xff\xff\0\0",
        b"para\0\0\0\0\0\1\0\0\0\1\0\0\xff\xff\0\0",
        b"none",
    ],
)
def test_srgb_by_name_with_its_curve_or_none_that_makes_sense(curve: bytes) -> None:
    assert describes_srgb(_srgb_with_curve(curve))


def test_damaged_profile_does_not_hide_the_picture(keep: Keep) -> None:
    content = images.encoded(images.quadrants(), "JPEG", icc_profile=b"nonsense" * 40)
    made = _make(keep("a.jpg", content))
    assert images.corner_colours(made.big.data) == ("r", "g", "b", "w")


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_transparency_is_kept(format: str, keep: Keep) -> None:
    picture = images.quadrants(800, 600).convert("RGBA")
    alpha = np.full((600, 800), 255, np.uint8)
    alpha[:300] = 0
    picture.putalpha(Image.fromarray(alpha))
    made = _make(keep("a", images.encoded(picture, format)))
    assert made.big.mime == made.small.mime == "image/webp"
    with Image.open(io.BytesIO(made.big.data)) as shown:
        assert shown.convert("RGBA").getpixel((10, 10))[3] == 0
        assert shown.convert("RGBA").getpixel((10, 590))[3] == 255


def test_opaque_alpha_is_dropped(keep: Keep) -> None:
    opaque = images.quadrants().convert("RGBA")
    made = _make(keep("a.png", images.encoded(opaque, "PNG")))
    assert made.big.mime == "image/jpeg"


def test_previews_carry_no_metadata(keep: Keep) -> None:
    content = images.jpeg(
        1200, 900, exif={"Exif.Image.Make": "Canon", **images.gps(10, 20)}
    )
    made = _make(keep("a.jpg", content))
    for preview in (made.big, made.medium, made.small):
        assert b"Exif" not in preview.data
        assert b"Canon" not in preview.data


def test_placeholder_is_tiny(keep: Keep) -> None:
    made = _make(keep("a.jpg", images.jpeg(1200, 900)))
    assert _size(made.placeholder) == (16, 12)
    assert len(made.placeholder) < 260


@pytest.mark.parametrize("format", ["GIF", "WEBP"])
def test_animation_has_a_still_and_short_clips(format: str, keep: Keep) -> None:
    content = images.animated(format, frames=30, delay_ms=500)
    made = _make(keep("a", content))
    assert (made.width, made.height) == (200, 120)
    assert made.big.mime == "image/jpeg"
    assert made.clip_medium.mime == made.clip_small.mime == "image/webp"
    with Image.open(io.BytesIO(made.clip_small.data)) as clip:
        assert clip.size == (200, 120)
        assert clip.n_frames == 10


def test_large_animation_has_clips_of_both_sizes(keep: Keep) -> None:
    frames = [images.picture(1200, 800).rotate(9 * at) for at in range(3)]
    content = images.encoded(
        frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=80
    )
    made = _make(keep("a.webp", content))
    for clip, size in ((made.clip_medium, (750, 500)), (made.clip_small, (375, 250))):
        with Image.open(io.BytesIO(clip.data)) as shown:
            assert (shown.size, shown.n_frames) == (size, 3)
            shown.load()
            assert shown.info["duration"] == 80


@pytest.mark.parametrize(
    ("rotation", "size", "corners"),
    [
        (0, (1280, 960), ("r", "g", "b", "w")),
        (90, (960, 1280), ("g", "w", "r", "b")),
        (180, (1280, 960), ("w", "b", "g", "r")),
        (-90, (960, 1280), ("b", "r", "w", "g")),
    ],
)
def test_video_is_turned_upright(
    rotation: int, size: tuple[int, int], corners: tuple, keep: Keep
) -> None:
    film = videos.video(width=1280, height=960, seconds=0.5, rotation=rotation)
    made = _make(keep("a.mp4", film))
    assert (made.width, made.height) == size
    assert images.corner_colours(made.big.data) == corners
    facts = videos.clip_facts(made.clip_small.data)
    assert facts["height"] == 250
    assert facts["width"] == pytest.approx(250 * size[0] / size[1], abs=2)


@pytest.mark.parametrize(
    ("matrix", "size", "corners"),
    [
        ((-1, 0, 0, 1), (320, 240), ("g", "r", "w", "b")),
        ((1, 0, 0, -1), (320, 240), ("b", "w", "r", "g")),
        ((0, 1, 1, 0), (240, 320), ("r", "b", "g", "w")),
        ((0, -1, -1, 0), (240, 320), ("w", "g", "b", "r")),
        ((0, 1, -1, 0), (240, 320), ("b", "r", "w", "g")),
        ((0, 0, 0, 0), (320, 240), ("r", "g", "b", "w")),  # which says nothing
        ((0, 1, 0, 0), (320, 240), ("r", "g", "b", "w")),
    ],
)
@pytest.mark.parametrize("format", ["mp4", "mov"])
def test_mirrored_video_is_upright(
    matrix: tuple[int, ...],
    size: tuple[int, int],
    corners: tuple,
    format: str,
    keep: Keep,
) -> None:
    film = videos.with_matrix(videos.video(format=format), matrix)
    made = _make(keep(f"a.{format}", film))
    assert (made.width, made.height) == size
    assert images.corner_colours(made.big.data) == corners
    shown = videos.first_frame(made.clip_small.data)
    assert images.corner_colours(images.encoded(shown, "PNG")) == corners


def test_clip_is_short_silent_and_plays_everywhere(keep: Keep) -> None:
    film = videos.video(width=1280, height=720, seconds=8, rate=50)
    made = _make(keep("a.mp4", film))
    assert made.clip_medium.mime == "video/mp4"
    data = made.clip_medium.data
    facts = videos.clip_facts(data)
    assert (facts["codec"], facts["pix_fmt"], facts["audio"]) == ("h264", "yuv420p", 0)
    assert (facts["height"], facts["width"] % 2) == (500, 0)
    assert facts["seconds"] <= 5.2
    assert 100 <= facts["frames"] <= 130
    assert data.index(b"moov") < data.index(b"mdat")


@pytest.mark.parametrize(
    ("format", "codec"),
    [
        ("avi", "mpeg4"),
        ("matroska", "libx264"),
        ("webm", "libvpx-vp9"),
        ("mpegts", "libx264"),
    ],
)
def test_other_containers(format: str, codec: str, keep: Keep) -> None:
    made = _make(keep("a", videos.video(format=format, codec=codec)))
    assert images.corner_colours(made.big.data) == ("r", "g", "b", "w")
    assert made.clip_small is not None


def test_poster_is_not_the_black_start(keep: Keep) -> None:
    made = _make(keep("a.mp4", videos.video(black_frames=4)))
    assert images.corner_colours(made.big.data) == ("r", "g", "b", "w")


def test_video_that_breaks_off_shows_what_it_has(keep: Keep) -> None:
    film = videos.video(format="mpegts", seconds=3)
    made = _make(keep("a.mts", film[: len(film) * 2 // 3]))
    assert (made.width, made.height) == (320, 240)


@pytest.mark.parametrize("byte", [b"\xff", b"\0"])
@pytest.mark.parametrize("bad", [range(1), range(2, 3), range(10, 20)])
@pytest.mark.parametrize("format", ["mp4", "matroska"])
def test_bad_packets_of_a_video_are_passed_over(
    format: str, bad: range, byte: bytes, keep: Keep
) -> None:
    film = videos.video(format=format, seconds=6, key_every=10)
    path = keep("a.mp4", videos.overwritten(film, bad, byte=byte))
    made = _make(path)
    assert images.corner_colours(made.big.data) == ("r", "g", "b", "w")
    assert "parts of the video" in made.damage
    assert videos.clip_facts(made.clip_small.data)["frames"] >= 40
    said = read_video(path, format=sniff(path), limits=Limits())
    assert (said.width, said.height) == (320, 240)


@pytest.mark.parametrize(
    ("format", "codec"),
    [
        ("avi", "mpeg4"),
        ("mov", "mpeg4"),
        ("webm", "libvpx-vp9"),
        ("matroska", "libx264"),
    ],
)
def test_a_lost_first_key_frame_leaves_the_next(
    format: str, codec: str, keep: Keep
) -> None:
    film = videos.video(format=format, codec=codec, seconds=3, key_every=10)
    made = _make(keep("a", videos.overwritten(film, range(1))))
    assert images.corner_colours(made.big.data) == ("r", "g", "b", "w")
    assert "parts of the video" in made.damage
    assert videos.clip_facts(made.clip_small.data)["frames"] >= 15


def test_a_video_whose_only_key_frame_is_lost_shows_what_there_is(keep: Keep) -> None:
    film = videos.video(format="avi", codec="mpeg4", seconds=1)
    made = _make(keep("a.avi", videos.overwritten(film, range(1))))
    assert (made.width, made.height) == (320, 240)
    assert "parts of the video" in made.damage


def test_a_video_of_zeros_behind_its_start_shows_the_start(keep: Keep) -> None:
    film = videos.video(seconds=2, streamable=True)
    made = _make(keep("a.mp4", videos.overwritten(film, range(2, 20), byte=b"\0")))
    assert images.corner_colours(made.big.data) == ("r", "g", "b", "w")
    assert "of the video" in made.damage


def test_a_video_of_bad_packets_alone_is_given_up(keep: Keep) -> None:
    path = keep("a.mp4", videos.overwritten(videos.video(), range(10)))
    with pytest.raises(UnreadableFile, match="video is damaged"):
        _make(path)


def test_bad_packets_without_end_are_given_up(keep: Keep) -> None:
    count = MAX_PASSED_OVER + 10
    film = videos.video(width=32, height=32, rate=100, seconds=count / 100, key_every=5)
    last_is_good = videos.overwritten(film, range(count - 5))
    with pytest.raises(UnreadableFile, match="video is damaged"):
        _make(keep("a.mp4", last_is_good))


def test_a_broadcast_recorded_from_its_middle_is_whole(keep: Keep) -> None:
    film = videos.video(format="mpegts", seconds=3, key_every=10)
    made = _make(keep("a.ts", film[len(film) // 2 // 188 * 188 :]))
    assert images.corner_colours(made.big.data) == ("r", "g", "b", "w")
    assert made.damage == ""


# Of the others, test_damaged.py has what is shown.
def test_a_truncated_still_says_so(keep: Keep) -> None:
    content = STILLS["JXL"](images.picture(640, 480))
    with pytest.raises(UnreadableFile, match="damaged or cut short"):
        _make(keep("a", content[: len(content) // 2]))


def test_damaged_video_says_so(keep: Keep) -> None:
    film = videos.video()
    with pytest.raises(UnreadableFile, match="video is damaged"):
        _make(keep("a.mp4", film[: len(film) // 2]))


def test_sidecar_has_no_picture(keep: Keep) -> None:
    with pytest.raises(UnsupportedFormat, match="no picture"):
        _make(keep("a.xmp", images.sidecar({"xmp:Rating": "1"})))


def _bomb(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds next to nothing."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = zlib.crc32(kind + body).to_bytes(4, "big")
        return len(body).to_bytes(4, "big") + kind + body + check

    sides = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    header = chunk(b"IHDR", sides + b"\x08\x02\0\0\0")
    pixels = chunk(b"IDAT", zlib.compress(bytes(10_000)))
    return b"\x89PNG\r\n\x1a\n" + header + pixels + chunk(b"IEND", b"")


def test_bomb_is_refused_by_its_header(keep: Keep) -> None:
    with pytest.raises(LimitExceeded, match="60000 × 60000"):
        _make(keep("a.png", _bomb(60_000, 60_000)))


@pytest.mark.parametrize("name", STILLS)
def test_pixel_limit_holds_for_every_format(name: str, keep: Keep) -> None:
    path = keep("a", STILLS[name](images.picture(640, 480)))
    with pytest.raises(LimitExceeded, match="640 × 480"):
        _make(path, Limits(max_pixels=640 * 480 - 1))


def test_limits_hold_for_raw_and_video(keep: Keep, tmp_path: Any) -> None:
    with pytest.raises(LimitExceeded):
        _make(images.dng(tmp_path / "a.dng"), Limits(max_pixels=1000))
    film = keep("a.mp4", videos.video(seconds=2))
    with pytest.raises(LimitExceeded):
        _make(film, Limits(max_pixels=1000))
    with pytest.raises(LimitExceeded, match="lasts 2 s"):
        _make(film, Limits(max_video_seconds=1))


def test_original_is_not_changed(keep: Keep) -> None:
    content = images.jpeg()
    path = keep("a.jpg", content)
    path.chmod(0o444)
    _make(path)
    assert path.read_bytes() == content


def test_file_name_need_not_be_text_nor_tame(tmp_path: Any) -> None:
    for name in (b"caf\xe9\xff.jpg", b"a[page=2].jpg", b"x:y?.jpg", b"a.jpg[b]"):
        path = bytes(tmp_path) + b"/" + name
        with open(path, "wb") as file:
            file.write(images.jpeg())
        assert (
            make_thumbnails(path, format=FORMATS["JPEG"], limits=Limits()).width == 320
        )


def test_hash_tells_like_from_unlike(keep: Keep) -> None:
    original = _make(keep("a.jpg", images.jpeg(1600, 1200))).phash
    smaller = _make(
        keep("b.png", images.encoded(images.picture(400, 300), "PNG"))
    ).phash
    other = _make(keep("c.jpg", images.encoded(images.quadrants(), "JPEG"))).phash
    assert -(2**63) <= original < 2**63
    assert _distance(original, smaller) <= 4
    assert _distance(original, other) > 12


_pixels = st.tuples(st.integers(0, 2**32 - 1), st.sampled_from([3, 4])).map(
    lambda seed: np.random.default_rng(seed[0]).integers(
        0, 256, (32, 32, seed[1]), np.uint8
    )
)


@given(_pixels)
def test_looks_of_any_pixels_can_be_stored(pixels: Any) -> None:
    assert -(2**63) <= perceptual_hash(pixels) < 2**63
    colour = dominant_color(pixels)
    assert len(colour) == 7 and int(colour[1:], 16) >= 0


def test_dominant_colour_is_the_most_common_one() -> None:
    pixels = np.zeros((32, 32, 3), np.uint8)
    pixels[:20] = (200, 30, 40)
    assert dominant_color(pixels) == "#c81e28"


def test_four_quarter_turns_show_the_same(keep: Keep) -> None:
    picture = images.picture(300, 200)
    turned = picture
    for _ in range(4):
        turned = turned.transpose(Image.Transpose.ROTATE_90)
    first = _make(keep("a.png", images.encoded(picture, "PNG")))
    again = _make(keep("b.png", images.encoded(turned, "PNG")))
    assert first == again


def test_no_operation_is_kept_in_memory(keep: Keep) -> None:
    _make(keep("a.jpg", images.jpeg()))
    assert pyvips.cache_get_size() == 0
