"""GIF without metadata: its frames and how they follow each other.

Source: CompuServe, Graphics Interchange Format 89a, sections 15 to 26.
"""

from collections.abc import Iterator

from librephotos.media.stripping.errors import NotStrippable

_IMAGE, _EXTENSION, _TRAILER = 0x2C, 0x21, 0x3B
_CONTROL, _APPLICATION = 0xF9, 0xFF
# How often it repeats, in one block of three bytes, and its colours.
_LOOPING = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_COLOURS = b"ICCRGBG1012"
_LOOP = slice(14, 18)
_LOOP_START = b"\3\1"
_CONTROL_BYTES = 8


def without_metadata(data: bytes) -> Iterator[bytes]:
    """Yield the parts of a GIF that show it.

    Raises NotStrippable if the data is no GIF or is cut short.
    """
    if data[:6] not in (b"GIF87a", b"GIF89a"):
        raise NotStrippable("The file is no GIF.")
    try:
        yield from _blocks(data)
    except IndexError as error:
        raise NotStrippable("The GIF is cut short.") from error


def _blocks(data: bytes) -> Iterator[bytes]:
    at = 13 + _table(data[10])
    yield data[:at]
    while data[at] != _TRAILER:
        if data[at] == _IMAGE:
            end = _after(data, at + 11 + _table(data[at + 9]))
        elif data[at] == _EXTENSION:
            end = _after(data, at + 2)
        else:
            raise NotStrippable("The GIF is damaged.")
        yield data[at:end] if data[at] == _IMAGE else _kept(data[at:end])
        at = end
    yield bytes((_TRAILER,))


def _table(flags: int) -> int:
    """Return the bytes of the colour table that these flags announce."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _after(data: bytes, at: int) -> int:
    """Return the offset behind the sub-blocks that begin at `at`."""
    while length := data[at]:
        at += 1 + length
    return at + 1


def _kept(extension: bytes) -> bytes:
    """Return what a copy keeps of an extension, perhaps nothing."""
    kind, name, loop = extension[1], extension[3:14], extension[_LOOP]
    if kind == _CONTROL and extension[2] == 4:
        return extension[: _CONTROL_BYTES - 1] + b"\0"
    if kind != _APPLICATION or extension[2] != len(name):
        return b""
    if name in _LOOPING and loop.startswith(_LOOP_START):
        return extension[: _LOOP.stop] + b"\0"
    return extension if name == _COLOURS else b""
