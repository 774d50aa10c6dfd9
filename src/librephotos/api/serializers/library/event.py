"""Events in the contract's shape."""

from __future__ import annotations

from typing import TypedDict

from librephotos.api.http.answer_schema import IsoTime
from librephotos.api.serializers.people.person import PersonItem


class EventCover(TypedDict):
    """The photo that stands for an event."""

    image_hash: str
    video: bool


class ListedEvent(TypedDict):
    """An event in a list; `photos` is its cover, whatever the name says."""

    id: int
    title: str
    timestamp: str
    photos: EventCover
    photo_count: int
    favorited: bool


class EventPhoto(TypedDict):
    """A photo of an event."""

    id: str
    image_hash: str
    square_thumbnail: str
    exif_timestamp: str
    exif_gps_lat: float | None
    exif_gps_lon: float | None
    rating: int
    public: bool
    video: bool


class EventDetails(TypedDict):
    """An event with its photos and the people on them."""

    id: int
    title: str
    favorited: bool
    timestamp: IsoTime
    created_on: IsoTime
    gps_lat: float | None
    gps_lon: float | None
    people: list[PersonItem]
    photos: list[EventPhoto]
