"""The timeline: days as albums, of all photos that one sees or of some."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from django.db.models import Count, F, Max, Q, Sum

from librephotos.api.models import Photo, PhotoDay, PhotoThing, Thing, User
from librephotos.api.models.compiled import Compiled
from librephotos.api.models.fields import path_to_text
from librephotos.api.models.library.photo import SHARED, PhotoQuerySet
from librephotos.api.queries.library.albums import Album, AlbumKind
from librephotos.api.queries.library.photos import (
    GridRow,
    as_grid_rows,
    grid_rows,
    newest_first,
)
from librephotos.api.queries.people.person_photos import photos_of_person

EVERY_CATEGORY = frozenset(Photo.Category.values)


@dataclass(frozen=True)
class TimelineFilter:
    """Which photos a timeline shows.

    `last_modified` replaces all other filters. `public` shows the public photos of
    the user named `username` and nothing without a name. `person` is the id of a
    person, `tag` that of a user's tag. `folder` is an absolute path. `categories` are
    those of the photos that are shown.
    """

    favorite: bool = False
    hidden: bool = False
    in_trashcan: bool = False
    public: bool = False
    username: str = ""
    video: bool | None = None
    person: int | None = None
    folder: bytes | None = None
    tag: int | None = None
    categories: frozenset[str] = EVERY_CATEGORY
    last_modified: datetime | None = None

    @property
    def counted(self) -> bool:
        """Whether the database keeps the counts per day for this filter.

        Of all categories together; the few photos of those left out are subtracted.
        """
        kept = TimelineFilter(video=self.video, categories=self.categories)
        return self == kept and Photo.Category.PHOTO in self.categories


@dataclass(slots=True, kw_only=True)
class Day(Album[int]):
    """A day by its ordinal (0: undated), its date as title, and one of its places.

    None of a public page: where its photos were taken is their owner's business.
    """

    place: str


def matching(wanted: TimelineFilter, *, viewer: Any) -> PhotoQuerySet:
    """Return the photos that `viewer` sees under this filter."""
    if wanted.last_modified is not None:
        return Photo.objects.owned_by(viewer).filter(
            removed=False,
            aspect_ratio__isnull=False,
            last_modified__gte=wanted.last_modified,
        )
    photos = (
        _public(wanted, viewer=viewer) if wanted.public else _own(wanted, viewer=viewer)
    )
    if wanted.favorite:
        photos = _favorites(photos, viewer=viewer)
    if wanted.video is not None:
        photos = photos.filter(video=wanted.video)
    if wanted.folder is not None:
        prefix = path_to_text(wanted.folder.rstrip(b"/") + b"/")
        # Where the photos of a public page lie is their owner's business.
        photos = photos.owned_by(viewer).filter(main_file__path__startswith=prefix)
    if wanted.person is not None:
        photos = _with_person(photos, wanted.person, viewer=viewer, wanted=wanted)
    if wanted.tag is not None:
        # What others call their photos is their business.
        tags = Thing.objects.owned_by(viewer).tags().filter(pk=wanted.tag)
        tagged = PhotoThing.objects.filter(thing__in=tags)
        photos = photos.owned_by(viewer).filter(pk__in=tagged.values("photo"))
    if wanted.categories != EVERY_CATEGORY:
        photos = photos.filter(category__in=sorted(wanted.categories))
    return photos


def _with_person(
    photos: PhotoQuerySet, person: int, *, viewer: Any, wanted: TimelineFilter
) -> PhotoQuerySet:
    """Who is on the photos of a public page is their owner's business."""
    if not viewer.is_authenticated:
        return photos.none()
    shown = wanted.public or not (wanted.hidden or wanted.in_trashcan)
    with_person = photos_of_person(viewer, person, visible=shown)
    return photos.owned_by(viewer).filter(pk__in=with_person)


def _public(wanted: TimelineFilter, *, viewer: Any) -> PhotoQuerySet:
    """Visible whatever else is asked: hidden photos are nobody else's business.

    Owners see what they have published, whether or not they share it now.
    """
    own = Q(owner_id=viewer.pk, public=True)
    published = Photo.objects.visible().filter(SHARED | own)
    return published.filter(owner__username=wanted.username)


def _own(wanted: TimelineFilter, *, viewer: Any) -> PhotoQuerySet:
    photos = Photo.objects.owned_by(viewer)
    if not (wanted.hidden or wanted.in_trashcan):
        return photos.visible()
    return photos.filter(
        hidden=wanted.hidden,
        in_trashcan=wanted.in_trashcan,
        removed=False,
        aspect_ratio__isnull=False,
    )


def _favorites(photos: PhotoQuerySet, *, viewer: Any) -> PhotoQuerySet:
    if viewer.is_authenticated:
        least = max(1, viewer.favorite_min_rating)
        return photos.filter(rating__gte=least)
    return photos.filter(rating__gte=F("owner__favorite_min_rating"))


_LAST_DAY = date.max.toordinal()
_WITHIN_DAY = ("-taken_at", "id")
_SOMEBODY = User(pk=-1)


class Days(AlbumKind[Day]):
    """The days with a photo that meets a filter, newest first, undated ones last.

    What has no list of albums of its own is one of these too: favourites, what is
    hidden, a folder, somebody's public page.
    """

    def __init__(
        self, viewer: Any, wanted: TimelineFilter, among: PhotoQuerySet | None = None
    ) -> None:
        """Of the photos `among` instead of those of the filter, where that is given."""
        super().__init__(viewer)
        self.wanted = wanted
        self._among = among

    def rows(self, title: str = "") -> Sequence[Day]:
        days = [_day(*row) for row in self.counted()]
        return [day for day in days if title in day.title] if title else days

    def album(self, key: int) -> Day | None:
        key = min(key, _LAST_DAY)
        if self._kept:
            kept = _kept_day(self.wanted).rows(viewer=self.viewer.pk, day=key)
            photos, where = kept[0] if kept else (0, "")
            photos -= self._left_out([key]).get(key, 0)
        else:
            found = self._matching().filter(day=key).order_by()
            facts = found.aggregate(n=Count("*"), where=Max("place__name"))
            photos, where = facts["n"], facts["where"]
        place = "" if self.wanted.public else where
        return _day(key, photos, place) if photos else None

    def photos(self, album: Day) -> PhotoQuerySet:
        return self._matching().filter(day=album.key)

    def from_day(self, day: int) -> PhotoQuerySet:
        """Return the photos of a day and of all that follow it, in their order."""
        return newest_first(self._matching().filter(day__lte=min(day, _LAST_DAY)))

    def counts(self, days: Collection[int]) -> dict[int, int]:
        """Return how many photos each of some days has; one without any may lack."""
        if not self._kept:
            photos = self._matching().filter(day__in=days).order_by().values("day")
            return dict(photos.annotate(n=Count("*")).values_list("day", "n"))
        kept = _kept_days(self.wanted, viewer=self.viewer).filter(day__in=days)
        summed = kept.values("day").annotate(n=Sum("count")).values_list("day", "n")
        left_out = self._left_out(days)
        return {day: n - left_out.get(day, 0) for day, n in summed}

    def page(self, album: Day, *, start: int, size: int) -> list[GridRow]:
        """Return some of a day's photos, the newest first."""
        if self._kept:
            given = {"viewer": self.viewer.pk, "day": album.key}
            rows = _rows_of_day(self.wanted).rows(start=start, size=size, **given)
        else:
            photos = self.photos(album).order_by(*_WITHIN_DAY)
            rows = grid_rows(photos)[start : start + size]
        return as_grid_rows(rows)

    @property
    def _kept(self) -> bool:
        known = self._among is None and self.wanted.counted
        return known and self.viewer.is_authenticated

    def _left_out(self, days: Collection[int] | None = None) -> dict[int, int]:
        """Return how many photos of some days, or of each, are of no category shown."""
        others = EVERY_CATEGORY - self.wanted.categories
        if not others:
            return {}
        photos = Photo.objects.owned_by(self.viewer).visible()
        photos = photos.exclude(category=Photo.Category.PHOTO)
        photos = photos.filter(category__in=sorted(others))
        if self.wanted.video is not None:
            photos = photos.filter(video=self.wanted.video)
        if days is not None:
            photos = photos.filter(day__in=days)
        counted = photos.order_by().values("day").annotate(n=Count("*"))
        return dict(counted.values_list("day", "n"))

    def _matching(self) -> PhotoQuerySet:
        if self._among is not None:
            return self._among
        return matching(self.wanted, viewer=self.viewer)

    def counted(self) -> list[tuple[Any, ...]]:
        """Return ordinal, number of photos and a place of each day, in order.

        Plain rows: the list of all days has tens of thousands of them.
        """
        if self._kept:
            rows = _kept_by_day(self.wanted).rows(viewer=self.viewer.pk)
            left_out = self._left_out()
            if not left_out:
                return rows
            return [
                (day, count - left_out.get(day, 0), where)
                for day, count, where in rows
                if count > left_out.get(day, 0)
            ]
        days = self._matching().order_by().values("day")
        counted = days.annotate(n=Count("*")).order_by("-day").values_list("day", "n")
        places = {} if self.wanted.public else _places_of_days(self.viewer)
        return [(day, count, places.get(day, "")) for day, count in counted]


# The filters whose days are kept are few, so that all their statements can be, too.
@cache
def _kept_by_day(wanted: TimelineFilter) -> Compiled[PhotoDay]:
    """Return the query of the days, with what `_kept_day` tells of one."""
    kept = _kept_days(wanted, viewer=_SOMEBODY).values("day").order_by("-day")
    days = kept.annotate(n=Sum("count"), where=Max("place"))
    return Compiled(days.values_list("day", "n", "where"), viewer=_SOMEBODY.pk)


@cache
def _kept_day(wanted: TimelineFilter) -> Compiled[PhotoDay]:
    """Return the query of the number of photos of a day, and one of its places."""
    kept = _kept_days(wanted, viewer=_SOMEBODY).filter(day=_LAST_DAY).values("day")
    facts = kept.annotate(n=Sum("count"), where=Max("place")).values_list("n", "where")
    return Compiled(facts, viewer=_SOMEBODY.pk, day=_LAST_DAY)


@cache
def _rows_of_day(wanted: TimelineFilter) -> Compiled[Photo]:
    """Return the query of the photos of a day."""
    photos = matching(wanted, viewer=_SOMEBODY).filter(day=_LAST_DAY)
    rows = grid_rows(photos.order_by(*_WITHIN_DAY))
    return Compiled(rows, viewer=_SOMEBODY.pk, day=_LAST_DAY)


@lru_cache(maxsize=2**16)
def day_title(day: int) -> str:
    """Return the date of a day's ordinal as YYYY-MM-DD, "" for the undated one."""
    return date.fromordinal(day).isoformat() if day else ""


def _day(day: int, photos: int, place: str | None) -> Day:
    return Day(key=day, title=day_title(day), photo_count=photos, place=place or "")


def _places_of_days(viewer: Any) -> dict[int, str]:
    """Return a place of each of the viewer's days that has one.

    Looking them up saves the join that would keep the counts from an index alone.
    """
    kept = PhotoDay.objects.filter(owner_id=viewer.pk).exclude(place="")
    return dict(kept.values_list("day", "place"))


def _kept_days(wanted: TimelineFilter, *, viewer: Any) -> Any:
    kept = PhotoDay.objects.filter(owner_id=viewer.pk, count__gt=0)
    return kept if wanted.video is None else kept.filter(video=wanted.video)
