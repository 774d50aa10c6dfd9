"""A page of what has changed, and a photo in it, in the contract's shapes."""

from __future__ import annotations

from typing import Any, Generic, Literal, NotRequired, TypedDict, TypeVar

from librephotos.api.http.answer_schema import IsoTime, UuidText
from librephotos.api.models import Photo, Shown, User
from librephotos.api.queries.sync.items import milliseconds
from librephotos.api.serializers.library.place import address

ItemT = TypeVar("ItemT")


class SyncPage(TypedDict, Generic[ItemT]):
    """What has changed behind a cursor; `total` only comes without one.

    `next_cursor` is null where nothing has: the client then has everything.
    """

    v: Literal[1]
    items: list[ItemT]
    tombstones: list[int | str]
    next_cursor: str | None
    total: NotRequired[int]
    server_time: IsoTime


class SyncPhoto(TypedDict):
    """A photo in whatever state; times in milliseconds since 1970.

    Of a photo of another the time, or the place, is null where it is not shown.
    """

    id: UuidText
    image_hash: str
    owner_id: int
    timestamp: int | None
    added_on: int | None
    last_modified: int | None
    type: Literal["image", "video", "motion"]
    video_length_ms: int | None
    rating: int
    is_favorite: bool
    hidden: bool
    in_trashcan: bool
    removed: bool
    is_public: bool
    aspect_ratio: float | None
    latitude: float | None
    longitude: float | None
    search_location: str | None
    dominant_color: str | None


class SyncPerson(TypedDict):
    """A person whom one has named."""

    id: int
    name: str
    kind: str
    face_count: int
    cover_photo_hash: str | None
    last_modified: int | None


class SyncUserAlbum(TypedDict):
    """An album that somebody has made; `shared` is 0 or 1."""

    id: int
    title: str
    owner_id: int
    favorited: bool
    shared: int
    cover_hash: str | None
    photo_count: int
    created_on: int | None
    last_modified: int | None
    photo_ids: list[UuidText]


class SyncEvent(TypedDict):
    """An event with its photos."""

    id: int
    title: str
    timestamp: int | None
    favorited: bool
    photo_count: int
    cover_hash: str | None
    last_modified: int | None
    photo_ids: list[UuidText]


class SyncTag(TypedDict):
    """A thing or a tag, without its photos."""

    id: int
    title: str
    photo_count: int
    cover_hashes: list[str]
    last_modified: int | None


class SyncPlace(SyncTag):
    """A place, without its photos."""

    geolocation_level: int | None


class SyncUser(TypedDict):
    """Somebody with whom one shares something."""

    id: int
    username: str
    first_name: str | None
    last_name: str | None
    avatar_url: str | None
    last_modified: int | None


class SyncCounts(TypedDict):
    """How many items of each kind a client has once it has been told of everything."""

    photos: int
    persons: int
    user_albums: int
    auto_albums: int
    thing_albums: int
    place_albums: int
    tags: int
    server_time: IsoTime


def sync_photo(photo: Photo, *, viewer: User) -> SyncPhoto:
    """Return a photo, which comes from `queries.sync.photos.described`.

    Of those of others as much is told as the share of each tells. When they came into
    the library is near to when they were taken.
    """
    shown, changed_at = Shown.all(), photo.last_modified
    if photo.owner_id != viewer.pk:
        shown = Shown(getattr(photo, "shown"))
        changed_at = max(changed_at, getattr(photo, "shown_at"))
    timed, placed = Shown.TIME in shown, Shown.PLACE in shown
    length = photo.duration_s
    return {
        "id": str(photo.pk),
        "image_hash": photo.image_hash,
        "owner_id": photo.owner_id,
        "timestamp": milliseconds(photo.taken_at) if timed else None,
        "added_on": milliseconds(photo.added_on) if timed else None,
        "last_modified": milliseconds(changed_at),
        "type": _type(photo),
        "video_length_ms": None if length is None else round(length * 1000),
        "rating": photo.rating,
        "is_favorite": photo.rating >= max(1, photo.owner.favorite_min_rating),
        "hidden": photo.hidden,
        "in_trashcan": photo.in_trashcan,
        "removed": photo.removed,
        "is_public": photo.public,
        "aspect_ratio": photo.aspect_ratio,
        "latitude": photo.latitude if placed else None,
        "longitude": photo.longitude if placed else None,
        "search_location": address(photo.place) if placed else None,
        "dominant_color": photo.dominant_color or None,
    }


def _type(photo: Any) -> Literal["image", "video", "motion"]:
    if photo.video:
        return "video"
    return "motion" if photo.motion_photo else "image"
