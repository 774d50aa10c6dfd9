"""Animated AVIF, TIFFs of odd samples, and metadata of HEIC with a base offset."""

from __future__ import annotations

import io
import struct
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
import pyvips
import tifffile
from PIL import Image, ImageCms

from librephotos.media.files.formats import sniff
from librephotos.media.files.identity import identify
from librephotos.media.limits import Limits
from librephotos.media.metadata.reading import Metadata, read_metadata
from librephotos.media.pictures.thumbnails import Thumbnails, make_thumbnails
from librephotos.media.structure.bmff import boxes
from librephotos.media.structure.heif_items import heif_items, item_properties
from tests.media.conftest import Keep
from tests.support.pictures import images

SHADES = (0.455, 0.678, 0.278, 0.843)
GREYS = tuple(round(shade * 255) for shade in SHADES)


def _make(path: Path) -> Thumbnails:
    return make_thumbnails(path, format=sniff(path), limits=Limits())


def _read(path: Path) -> Metadata:
    return read_metadata(path, format=sniff(path), limits=Limits())


def _quarters(values: tuple[float, ...]) -> Any:
    made = np.zeros((120, 160))
    made[:60, :80], made[:60, 80:], made[60:, :80], made[60:, 80:] = values
    return made


def _corners(made: Thumbnails) -> list[int]:
    shown = Image.open(io.BytesIO(made.big.data)).convert("L")
    columns, rows = ((side // 4, 3 * side // 4) for side in shown.size)
    return [int(shown.getpixel((x, y))) for y in rows for x in columns]


@pytest.mark.parametrize("white", [1.0, 255.0])
@pytest.mark.parametrize("double", [False, True])
def test_grey_tiff_of_real_numbers(white: float, double: bool, keep: Keep) -> None:
    values = (_quarters(SHADES) * white).astype(np.float32)
    data = images.encoded(Image.fromarray(values), "TIFF")
    if double:
        image = pyvips.Image.new_from_array(values)
        data = image.tiffsave_buffer(compression="deflate", tile=True)
    made = _make(keep("a.tif", data))
    assert made.damage == "" and (made.width, made.height) == (160, 120)
    assert _corners(made) == pytest.approx(GREYS, abs=3)


def test_real_numbers_that_are_none_do_no_harm(keep: Keep) -> None:
    values = _quarters(SHADES).astype(np.float32)
    values[0, :3] = (np.nan, np.inf, -np.inf)
    made = _make(keep("a.tif", images.encoded(Image.fromarray(values), "TIFF")))
    assert _corners(made) == pytest.approx(GREYS, abs=3)


@pytest.mark.parametrize("white", [255, 65535])
def test_grey_tiff_of_long_integers(white: int, keep: Keep) -> None:
    values = (_quarters(SHADES) * white).astype(np.int32)
    made = _make(keep("a.tif", images.encoded(Image.fromarray(values), "TIFF")))
    assert _corners(made) == pytest.approx(GREYS, abs=3)


@pytest.mark.parametrize("brightest", [1.0, 0.5, 0.1])
@pytest.mark.parametrize("bands", [1, 3])
def test_32_bits_are_as_bright_as_their_white(
    brightest: float, bands: int, keep: Keep
) -> None:
    values = np.dstack([_quarters(SHADES) / 0.843 * brightest * (2**32 - 1)] * bands)
    made = _make(keep("a.tif", _unsigned_tiff(values)))
    wanted = [round(grey / 0.843 * brightest) for grey in GREYS]
    assert _corners(made) == pytest.approx(wanted, abs=3)


@pytest.mark.parametrize("most", [70_000, 1_000_000, 100_000_000])
def test_what_was_counted_in_32_bits_is_not_black(most: int, keep: Keep) -> None:
    values = _quarters(SHADES)[..., None] / 0.843 * most
    made = _make(keep("a.tif", _unsigned_tiff(values)))
    wanted = [round(grey / 0.843) for grey in GREYS]
    assert _corners(made) == pytest.approx(wanted, abs=3)


def _unsigned_tiff(values: Any) -> bytes:
    target = io.BytesIO()
    shade = "rgb" if values.shape[2] == 3 else "minisblack"
    tifffile.imwrite(target, np.squeeze(values).astype("u4"), photometric=shade)
    return target.getvalue()


@pytest.mark.parametrize("white", [255, 1023, 4095])
@pytest.mark.parametrize("bands", [1, 3])
def test_fewer_bits_in_samples_of_16(white: int, bands: int, keep: Keep) -> None:
    values = np.dstack([_quarters(SHADES) * white / 0.9] * bands).astype(np.uint16)
    made = _make(keep("a.tif", _tiff(np.minimum(values, white))))
    assert made.damage == "" and (made.width, made.height) == (160, 120)
    assert _corners(made) == pytest.approx([g / 0.9 for g in GREYS], abs=3)


def test_a_dark_picture_of_16_bits_stays_dark(keep: Keep) -> None:
    values = (_quarters((0.05, 0.06, 0.02, 0.1)) * 65535).astype(np.uint16)
    made = _make(keep("a.tif", _tiff(values)))
    assert _corners(made) == pytest.approx((13, 15, 5, 26), abs=3)


@pytest.mark.parametrize("lowest", [0, -32768])
def test_signed_samples(lowest: int, keep: Keep) -> None:
    light = _quarters(SHADES)
    light[58:62] = np.linspace(0, 1, 160)  # that black and white are there too
    values = (light * (32767 - lowest) + lowest).astype(np.int16)
    made = _make(keep("a.tif", _tiff(values)))
    assert _corners(made) == pytest.approx(GREYS, abs=3)


def _tiff(values: Any) -> bytes:
    image = pyvips.Image.new_from_array(values)
    signed, colour = values.dtype == np.int16, image.bands == 3
    if not signed:
        image = image.copy(interpretation="rgb16" if colour else "grey16")
    return image.tiffsave_buffer()


@pytest.mark.parametrize("mode", ["LAB", "YCbCr", "P", "RGBA"])
def test_colour_tiffs(mode: str, keep: Keep) -> None:
    picture = images.quadrants(160, 120)
    if mode == "LAB":
        transform = ImageCms.buildTransform(
            ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB"
        )
        stored = ImageCms.applyTransform(picture, transform)
        assert stored is not None
    else:
        stored = picture.convert(mode)
    path = keep("a.tif", images.encoded(stored, "TIFF"))
    made = _make(path)
    assert made.damage == ""
    assert images.corner_colours(made.big.data) == ("r", "g", "b", "w")
    found = _read(path)
    assert (found.width, found.height, found.warnings) == (160, 120, ())


@pytest.mark.parametrize(
    "options",
    [
        {"tile": True},
        {"bigtiff": True},
        {"compression": "jpeg"},
        {"compression": "deflate", "predictor": "horizontal"},
        {"tile": True, "pyramid": True},
    ],
)
def test_other_layouts_of_tiff(options: dict[str, Any], keep: Keep) -> None:
    stored = pyvips.Image.new_from_array(np.asarray(images.quadrants(160, 120)))
    data = stored.copy(interpretation="srgb").tiffsave_buffer(**options)
    made = _make(keep("a.tif", data))
    assert made.damage == ""
    assert images.corner_colours(made.big.data) == ("r", "g", "b", "w")


def _animated_avif(frames: int = 3) -> bytes:
    first = images.quadrants(160, 120)
    later = [first.rotate(180) for _ in range(frames - 1)]
    return images.encoded(
        first, "AVIF", save_all=True, append_images=later, duration=100
    )


@pytest.mark.parametrize("major", [b"avis", b"msf1"])
def test_an_animated_avif_shows_its_first_frame(major: bytes, keep: Keep) -> None:
    data = bytearray(_animated_avif())
    assert data[8:12] == b"avis"
    data[8:12] = major
    path = keep("a.avif", bytes(data))
    assert sniff(path).name == "AVIF"
    made = _make(path)
    assert (made.width, made.height, made.damage) == (160, 120, "")
    assert images.corner_colours(made.big.data) == ("r", "g", "b", "w")
    found = _read(path)
    assert (found.width, found.height) == (160, 120)


def _exif() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "Acme"
    exif.get_ifd(0x8769)[0x9003] = "2018:02:03 05:05:06"
    return exif.tobytes()


def _box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body


def _indexed(*, method: int, base: int, extents: int) -> bytes:
    """A HEIC of nothing but an EXIF item, whose index is written in this way."""
    item = b"\0\0\0\6" + _exif()
    step = -(-len(item) // extents)
    pieces = [item[at : at + step] for at in range(0, len(item), step)]
    entry = _box(b"infe", b"\2\0\0\0", struct.pack(">HH", 7, 0), b"Exif", b"\0")
    inner = [_box(b"iinf", bytes(4), struct.pack(">H", 1), entry)]
    if method == 1:
        inner.append(_box(b"idat", item))

    def iloc(start: int) -> bytes:
        located = b"".join(
            struct.pack(">II", start - base + at * step, len(piece))
            for at, piece in enumerate(pieces)
        )
        return _box(
            b"iloc",
            b"\1\0\0\0",
            struct.pack(">HH", 0x4440, 1),
            struct.pack(">HHHIH", 7, method, 0, base, len(pieces)),
            located,
        )

    head = _box(b"ftyp", b"heic", bytes(4), b"mif1heic")
    before = len(head + _box(b"meta", bytes(4), *inner, iloc(base))) + 8
    start = 0 if method == 1 else before
    meta = _box(b"meta", bytes(4), *inner, iloc(start))
    return head + meta + (b"" if method == 1 else _box(b"mdat", item))


@pytest.mark.parametrize("method", [0, 1])
@pytest.mark.parametrize("base", [0, 5])
@pytest.mark.parametrize("extents", [1, 3])
def test_exif_wherever_the_index_puts_it(
    method: int, base: int, extents: int, tmp_path: Path
) -> None:
    if method == 1 and base:
        base = 0  # idat has nothing before the item
    path = tmp_path / "a.heic"
    path.write_bytes(_indexed(method=method, base=base, extents=extents))
    with path.open("rb") as file:
        found = heif_items(file, max_bytes=100_000)
        assert found.exif.startswith((b"II*\0", b"MM\0*"))
        assert b"Acme" in found.exif
        file.seek(0)
        assert b"Acme" not in heif_items(file, max_bytes=20).exif


@pytest.mark.parametrize(("sizes", "extents"), [(0x0000, 65_535), (0x4440, 9_000)])
def test_an_index_that_names_the_file_again_and_again_is_read_once(
    sizes: int, extents: int, tmp_path: Path
) -> None:
    """Overlapping extents, and extents without numbers, in thousands of items."""
    numbers = b"" if not sizes else struct.pack(">II", 0, 2**32 - 1) * extents
    base = b"" if not sizes else bytes(4)
    items = 20 if sizes else 20_000
    kinds = b"".join(
        _box(b"infe", b"\2\0\0\0", struct.pack(">HH", number, 0), b"Exif\0")
        for number in range(1, 101)
    )
    located = b"".join(
        struct.pack(">HHH", number % 65_536, 0, 0)[:6]
        + base
        + struct.pack(">H", extents)
        + numbers
        for number in range(1, items + 1)
    )
    iloc = _box(b"iloc", b"\1\0\0\0", struct.pack(">HH", sizes, items), located)
    iinf = _box(b"iinf", bytes(4), struct.pack(">H", 100), kinds)
    head = _box(b"ftyp", b"heic", bytes(4), b"mif1heic")
    path = tmp_path / "a.heic"
    path.write_bytes(head + _box(b"meta", bytes(4), iinf, iloc))
    with path.open("rb") as file:
        tracemalloc.start()
        found = heif_items(file, max_bytes=2**30)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert found.exif == b""
    assert most < 8 * path.stat().st_size + 2**23


@pytest.mark.parametrize("format", ["HEIF", "AVIF"])
def test_metadata_of_heic_and_avif_is_read(format: str, keep: Keep) -> None:
    target = io.BytesIO()
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4"/></rdf:RDF>'
        "</x:xmpmeta>"
    )
    if format == "HEIF":
        picture = pillow_heif.from_pillow(images.picture())
        picture.save(target, exif=_exif(), xmp=packet.encode())
    else:
        images.picture().save(target, format, exif=_exif(), xmp=packet.encode())
    path = keep("a", target.getvalue())
    found = _read(path)
    assert found.camera_make == "Acme" and found.rating == 4
    assert found.dates["EXIF:DateTimeOriginal"] == "2018:02:03 05:05:06"
    assert found.warnings == ()
    assert identify(path, limits=Limits()).format.name in ("HEIC", "AVIF")


def test_avif_whose_first_brand_says_that_all_pictures_are_whole(keep: Keep) -> None:
    data = images.encoded(images.quadrants(160, 120), "AVIF")
    path = keep("a.avif", data[:8] + b"avio" + data[12:])
    assert sniff(path).name == "AVIF"
    made = _make(path)
    assert made.damage == "" and (made.width, made.height) == (160, 120)
    assert images.corner_colours(made.big.data) == ("r", "g", "b", "w")


@pytest.mark.parametrize("wide", [False, True])
def test_a_property_that_is_named_again_and_again_is_read_once(wide: bool) -> None:
    large, small = _box(b"colr", bytes(2**20)), _box(b"irot", b"\1")
    named = struct.pack(">H", 0x8001) if wide else b"\x81"  # with the essential mark
    last = struct.pack(">H", 2) if wide else b"\2"
    ipma = _box(
        b"ipma",
        struct.pack(">BBHIHB", 0, 0, int(wide), 1, 7, 255),
        named * 254 + last,
    )
    data = _box(b"iprp", _box(b"ipco", large, small), ipma)
    file = io.BytesIO(data)
    parts = {found.type: found for found in boxes(file, start=0, end=len(data))}
    assert item_properties(file, parts, 7) == [
        (b"colr", bytes(2**20)),
        (b"irot", b"\1"),
    ]
    assert item_properties(file, parts, 8) == []


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_jpeg_xl_made_from_a_jpeg_is_turned(orientation: int, keep: Keep) -> None:
    """Its decoder gives back the JPEG as it was, not the picture as it is shown."""
    whole = Image.fromarray((_quarters(SHADES) * 255).astype(np.uint8)).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = orientation
    jpeg = keep("a.jpg", images.encoded(whole, "JPEG", exif=exif, quality=95))
    with Image.open(jpeg) as picture:
        jxl = images.encoded(picture, "JXL", lossless_jpeg=True)
    assert b"jbrd" in jxl
    path = keep("a.jxl", jxl)
    expected, made = _make(jpeg), _make(path)
    assert (made.width, made.height) == (expected.width, expected.height)
    assert _corners(made) == pytest.approx(_corners(expected), abs=4)
    assert (_read(path).width, _read(path).height) == (made.width, made.height)
