"""Names in an archive: different ones, whatever system it is unpacked on."""

from __future__ import annotations

import re
import unicodedata

LONGEST_NAME = 240
"""Bytes of UTF-8: file systems take 255, and a browser may add " (1)"."""

_LONGEST_EXTENSION = 16
_NOT_ON_WINDOWS = re.compile(
    r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e]'
)
_DEVICE = re.compile(
    r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)", re.IGNORECASE
)
"""See "Naming Files, Paths, and Namespaces" of the Windows documentation."""


def safe_name(name: str) -> str:
    """Return a name under which every system can store a file, the same if it can be.

    Characters that Windows refuses, and those that turn the direction of what is read,
    become "_". Composed characters are written as one, as Windows and Linux do.
    """
    name = _NOT_ON_WINDOWS.sub("_", unicodedata.normalize("NFC", name))
    name = _DEVICE.sub(r"_\1", name.strip(" ")).rstrip(". ")
    return _cut(*_parts(name or "_"), LONGEST_NAME)


class ArchiveNames:
    """The names that an archive has; an equal one gets `_1`, `_2` before its extension.

    Names that differ in case or in how accents are encoded alone count as equal, since
    they do on Windows and macOS.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._taken: set[str] = set()
        self._next: dict[str, int] = {}

    def added(self, name: str) -> str:
        """Return the name, made safe, under which a file of this name is added."""
        name = chosen = safe_name(name)
        stem, extension = _parts(name)
        key = _key(name)
        while _key(chosen) in self._taken:
            number = self._next.get(key, 1)
            self._next[key] = number + 1
            chosen = _cut(stem, f"_{number}{extension}", LONGEST_NAME)
        self._taken.add(_key(chosen))
        return chosen


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _parts(name: str) -> tuple[str, str]:
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension.encode()) > _LONGEST_EXTENSION:
        return name, ""
    return stem, dot + extension


def _cut(stem: str, ending: str, longest: int) -> str:
    room = longest - len(ending.encode())
    # Not in the middle of a character; a blank or dot at the end is none of Windows'.
    stem = stem.encode()[:room].decode(errors="ignore")
    return (stem if ending else stem.rstrip(". ")) + ending
