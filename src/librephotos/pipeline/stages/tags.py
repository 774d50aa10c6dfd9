"""The stage that finds what is on a photo by comparing it with a vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from librephotos.api.models import Thing
from librephotos.api.queries import (
    photo_embeddings,
    photo_stages,
    photo_things,
    search_document,
)
from librephotos.api.queries.photo_things import Tag
from librephotos.pipeline.model_stage import ModelStage
from librephotos.pipeline.models import tag_model
from librephotos.pipeline.predictions import tag_vectors
from librephotos.pipeline.stage import Skip

NO_VECTOR = Skip("The model has made no vector of this photo.")


class TagsStage(ModelStage):
    """Tags photos by the vectors that the stage embeddings has stored.

    No picture is read, so a whole library is tagged within minutes.
    """

    name = "tags"
    version = 2
    needs = ("embeddings",)
    batch_size = 500
    wanted = staticmethod(tag_model)
    predict = staticmethod(tag_vectors)

    def load(self, photo_ids: Sequence[UUID]) -> dict[UUID, Any]:
        vectors = photo_embeddings.vectors_of(photo_ids, model=self.model)
        return {photo_id: vectors.get(photo_id, NO_VECTOR) for photo_id in photo_ids}

    def save(self, results: dict[UUID, list[tuple[str, float]]]) -> None:
        self.remember()
        kind = Thing.Kind.SIGLIP2_TAG
        photo_things.replace(
            {
                photo_id: [Tag(kind, title, score) for title, score in found]
                for photo_id, found in results.items()
            },
            kinds=[kind],
        )
        photo_stages.repeat_with_others(results, key=self.key)
        search_document.refresh(results)
