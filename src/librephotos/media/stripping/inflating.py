"""As much of a zlib stream as somebody needs, and nothing behind it.

Source: RFC 1950, section 2.2.
"""

import zlib
from collections.abc import Iterator

from librephotos.media.stripping.errors import NotStrippable

_STEP = 64 * 1024
_MOST_AT_ONCE = 1 << 20


def exact_stream(stream: bytes, size: int) -> bytes:
    """Return a stream that inflates to the first `size` bytes of the given one.

    That is the given one itself if it ends there, whatever follows in `stream`.
    Takes memory for the compressed bytes only. Raises NotStrippable if it is damaged
    or inflates to less, and for a size of 0, which no picture has.
    """
    if not size:
        raise NotStrippable("The file claims a picture without pixels.")
    reader, made, fed = zlib.decompressobj(), 0, 0
    try:
        while made <= size and not reader.eof and fed < len(stream):
            part = stream[fed : fed + _STEP]
            made, fed = made + _length(reader, part, size), fed + len(part)
    except zlib.error as error:
        raise NotStrippable("Compressed data of the file is damaged.") from error
    if made < size:
        raise NotStrippable("Compressed data of the file is cut short.")
    if made == size and reader.eof:
        return stream[: fed - len(reader.unused_data)]
    return b"".join(_recompressed(stream, size))


def _recompressed(stream: bytes, left: int) -> Iterator[bytes]:
    reader, writer = zlib.decompressobj(), zlib.compressobj()
    while left:
        part = reader.decompress(stream, min(left, _MOST_AT_ONCE))
        left, stream = left - len(part), reader.unconsumed_tail
        yield writer.compress(part)
    yield writer.flush()


def _length(reader: "zlib._Decompress", part: bytes, most: int) -> int:
    """Return how many bytes a part inflates to, or some number above `most`."""
    made = 0
    while part and made <= most:
        made += len(reader.decompress(part, _MOST_AT_ONCE))
        part = reader.unconsumed_tail
    return made + len(reader.decompress(b"", _MOST_AT_ONCE))


def inflated(stream: bytes, most: int) -> bytes:
    """Return what a stream inflates to, b"" if it is damaged or more than `most`."""
    reader = zlib.decompressobj()
    try:
        found = reader.decompress(stream, most)
    except zlib.error:
        return b""
    return found if reader.eof else b""
