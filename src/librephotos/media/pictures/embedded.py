"""What the small picture looks like that a camera has put beside a large one.

Source: CIPA DC-008 (Exif 2.32), section 4.5.4: a JPEG in the second directory.
"""

import mmap

import pyvips

from librephotos.media.decoding.pixels import turned_image
from librephotos.media.files.formats import Format
from librephotos.media.original import open_original
from librephotos.media.pictures.looks import placeholder
from librephotos.media.structure.jpeg_segments import jpeg_exif
from librephotos.media.structure.tiff import Directories

_START, _LENGTH = 0x0201, 0x0202
_MOST_PIXELS = 640 * 640
_SAME_SHAPE = 1.02
_BLACK = 32
"""The mean of bars, of 255: JPEG lets the picture's edge run into them."""


def embedded_placeholder(
    path: bytes | str, *, format: Format, orientation: int, size: tuple[int, int]
) -> bytes:
    """Return a WebP to blur, made of the thumbnail in a JPEG, b"" if it has none.

    It is turned as the picture is, unless it is upright already, and cut to the shape
    of its upright `size` in pixels: 4:3 thumbnails have black bars above and below a
    picture of 3:2. One of another shape is left over from before the picture was cut.
    Raises UnreadableFile if the file cannot be read.
    """
    if format.name != "JPEG":
        return b""
    with (
        open_original(path) as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped,
    ):
        found = thumbnail_in(jpeg_exif(mapped))
    if not found or not all(size):
        return b""
    try:
        stored = pyvips.Image.jpegload_buffer(found)
        if stored.width * stored.height > _MOST_PIXELS:
            return b""
        stored.remove("orientation")
        stored = stored.copy_memory()
        for image in (turned_image(stored, orientation), stored):
            cut = _cut(image, size)
            if cut is not None:
                return placeholder(cut)
        return b""
    except pyvips.Error:
        return b""


def thumbnail_in(exif: bytes) -> bytes:
    """Return the JPEG that an EXIF block, without mark, has as thumbnail, or b""."""
    directories, first = Directories.opened(lambda at, count: exif[at : at + count])
    second = directories.next_offset(first) if first else 0
    entries = directories.entries(second) if second else {}
    starts = directories.integers(entries.get(_START))
    lengths = directories.integers(entries.get(_LENGTH))
    if not starts or not lengths:
        return b""
    found = exif[starts[0] : starts[0] + lengths[0]]
    return found if found.startswith(b"\xff\xd8") else b""


def _cut(image: pyvips.Image, size: tuple[int, int]) -> pyvips.Image | None:
    """Return what is between the bars, None if that is no picture of this shape."""
    width, height = size
    wider = image.width * height / (image.height * width)
    if 1 / _SAME_SHAPE < wider < _SAME_SHAPE:
        return image
    across = min(image.width, max(1, round(image.height * width / height)))
    down = min(image.height, max(1, round(image.width * height / width)))
    cut = image.crop(
        (image.width - across) // 2, (image.height - down) // 2, across, down
    )
    all_pixels, pixels = image.width * image.height, across * down
    outside = image.avg() * all_pixels - cut.avg() * pixels
    return cut if outside <= _BLACK * (all_pixels - pixels) else None
