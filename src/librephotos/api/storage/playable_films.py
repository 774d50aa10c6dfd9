"""Where films that were made playable are kept, whole ones and those that grow."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from librephotos.api.storage.copy_folder import CopyFolder

_LIVE = ".live"

FILMS = CopyFolder(
    "films",
    version=2,
    limit_mib=lambda: settings.FILMS_MIB,
    what="a film that browsers can play",
)


class FilmBroken(OSError):
    """A film that was being made is not made any more."""


class GrowingFilm:
    """A film that is read while it is made; `grows` tells the server that it is one.

    `read` returns b"" where there is no more yet, until `is_over`.
    """

    grows = True

    def __init__(self, file: BinaryIO, whole: Path) -> None:
        """Read what is open as `file`; the film is made once `whole` is there."""
        self._file = file
        self._whole = whole
        self.is_over = False

    def read(self, size: int) -> bytes:
        """Return bytes that are there. Raises FilmBroken if no more will come."""
        # In this order: a film that is whole is removed while it is read.
        is_removed = not os.fstat(self._file.fileno()).st_nlink
        found = self._file.read(size)
        if not found and is_removed:
            if not self._whole.exists():
                raise FilmBroken("The film could not be made to its end.")
            self.is_over = True
        return found

    def close(self) -> None:
        """Close it; it is made to its end all the same."""
        self._file.close()


def live_film(name: str) -> Path:
    """Return where a film is written while it is made; its folder is there."""
    return FILMS.partial_copy(name).with_name(f"{name}{_LIVE}")


def open_growing(name: str) -> GrowingFilm | None:
    """Return a film that is being made, None if nothing of it is there yet."""
    path = live_film(name)
    with suppress(FileNotFoundError):
        file = path.open("rb", buffering=0)
        if os.fstat(file.fileno()).st_size:
            return GrowingFilm(file, path.with_name(name))
        file.close()
    return None
