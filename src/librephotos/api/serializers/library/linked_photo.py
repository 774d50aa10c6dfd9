"""What visitors who come by a link are told: no more than the link says.

Built from nothing, so that no key becomes public by being added to what owners see.
"""

from __future__ import annotations

from itertools import groupby
from typing import TypedDict

from librephotos.api.http.answer_schema import IsoTime
from librephotos.api.http.fields import iso_utc
from librephotos.api.models import Link, Photo, PhotoMetadata, Shown
from librephotos.api.models.people.person import Person
from librephotos.api.queries.library.photos import GridRow
from librephotos.api.queries.library.timeline import day_title
from librephotos.api.serializers.library.grid import (
    NO_TIMESTAMP,
    DayGroup,
    GridItem,
    MediaType,
    grid_item,
    media_type,
)
from librephotos.api.serializers.library.photo import NO_METADATA, camera_name
from librephotos.api.serializers.library.place import (
    Geolocation,
    address,
    geolocation,
)
from librephotos.api.serializers.library.sharing_options import SharingOptions
from librephotos.api.serializers.library.simple_user import SimpleUser, simple_user
from librephotos.api.serializers.library.user_album import PhotoOrder


class LinkedCaption(TypedDict):
    """What is said of a photo, by a person or by a model."""

    im2txt: str


class LinkedFacts(TypedDict):
    """What a visitor is told of a photo; what the link withholds is empty."""

    video: bool
    type: MediaType
    exif_timestamp: IsoTime | None
    exif_gps_lat: float | None
    exif_gps_lon: float | None
    geolocation_json: Geolocation | None
    search_location: str
    camera: str | None
    lens: str | None
    focal_length: float | None
    fstop: float | None
    iso: int | None
    shutter_speed: str | None
    width: int
    height: int
    search_captions: str
    captions_json: LinkedCaption
    file_type: str


class NamedPerson(TypedDict):
    """Somebody on a photo."""

    name: str


class LinkedPerson(NamedPerson):
    """Somebody on a photo, and the crop of their face."""

    face_url: str | None
    face_id: int


class LinkedPhoto(LinkedFacts):
    """A photo of an album that a visitor sees."""

    image_hash: str
    big_thumbnail_url: str
    square_thumbnail_url: str
    small_square_thumbnail_url: str
    video_url: str | None
    motion_url: str | None
    download_url: str | None
    people: list[LinkedPerson]


class PhotoByLink(LinkedFacts):
    """A photo that a visitor sees alone: nothing of it leads past the link."""

    thumbnail_url: str
    video_url: str | None
    motion_url: str | None
    download_url: str | None
    aspect_ratio: float | None
    placeholder: str
    people: list[NamedPerson]


class LinkedPhotoAnswer(TypedDict):
    """A photo of an album, and what its link shows."""

    results: LinkedPhoto
    sharing_settings: SharingOptions


class PhotoByLinkAnswer(TypedDict):
    """A photo, and what its link shows."""

    results: PhotoByLink
    sharing_settings: SharingOptions
    owner: SimpleUser


class LinkedAlbum(TypedDict):
    """An album as a visitor sees it, with a page of its photos."""

    id: str
    title: str
    owner: SimpleUser
    date: str
    location: str
    grouped_photos: list[DayGroup]


class LinkedAlbumAnswer(TypedDict):
    """An album, where its next photos are, and what its link shows and allows."""

    next: str | None
    previous: str | None
    results: LinkedAlbum
    sharing_settings: SharingOptions
    downloads: bool
    photo_count: int
    photo_order: PhotoOrder


def linked_groups(rows: list[GridRow], link: Link) -> list[DayGroup]:
    """Return a page of photos by day, or as one group where days are not told."""
    shown = link.shown
    owner = simple_user(link.owner)
    items = [_item(row, owner, shown) for row in rows]
    if Shown.TIME not in shown:
        return [_group(None, items)] if items else []
    pairs = groupby(zip(rows, items, strict=True), key=lambda pair: pair[0].day)
    return [
        _group(day_title(day) or NO_TIMESTAMP, [item for _, item in of_day])
        for day, of_day in pairs
    ]


def linked_photo(photo: Photo, link: Link, *, start: str) -> LinkedPhoto:
    """Return a photo of an album; its media lie below the address `start`.

    The photo must come from `queries.library.photos.detailed`.
    """
    media = f"{start}/photos/{photo.pk}/media"
    people: list[LinkedPerson] = [
        {
            "name": person.name,
            "face_url": f"{media}/face/{face}/",
            "face_id": face,
        }
        for face, person in _people(photo, link)
    ]
    return {
        **_facts(photo, link),
        "image_hash": photo.image_hash,
        "big_thumbnail_url": f"{media}/thumbnail/",
        "square_thumbnail_url": f"{media}/medium/",
        "small_square_thumbnail_url": f"{media}/small/",
        "video_url": f"{media}/video/" if photo.video else None,
        "motion_url": f"{media}/motion/" if photo.motion_photo else None,
        "download_url": f"{media}/file/" if link.downloads else None,
        "people": people,
    }


def public_photo(
    photo: Photo, link: Link, *, start: str, placeholder: str
) -> PhotoByLink:
    """Return a photo that is shown alone; its media lie below the address `start`.

    The photo must come from `queries.library.photos.detailed`.
    """
    media = f"{start}/media"
    return {
        **_facts(photo, link),
        "thumbnail_url": f"{media}/thumbnail/",
        "video_url": f"{media}/video/" if photo.video else None,
        "motion_url": f"{media}/motion/" if photo.motion_photo else None,
        "download_url": f"{media}/file/" if link.downloads else None,
        "aspect_ratio": photo.aspect_ratio,
        "placeholder": placeholder,
        "people": [{"name": person.name} for _, person in _people(photo, link)],
    }


def _item(row: GridRow, owner: SimpleUser, shown: Shown) -> GridItem:
    item = grid_item(row, owner, shown=shown, shared_to=[])
    item["rating"] = 0
    item["has_raw_variant"] = False
    item["in_trashcan"] = False
    return item


def _group(date: str | None, items: list[GridItem]) -> DayGroup:
    places = (item["location"] for item in items)
    return {"date": date, "location": next(filter(None, places), ""), "items": items}


def _facts(photo: Photo, link: Link) -> LinkedFacts:
    shown = link.shown
    place = photo.place if Shown.PLACE in shown else None
    latitude = photo.latitude if Shown.PLACE in shown else None
    longitude = photo.longitude if Shown.PLACE in shown else None
    has_camera = Shown.CAMERA in shown
    metadata: PhotoMetadata = (
        getattr(photo, "metadata", NO_METADATA) if has_camera else NO_METADATA
    )
    caption = _caption(photo) if Shown.CAPTIONS in shown else ""
    return {
        "video": photo.video,
        "type": media_type(photo),
        "exif_timestamp": (iso_utc(photo.taken_at) if Shown.TIME in shown else None),
        "exif_gps_lat": latitude,
        "exif_gps_lon": longitude,
        "geolocation_json": (
            geolocation(place, latitude=latitude, longitude=longitude)
            if Shown.PLACE in shown
            else None
        ),
        "search_location": address(place),
        "camera": camera_name(metadata) or None,
        "lens": metadata.lens or None,
        "focal_length": metadata.focal_length,
        "fstop": metadata.fstop,
        "iso": metadata.iso,
        "shutter_speed": metadata.shutter_speed or None,
        "width": (photo.width or 0) if has_camera else 0,
        "height": (photo.height or 0) if has_camera else 0,
        "search_captions": caption,
        "captions_json": {"im2txt": caption},
        "file_type": photo.main_file.mime if link.downloads and photo.main_file else "",
    }


def _caption(photo: Photo) -> str:
    """Return what the owner wrote, else what a model did; not what finds the photo."""
    written = next(iter(photo.captions.all()), None)
    return photo.user_caption or (written.text if written else "")


def _people(photo: Photo, link: Link) -> list[tuple[int, Person]]:
    """Return who is on a photo by what a person or the file has said; no guesses."""
    if Shown.PEOPLE not in link.shown:
        return []
    return [
        (face.pk, face.person) for face in photo.faces.all() if face.person is not None
    ]
