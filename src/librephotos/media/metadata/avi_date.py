"""When an AVI was taken, in the forms of cameras that FFmpeg does not know.

Source: the chunk `IDIT` by the ExifTool documentation, RIFF Tags. It stands in the
list of headers or behind it; a camera may write the date of EXIF into it.
"""

from collections.abc import Iterator
from typing import BinaryIO, Final

from librephotos.media.dates import usable_date
from librephotos.media.errors import unreadable_because
from librephotos.media.original import open_original
from librephotos.media.structure.bmff import Box
from librephotos.media.structure.riff import riff_chunks
from librephotos.media.text import clean

_MAX_DATE_BYTES: Final = 64


def digitised_at(path: bytes | str) -> str | None:
    """Return the local time in the AVI at `path` as it is written, None without one.

    Raises UnreadableFile if the file cannot be read.
    """
    with open_original(path) as file:
        try:
            for chunk in _dates(file):
                file.seek(chunk.start)
                text = file.read(min(chunk.length, _MAX_DATE_BYTES)).split(b"\0")[0]
                date = clean(text.decode("latin-1"))
                if usable_date(date):
                    return date
        except OSError as error:
            raise unreadable_because(error) from error
    return None


def _dates(file: BinaryIO) -> Iterator[Box]:
    for chunk in riff_chunks(file):
        if chunk.type == b"IDIT":
            yield chunk
        if chunk.type != b"LIST":
            continue
        file.seek(chunk.start)
        if file.read(4) == b"hdrl":
            inner = riff_chunks(file, within=chunk)
            yield from (box for box in inner if box.type == b"IDIT")
