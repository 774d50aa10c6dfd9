"""One photo in full.

What is told to others is a function of its own, so that nothing about a photo becomes
known to them by being added to what its owner sees.
"""

from __future__ import annotations

import os
from typing import Any

from librephotos.api.http.fields import iso_utc
from librephotos.api.models import File, Photo, PhotoMetadata, Shown, Thing
from librephotos.api.models.fields import readable_path
from librephotos.api.queries.library.shares import shown_of
from librephotos.api.serializers.library.captions import captions, no_captions
from librephotos.api.serializers.library.grid import media_type
from librephotos.api.serializers.library.photo_shape import (
    CameraFacts,
    CommonFacts,
    DateSource,
    EmbeddedMedia,
    FileVariant,
    PhotoDetails,
    PreviewUrls,
    StructuredMetadata,
)
from librephotos.api.serializers.library.place import address, geolocation
from librephotos.api.serializers.library.simple_user import simple_user
from librephotos.api.serializers.people.face import people_on, unknown_faces_on
from librephotos.media.dates import PREDEFINED_RULES
from librephotos.media.files.formats import Kind

_TYPE_IDS: dict[str, int] = {
    Kind.IMAGE: 1,
    Kind.VIDEO: 2,
    Kind.SIDECAR: 3,
    Kind.RAW: 4,
}
_UNKNOWN_TYPE = 5
_RULE_NAMES = {rule.id: rule.name for rule in PREDEFINED_RULES}
NO_METADATA = PhotoMetadata()


def photo_details(photo: Photo, *, viewer: Any) -> PhotoDetails:
    """Return the details of a photo that `viewer` may see.

    The photo must come from `queries.library.photos.detailed`.
    """
    if photo.owner_id == viewer.pk:
        return own_details(photo)
    shown = shown_of([photo.pk], viewer=viewer)[photo.pk]
    return others_details(photo, viewer=viewer, shown=shown)


def own_details(photo: Photo) -> PhotoDetails:
    """Return everything that is known of a photo, for its owner."""
    metadata = getattr(photo, "metadata", NO_METADATA)
    files = main_first(photo)
    return {
        **_common(photo),
        **_camera(metadata),
        "image_path": _paths(files),
        "exif_gps_lat": photo.latitude,
        "exif_gps_lon": photo.longitude,
        "search_captions": photo.search_text,
        "search_location": address(photo.place),
        "captions_json": captions(photo),
        "geolocation_json": geolocation(
            photo.place, latitude=photo.latitude, longitude=photo.longitude
        ),
        "exif_json": metadata.tags,
        "people": people_on(photo),
        "shared_to": _recipients(photo),
        "unknown_faces": unknown_faces_on(photo),
        "file_variants": [_variant(file, photo) for file in files],
        "metadata": _structured(photo, metadata),
        "damage": photo.damage,
        "is_screenshot": photo.category == Photo.Category.SCREENSHOT,
        "is_document": photo.category == Photo.Category.DOCUMENT,
        "category_source": "user" if photo.user_category else "auto",
        "title": photo.user_facts.get("title", metadata.title),
        "timezone": photo.timezone,
        "date_rule": date_source(photo),
        "user_tags": [
            {"id": tag.thing_id, "name": tag.thing.title}
            for tag in sorted(photo.tags.all(), key=lambda tag: tag.thing.title)
            if tag.thing.kind == Thing.Kind.USER_TAG
        ],
    }


def others_details(photo: Photo, *, viewer: Any, shown: Shown) -> PhotoDetails:
    """Return what another user may know: what is `shown`, and never a path.

    Neither a name: it may tell time or place. Of those to whom it is shown by itself,
    one is told only of oneself.
    """
    metadata = getattr(photo, "metadata", NO_METADATA)
    placed, captioned = Shown.PLACE in shown, Shown.CAPTIONS in shown
    latitude = photo.latitude if placed else None
    longitude = photo.longitude if placed else None
    place = photo.place if placed else None
    return {
        **_common(photo),
        **_camera(metadata if Shown.CAMERA in shown else NO_METADATA),
        "exif_timestamp": iso_utc(photo.taken_at) if Shown.TIME in shown else None,
        "size": 0,
        "image_path": [photo.image_hash],
        "exif_gps_lat": latitude,
        "exif_gps_lon": longitude,
        "search_captions": None,
        "search_location": address(place) if placed else None,
        "captions_json": captions(photo) if captioned else no_captions(),
        "geolocation_json": (
            geolocation(place, latitude=latitude, longitude=longitude) if placed else {}
        ),
        "exif_json": None,
        "people": people_on(photo) if Shown.PEOPLE in shown else [],
        "shared_to": [user for user in _recipients(photo) if user == viewer.pk],
        "file_variants": [],
        "metadata": None,
        "damage": "",
        "title": "",
        "timezone": "",
        "date_rule": None,
        "user_tags": [],
    }


def _recipients(photo: Photo) -> list[int]:
    """Return to whom a photo is shown by itself, which `detailed` has loaded."""
    recipients: list[int] = getattr(photo, "recipients")
    return recipients


def date_source(photo: Photo) -> DateSource | None:
    """Return the rule that has dated a photo, None where none has."""
    if photo.date_rule is None:
        return None
    return {"id": photo.date_rule, "name": _RULE_NAMES.get(photo.date_rule, "")}


def main_first(photo: Photo) -> list[File]:
    """Return the files of a photo, the main one first."""
    return sorted(photo.files.all(), key=lambda file: file.pk != photo.main_file_id)


def _common(photo: Photo) -> CommonFacts:
    video: EmbeddedMedia = {"id": photo.image_hash, "type": "video"}
    return {
        "id": str(photo.pk),
        "image_hash": photo.image_hash,
        "exif_timestamp": iso_utc(photo.taken_at),
        **_previews(photo),
        "type": media_type(photo),
        "people": [],
        "unknown_faces": [],
        "rating": photo.rating,
        "hidden": photo.hidden,
        "public": photo.public,
        "in_trashcan": photo.in_trashcan,
        "removed": photo.removed,
        "shared_to": [],
        "similar_photos": [],
        "video": photo.video,
        "owner": simple_user(photo.owner),
        "size": photo.main_file.size if photo.main_file else 0,
        "height": photo.height,
        "width": photo.width,
        "embedded_media": [video] if photo.motion_photo else [],
        "has_raw_variant": photo.has_raw,
        "stacks": [],
        "is_screenshot": False,
        "is_document": False,
        "video_playback_type": _playback_type(photo),
        "category_source": "auto",
        "local_orientation": photo.user_orientation,
        "shown_orientation": photo.shown_orientation,
    }


def _playback_type(photo: Photo) -> str | None:
    """Return what a browser asks itself whether it plays a film, None of a still.

    It tells of the file that everybody who sees the film is sent.
    """
    metadata = getattr(photo, "metadata", None)
    return (metadata.video_playback_type or None) if photo.video and metadata else None


def _previews(photo: Photo) -> PreviewUrls:
    def url(kind: str) -> str | None:
        return f"/media/{kind}/{photo.image_hash}" if photo.preview_format else None

    return {
        "big_thumbnail_url": url("thumbnails_big"),
        "square_thumbnail_url": url("square_thumbnails"),
        "small_square_thumbnail_url": url("square_thumbnails_small"),
    }


def _camera(metadata: PhotoMetadata) -> CameraFacts:
    return {
        "camera": camera_name(metadata) or None,
        "lens": metadata.lens or None,
        "focal_length": metadata.focal_length,
        "fstop": metadata.fstop,
        "iso": metadata.iso,
        "shutter_speed": metadata.shutter_speed or None,
        "focalLength35Equivalent": metadata.focal_length_35mm,
        "digitalZoomRatio": metadata.digital_zoom_ratio,
        "subjectDistance": metadata.subject_distance,
    }


def metadata_source(photo: Photo, edits: int) -> str:
    """Return where what is known of a photo comes from, in the contract's words."""
    if edits:
        return "user_edit"
    has_sidecar = any(file.kind == Kind.SIDECAR for file in photo.files.all())
    return "sidecar" if has_sidecar else "embedded"


def camera_name(metadata: PhotoMetadata) -> str:
    """Return make and model; most models already begin with their make."""
    make, model = metadata.camera_make, metadata.camera_model
    if model.lower().startswith(make.lower()):
        return model
    return f"{make} {model}".strip()


def _paths(files: list[File]) -> list[str]:
    """The main file and its copies: clients offer to delete all but the first."""
    copies = [file for file in files[1:] if file.md5 and file.md5 == files[0].md5]
    return [readable_path(file.path) for file in files[:1] + copies] or [""]


def _variant(file: File, photo: Photo) -> FileVariant:
    path = readable_path(file.path)
    return {
        "hash": file.md5,
        "path": path,
        "type": file.kind,
        "type_id": _TYPE_IDS.get(file.kind, _UNKNOWN_TYPE),
        "is_main": file.pk == photo.main_file_id,
        "filename": os.path.basename(path),
        "size": file.size,
    }


def _structured(photo: Photo, metadata: PhotoMetadata) -> StructuredMetadata:
    width, height = photo.width or 0, photo.height or 0
    edits: int = getattr(photo, "number_of_edits")
    return {
        "camera_display": camera_name(metadata),
        "lens_display": metadata.lens,
        "aperture": metadata.fstop,
        "shutter_speed": metadata.shutter_speed,
        "iso": metadata.iso,
        "focal_length": metadata.focal_length,
        "focal_length_35mm": metadata.focal_length_35mm,
        "resolution": f"{width}x{height}" if width and height else "",
        "megapixels": round(width * height / 1e6, 1),
        "date_taken": iso_utc(photo.taken_at),
        "has_location": photo.latitude is not None,
        "rating": photo.rating,
        "source": metadata_source(photo, edits),
        "version": 1 + edits,
        "has_edits": edits > 0,
    }
