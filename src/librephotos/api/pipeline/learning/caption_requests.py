"""Captions that somebody asks for: the request and the writing."""

from __future__ import annotations

from uuid import UUID

from librephotos.api.models import PhotoStage
from librephotos.api.pipeline.work import queue
from librephotos.api.pipeline.work.children import describer
from librephotos.api.pipeline.work.registry import CAPTIONS, learning_stage
from librephotos.api.pipeline.work.runner import run_stage
from librephotos.api.pipeline.work.stage import model_key
from librephotos.api.writes import stage_states, stages_due
from librephotos.api.writes.invalidation import Reason, invalidate
from librephotos.ml.errors import ModelUnusable


def write_caption(*, photo: str, model: str) -> None:
    """Write the caption of a photo that has none by this model; record what failed."""
    stage, photo_id = learning_stage(model_key(CAPTIONS, model)), UUID(photo)
    try:
        run_stage(stage, [photo_id], sandbox=describer())
    except ModelUnusable as error:
        reason = stages_due.NOT_NOW + str(error)
        stage_states.record(
            [(photo_id, PhotoStage.State.SKIPPED, reason)],
            stage=stage.key,
            version=stage.version,
        )


def request_caption(photo_id: UUID, *, model: str) -> None:
    """Have a worker write a caption at once, unless it is about to.

    What failed earlier is tried again.
    """
    key = model_key(CAPTIONS, model)
    invalidate([key], of=[photo_id], reason=Reason.ASKED_FOR)
    queue.enqueue(
        queue.Task.WRITE_CAPTION,
        lock=f"caption-{photo_id}",
        queueing_lock=f"caption-{photo_id}-{model}",
        job=None,
        photo=str(photo_id),
        model=model,
    )


def caption_state(photo_id: UUID, *, model: str) -> PhotoStage | None:
    """Return how far the caption of a photo by a model has come."""
    key = model_key(CAPTIONS, model)
    return PhotoStage.objects.filter(photo=photo_id, stage=key).first()
