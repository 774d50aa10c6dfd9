"""Where previews are kept, and under which names."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage


class PreviewSize(StrEnum):
    """The previews that a photo may have."""

    BIG = "big"
    MEDIUM = "medium"
    SMALL = "small"
    CLIP_MEDIUM = "clip-medium"
    CLIP_SMALL = "clip-small"


STILLS = (PreviewSize.BIG, PreviewSize.MEDIUM, PreviewSize.SMALL)
CLIPS = (PreviewSize.CLIP_MEDIUM, PreviewSize.CLIP_SMALL)
STILL_FORMATS, CLIP_FORMATS = ("jpg", "webp"), ("webp", "mp4")
"""The extensions that they may have."""


def preview_name(photo_id: UUID, size: PreviewSize | str, extension: str) -> str:
    """Return the storage name of one preview, such as `a4/…a4-big.jpg`.

    The last two digits of a UUIDv7 are random: 256 folders of equal size.
    """
    return f"{photo_id.hex[-2:]}/{photo_id}-{size}.{extension}"


def _private(path: str, flags: int) -> int:
    """Open a file that others on the machine cannot read; a web server's group may."""
    return os.open(path, flags, 0o640)


class AtomicFileSystemStorage(FileSystemStorage):
    """A file system storage whose files appear whole or not at all.

    A file of the same name is replaced. Nothing is synchronised to disk: previews can
    be made again, and whoever finds one missing or empty does so.
    """

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name

    def _save(self, name: str, content: File[Any]) -> str:
        target = self.path(name)
        partial = f"{target}.{uuid4().hex}.part"
        for attempt in ("the folder is there", "the folder was made"):
            try:
                with open(partial, "wb", opener=_private) as file:
                    for chunk in content.chunks():
                        file.write(chunk)
                os.replace(partial, target)
                return name
            except FileNotFoundError:
                if attempt == "the folder was made":
                    raise
                os.makedirs(os.path.dirname(target), mode=0o750, exist_ok=True)
            except OSError:
                if os.path.exists(partial):
                    os.unlink(partial)
                raise
        return name
