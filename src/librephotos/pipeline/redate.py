"""Applying the date rules anew, at once, when a person has changed what they read."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

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
