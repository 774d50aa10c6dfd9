"""The stage that writes a sentence about each photo."""

from __future__ import annotations

from uuid import UUID

from librephotos.api.models import SiteSettings
from librephotos.api.queries import photo_captions, search_document
from librephotos.api.queries.model_revisions import model_name
from librephotos.pipeline import captioning
from librephotos.pipeline.model_stage import ModelStage
from librephotos.pipeline.models import caption_model
from librephotos.pipeline.predictions import write_captions


class CaptionsStage(ModelStage):
    """Stores the caption of the captioner in use; by itself only if switched on."""

    name = captioning.STAGE
    version = 1
    batch_size = 8
    wanted = staticmethod(caption_model)
    predict = staticmethod(write_captions)

    def enabled(self) -> bool:
        return super().enabled() and SiteSettings.current().caption_automatically

    def save(self, results: dict[UUID, str]) -> None:
        self.remember()
        photo_captions.replace(results, model=model_name(self.model))
        search_document.refresh(results)
