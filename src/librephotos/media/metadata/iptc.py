"""IPTC-IIM: captions and keywords of older programs.

Names: IPTC-NAA Information Interchange Model 4.1, record 2.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

import exiv2

from librephotos.media.dates import Clock, Precision, read_date, usable_date
from librephotos.media.metadata.record import Metadata
from librephotos.media.text import clean, description_by_person

MAX_VALUES = 1_000

_MOMENTS: Final = (
    ("IPTC:DateCreated", "DateCreated", "TimeCreated"),
    ("EXIF:DateTimeDigitized", "DigitizationDate", "DigitizationTime"),
)


def read_iptc(data: exiv2.IptcData) -> Metadata:
    """Return what an IPTC block says; odd values are left out, nothing raises."""
    found: dict[str, list[str]] = defaultdict(list)
    for number, datum in enumerate(data):
        if number >= MAX_VALUES:
            break
        text = clean(datum.toString())
        if text and datum.groupName() == "Application2":
            found[datum.tagName()].append(text)

    def first(name: str) -> str | None:
        return found[name][0] if name in found else None

    return Metadata(
        title=first("ObjectName"),
        description=description_by_person(first("Caption")),
        keywords=tuple(found.get("Keywords", ())),
        creator=first("Byline"),
        copyright=first("Copyright"),
        dates=_dates(found),
        tags={f"IPTC:{name}": "; ".join(texts) for name, texts in found.items()},
    )


def _dates(found: Mapping[str, list[str]]) -> dict[str, str]:
    dates = {}
    for name, day, time in _MOMENTS:
        moment = _moment(found.get(day, []), found.get(time, []))
        if moment:
            dates[name] = moment
    if "IPTC:DateCreated" in dates:
        dates["EXIF:DateTimeOriginal"] = dates["IPTC:DateCreated"]
    return dates


def _moment(days: list[str], times: list[str]) -> str | None:
    day = days[0] if days else ""
    found = usable_date(day)
    if found is None:
        return None
    if not times or found.precision < Precision.DAY:
        return day
    whole = read_date(f"{day} {times[0]}")
    if whole is None or whole.precision < Precision.TIME:
        return day
    text = f"{day} {times[0]}"
    if whole.clock is Clock.OFFSET and not whole.offset:
        # Programs that know of no zone write +0000, since the field must have one.
        text = f"{whole.digits:%Y-%m-%d %H:%M:%S}"
    return text if usable_date(text) else None
