"""GIF without metadata: its frames and how they follow each other.

Source: CompuServe, Graphics Interchange Format 89a, sections 15 to 26, appendix F.
"""

from collections.abc import Iterator

from librephotos.media.limits import Parts
from librephotos.media.stripping.errors import NotStrippable
from librephotos.media.stripping.profiles import clean_profile
from librephotos.media.structure.gif_blocks import joined, table_length

_IMAGE, _EXTENSION, _TRAILER = 0x2C, 0x21, 0x3B
_CONTROL, _APPLICATION = 0xF9, 0xFF
# How often it repeats, in one block of three bytes, and its colours.
_LOOPING = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_COLOURS = b"ICCRGBG1012"
_LOOP = slice(14, 18)
_LOOP_START = b"\3\1"
_CONTROL_BYTES = 8
_DESCRIPTOR_BYTES = 10
_MOST_CODES = 4096


def without_metadata(
    data: bytes, *, exact: bool = True, parts: Parts | None = None
) -> Iterator[bytes]:
    """Yield the parts of a GIF that show it.

    Of compressed data, as much as the picture has; finding that out takes a second
    for 3 MB or so, and is left out unless `exact`.
    Raises NotStrippable if the data is no GIF, is damaged or cut short, and
    LimitExceeded for more blocks than `parts` allows.
    """
    if data[:6] not in (b"GIF87a", b"GIF89a"):
        raise NotStrippable("The file is no GIF.")
    try:
        yield from _blocks(data, exact, parts or Parts())
    except IndexError as error:
        raise NotStrippable("The GIF is cut short.") from error


def _blocks(data: bytes, exact: bool, parts: Parts) -> Iterator[bytes]:
    at = 13 + table_length(data[10:11])
    yield data[:at]
    shows = False
    while data[at] != _TRAILER:
        parts.take()
        if data[at] == _IMAGE:
            shows = True
            body = at + _DESCRIPTOR_BYTES + table_length(data[at + 9 : at + 10])
            end = _after(data, body + 1)
            pixels = _number(data, at + 5) * _number(data, at + 7)
            yield data[at : body + 1]
            yield (
                _exact(data[body], data[body + 1 : end], pixels)
                if exact
                else (data[body + 1 : end])
            )
        elif data[at] == _EXTENSION:
            end = _after(data, at + 2)
            yield _kept(data[at:end])
        else:
            raise NotStrippable("The GIF is damaged.")
        at = end
    if not shows:
        raise NotStrippable("The GIF holds no picture.")
    yield bytes((_TRAILER,))


def _number(data: bytes, at: int) -> int:
    return data[at] | data[at + 1] << 8


def _after(data: bytes, at: int) -> int:
    """Return the offset behind the sub-blocks that begin at `at`."""
    while length := data[at]:
        at += 1 + length
    return at + 1


def _split(data: bytes) -> bytes:
    """Return data in sub-blocks, with the empty one that ends them."""
    parts = (data[at : at + 255] for at in range(0, len(data), 255))
    return b"".join(bytes((len(part),)) + part for part in parts) + b"\0"


def _exact(bits: int, blocks: bytes, pixels: int) -> bytes:
    """Return the sub-blocks of a picture up to the code that ends it.

    That code is put where all pixels are there, if others follow.
    """
    if not 1 <= bits <= 8:
        raise NotStrippable("The GIF is damaged.")
    data = joined(blocks)
    used, width, ended = _codes(data, bits, pixels)
    whole = data[: (used + 7) // 8]
    if ended or used + width > 8 * len(data):  # some writers leave the code out
        return _split(_cut(whole, used))
    number = int.from_bytes(_cut(whole, used), "little") | (2**bits + 1) << used
    return _split(number.to_bytes((used + width + 7) // 8, "little"))


def _cut(data: bytes, bits: int) -> bytes:
    """Return data whose last byte has no bits but the first ones that belong to it."""
    rest = bits % 8
    return data[:-1] + bytes((data[-1] & (1 << rest) - 1,)) if rest else data


def _codes(data: bytes, bits: int, pixels: int) -> tuple[int, int, bool]:
    """Return how many bits of data the pixels take, the width of the next code, and
    whether the code that ends them is among these bits."""
    clear, end = 1 << bits, (1 << bits) + 1
    fresh = [1] * clear + [0, 0]  # pixels that each code stands for
    lengths, width, made, before = fresh.copy(), bits + 1, 0, -1
    held = count = used = 0
    for byte in data:
        held |= byte << count
        count += 8
        while count >= width:
            code = held & (1 << width) - 1
            held, count, used = held >> width, count - width, used + width
            if code == end:
                return used, width, True
            if code == clear:
                lengths, width, before = fresh.copy(), bits + 1, -1
                continue
            if made >= pixels:
                return used - width, width, False
            if code > len(lengths) - (before < 0 or len(lengths) == _MOST_CODES):
                raise NotStrippable("The GIF is damaged.")
            if before >= 0 and len(lengths) < _MOST_CODES:
                lengths.append(lengths[before] + 1)
                if len(lengths) == 1 << width and width < 12:
                    width += 1
            made, before = made + lengths[code], code
    return used, width, False


def _kept(extension: bytes) -> bytes:
    """Return what a copy keeps of an extension, perhaps nothing."""
    kind, name, loop = extension[1], extension[3:14], extension[_LOOP]
    if kind == _CONTROL and extension[2] == 4:
        return extension[: _CONTROL_BYTES - 1] + b"\0"
    if kind != _APPLICATION or extension[2] != len(name):
        return b""
    if name in _LOOPING and loop.startswith(_LOOP_START):
        return extension[: _LOOP.stop] + b"\0"
    if name == _COLOURS:
        profile = clean_profile(joined(extension[14:]))
        return extension[:14] + _split(profile) if profile else b""
    return b""
