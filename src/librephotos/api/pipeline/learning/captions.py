"""The stage that writes a sentence about each photo."""

from __future__ import annotations

from uuid import UUID

from librephotos.api.models import SiteSettings
from librephotos.api.pipeline.learning.model_stage import PreviewStage
from librephotos.api.pipeline.ml_models.installed import caption_model
from librephotos.api.pipeline.sandboxed.predictions import write_captions
from librephotos.api.pipeline.work import registry
from librephotos.api.queries.operations.model_revisions import model_name
from librephotos.api.writes import captions, search_document


class CaptionsStage(PreviewStage[str]):
    """Stores the caption of the captioner in use; by itself only if switched on."""

    name = registry.CAPTIONS
    version = 1
    batch_size = 8
    wanted = staticmethod(caption_model)
    predict = staticmethod(write_captions)

    def enabled(self) -> bool:
        return super().enabled() and SiteSettings.current().caption_automatically

    def save(self, results: dict[UUID, str]) -> None:
        self.remember()
        captions.replace(results, model=model_name(self.model))
        search_document.refresh(results)
