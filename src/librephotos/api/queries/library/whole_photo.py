"""One photo with all that its details show, in one statement."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from functools import cache
from itertools import accumulate, pairwise
from typing import Any, NamedTuple, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db import DEFAULT_DB_ALIAS
from django.db.models import (
    DEFERRED,
    Exists,
    FloatField,
    Model,
    OuterRef,
    Subquery,
)
from django.db.models.functions import JSONObject

from librephotos.api.models import (
    Face,
    File,
    Person,
    Photo,
    PhotoCaption,
    PhotoEmbedding,
    PhotoMetadata,
    PhotoThing,
    Place,
    SiteSettings,
    Thing,
    User,
)
from librephotos.api.models.compiled import Prepared
from librephotos.api.models.fields import PathField, text_to_path
from librephotos.api.models.library.photo import PhotoQuerySet, named_by
from librephotos.api.queries.library.photos import (
    PLACE_DEPTH,
    best_tags_first,
    is_name,
    with_counts,
)
from librephotos.api.queries.people.faces import people_on_photos

_OWNER = ("id", "username", "first_name", "last_name")
_METADATA = (
    "photo_id",
    "camera_make",
    "camera_model",
    "lens",
    "fstop",
    "focal_length",
    "focal_length_35mm",
    "iso",
    "shutter_speed",
    "digital_zoom_ratio",
    "subject_distance",
    "title",
    "video_playback_type",
    "tags",
)
_PLACE = ("id", "name", "latitude", "longitude", "parent_id")
_PLACES = tuple(accumulate(PLACE_DEPTH.split("__"), "{}__{}".format))
"""The place of a photo, and those that it lies in."""
_FILE = ("id", "path", "size", "md5", "kind")
_TAG = ("thing_id", "score")
_FACE = ("id", "left", "top", "right", "bottom", "guess_probability")
_WHOSE = ("person", "guess", "cluster")
_SETTINGS = ("captioning_model", "semantic_search_model")

_SOME_ID = uuid.UUID(int=1)
_SOME_HASH = "image-hash"

ModelT = TypeVar("ModelT", bound=Model)


class WholePhoto(NamedTuple):
    """A photo as `queries.library.photos.detailed` loads it.

    Without a vector there are no photos that look like it.
    """

    photo: Photo
    has_vector: bool


def whole_photo(name: str, *, viewer: Any) -> WholePhoto | None:
    """Return the photo of a UUID or image hash if `viewer` may see it, else None."""
    named = named_by(name) if is_name(name) else None
    if named is None:
        return None
    signed_in = bool(viewer.is_authenticated)
    given: dict[str, Any] = {"viewer": viewer.pk} if signed_in else {}
    by_id = isinstance(named, uuid.UUID)
    photo = _statement(signed_in, by_id).first(name=named, **given)
    return None if photo is None else _assembled(photo)


@cache
def _statement(signed_in: bool, by_id: bool) -> Prepared[Photo]:
    """Return the query of a photo that a caller may see, by UUID or by image hash."""
    name = _SOME_ID if by_id else _SOME_HASH
    viewer = User(pk=-1) if signed_in else AnonymousUser()
    stand_ins = {"viewer": viewer.pk} if signed_in else {}
    found = Photo.objects.viewable_by(viewer).identified_by(str(name))
    return Prepared(_with_related(found).order_by(), name=name, **stand_ins)


def _with_related(photos: PhotoQuerySet) -> PhotoQuerySet:
    """Add what lies in other tables as JSON: joined rows would multiply each other."""
    of_photo = {"photo": OuterRef("pk")}
    faces = people_on_photos().filter(**of_photo)
    settings = SiteSettings.objects.filter(pk=1)
    return with_counts(photos).annotate(
        related=JSONObject(
            owner=_object(_OWNER, "owner"),
            metadata=_object(_METADATA, "metadata"),
            places=JSONObject(**{path: _object(_PLACE, path) for path in _PLACES}),
            files=_array(File.objects.filter(**of_photo).order_by("id"), _FILE),
            tags=_array(
                best_tags_first().filter(**of_photo),
                _TAG,
                thing=_object(("id", "kind", "title"), "thing"),
            ),
            captions=_array(
                PhotoCaption.objects.filter(**of_photo).order_by("-id"),
                ("id", "model", "text"),
            ),
            faces=_array(
                faces, _FACE, **{who: _object(("id", "name"), who) for who in _WHOSE}
            ),
            settings=Subquery(settings.values(said=_object(_SETTINGS))),
            has_vector=Exists(PhotoEmbedding.objects.filter(**of_photo)),
        )
    )


def _object(names: Iterable[str], path: str = "") -> JSONObject:
    start = f"{path}__" if path else ""
    return JSONObject(**{name: f"{start}{name}" for name in names})


def _array(rows: Any, names: Iterable[str], **more: Any) -> ArraySubquery:
    columns = JSONObject(**{name: name for name in names}, **more)
    return ArraySubquery(rows.values(row=columns))


def _assembled(photo: Any) -> WholePhoto:
    """Give a photo what it was read with, as if Django had loaded it."""
    related = json.loads(photo.related)
    photo.owner = _instance(User, related["owner"])
    photo.place = _place(related["places"])
    _attach_metadata(photo, related["metadata"])
    files = [_instance(File, row) for row in related["files"]]
    main = {file.pk: file for file in files}.get(photo.main_file_id)
    if main is not None:
        photo.main_file = main
    photo._prefetched_objects_cache = {
        "files": files,
        "tags": [_tag(row) for row in related["tags"]],
        "captions": _captions(related["captions"], related["settings"]),
        "faces": [_face(row, photo) for row in related["faces"]],
    }
    return WholePhoto(photo, related["has_vector"])


def _attach_metadata(photo: Photo, row: dict[str, Any]) -> None:
    known = row.pop("photo_id") is not None
    metadata = _instance(PhotoMetadata, row) if known else None
    PhotoMetadata.photo.field.remote_field.set_cached_value(photo, metadata)


def _place(rows: dict[str, dict[str, Any]]) -> Place | None:
    """Return the most specific place, with those that it lies in."""
    places = [
        _instance(Place, rows[path]) for path in _PLACES if rows[path]["id"] is not None
    ]
    for below, above in pairwise(places):
        below.parent = above
    return next(iter(places), None)


def _tag(row: dict[str, Any]) -> PhotoThing:
    thing = _instance(Thing, row.pop("thing"))
    tag = _instance(PhotoThing, row)
    tag.thing = thing
    return tag


def _captions(
    rows: list[dict[str, Any]], settings: dict[str, Any] | None
) -> list[PhotoCaption]:
    """Return captions, that of the model in use first: earlier ones stand till then."""
    said = _instance(SiteSettings, settings) if settings else SiteSettings.current()
    captions = [_instance(PhotoCaption, row) for row in rows]
    return sorted(captions, key=lambda caption: caption.model != said.caption_model)


def _face(row: dict[str, Any], photo: Photo) -> Face:
    people = {who: row.pop(who) for who in _WHOSE}
    face = _instance(Face, row)
    face.photo = photo
    for who, named in people.items():
        is_named = named["id"] is not None
        setattr(face, who, _instance(Person, named) if is_named else None)
    return face


def _instance(model: type[ModelT], row: dict[str, Any]) -> ModelT:
    """Return the instance of a row that has come as JSON; its other columns can wait.

    JSON has whole numbers among the others, and texts for what is no number.
    """
    values = [
        _converted(row[field.attname], field) if field.attname in row else DEFERRED
        for field in model._meta.concrete_fields
    ]
    return model.from_db(DEFAULT_DB_ALIAS, list(row), values)


def _converted(value: Any, field: Any) -> Any:
    if value is not None and isinstance(field, FloatField):
        return float(value)
    return text_to_path(value) if isinstance(field, PathField) else value
