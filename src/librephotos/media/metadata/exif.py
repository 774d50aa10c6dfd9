"""EXIF: what the camera wrote.

Names and meanings: CIPA DC-008 (Exif 2.32); lens names from maker notes by exiv2.
"""

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Final, TypeAlias

import exiv2

from librephotos.media.dates import usable_date
from librephotos.media.metadata.position import (
    Axis,
    altitude_of,
    degrees_of_parts,
    degrees_of_text,
    usable_position,
)
from librephotos.media.metadata.record import Metadata
from librephotos.media.metadata.user_comment import MAX_BYTES as MAX_COMMENT
from librephotos.media.metadata.user_comment import user_comment
from librephotos.media.text import clean, description_by_person, finite

Datum: TypeAlias = exiv2.Exifdatum
Tags = dict[str, str | int | float]

MAX_TAG_TEXT: Final = 1_000
MAX_ISO: Final = 10_000_000

_DATES: Final = {
    "Exif.Image.DateTimeOriginal": "EXIF:DateTimeOriginal",  # TIFF/EP, DNG
    "Exif.Image.DateTime": "EXIF:DateTime",
    "Exif.Photo.SubSecTime": "EXIF:SubSecTime",
    "Exif.Photo.OffsetTime": "EXIF:OffsetTime",
    "Exif.Photo.DateTimeOriginal": "EXIF:DateTimeOriginal",
    "Exif.Photo.SubSecTimeOriginal": "EXIF:SubSecTimeOriginal",
    "Exif.Photo.OffsetTimeOriginal": "EXIF:OffsetTimeOriginal",
    "Exif.Photo.DateTimeDigitized": "EXIF:DateTimeDigitized",
    "Exif.Photo.SubSecTimeDigitized": "EXIF:SubSecTimeDigitized",
    "Exif.Photo.OffsetTimeDigitized": "EXIF:OffsetTimeDigitized",
}
_POINTERS: Final = frozenset(("ExifTag", "GPSTag", "InteroperabilityTag"))
_UNSIGNED: Final = frozenset(
    (
        exiv2.TypeId.unsignedRational,
        exiv2.TypeId.unsignedLong,
        exiv2.TypeId.tiffIfd,
    )
)
_STORED_GROUPS: Final = frozenset(("Image", "Photo", "GPSInfo"))


def read_exif(data: exiv2.ExifData) -> Metadata:
    """Return what an EXIF block says; odd values are left out, nothing raises."""
    exif: dict[str, Datum] = {}
    for datum in data:
        exif.setdefault(datum.key(), datum)
    exposure = _exposure_time(exif)
    latitude, longitude, altitude = _position(exif)
    return Metadata(
        orientation=_orientation(exif),
        camera_make=_text(exif, "Exif.Image.Make"),
        camera_model=_text(exif, "Exif.Image.Model"),
        lens=_lens(data, exif),
        fstop=_fstop(exif),
        focal_length=_positive(exif, "Exif.Photo.FocalLength"),
        focal_length_35mm=_positive(exif, "Exif.Photo.FocalLengthIn35mmFilm"),
        iso=_iso(exif),
        exposure_time_s=exposure,
        shutter_speed=shutter_speed_text(exposure),
        digital_zoom_ratio=_positive(exif, "Exif.Photo.DigitalZoomRatio"),
        subject_distance=_positive(exif, "Exif.Photo.SubjectDistance"),
        latitude=latitude,
        longitude=longitude,
        altitude=altitude,
        title=_windows_text(exif, "Exif.Image.XPTitle"),
        description=_description(exif),
        keywords=_windows_keywords(exif),
        creator=_text(exif, "Exif.Image.Artist"),
        copyright=_text(exif, "Exif.Image.Copyright"),
        rating=_rating(exif),
        dates=_dates(exif),
        tags=_tags(exif),
    )


def shutter_speed_text(seconds: float | None) -> str | None:
    """Return an exposure time as photographers write it: "1/250" or "2.5"."""
    if seconds is None:
        return None
    if seconds < 0.25001:
        return f"1/{round(1 / seconds)}"
    return f"{seconds:.1f}".removesuffix(".0")


def stars_of_percent(percent: float | None) -> int | None:
    """Return Windows' rating in percent (1, 25, 50, 75, 99) as 0 to 5 stars.

    None for what is no percentage.
    """
    if percent is None or not 0 <= percent <= 100:
        return None
    return min(5, 1 + round(percent / 25)) if percent else 0


def _numbers(datum: Datum | None) -> list[float]:
    """Return the finite numbers of a datum; stops at one with a zero denominator."""
    values: list[float] = []
    if datum is None or datum.typeId() == exiv2.TypeId.asciiString:
        return values
    for at in range(min(datum.count(), 4)):
        numerator, denominator = _fraction(datum, at)
        if denominator == 0:
            break
        values.append(numerator / denominator)
    return values


def _fraction(datum: Datum, at: int) -> tuple[int, int]:
    """Return a value as numerator and denominator.

    exiv2 gives 32 bits without a sign, in both parts, as if they had one.
    """
    numerator, denominator = datum.toRational(at)
    if datum.typeId() in _UNSIGNED:
        return numerator & 0xFFFF_FFFF, denominator & 0xFFFF_FFFF
    return numerator, denominator


def _number(exif: Mapping[str, Datum], *keys: str) -> float | None:
    for key in keys:
        values = _numbers(exif.get(key))
        if values:
            return finite(values[0])
    return None


def _positive(exif: Mapping[str, Datum], key: str) -> float | None:
    value = _number(exif, key)
    # 0 means unknown in all of these, 2**32 - 1 infinity.
    return value if value is not None and 0 < value < 4_294_967_295 else None


def _text(exif: Mapping[str, Datum], key: str) -> str | None:
    datum = exif.get(key)
    return (clean(_written(datum)) or None) if datum is not None else None


def _written(datum: Datum) -> str:
    """Return the text of a datum, also of one that exiv2 takes for numbers."""
    if datum.typeId() not in _TEXT_AS_BYTES:
        return str(datum.toString())
    return bytes(datum.value().data()).decode("utf-8", "surrogateescape")


def _orientation(exif: Mapping[str, Datum]) -> int:
    value = _number(exif, "Exif.Image.Orientation")
    return int(value) if value is not None and 1 <= value <= 8 else 1


def _lens(data: exiv2.ExifData, exif: Mapping[str, Datum]) -> str | None:
    named = _text(exif, "Exif.Photo.LensModel")
    if named and named.strip("-. "):
        return named
    found = exiv2.lensName(data)
    if found is None:
        return None
    name = clean(str(found.print(data)))
    # Only digits or brackets are an identifier that exiv2 has no name for.
    unnamed = name.lower().startswith(("n/a", "unknown", "none"))
    return name if any(map(str.isalpha, name)) and not unnamed else None


def _fstop(exif: Mapping[str, Datum]) -> float | None:
    value = _positive(exif, "Exif.Photo.FNumber")
    if value is not None:
        return round(value, 2)
    apex = _number(exif, "Exif.Photo.ApertureValue")
    return round(math.sqrt(2) ** apex, 1) if apex and 0 < apex < 20 else None


def _iso(exif: Mapping[str, Datum]) -> int | None:
    keys = ("ISOSpeedRatings", "RecommendedExposureIndex", "StandardOutputSensitivity")
    value = _number(exif, *(f"Exif.Photo.{key}" for key in keys))
    if value == 65535:  # the 16-bit field is full; the true value stands elsewhere
        value = _number(exif, *(f"Exif.Photo.{key}" for key in keys[1:])) or value
    return int(value) if value is not None and 0 < value < MAX_ISO else None


def _exposure_time(exif: Mapping[str, Datum]) -> float | None:
    value = _number(exif, "Exif.Photo.ExposureTime")
    if value is None:
        apex = _number(exif, "Exif.Photo.ShutterSpeedValue")
        value = 2.0 ** -apex if apex is not None and abs(apex) < 20 else None
    return value if value is not None and 1e-6 < value < 1e6 else None


def _position(
    exif: Mapping[str, Datum],
) -> tuple[float | None, float | None, float | None]:
    position = usable_position(
        _degrees(exif, "GPSLatitude", Axis.LATITUDE),
        _degrees(exif, "GPSLongitude", Axis.LONGITUDE),
    )
    if position is None:
        return None, None, None
    height = _number(exif, "Exif.GPSInfo.GPSAltitude")
    return *position, altitude_of(height, _byte(exif, "Exif.GPSInfo.GPSAltitudeRef"))


def _degrees(exif: Mapping[str, Datum], name: str, axis: Axis) -> float | None:
    datum = exif.get(f"Exif.GPSInfo.{name}")
    reference = _text(exif, f"Exif.GPSInfo.{name}Ref")
    if datum is not None and datum.typeId() == exiv2.TypeId.asciiString:
        return degrees_of_text(_text(exif, datum.key()), reference, axis)
    return degrees_of_parts(_angle(datum), reference, axis)


def _angle(datum: Datum | None) -> list[float]:
    """Return degrees, minutes and seconds; empty if more than the last ones lack.

    Seconds, or minutes and seconds, are often written as 0/0, not known.
    """
    known = _numbers(datum)
    if datum is None or datum.typeId() == exiv2.TypeId.asciiString:
        return known
    later = range(len(known), min(datum.count(), 3))
    return [] if any(_fraction(datum, at)[1] for at in later) else known


def _byte(exif: Mapping[str, Datum], key: str) -> str | None:
    """Return a one-byte reference as its number, also where it was written as text."""
    value = _number(exif, key)
    return _text(exif, key) if value is None else str(int(value))


def _description(exif: Mapping[str, Datum]) -> str | None:
    text = _text(exif, "Exif.Image.ImageDescription")
    if description_by_person(text):
        return text
    return _windows_text(exif, "Exif.Image.XPComment") or _comment(exif)


def _comment(exif: Mapping[str, Datum]) -> str | None:
    datum = exif.get("Exif.Photo.UserComment")
    if datum is None or datum.size() > MAX_COMMENT:
        return None
    return description_by_person(user_comment(bytes(datum.value().data())))


def _windows_text(exif: Mapping[str, Datum], key: str) -> str | None:
    """Return one of Windows' own texts, UTF-16 in bytes."""
    datum = exif.get(key)
    if datum is None or not 0 < datum.size() <= 65_536:
        return None
    raw = bytes(datum.toUint32(at) & 0xFF for at in range(datum.count()))
    return clean(raw.decode("utf-16-le", "replace")) or None


def _windows_keywords(exif: Mapping[str, Datum]) -> tuple[str, ...]:
    text = _windows_text(exif, "Exif.Image.XPKeywords") or ""
    return tuple(word for part in text.split(";") if (word := part.strip()))


def _rating(exif: Mapping[str, Datum]) -> int | None:
    stars = _number(exif, "Exif.Image.Rating")
    if stars is not None and 0 <= stars <= 5:
        return int(stars)
    return stars_of_percent(_number(exif, "Exif.Image.RatingPercent"))


def _dates(exif: Mapping[str, Datum]) -> dict[str, str]:
    found = {}
    for key, name in _DATES.items():
        text = _text(exif, key)
        if text and (":Date" not in name or usable_date(text)):
            found[name] = text
    moment = _gps_moment(exif)
    if moment:
        found["Composite:GPSDateTime"] = moment
    return found


def _gps_moment(exif: Mapping[str, Datum]) -> str | None:
    day = _text(exif, "Exif.GPSInfo.GPSDateStamp") or ""
    parts = _numbers(exif.get("Exif.GPSInfo.GPSTimeStamp"))[:3]
    if len(parts) < 3 or not all(0 <= part < 61 for part in parts):
        return None
    hour, minute, second = parts
    text = f"{day} {int(hour):02}:{int(minute):02}:{second:06.3f}"
    text = f"{text.rstrip('0').rstrip('.')}Z"
    return text if usable_date(text) else None


def _tags(exif: Mapping[str, Datum]) -> Tags:
    found: Tags = {}
    for datum in exif.values():
        if datum.groupName() not in _STORED_GROUPS or datum.size() > MAX_TAG_TEXT:
            continue
        name = datum.tagName()
        unnamed = name.startswith("0x") or name in _POINTERS
        value = None if unnamed else _json_value(datum)
        if value is not None and value != "":
            found.setdefault(f"EXIF:{name}", value)
    return found


_INTEGERS: Final = frozenset(
    (
        exiv2.TypeId.unsignedByte,
        exiv2.TypeId.unsignedShort,
        exiv2.TypeId.unsignedLong,
        exiv2.TypeId.signedByte,
        exiv2.TypeId.signedShort,
        exiv2.TypeId.signedLong,
    )
)
_BINARY: Final = frozenset((exiv2.TypeId.undefined, exiv2.TypeId.unsignedByte))
_UTF_8: Final = 129  # CIPA DC-008-2023 (Exif 3.0), 4.6.2; exiv2 has no name for it
_TEXT_AS_BYTES: Final = frozenset((*_BINARY, _UTF_8))
_RATIONALS: Final = frozenset(
    (exiv2.TypeId.unsignedRational, exiv2.TypeId.signedRational)
)


def _json_value(datum: Datum) -> str | int | float | None:
    kind = datum.typeId()
    if kind in _INTEGERS and datum.count() == 1:
        return int(datum.toInt64(0))
    if kind in _RATIONALS and datum.count() == 1:
        numerator, denominator = _fraction(datum, 0)
        return float(Fraction(numerator, denominator)) if denominator else None
    if kind in _BINARY and datum.size() > 8:
        return None
    text = _written(datum) if kind == _UTF_8 else str(datum.toString())
    return clean(text, limit=MAX_TAG_TEXT)
