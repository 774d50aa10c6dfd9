"""What could not be read or processed, whichever scan it was that failed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    F,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)

from librephotos.api.models import File, Job, Photo, PhotoStage, User
from librephotos.api.models.operations.job import FILES

PREVIEWS = "thumbnails"
"""The stage that finds out how much of a picture can be shown."""

_NO = Value(False, output_field=BooleanField())


def unread_files(user: User) -> QuerySet[File]:
    """Return the user's files that are there and could not be taken in."""
    return File.objects.filter(
        owner=user, state=File.State.FAILED, missing_since__isnull=True
    )


def failed_stages(user: User, *, stages: Sequence[str]) -> QuerySet[PhotoStage]:
    """Return where the user's photos failed in one of these stages, or nearly.

    A photo that is done may have an `error` too, which says what could not be done.
    Without photos that were erased or whose main file is missing: no scan can
    process these. A main file that cannot be read any more is one of `unread_files`.
    """
    return (
        PhotoStage.objects.with_problems()
        .filter(
            stage__in=stages,
            photo__owner=user,
            photo__removed=False,
            photo__main_file__isnull=False,
            photo__main_file__missing_since__isnull=True,
        )
        .exclude(photo__main_file__state=File.State.FAILED)
    )


def damaged_photos(user: User) -> QuerySet[Photo]:
    """Return the user's photos of which only a part is shown, and that are there."""
    return Photo.objects.filter(
        owner=user,
        removed=False,
        main_file__missing_since__isnull=True,
        main_file__state=File.State.READY,
    ).exclude(damage="")


def shown_in_part(user: User) -> QuerySet[Photo]:
    """Return the photos that `failed_files` lists as `partly_shown`.

    No job counts these as failed: it has processed them.
    """
    # Previews of an earlier state of the file say nothing of one that has none.
    failed = failed_stages(user, stages=(PREVIEWS,)).values("photo")
    return damaged_photos(user).exclude(pk__in=failed)


def failed_files(user: User, *, stages: Sequence[str]) -> QuerySet[File, Any]:
    """Return a row for each of the user's files that failed, last found first.

    Those that are shown in part are among them. A row has `failed_path`,
    `failed_stage`, `failed_message`, `in_photo`, the id of its photo or None, and
    `partly_shown`. A photo that failed in several stages has one row, of the first of
    them in the order of `stages`.
    """
    files = unread_files(user).values(
        file_id=F("id"),
        failed_path=F("path"),
        failed_stage=Value(FILES, output_field=CharField()),
        failed_message=F("error"),
        in_photo=F("photo"),
        partly_shown=_NO,
    )
    photos = _first_of_each_photo(failed_stages(user, stages=stages), stages).values(
        file_id=F("photo__main_file"),
        failed_path=F("photo__main_file__path"),
        failed_stage=F("stage"),
        failed_message=F("error"),
        in_photo=F("photo"),
        partly_shown=_NO,
    )
    damaged = shown_in_part(user).values(
        file_id=F("main_file"),
        failed_path=F("main_file__path"),
        failed_stage=Value(PREVIEWS, output_field=CharField()),
        failed_message=F("damage"),
        in_photo=F("pk"),
        partly_shown=Value(True, output_field=BooleanField()),
    )
    return files.union(photos, damaged, all=True).order_by("-file_id")


def count_failed_before(job: Job, *, stages: Sequence[str]) -> int:
    """Return how many files of the job's user failed in other jobs, and still do."""
    owner = job.started_by
    photos = failed_stages(owner, stages=stages).exclude(job=job)
    return (
        unread_files(owner).exclude(job=job).count()
        + photos.values("photo").distinct().count()
    )


def _first_of_each_photo(
    rows: QuerySet[PhotoStage], stages: Sequence[str]
) -> QuerySet[PhotoStage]:
    order = Case(*(When(stage=name, then=place) for place, name in enumerate(stages)))
    of_same_photo = PhotoStage.objects.with_problems().filter(
        photo=OuterRef("photo"), stage__in=stages
    )
    return rows.filter(pk=Subquery(of_same_photo.order_by(order).values("pk")[:1]))
