"""Who may upload; `staff` is a superuser, and sees nobody's uploads but their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.api.http.permission_rows import Row, World, signed_in


def upload(world: World) -> Mapping[str, Any]:
    """Name the owner's upload."""
    return {"upload_id": world.owner.upload_set.get().pk}


UPLOADS = [
    signed_in("get", "api/upload/"),
    Row("post", "api/upload/", 401, 400, 400, 400, body={"user": ""}),
    Row("post", "api/upload/complete/", 401, 400, 400, 400, body={"md5": ""}),
    Row("get", "api/upload/<str:upload_id>/", 401, 404, 200, 404, upload),
    Row("delete", "api/upload/<str:upload_id>/", 401, 404, 204, 404, upload),
]
