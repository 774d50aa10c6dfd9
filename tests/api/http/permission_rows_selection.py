"""Who may do what with a selection of photos; nobody may erase unless it is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.api.http.permission_rows import Row, World, signed_in
from tests.api.http.permission_rows_library import EVERY


def long_ago(world: World) -> Mapping[str, Any]:
    """Name an edit that nobody made."""
    return {"edit_id": 0}


SELECTION = [
    signed_in("post", "api/photosedit/rate/", body={**EVERY, "rating": 3}),
    signed_in("post", "api/photosedit/selected/", body=EVERY),
    Row(
        "post", "api/photosedit/edits/<number:edit_id>/undo/", 401, 404, 404, 404
    )._replace(parameters=long_ago),
    Row("delete", "api/photosedit/delete/", 401, 403, 403, 403, body=EVERY),
    Row("delete", "api/photosedit/duplicate/delete/", 401, 404, 404, 404)._replace(
        body={"image_hash": "unknown", "path": "/unknown"}
    ),
]
