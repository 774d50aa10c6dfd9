"""The stage that names what kind of place a photo shows."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from librephotos.api.models import Photo, Thing
from librephotos.api.pipeline.learning.model_stage import PreviewStage
from librephotos.api.pipeline.ml_models.installed import scene_model
from librephotos.api.pipeline.sandboxed.predictions import recognise_scenes
from librephotos.api.writes import search_document, things
from librephotos.api.writes.invalidation import Reason, invalidate
from librephotos.api.writes.things import Tag
from librephotos.ml.places365.scene import Scene

KINDS = (
    Thing.Kind.PLACES365_CATEGORY,
    Thing.Kind.PLACES365_ATTRIBUTE,
    Thing.Kind.PLACES365_ENVIRONMENT,
)


class ScenesStage(PreviewStage[Scene]):
    """Tags photos with the categories and attributes of Places365.

    Categories have to be as probable as the owner's `confidence` asks.
    """

    name = "scenes"
    version = 1
    batch_size = 32
    wanted = staticmethod(scene_model)
    predict = staticmethod(recognise_scenes)

    def save(self, results: dict[UUID, Scene]) -> None:
        self.remember()
        least = Photo.objects.filter(pk__in=results).values_list(
            "pk", "owner__confidence"
        )
        tags = {
            photo_id: list(_tags(results[photo_id], least=confidence))
            for photo_id, confidence in least
        }
        things.replace(tags, kinds=KINDS)
        # These take the place of what another model had found.
        invalidate([self.name], of=results, reason=Reason.REPLACED, but=self.key)
        search_document.refresh(results)


def _tags(scene: Scene, *, least: float) -> Iterator[Tag]:
    yield Tag(Thing.Kind.PLACES365_ENVIRONMENT, scene.environment)
    for title, probability in scene.categories:
        if probability >= least:
            yield Tag(Thing.Kind.PLACES365_CATEGORY, title, probability)
    for title, response in scene.attributes:
        yield Tag(Thing.Kind.PLACES365_ATTRIBUTE, title, response)
