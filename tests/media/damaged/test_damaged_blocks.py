"""Blocks of metadata are read although others, or the file's end, are damaged."""

import zlib
from collections.abc import Callable

import pillow_heif
import pytest
from PIL.PngImagePlugin import PngInfo

from librephotos.media.files.formats import sniff
from librephotos.media.limits import Limits
from librephotos.media.metadata.reading import DAMAGED, read_metadata
from librephotos.media.structure.jpeg_segments import jpeg_exif
from tests.media.conftest import Keep
from tests.support.pictures import images

pillow_heif.register_heif_opener()

XMP = images.sidecar({"xmp:Rating": "3", "photoshop:DateCreated": "2012-02-03"})
BROKEN = [
    pytest.param(b"II*\0\x08\0\0\0", id="ends before its directory"),
    pytest.param(b"II*\0\xff\xff\xff\x7f" + bytes(60), id="directory beyond the end"),
    pytest.param(b"II+\0" + bytes(60), id="another number than 42"),
]


def _with_blocks(format: str, exif: bytes) -> bytes:
    if format == "PNG":
        texts = PngInfo()
        texts.add_itxt("XML:com.adobe.xmp", XMP.decode())
        return images.encoded(images.picture(64, 48), "PNG", exif=exif, pnginfo=texts)
    return images.encoded(images.picture(64, 48), format, exif=exif, xmp=XMP)


@pytest.mark.parametrize("exif", BROKEN)
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "JXL", "HEIF"])
def test_xmp_beside_a_broken_exif_block(format: str, exif: bytes, keep: Keep) -> None:
    block = exif if format in ("PNG", "JXL") else b"Exif\0\0" + exif
    path = keep("a", _with_blocks(format, block))
    found = read_metadata(path, format=sniff(path), limits=Limits())
    assert found.dates["EXIF:DateTimeOriginal"] == "2012-02-03"
    assert found.rating == 3
    assert (found.width, found.height) == (64, 48)


@pytest.mark.parametrize(
    "exif", [*BROKEN, pytest.param(b"no TIFF at all", id="no TIFF")]
)
def test_iptc_beside_a_broken_exif_block(exif: bytes, keep: Keep) -> None:
    good = images.jpeg(64, 48, iptc={"Iptc.Application2.Keywords": ["harbour"]})
    body = b"Exif\0\0" + exif
    segment = b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body
    path = keep("a.jpg", good[:2] + segment + good[2:])
    found = read_metadata(path, format=sniff(path), limits=Limits())
    assert found.keywords == ("harbour",)
    assert DAMAGED in found.warnings


DATED = {
    "Exif.Image.Orientation": "6",
    "Exif.Photo.DateTimeOriginal": "2011:12:13 14:15:16",
}


def _exif() -> bytes:
    return jpeg_exif(images.jpeg(64, 48, exif=DATED))


def _webp(exif: bytes) -> bytes:
    """A WebP with its metadata in front of the picture."""
    plain = images.encoded(images.picture(640, 480), "WEBP", quality=90)
    size = b"".join((n - 1).to_bytes(3, "little") for n in (640, 480))
    body = b"WEBPVP8X" + (10).to_bytes(4, "little") + b"\x0c\0\0\0" + size
    for kind, block in ((b"EXIF", exif), (b"XMP ", XMP)):
        body += kind + len(block).to_bytes(4, "little") + block + bytes(len(block) % 2)
    body += plain[12:]
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _png(exif: bytes) -> bytes:
    texts = PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", XMP.decode())
    options = {"exif": exif, "pnginfo": texts}
    return images.encoded(images.picture(640, 480), "PNG", **options)


def _jxl(exif: bytes) -> bytes:
    return images.encoded(images.picture(640, 480), "JXL", exif=exif, xmp=XMP)


@pytest.mark.parametrize("mark", [b"", b"Exif\0\0"])
@pytest.mark.parametrize("share", [0.4, 0.9])
@pytest.mark.parametrize("make", [_webp, _png, _jxl])
def test_exif_of_a_file_that_is_cut_short(
    make: Callable[[bytes], bytes], share: float, mark: bytes, keep: Keep
) -> None:
    whole = make(mark + _exif())
    path = keep("a", whole[: int(len(whole) * share)])
    found = read_metadata(path, format=sniff(path), limits=Limits())
    assert found.dates["EXIF:DateTimeOriginal"] == "2011:12:13 14:15:16"
    assert found.orientation == 6
    assert found.rating == 3


def test_exif_beside_a_colour_profile_that_is_cut_short(keep: Keep) -> None:
    good = images.jpeg(64, 48, exif=DATED)
    body = b"ICC_PROFILE\0\1\1" + (5000).to_bytes(4, "big") + bytes(200)
    segment = b"\xff\xe2" + (len(body) + 2).to_bytes(2, "big") + body
    path = keep("a.jpg", good[:2] + segment + good[2:])
    found = read_metadata(path, format=sniff(path), limits=Limits())
    assert found.dates["EXIF:DateTimeOriginal"] == "2011:12:13 14:15:16"
    assert found.orientation == 6
    assert DAMAGED in found.warnings


@pytest.mark.parametrize("stated", [-1, 1, 2, 1000])
def test_blocks_of_a_webp_that_states_a_wrong_length(stated: int, keep: Keep) -> None:
    webp = bytearray(_webp(_exif()))
    webp[4:8] = (len(webp) - 8 + stated).to_bytes(4, "little")
    path = keep("a.webp", bytes(webp))
    found = read_metadata(path, format=sniff(path), limits=Limits())
    assert found.dates["EXIF:DateTimeOriginal"] == "2011:12:13 14:15:16"
    assert found.rating == 3


def test_exif_of_a_png_may_begin_with_the_mark_of_jpegs(keep: Keep) -> None:
    # Pillow would take the mark away.
    plain, block = _png(b""), b"eXIfExif\0\0" + _exif()
    chunk = (len(block) - 4).to_bytes(4, "big") + block
    chunk += zlib.crc32(block).to_bytes(4, "big")
    path = keep("a.png", plain[:33] + chunk + plain[33:])
    found = read_metadata(path, format=sniff(path), limits=Limits())
    assert found.dates["EXIF:DateTimeOriginal"] == "2011:12:13 14:15:16"
    assert found.orientation == 6
    assert found.warnings == ()


def test_exif_that_a_png_which_is_cut_short_has_as_text(keep: Keep) -> None:
    block = b"Exif\0\0" + _exif()
    raw = b"\nexif\n%8d\n%s\n" % (len(block), block.hex().encode())
    chunk = b"zTXtRaw profile type exif\0\0" + zlib.compress(raw)
    size = (len(chunk) - 4).to_bytes(4, "big")
    chunk = size + chunk + zlib.crc32(chunk).to_bytes(4, "big")
    plain = _png(b"")
    path = keep("a.png", (plain[:33] + chunk + plain[33:])[: len(plain) // 2])
    found = read_metadata(path, format=sniff(path), limits=Limits())
    assert found.dates["EXIF:DateTimeOriginal"] == "2011:12:13 14:15:16"
    assert found.rating == 3


def test_a_block_beyond_the_limit_is_left_out(keep: Keep) -> None:
    whole = _webp(_exif())
    path = keep("a.webp", whole[: len(whole) // 2])
    limits = Limits(max_metadata_bytes=len(_exif()) - 1)
    found = read_metadata(path, format=sniff(path), limits=limits)
    assert found.dates == {}
    assert DAMAGED in found.warnings
