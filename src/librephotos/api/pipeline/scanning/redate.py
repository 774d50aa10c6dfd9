"""Applying the date rules anew, at once, when a person has changed what they read."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from librephotos.api.models import Job, User
from librephotos.api.pipeline.stages.dates import (
    DatesStage,
    date_without_expressions,
    store_dates,
)
from librephotos.api.pipeline.work import jobs, queue
from librephotos.api.pipeline.work.stage import Skip
from librephotos.api.writes import stage_states
from librephotos.api.writes.invalidation import OfOwner, Reason, invalidate


def redate_photos(photo_ids: Sequence[UUID]) -> None:
    """Find the dates of these photos again and store them; reads no file.

    Where that takes an expression of the owner's, a worker does it: the web process
    runs none.
    """
    with transaction.atomic():
        inputs = DatesStage().load(photo_ids)
        found = {
            photo_id: date_without_expressions(item)
            for photo_id, item in inputs.items()
            if not isinstance(item, Skip)
        }
        store_dates({photo_id: dating for photo_id, dating in found.items() if dating})
        dated = [
            photo_id for photo_id, dating in found.items() if dating and dating.result
        ]
        stage_states.forget_notes(dated, stage=DatesStage.name)
        left = [photo_id for photo_id, dating in found.items() if dating is None]
        if left:
            invalidate([DatesStage.name], of=left, reason=Reason.SETTINGS)
            queue.enqueue(
                queue.Task.RUN_STAGES,
                on=queue.PICTURES,
                priority=queue.FIRST,
                job=None,
                photos=[str(photo_id) for photo_id in left],
                awaited=True,
            )


def redate_library(user: User) -> Job:
    """Apply changed date rules or a changed time zone to all photos of a user.

    Returns the scan that does it, along with whatever else is new.
    """
    with transaction.atomic():
        invalidate([DatesStage.name], of=OfOwner(user.pk), reason=Reason.SETTINGS)
        return jobs.start_scan(user=user)
