"""Whose faces were found to be alike, or somebody's, and what the next run needs.

What people say meanwhile is never lost: it is looked at again right before anything is
written, and the work repeated if there is more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
from django.db import connection, transaction

from librephotos.api.locks import lock_people
from librephotos.api.models import FaceGrouping, FaceRejection
from librephotos.api.queries.people.face_encodings import Ids, last_edit

TRIES: Final = 5


def until_nothing_changes(
    owner: int, prepare: Callable[[], Callable[[], None]]
) -> None:
    """Write what was worked out, unless people have said more: then work it out again.

    Gives in after some tries: what they said is never overwritten in any case.
    """
    for attempt in range(1, TRIES + 1):
        said = last_edit(owner)
        write = prepare()
        with transaction.atomic():
            lock_people(owner)
            if last_edit(owner) == said or attempt == TRIES:
                write()
                return


# Whoever was removed or denied since it was worked out is nobody.
# Faces are locked in the order of their ids, as by all who change several at once.
_STORE_GROUPS = """
WITH found AS (
    SELECT found.id, person.id AS cluster
    FROM unnest(%s::bigint[], %s::bigint[]) AS found (id, cluster)
    LEFT JOIN api_person AS person ON person.id = found.cluster AND NOT EXISTS (
        SELECT FROM api_facerejection AS denied
        WHERE denied.face_id = found.id AND denied.person_id = found.cluster
    )
), changed AS (
    SELECT face.id, found.cluster FROM api_face AS face JOIN found USING (id)
    WHERE face.person_id IS NULL AND face.cluster_id IS DISTINCT FROM found.cluster
    ORDER BY face.id FOR NO KEY UPDATE OF face
)
UPDATE api_face AS face SET cluster_id = changed.cluster
FROM changed WHERE face.id = changed.id
"""

_STORE_GUESSES = """
WITH found AS (
    SELECT found.id, person.id AS guess,
        CASE WHEN person.id IS NULL THEN 0 ELSE found.probability END AS probability
    FROM unnest(%s::bigint[], %s::bigint[], %s::float8[])
        AS found (id, guess, probability)
    LEFT JOIN api_person AS person ON person.id = found.guess AND NOT EXISTS (
        SELECT FROM api_facerejection AS denied
        WHERE denied.face_id = found.id AND denied.person_id = found.guess
    )
), changed AS (
    SELECT face.id, found.guess, found.probability
    FROM api_face AS face JOIN found USING (id)
    WHERE face.person_id IS NULL AND (
        face.guess_id IS DISTINCT FROM found.guess
        OR abs(face.guess_probability - found.probability) > 1e-6
    )
    ORDER BY face.id FOR NO KEY UPDATE OF face
)
UPDATE api_face AS face
SET guess_id = changed.guess, guess_probability = changed.probability
FROM changed WHERE face.id = changed.id
"""


def store_groups(ids: Ids, clusters: Ids) -> None:
    """Put faces that are still unknown into their groups, 0 for none."""
    with connection.cursor() as cursor:
        cursor.execute(_STORE_GROUPS, [ids.tolist(), clusters.tolist()])


def store_guesses(
    ids: Ids, people: Ids, probabilities: npt.NDArray[np.float64]
) -> None:
    """Write whose faces that are still unknown seem to be, 0 for nobody."""
    with connection.cursor() as cursor:
        cursor.execute(
            _STORE_GUESSES, [ids.tolist(), people.tolist(), probabilities.tolist()]
        )


Digests = npt.NDArray[np.uint64]


def faces_grouped(owner: int) -> Digests:
    """Return the digests of the faces that the last grouping left behind."""
    rows = FaceGrouping.objects.filter(owner=owner)
    return np.frombuffer(
        bytes(rows.values_list("digests", flat=True).first() or b""), "<u8"
    )


def remember_grouped(owner: int, digests: Digests) -> None:
    """Keep the digests of all faces that have been grouped, and no others."""
    data = digests.astype("<u8").tobytes()
    FaceGrouping.objects.update_or_create(owner_id=owner, defaults={"digests": data})


def pass_on_rejections(heirs: Mapping[int, int]) -> None:
    """Let what was denied of groups hold for those that they were merged into."""
    denied = FaceRejection.objects.filter(person__in=heirs)
    FaceRejection.objects.bulk_create(
        [
            FaceRejection(face_id=face, person_id=heirs[group])
            for face, group in denied.values_list("face", "person")
        ],
        ignore_conflicts=True,
    )
