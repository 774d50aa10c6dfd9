"""Tags that people make, in the contract's shapes, and what callers send of them."""

from __future__ import annotations

from typing import Any, TypedDict

from rest_framework import serializers

from librephotos.api.http.fields import WholeNumberField
from librephotos.api.models import Thing
from librephotos.api.models.library.thing import LONGEST_NAME
from librephotos.api.models.visible_text import visible_text
from librephotos.api.queries.library.albums import Album
from librephotos.api.serializers.library.album import CoverPhoto, cover_photos
from librephotos.api.serializers.library.grid import DayGroup
from librephotos.api.serializers.library.photo_edit import (
    QuerySerializer,
    named_photos_field,
)


class TagRow(TypedDict):
    """A tag, and how many photos that can be seen have it."""

    id: int
    name: str
    photo_count: int


class GivenTag(TagRow):
    """A tag that photos were given; `undo` takes it from those that lacked it."""

    undo: int | None


class ListedTag(TagRow):
    """What the list tells of a tag."""

    cover_photos: list[CoverPhoto]


class TagPhotos(TagRow):
    """A tag with a page of its photos."""

    grouped_photos: list[DayGroup]


class TagNameField(serializers.CharField):
    """A name that shows something, without what cannot be seen (`visible_text`)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST_NAME, **options)

    def to_internal_value(self, data: Any) -> str:
        name = visible_text(super().to_internal_value(data))
        if not name:
            self.fail("blank")
        return name


class TagNameSerializer(serializers.Serializer[Any]):
    """What a tag is called."""

    name = TagNameField()


class TaggedPhotosSerializer(QuerySerializer):
    """The photos that get or lose a tag: named by UUID or hash, or by a query."""

    photos = named_photos_field()


class MergedTagSerializer(serializers.Serializer[Any]):
    """The tag that is merged into another one, and gone afterwards."""

    tag = WholeNumberField()


def tag_row(tag: Thing) -> TagRow:
    """Return what is answered to who has changed a tag."""
    return {"id": tag.pk, "name": tag.title, "photo_count": tag.photo_count}


def headed_tag(album: Album[int]) -> TagRow:
    """Return a tag without its photos."""
    return {
        "id": album.key,
        "name": album.title,
        "photo_count": album.photo_count,
    }


def listed_tag(album: Album[int]) -> ListedTag:
    """Return the item of the list."""
    return {
        **headed_tag(album),
        "cover_photos": cover_photos(album),
    }
