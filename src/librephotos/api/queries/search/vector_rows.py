"""The vectors of a library as arrays, in the order in which they were written.

They come in the binary form that PostgreSQL sends, a page as one string of bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from librephotos.api.models import PhotoEmbedding
from librephotos.api.storage.vector_folders import Space
from librephotos.ml.semantic_search.index_files import ID

PAGE = 8192
"""Vectors at a time: 12 MiB of 768 numbers each."""

# The dimension and a reserved field come first, two bytes each.
_PAGE = """
SELECT max(id), string_agg(uuid_send(photo_id), ''::bytea ORDER BY id),
    string_agg(substring(halfvec_send(vector) FROM 5), ''::bytea ORDER BY id)
FROM (
    SELECT id, photo_id, vector FROM api_photoembedding
    WHERE owner_id = %(owner)s AND model = %(model)s AND id > %(after)s
    ORDER BY id LIMIT %(limit)s
) AS page
"""

_PHOTOS = """
SELECT coalesce(string_agg(uuid_send(photo_id), ''::bytea), '')
FROM api_photoembedding WHERE owner_id = %(owner)s AND model = %(model)s
"""


@dataclass(frozen=True)
class Page:
    """Rows up to `last_id`: the 16 bytes of each photo's id, and (n, d) vectors."""

    last_id: int
    photos: NDArray[np.bytes_]
    vectors: NDArray[np.float32]


def pages(space: Space, *, after: int) -> Iterator[Page]:
    """Yield the rows with ids beyond `after` in their order."""
    while (page := _page(space, after)) is not None:
        yield page
        after = page.last_id


def _page(space: Space, after: int) -> Page | None:
    arguments = _arguments(space) | {"after": after, "limit": PAGE}
    with connection.cursor() as cursor:
        cursor.execute(_PAGE, arguments)
        last, photos, vectors = cursor.fetchone()
    if last is None:
        return None
    ids = np.frombuffer(photos, ID)
    rows = np.frombuffer(vectors, ">f2").astype(np.float32)
    return Page(last, ids, rows.reshape(len(ids), -1))


def photos(space: Space) -> NDArray[np.bytes_]:
    """Return the 16 bytes of the id of every photo that has a vector."""
    with connection.cursor() as cursor:
        cursor.execute(_PHOTOS, _arguments(space))
        return np.frombuffer(cursor.fetchone()[0], ID)


def count(space: Space, *, until: int | None = None) -> int:
    """Return how many rows there are, or how many with ids up to `until`."""
    rows = PhotoEmbedding.objects.filter(owner=space.owner, model=space.model)
    return (rows if until is None else rows.filter(id__lte=until)).count()


def _arguments(space: Space) -> dict[str, Any]:
    return {"owner": space.owner, "model": space.model}
