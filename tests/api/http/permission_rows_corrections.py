"""Who may say what of photos; `staff` is a superuser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.api.http.permission_rows import Row, World, signed_in

NOWHERE = "00000000-0000-0000-0000-000000000001"


def photo(world: World) -> Mapping[str, Any]:
    """Name the owner's photo."""
    return {"name": world.photo.pk}


def edit(world: World) -> Mapping[str, Any]:
    """Name no edit of the owner's photo."""
    return {"name": world.photo.pk, "edit": NOWHERE}


def file(world: World) -> Mapping[str, Any]:
    """Name a file of the owner's photo, which is not on disk."""
    return {"name": world.photo.pk, "file_hash": world.photo.image_hash[:32]}


def no_tag(world: World) -> Mapping[str, Any]:
    """Name a tag that does not exist."""
    return {"tag_id": 0}


EVERY = {"select_all": True, "query": {}}
OWNERS = (401, 404, 200, 404)
UNKNOWN = (401, 404, 404, 404)

CORRECTIONS = [
    Row(
        "patch",
        "api/photos/edit/<str:name>/",
        *OWNERS,
        photo,
        {"exif_timestamp": None},
    ),
    Row("get", "api/photos/metadata/bulk/", 401, 400, 400, 400),
    signed_in(
        "patch",
        "api/photos/metadata/bulk/",
        body={"photo_ids": [NOWHERE], "updates": {"title": "x"}},
    ),
    Row("get", "api/photos/<str:name>/metadata/", *OWNERS, photo),
    Row("patch", "api/photos/<str:name>/metadata/", *OWNERS, photo, {"title": "x"}),
    Row("get", "api/photos/<str:name>/metadata/history/", *OWNERS, photo),
    Row("post", "api/photos/<str:name>/metadata/revert-all/", *OWNERS, photo),
    Row("post", "api/photos/<str:name>/metadata/revert/<str:edit>/", *UNKNOWN, edit),
    Row("get", "api/photos/<str:name>/file/<str:file_hash>/", *UNKNOWN, file),
    Row(
        "post",
        "api/photos/<str:name>/main-file/",
        *UNKNOWN,
        photo,
        {"file_hash": "f" * 32},
    ),
    Row(
        "post",
        "api/photosedit/savecaption/",
        401,
        400,
        400,
        400,
        body={"image_hash": "unknown", "caption": "x"},
    ),
    Row("post", "api/photosedit/rotate/", *UNKNOWN, body={"image_hash": "unknown"}),
    signed_in(
        "post", "api/photosedit/category/", body={**EVERY, "category": "document"}
    ),
    signed_in("post", "api/photosedit/shift/", body={**EVERY, "seconds": 60}),
    signed_in("post", "api/photosedit/turn/", body={**EVERY, "angle": 90}),
    signed_in(
        "post", "api/photosedit/place/", body={**EVERY, "latitude": 1, "longitude": 1}
    ),
    signed_in("post", "api/photosedit/revert/", body={"edit": NOWHERE}),
    signed_in("get", "api/geocode/search/"),
    signed_in("post", "api/classifymedia/"),
    Row("post", "api/savemetadata/", 401, 403, 403, 403),
    signed_in("get", "api/tags/"),
    Row("post", "api/tags/", 401, 201, 201, 201, body={"name": "Summer"}),
    Row("get", "api/tags/<number:tag_id>/", *UNKNOWN, no_tag),
    Row("patch", "api/tags/<number:tag_id>/", *UNKNOWN, no_tag, {"name": "x"}),
    Row("delete", "api/tags/<number:tag_id>/", *UNKNOWN, no_tag),
    Row("post", "api/tags/<number:tag_id>/add/", *UNKNOWN, no_tag, {"photos": []}),
    Row("post", "api/tags/<number:tag_id>/remove/", *UNKNOWN, no_tag, {"photos": []}),
    Row("post", "api/tags/<number:tag_id>/merge/", *UNKNOWN, no_tag, {"tag": 1}),
]
