"""Who gets which status at the addresses of downloads and films."""

from __future__ import annotations

from tests.api.http.permission_rows import Row, World

NAME = "00000000-0000-4000-8000-000000000000"


def archive(world: World) -> dict[str, str]:
    return {"name": NAME}


def photo(world: World) -> dict[str, str]:
    return {"name": str(world.photo.pk)}


EVERY = {"select_all": True, "query": {}}

DOWNLOADS = [
    Row("post", "api/photos/download/", 401, 404, 200, 404, body=EVERY),
    Row("get", "api/photos/download/", 401, 400, 400, 400),
    Row("get", "api/downloads/<str:name>/", 401, 404, 404, 404, archive),
    Row("delete", "api/delete/zip/<str:name>/", 401, 200, 200, 200, archive),
    Row("get", "media/zip/<str:name>/", 403, 404, 404, 404, archive),
    Row("get", "media/playable/<str:name>/", 403, 404, 404, 404, photo),
    Row("get", "api/media/diagnostics/<str:name>/", 401, 403, 403, 200, photo),
]
