"""Photos of a library that look like one of them."""

from __future__ import annotations

from typing import Any, NamedTuple

from librephotos.api.models import Photo, SiteSettings
from librephotos.api.queries.search.semantic import (
    Ranked,
    Wanted,
    models_of,
    needed_file,
    rank,
    vector_of,
)
from librephotos.api.storage.vector_folders import Space, open_file

MOST = 10


class SimilarPhoto(NamedTuple):
    """What is shown of a photo that looks like another."""

    image_hash: str
    video: bool
    motion_photo: bool


def similar_photos(photo: Photo, *, viewer: Any) -> list[SimilarPhoto]:
    """Return up to MOST visible photos of the library, the most alike first.

    None for anybody but the owner, without vectors, and while a large library has no
    file of its vectors yet, since details must not take the time to compare them all.
    """
    if photo.owner_id != viewer.pk:
        return []
    wanted = SiteSettings.current().search_model
    for model in models_of(photo.owner_id, wanted=wanted) if wanted else []:
        space = Space(photo.owner_id, model)
        vector = vector_of(photo.pk, space)
        if vector is None:
            continue
        if open_file(space) is None and needed_file(space):
            return []
        visible = Photo.objects.owned_by(viewer).visible()
        others = Wanted(visible, vector, left_out=frozenset((photo.pk,)))
        return _facts(rank(others, space=space, size=MOST))
    return []


def _facts(ranked: list[Ranked]) -> list[SimilarPhoto]:
    ids = [found.id for found in ranked]
    rows = Photo.objects.filter(pk__in=ids).values_list("pk", *SimilarPhoto._fields)
    facts = {id: SimilarPhoto(*columns) for id, *columns in rows}
    return [facts[id] for id in ids if id in facts]
