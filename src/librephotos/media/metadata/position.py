"""Positions as writers of EXIF, XMP and videos put them: a value and a reference.

Sources: CIPA DC-008 (Exif 2.32), section 4.6.6; XMP Specification part 2, section
3.6 (GPSCoordinate, "DDD,MM,SSk" or "DDD,MM.mmk"); ISO 6709:2008, annex H. Writers
depart from all three, by decimal commas, signs, degree marks, and a reference of its
own where the format wants it in the value, so one reader takes them all.
"""

import math
import re
from collections.abc import Sequence
from enum import Enum
from typing import Final

MAX_ALTITUDE_M: Final = 100_000
_BEYOND: Final = 1e9  # more than a position has of degrees, minutes or seconds


class Axis(Enum):
    """What a coordinate counts along: its positive and its negative letter."""

    LATITUDE = "NS"
    LONGITUDE = "EW"


_MINUS_SIGNS: Final = dict.fromkeys(map(ord, "−‐‑‒–—﹣－"), "-")
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:/\d+)?")
_LETTER = re.compile(r"(?<![a-z])([nsew])(?:orth|outh|ast|est)?(?![a-z])", re.I)
_SPELLED_MARKS = re.compile(
    r"(\d)\s*(?:d|deg)\.?\s*(\d[\d.,]*)\s*(?:m|min|')(?:\s*(\d[\d.,]*)\s*(?:s|sec|\"))?"
    r"(?![a-z])",
    re.I,
)
_MARKS = re.compile(r"[°º˚'′’´\"″”:]|\bdeg\b", re.I)
_REST = re.compile(r"[\s,;()+-]*", re.ASCII)
_PARTED = re.compile(r"\d\s+\d")
_DECIMAL_COMMA = re.compile(r"(\d),(\d)")
_NO_MINUTES = re.compile(r"(\A\D*\d{1,3}),(\d{3,})(?=\D*\Z)")
_ISO_6709 = re.compile(
    r"([+-])(\d{1,7}(?:\.\d+)?)\s*([+-])(\d{1,8}(?:\.\d+)?)\s*([+-]\d+(?:\.\d+)?)?"
)
_PLAIN_PAIR = re.compile(
    r"([+-]?\d{1,2}(?:\.\d+)?)[\s,;]+([+-]?\d{1,3}(?:\.\d+)?)\s*\Z"
)


def usable_position(
    latitude: float | None, longitude: float | None
) -> tuple[float, float] | None:
    """Return the position if it is one on earth, not (0, 0) as lost receivers write."""
    if latitude is None or longitude is None:
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    return None if latitude == 0 == longitude else (latitude, longitude)


def degrees_of_parts(
    parts: Sequence[float], reference: str | None, axis: Axis
) -> float | None:
    """Return degrees of (degrees, minutes, seconds), the later two if there are any.

    South and west are negative, whether the reference or a sign says so.
    """
    if not parts or not all(abs(part) < _BEYOND for part in parts):  # NaN is none
        return None
    total = math.fsum(abs(part) / 60**at for at, part in enumerate(parts[:3]))
    negative = any(part < 0 for part in parts) or _letter(reference) == axis.value[1]
    return -total if negative else total


def degrees_of_text(
    text: str | None, reference: str | None, axis: Axis
) -> float | None:
    """Return degrees of a text such as "43,28.2814N", "2° 17' 40\\" W" or "-68.5".

    The letter may stand in the text, before or behind, or in a reference of its own.
    None if the text holds anything else, or a letter of the other axis.
    """
    plain = (text or "").translate(_MINUS_SIGNS)
    try:
        return degrees_of_parts([float(plain)], reference, axis)
    except ValueError:
        plain = _SPELLED_MARKS.sub(r"\1 \2 \3 ", plain)
    letters = [found.upper() for found in _LETTER.findall(plain)]
    if len(letters) > 1 or any(letter not in axis.value for letter in letters):
        return None
    plain = _with_points(_LETTER.sub(" ", plain))
    numbers = _NUMBER.findall(plain)
    if not 1 <= len(numbers) <= 3 or not _REST.fullmatch(_NUMBER.sub("", plain)):
        return None
    parts = list(map(_quotient, numbers))
    if plain.lstrip(" (").startswith("-"):
        parts[0] = -parts[0] or -0.0
        reference = axis.value[1]
    return degrees_of_parts(parts, letters[0] if letters else reference, axis)


def altitude_of(value: float | None, reference: str | None) -> float | None:
    """Return metres above the sea; below it if a sign or the reference says so.

    The references are Exif's: 0 and 2 above, 1 and 3 below (Exif 3.0 adds 2 and 3).
    """
    if value is None or not abs(value) <= MAX_ALTITUDE_M:
        return None
    words = (reference or "").strip().lower()
    below = words in ("1", "3") or words.startswith("below")
    return -abs(value) if below else value


def position_of_iso6709(text: str) -> tuple[float, float, float | None] | None:
    """Return latitude, longitude, altitude of an ISO 6709 text, or None.

    Each of the two may be in degrees, degrees and minutes (DDMM.MM), or degrees,
    minutes and seconds (DDMMSS.SS). A plain pair of degrees is taken too.
    """
    plain = text.translate(_MINUS_SIGNS).strip()
    match = _ISO_6709.match(_DECIMAL_COMMA.sub(r"\1.\2", plain))
    if match:
        north, latitude, east, longitude, above = match.groups()
        position = usable_position(
            degrees_of_parts(
                _packed(latitude, 2), "S" if north == "-" else "N", Axis.LATITUDE
            ),
            degrees_of_parts(
                _packed(longitude, 3), "W" if east == "-" else "E", Axis.LONGITUDE
            ),
        )
        altitude = altitude_of(float(above), None) if above else None
        return (*position, altitude) if position else None
    pair = _PLAIN_PAIR.match(plain)
    position = usable_position(float(pair[1]), float(pair[2])) if pair else None
    return (*position, None) if position else None


def _letter(reference: str | None) -> str:
    return (reference or "").strip()[:1].upper()


def _quotient(text: str) -> float:
    top, _, bottom = text.partition("/")
    divisor = float(bottom or 1)
    return float(top) / divisor if divisor else math.nan


def _with_points(text: str) -> str:
    """Return a coordinate with decimal points, and blanks between its numbers.

    A comma is the decimal one where other marks part the numbers, or where what
    follows cannot be minutes ("48,858333"); otherwise it is XMP's, between numbers.
    """
    if _MARKS.search(text) or _PARTED.search(text):
        return _MARKS.sub(" ", _DECIMAL_COMMA.sub(r"\1.\2", text))
    return _NO_MINUTES.sub(r"\1.\2", text).replace(",", " ")


def _packed(digits: str, width: int) -> list[float]:
    """Return the parts of DD, DDMM or DDMMSS; `width` digits are the degrees."""
    whole = digits.partition(".")[0]
    if len(whole) <= width:
        return [float(digits)]
    if len(whole) <= width + 2:
        at = len(whole) - 2
        return [float(digits[:at]), float(digits[at:])]
    at = len(whole) - 4
    return [float(digits[:at]), float(digits[at : at + 2]), float(digits[at + 2 :])]
