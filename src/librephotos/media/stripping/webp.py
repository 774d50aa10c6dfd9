"""WebP without metadata: the chunks that show the picture, and no others.

Source: RFC 9649, section 2.
"""

from collections.abc import Callable, Iterator
from functools import partial

from librephotos.media.limits import Parts
from librephotos.media.stripping.errors import NotStrippable
from librephotos.media.stripping.profiles import clean_profile
from librephotos.media.structure.orientation import exif_of, orientation_in

Exact = Callable[[Callable[[bytes], bytes], bytes], bytes]

_FRAME_HEAD = 16
_PICTURE = (b"VP8 ", b"VP8L", b"ALPH")
_SHOWING = (b"VP8 ", b"VP8L", b"ANMF")
_ANIMATION_BYTES = 6
# The flags for animation, alpha and a colour profile; EXIF has one, XMP another.
_SHOWN_FLAGS, _EXIF_FLAG = 0x32, 0x08


def without_metadata(
    data: bytes, *, exact: Exact | None = None, parts: Parts | None = None
) -> Iterator[bytes]:
    """Yield the parts of a WebP that show it, and its orientation if it is turned.

    `exact` cuts the data of a picture where it ends, by decoding; without it, what
    may stand there stays. Raises NotStrippable if the data is no WebP, is damaged or
    cut short, and LimitExceeded for more chunks than `parts` allows.
    """
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise NotStrippable("The file is no WebP.")
    parts = parts or Parts()
    chunks = list(_chunks(data[12 : 8 + int.from_bytes(data[4:8], "little")], parts))
    turned = max((_turn(*chunk) for chunk in chunks), default=1)
    head = next((body for kind, body in chunks if kind == b"VP8X"), b"")[:10]
    if len(head) < 10:  # only the extended form has a place for it, and for alpha
        turned, chunks = 1, [chunk for chunk in chunks if chunk[0] in _PICTURE[:2]]
    kept = list(_pictures(chunks, head[4:], exact, parts))
    if not any(part[:4] in _SHOWING for part in kept):
        raise NotStrippable("The WebP holds no picture.")
    if turned > 1:
        kept.append(_chunk(b"EXIF", exif_of(turned)))
    if len(head) == 10:
        flags = head[0] & _SHOWN_FLAGS | (_EXIF_FLAG if turned > 1 else 0)
        kept.insert(0, _chunk(b"VP8X", bytes((flags,)) + bytes(3) + head[4:]))
    yield _riff(kept)


def _pictures(
    chunks: list[tuple[bytes, bytes]],
    size: bytes,
    exact: Exact | None,
    parts: Parts,
) -> Iterator[bytes]:
    """Yield the colour profile, and the still or the frames; each once."""
    once = dict(reversed(chunks))
    profile = clean_profile(once.get(b"ICCP", b""))
    if profile:
        yield _chunk(b"ICCP", profile)
    if b"ANIM" not in once:
        yield from _picture(once, size, exact)
        return
    yield _chunk(b"ANIM", once[b"ANIM"][:_ANIMATION_BYTES])
    for kind, body in chunks:
        if kind == b"ANMF":
            inner = dict(reversed(list(_chunks(body[_FRAME_HEAD:], parts))))
            frame = b"".join(_picture(inner, body[6:12], exact))
            yield _chunk(kind, body[:_FRAME_HEAD] + frame)


def _picture(
    chunks: dict[bytes, bytes], size: bytes, exact: Exact | None
) -> Iterator[bytes]:
    """Yield transparency and picture, of a size in the form that VP8X has."""
    kinds = [b"VP8L"] if b"VP8L" in chunks else [b"ALPH", b"VP8 "]
    held = {kind: chunks[kind] for kind in kinds if kind in chunks}
    for kind in held:
        if exact is not None:
            held[kind] = exact(partial(_alone, held, size, kind), held[kind])
    yield from (_chunk(*part) for part in held.items())


def _alone(held: dict[bytes, bytes], size: bytes, kind: bytes, body: bytes) -> bytes:
    """Return a WebP of one picture, one part of which is replaced."""
    parts = [_chunk(*part) for part in {**held, kind: body}.items()]
    if b"ALPH" in held:
        parts.insert(0, _chunk(b"VP8X", b"\x10" + bytes(3) + size))
    return _riff(parts)


def _riff(parts: list[bytes]) -> bytes:
    length = 4 + sum(map(len, parts))
    return b"".join((b"RIFF", length.to_bytes(4, "little"), b"WEBP", *parts))


def _turn(kind: bytes, body: bytes) -> int:
    return orientation_in(body) if kind == b"EXIF" else 1


def _chunks(data: bytes, parts: Parts) -> Iterator[tuple[bytes, bytes]]:
    """Yield type and body of the chunks."""
    at = 0
    while at + 8 <= len(data):
        parts.take()
        kind, length = data[at : at + 4], data[at + 4 : at + 8]
        end = at + 8 + int.from_bytes(length, "little")
        if end > len(data):
            raise NotStrippable("The WebP is cut short.")
        yield kind, data[at + 8 : end]
        at = end + end % 2


def _chunk(kind: bytes, body: bytes) -> bytes:
    padding = bytes(len(body) % 2)
    return kind + len(body).to_bytes(4, "little") + body + padding
