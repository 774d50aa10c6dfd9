"""Names that clients give to files, made fit for a folder of any system. Pure.

Sources: Microsoft, "Naming Files, Paths, and Namespaces"; POSIX.1-2017, NAME_MAX;
Unicode, UAX 9 (what reverses text) and UAX 15 (one spelling of each character).
"""

from __future__ import annotations

import os
import re
import unicodedata

from librephotos.media.files.formats import CANDIDATE_EXTENSIONS, Format
from librephotos.media.files.unwanted import is_unwanted_file

LONGEST_NAME = 200
"""Bytes in UTF-8, of the 255 that file systems take: `xattr` copies and an image hash
have to have room behind it."""

_UNFIT_CATEGORIES = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_JOINERS = frozenset("\u200c\u200d")
"""Shape letters of Persian and Indic scripts, and join emoji."""
_UNFIT = frozenset('<>:"/\\|?*')
_DEVICES = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])",
    re.IGNORECASE,
)
_SPACES = re.compile(r"\s+")


def safe_name(told: str, format: Format) -> str:
    """Return a file name that keeps what it can of a name that a client tells.

    It is one part of a path, visible, the same after normalisation, at most
    LONGEST_NAME bytes long, and no device of Windows. It ends in an extension of
    pictures, videos or sidecars: where the name has none of these, in the format's own.
    """
    stem, extension = os.path.splitext(_cleaned(told))
    if extension.lower() not in CANDIDATE_EXTENSIONS:
        stem, extension = stem + extension, f".{format.extensions[0]}"
    stem = stem.strip(". ") or "upload"
    if _DEVICES.fullmatch(stem.partition(".")[0].strip()):
        stem = f"_{stem}"
    name = _shortened(stem, LONGEST_NAME - len(extension)) + extension
    if is_unwanted_file(os.fsencode(name)):  # which no scan would take in
        return f"{name}.{format.extensions[0]}"
    return name


def numbered_name(name: str, mark: str) -> str:
    """Return a name with `mark` before its extension."""
    stem, extension = os.path.splitext(name)
    return f"{stem}_{mark}{extension}"


def _cleaned(told: str) -> str:
    # Windows and POSIX clients may both send a whole path.
    last = re.split(r"[/\\]", told.replace("\0", ""))[-1]
    text = unicodedata.normalize("NFC", last)
    kept = "".join("_" if c in _UNFIT else c for c in text if _is_fit(c))
    return _SPACES.sub(" ", kept).strip()


def _is_fit(character: str) -> bool:
    return (
        character in _JOINERS
        or character.isspace()
        or unicodedata.category(character) not in _UNFIT_CATEGORIES
    )


def _shortened(stem: str, most: int) -> str:
    """Return what fits into so many bytes, without half a character at its end."""
    return stem.encode()[:most].decode("utf-8", "ignore").rstrip(". ")
