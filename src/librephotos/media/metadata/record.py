"""The record of what a file says about itself, and how several are made one."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

from librephotos.media.dates import usable_date


@dataclass(frozen=True)
class Region:
    """A named box on the upright image; x, y is its top left, all within 0..1.

    The name is "" for a marked face that nobody named.
    """

    name: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Metadata:
    """What a file and its sidecars say; None or empty where they say nothing.

    width and height are upright pixels. Latitude and longitude are degrees, altitude
    and subject_distance metres, focal lengths millimetres, duration_s and
    exposure_time_s seconds. rating is 0 to 5; a rejected picture has none.

    dates maps exiftool-style names to the text as it stands in the file, without
    those of clocks that were never set or are ahead of ours. Three are reconciled as
    the Metadata Working Group advises (Guidelines 2.0, section 5.4):
    "EXIF:DateTimeOriginal" is the moment of the shutter from wherever it is written
    (sidecar, EXIF, XMP, IPTC, PNG, the local time that phones put in videos),
    "EXIF:DateTimeDigitized" that of a scanner, and "QuickTime:CreateDate" the UTC
    creation time of any video container. The table is in docs/dates.md.

    keywords hold flat ones first, then the levels of hierarchical ones. tags is safe
    to store as JSON: bounded, no NUL, no lone surrogates, no infinity or NaN.
    """

    width: int | None = None
    height: int | None = None
    orientation: int = 1
    camera_make: str | None = None
    camera_model: str | None = None
    lens: str | None = None
    fstop: float | None = None
    focal_length: float | None = None
    focal_length_35mm: float | None = None
    iso: int | None = None
    exposure_time_s: float | None = None
    shutter_speed: str | None = None
    digital_zoom_ratio: float | None = None
    subject_distance: float | None = None
    latitude: float | None = None
    longitude: float | None = None
    altitude: float | None = None
    title: str | None = None
    description: str | None = None
    keywords: tuple[str, ...] = ()
    creator: str | None = None
    copyright: str | None = None
    rating: int | None = None
    regions: tuple[Region, ...] = ()
    duration_s: float | None = None
    video_codec: str | None = None
    video_playback_type: str | None = None
    audio_codec: str | None = None
    frame_rate: float | None = None
    dates: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str | int | float] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


_POSITION: Final = ("latitude", "longitude", "altitude")
_MOMENTS: Final = (
    ("EXIF:DateTimeOriginal", "EXIF:SubSecTimeOriginal", "EXIF:OffsetTimeOriginal"),
    ("EXIF:DateTimeDigitized", "EXIF:SubSecTimeDigitized", "EXIF:OffsetTimeDigitized"),
    ("EXIF:DateTime", "EXIF:SubSecTime", "EXIF:OffsetTime"),
)


def merge(first: Metadata, second: Metadata) -> Metadata:
    """Return `first` with its gaps filled from `second`.

    A position and the parts of the shutter's time are each taken from one of the two
    as a whole; keywords are united; the rest is filled field by field.
    """
    filled: dict[str, Any] = {}
    for known in fields(Metadata):
        mine, other = getattr(first, known.name), getattr(second, known.name)
        gap = mine is None or mine == () or (known.name == "orientation" and mine == 1)
        if gap and known.name not in _POSITION:
            filled[known.name] = other
    if first.latitude is None:
        filled |= {name: getattr(second, name) for name in _POSITION}
    return replace(
        first,
        **{
            **filled,
            "keywords": distinct((*first.keywords, *second.keywords)),
            "warnings": first.warnings + second.warnings,
            "dates": _merged_dates(first.dates, second.dates),
            "tags": {**second.tags, **first.tags},
        },
    )


def overrule(original: Metadata, sidecar: Metadata) -> Metadata:
    """Return `original` with what the sidecar says put over it."""
    merged = merge(sidecar, original)
    return replace(
        merged,
        orientation=original.orientation,
        keywords=sidecar.keywords or original.keywords,
    )


def distinct(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the texts without blanks and repetitions, in order, case ignored."""
    seen: dict[str, str] = {}
    for text in texts:
        if text.strip():
            seen.setdefault(text.strip().casefold(), text.strip())
    return tuple(seen.values())


def _merged_dates(first: dict[str, str], second: dict[str, str]) -> dict[str, str]:
    """Return the dates of both; of each moment, all parts come from one of the two.

    Sub-seconds of another clock would be wrong ones. The second is taken where the
    first has none, or tells the same less exactly, or in UTC where the second has the
    clock on the wall.
    """
    merged = {**second, **first}
    for moment, *parts in _MOMENTS:
        mine, other = first.get(moment), second.get(moment)
        if other and (not mine or _is_better(other, mine)):
            merged[moment], source = other, second
        elif mine:
            source = first
        else:
            continue
        for part in parts:
            merged.pop(part, None)
        merged |= {part: source[part] for part in parts if part in source}
    return merged


def _is_better(text: str, than: str) -> bool:
    date, other = usable_date(text), usable_date(than)
    if date is None or other is None:
        return False
    return date.refines(other) or date.localises(other)
