"""What is known of an owner's files when one is sent."""

from __future__ import annotations

import os
from functools import partial
from stat import S_ISREG

from django.db.models import QuerySet, Sum
from django.utils import timezone

from librephotos.api.models import File, Upload, User
from librephotos.silent_disk import answer

_LOOKED_AT = 20
"""Copies of one file of which one that is on disk will do."""


def unfinished(owner: User) -> QuerySet[Upload]:
    """Return an owner's uploads that can be gone on with, the oldest first."""
    waiting = Upload.objects.filter(owner=owner, state__in=Upload.WAITING)
    return waiting.filter(expires_on__gte=timezone.now())


def bytes_of(owner: User) -> int:
    """Return what an owner's files and unfinished uploads take."""
    files = File.objects.filter(owner=owner, missing_since=None)
    here = files.aggregate(total=Sum("size"))["total"] or 0
    coming = unfinished(owner).aggregate(total=Sum("received"))["total"] or 0
    return int(here) + int(coming)


def file_there(owner: User, md5: str) -> File | None:
    """Return a file of these bytes that is in the library, and on disk now."""
    known = File.objects.filter(owner=owner, md5=md5, missing_since=None)
    for file in known.order_by("pk")[:_LOOKED_AT]:
        look = partial(_size_at, file.path)
        if answer(look, at=os.path.dirname(file.path)) == file.size:
            return file
    return None


def _size_at(path: bytes) -> int | None:
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return found.st_size if S_ISREG(found.st_mode) else None
