"""Who may do what with albums, captions and models; `staff` is a superuser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.api.http.permission_rows import Row, World, signed_in, staff_only


def nothing(world: World) -> Mapping[str, Any]:
    """Name a thing that there is not."""
    return {"thing_id": 0}


def photo(world: World) -> Mapping[str, Any]:
    """Name the owner's photo."""
    return {"name": world.photo.pk}


def album(world: World) -> Mapping[str, Any]:
    """Name an album of the owner's."""
    return {"album_id": world.album.pk}


def model(world: World) -> Mapping[str, Any]:
    """Name a published model."""
    return {"name": "clip-vit-base-patch32"}


def no_event(world: World) -> Mapping[str, Any]:
    """Name an event that there is not."""
    return {"event_id": 1}


THINGS = [
    signed_in("get", "api/albums/auto/list/"),
    signed_in("post", "api/albums/auto/delete_all/"),
    Row("get", "api/albums/auto/<number:event_id>/", 401, 404, 404, 404, no_event),
    Row("delete", "api/albums/auto/<number:event_id>/", 401, 404, 404, 404, no_event),
    signed_in("post", "api/autoalbumgen/"),
    signed_in("get", "api/autoalbumtitlegen/"),
    signed_in("post", "api/autoalbumtitlegen/"),
    signed_in("get", "api/albums/thing/list/"),
    Row("get", "api/albums/thing/<number:thing_id>/", 401, 404, 404, 404, nothing),
    Row(
        "post",
        "api/photosedit/generateim2txt/",
        401,
        404,
        404,
        404,
        body={"image_hash": "unknown"},
    ),
    signed_in("get", "api/albums/user/list/"),
    Row(
        "get",
        "api/albums/user/<number:album_id>/",
        401,
        404,
        200,
        404,
        album,
        viewer=200,
    ),
    Row(
        "patch",
        "api/albums/user/<number:album_id>/",
        401,
        404,
        200,
        404,
        album,
        {"title": "Winter"},
    ),
    Row("delete", "api/albums/user/<number:album_id>/", 401, 404, 204, 404, album),
    Row(
        "post",
        "api/albums/user/edit/",
        401,
        201,
        201,
        201,
        body={"title": "Spring", "photos": []},
    ),
    Row(
        "patch",
        "api/albums/user/edit/<number:album_id>/",
        401,
        404,
        200,
        404,
        album,
        {"locked": True},
        viewer=403,
    ),
    Row("get", "api/photos/<str:name>/albums/", 404, 404, 200, 404, photo, viewer=200),
    signed_in("get", "api/models/"),
    staff_only("post", "api/models/<path:name>/download/", parameters=model),
    Row("delete", "api/models/<path:name>/", 401, 403, 403, 204, model),
]
