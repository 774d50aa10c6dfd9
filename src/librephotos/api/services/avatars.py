"""Pictures of users: recognised by their first bytes, never decoded here."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from librephotos.api.models import User

LARGEST_AVATAR = 5 * 2**20
"""Bytes."""

_SIGNATURES: tuple[tuple[bytes, bytes, str], ...] = (
    (b"\xff\xd8\xff", b"", "jpg"),
    (b"\x89PNG\r\n\x1a\n", b"", "png"),
    (b"GIF87a", b"", "gif"),
    (b"GIF89a", b"", "gif"),
    (b"RIFF", b"WEBP", "webp"),
)
"""First bytes, the bytes at offset 8, and the extension a picture is kept under."""


class InvalidAvatar(ValueError):
    """A file that may not be a user's picture; the message says why."""


def avatar_extension(file: UploadedFile[Any]) -> str:
    """Return the extension for a picture, from its content alone.

    Raises InvalidAvatar if it is too large or no JPEG, PNG, WebP or GIF.
    """
    if (file.size or 0) > LARGEST_AVATAR:
        raise InvalidAvatar(
            f"The picture is larger than {LARGEST_AVATAR // 2**20} MiB."
        )
    head = file.read(12)
    file.seek(0)
    for start, at_eight, extension in _SIGNATURES:
        if head.startswith(start) and head[8:].startswith(at_eight):
            return extension
    raise InvalidAvatar("The picture must be a JPEG, PNG, WebP or GIF file.")


def replace_avatar(user: User, file: UploadedFile[Any]) -> None:
    """Keep a picture under a new random name, and drop the one before on commit."""
    storage, old = user.avatar.storage, user.avatar.name
    user.avatar.save(f"{uuid.uuid4().hex}.{avatar_extension(file)}", file, save=False)
    if old:
        transaction.on_commit(lambda: storage.delete(old))
