"""XMP that goes on in further segments of a JPEG."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import pytest

from librephotos.media.files.formats import sniff
from librephotos.media.limits import Limits
from librephotos.media.metadata.reading import DAMAGED, Metadata, read_metadata
from tests.media.conftest import Keep
from tests.support.pictures import images

DATE = "2019-07-17T10:00:00"
REST = images.sidecar({"exif:DateTimeOriginal": DATE, "xmp:Rating": "2"})
NAME = hashlib.md5(REST, usedforsecurity=False).hexdigest().upper()


def _main(name: str, **properties: str) -> bytes:
    note = "http://ns.adobe.com/xmp/note/"
    packet = images.sidecar({**properties}).decode()
    more = f' xmlns:xmpNote="{note}" xmpNote:HasExtendedXMP="{name}"/>'
    return b"http://ns.adobe.com/xap/1.0/\0" + packet.replace("/>", more).encode()


def _parts(rest: bytes, size: int, name: str = NAME) -> list[bytes]:
    head = b"http://ns.adobe.com/xmp/extension/\0" + name.encode()
    total = len(rest).to_bytes(4, "big")
    return [
        head + total + at.to_bytes(4, "big") + rest[at : at + size]
        for at in range(0, len(rest), size)
    ]


def _read(keep: Keep, bodies: Sequence[bytes], **limits: int) -> Metadata:
    plain = images.jpeg(64, 48)
    lengths = ((len(body) + 2).to_bytes(2, "big") for body in bodies)
    head = b"".join(
        b"\xff\xe1" + n + body for n, body in zip(lengths, bodies, strict=True)
    )
    path = keep("a.jpg", plain[:2] + head + plain[2:])
    return read_metadata(path, format=sniff(path), limits=replace(Limits(), **limits))


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("size", [100, 65_000])
def test_what_the_extension_says_is_read(size: int, order: int, keep: Keep) -> None:
    foreign = _parts(images.sidecar({"xmp:Rating": "5"}), size, "0" * 32)
    bodies = [_main(NAME), *foreign, *_parts(REST, size)][::order]
    found = _read(keep, bodies)
    assert found.dates["EXIF:DateTimeOriginal"] == DATE
    assert found.rating == 2
    assert found.warnings == ()


def test_a_long_extension_and_what_the_packet_says_itself(keep: Keep) -> None:
    rest = REST + b" " * 200_000
    main = _main(NAME, **{"xmp:Rating": "4"})
    found = _read(keep, [main, *_parts(rest, 60_000)])
    assert found.dates["EXIF:DateTimeOriginal"] == DATE
    assert found.rating == 4


def test_an_extension_is_found_beside_a_damaged_exif_block(keep: Keep) -> None:
    broken = b"Exif\0\0II*\0\xff\xff\xff\x7f" + bytes(60)
    found = _read(keep, [broken, _main(NAME), *_parts(REST, 300)])
    assert found.dates["EXIF:DateTimeOriginal"] == DATE
    assert DAMAGED in found.warnings


@pytest.mark.parametrize("lost", [0, 1, -1])
def test_an_extension_of_which_a_part_lacks_says_nothing(lost: int, keep: Keep) -> None:
    parts = _parts(REST, 200)
    del parts[lost]
    assert _read(keep, [_main(NAME), *parts]).dates == {}


def test_an_extension_that_no_packet_names_says_nothing(keep: Keep) -> None:
    assert _read(keep, [_main("0" * 32), *_parts(REST, 200)]).dates == {}
    assert _read(keep, _parts(REST, 200)).dates == {}


def test_an_extension_beyond_the_limit_says_nothing(keep: Keep) -> None:
    bodies = [_main(NAME), *_parts(REST, 200)]
    assert _read(keep, bodies, max_metadata_bytes=len(REST) - 1).dates == {}


def test_an_extension_that_is_no_xmp_is_a_warning(keep: Keep) -> None:
    found = _read(keep, [_main(NAME), *_parts(b"no XMP at all", 200)])
    assert found.dates == {}
    assert DAMAGED in found.warnings
