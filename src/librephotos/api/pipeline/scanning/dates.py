"""When photos were taken: the stage, and anew where a person has changed its rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import takewhile
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from librephotos.api.models import Job, Photo, User
from librephotos.api.models.fields import readable_path
from librephotos.api.pipeline.scanning.originals import NO_FILE
from librephotos.api.pipeline.work import jobs, queue
from librephotos.api.pipeline.work.stage import Each, Runs, Skip, Stage
from librephotos.api.writes import (
    categories,
    photo_sizes,
    rows,
    search_document,
    stage_states,
)
from librephotos.api.writes.invalidation import OfOwner, Reason, invalidate
from librephotos.media.dates import (
    DEFAULT_RULES,
    ENTERED_BY_USER,
    DateFacts,
    DateResult,
    InvalidRules,
    Rule,
    StoredRules,
    local_time,
    patterns_of,
    usable_rules,
)

UNUSABLE = "one of your date rules cannot be used any more; change it in the settings."


@dataclass(frozen=True)
class DatedPhoto:
    """What the rules of an owner are applied to; left_out says which cannot be.

    said_timezone is the zone that a person gave for the photo's clock, "" for none.
    """

    facts: DateFacts
    rules: tuple[Rule, ...]
    user_timezone: str
    now: datetime
    left_out: tuple[str, ...] = ()
    said_timezone: str = ""


@dataclass(frozen=True)
class Dating:
    """The date by the first rule that yields one; if none does, what to know of it."""

    result: DateResult | None
    note: str = ""


def date_of(photo: DatedPhoto) -> Dating:
    """Return the date by the first rule that yields one."""
    result = local_time(
        photo.facts, photo.rules, user_timezone=photo.user_timezone, now=photo.now
    )
    if result and photo.said_timezone:
        result = replace(result, timezone=photo.said_timezone)
    if result or not photo.left_out:
        return Dating(result)
    return Dating(None, f"No date was found, and {UNUSABLE} {photo.left_out[0]}")


def date_without_expressions(photo: DatedPhoto) -> Dating | None:
    """Return the date as date_of does, None if that takes a user's expression.

    For the web process, which must not wait for one.
    """
    quick = tuple(takewhile(lambda rule: not patterns_of(rule), photo.rules))
    dating = date_of(replace(photo, rules=quick))
    entered = dating.result is not None and dating.result.source == "user"
    return dating if entered or quick == photo.rules else None


class DatesStage(Stage[DatedPhoto, Dating]):
    """Sets the photo's local time and day, its category, and its search text.

    One whose size is known is visible from here on.
    """

    name = "dates"
    version = 4
    needs = ("metadata", "geocode")
    runs = Runs.WORKER
    compute = Each(date_of)

    def load(self, photo_ids: Sequence[UUID]) -> dict[UUID, DatedPhoto | Skip]:
        now = timezone.now()
        inputs: dict[UUID, DatedPhoto | Skip] = {}
        photos = Photo.objects.filter(id__in=photo_ids).select_related(
            "owner", "main_file", "metadata"
        )
        for photo in photos:
            stored = _stored_rules(photo.owner.datetime_rules)
            said = photo.user_taken_at is not None
            inputs[photo.id] = (
                DatedPhoto(
                    facts_of(photo),
                    # What a person said of this photo stands above all of a list.
                    (ENTERED_BY_USER, *stored.rules) if said else stored.rules,
                    photo.user_timezone or photo.owner.default_timezone,
                    now,
                    stored.left_out,
                    photo.user_timezone,
                )
                if photo.main_file
                else NO_FILE
            )
        return inputs

    def save(self, results: dict[UUID, Dating]) -> None:
        locked = Photo.objects.select_for_update(of=("self",)).filter(pk__in=results)
        held = locked.order_by("pk").values_list("pk", "user_taken_at", "user_timezone")
        # A person may have set a date since the photos were loaded; that one stands.
        again = [photo_id for photo_id, taken_at, zone in held if taken_at or zone]
        results = results | {
            photo_id: date_of(photo)
            for photo_id, photo in self.load(again).items()
            if not isinstance(photo, Skip)
        }
        store_dates(results)

    def note(self, result: Dating) -> str:
        return result.note


def store_dates(results: Mapping[UUID, Dating]) -> None:
    """Write the dates of photos, and the search texts that hold them; show them."""
    rows.update(
        [_dated(photo_id, dating.result) for photo_id, dating in results.items()],
        [
            *("taken_at", "timezone", "date_rule", "day", "last_modified"),
            *photo_sizes.SHOWN,
        ],
        by=photo_sizes.SHOWN,
    )
    categories.find(results)
    search_document.refresh(results)


def redate_photos(photo_ids: Sequence[UUID]) -> None:
    """Find the dates of these photos again and store them; reads no file.

    Where that takes an expression of the owner's, a worker does it: the web process
    runs none.
    """
    with transaction.atomic():
        inputs = DatesStage().load(photo_ids)
        found = {
            photo_id: date_without_expressions(item)
            for photo_id, item in inputs.items()
            if not isinstance(item, Skip)
        }
        store_dates({photo_id: dating for photo_id, dating in found.items() if dating})
        dated = [
            photo_id for photo_id, dating in found.items() if dating and dating.result
        ]
        stage_states.forget_notes(dated, stage=DatesStage.name)
        left = [photo_id for photo_id, dating in found.items() if dating is None]
        if left:
            invalidate([DatesStage.name], of=left, reason=Reason.SETTINGS)
            queue.enqueue(
                queue.Task.RUN_STAGES,
                on=queue.PICTURES,
                job=None,
                photos=[str(photo_id) for photo_id in left],
                awaited=True,
            )


def redate_library(user: User) -> Job:
    """Apply changed date rules or a changed time zone to all photos of a user.

    Returns the scan that does it, along with whatever else is new.
    """
    with transaction.atomic():
        invalidate([DatesStage.name], of=OfOwner(user.pk), reason=Reason.SETTINGS)
        return jobs.start_scan(user=user)


def _stored_rules(text: str) -> StoredRules:
    try:
        return usable_rules(text)
    except InvalidRules as error:
        # The API refuses such rules; rows from elsewhere fall back on the defaults.
        return StoredRules(DEFAULT_RULES, (str(error),))


def facts_of(photo: Photo) -> DateFacts:
    """Return what the rules may look at, of a photo with a file and its metadata."""
    assert photo.main_file
    metadata = getattr(photo, "metadata", None)
    # A zone that a person gave is that of the place; where there is no place by their
    # word, the file's position tells no zone either.
    of_place = metadata.gps_timezone if metadata and photo.latitude is not None else ""
    zone = photo.user_timezone or of_place
    return DateFacts(
        path=readable_path(photo.main_file.path),
        tags=metadata.dates if metadata else {},
        mtime_s=photo.main_file.mtime_ns / 1e9,
        ctime_s=photo.main_file.ctime_ns / 1e9,
        gps_timezone=zone or None,
        user_date=photo.user_taken_at and photo.user_taken_at.replace(tzinfo=None),
        device_date=photo.main_file.device_created_at,
        other_tags=metadata.tags if metadata else {},
    )


def _dated(photo_id: UUID, result: DateResult | None) -> Photo:
    now = timezone.now()
    if result is None:
        return Photo(id=photo_id, day=Photo.UNDATED, last_modified=now)
    return Photo(
        id=photo_id,
        last_modified=now,
        taken_at=result.local.replace(tzinfo=UTC),
        timezone=result.timezone or "",
        date_rule=result.rule_id,
        day=result.local.toordinal(),
    )
