"""Asking for the caption of one photo, and seeing what became of it.

Imports nothing that writes captions, so that the web server may use it.
"""

from __future__ import annotations

from uuid import UUID

from librephotos.api.models import PhotoStage
from librephotos.api.queries import photo_stages
from librephotos.pipeline import queue
from librephotos.pipeline.model_files import model_key

STAGE = "captions"


def request_caption(photo_id: UUID, *, model: str) -> None:
    """Have a worker write a caption at once, unless it is about to.

    What failed earlier is tried again.
    """
    photo_stages.try_again(photo_id, stage=model_key(STAGE, model))
    queue.enqueue(
        queue.WRITE_CAPTION,
        lock=f"caption-{photo_id}",
        queueing_lock=f"caption-{photo_id}-{model}",
        job=None,
        photo=str(photo_id),
        model=model,
    )


def caption_state(photo_id: UUID, *, model: str) -> PhotoStage | None:
    """Return how far the caption of a photo by a model has come."""
    key = model_key(STAGE, model)
    return PhotoStage.objects.filter(photo=photo_id, stage=key).first()
