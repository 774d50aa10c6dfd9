"""The clock of the camera as it took a picture, in few bytes, to compare captures by.

media.exif reads dates with all that belongs to them; here only what tells whether two
files come from one press of the shutter. Sources: CIPA DC-008 (Exif 2.32), 4.6.5;
ISO 12234-2:2001 (TIFF/EP), tag DateTimeOriginal.
"""

import mmap
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from librephotos.media.dates import Clock, WrittenDate, usable_date
from librephotos.media.structure.tiff import Directories, Entry

_EXIF_DIRECTORY: Final = 0x8769
_TIMES: Final = ((0x9003, 0x9011), (0x9004, 0x9012))  # original, then digitised
_QUARTER_S: Final = 900.0
_WIDEST_ZONE: Final = timedelta(hours=14)


def still_clock(data: bytes | mmap.mmap) -> str:
    """Return the time of the shutter in a TIFF block, as text with its offset if told.

    The block is that of EXIF, or a camera RAW file; "" if it says no time.
    """
    tiff, first = Directories.opened(lambda at, n: data[at : at + n])
    if not first:
        return ""
    try:
        main = tiff.entries(first)
        [directory] = tiff.integers(main.get(_EXIF_DIRECTORY)) or (0,)
        # By TIFF/EP, which some RAW files follow, the time is in the first directory.
        exif = tiff.entries(directory) if directory else {}
        return _time(tiff, exif, main)
    except ValueError:
        return ""


def film_clock(said: Mapping[str, str]) -> str:
    """Return the time at which a film began, from its container's metadata.

    Only Apple's has a zone; what should be UTC is local time in many cameras.
    """
    local = said.get("com.apple.quicktime.creationdate", "")
    if usable_date(local):
        return local[:40]
    moment = usable_date(said.get("creation_time", ""), clock=Clock.UTC)
    return "" if moment is None else f"{moment.digits:%Y-%m-%dT%H:%M:%S}"


def seconds_apart(one: str, other: str, *, same_zone: bool) -> float | None:
    """Return by how much two clocks differ, None if either is not known.

    Without `same_zone` one may tell local time and the other UTC: then differences of
    whole quarters of an hour, as zones have, do not count.
    """
    first, second = usable_date(one), usable_date(other)
    if first is None or second is None:
        return None
    apart = first.digits - second.digits
    if first.zone and second.zone:
        apart = _moment(first) - _moment(second)
    elif not same_zone and abs(apart) <= _WIDEST_ZONE:
        rest = apart.total_seconds() % _QUARTER_S
        return min(rest, _QUARTER_S - rest)
    return abs(apart.total_seconds())


def _moment(written: WrittenDate) -> timedelta:
    offset = written.offset or timedelta(0)
    return written.digits - written.digits.min - offset


def _time(tiff: Directories, *directories: Mapping[int, Entry]) -> str:
    for time, offset in _TIMES:
        for entries in directories:
            text = tiff.text(entries.get(time))
            if usable_date(text):
                zoned = f"{text}{tiff.text(entries.get(offset))}"
                return (zoned if usable_date(zoned) else text)[:40]
    return ""
