"""A table of what we read from a folder of sample files, to compare by eye.

Each line: path, format, upright size, EXIF orientation, the date by the default rules
with the rule's number and the zone, camera, position, rating.

Run: script/bench corpus_facts FOLDER
"""

import os
import sys
from datetime import datetime
from pathlib import Path

from librephotos.geo.reverse import hierarchy, reverse_geocode
from librephotos.geo.timezones import timezone_at
from librephotos.media.dates import DEFAULT_RULES, DateFacts, local_time
from librephotos.media.errors import MediaError
from librephotos.media.files.formats import sniff
from librephotos.media.limits import Limits
from librephotos.media.metadata.reading import Metadata, read_metadata

HEADINGS = (
    "path",
    "format",
    "size",
    "turn",
    "date (rule, zone)",
    "camera",
    "position",
    "rating",
)


def main(folder: Path) -> None:
    """Print the table for every file below `folder`, in order of their paths."""
    print("| " + " | ".join(HEADINGS) + " |")
    print("|" + " --- |" * len(HEADINGS))
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        print("| " + " | ".join((name, *_row(path))) + " |")


def _row(path: Path) -> tuple[str, ...]:
    try:
        format = sniff(str(path))
        found = read_metadata(str(path), format=format, limits=Limits())
    except MediaError as error:
        return (type(error).__name__, "", "", str(error), "", "", "")
    camera = " ".join(filter(None, (found.camera_make, found.camera_model)))
    return (
        format.name,
        f"{found.width} × {found.height}",
        str(found.orientation),
        _date(path, found),
        camera or "–",
        _position(found),
        "–" if found.rating is None else str(found.rating),
    )


def _date(path: Path, found: Metadata) -> str:
    zone = None
    if found.latitude is not None and found.longitude is not None:
        zone = timezone_at(found.latitude, found.longitude)
    status = os.stat(path)
    facts = DateFacts(
        str(path), found.dates, status.st_mtime, status.st_ctime, gps_timezone=zone
    )
    result = local_time(facts, DEFAULT_RULES, user_timezone="UTC", now=datetime.now())
    if result is None:
        return "–"
    return f"{result.local} ({result.rule_id}, {result.timezone or '–'})"


def _position(found: Metadata) -> str:
    if found.latitude is None or found.longitude is None:
        return "–"
    (place,) = reverse_geocode([(found.latitude, found.longitude)])
    where = ", ".join(hierarchy(place)) if place else "nowhere near a town"
    return f"{found.latitude:.5f}, {found.longitude:.5f} ({where})"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: script/bench corpus_facts FOLDER")
    main(Path(sys.argv[1]))
