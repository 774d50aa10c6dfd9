"""Faces with their encodings as arrays, and what was worked out from them.

A row per face would cost more than the work on it: each column comes as one string of
bytes, in the binary form that PostgreSQL sends (big-endian).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
from django.db import connection

from librephotos.api.models import FaceRejection, PeopleEdit
from librephotos.api.models.people.face import ENCODING_DIMENSIONS

Ids = npt.NDArray[np.int64]

Encodings = npt.NDArray[np.float16]

AT_ONCE = 50_000
"""Faces per query: 13 MB of encodings."""


@dataclass(frozen=True)
class FaceTable:
    """Faces of an owner by id, as columns of one length.

    `photos` holds the 16 bytes of each photo's id, `people` the person of a confirmed
    face or the group of another, 0 for none. `encodings` is (N, 128).
    """

    ids: Ids
    photos: npt.NDArray[np.bytes_]
    people: Ids
    qualities: npt.NDArray[np.float64]
    encodings: Encodings


def photo_numbers(*tables: FaceTable) -> list[Ids]:
    """Return numbers in place of the photos' ids, the same in all tables."""
    photos = [table.photos for table in tables]
    _, numbers = np.unique(np.concatenate(photos), return_inverse=True)
    return np.split(
        numbers.astype(np.int64), np.cumsum([len(part) for part in photos])[:-1]
    )


_PAGE = """
SELECT max(id),
    string_agg(int8send(id), ''::bytea ORDER BY id),
    string_agg(uuid_send(photo_id), ''::bytea ORDER BY id),
    string_agg(int8send(person), ''::bytea ORDER BY id),
    string_agg(float8send(quality), ''::bytea ORDER BY id),
    -- the dimension and a reserved field come first, two bytes each
    string_agg(substring(halfvec_send(encoding) FROM 5), ''::bytea ORDER BY id)
FROM (
    SELECT id, photo_id, coalesce(person_id, cluster_id, 0) AS person, quality, encoding
    FROM api_face
    WHERE owner_id = %(owner)s AND dismissed = '' AND encoding IS NOT NULL
        AND (person_id IS NOT NULL) = %(confirmed)s AND id > %(after)s
        AND (%(photos)s::uuid[] IS NULL OR photo_id = ANY(%(photos)s))
    ORDER BY id LIMIT %(limit)s
) AS page
"""


def confirmed_faces(owner: int) -> FaceTable:
    """Return the faces that a person or a file named."""
    return _table(owner, confirmed=True, photos=None)


def unknown_faces(owner: int, *, photos: Sequence[UUID] | None = None) -> FaceTable:
    """Return the faces that nobody named, on all photos or on some."""
    return _table(owner, confirmed=False, photos=photos)


def _table(owner: int, *, confirmed: bool, photos: Sequence[UUID] | None) -> FaceTable:
    columns: list[list[bytes]] = [[], [], [], [], []]
    after: int | None = 0
    while after is not None:
        with connection.cursor() as cursor:
            cursor.execute(
                _PAGE,
                {
                    "owner": owner,
                    "confirmed": confirmed,
                    "photos": None if photos is None else list(photos),
                    "after": after,
                    "limit": AT_ONCE,
                },
            )
            after, *page = cursor.fetchone()
        for column, part in zip(columns, page, strict=True):
            column.append(bytes(part or b""))
    ids, names, people, qualities, encodings = map(b"".join, columns)
    return FaceTable(
        ids=np.frombuffer(ids, ">i8").astype(np.int64),
        photos=np.frombuffer(names, "S16"),
        people=np.frombuffer(people, ">i8").astype(np.int64),
        qualities=np.frombuffer(qualities, ">f8").astype(np.float64),
        encodings=np.frombuffer(encodings, ">f2")
        .astype(np.float16)
        .reshape(-1, ENCODING_DIMENSIONS),
    )


def rejections(owner: int) -> list[tuple[int, int]]:
    """Return what an owner denied: pairs of a face and a person or group."""
    rows = FaceRejection.objects.filter(face__owner=owner)
    return list(rows.order_by("face", "person").values_list("face", "person"))


def last_edit(owner: int) -> tuple[Any, Any]:
    """Return a value that differs once the owner has said more of faces or people."""
    edits = PeopleEdit.objects.filter(owner=owner)
    undone = edits.exclude(undone_at=None).order_by("-undone_at")
    return (
        edits.values_list("pk", flat=True).first(),
        undone.values_list("undone_at", flat=True).first(),
    )


_AFFECTED = """
SELECT DISTINCT photo_id FROM api_face AS face
WHERE owner_id = %(owner)s AND person_id IS NULL AND dismissed = ''
    AND encoding IS NOT NULL AND (
        guess_id = ANY(%(people)s)
        OR photo_id IN (SELECT photo_id FROM api_face WHERE id = ANY(%(faces)s))
        OR EXISTS (
            SELECT FROM unnest(%(looks)s::halfvec[]) AS look
            WHERE face.encoding <-> look < %(within)s
        )
    )
"""


def photos_affected(
    owner: int,
    *,
    faces: Collection[int],
    people: Collection[int],
    looks: Encodings,
    within: float,
) -> list[UUID]:
    """Return the photos with unknown faces that changes may concern.

    Those are faces on the photos of `faces`, guessed as one of `people`, or `within`
    that distance of one of `looks` (N, 128).
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _AFFECTED,
            {
                "owner": owner,
                "faces": list(faces),
                "people": list(people),
                "looks": [_as_text(look) for look in looks],
                "within": within,
            },
        )
        return [row[0] for row in cursor.fetchall()]


def _as_text(look: Encodings) -> str:
    return f"[{','.join(map(str, look.tolist()))}]"


_ENCODINGS = """
SELECT string_agg(substring(halfvec_send(encoding) FROM 5), ''::bytea ORDER BY id)
FROM api_face WHERE id = ANY(%s) AND encoding IS NOT NULL
"""


def encodings_of(faces: Collection[int]) -> Encodings:
    """Return the encodings (N, 128) of those of the faces that have one."""
    with connection.cursor() as cursor:
        cursor.execute(_ENCODINGS, [list(faces)])
        (data,) = cursor.fetchone()
    table = np.frombuffer(bytes(data or b""), ">f2").astype(np.float16)
    return table.reshape(-1, ENCODING_DIMENSIONS)
