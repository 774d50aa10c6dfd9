"""Albums that people make, in the contract's shapes, and what callers send of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal, TypedDict, cast, get_args
from uuid import UUID

from rest_framework import serializers

from librephotos.api.http.answer_schema import IsoTime, UuidText
from librephotos.api.http.fields import StrictBooleanField, iso_utc
from librephotos.api.models import Link, UserAlbum
from librephotos.api.models.library.user_album import LONGEST_DESCRIPTION, LONGEST_TITLE
from librephotos.api.models.visible_text import visible_text
from librephotos.api.queries.library.user_albums import OwnAlbum
from librephotos.api.serializers.library.grid import DayGroup
from librephotos.api.serializers.library.photo_edit import (
    QuerySerializer,
    named_photos_field,
)
from librephotos.api.serializers.library.sharing_options import (
    ChosenOptions,
    SharingOptions,
    sharing_options,
)
from librephotos.api.serializers.library.simple_user import SimpleUser, simple_user


class UserAlbumCover(TypedDict):
    """The photo that stands for an album."""

    image_hash: str
    rating: int
    hidden: bool
    exif_timestamp: IsoTime | None
    public: bool
    video: bool
    shown_orientation: int


AlbumRole = Literal["owner", "viewer", "contributor"]
PhotoOrder = Literal["newest", "oldest", "hand"]
ROLES = get_args(AlbumRole)
ORDERS = get_args(PhotoOrder)


class AlbumFacts(TypedDict):
    """What is said of an album; `role` is what the caller may do.

    Of a link its owner alone is told. `own_sharing_options` is what the owner of the
    album is told of the photos that the caller adds, null to the owner.
    """

    description: str
    role: AlbumRole
    photo_order: PhotoOrder
    public: bool
    public_slug: str
    public_expires_at: IsoTime | None
    public_sharing_options: ChosenOptions | None
    own_sharing_options: SharingOptions | None


class ListedUserAlbum(AlbumFacts):
    """What the list tells of an album; `photo_count` is of what the caller sees."""

    id: int
    title: str
    cover_photo: UserAlbumCover | None
    photo_count: int
    owner: SimpleUser
    shared_to: list[SimpleUser]
    created_on: IsoTime
    favorited: bool
    locked: bool


class HeadedUserAlbum(AlbumFacts):
    """An album without its photos."""

    id: str
    title: str
    owner: SimpleUser
    shared_to: list[SimpleUser]
    date: str
    location: str
    photo_count: int
    favorited: bool
    locked: bool


class UserAlbumPhotos(HeadedUserAlbum):
    """An album with a page of its photos, and where the next ones are."""

    grouped_photos: list[DayGroup]
    next: str | None
    previous: str | None


class EditedUserAlbum(TypedDict):
    """An album that was made or changed, with all its photos.

    `added` were put in and `removed` taken out; `undo` names what takes that back, or
    puts back what was moved.
    """

    id: int
    title: str
    photos: list[UuidText]
    created_on: IsoTime
    favorited: bool
    locked: bool
    cover_photo: UuidText | None
    added: int
    removed: int
    undo: int | None


class AlbumDescriptionField(serializers.CharField):
    """What an owner writes below a title; may be empty and have lines."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            max_length=LONGEST_DESCRIPTION, allow_blank=True, required=False, **options
        )

    def to_internal_value(self, data: Any) -> str:
        lines = super().to_internal_value(data).splitlines()
        return "\n".join(map(visible_text, lines)).strip()


class AlbumTitleField(serializers.CharField):
    """A title that shows something, without what cannot be seen (`visible_text`)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST_TITLE, **options)

    def to_internal_value(self, data: Any) -> str:
        title = visible_text(super().to_internal_value(data))
        if not title:
            self.fail("blank")
        return title


class UserAlbumTitleSerializer(serializers.Serializer[Any]):
    """A new title."""

    title = AlbumTitleField()


class UserAlbumEditSerializer(QuerySerializer):
    """What is to change of an album. Photos are named by UUID or by image hash.

    `remove_all` empties it, but for `excluded_hashes`, for a recipient of what they
    have added. `moved` are photos that come, in this order, in front of `before`, or
    behind all.
    """

    title = AlbumTitleField(required=False)
    description = AlbumDescriptionField()
    photo_order = serializers.ChoiceField(ORDERS, required=False)
    moved = named_photos_field()
    before = serializers.CharField(required=False, allow_null=True)
    photos = named_photos_field()
    removedPhotos = named_photos_field()
    remove_all = StrictBooleanField(required=False)
    cover_photo = serializers.CharField(required=False, allow_null=True)
    favorited = StrictBooleanField(required=False)
    locked = StrictBooleanField(required=False)


class UserAlbumMakingSerializer(UserAlbumEditSerializer):
    """A new album: its title and its photos."""

    title = AlbumTitleField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs.get("select_all") and "photos" not in attrs:
            raise serializers.ValidationError({"photos": ["This field is required."]})
        return super().validate(attrs)


def listed_user_album(album: OwnAlbum) -> ListedUserAlbum:
    """Return the item of the list."""
    cover = album.cover
    return {
        "id": album.key,
        "title": album.title,
        "cover_photo": (
            None
            if cover is None
            else {
                "image_hash": cover.image_hash,
                "rating": cover.rating,
                "hidden": cover.hidden,
                "exif_timestamp": iso_utc(cover.taken_at),
                "public": cover.public,
                "video": cover.video,
                "shown_orientation": cover.shown_orientation,
            }
        ),
        "photo_count": album.photo_count,
        "owner": simple_user(album.row.owner),
        "created_on": _moment(album.row),
        "favorited": _favorited(album),
        "locked": album.row.locked,
        "shared_to": [simple_user(user) for user in album.shared_to],
        **_facts(album),
    }


def headed_user_album(
    album: OwnAlbum, taken_at: datetime | None, place: str
) -> HeadedUserAlbum:
    """Return an album without its photos, of which one was taken then and one there."""
    return {
        "id": str(album.key),
        "title": album.title,
        "owner": simple_user(album.row.owner),
        "date": iso_utc(taken_at) or "",
        "location": place,
        "photo_count": album.photo_count,
        "favorited": _favorited(album),
        "locked": album.row.locked,
        "shared_to": [simple_user(user) for user in album.shared_to],
        **_facts(album),
    }


def photo_order(album: UserAlbum | None) -> PhotoOrder:
    """Return in which order an album is shown; the newest first where there is none."""
    return "newest" if album is None else cast(PhotoOrder, album.photo_order)


def chosen_options(link: Link) -> ChosenOptions:
    """Return what its owner has chosen that a link shows."""
    chosen = link.sharing_options
    return {
        "share_location": chosen.get("share_location"),
        "share_camera_info": chosen.get("share_camera_info"),
        "share_timestamps": chosen.get("share_timestamps"),
        "share_captions": chosen.get("share_captions"),
        "share_faces": chosen.get("share_faces"),
    }


def _facts(album: OwnAlbum) -> AlbumFacts:
    role = "owner" if album.share is None else album.share.role
    link = album.link
    active = link is not None and not link.is_over
    return {
        "description": album.row.description,
        "role": cast(AlbumRole, role),
        "photo_order": photo_order(album.row),
        "public": active,
        "public_slug": link.slug if link and active else "",
        "public_expires_at": iso_utc(link.expires_at) if link else None,
        "public_sharing_options": chosen_options(link) if link and active else None,
        "own_sharing_options": (
            None if album.share is None else sharing_options(album.share.shown_back)
        ),
    }


def _favorited(album: OwnAlbum) -> bool:
    """Whether the viewer has marked the album."""
    return album.row.favorited if album.share is None else album.share.favorited


def edited_user_album(
    album: UserAlbum,
    photos: Iterable[UUID],
    *,
    favorited: bool,
    added: int,
    removed: int,
    undo: int | None,
) -> EditedUserAlbum:
    """Return an album that was made or changed."""
    return {
        "id": album.pk,
        "title": album.title,
        "photos": [str(photo) for photo in photos],
        "created_on": _moment(album),
        "favorited": favorited,
        "locked": album.locked,
        "cover_photo": None if album.cover_id is None else str(album.cover_id),
        "added": added,
        "removed": removed,
        "undo": undo,
    }


def _moment(album: UserAlbum) -> str:
    return iso_utc(album.created_on) or ""
