"""Rows of photos for grids, and whole photos for their details."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Count,
    Exists,
    Max,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce

from librephotos.api.models import (
    File,
    Photo,
    PhotoCaption,
    PhotoEdit,
    PhotoShare,
    PhotoStage,
    PhotoThing,
    SiteSettings,
)
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.queries.operations.failed_files import PREVIEWS
from librephotos.api.queries.people.faces import people_on_photos

_NAME = re.compile(r"[0-9A-Za-z-]{1,64}", re.ASCII)
_UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", re.ASCII)
# Far deeper than country, region and town, so that a finer geocoder needs no change.
PLACE_DEPTH = "place__parent__parent__parent__parent"


class GridRow(NamedTuple):
    """What a grid shows of one photo; `duration_s` in seconds, `day` an ordinal.

    `recipients` are the users to whom it is shown by itself and who are there.
    """

    id: uuid.UUID
    image_hash: str
    owner_id: int
    day: int
    dominant_color: str
    placeholder: bytes | memoryview
    place: str | None
    taken_at: datetime | None
    aspect_ratio: float | None
    video: bool
    motion_photo: bool
    duration_s: float | None
    rating: int
    latitude: float | None
    longitude: float | None
    in_trashcan: bool
    has_raw: bool
    damage: str
    shown_orientation: int
    recipients: list[int]


_COLUMNS = tuple(
    "place__name" if field == "place" else field for field in GridRow._fields[:-1]
)


def grid_rows(photos: PhotoQuerySet) -> Any:
    """Return the query whose rows `as_grid_rows` takes; it may be sliced first."""
    return photos.values_list(*_COLUMNS, _recipients())


def _recipients() -> ArraySubquery:
    """The users to whom a photo is shown by itself, as a column."""
    shares = PhotoShare.objects.filter(photo=OuterRef("pk"), recipient__is_active=True)
    return ArraySubquery(shares.order_by("recipient").values("recipient"))


def as_grid_rows(rows: Iterable[Any]) -> list[GridRow]:
    """Return the rows of a (sliced) `grid_rows` query, running it."""
    return [GridRow._make(row) for row in rows]


def rows_in_order(ids: Iterable[uuid.UUID]) -> list[GridRow]:
    """Return the rows of the photos that there are, in the order of the ids given."""
    wanted = list(ids)
    rows = as_grid_rows(grid_rows(Photo.objects.filter(pk__in=wanted)))
    by_id = {row.id: row for row in rows}
    return [by_id[id] for id in wanted if id in by_id]


def newest_first(photos: PhotoQuerySet) -> PhotoQuerySet:
    """Order by day and time, newest first, undated photos last."""
    return photos.order_by("-day", "-taken_at", "id")


def detailed(photos: PhotoQuerySet) -> PhotoQuerySet:
    """Load with the photos everything that their details show.

    The number of queries does not depend on the number of photos. One photo alone is
    sooner read by `queries.library.whole_photo`.
    """
    # The caption of an earlier model stands until the present one has written.
    preferred = Q(model=SiteSettings.current().caption_model)
    captions = PhotoCaption.objects.annotate(preferred=preferred)
    return (
        with_counts(photos)
        .select_related("owner", "metadata", "main_file", PLACE_DEPTH)
        .prefetch_related(
            Prefetch("files", File.objects.order_by("id")),
            Prefetch("tags", best_tags_first().select_related("thing")),
            Prefetch("captions", captions.order_by("-preferred", "-id")),
            Prefetch("faces", people_on_photos()),
        )
    )


def is_name(name: str) -> bool:
    """Whether a text can be the UUID or the image hash of a photo."""
    return bool(_NAME.fullmatch(name))


def with_counts(photos: PhotoQuerySet) -> PhotoQuerySet:
    """Add the number of edits of a photo, and to whom it is shown by itself."""
    edits = PhotoEdit.objects.filter(photo=OuterRef("pk")).order_by().values("photo")
    number = edits.annotate(n=Count("batch", distinct=True)).values("n")
    return photos.defer("placeholder").annotate(
        number_of_edits=Coalesce(Subquery(number), 0), recipients=_recipients()
    )


def best_tags_first() -> QuerySet[PhotoThing]:
    """Return tags of photos in the order in which details show them."""
    return PhotoThing.objects.order_by("-score", "thing")


def one_of(photos: PhotoQuerySet, name: str) -> Any:
    """Return the photo (or row) named by a UUID or image hash, None if there is none.

    A name that cannot be one is not asked for: PostgreSQL refuses some characters.
    """
    return photos.identified_by(name).first() if is_name(name) else None


def photo_ids(names: Iterable[str]) -> Q:
    """Return the condition met by photos named by UUID or by image hash."""
    known = {name for name in names if _NAME.fullmatch(name)}
    ids = {name for name in known if _UUID.fullmatch(name)}
    return Q(id__in=ids) | Q(image_hash__in=known - ids)


def recently_added(user: Any) -> tuple[datetime | None, PhotoQuerySet]:
    """Return the time of the newest import and all visible photos of its UTC day."""
    photos = Photo.objects.owned_by(user).visible()
    newest = photos.aggregate(newest=Max("added_on"))["newest"]
    if newest is None:
        return None, photos.none()
    return newest, added_on(user, newest.astimezone(UTC).date())


def added_on(user: Any, day: date) -> PhotoQuerySet:
    """Return one's visible photos that were imported on a UTC day, the newest first."""
    midnight = datetime.combine(day, time.min, tzinfo=UTC)
    of_day = (
        Photo.objects.owned_by(user)
        .visible()
        .filter(added_on__gte=midnight, added_on__lt=midnight + timedelta(days=1))
    )
    return of_day.order_by("-added_on", "id")


def previews_are_due() -> Exists:
    """Return whether the previews of a photo are not of its file as it is now.

    It has its new hash once its file is read again, and keeps the old previews until
    there are new ones, or for good where its file cannot be decoded any more.
    """
    stages = PhotoStage.objects.filter(photo=OuterRef("pk"), stage=PREVIEWS)
    return Exists(stages.exclude(state=PhotoStage.State.DONE))


def without_timestamp(user: Any) -> PhotoQuerySet:
    """Return one's visible undated photos, oldest import first."""
    undated = Photo.objects.owned_by(user).visible().filter(day=Photo.UNDATED)
    return undated.order_by("added_on", "id")


def file_exists(user: Any, name: str) -> bool:
    """Whether a file of `user` has the MD5 that `name`, an image hash, begins with.

    True only for the user's own hashes (MD5 followed by the user's id) and only while
    the file is on disk.
    """
    md5 = name[:32]
    if not _NAME.fullmatch(name) or name != Photo.hash_of(md5, user.pk):
        return False
    present = File.objects.filter(owner_id=user.pk, md5=md5, missing_since=None)
    kept = Photo.objects.owned_by(user).filter(image_hash=name, removed=False)
    return present.exists() or kept.filter(files__missing_since=None).exists()
