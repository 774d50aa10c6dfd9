"""Who may do what with a selection of photos; nobody may erase unless it is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.api.http.permission_rows import Row, World, signed_in
from tests.api.http.permission_rows_library import EVERY


def long_ago(world: World) -> Mapping[str, Any]:
    """Name an edit that nobody made."""
    return {"edit_id": 0}


UNDO = "api/photosedit/edits/<number:edit_id>/undo/"
ERASE = "api/photosedit/delete/"
ERASE_COPY = "api/photosedit/duplicate/delete/"
COPY = {"image_hash": "unknown", "path": "/unknown"}

SELECTION = [
    signed_in("post", "api/photosedit/rate/", body={**EVERY, "rating": 3}),
    signed_in("post", "api/photosedit/selected/", body=EVERY),
    Row("post", UNDO, 401, 404, 404, 404, long_ago),
    Row("delete", ERASE, 401, 403, 403, 403, body=EVERY),
    Row("post", ERASE, 401, 403, 403, 403, body=EVERY),
    Row("delete", ERASE_COPY, 401, 404, 404, 404, body=COPY),
    Row("post", ERASE_COPY, 401, 404, 404, 404, body=COPY),
]
