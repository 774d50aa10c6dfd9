"""Writing a caption that somebody waits for."""

from __future__ import annotations

from uuid import UUID

from librephotos.api.models import PhotoStage
from librephotos.api.queries import photo_stages
from librephotos.ml.errors import ModelUnusable
from librephotos.pipeline.runner import run_stage
from librephotos.pipeline.stages.captions import CaptionsStage
from librephotos.pipeline.worker_sandbox import describer


def write_caption(photo_id: UUID, *, model: str) -> None:
    """Write the caption of a photo that has none by this model; record what failed."""
    stage = CaptionsStage(model)
    try:
        run_stage(stage, [photo_id], sandbox=describer())
    except ModelUnusable as error:
        reason = photo_stages.NOT_NOW + str(error)
        photo_stages.record(
            [(photo_id, PhotoStage.State.SKIPPED, reason)],
            stage=stage.key,
            version=stage.version,
        )
