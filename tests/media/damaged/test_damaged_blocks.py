"""A damaged EXIF block hides neither the XMP nor the IPTC beside it."""

import pillow_heif
import pytest
from PIL.PngImagePlugin import PngInfo

from librephotos.media.files.formats import sniff
from librephotos.media.limits import Limits
from librephotos.media.metadata.reading import DAMAGED, read_metadata
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
