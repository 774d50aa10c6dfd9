"""Who may do what with accounts and settings; `staff` is a superuser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.api.http.permission_rows import Row, World, everybody, signed_in, staff_only


def user(world: World) -> Mapping[str, Any]:
    """Name the owner's account."""
    return {"pk": world.owner.pk}


ACCOUNTS = [
    Row("post", "api/auth/token/obtain/", 400, 400, 400, 400, body={}),
    Row("post", "api/auth/token/refresh/", 400, 400, 400, 400, body={}),
    Row("post", "api/auth/token/blacklist/", 400, 400, 400, 400, body={}),
    everybody("get", "api/firsttimesetup/"),
    everybody("get", "api/user/"),
    Row(
        "post",
        "api/user/",
        401,
        403,
        403,
        201,
        body={"username": "x", "password": "correct horse"},
    ),
    Row("get", "api/user/<number:pk>/", 404, 200, 200, 200, user),
    Row(
        "patch", "api/user/<number:pk>/", 401, 403, 200, 200, user, {"first_name": "x"}
    ),
    Row("delete", "api/user/<number:pk>/", 401, 403, 403, 204, user),
    staff_only("get", "api/manage/user/"),
    staff_only("get", "api/manage/user/<number:pk>/", parameters=user),
    staff_only("patch", "api/manage/user/<number:pk>/", parameters=user, body={}),
    Row("delete", "api/delete/user/<number:pk>/", 401, 403, 403, 204, user),
    everybody("get", "api/sitesettings/"),
    staff_only("post", "api/sitesettings/", body={"allow_upload": False}),
    signed_in("get", "api/timezones/"),
    signed_in("get", "api/predefinedrules/"),
    signed_in("get", "api/defaultrules/"),
    staff_only("get", "api/dirtree/"),
    signed_in("get", "api/imagetag/"),
    everybody("get", "api/help/"),
    everybody("get", "api/healthz/"),
    everybody("get", "api/healthz/postgresql/"),
    everybody("get", "api/healthz/ready/"),
    Row("get", "api/healthz/queue/", 503, 503, 503, 503),
    everybody("get", "api/schema/"),
    everybody("get", "api/swagger/"),
    everybody("get", "api/redoc/"),
]
