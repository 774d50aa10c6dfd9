"""What people who wait ask workers about faces; imports nothing that does the work."""

from __future__ import annotations

from django.db import transaction

from librephotos.api.models import PeopleEdit, Photo, PhotoStage
from librephotos.api.pipeline.work import queue
from librephotos.api.pipeline.work.registry import FACES


def look_again(photo: Photo) -> None:
    """Have a worker find and measure the faces of a photo anew, for who looks at it.

    A box was drawn, or a crop was lost.
    """
    with transaction.atomic():
        PhotoStage.objects.update_or_create(
            photo_id=photo.pk,
            stage=FACES,
            defaults={"state": PhotoStage.State.PENDING, "job": None},
        )
        queue.enqueue(
            queue.Task.LEARN,
            on=queue.PICTURES,
            priority=queue.FIRST,
            lock=_one_by_one(photo.owner_id),
            queueing_lock=f"faces-{photo.pk}",
            job=None,
            stage=FACES,
            photos=[str(photo.pk)],
        )


def rescore_after(edit: PeopleEdit) -> None:
    """Have a worker look at the unknown faces that an edit may concern."""
    queue.enqueue(
        queue.Task.RESCORE_FACES,
        lock=_one_by_one(edit.owner_id),
        job=None,
        edit=edit.pk,
    )


def _one_by_one(owner: int) -> str:
    """Return the lock of these tasks: those of a face that is shown go first.

    What was drawn has to be measured before anybody is recognised in it, or by it.
    """
    return f"people-{owner}"
