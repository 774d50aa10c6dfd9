"""The stage that finds what is on a photo by comparing it with a vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from librephotos.api.models import Thing
from librephotos.api.pipeline.learning.model_stage import ModelStage, Vector
from librephotos.api.pipeline.ml_models.installed import tag_model
from librephotos.api.pipeline.sandboxed.predictions import tag_vectors
from librephotos.api.pipeline.work.stage import Skip
from librephotos.api.writes import embeddings, search_document, things
from librephotos.api.writes.invalidation import Reason, invalidate
from librephotos.api.writes.things import Tag

NO_VECTOR = Skip("The model has made no vector of this photo.")


class TagsStage(ModelStage[Vector, list[tuple[str, float]]]):
    """Tags photos by the vectors that the stage embeddings has stored.

    No picture is read, so a whole library is tagged within minutes.
    """

    name = "tags"
    version = 2
    needs = ("embeddings",)
    batch_size = 500
    waiting = Skip("The vector of the photo is being made.", for_now=True)
    wanted = staticmethod(tag_model)
    predict = staticmethod(tag_vectors)

    def load(self, photo_ids: Sequence[UUID]) -> dict[UUID, Vector | Skip]:
        vectors = embeddings.vectors_of(photo_ids, model=self.model)
        return {photo_id: vectors.get(photo_id, NO_VECTOR) for photo_id in photo_ids}

    def save(self, results: dict[UUID, list[tuple[str, float]]]) -> None:
        self.remember()
        kind = Thing.Kind.SIGLIP2_TAG
        things.replace(
            {
                photo_id: [Tag(kind, title, score) for title, score in found]
                for photo_id, found in results.items()
            },
            kinds=[kind],
        )
        # These take the place of what another model had found.
        invalidate([self.name], of=results, reason=Reason.REPLACED, but=self.key)
        search_document.refresh(results)
