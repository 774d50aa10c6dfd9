"""The stage that turns photos into vectors, for search by meaning."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from librephotos.api.queries import photo_embeddings, photo_stages
from librephotos.pipeline.model_stage import ModelStage
from librephotos.pipeline.models import embedding_model
from librephotos.pipeline.predictions import embed_pictures
from librephotos.pipeline.stages.tags import TagsStage


class EmbeddingsStage(ModelStage):
    """Stores the vector that the model of semantic search makes of each photo."""

    name = "embeddings"
    version = 1
    batch_size = 64
    wanted = staticmethod(embedding_model)
    predict = staticmethod(embed_pictures)

    def save(self, results: dict[UUID, Any]) -> None:
        self.remember()
        photo_embeddings.replace(results, model=self.model)
        photo_stages.repeat(results, stage=TagsStage(self.model).key)
