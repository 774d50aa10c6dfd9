"""Pictures of users: known by their first bytes, kept without metadata, not decoded."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from librephotos.api.models import User
from librephotos.media.errors import LimitExceeded
from librephotos.media.limits import Limits, Parts
from librephotos.media.stripping import gif, jpeg, png, webp
from librephotos.media.stripping.errors import NotStrippable

LARGEST_AVATAR = 5 * 2**20
"""Bytes."""

_LIMITS = Limits(max_pixels=40_000_000, max_metadata_bytes=LARGEST_AVATAR)
_MOST_BYTES = 4 * _LIMITS.max_pixels
"""What all frames of a PNG inflate to: some files of a few KB hold gigabytes, and this
much takes the web process a second at most."""


_MOST_PARTS = 20_000
"""Segments, chunks and blocks: each takes a microsecond or some, however small, and a
picture of this size has some thousands at most, where it is animated."""


class _Kind(NamedTuple):
    """First bytes, the bytes at offset 8, the extension, and what strips metadata."""

    start: bytes
    at_eight: bytes
    extension: str
    strip: Callable[..., Iterator[bytes]]


def _png(data: bytes, *, parts: Parts) -> Iterator[bytes]:
    return png.without_metadata(data, _LIMITS, most_bytes=_MOST_BYTES, parts=parts)


_KINDS = (
    _Kind(b"\xff\xd8\xff", b"", "jpg", jpeg.without_metadata),
    _Kind(b"\x89PNG\r\n\x1a\n", b"", "png", _png),
    _Kind(b"GIF87a", b"", "gif", partial(gif.without_metadata, exact=False)),
    _Kind(b"GIF89a", b"", "gif", partial(gif.without_metadata, exact=False)),
    _Kind(b"RIFF", b"WEBP", "webp", webp.without_metadata),
)


class InvalidAvatar(ValueError):
    """A file that may not be a user's picture; the message says why."""


def replace_avatar(user: User, file: UploadedFile[Any]) -> None:
    """Keep a picture under a new random name, and drop the one before on commit.

    All who are signed in see it, so that only what shows it is kept. Raises
    InvalidAvatar if it is too large, damaged, or no JPEG, PNG, WebP or GIF.
    """
    content, extension = _stripped(file)
    storage, old = user.avatar.storage, user.avatar.name
    name = f"{uuid.uuid4().hex}.{extension}"
    user.avatar.save(name, ContentFile(content), save=False)
    if old:
        transaction.on_commit(lambda: storage.delete(old))


def _stripped(file: UploadedFile[Any]) -> tuple[bytes, str]:
    if (file.size or 0) > LARGEST_AVATAR:
        raise InvalidAvatar(
            f"The picture is larger than {LARGEST_AVATAR // 2**20} MiB."
        )
    data = file.read()
    for kind in _KINDS:
        if data.startswith(kind.start) and data[8:].startswith(kind.at_eight):
            try:
                parts = kind.strip(data, parts=Parts(_MOST_PARTS))
                return b"".join(parts), kind.extension
            except NotStrippable as error:
                raise InvalidAvatar("The picture is damaged.") from error
            except LimitExceeded as error:
                raise InvalidAvatar(f"The picture is too large: {error}") from error
    raise InvalidAvatar("The picture must be a JPEG, PNG, WebP or GIF file.")
