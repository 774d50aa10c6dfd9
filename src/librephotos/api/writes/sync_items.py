"""Comparing what clients mirror with what they were told of before."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from librephotos.api.queries.sync.cursors import HORIZON

# The highest version stays, however old: numbers that clients know are not given anew.
_REFRESH = (
    """
WITH present AS (
    SELECT * FROM unnest(%(keys)s::bigint[], %(digests)s::uuid[]) AS item (key, digest)
), known AS (
    SELECT coalesce(max(version), 0) AS version FROM api_syncitem
    WHERE user_id = %(user)s AND kind = %(kind)s
), changed AS (
    SELECT present.key, present.digest FROM present
    LEFT JOIN api_syncitem AS item
        ON item.user_id = %(user)s AND item.kind = %(kind)s AND item.key = present.key
    WHERE item.digest IS DISTINCT FROM present.digest OR item.withdrawn_at IS NOT NULL
)
INSERT INTO api_syncitem (user_id, kind, key, digest, version, changed_at)
SELECT %(user)s, %(kind)s, changed.key, changed.digest,
    known.version + row_number() OVER (ORDER BY changed.key), clock_timestamp()
FROM changed, known
ON CONFLICT (user_id, kind, key) DO UPDATE SET digest = excluded.digest,
    version = excluded.version, changed_at = excluded.changed_at, withdrawn_at = NULL
""",
    """
WITH known AS (
    SELECT coalesce(max(version), 0) AS version FROM api_syncitem
    WHERE user_id = %(user)s AND kind = %(kind)s
), gone AS (
    SELECT id, row_number() OVER (ORDER BY key) AS number FROM api_syncitem
    WHERE user_id = %(user)s AND kind = %(kind)s AND withdrawn_at IS NULL
        AND key <> ALL(%(keys)s::bigint[])
)
UPDATE api_syncitem AS item
SET version = known.version + gone.number, withdrawn_at = clock_timestamp()
FROM gone, known WHERE item.id = gone.id
""",
    """
DELETE FROM api_syncitem WHERE user_id = %(user)s AND kind = %(kind)s
    AND withdrawn_at < %(forgotten)s AND version < (
        SELECT max(version) FROM api_syncitem
        WHERE user_id = %(user)s AND kind = %(kind)s
    )
""",
)


def refresh(user: int, kind: str, digests: dict[int, UUID]) -> None:
    """Number what is new or another, and mark what is gone.

    To be called in a transaction, by who has `lock_sync_items`.
    """
    parameters: dict[str, Any] = {
        "user": user,
        "kind": kind,
        "forgotten": timezone.now() - HORIZON,
        "keys": list(digests),
        "digests": list(digests.values()),
    }
    with connection.cursor() as cursor:
        for statement in _REFRESH:
            cursor.execute(statement, parameters)


_FORGET = """
DELETE FROM api_photoremoval WHERE id IN (
    SELECT id FROM api_photoremoval WHERE removed_at < %s
    ORDER BY id LIMIT 10000 FOR UPDATE SKIP LOCKED
)
"""


def forget_old_removals() -> None:
    """Drop removals of which no cursor asks any more."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [timezone.now() - HORIZON])
