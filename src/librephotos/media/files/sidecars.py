"""Which of several sidecars has the last word."""

import os
from collections.abc import Iterable


def by_weight(path: bytes | str, sidecars: Iterable[bytes | str]) -> list[bytes | str]:
    """Return a file's sidecars, those whose word counts most last.

    `IMG_1.jpg.xmp`, as darktable and digiKam write it, names IMG_1.jpg in full;
    `IMG_1.xmp`, as Adobe's programs write it, may be meant for a RAW file of that
    stem; and `IMG_1.CR2.xmp` names another file.
    """
    name = os.fsencode(path).lower()
    stem = os.path.splitext(name)[0]

    def weight(sidecar: bytes | str) -> tuple[int, bytes]:
        named = os.path.splitext(os.fsencode(sidecar))[0].lower()
        return (2 if named == name else 1 if named == stem else 0), os.fsencode(sidecar)

    return sorted(sidecars, key=weight)
