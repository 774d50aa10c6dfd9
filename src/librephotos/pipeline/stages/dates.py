"""The stage that finds when a photo was taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from librephotos.api.models import Photo
from librephotos.api.models.fields import readable_path
from librephotos.api.queries import search_document
from librephotos.media.dates import (
    DEFAULT_RULES,
    DateFacts,
    DateResult,
    InvalidRules,
    Rule,
    local_time,
    parse_rules,
)
from librephotos.pipeline.originals import NO_FILE
from librephotos.pipeline.stage import Runs, Skip


@dataclass(frozen=True)
class DatedPhoto:
    """What the rules of an owner are applied to."""

    facts: DateFacts
    rules: tuple[Rule, ...]
    user_timezone: str
    now: datetime


def date_of(photo: DatedPhoto) -> DateResult | None:
    """Return the date by the first rule that yields one."""
    return local_time(
        photo.facts, photo.rules, user_timezone=photo.user_timezone, now=photo.now
    )


class DatesStage:
    """Sets the photo's local time and day, and composes its search text."""

    name = "dates"
    version = 1
    needs: tuple[str, ...] = ("metadata", "geocode")
    runs = Runs.WORKER
    compute = staticmethod(date_of)

    def load(self, photo_ids: Sequence[UUID]) -> dict[UUID, Any]:
        now = timezone.now()
        rules: dict[str, tuple[Rule, ...]] = {}
        inputs: dict[UUID, Any] = {}
        rows = Photo.objects.filter(id__in=photo_ids).select_related(
            "owner", "main_file", "metadata"
        )
        for photo in rows:
            text = photo.owner.datetime_rules
            if text not in rules:
                rules[text] = _rules(text)
            inputs[photo.id] = (
                DatedPhoto(
                    _facts(photo), rules[text], photo.owner.default_timezone, now
                )
                if photo.main_file
                else NO_FILE
            )
        return inputs

    def save(self, results: dict[UUID, DateResult | None]) -> None:
        locked = Photo.objects.select_for_update(of=("self",)).filter(pk__in=results)
        edited = dict(locked.order_by("pk").values_list("pk", "user_taken_at"))
        # A person may have set a date since the photos were loaded; that one stands.
        again = [photo_id for photo_id in results if edited.get(photo_id) is not None]
        results = results | {
            photo_id: self.compute(photo)
            for photo_id, photo in self.load(again).items()
            if not isinstance(photo, Skip)
        }
        Photo.objects.bulk_update(
            [_dated(photo_id, result) for photo_id, result in results.items()],
            ["taken_at", "timezone", "date_rule", "day", "last_modified"],
        )
        search_document.refresh(results)


def _rules(text: str) -> tuple[Rule, ...]:
    try:
        return parse_rules(text)
    except InvalidRules:
        # The API refuses such rules; rows from elsewhere fall back on the defaults.
        return DEFAULT_RULES


def _facts(photo: Photo) -> DateFacts:
    assert photo.main_file
    metadata = getattr(photo, "metadata", None)
    return DateFacts(
        path=readable_path(photo.main_file.path),
        tags=metadata.dates if metadata else {},
        mtime_s=photo.main_file.mtime_ns / 1e9,
        ctime_s=photo.main_file.ctime_ns / 1e9,
        gps_timezone=(metadata.gps_timezone or None) if metadata else None,
        user_date=photo.user_taken_at and photo.user_taken_at.replace(tzinfo=None),
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
