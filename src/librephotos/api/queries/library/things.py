"""Things as albums: what a user's visible photos show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import connection

from librephotos.api.models import Photo, SiteSettings, Thing
from librephotos.api.models.photo import PhotoQuerySet
from librephotos.api.models.thing import ThingQuerySet
from librephotos.api.queries.library.places import COVERS, Cover

TAGS_OF = {
    SiteSettings.Tagger.PLACES365: (
        Thing.Kind.PLACES365_CATEGORY,
        Thing.Kind.PLACES365_ATTRIBUTE,
    ),
    SiteSettings.Tagger.SIGLIP2: (Thing.Kind.SIGLIP2_TAG,),
}
"""What each tagger makes albums of; whether it was outdoors is none."""

# The newest imports, straight from the index.
_COVERS = """
SELECT wanted.id, photo.image_hash, photo.video
FROM unnest(%s::bigint[]) AS wanted(id)
CROSS JOIN LATERAL (
    SELECT photo_id FROM api_photothing
    WHERE thing_id = wanted.id AND visible
    ORDER BY photo_id DESC LIMIT %s
) AS cover
JOIN api_photo AS photo ON photo.id = cover.photo_id
ORDER BY wanted.id, photo.id DESC
"""


def thing_albums(user: Any, *, title: str = "") -> ThingQuerySet:
    """Return one's albums of the tagger in use and of hashtags, by title descending.

    With `title`, those whose title contains it. None of them is empty.
    """
    tagger = SiteSettings.Tagger(SiteSettings.current().tagging_model)
    kinds = (*TAGS_OF[tagger], Thing.Kind.HASHTAG_ATTRIBUTE)
    albums = Thing.objects.owned_by(user).filter(kind__in=kinds, photo_count__gt=0)
    if title:
        albums = albums.filter(title__icontains=title)
    return albums.order_by("-title", "id")


def frequent_things(user: Any, *, limit: int) -> list[tuple[str, int]]:
    """Return the titles of the largest albums with their numbers of photos."""
    rows = thing_albums(user).order_by("-photo_count", "title")
    return list(rows.values_list("title", "photo_count")[:limit])


def thing_covers(thing_ids: Iterable[int]) -> dict[int, list[Cover]]:
    """Return up to COVERS of the visible photos of each thing."""
    found: dict[int, list[Cover]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_COVERS, [list(thing_ids), COVERS])
        for thing, image_hash, video in cursor.fetchall():
            found[thing].append(Cover(image_hash, video))
    return found


def photos_showing(user: Any, thing: Thing) -> PhotoQuerySet:
    """Return one's visible photos of a thing."""
    return Photo.objects.owned_by(user).visible().filter(tags__thing=thing)
