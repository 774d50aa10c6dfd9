"""What people who wait ask workers about faces; imports nothing that does the work."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued

from librephotos.api.models import PeopleEdit, PhotoStage
from librephotos.pipeline import queue

FACES = "faces"
"""The name of the stage that finds faces."""


def look_again(photo_id: UUID) -> None:
    """Have a worker find and measure the faces of a photo anew.

    A box was drawn, or a crop was lost.
    """
    try:
        with transaction.atomic():
            PhotoStage.objects.update_or_create(
                photo_id=photo_id,
                stage=FACES,
                defaults={"state": PhotoStage.State.PENDING, "job": None},
            )
            queue.enqueue(
                queue.LEARN,
                on=queue.INTERACTIVE,
                queueing_lock=f"faces-{photo_id}",
                job=None,
                stage=FACES,
                photos=[str(photo_id)],
            )
    except AlreadyEnqueued:
        return  # someone else has asked too


def rescore_after(edit: PeopleEdit) -> None:
    """Have a worker look at the unknown faces that an edit may concern."""
    queue.enqueue(
        queue.RESCORE_FACES,
        priority=queue.FIRST,
        lock=f"people-{edit.owner_id}",
        job=None,
        edit=edit.pk,
    )
