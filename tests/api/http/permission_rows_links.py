"""Who may do what with links, and by them; `staff` is a superuser.

The links of the table ask for a password, which `visitor` alone has given.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.api.http.permission_rows import Row, World, signed_in

PASSWORD = "open sesame"


def slug(world: World) -> Mapping[str, Any]:
    """Name the link to the owner's album."""
    return {"slug": world.link.slug}


def photo_slug(world: World) -> Mapping[str, Any]:
    """Name the link to the owner's photo."""
    return {"slug": world.photo_link.slug}


def photo(world: World) -> Mapping[str, Any]:
    """Name the owner's photo in the linked album."""
    return {"slug": world.link.slug, "name": world.photo.pk, "face_id": 1}


def link(world: World) -> Mapping[str, Any]:
    """Name the row of the link."""
    return {"link_id": world.link.pk}


def _visitors(route: str, parameters: Any, visitor: int) -> Row:
    """Return the row of something that a link shows."""
    return Row("get", route, 403, 403, 403, 403, parameters, visitor=visitor)


def _unlock(route: str, parameters: Any, password: str, status: int) -> Row:
    everybody = (status,) * 4
    return Row("post", route, *everybody, parameters, {"password": password})


ALBUM = "api/public/albums/s/<str:slug>/"
ALBUM_PHOTO = f"{ALBUM}photos/<str:name>/"
PHOTO = "api/public/photo/<str:slug>/"

# The photo of the table has neither previews nor a file on disk: visitors get past the
# gate and find nothing.
LINKS = [
    Row(
        "post",
        "api/useralbum/makepublic/",
        401,
        404,
        404,
        404,
        body={"album_id": 0, "val_public": True},
    ),
    Row("post", "api/photo/share/", 401, 404, 404, 404, body={"photo_id": "unknown"}),
    signed_in("get", "api/photo/share/list/"),
    signed_in("get", "api/links/"),
    Row("delete", "api/links/<number:link_id>/", 401, 404, 204, 404, link),
    _visitors(ALBUM, slug, 200),
    _visitors(ALBUM_PHOTO, photo, 200),
    *(
        _visitors(f"{ALBUM_PHOTO}media/{kind}/", photo, 404)
        for kind in (
            *("thumbnail", "medium", "small", "video", "motion", "playable", "file"),
            "face/<number:face_id>",
        )
    ),
    _visitors(PHOTO, photo_slug, 200),
    *(
        _visitors(f"{PHOTO}media/{kind}/", photo_slug, 404)
        for kind in ("thumbnail", "video", "motion", "playable", "file")
    ),
    _unlock(f"{ALBUM}unlock/", slug, PASSWORD, 204),
    _unlock(f"{PHOTO}unlock/", photo_slug, "open barley", 400),
]
