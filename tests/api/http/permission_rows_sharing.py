"""Who may do what with what users share; `staff` is a superuser to whom nothing is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.api.http.permission_rows import Row, World, signed_in


def photo(world: World) -> Mapping[str, Any]:
    """Name the owner's photo."""
    return {"name": world.photo.pk}


def album(world: World) -> Mapping[str, Any]:
    """Name the owner's album."""
    return {"album_id": world.album.pk}


NOBODY = 2**40
NOTHING = {"image_hashes": [], "val_shared": False, "target_user_id": NOBODY}
NO_ALBUM = {"album_id": NOBODY, "shared": True, "target_user_id": NOBODY}

SHARING = [
    signed_in("post", "api/photosedit/share/", body=NOTHING),
    signed_in("get", "api/photos/shared/tome/"),
    signed_in("get", "api/photos/shared/fromme/"),
    Row("get", "api/photos/<str:name>/shares/", 401, 404, 200, 404, photo),
    Row("post", "api/useralbum/share/", 401, 400, 400, 400, body=NO_ALBUM),
    signed_in("get", "api/albums/user/shared/tome/"),
    signed_in("get", "api/albums/user/shared/fromme/"),
    Row("get", "api/albums/user/<number:album_id>/shares/", 401, 404, 200, 404, album),
]
