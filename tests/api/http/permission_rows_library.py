"""Who may do what with the library; `staff` is a superuser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.api.http.permission_rows import Row, World, everybody, signed_in, staff_only


def photo(world: World) -> Mapping[str, Any]:
    """Name the owner's photo."""
    return {"name": world.photo.pk}


def day(world: World) -> Mapping[str, Any]:
    """Name the day of the owner's photo."""
    return {"day": world.photo.day}


def job(world: World) -> Mapping[str, Any]:
    """Name the owner's job."""
    return {"name": world.job.pk}


def nowhere(world: World) -> Mapping[str, Any]:
    """Name a place that does not exist."""
    return {"place_id": 0}


def nobody(world: World) -> Mapping[str, Any]:
    """Name a picture of nobody."""
    return {"name": "nobody.jpg"}


def elsewhere(world: World) -> Mapping[str, Any]:
    """Name nothing that there is."""
    return {"rest": "else/where"}


EVERY = {"select_all": True, "query": {}}
# The photo of the table has neither previews nor a file on disk: its owner gets past
# the gate and finds nothing.
SEEN_BY_OWNER = (403, 404, 404, 404)

LIBRARY = [
    signed_in("get", "api/albums/date/list/"),
    Row("get", "api/albums/date/<number:day>/", 401, 404, 200, 404, day),
    signed_in("get", "api/albums/place/list/"),
    Row("get", "api/albums/place/<number:place_id>/", 401, 404, 404, 404, nowhere),
    signed_in("get", "api/photos/"),
    signed_in("get", "api/photos/recentlyadded/"),
    signed_in("get", "api/photos/notimestamp/"),
    signed_in("get", "api/photos/searchlist/"),
    signed_in("get", "api/photos/favorites/"),
    signed_in("get", "api/photos/hidden/"),
    everybody("get", "api/photos/public/"),
    Row("get", "api/photos/<str:name>/summary/", 404, 404, 200, 404, photo, viewer=200),
    Row("get", "api/photos/<str:name>/", 404, 404, 200, 404, photo, viewer=200),
    signed_in("post", "api/photosedit/favorite/", body={**EVERY, "favorite": True}),
    signed_in("post", "api/photosedit/hide/", body={**EVERY, "hidden": True}),
    signed_in("post", "api/photosedit/makepublic/", body={**EVERY, "val_public": True}),
    signed_in("post", "api/photosedit/setdeleted/", body={**EVERY, "deleted": True}),
    Row("get", "api/exists/<str:name>/", 401, 200, 200, 200, photo),
    signed_in("get", "api/searchtermexamples/"),
    signed_in("get", "api/locclust/"),
    signed_in("get", "api/locationtimeline/"),
    signed_in("get", "api/locationsunburst/"),
    signed_in("get", "api/folders/subfolders/"),
    signed_in("get", "api/stats/"),
    signed_in("get", "api/photomonthcounts/"),
    signed_in("get", "api/wordcloud/"),
    signed_in("get", "api/storagestats/"),
    staff_only("get", "api/serverstats/"),
    signed_in("get", "api/jobs/"),
    Row("get", "api/jobs/<str:name>/", 401, 404, 200, 200, job),
    Row("delete", "api/jobs/<str:name>/", 401, 404, 204, 204, job),
    Row("post", "api/jobs/<str:name>/cancel/", 401, 404, 200, 200, job),
    Row("get", "api/jobs/<str:name>/failures/", 401, 404, 200, 200, job),
    signed_in("get", "api/files/failed/"),
    signed_in("post", "api/files/failed/retry/"),
    signed_in("get", "api/rqavailable/"),
    Row("get", "api/scanphotos/", 401, 400, 200, 400),  # who has no folder
    Row("post", "api/scanphotos/", 401, 400, 200, 400),  # who has no folder
    Row("get", "api/fullscanphotos/", 401, 400, 200, 400),  # who has no folder
    Row("post", "api/fullscanphotos/", 401, 400, 200, 400),  # who has no folder
    Row("get", "api/scanuploadedphotos/", 401, 400, 200, 400),  # who has no folder
    Row("post", "api/scanuploadedphotos/", 401, 400, 200, 400),  # who has no folder
    signed_in("get", "api/deletemissingphotos/"),
    signed_in("post", "api/deletemissingphotos/"),
    Row("get", "media/thumbnails_big/<str:name>/", *SEEN_BY_OWNER, photo),
    Row("get", "media/square_thumbnails/<str:name>/", *SEEN_BY_OWNER, photo),
    Row("get", "media/square_thumbnails_small/<str:name>/", *SEEN_BY_OWNER, photo),
    Row("get", "media/photos/<str:name>/", *SEEN_BY_OWNER, photo),
    Row("get", "media/video/<str:name>/", *SEEN_BY_OWNER, photo),
    Row("get", "media/embedded_media/<str:name>/", 403, 404, 404, 404, photo),
    Row("get", "media/avatars/<str:name>/", 403, 404, 404, 404, nobody),
    Row("get", "media/<path:rest>", 404, 404, 404, 404, elsewhere),
]
