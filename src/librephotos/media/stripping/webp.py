"""WebP without metadata: the chunks that show the picture, and no others.

Source: RFC 9649, section 2.
"""

from collections.abc import Iterator

from librephotos.media.stripping.errors import NotStrippable
from librephotos.media.stripping.orientation import exif_of, orientation_in

_FRAME_HEAD = 16
_SHOWN = (b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP")
_IN_FRAME = (b"VP8 ", b"VP8L", b"ALPH")
# The flags for animation, alpha and a colour profile; EXIF has one, XMP another.
_SHOWN_FLAGS, _EXIF_FLAG = 0x32, 0x08


def without_metadata(data: bytes) -> Iterator[bytes]:
    """Yield the parts of a WebP that show it, and its orientation if it is turned.

    Raises NotStrippable if the data is no WebP or is cut short.
    """
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise NotStrippable("The file is no WebP.")
    chunks = list(_chunks(data[12 : 8 + int.from_bytes(data[4:8], "little")]))
    turned = max((_turn(*chunk) for chunk in chunks), default=1)
    if not any(kind == b"VP8X" and len(body) >= 10 for kind, body in chunks):
        turned = 1  # only the extended form has a place for it
    parts = [_kept(kind, body, turned) for kind, body in chunks if kind in _SHOWN]
    if turned > 1:
        parts.append(_chunk(b"EXIF", exif_of(turned)))
    yield b"RIFF" + (4 + sum(map(len, parts))).to_bytes(4, "little") + b"WEBP"
    yield from parts


def _kept(kind: bytes, body: bytes, turned: int) -> bytes:
    if kind == b"VP8X":
        flags = ord(body[:1] or b"\0") & _SHOWN_FLAGS
        flags |= _EXIF_FLAG if turned > 1 else 0
        return _chunk(kind, bytes((flags,)) + bytes(3) + body[4:10])
    if kind == b"ANMF":
        frame = [_chunk(*part) for part in _chunks(body[_FRAME_HEAD:], _IN_FRAME)]
        return _chunk(kind, body[:_FRAME_HEAD] + b"".join(frame))
    return _chunk(kind, body)


def _turn(kind: bytes, body: bytes) -> int:
    return orientation_in(body) if kind == b"EXIF" else 1


def _chunks(
    data: bytes, kinds: tuple[bytes, ...] = ()
) -> Iterator[tuple[bytes, bytes]]:
    """Yield type and body of the chunks, of all `kinds` unless some are named."""
    at = 0
    while at + 8 <= len(data):
        kind, length = data[at : at + 4], data[at + 4 : at + 8]
        end = at + 8 + int.from_bytes(length, "little")
        if end > len(data):
            raise NotStrippable("The WebP is cut short.")
        if not kinds or kind in kinds:
            yield kind, data[at + 8 : end]
        at = end + end % 2


def _chunk(kind: bytes, body: bytes) -> bytes:
    padding = bytes(len(body) % 2)
    return kind + len(body).to_bytes(4, "little") + body + padding
