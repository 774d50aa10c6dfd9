"""Things in the contract's shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from librephotos.api.models import Thing
from librephotos.api.queries.library.places import Cover
from librephotos.api.serializers.library.place import CoverPhoto, cover_photos


class ThingAlbum(TypedDict):
    """What photos show, in the list of albums."""

    id: int
    title: str
    thing_type: str
    photo_count: int
    cover_photos: list[CoverPhoto]


def thing_album(thing: Thing, covers: Sequence[Cover]) -> ThingAlbum:
    """Return the item of the list of thing albums."""
    return {
        "id": thing.pk,
        "title": thing.title,
        "thing_type": thing.kind,
        "photo_count": thing.photo_count,
        "cover_photos": cover_photos(covers),
    }
