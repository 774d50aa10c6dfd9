"""Having photos pass stages again: the one place that sets a state back to pending.

Whoever does so says why. The reason tells which states are concerned, and whether what
they told is forgotten; no job has the photos then, until one takes them up.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import Enum, unique
from typing import Any
from uuid import UUID

from django.db import connection

_ANY = "true"
_SETTLED = "state <> 'pending'"
_PROBLEM = "(state = 'failed' OR state = 'done' AND error <> '')"


@dataclass(frozen=True)
class _Rule:
    """Which states a reason concerns, as SQL, and whether their `error` is emptied.

    Where it is kept, a photo that waits for the next scan tells why.
    """

    name: str
    concerns: str
    forgets: bool


@unique
class Reason(Enum):
    """Why photos are to pass a stage again.

    What concerns pending photos too has a worker that is at one of them with what was
    there before record nothing.
    """

    SETTINGS = _Rule("what its owner wants of the stage is another", _SETTLED, False)
    REPLACED = _Rule(
        "what the stage had stored is void or known no more", _SETTLED, False
    )
    VERSION = _Rule("the software makes something else of it", _SETTLED, True)
    INPUT = _Rule("what the stage reads has changed", _ANY, True)
    FILES_READ = _Rule("its files were read again", "state = 'failed'", True)
    PROBLEMS = _Rule("its owner has all tried again that failed", _PROBLEM, True)
    ASKED_FOR = _Rule(
        "somebody looks at it and waits",
        f"({_PROBLEM} OR state = 'skipped' OR state = 'pending' AND error <> '')",
        True,
    )
    LOST = _Rule("what the stage had stored is gone", "state = 'done'", False)
    PUT_OFF = _Rule("the next scan is to try it", _ANY, False)


@dataclass(frozen=True)
class OfOwner:
    """All photos of a user."""

    user: int


@dataclass(frozen=True)
class Everybody:
    """All photos there are."""


EVERYBODY = Everybody()

_INVALIDATE = """
WITH outdated AS (
    SELECT id FROM api_photostage
    WHERE {scope} AND {concerns}
        AND (stage = ANY(%(stages)s) OR split_part(stage, ':', 1) = ANY(%(stages)s))
        AND stage <> %(but)s
        AND (%(older_than)s::bigint IS NULL OR version < %(older_than)s)
    ORDER BY photo_id, stage FOR UPDATE
)
UPDATE api_photostage AS photo_stage SET state = 'pending', job_id = NULL{forgetting}
FROM outdated WHERE photo_stage.id = outdated.id
"""


def invalidate(
    stages: Collection[str],
    *,
    of: Iterable[UUID] | OfOwner | Everybody,
    reason: Reason,
    but: str = "",
    older_than: int | None = None,
) -> None:
    """Have photos pass stages again; the next job of these takes them up.

    A stage is meant by its key, or by its name with whatever model. Left alone are what
    the reason does not concern, the key `but`, and what was passed in a version that
    is not `older_than` this one. Rows are locked by photo and stage, as everywhere.
    """
    scope, values = _scope(of)
    if not stages or values.get("photos") == []:
        return
    statement = _INVALIDATE.format(
        scope=scope,
        concerns=reason.value.concerns,
        forgetting=", error = ''" if reason.value.forgets else "",
    )
    values |= {"stages": list(stages), "but": but, "older_than": older_than}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _scope(of: Iterable[UUID] | OfOwner | Everybody) -> tuple[str, dict[str, Any]]:
    if isinstance(of, Everybody):
        return "true", {}
    if isinstance(of, OfOwner):
        owned = "photo_id IN (SELECT id FROM api_photo WHERE owner_id = %(owner)s)"
        return owned, {"owner": of.user}
    return "photo_id = ANY(%(photos)s)", {"photos": list(of)}
