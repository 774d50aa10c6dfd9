"""The recording time that AVCHD camcorders write inside the H.264 stream.

MPEG transport streams have no place for a date, so cameras put it into a supplemental
message of the first frame. Source: the MDPM tags in the ExifTool documentation, H264.
"""

import re
from typing import Final

from librephotos.media.dates import read_date
from librephotos.media.original import open_original

_SEARCHED_BYTES: Final = 1024 * 1024
_MARK: Final = b"MDPM"
_YEAR_MONTH: Final = 0x18
_DAY_TIME: Final = 0x19


def recorded_at(path: bytes | str) -> str | None:
    """Return the local recording time as "YYYY:MM:DD HH:MM:SS", None without one.

    Raises UnreadableFile if the file cannot be read.
    """
    with open_original(path) as file:
        head = file.read(_SEARCHED_BYTES)
    for match in re.finditer(_MARK, head):
        escaped = head[match.end() : match.end() + 128]
        # H.264 puts a 3 after two zeros, lest they look like a start code (7.4.1.1).
        moment = _moment(escaped.replace(b"\0\0\3", b"\0\0"))
        if moment:
            return moment
    return None


def _moment(message: bytes) -> str | None:
    count = message[0] if message else 0
    values = {
        message[at]: message[at + 1 : at + 5]
        for at in range(1, 1 + 5 * count, 5)
        if at + 5 <= len(message)
    }
    if _YEAR_MONTH not in values or _DAY_TIME not in values:
        return None
    century, year, month = values[_YEAR_MONTH][1:].hex(" ").split()
    day, hour, minute, second = values[_DAY_TIME].hex(" ").split()
    text = f"{century}{year}:{month}:{day} {hour}:{minute}:{second}"
    return text if read_date(text) else None
