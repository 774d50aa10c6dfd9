"""The timeline: its days with their counts, and one page of a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, F, Max, Sum

from librephotos.api.models import Photo, PhotoDay
from librephotos.api.models.fields import path_to_text
from librephotos.api.models.photo import PhotoQuerySet
from librephotos.api.queries.library.photos import GridRow, as_grid_rows, grid_rows
from librephotos.api.queries.people.person_photos import photos_of_person


@dataclass(frozen=True)
class TimelineFilter:
    """Which photos a timeline shows.

    `last_modified` replaces all other filters. `public` shows the public photos of
    the user named `username` and nothing without a name. `person` is the id of a
    person. `folder` is an absolute path.
    """

    favorite: bool = False
    hidden: bool = False
    in_trashcan: bool = False
    public: bool = False
    username: str = ""
    video: bool | None = None
    person: int | None = None
    folder: bytes | None = None
    categorised: bool = False
    last_modified: datetime | None = None

    @property
    def counted(self) -> bool:
        """Whether the database keeps the counts per day for this filter."""
        return self == TimelineFilter(video=self.video)


class Day(NamedTuple):
    """A day's ordinal (0: undated), how many photos it has, and one of its places."""

    day: int
    photos: int
    place: str


class DayPage(NamedTuple):
    """A day and one page of its photos."""

    day: Day
    rows: list[GridRow]


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
    # Nothing has been classified, so nothing matches either.
    return photos.none() if wanted.categorised else photos


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
    published = Photo.objects.viewable_by(viewer).visible().filter(public=True)
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


def day_list(wanted: TimelineFilter, *, viewer: Any) -> list[Day]:
    """Return the days with at least one matching photo, newest first, undated last."""
    if wanted.counted and viewer.is_authenticated:
        kept = _kept_days(wanted, viewer=viewer).values("day")
        rows = kept.annotate(n=Sum("count"), where=Max("place")).order_by("-day")
        return [Day(*row) for row in rows.values_list("day", "n", "where")]
    days = matching(wanted, viewer=viewer).order_by().values("day")
    counted = days.annotate(n=Count("*")).order_by("-day").values_list("day", "n")
    places = {} if wanted.public else _places_of_days(viewer)
    return [Day(day, count, places.get(day, "")) for day, count in counted]


def _places_of_days(viewer: Any) -> dict[int, str]:
    """Return a place of each of the viewer's days that has one.

    Looking them up saves the join that would keep the counts from an index alone.
    """
    kept = PhotoDay.objects.filter(owner_id=viewer.pk).exclude(place="")
    return dict(kept.values_list("day", "place"))


def _kept_days(wanted: TimelineFilter, *, viewer: Any) -> Any:
    kept = PhotoDay.objects.filter(owner_id=viewer.pk, count__gt=0)
    return kept if wanted.video is None else kept.filter(video=wanted.video)


def day_page(
    wanted: TimelineFilter, *, viewer: Any, day: int, page: int, size: int
) -> DayPage | None:
    """Return page `page` (from 1; the last one if beyond) of the day, newest first.

    None if the day has no matching photo.
    """
    photos = matching(wanted, viewer=viewer).filter(day=day)
    found = _one_day(wanted, photos, viewer=viewer, day=day)
    if not found.photos:
        return None
    last = (found.photos - 1) // size
    start = min(max(page, 1) - 1, last) * size
    rows = grid_rows(photos.order_by("-taken_at", "id"))[start : start + size]
    return DayPage(found, as_grid_rows(rows))


def _one_day(
    wanted: TimelineFilter, photos: PhotoQuerySet, *, viewer: Any, day: int
) -> Day:
    if wanted.counted and viewer.is_authenticated:
        kept = _kept_days(wanted, viewer=viewer).filter(day=day)
        facts = kept.aggregate(n=Sum("count"), where=Max("place"))
    else:
        facts = photos.order_by().aggregate(n=Count("*"), where=Max("place__name"))
    return Day(day, facts["n"] or 0, facts["where"] or "")
