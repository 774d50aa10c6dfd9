"""What can be seen of a damaged picture is shown, and how much of it is told."""

from __future__ import annotations

import contextlib
import io
import re
import struct
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pillow_jxl  # noqa: F401  registers itself with Pillow
import pytest
import pyvips
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from librephotos.media.damaged import damage_text, decode_damaged_bytes
from librephotos.media.damaged.interlaced_png import in_passes
from librephotos.media.decoding.pixels import Box
from librephotos.media.errors import LimitExceeded, MediaError, UnreadableFile
from librephotos.media.files.formats import FORMATS, sniff
from librephotos.media.limits import Limits
from librephotos.media.pictures.thumbnails import Thumbnails, make_thumbnails
from librephotos.media.structure.orientation import exif_of
from tests.media.conftest import Keep
from tests.support.pictures import coded, images, videos

SHARE = re.compile(r"about (\d+) % of the (picture|video) can be shown")


def _make(path: Path, limits: Limits | None = None) -> Thumbnails:
    return make_thumbnails(path, format=sniff(path), limits=limits or Limits())


def _share(made: Thumbnails) -> int:
    found = SHARE.search(made.damage)
    assert found, made.damage
    return int(found[1])


def _heif(picture: Image.Image) -> bytes:
    target = io.BytesIO()
    pillow_heif.from_pillow(picture).save(target, format="HEIF")
    return target.getvalue()


PICTURE = images.picture(800, 600)
WHOLE = {
    "JPEG": images.encoded(PICTURE, "JPEG"),
    "restart.JPEG": images.encoded(PICTURE, "JPEG", restart_marker_rows=1),
    "grey.JPEG": images.encoded(PICTURE.convert("L"), "JPEG"),
    "CMYK.JPEG": images.encoded(PICTURE.convert("CMYK"), "JPEG"),
    "444.JPEG": images.encoded(PICTURE, "JPEG", subsampling=0),
    "PNG": images.encoded(PICTURE, "PNG"),
    "WebP": images.encoded(PICTURE, "WEBP"),
    "lossless.WebP": images.encoded(PICTURE, "WEBP", lossless=True),
    "BMP": images.encoded(PICTURE, "BMP"),
    "TIFF": images.encoded(PICTURE, "TIFF"),
    "HEIC": _heif(PICTURE),
    "AVIF": images.encoded(PICTURE, "AVIF", autotiling=False),
    "444.AVIF": images.encoded(PICTURE, "AVIF", subsampling="4:4:4", autotiling=False),
}
# A GIF or a progressive JPEG does not say how much there was.
UNTOLD = {
    "GIF": images.encoded(PICTURE, "GIF"),
    "progressive.JPEG": images.encoded(PICTURE, "JPEG", progressive=True),
}


def _top_is_right(made: Thumbnails, of: bytes, rows: float, keep: Keep) -> bool:
    """Whether the upper `rows` (0..1) of the preview are those of the whole picture."""
    whole = _make(keep("whole", of))
    a, b = (
        np.asarray(Image.open(io.BytesIO(each.big.data)).convert("RGB"), float)
        for each in (made, whole)
    )
    end = int(a.shape[0] * rows)
    return a.shape == b.shape and float(np.abs(a[:end] - b[:end]).mean()) < 12


@pytest.mark.parametrize("percent", [30, 60, 95])
@pytest.mark.parametrize("name", WHOLE)
def test_a_picture_cut_short_is_shown_as_far_as_it_goes(
    name: str, percent: int, keep: Keep
) -> None:
    data = WHOLE[name]
    made = _make(keep("cut", data[: len(data) * percent // 100]))
    assert (made.width, made.height) == (800, 600)
    assert abs(_share(made) - percent) < 16
    if name != "BMP":  # which is stored from the bottom up
        assert _top_is_right(made, data, percent / 100 - 0.16, keep)


@pytest.mark.parametrize("name", UNTOLD)
def test_where_the_share_is_not_known_the_damage_is_told(name: str, keep: Keep) -> None:
    data = UNTOLD[name]
    made = _make(keep("cut", data[: len(data) // 2]))
    assert "damaged or cut short" in made.damage
    assert _top_is_right(made, data, 0.2, keep)


@pytest.mark.parametrize("percent", [20, 50, 90])
def test_an_interlaced_gif_is_shown_by_the_passes_that_are_there(
    percent: int, keep: Keep
) -> None:
    data = images.encoded(PICTURE, "GIF", interlace=1)
    cut = _make(keep("cut", data[: len(data) * percent // 100]))
    assert abs(_share(cut) - percent) < 10
    whole = _make(keep("whole", data))
    a, b = (
        np.asarray(Image.open(io.BytesIO(each.big.data)).convert("RGB"), float)
        for each in (cut, whole)
    )
    assert a.shape == b.shape and float(np.abs(a - b).mean()) < 25


def test_of_the_first_pass_of_an_interlaced_gif_no_row_runs_down(keep: Keep) -> None:
    data = images.encoded(PICTURE, "GIF", interlace=1)
    made = _make(keep("cut", data[: len(data) // 20]))
    assert _share(made) < 10
    assert _top_is_right(made, data, 0.2, keep)
    shown = np.asarray(Image.open(io.BytesIO(made.big.data)).convert("RGB"))
    assert not shown[400:].any()


def _interlaced(mode: str, size: tuple[int, int] = (800, 600)) -> bytes:
    picture = images.picture(*size)
    if mode == "deep":
        pixels = np.asarray(picture).astype(np.uint16) * 257
        image = pyvips.Image.new_from_array(pixels).copy(interpretation="rgb16")
        return image.pngsave_buffer(interlace=True)
    image = pyvips.Image.new_from_array(np.asarray(picture.convert(mode)))
    return image.pngsave_buffer(
        interlace=True, palette=mode == "RGB" and size[0] == 799
    )


@pytest.mark.parametrize(
    ("mode", "size"),
    [
        ("RGB", (800, 600)),
        ("RGB", (799, 597)),  # a palette
        ("L", (801, 603)),
        ("RGBA", (800, 600)),
        ("deep", (800, 600)),
    ],
)
@pytest.mark.parametrize("percent", [4, 20, 60, 90])
def test_an_interlaced_png_is_shown_by_the_passes_that_are_there(
    mode: str, size: tuple[int, int], percent: int, keep: Keep
) -> None:
    data = _interlaced(mode, size)
    end = len(data) * percent // 100
    whole = _make(keep("whole", data))
    for name, rest in (("cut", b""), ("zeros", bytes(len(data) - end))):
        made = _make(keep(name, data[:end] + rest))
        assert abs(_share(made) - percent) < 15
        assert (made.width, made.height) == size
        a, b = (
            np.asarray(Image.open(io.BytesIO(each.big.data)).convert("RGB"), float)
            for each in (made, whole)
        )
        assert a.shape == b.shape and float(np.abs(a - b).mean()) < 25


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (5, 5), (40, 1), (1, 40)])
def test_an_interlaced_png_of_few_pixels_is_no_error(
    size: tuple[int, int], keep: Keep
) -> None:
    data = _interlaced("RGB", size)
    for end in range(33, len(data), 9):
        with contextlib.suppress(UnreadableFile):
            made = _make(keep("cut", data[:end]))
            assert (made.width, made.height) == size


@pytest.mark.parametrize("percent", [40, 60, 95])
@pytest.mark.parametrize("rest", ["", "zeros"])
def test_a_cut_animated_png_says_so(percent: int, rest: str, keep: Keep) -> None:
    first = images.picture(320, 240)
    later = [images.picture(320, 240).rotate(60 * at) for at in range(1, 6)]
    data = images.encoded(first, "PNG", save_all=True, append_images=later)
    assert _make(keep("whole", data)).damage == ""
    end = len(data) * percent // 100
    cut = data[:end] + (bytes(len(data) - end) if rest else b"")
    assert "lacking" in _make(keep("cut", cut)).damage


@pytest.mark.parametrize("percent", [40, 60, 95])
def test_of_a_cut_animated_avif_the_first_picture_is_shown(
    percent: int, keep: Keep
) -> None:
    first = images.picture(320, 240)
    later = [images.picture(320, 240).rotate(60 * at) for at in range(1, 6)]
    data = images.encoded(
        first, "AVIF", save_all=True, append_images=later, duration=100
    )
    made = _make(keep("cut", data[: len(data) * percent // 100]))
    assert "lacking" in made.damage
    assert (made.width, made.height) == (320, 240)
    shown = np.asarray(Image.open(io.BytesIO(made.big.data)).convert("RGB"), float)
    assert float(np.abs(shown - np.asarray(first, float)).mean()) < 12


def test_an_interlaced_png_with_too_many_pixels_is_not_unpacked(keep: Keep) -> None:
    data = bytearray(_interlaced("RGB")[:-500])
    data[16:24] = struct.pack(">II", 60_000, 60_000)
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4)
    with pytest.raises(LimitExceeded):
        _make(keep("cut", bytes(data)))


def _of_display_p3(name: str) -> bytes:
    """A PNG or AVIF that tells by numbers that it is of Display P3."""
    picture = coded.speckled((200, 100, 50))
    if name == "PNG":
        return coded.png_of(picture, 12, 13)
    frames = {"save_all": True, "append_images": [picture], "duration": 100}
    data = coded.avif_of(picture, 12, 13, **(frames if "animated" in name else {}))
    return data.replace(b"ftypavif", b"ftypavio") if "avio" in name else data


@pytest.mark.parametrize(
    ("name", "percent"),
    [("PNG", 60), ("AVIF", 60), ("animated AVIF", 40), ("animated AVIF", 100)]
    + [("avio AVIF", 100)],
)
def test_colours_that_are_told_by_numbers_hold_for_what_is_there(
    name: str, percent: int, keep: Keep
) -> None:
    data = _of_display_p3(name)
    made = _make(keep("a", data[: len(data) * percent // 100]))
    assert bool(made.damage) is (percent < 100)
    with Image.open(io.BytesIO(made.big.data)) as shown:
        pixels = np.asarray(shown.convert("RGB"))[:16, :64]
    assert pixels.mean(axis=(0, 1)) == pytest.approx((215, 93, 31), abs=5)


@pytest.mark.parametrize("percent", [60, 100])
def test_the_profile_of_an_avif_holds_for_what_is_there(
    percent: int, keep: Keep
) -> None:
    picture = coded.speckled((200, 100, 50))
    data = images.encoded(
        picture,
        "AVIF",
        icc_profile=bytes(pyvips.Image.profile_load("p3")),
        save_all=percent == 100,  # an animation, which libvips does not take
        append_images=[picture],
        duration=100,
    )
    made = _make(keep("a", data[: len(data) * percent // 100]))
    with Image.open(io.BytesIO(made.big.data)) as shown:
        pixels = np.asarray(shown.convert("RGB"))[:16, :64]
    assert pixels.mean(axis=(0, 1)) == pytest.approx((215, 93, 31), abs=5)


@pytest.mark.parametrize(
    ("side", "depth"),
    [(3_000, 255), (3_000, 24), (3_000, 0), (14_000, 16)],  # the last has 1.5 GB
)
def test_an_interlaced_png_is_not_filled_up_to_more_than_memory_has(
    side: int, depth: int
) -> None:
    data = bytearray(_interlaced("RGBA")[:-500])
    data[16:25] = struct.pack(">IIB", side, side, depth)
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4)
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableFile):
            in_passes(bytes(data), FORMATS["PNG"], Box(200, 200), Limits())
        assert tracemalloc.get_traced_memory()[1] < 64 * 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", [*WHOLE, *UNTOLD])
def test_a_whole_picture_has_no_mark(name: str, keep: Keep) -> None:
    data = (WHOLE | UNTOLD)[name]
    assert _make(keep("whole", data)).damage == ""
    # What cameras and programs put behind a picture does not matter.
    assert _make(keep("trailer", data + b"some trailer" * 50)).damage == ""
    assert _make(keep("padded", data + bytes(5000))).damage == ""


@pytest.mark.parametrize(
    "name", ["JPEG", "restart.JPEG", "grey.JPEG", "CMYK.JPEG", "progressive.JPEG"]
)
def test_a_jpeg_that_only_lacks_its_end_marker_is_whole(name: str, keep: Keep) -> None:
    data = (WHOLE | UNTOLD)[name]
    assert data.endswith(b"\xff\xd9")
    made = _make(keep("a.jpg", data[:-2]))
    assert made.damage == ""
    assert _top_is_right(made, data, 1, keep)
    assert _make(keep("b.jpg", data[:-1])).damage == ""
    assert _make(keep("c.jpg", data[:-2] + bytes(4096))).damage == ""


@pytest.mark.parametrize("lacking", [3, 8, 20, 60, 200])
def test_a_jpeg_that_lacks_a_few_bytes_says_so(lacking: int, keep: Keep) -> None:
    data = WHOLE["JPEG"]
    assert 90 < _share(_make(keep("a.jpg", data[:-lacking]))) < 100


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WebP", "HEIC"])
def test_a_copy_that_ends_in_zeros_is_marked(name: str, keep: Keep) -> None:
    data = WHOLE[name]
    half = len(data) // 2
    made = _make(keep("zeros", data[:half] + bytes(len(data) - half)))
    assert abs(_share(made) - 50) < 16
    assert _top_is_right(made, data, 0.3, keep)


@pytest.mark.parametrize("progressive", [False, True])
def test_zeros_that_decode_as_flat_colour_are_marked(
    progressive: bool, keep: Keep
) -> None:
    noise = np.random.default_rng(3).integers(0, 256, (480, 640, 3), dtype=np.uint8)
    data = images.encoded(Image.fromarray(noise), "JPEG", progressive=progressive)
    half = len(data) // 2
    made = _make(keep("zeros.jpg", data[:half] + bytes(len(data) - half)))
    assert made.damage
    assert _make(keep("filled.jpg", data + bytes(4096))).damage == ""


@pytest.mark.parametrize("name", ["JPEG", "CMYK.JPEG", "PNG", "progressive.JPEG"])
def test_garbage_in_the_middle_is_marked(name: str, keep: Keep) -> None:
    data = bytearray((WHOLE | UNTOLD)[name])
    garbage = np.random.default_rng(1).integers(0, 256, 300, np.uint8).tobytes()
    middle = len(data) // 2
    data[middle : middle + 300] = garbage
    made = _make(keep("garbage", bytes(data)))
    assert made.damage
    assert _top_is_right(made, (WHOLE | UNTOLD)[name], 0.25, keep) or (
        name == "progressive.JPEG"
    )


def test_a_wrong_checksum_is_marked(keep: Keep) -> None:
    data = bytearray(images.encoded(PICTURE, "PNG"))
    start = data.index(b"IDAT") - 4
    length = struct.unpack(">I", data[start : start + 4])[0]
    data[start + 8 + length] ^= 0xFF
    made = _make(keep("a.png", bytes(data)))
    assert made.damage and _top_is_right(made, WHOLE["PNG"], 1, keep)


def test_rows_that_are_not_there_are_empty_and_no_old_memory(keep: Keep) -> None:
    path = keep("a.png", WHOLE["PNG"][: len(WHOLE["PNG"]) // 2])
    made = _make(path)
    shown = np.asarray(Image.open(io.BytesIO(made.big.data)).convert("RGB"))
    rest = shown[int(len(shown) * (_share(made) + 3) / 100) :]
    assert rest.max() < 12
    assert _make(path).big == made.big


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_turned_picture_is_upright_all_the_same(orientation: int, keep: Keep) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = images.stored_for(orientation, PICTURE)
    for format in ("JPEG", "PNG"):
        data = images.encoded(stored, format, exif=exif.tobytes(), quality=95)
        made = _make(keep(format, data[: len(data) * 9 // 10]))
        assert (made.width, made.height) == (800, 600)
        assert 80 < _share(made) < 98


@pytest.mark.parametrize("tiles", [(0, 0), (0, 2), (1, 1)])
def test_a_cut_avif_shows_no_guesses(tiles: tuple[int, int], keep: Keep) -> None:
    rows, columns = tiles
    data = images.encoded(
        images.picture(1600, 1200),
        "AVIF",
        autotiling=False,
        tile_rows=rows,
        tile_cols=columns,
    )
    made = _make(keep("a.avif", data[: len(data) * 9 // 10]))
    assert 50 < _share(made) < 95
    cut, whole = (
        np.asarray(Image.open(io.BytesIO(each.big.data)).convert("RGB"), float)
        for each in (made, _make(keep("b.avif", data)))
    )
    told = cut.max(axis=2) > 12
    assert float(np.abs(cut - whole)[told].mean()) < 6


@pytest.mark.parametrize("claimed", [2**31, 2**32 - 1])
@pytest.mark.parametrize("unit", [False, True])
def test_a_cut_avif_takes_no_more_memory_than_can_be_meant(
    claimed: int, unit: bool
) -> None:
    """Whether its index or a unit of its stream says that it is so long."""
    data = bytearray(WHOLE["AVIF"])
    media = data.index(b"mdat") + 4
    if unit:  # a frame without extension, whose size follows
        frame = data.index(b"\x32", media)
        groups = [claimed >> 7 * at & 0x7F | 0x80 for at in range(7)]
        data[frame + 1 : frame + 9] = bytes((*groups, 0))
    else:
        length = struct.pack(">I", len(data) - media)
        at = data.index(length, data.index(b"iloc"))
        data[at : at + 4] = struct.pack(">I", claimed)
    tracemalloc.start()
    try:
        decode_damaged_bytes(
            bytes(data[: len(data) // 2]),
            format=FORMATS["AVIF"],
            box=Box(400, 300),
            limits=Limits(),
        )
    except UnreadableFile:
        pass
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 2**25


@pytest.mark.parametrize(("axis", "turns"), [(0, 1), (1, 3), (None, 2)])
def test_a_cut_avif_is_turned_as_it_says(
    axis: int | None, turns: int, keep: Keep
) -> None:
    orientation = {(0, 1): 5, (1, 3): 5, (None, 2): 3}[axis, turns]
    exif = Image.Exif()
    exif[0x0112] = {5: 5, 3: 3}[orientation]
    stored = images.stored_for(orientation, PICTURE)
    data = images.encoded(stored, "AVIF", exif=exif)
    whole = _make(keep("whole.avif", data))
    made = _make(keep("a.avif", data[: len(data) * 95 // 100]))
    assert (made.width, made.height) == (whole.width, whole.height) == (800, 600)
    shown, right = (
        np.asarray(Image.open(io.BytesIO(each.big.data)).convert("RGB"), float)
        for each in (made, whole)
    )
    told = shown.max(axis=2) > 12
    assert told.mean() > 0.4
    assert float(np.abs(shown - right)[told].mean()) < 12


def _turned_png(place: str, mark: bytes, interlaced: bool) -> bytes:
    """A PNG that is to be turned, with EXIF before or behind its picture."""
    stored = images.stored_for(6, images.quadrants(800, 600))
    image = pyvips.Image.new_from_array(np.asarray(stored.convert("RGB")))
    plain = image.pngsave_buffer(interlace=interlaced, keep="none")
    body = b"eXIf" + mark + exif_of(6)
    chunk = (len(body) - 4).to_bytes(4) + body + zlib.crc32(body).to_bytes(4)
    at = 33 if place == "before" else plain.rindex(b"IEND") - 4
    return plain[:at] + chunk + plain[at:]


@pytest.mark.parametrize("mark", [b"", b"Exif\0\0"], ids=["bare", "marked"])
@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize(
    ("place", "fault"),
    [("before", "wrong sum"), ("behind", "wrong sum"), ("before", "cut")],
)
def test_a_damaged_png_is_turned_as_a_sound_one(
    place: str, fault: str, interlaced: bool, mark: bytes, keep: Keep
) -> None:
    data = bytearray(_turned_png(place, mark, interlaced))
    if fault == "cut":
        del data[len(data) * 9 // 10 :]
    else:
        start = data.index(b"IDAT")
        data[start + 4 + int.from_bytes(data[start - 4 : start])] ^= 0xFF
    made = _make(keep("a.png", bytes(data)))
    assert (made.width, made.height) == (800, 600) and made.damage
    # What is stored last is seen at the left.
    shown = images.corner_colours(made.big.data)
    assert shown[1::2] == ("g", "w")
    assert fault == "cut" or shown[::2] == ("r", "b")


@pytest.mark.parametrize("fault", ["cut behind it", "longer than it is"])
def test_a_webp_with_a_whole_picture_is_turned(fault: str, keep: Keep) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = images.stored_for(6, images.quadrants(800, 600))
    xmp = b"<x/>" * 500
    data = images.encoded(stored, "WEBP", exif=exif, xmp=xmp, quality=90)
    if fault == "longer than it is":
        data = images.encoded(stored, "WEBP", exif=exif, quality=90)
        data = data[:4] + (len(data) + 5000).to_bytes(4, "little") + data[8:]
    else:
        data = data[: len(data) - 1000]
    made = _make(keep("a.webp", data))
    assert (made.width, made.height, made.damage) == (800, 600, "")
    assert images.corner_colours(made.big.data) == ("r", "g", "b", "w")


def test_a_webp_whose_last_bytes_are_zeros_is_shown_in_part(keep: Keep) -> None:
    exif = Image.Exif()
    exif[0x0112] = 1
    data = images.encoded(PICTURE, "WEBP", exif=exif, xmp=b"<x/>" * 500)
    picture = data.index(b"VP8 ")
    end = picture + 8 + int.from_bytes(data[picture + 4 : picture + 8], "little")
    there = data[: end - 3000]
    made = _make(keep("a.webp", there + bytes(len(data) - 100 - len(there))))
    assert 50 < _share(made) < 99


@pytest.mark.parametrize("name", ["JPEG", "PNG", "TIFF", "AVIF", "JXL", "WEBP"])
def test_a_preview_in_the_file_is_shown_where_the_picture_is_lost(
    name: str, keep: Keep
) -> None:
    preview = images.encoded(images.quadrants(160, 120), "JPEG", quality=95)
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x927C] = preview  # some makers keep one in their note
    data = images.encoded(PICTURE, name, exif=exif.tobytes())
    start = data.index(preview) if preview in data else len(data)
    lost = data[: max(start + len(preview), 64)]
    if name in ("AVIF", "WEBP"):  # which put EXIF behind the picture
        lost = data[:40] + bytes(2000) + data[start:]
    made = _make(keep("a", lost))
    assert (made.width, made.height) == (160, 120)
    assert "only the preview of 160 × 120 pixels" in made.damage
    assert images.corner_colours(made.big.data) == ("r", "g", "b", "w")


def test_a_preview_is_turned_as_the_jpeg_whose_picture_is_lost(keep: Keep) -> None:
    stored = images.stored_for(6, images.quadrants(120, 160))
    preview = images.encoded(stored, "JPEG", quality=95)
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8769)[0x927C] = preview
    data = images.encoded(PICTURE, "JPEG", exif=exif.tobytes())
    made = _make(keep("a.jpg", data[: data.index(preview) + len(preview)]))
    assert (made.width, made.height) == (120, 160)
    assert images.corner_colours(made.big.data) == ("r", "g", "b", "w")


def test_a_raw_file_that_ends_behind_its_preview_shows_that(tmp_path: Path) -> None:
    preview = images.encoded(images.quadrants(240, 180), "JPEG", quality=95)
    path = images.dng(tmp_path / "a.dng", preview=preview)
    data = path.read_bytes()
    end = data.index(preview) + len(preview)
    path.write_bytes(data[:end])
    made = make_thumbnails(path, format=FORMATS["DNG"], limits=Limits())
    assert "only the preview of 240 × 180 pixels" in made.damage


@pytest.mark.parametrize(
    ("name", "compression", "sentence"),
    [
        ("TIFF", "tiff_lzw", "its directory, which says how large"),
        ("TIFF", "tiff_deflate", "its directory, which says how large"),
        ("JXL", None, "of a JPEG XL no part can be shown"),
    ],
)
def test_what_cannot_be_shown_in_part_says_why(
    name: str, compression: str | None, sentence: str, keep: Keep
) -> None:
    options = {"compression": compression} if compression else {}
    data = images.encoded(PICTURE, name, **options)
    with pytest.raises(UnreadableFile, match=sentence):
        _make(keep("a", data[: len(data) * 9 // 10]))


@pytest.mark.parametrize(
    "content",
    [
        WHOLE["JPEG"][: WHOLE["JPEG"].index(b"\xff\xda")],
        WHOLE["JPEG"][: WHOLE["JPEG"].index(b"\xff\xda") + 14],
        WHOLE["JPEG"][: WHOLE["JPEG"].index(b"\xff\xda")] + bytes(20_000),
        WHOLE["PNG"][:60],
        WHOLE["PNG"][:60] + bytes(9000),
        WHOLE["WebP"][:40],
        WHOLE["HEIC"][:200],
        WHOLE["BMP"][:54],
        UNTOLD["GIF"][:600],
    ],
)
def test_what_yields_no_pixel_fails_in_words(content: bytes, keep: Keep) -> None:
    with pytest.raises(UnreadableFile, match="damaged or cut short"):
        _make(keep("a", content))


def test_the_limit_of_pixels_holds_for_damaged_pictures(keep: Keep) -> None:
    limits = Limits(max_pixels=100_000)
    for name, data in (WHOLE | UNTOLD).items():
        with pytest.raises((LimitExceeded, UnreadableFile)):
            _make(keep(name, data[: len(data) * 9 // 10]), limits)


def test_a_file_that_claims_to_be_huge_is_not_padded_to_that(keep: Keep) -> None:
    data = bytearray(WHOLE["WebP"][:2000])
    data[4:8] = (2**31).to_bytes(4, "little")
    with pytest.raises(UnreadableFile):
        _make(keep("a.webp", bytes(data)))


@pytest.mark.parametrize("format", ["GIF", "WEBP"])
def test_an_animation_whose_later_frames_are_broken_is_shown(
    format: str, keep: Keep
) -> None:
    data = images.animated(format, frames=8)
    made = _make(keep("a", data[: len(data) * 3 // 5]))
    assert made.damage and (made.width, made.height) == (200, 120)


def test_a_film_that_is_cut_short_plays_and_is_marked(keep: Keep) -> None:
    whole = videos.video(format="mp4", seconds=4, streamable=True)
    assert _make(keep("a.mp4", whole)).damage == ""
    made = _make(keep("b.mp4", whole[: len(whole) * 8 // 10]))
    assert 70 < _share(made) < 90 and made.clip_small
    zeros = whole[: len(whole) * 8 // 10].ljust(len(whole), b"\0")
    assert _make(keep("c.mp4", zeros)).damage


def test_a_raw_file_whose_own_preview_is_cut_is_shown(tmp_path: Path) -> None:
    preview = images.encoded(images.quadrants(240, 180), "JPEG", quality=95)
    made = _make(images.dng(tmp_path / "a.dng", preview=preview[: len(preview) // 2]))
    assert (made.width, made.height) == (256, 192)


def test_a_raw_file_cut_short_shows_its_own_preview(keep: Keep, corpus: Path) -> None:
    [sample] = corpus.rglob("Issue_247-1.nef")
    whole = sample.read_bytes()
    made = _make(keep("a.nef", whole[: len(whole) // 2]))
    assert 40 < _share(made) < 65
    assert _make(sample).damage == ""


def test_sentences() -> None:
    assert damage_text(1) == ""
    assert "about 95 %" in damage_text(0.951)
    assert "about 1 %" in damage_text(0.0001)
    assert "about 99 %" in damage_text(0.99999)
    assert "of the video" in damage_text(0.5, what="video")
    assert damage_text(None)


@settings(max_examples=150)
@given(
    name=st.sampled_from([*WHOLE, *UNTOLD]),
    end=st.floats(0, 1),
    changes=st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=8)), max_size=3),
)
def test_no_damage_raises_anything_but_words(
    name: str, end: float, changes: list[tuple[float, bytes]]
) -> None:
    data = bytearray((WHOLE | UNTOLD)[name])
    for place, change in changes:
        at = int(place * len(data))
        data[at : at + len(change)] = change
    cut = bytes(data[: int(len(data) * end)])
    format: Any = FORMATS[name.rpartition(".")[2]]
    try:
        found = decode_damaged_bytes(
            cut, format=format, box=Box(400, 300), limits=Limits()
        )
    except MediaError as error:
        assert str(error).endswith(".")
        return
    assert isinstance(found.image, pyvips.Image) and found.width > 0
