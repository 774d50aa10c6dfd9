"""What other date rules would make of the dates of a library, without changing any."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone

from librephotos.api.models import Photo, User
from librephotos.api.pipeline.scanning.dates import (
    DatedPhoto,
    date_without_expressions,
    facts_of,
)
from librephotos.media.dates import Rule

EXAMINED = 2_000
"""So many photos at the most, spread over the library, are looked at."""

BATCH = 200
PATIENCE_S = 4.0
SAMPLES = 12

# In the order in which they were added, so that all years are among them.
_SPREAD = """
SELECT id FROM (
    SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM api_photo
    WHERE owner_id = %(owner)s AND NOT removed AND main_file_id IS NOT NULL
) AS photo
WHERE place %% %(step)s = 0 ORDER BY id LIMIT %(most)s
"""


@dataclass(frozen=True)
class Redated:
    """A photo whose date would be another; None is that it has none."""

    id: UUID
    image_hash: str
    before: datetime | None
    after: datetime | None
    rule: str
    rule_id: int | None


@dataclass
class DatePreview:
    """How many photos there are, were looked at, and would be dated anew.

    Of those that are `undecided` an expression of the user's tells, which only workers
    apply.
    """

    photos: int
    examined: int = 0
    changed: int = 0
    undecided: int = 0
    samples: list[Redated] = field(default_factory=list)


def preview_dates(
    user: User, rules: Sequence[Rule], *, user_timezone: str
) -> DatePreview:
    """Return what these rules would change; looks at some seconds' worth of photos.

    Photos whose date a person has entered keep it, if the rules say so.
    """
    own = Photo.objects.owned_by(user).filter(removed=False, main_file__isnull=False)
    preview = DatePreview(photos=own.count())
    deadline = time.monotonic() + PATIENCE_S
    names = {rule.id: rule.name for rule in rules}
    for batch in _batches(user, preview.photos):
        for photo in batch:
            _look(preview, photo, tuple(rules), user_timezone, names)
        if time.monotonic() > deadline:
            break
    return preview


def _batches(user: User, photos: int) -> Iterator[list[Photo]]:
    with connection.cursor() as cursor:
        step = -(-photos // EXAMINED) or 1
        asked = {"owner": user.pk, "step": step, "most": EXAMINED}
        cursor.execute(_SPREAD, asked)
        ids = [row[0] for row in cursor.fetchall()]
    for start in range(0, len(ids), BATCH):
        wanted = Photo.objects.filter(id__in=ids[start : start + BATCH])
        yield list(wanted.select_related("main_file", "metadata"))


def _look(
    preview: DatePreview,
    photo: Photo,
    rules: tuple[Rule, ...],
    user_timezone: str,
    names: dict[int, str],
) -> None:
    preview.examined += 1
    dating = date_without_expressions(
        DatedPhoto(facts_of(photo), rules, user_timezone, timezone.now())
    )
    if dating is None:
        preview.undecided += 1
        return
    result = dating.result
    before = photo.taken_at and photo.taken_at.replace(tzinfo=None)
    after = result.local if result else None
    if before == after:
        return
    preview.changed += 1
    if len(preview.samples) < SAMPLES:
        rule_id = result.rule_id if result else None
        rule = names.get(rule_id, "") if rule_id is not None else ""
        preview.samples.append(
            Redated(photo.pk, photo.image_hash, before, after, rule, rule_id)
        )
