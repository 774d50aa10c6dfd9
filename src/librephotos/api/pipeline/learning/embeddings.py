"""The stage that turns photos into vectors, for search by meaning."""

from __future__ import annotations

from uuid import UUID

from librephotos.api.pipeline.learning.model_stage import PreviewStage, Vector
from librephotos.api.pipeline.learning.tags import TagsStage
from librephotos.api.pipeline.ml_models.installed import embedding_model
from librephotos.api.pipeline.sandboxed.predictions import embed_pictures
from librephotos.api.writes import embeddings
from librephotos.api.writes.invalidation import Reason, invalidate


class EmbeddingsStage(PreviewStage[Vector]):
    """Stores the vector that the model of semantic search makes of each photo."""

    name = "embeddings"
    version = 1
    batch_size = 64
    wanted = staticmethod(embedding_model)
    predict = staticmethod(embed_pictures)

    def save(self, results: dict[UUID, Vector]) -> None:
        self.remember()
        embeddings.replace(results, model=self.model)
        invalidate([TagsStage(self.model).key], of=results, reason=Reason.REPLACED)
