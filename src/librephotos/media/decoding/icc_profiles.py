"""Colour profiles that need not be applied, since they are sRGB's.

Source: ICC.1:2010, sections 7.3 (the table of tags), 10.5 (curveType), 10.15
(parametricCurveType); IEC 61966-2-1 (sRGB).
"""

from typing import Final

_MOST_TAGS: Final = 100
_MOST_OF_NAME: Final = 512
_MIDDLE_OF_SRGB: Final = 0.214  # the light of half the shade
_SAME_CURVE: Final = 0.02  # an exponent of 2.2, as that of old screens, counts
_PLAUSIBLE: Final = (0.1, 10.0)  # exponents


def describes_srgb(profile: bytes) -> bool:
    """Return whether a profile calls itself sRGB, and has the curve of it.

    Profiles with the colours of sRGB and another curve, or of linear light, have its
    name too, as "sRGB-elle-V2-g10.icc" has.
    """
    # ASCII in files of version 2, UTF-16 in those of version 4 (section 9.2.41).
    text = _tag(profile, b"desc")[:_MOST_OF_NAME].replace(b"\0", b"")
    if b"sRGB" not in text or b"linear" in text.lower():
        return False
    middle = _middle_of_curve(_tag(profile, b"gTRC"))
    return middle is None or abs(middle - _MIDDLE_OF_SRGB) < _SAME_CURVE


def _tag(profile: bytes, name: bytes) -> bytes:
    count = int.from_bytes(profile[128:132])
    for at in range(132, 132 + 12 * min(count, _MOST_TAGS), 12):
        if profile[at : at + 4] == name:
            start = int.from_bytes(profile[at + 4 : at + 8])
            return profile[start : start + int.from_bytes(profile[at + 8 : at + 12])]
    return b""


def _middle_of_curve(tag: bytes) -> float | None:
    """Return the light of half the shade, 0 to 1; None where the tag tells no curve."""
    kind, body = tag[:4], tag[8:]
    if kind == b"curv":
        count = int.from_bytes(body[:4])
        if count < 2:
            return _power(0.5, int.from_bytes(body[4:6]) / 256 if count else 1.0)
        at = 4 + 2 * ((count - 1) // 2)
        return (
            int.from_bytes(body[at : at + 2]) / 65_535 if len(body) > at + 1 else None
        )
    if kind == b"para" and len(body) >= 8:
        exponent, slope, shift = (
            int.from_bytes(body[at : at + 4], signed=True) / 65_536 for at in (4, 8, 12)
        )
        plain = body[:2] == b"\0\0"
        return _power(0.5 if plain else slope * 0.5 + shift, exponent)
    return None


def _power(base: float, exponent: float) -> float | None:
    least, most = _PLAUSIBLE
    return base**exponent if base > 0 and least <= exponent <= most else None
