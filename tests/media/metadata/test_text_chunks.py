"""Texts and XMP in GIFs and PNGs, which exiv2 does not read."""

import zlib
from pathlib import Path

import pytest

from librephotos.media.files.formats import sniff
from librephotos.media.limits import Limits
from librephotos.media.metadata.reading import Metadata, read_metadata
from tests.media.conftest import Keep
from tests.support.pictures import images


def _read(path: Path) -> Metadata:
    return read_metadata(path, format=sniff(path), limits=Limits())


PACKET = images.sidecar({"xmp:Rating": "4", "exif:DateTimeOriginal": "2001-02-03"})
MAGIC_TRAILER = b"\1" + bytes(range(255, -1, -1)) + b"\0"


def _gif(*extensions: bytes) -> bytes:
    plain = images.encoded(images.picture(), "GIF")
    return plain[:-1] + b"".join(extensions) + plain[-1:]


def _in_blocks(data: bytes) -> bytes:
    parts = [data[at : at + 255] for at in range(0, len(data), 255)]
    return b"".join(bytes((len(part),)) + part for part in parts) + b"\0"


@pytest.mark.parametrize(
    "gif",
    [
        _gif(b"\x21\xff\x0bXMP DataXMP" + PACKET + MAGIC_TRAILER),
        _gif(b"\x21\xff\x0bXMP DataXMP" + _in_blocks(PACKET)),
        _gif(
            b"\x21\xfe" + _in_blocks(b"A word"),
            b"\x21\xff\x0bXMP DataXMP" + PACKET + MAGIC_TRAILER,
        ),
        images.animated("GIF", frames=5)[:-1]
        + b"\x21\xff\x0bXMP DataXMP"
        + PACKET
        + MAGIC_TRAILER
        + b";",
    ],
)
def test_xmp_in_a_gif(gif: bytes, keep: Keep) -> None:
    found = _read(keep("a.gif", gif))
    assert found.rating == 4
    assert found.dates["EXIF:DateTimeOriginal"] == "2001-02-03"


@pytest.mark.parametrize(
    ("comment", "told"),
    [
        (b"On the lake", "On the lake"),
        ("Überfahrt".encode(), "Überfahrt"),
        ("Überfahrt".encode("latin-1"), "Überfahrt"),
        (b"x" * 700, "x" * 700),
        (b"Created with GIMP", None),
    ],
)
def test_the_comment_of_a_gif(comment: bytes, told: str | None, keep: Keep) -> None:
    gif = _gif(b"\x21\xfe" + _in_blocks(comment))
    assert _read(keep("a.gif", gif)).description == told


@pytest.mark.parametrize("end", [20, 800, 900, 2000, -300, -1])
def test_a_gif_that_breaks_off_in_its_xmp_is_read_all_the_same(
    end: int, keep: Keep
) -> None:
    gif = _gif(b"\x21\xff\x0bXMP DataXMP" + PACKET + MAGIC_TRAILER)
    assert _read(keep("a.gif", gif[:end])).rating in (None, 4)


@pytest.mark.parametrize("kind", [b"tEXt", b"zTXt", b"iTXt"])
def test_texts_of_a_png(kind: bytes, keep: Keep) -> None:
    plain = images.encoded(images.picture(), "PNG")
    start = plain.index(b"IDAT") - 4
    words = {"Title": "Lake", "Author": "Zoë", "Description": "Dämmerung"}
    chunks = b""
    for keyword, text in words.items():
        body = text.encode("utf-8" if kind == b"iTXt" else "latin-1")
        if kind == b"zTXt":
            body = b"\0" + zlib.compress(body)
        body = b"\0\0\0\0" + body if kind == b"iTXt" else body
        chunk = kind + keyword.encode() + b"\0" + body
        size = (len(chunk) - 4).to_bytes(4, "big")
        chunks += size + chunk + zlib.crc32(chunk).to_bytes(4, "big")
    found = _read(keep("a.png", plain[:start] + chunks + plain[start:]))
    assert (found.title, found.creator, found.description) == tuple(words.values())
