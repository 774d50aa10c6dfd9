"""Make text from files safe to store, and guess right what its bytes meant."""

import math
import re
from typing import Final

MAX_TEXT: Final = 20_000
# What DJI and others write as the description: the picture's path on the card.
_PATH_ON_CARD: Final = re.compile(r"DCIM[\\/]\S*", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


# Descriptions that cameras write into every picture say nothing about this one.
_CAMERA_DESCRIPTIONS: Final = frozenset(
    (
        "OLYMPUS DIGITAL CAMERA",
        "SANYO DIGITAL CAMERA",
        "SONY DSC",
        "KONICA MINOLTA DIGITAL CAMERA",
        "MINOLTA DIGITAL CAMERA",
        "DIGITAL CAMERA",
        "SAMSUNG",
        "DCIM",
        "DEFAULT",
        "EXIF_JPEG_PICTURE",
        "CREATED WITH GIMP",
    )
)


def clean(text: str, *, limit: int = MAX_TEXT) -> str:
    """Return the text without control characters, lone surrogates and outer blanks.

    Bytes that were no UTF-8, which arrive as surrogates, are read as Windows-1252,
    the usual encoding of older programs. Longer text than `limit` is cut.
    """
    if not text.isascii():
        text = _without_surrogates(text)
    return _CONTROL.sub("", text)[:limit].strip()


def description_by_person(text: str | None) -> str | None:
    """Return the description unless it is one that cameras write by themselves."""
    if not text or text.upper() in _CAMERA_DESCRIPTIONS:
        return None
    return None if _PATH_ON_CARD.fullmatch(text) else text


def finite(value: float) -> float | None:
    """Return the number, or None for infinity and NaN."""
    return value if math.isfinite(value) else None


def _without_surrogates(text: str) -> str:
    try:
        text.encode()
        return text
    except UnicodeEncodeError:
        pass
    try:
        raw = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a lone surrogate that stands for no byte
        return text.encode("utf-8", "replace").decode()
    return raw.decode("cp1252", "replace")
