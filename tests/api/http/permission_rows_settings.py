"""Who may do what of what administrators look after, and with rules and directories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.api.http.permission_rows import Row, World, signed_in, staff_only


def user(world: World) -> Mapping[str, Any]:
    """Name the owner's account."""
    return {"user_id": world.owner.pk}


def directory(world: World) -> Mapping[str, Any]:
    """Name a directory of the owner that is not there."""
    return {"user_id": world.owner.pk, "directory_id": 1}


def service(world: World) -> Mapping[str, Any]:
    """Name a service that there is."""
    return {"name": "database"}


SETTINGS = [
    # Nothing is logged into a file in tests.
    Row("get", "api/serverlogs/", 401, 403, 403, 404),
    Row("get", "api/serverlogs/view/", 401, 403, 403, 404),
    staff_only("get", "api/services/"),
    staff_only("get", "api/services/<str:name>/", parameters=service),
    Row("post", "api/services/<str:name>/start/", 401, 403, 403, 409, service),
    Row("post", "api/services/<str:name>/stop/", 401, 403, 403, 409, service),
    staff_only("get", "api/email-config/"),
    staff_only("post", "api/email-config/", body={"provider": "disabled"}),
    Row("post", "api/email-config/test/", 401, 403, 403, 400, body={}),
    signed_in("get", "api/predefinedburstrules/"),
    signed_in("get", "api/defaultburstrules/"),
    signed_in("post", "api/datetimerules/preview/", body={}),
    signed_in("get", "api/nextcloud/listdir/"),
    Row("post", "api/nextcloud/scanphotos/", 401, 400, 400, 400),
    Row("get", "api/nextcloud/scanphotos/", 401, 400, 400, 400),
    staff_only("get", "api/dirtree/roots/"),
    signed_in("get", "api/scandirectories/"),
    staff_only("get", "api/manage/user/<number:user_id>/directories/", parameters=user),
    Row(
        "post",
        "api/manage/user/<number:user_id>/directories/",
        401,
        403,
        403,
        400,
        user,
        {"path": "/"},
    ),
    Row(
        "delete",
        "api/manage/user/<number:user_id>/directories/<number:directory_id>/",
        401,
        403,
        403,
        404,
        directory,
    ),
    staff_only(
        "post", "api/manage/user/<number:user_id>/scan/", parameters=user, body={}
    ),
]
