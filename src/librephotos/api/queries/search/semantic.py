"""Photos by the likeness of their vectors to another one.

A small library is compared as a whole in the database. A large one has files that
choose, and what they lack, the newest rows, is compared in the database. Whether a
photo may be shown, and whether it meets the filters, is asked of the database alone.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, Count, QuerySet
from django.db.models.expressions import RawSQL
from numpy.typing import NDArray
from pgvector import HalfVector
from pgvector.django import MaxInnerProduct

from librephotos.api.models import PhotoEmbedding
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.queries.operations.model_revisions import latest_key
from librephotos.api.storage.vector_folders import (
    WORTH_A_FILE,
    Space,
    VectorFile,
    open_file,
)
from librephotos.ml.semantic_search.errors import VectorIndexError
from librephotos.ml.semantic_search.index import VectorIndex, as_ids
from librephotos.ml.semantic_search.index_files import ID

log = logging.getLogger(__name__)

Vector = NDArray[np.float32]

MOST_ALLOWED = 200_000
"""So many ids of photos that a filter leaves are fetched, in a tenth of a second; a
filter that leaves more is met by enough of the best photos to be tried on these."""

MOST_BEHIND = 20_000
"""Rows that files may lack before they are left aside: half a second of comparing."""

WORTH_ADDING = 2_000
"""Rows for which a file is extended."""

_FIRST_STEP = 200
NEARLY_ALL = 0.95
"""A model takes over once it knows this share of what another one knows."""

_REMEMBERED_S = 60


class Ranked(NamedTuple):
    """A photo, and the cosine of its vector with the one searched for."""

    id: UUID
    similarity: float


# The distinct models of an owner, one look into the index for each: its order is asked
# for, so that it is taken whatever the database knows of the table.
_MODELS = """
WITH RECURSIVE known (model) AS (
    (
        SELECT model FROM api_photoembedding WHERE owner_id = %(owner)s
        ORDER BY owner_id, model, id LIMIT 1
    )
    UNION ALL
    SELECT (
        SELECT model FROM api_photoembedding
        WHERE owner_id = %(owner)s AND model > known.model
        ORDER BY owner_id, model, id LIMIT 1
    )
    FROM known WHERE known.model IS NOT NULL
)
SELECT model FROM known WHERE model IS NOT NULL
"""


def models_of(owner: int, *, wanted: str) -> list[str]:
    """Return the revisions of models that can search an owner's photos, best first.

    They are told by their keys. The latest revision of the wanted model is best once it
    knows nearly all that another one knows; until then that one goes on.
    """
    known = known_models(owner)
    if len(known) < 2:
        return known
    key = f"search-models-{owner}-{wanted}"
    found = cache.get_or_set(
        key, lambda: _by_merit(owner, latest_key(wanted)), _REMEMBERED_S
    )
    return list(found or [])


def known_models(owner: int) -> list[str]:
    """Return the models that have made a vector of any of an owner's photos."""
    with connection.cursor() as cursor:
        cursor.execute(_MODELS, {"owner": owner})
        return [row[0] for row in cursor.fetchall()]


def _by_merit(owner: int, wanted: str) -> list[str]:
    rows = PhotoEmbedding.objects.filter(owner=owner).values_list("model")
    counts = dict(rows.annotate(n=Count("*")).order_by("-n", "model"))
    if counts.get(wanted, 0) >= NEARLY_ALL * max(counts.values(), default=0):
        return [wanted, *(model for model in counts if model != wanted)]
    return list(counts)


def vector_of(photo: UUID, space: Space) -> Vector | None:
    """Return the vector of one photo, None if there is none yet."""
    row = _rows(space).filter(photo=photo).values_list("vector", flat=True).first()
    return None if row is None else np.asarray(row, np.float32)


_PACKED = "SELECT coalesce(string_agg(uuid_send(id), ''), '') FROM ({}) AS photo"


@dataclass(frozen=True)
class Wanted:
    """What is ranked: `photos` of one owner, by their likeness to `vector`.

    Those in `left_out` are not. `narrowed` says that `photos` may be few of all.
    """

    photos: PhotoQuerySet
    vector: Vector
    narrowed: bool = False
    left_out: frozenset[UUID] = frozenset()


def rank(wanted: Wanted, *, space: Space, start: int = 0, size: int) -> list[Ranked]:
    """Return `size` photos from rank `start` on, the most alike first.

    The ranking has no end but the last photo that has a vector in the space.
    """
    file = open_file(space)
    if file is not None:
        try:
            newer = _newer(space, file)
            if len(newer) <= MOST_BEHIND:
                found = _with_file(file, newer, wanted, space, end=start + size)
                return found[start : start + size]
        except (FileNotFoundError, VectorIndexError) as error:
            # A worker has just taken it away.
            log.warning("The vectors of user %s are compared: %s", space.owner, error)
    return _compared(wanted, space, end=start + size)[start:]


def needs_file(space: Space) -> bool:
    """Whether searches would gain from a worker's writing vectors to the file."""
    file = open_file(space)
    least = WORTH_ADDING if file else WORTH_A_FILE
    rows = _rows(space).filter(id__gt=file.watermark if file else 0)
    return rows.order_by("id")[least : least + 1].exists()


def needed_file(space: Space) -> bool:
    """Whether the library needed a file when that was last looked at, of late."""
    key = f"search-file-{space.owner}-{space.model}"
    found = cache.get_or_set(key, lambda: needs_file(space), _REMEMBERED_S)
    return bool(found)


def _with_file(
    file: VectorFile, newer: set[UUID], wanted: Wanted, space: Space, *, end: int
) -> list[Ranked]:
    fresh: list[Ranked] = []
    if newer:
        fresh = _compared(wanted, space, beyond=file.watermark, end=end)
    # What the file holds of a photo with a newer row is out of date.
    skipped = wanted.left_out | newer
    known = _chosen(file.index, wanted, skipped, end=end)
    return sorted([*known, *fresh], key=lambda found: -found.similarity)


def _rows(space: Space) -> QuerySet[PhotoEmbedding]:
    return PhotoEmbedding.objects.filter(owner=space.owner, model=space.model)


def _newer(space: Space, file: VectorFile) -> set[UUID]:
    """Return photos with rows that the file may lack, one more than is bearable."""
    rows = _rows(space).filter(id__gt=file.watermark).order_by("id")
    return set(rows.values_list("photo_id", flat=True)[: MOST_BEHIND + 1])


def _compared(
    wanted: Wanted, space: Space, *, beyond: int = 0, end: int
) -> list[Ranked]:
    """Compare the rows with ids above `beyond` in the database."""
    photos = wanted.photos.filter(
        embeddings__owner=space.owner,
        embeddings__model=space.model,
        embeddings__id__gt=beyond,
    )
    if wanted.left_out:
        photos = photos.filter(_sql("api_photo.id <> ALL(%s::uuid[])", wanted.left_out))
    distance = MaxInnerProduct("embeddings__vector", HalfVector(wanted.vector))
    nearest = photos.order_by(distance, "id").values_list("id", distance)
    return [Ranked(photo, -negative) for photo, negative in nearest[:end]]


def _sql(condition: str, photos: Collection[UUID]) -> RawSQL:
    return RawSQL(condition, (list(photos),), output_field=BooleanField())


def _chosen(
    index: VectorIndex, wanted: Wanted, skipped: Collection[UUID], *, end: int
) -> list[Ranked]:
    """Have the index choose among the photos of a filter, or among all."""
    if wanted.narrowed:
        allowed = _packed_ids(wanted.photos)
        if len(allowed) <= MOST_ALLOWED:
            if skipped:
                allowed = allowed[~np.isin(allowed, as_ids(skipped))]
            return _search(index, wanted.vector, size=end, allowed=allowed)
    size = max(_FIRST_STEP, end + end // 4)
    while True:
        ranked = _search(index, wanted.vector, size=size)
        found = _shown(ranked, wanted.photos, skipped)
        if len(found) >= end or len(ranked) < size:
            return found
        size *= 8


def _packed_ids(photos: PhotoQuerySet) -> NDArray[np.bytes_]:
    """Return the 16 bytes of each photo's id, one more than is bearable."""
    ids = photos.order_by().values("id")[: MOST_ALLOWED + 1]
    try:
        sql, parameters = ids.query.sql_with_params()
    except EmptyResultSet:  # of nobody whom the text may mean
        return np.empty(0, ID)
    with connection.cursor() as cursor:
        cursor.execute(_PACKED.format(sql), parameters)
        return np.frombuffer(cursor.fetchone()[0], ID)


def _search(index: VectorIndex, vector: Vector, **page: Any) -> list[Ranked]:
    ranking = index.search(vector, **page)
    pairs = zip(ranking.ids, ranking.scores.tolist(), strict=True)
    return [Ranked(id, score) for id, score in pairs]


def _shown(
    ranked: list[Ranked], photos: PhotoQuerySet, skipped: Collection[UUID]
) -> list[Ranked]:
    """Return those that are among the photos, in their order."""
    ids = [found.id for found in ranked if found.id not in skipped]
    among = photos.order_by().filter(_sql("api_photo.id = ANY(%s::uuid[])", ids))
    visible = set(among.values_list("pk", flat=True))
    return [found for found in ranked if found.id in visible]
