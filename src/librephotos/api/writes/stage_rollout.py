"""The versions of stages that photos have passed, and what a new one asks of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import connection, transaction

from librephotos.api.models import StageVersion
from librephotos.api.writes.invalidation import EVERYBODY, Reason, invalidate

_INTRODUCE = """
INSERT INTO api_photostage (photo_id, stage, version, state, error)
SELECT id, %(stage)s, 0, 'pending', '' FROM api_photo ORDER BY id
ON CONFLICT (photo_id, stage) DO NOTHING
"""


def roll_out(
    versions: dict[str, int],
    *,
    needs: Mapping[str, Collection[str]],
    learning: Mapping[str, Collection[str]],
) -> None:
    """Mark all photos pending in stages that are new or of a new version.

    The stages come in their order; those that need one of these follow it, and so do
    those that learn, of which `learning` says what they need.

    Costs one look at a small table unless the software was updated.
    """
    with transaction.atomic():
        known = dict(StageVersion.objects.values_list("stage", "version"))
        changed: set[str] = set()
        for stage, version in versions.items():
            needs_changed = not changed.isdisjoint(needs[stage])
            if known.get(stage) == version and not needs_changed:
                continue
            if known:  # else nothing was rolled out before this
                changed.add(stage)
            invalidate(
                [stage],
                of=EVERYBODY,
                reason=Reason.VERSION,
                older_than=None if needs_changed else version,
            )
            with connection.cursor() as cursor:
                cursor.execute(_INTRODUCE, {"stage": stage})
            StageVersion.objects.update_or_create(
                stage=stage, defaults={"version": version}
            )
        for stage, needed in learning.items():
            if not changed.isdisjoint(needed):
                changed.add(stage)
        outdated = sorted(changed.intersection(learning))
        invalidate(outdated, of=EVERYBODY, reason=Reason.INPUT)
