"""Who may do what with delta sync: everybody for their own clients."""

from __future__ import annotations

from tests.api.http.permission_rows import signed_in

FEEDS = (
    *("photos", "persons", "albums/user", "albums/auto", "albums/thing"),
    *("albums/place", "albums/tag", "sharing", "counts"),
)

SYNC = [signed_in("get", f"api/sync/{feed}/") for feed in FEEDS]
