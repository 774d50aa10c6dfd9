"""Who may read the columns of a grid: everybody their own."""

from __future__ import annotations

from tests.api.http.permission_rows import signed_in

GRID = [
    signed_in("get", "api/timeline/days/"),
    signed_in("get", "api/timeline/photos/"),
]
