"""IPTC-IIM: captions and keywords of older programs.

Names: IPTC-NAA Information Interchange Model 4.1, record 2.
"""

from collections import defaultdict

import exiv2

from librephotos.media.dates import parse_date
from librephotos.media.metadata_record import Metadata
from librephotos.media.text import clean, description_by_person

MAX_VALUES = 1_000


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
        dates=_dates(first("DateCreated"), first("TimeCreated")),
        tags={f"IPTC:{name}": "; ".join(texts) for name, texts in found.items()},
    )


def _dates(day: str | None, time: str | None) -> dict[str, str]:
    if day is None or parse_date(day) is None:
        return {}
    moment = f"{day} {time}" if time else day
    if parse_date(moment) is None:
        moment = day
    return {"IPTC:DateCreated": moment, "EXIF:DateTimeOriginal": moment}
