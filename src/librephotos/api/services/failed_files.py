"""Trying again what failed."""

from __future__ import annotations

from django.db import transaction

from librephotos.api.models import Job, User
from librephotos.api.pipeline.work.jobs import start_scan
from librephotos.api.pipeline.work.registry import stage_names
from librephotos.api.queries.operations.failed_files import (
    PREVIEWS,
    damaged_photos,
    failed_stages,
    unread_files,
)
from librephotos.api.writes.invalidation import Reason, invalidate


@transaction.atomic
def retry_failed_files(user: User) -> Job:
    """Have all that failed of the user's files read again, by the scan returned.

    Pictures that are shown in part are among them. A scan that runs already leaves
    them to the next one. Until a scan has come to them, files that could not be read
    keep their reasons.
    """
    failed = failed_stages(user, stages=stage_names()).values_list("photo", flat=True)
    invalidate(stage_names(), of=failed, reason=Reason.PROBLEMS)
    damaged = damaged_photos(user).values_list("pk", flat=True)
    invalidate([PREVIEWS], of=damaged, reason=Reason.REPLACED)
    unread_files(user).update(stat_key=None)
    return start_scan(user=user)
