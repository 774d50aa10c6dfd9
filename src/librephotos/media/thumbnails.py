"""Previews of a picture or video, and what is computed from their pixels."""

from dataclasses import dataclass

from librephotos.media.errors import UnsupportedFormat
from librephotos.media.formats import Format
from librephotos.media.limits import Limits


@dataclass(frozen=True)
class Preview:
    """One encoded preview and its media type."""

    data: bytes
    mime: str


@dataclass(frozen=True)
class Thumbnails:
    """The previews of one file and the facts drawn from their pixels.

    big, medium and small are stills at most 1080, 500 and 250 pixels high; the clips
    are silent, short and moving, for videos and animations only. width and height are
    the upright size of the original. dominant_color is "#rrggbb". placeholder is a
    WebP of at most 16 pixels. phash is a 64-bit hash as a signed integer.
    """

    big: Preview
    medium: Preview
    small: Preview
    clip_medium: Preview | None
    clip_small: Preview | None
    width: int
    height: int
    dominant_color: str
    placeholder: bytes
    phash: int


def make_thumbnails(path: bytes | str, *, format: Format, limits: Limits) -> Thumbnails:
    """Return the previews of the file at `path`."""
    raise UnsupportedFormat("This format cannot be shown yet.")
