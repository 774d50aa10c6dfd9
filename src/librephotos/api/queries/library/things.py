"""Things as albums: what a user's visible photos show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from librephotos.api.models import Photo, SiteSettings, Thing
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.models.library.thing import ThingQuerySet
from librephotos.api.queries.library.albums import Album, AlbumKind, covers_of

TAGS_OF = {
    SiteSettings.Tagger.PLACES365: (
        Thing.Kind.PLACES365_CATEGORY,
        Thing.Kind.PLACES365_ATTRIBUTE,
    ),
    SiteSettings.Tagger.SIGLIP2: (Thing.Kind.SIGLIP2_TAG,),
}
"""What each tagger makes albums of; whether it was outdoors is none."""

# The newest imports, straight from the index.
NEWEST = """
SELECT photo.image_hash, photo.video, photo.shown_orientation
FROM (
    SELECT photo_id FROM api_photothing
    WHERE thing_id = wanted.key AND visible
    ORDER BY photo_id DESC LIMIT %(most)s
) AS newest
JOIN api_photo AS photo ON photo.id = newest.photo_id
ORDER BY photo.id DESC
"""


@dataclass(slots=True, kw_only=True)
class ThingAlbum(Album[int]):
    """What photos show; `source` is the kind of its tag."""

    source: Thing.Kind


class Things(AlbumKind[ThingAlbum]):
    """What one's photos show, by title, the last first; none of them is empty."""

    def rows(self, title: str = "") -> ThingQuerySet:
        found = _in_use(self.viewer)
        found = found.filter(title__icontains=title) if title else found
        return found.order_by("-title", "id")

    def described(self, rows: Sequence[Thing]) -> list[ThingAlbum]:
        covers = covers_of([thing.pk for thing in rows], NEWEST)
        albums = [_album(thing) for thing in rows]
        for album in albums:
            album.covers = covers.get(album.key, ())
        return albums

    def album(self, key: int) -> ThingAlbum | None:
        thing = Thing.objects.owned_by(self.viewer).filter(pk=key).first()
        return None if thing is None else _album(thing)

    def photos(self, album: ThingAlbum) -> PhotoQuerySet:
        own = Photo.objects.owned_by(self.viewer).visible()
        return own.filter(tags__thing=album.key)


def frequent_things(user: Any, *, limit: int) -> list[tuple[str, int]]:
    """Return the titles of the largest albums with their numbers of photos."""
    rows = _in_use(user).order_by("-photo_count", "title")
    return list(rows.values_list("title", "photo_count")[:limit])


def _in_use(user: Any) -> ThingQuerySet:
    """Return one's tags of the tagger in use and hashtags that any photo shows."""
    tagger = SiteSettings.Tagger(SiteSettings.current().tagging_model)
    kinds = (*TAGS_OF[tagger], Thing.Kind.HASHTAG_ATTRIBUTE)
    return Thing.objects.owned_by(user).filter(kind__in=kinds, photo_count__gt=0)


def _album(thing: Thing) -> ThingAlbum:
    return ThingAlbum(
        key=thing.pk,
        title=thing.title,
        photo_count=thing.photo_count,
        source=Thing.Kind(thing.kind),
    )
