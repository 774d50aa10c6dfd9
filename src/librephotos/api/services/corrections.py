"""What people say of photos with a history: dates, places, turns, titles and the rest.

Every function takes photos that the caller owns; none looks for them itself. What is
said is stored at once; what follows from it, for few photos at once where no file has
to be read, and by workers before anything else where one has to.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from librephotos.api.locks import lock_library
from librephotos.api.models import Photo, PhotoEdit, PhotoMetadata, User
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.pipeline.scanning.dates import redate_photos
from librephotos.api.pipeline.scanning.search_texts import request_search_texts
from librephotos.api.pipeline.work import queue
from librephotos.api.services.photos import hashtags
from librephotos.api.writes import (
    photo_says,
    scanned_files,
    search_document,
    things,
    user_tags,
)
from librephotos.api.writes.invalidation import Reason, invalidate
from librephotos.media.dates.written import EARLIEST_YEAR, MAX_FUTURE
from librephotos.media.turns import FLIPPED, ORIENTATIONS, quarter_turns, turned

FEW = 50
"""So many photos are dated in a request: what workers do comes a moment later."""

_AT_ONCE = 500

_FILES_READ_AGAIN = {
    "orientation": ("thumbnails",),
    "position": ("geocode", "dates"),
    "main_file": ("metadata", "geocode", "dates", "thumbnails"),
}
_DATED = frozenset(("date", "timezone"))
_SEARCHED = frozenset(("caption", *photo_says.FACTS))
NOWHERE: list[float] = []


class NoSuchEdit(Exception):
    """The history holds no such edit."""


@dataclass
class Correction:
    """One act of a person: its number in the history, and what it has changed."""

    batch: UUID = field(default_factory=uuid4)
    fields: set[str] = field(default_factory=set)
    count: int = 0

    @property
    def edit(self) -> str | None:
        """The name by which it is taken back, None where it has changed nothing."""
        return str(self.batch) if self.count else None

    def changed(self) -> list[UUID]:
        """Return the photos that it changed; to be asked of few."""
        edits = PhotoEdit.objects.filter(batch=self.batch).order_by("photo_id")
        return list(edits.values_list("photo_id", flat=True).distinct())


@contextmanager
def _correcting(photos: PhotoQuerySet, owner: User) -> Iterator[Correction]:
    """Hold photos while things are said of them; then have follow what has to."""
    with transaction.atomic():
        correction = Correction()
        photo_says.hold(photos)
        yield correction
        edits = PhotoEdit.objects.filter(batch=correction.batch)
        correction.count = edits.values("photo_id").distinct().count()
        if correction.count:
            _follow(correction, owner)


def say(photos: PhotoQuerySet, said: Mapping[str, Any], *, user: User) -> Correction:
    """Store what a person says of photos, by field; None takes it back."""
    with _correcting(photos, user) as correction:
        for name, value in said.items():
            if photo_says.say(photos, name, value, user=user, batch=correction.batch):
                correction.fields.add(name)
    return correction


def as_said(moment: datetime) -> str:
    """Return a date as it is said: the time on the clock, whatever the offset.

    What was meant is the time at the place, so an offset is dropped, not converted.
    """
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds")


def is_dateable(moment: datetime) -> bool:
    """Whether a photo can have been taken then (docs/dates.md)."""
    latest = timezone.now().replace(tzinfo=None) + MAX_FUTURE
    return EARLIEST_YEAR <= moment.year and moment.replace(tzinfo=None) <= latest


_SHIFTED = """
to_jsonb(to_char((photo.taken_at + %(shift)s) AT TIME ZONE 'UTC',
    'YYYY-MM-DD"T"HH24:MI:SS.US'))
"""

_TURNED = """
to_jsonb(nullif((%(turns)s::smallint[])[photo.user_orientation], 1))
"""


def shift_dates(photos: PhotoQuerySet, by: timedelta, *, user: User) -> Correction:
    """Say of each dated photo that it was taken so much later than it counts now.

    Those that would come to lie where no photo can be are left as they are.
    """
    earliest = datetime(EARLIEST_YEAR, 1, 1, tzinfo=UTC)
    dated = photos.filter(
        taken_at__gte=earliest - min(by, timedelta()),
        taken_at__lte=timezone.now() + MAX_FUTURE - max(by, timedelta()),
    )
    with _correcting(dated, user) as correction:
        photo_says.say_each(
            dated, "date", _SHIFTED, {"shift": by}, user=user, batch=correction.batch
        )
        correction.fields.add("date")
    return correction


def turn(photos: PhotoQuerySet, *, angle: int, flip: bool, user: User) -> Correction:
    """Turn stills clockwise by degrees, a multiple of 90, then mirror them.

    Their files stay as they are: the previews are made anew by a worker. Videos are
    passed over.
    """
    stills = photos.filter(video=False)
    then = quarter_turns(angle)
    turns = [
        turned(turned(now, then), FLIPPED) if flip else turned(now, then)
        for now in ORIENTATIONS
    ]
    with _correcting(stills, user) as correction:
        photo_says.say_each(
            stills,
            "orientation",
            _TURNED,
            {"turns": turns},
            user=user,
            batch=correction.batch,
        )
        correction.fields.add("orientation")
    return correction


def categorise(photos: PhotoQuerySet, category: str, *, user: User) -> Correction:
    """Say what kind of pictures these are, "" to let what was found count again.

    A video is neither a screenshot nor a document, and stays as it is.
    """
    if category in (Photo.Category.SCREENSHOT, Photo.Category.DOCUMENT):
        photos = photos.filter(video=False)
    return say(photos, {"category": category or None}, user=user)


def choose_main(photo: Photo, md5: str, *, user: User) -> Photo:
    """Have the file of this MD5 stand for a photo; its previews are made anew."""
    with transaction.atomic():
        lock_library(photo.owner_id)
        say(Photo.objects.filter(pk=photo.pk), {"main_file": md5}, user=user)
    return Photo.objects.get(pk=photo.pk)


@transaction.atomic
def revert(photo: Photo, number: int, *, user: User) -> Correction:
    """Say of a photo what was said before one of its edits, and write that down too.

    Raises NoSuchEdit.
    """
    edit = PhotoEdit.objects.filter(photo=photo, pk=number).first()
    if edit is None:
        raise NoSuchEdit("This photo has no such edit.")
    same = Photo.objects.filter(pk=photo.pk)
    if edit.field == PhotoEdit.EVERYTHING:
        return undo(same, edit.batch, user=user)
    if edit.field == "main_file":
        lock_library(photo.owner_id)
    return say(same, {edit.field: edit.old_value}, user=user)


@transaction.atomic
def revert_all(photo: Photo, *, user: User) -> Correction:
    """Take back everything that was said of a photo: its file has its say again."""
    lock_library(photo.owner_id)
    same = Photo.objects.filter(pk=photo.pk)
    correction = say(same, dict.fromkeys(photo_says.FIELDS), user=user)
    if correction.count:
        PhotoEdit.objects.create(
            photo=photo,
            user=user,
            batch=correction.batch,
            field=PhotoEdit.EVERYTHING,
        )
    return correction


def undo(photos: PhotoQuerySet, batch: UUID, *, user: User) -> Correction:
    """Take back one act of a person on many photos, but where more was said since."""
    edited = photos.filter(pk__in=PhotoEdit.objects.filter(batch=batch).values("photo"))
    with transaction.atomic():
        lock_library(user.pk)
        with _correcting(edited, user) as correction:
            correction.fields.update(
                photo_says.undo(edited, batch, user=user, batch=correction.batch)
            )
    return correction


def _follow(correction: Correction, owner: User) -> None:
    stages = {
        stage for name in correction.fields for stage in _FILES_READ_AGAIN.get(name, ())
    }
    dated = bool(correction.fields & _DATED) and "dates" not in stages
    few = correction.count <= FEW
    if dated and not few:
        stages.add("dates")
    searched = correction.fields & _SEARCHED
    for ids in photo_says.changed(correction.batch, at_once=_AT_ONCE):
        if "main_file" in correction.fields:
            scanned_files.choose_main_files(ids)
        if dated and few:
            redate_photos(ids)
        if "caption" in correction.fields:
            _take_hashtags(ids)
        if "keywords" in correction.fields:
            _take_tags(ids, correction.batch, owner)
        if searched and few:
            search_document.refresh(ids)
        if stages:
            _pass_again(ids, stages, few=few)
    if searched and not few:
        request_search_texts(owner.pk)


def _pass_again(ids: Collection[UUID], stages: Collection[str], *, few: bool) -> None:
    invalidate(stages, of=ids, reason=Reason.INPUT)
    queue.enqueue(
        queue.Task.RUN_STAGES,
        on=queue.PICTURES if few else None,  # after those that somebody waits for
        job=None,
        photos=[str(photo) for photo in ids],
        awaited=few,
    )


def _take_hashtags(ids: Collection[UUID]) -> None:
    captions = Photo.objects.filter(pk__in=ids).values_list("pk", "user_caption")
    things.replace_hashtags({photo: hashtags(caption) for photo, caption in captions})


def _take_tags(ids: Collection[UUID], batch: UUID, owner: User) -> None:
    """Give photos the tags of words new to them, and take those of words gone."""
    of_files = dict(
        PhotoMetadata.objects.filter(photo__in=ids).values_list("photo", "keywords")
    )
    edits = PhotoEdit.objects.filter(batch=batch, field="keywords", photo__in=ids)
    given: list[tuple[UUID, str]] = []
    taken: list[tuple[UUID, str]] = []
    for photo, old, new in edits.values_list("photo", "old_value", "new_value"):
        before, now = (
            set(of_files.get(photo, ()) if words is None else words)
            for words in (old, new)
        )
        # Words of the file alone are no tags: they need none to be found.
        if new is not None:
            given += [(photo, word) for word in now - before]
        taken += [(photo, word) for word in before - now]
    user_tags.exchange(owner, given=given, taken=taken)
