"""XMP: what programs and people wrote, embedded or in sidecars.

Names: XMP Specification parts 1 and 2, Adobe 2012/2016; Exif for XMP, CIPA DC-010.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

import exiv2

from librephotos.media.dates import Clock, usable_date
from librephotos.media.metadata.exif import stars_of_percent
from librephotos.media.metadata.position import (
    Axis,
    altitude_of,
    degrees_of_text,
    usable_position,
)
from librephotos.media.metadata.record import Metadata, distinct
from librephotos.media.text import clean, description_by_person

Values = Mapping[str, tuple[str, ...]]

MAX_PROPERTIES: Final = 20_000
MAX_TAGS: Final = 300
MAX_TAG_TEXT: Final = 1_000

# Ranks by the Metadata Working Group, Guidelines 2.0, section 5.4; shotDate is the
# same for films (XMP part 2).
_SHUTTER: Final = (
    "Xmp.exif.DateTimeOriginal",
    "Xmp.photoshop.DateCreated",
    "Xmp.xmpDM.shotDate",
)
_DIGITISED: Final = ("Xmp.exif.DateTimeDigitized", "Xmp.xmp.CreateDate")
_DATE_NAMES: Final = {
    "Xmp.exif.DateTimeOriginal": "XMP:DateTimeOriginal",
    "Xmp.photoshop.DateCreated": "XMP:DateCreated",
    "Xmp.xmp.CreateDate": "XMP:CreateDate",
    "Xmp.xmp.ModifyDate": "XMP:ModifyDate",
}
_HIERARCHICAL: Final = (
    "Xmp.lr.hierarchicalSubject",
    "Xmp.digiKam.TagsList",
    "Xmp.MicrosoftPhoto.LastKeywordXMP",
    "Xmp.mediapro.CatalogSets",
)
_ZONE = re.compile(r"([+-]\d{2}:\d{2})\Z")


def property_values(data: exiv2.XmpData) -> dict[str, tuple[str, ...]]:
    """Return the properties by exiv2's key, each as the tuple of its texts.

    Of alternative languages the default one comes first.
    """
    found: dict[str, tuple[str, ...]] = {}
    for number, datum in enumerate(data):
        if number >= MAX_PROPERTIES:
            break
        found[datum.key()] = tuple(filter(None, map(clean, _texts(datum))))
    return found


def read_xmp(values: Values) -> Metadata:
    """Return what XMP properties say; odd values are left out, nothing raises.

    Regions are left to media.regions, since they need the image's orientation.
    """
    latitude, longitude = _position(values)
    return Metadata(
        camera_make=_first(values, "Xmp.tiff.Make"),
        camera_model=_first(values, "Xmp.tiff.Model"),
        lens=_first(values, "Xmp.aux.Lens", "Xmp.exifEX.LensModel"),
        latitude=latitude,
        longitude=longitude,
        altitude=_altitude(values) if latitude is not None else None,
        title=_first(values, "Xmp.dc.title"),
        description=description_by_person(_first(values, "Xmp.dc.description")),
        keywords=_keywords(values),
        creator=_first(values, "Xmp.dc.creator"),
        copyright=_first(values, "Xmp.dc.rights"),
        rating=_rating(values),
        dates=_dates(values),
        tags=_tags(values),
    )


def number(text: str | None) -> float | None:
    """Return an XMP number, written plainly or as a fraction; None if it is none."""
    top, _, bottom = (text or "").partition("/")
    try:
        value = float(top) / float(bottom or 1)
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    return value if abs(value) < 1e12 else None  # turns NaN and infinity away


def _texts(datum: exiv2.Xmpdatum) -> Iterable[str]:
    value = datum.value()
    if isinstance(value, exiv2.LangAltValue):
        languages = dict(value.items())
        default = languages.pop("x-default", None)
        return [default, *languages.values()] if default else languages.values()
    if isinstance(value, exiv2.XmpArrayValue):
        return [value.toString(at) for at in range(min(value.count(), 2_000))]
    return [datum.toString()]


def _first(values: Values, *keys: str) -> str | None:
    return next((values[key][0] for key in keys if values.get(key)), None)


def _keywords(values: Values) -> tuple[str, ...]:
    flat = values.get("Xmp.dc.subject", ())
    levels = [
        level
        for key in _HIERARCHICAL
        for path in values.get(key, ())
        for level in re.split(r"[|/]", path)
    ]
    return distinct((*flat, *levels))


def _rating(values: Values) -> int | None:
    stars = number(_first(values, "Xmp.xmp.Rating"))
    if stars is not None:  # -1 is "rejected", which is no rating
        return int(stars) if 0 <= stars <= 5 else None
    return stars_of_percent(number(_first(values, "Xmp.MicrosoftPhoto.Rating")))


def _position(values: Values) -> tuple[float | None, float | None]:
    latitude = _degrees(values, "Xmp.exif.GPSLatitude", Axis.LATITUDE)
    longitude = _degrees(values, "Xmp.exif.GPSLongitude", Axis.LONGITUDE)
    return usable_position(latitude, longitude) or (None, None)


def _degrees(values: Values, key: str, axis: Axis) -> float | None:
    return degrees_of_text(_first(values, key), _first(values, f"{key}Ref"), axis)


def _altitude(values: Values) -> float | None:
    text = (_first(values, "Xmp.exif.GPSAltitude") or "").lower().removesuffix("m")
    height = number(text.strip().replace(",", "."))
    return altitude_of(height, _first(values, "Xmp.exif.GPSAltitudeRef"))


def _dates(values: Values) -> dict[str, str]:
    texts = {key: _first(values, key) for key in {*_SHUTTER, *_DIGITISED, *_DATE_NAMES}}
    usable = {key: text for key, text in texts.items() if text and usable_date(text)}
    found = {_DATE_NAMES[key]: usable[key] for key in _DATE_NAMES if key in usable}
    for keys, name in ((_SHUTTER, "Original"), (_DIGITISED, "Digitized")):
        text = next((usable[key] for key in keys if key in usable), None)
        if text:
            found[f"EXIF:DateTime{name}"] = text
            zone = _ZONE.search(text)
            if zone:
                found[f"EXIF:OffsetTime{name}"] = zone[1]
    moment = _first(values, "Xmp.exif.GPSTimeStamp")
    if moment and usable_date(moment, clock=Clock.UTC):
        found["Composite:GPSDateTime"] = moment
    return found


def _tags(values: Values) -> dict[str, str | int | float]:
    found: dict[str, str | int | float] = {}
    for key, texts in values.items():
        nested = "/" in key or "[" in key or 'type="' in "".join(texts[:1])
        if texts and not nested and not key.startswith("Xmp.crs."):
            name = key.rpartition(".")[2]
            found.setdefault(f"XMP:{name}", "; ".join(texts)[:MAX_TAG_TEXT])
        if len(found) >= MAX_TAGS:
            break
    return found
