"""Removing what is left of uploads: of those given up, and of a server that died."""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial

from django.db.models import Q, QuerySet
from django.utils import timezone

from librephotos.api.models import Upload, User
from librephotos.api.pipeline.work import queue
from librephotos.api.storage import uploads
from librephotos.api.storage.landing import FOLDERS, remove_left_copies
from librephotos.silent_disk import answer

log = logging.getLogger(__name__)

_AGE_S = 24 * 3600
"""What a server that died has left is as old before it is removed."""

_UNNAMED_S = 3600
"""What no row names and is younger may be about to get its row."""

_REMEMBERED = timedelta(days=7)
"""So long a client that repeats itself is told what became of its upload."""


def request_if_due() -> None:
    """Have a worker remove what is left, if there is something."""
    if _over().exists() or uploads.has_left_spools(age_s=_AGE_S):
        queue.enqueue(
            queue.Task.CLEAN_UP_UPLOADS,
            priority=queue.LAST,
            queueing_lock="clean_up_uploads",
            job=None,
        )


def clean_up() -> None:
    """Remove uploads that have expired, bytes that no upload names, and half copies.

    It may be ended at any instruction and be run again.
    """
    now = timezone.now()
    Upload.objects.filter(expires_on__lt=now - _REMEMBERED).delete()
    waiting = Upload.objects.filter(state__in=Upload.WAITING, expires_on__gte=now)
    for upload in uploads.parts() - set(waiting.values_list("pk", flat=True)):
        if uploads.is_old(upload, age_s=_UNNAMED_S):
            uploads.remove_part(upload)
    uploads.remove_left_spools(age_s=_AGE_S)
    for user in User.objects.prefetch_related("scan_directories"):
        _remove_half_copies(user)
    _over().update(state=Upload.State.EXPIRED)


def _over() -> QuerySet[Upload]:
    now = timezone.now()
    given_up = Q(state__in=Upload.WAITING, expires_on__lt=now)
    return Upload.objects.filter(given_up | Q(expires_on__lt=now - _REMEMBERED))


def _remove_half_copies(user: User) -> None:
    places: list[tuple[bytes, tuple[bytes, ...]]] = [
        (folder.path, FOLDERS) for folder in user.scan_directories.all()
    ]
    if user.upload_directory:
        places.append((user.upload_directory, FOLDERS[1:]))
    for root, within in places:
        look = partial(remove_left_copies, root, within, age_s=_AGE_S)
        try:
            answer(look, at=root)
        except OSError as error:
            log.info("Left copies are removed later: %s", error.strerror)
