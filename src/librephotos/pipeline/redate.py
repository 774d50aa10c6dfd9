"""Applying the date rules anew, at once, when a person has changed what they read."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from librephotos.api.models import Job, User
from librephotos.api.queries import photo_stages
from librephotos.pipeline import jobs
from librephotos.pipeline.stage import Skip
from librephotos.pipeline.stages.dates import DatesStage


def redate_photos(photo_ids: Sequence[UUID]) -> None:
    """Find the dates of these photos again and store them; reads no file."""
    stage = DatesStage()
    with transaction.atomic():
        inputs = stage.load(photo_ids)
        stage.save(
            {
                photo_id: stage.compute(item)
                for photo_id, item in inputs.items()
                if not isinstance(item, Skip)
            }
        )


def redate_library(user: User) -> Job:
    """Apply changed date rules or a changed time zone to all photos of a user.

    Returns the scan that does it, along with whatever else is new.
    """
    with transaction.atomic():
        photo_stages.outdate(user.pk, stage=DatesStage.name)
        return jobs.start_scan(user=user)
