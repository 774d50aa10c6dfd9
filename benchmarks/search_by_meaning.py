"""Search by meaning from request to answer: time, and recall against exact search.

Two users share a PostgreSQL of its own: one with 99 % of the vectors, one with 1 %.
Vectors are those of `semantic_search`, put in by COPY under photos of `_rows`; the
texts of the searches have their vectors already, so no model takes part. Requests pass
through Django's test client and ask for a hundred photos. Recall is against the float32
product over the same user's visible photos that meet the filter.

Run: script/bench search_by_meaning [--rows 10000 100000 1000000] [--repeats 40]
"""

from __future__ import annotations

import argparse
import gc
import struct
import time
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks._temporary_server import temporary_server
from benchmarks.api import Times, client_of, timed
from benchmarks.semantic_search import DIMENSIONS, Library, library

if TYPE_CHECKING:
    from librephotos.api.models import User

MODEL = "clip-vit-base-patch32"
WORD = "zyzzyva"
"""Begins the searches; it occurs in no text, so that only the meaning can match."""

SMALL_SHARE = 100
TEXTS = 40
COMPARED = 20
PAGE = 100
AIM_MS = 50.0
_BLOCK = 8192
console = Console()

Condition = Callable[[np.ndarray], np.ndarray]


class Owner:
    """A user with photos and vectors, and what exact search needs to know of them."""

    def __init__(self, user: User, vectors: np.ndarray) -> None:
        from librephotos.api.models import Photo

        self.user = user
        self.vectors = vectors
        rows = Photo.objects.owned_by(user).order_by("id")
        facts = list(rows.values_list("id", "visible", "day"))
        self.photos = [row[0] for row in facts]
        self.visible = np.array([row[1] for row in facts])
        self.days = np.array([row[2] for row in facts])

    def nearest(self, query: np.ndarray, condition: Condition) -> set[str]:
        """Return the ids of the first page of an exact search."""
        scores = self.vectors @ query
        scores[~(self.visible & condition(self.days))] = -np.inf
        best = np.argpartition(scores, -PAGE)[-PAGE:]
        return {str(self.photos[at]) for at in best if scores[at] > -np.inf}


def copy_vectors(owner: Owner) -> None:
    """Put the vectors of a library into the database."""
    from django.db import connection

    row = np.dtype(
        [
            ("fields", ">i2"),
            ("photo_size", ">i4"),
            ("photo", "V16"),
            ("owner_size", ">i4"),
            ("owner", ">i8"),
            ("model_size", ">i4"),
            ("model", f"S{len(MODEL)}"),
            ("vector_size", ">i4"),
            ("dimensions", ">i2"),
            ("reserved", ">i2"),
            ("vector", ">f2", (DIMENSIONS,)),
        ]
    )
    columns = "(photo_id, owner_id, model, vector)"
    copy = f"COPY api_photoembedding {columns} FROM STDIN (FORMAT binary)"
    with connection.cursor() as cursor, cursor.copy(copy) as stream:
        stream.write(b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0))
        for start in range(0, len(owner.photos), _BLOCK):
            photos = owner.photos[start : start + _BLOCK]
            rows = np.zeros(len(photos), row)
            rows["fields"] = 4
            rows["photo_size"], rows["owner_size"] = 16, 8
            rows["model_size"], rows["vector_size"] = len(MODEL), 4 + 2 * DIMENSIONS
            joined = b"".join(photo.bytes for photo in photos)
            rows["photo"] = np.frombuffer(joined, "V16")
            rows["owner"], rows["model"] = owner.user.pk, MODEL.encode()
            rows["dimensions"] = DIMENSIONS
            rows["vector"] = owner.vectors[start : start + _BLOCK]
            stream.write(rows.tobytes())
        stream.write(struct.pack(">h", -1))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE api_photoembedding")


def owners(rows: int, vectors: np.ndarray) -> list[Owner]:
    """Fill two libraries and return them, the one with 1 % first.

    In this order, since to fill a library makes the indexes of all photos anew.
    """
    from benchmarks._rows import Library as Rows
    from benchmarks._rows import fill
    from librephotos.api.models import User

    found = []
    few = rows // SMALL_SHARE
    for name, start, stop in (("few", rows - few, rows), ("many", 0, rows - few)):
        user = User.objects.create_user(f"{name} of {rows}")
        fill(user.pk, Rows(photos=stop - start))
        found.append(Owner(user, vectors[start:stop]))
        copy_vectors(found[-1])
    return found


def write_files(owner: Owner) -> float:
    """Write the file that a worker would write; return the seconds it takes."""
    from librephotos.api.pipeline.learning.vector_index import refresh_vector_files

    start = time.perf_counter()
    refresh_vector_files(owner=owner.user.pk, model=MODEL)
    return time.perf_counter() - start


def everything(days: np.ndarray) -> np.ndarray:
    """Leave nothing out."""
    return np.ones(len(days), bool)


def within(first: date, last: date) -> Condition:
    """Leave out what was not taken between two dates."""
    low, high = first.toordinal(), last.toordinal()
    return lambda days: (days >= low) & (days <= high)


CASES: list[tuple[str, str, Condition]] = [
    ("everything", "", everything),
    ("of a year", " 2019", within(date(2019, 1, 1), date(2019, 12, 31))),
    ("of a month", " july 2019", within(date(2019, 7, 1), date(2019, 7, 31))),
]


def measure(table: Table, owner: Owner, data: Library, *, repeats: int) -> None:
    """Add a row to the table for each kind of search of one user."""
    client_of(owner.user).get("/api/healthz")
    gc.freeze()  # as the web server does once the application is loaded
    address = f"/api/photos/searchlist/?ranking=meaning&page_size={PAGE}&search={WORD}"
    for name, words, condition in CASES:
        addresses = [f"{address}{number}{words}" for number in range(TEXTS)]
        recall = _recall(owner, addresses[:COMPARED], data.queries, condition)
        _row(table, owner, name, _timed(owner, addresses, repeats), f"{recall:.3f}")
    deep = [f"{address}{number}&page=50" for number in range(TEXTS)]
    _row(table, owner, "page 50", _timed(owner, deep, repeats))
    details = [f"/api/photos/{photo}/" for photo in owner.photos[:: PAGE - 1]]
    _row(table, owner, "details", _timed(owner, details, repeats))


def _timed(owner: Owner, addresses: list[str], repeats: int) -> Times:
    # A new client for each: sign-ins last five minutes.
    return timed(client_of(owner.user), addresses, repeats=repeats)


def _recall(
    owner: Owner, addresses: list[str], queries: np.ndarray, condition: Condition
) -> float:
    """Return the share of the exact first pages that the answers hold, on average."""
    shares = []
    for number, address in enumerate(addresses):
        answer = client_of(owner.user).get(address).json()
        found = {item["id"] for item in answer["results"]}
        exact = owner.nearest(queries[_query(number)], condition)
        shares.append(len(found & exact) / max(1, len(exact)))
    return float(np.mean(shares))


def _query(number: int) -> int:
    """Return the vector of a search: pictures and texts in turn."""
    return number // 2 if number % 2 else -1 - number // 2


def _row(table: Table, owner: Owner, name: str, times: Times, recall: str = "") -> None:
    missed = name == "everything" and times.p95_ms > AIM_MS
    table.add_row(
        f"{len(owner.photos):,}",
        name,
        recall,
        f"{times.median_ms:.1f}",
        f"{times.p95_ms:.1f}{' missed' if missed else ''}",
    )


def main() -> None:
    """Fill, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[10**4, 10**5, 10**6])
    parser.add_argument("--repeats", type=int, default=TEXTS, help="requests a case")
    chosen = parser.parse_args()
    table = Table("vectors", "search", "recall", "median ms", "p95 ms")
    with temporary_server():
        from librephotos.api.models import SiteSettings, TextEmbedding

        SiteSettings.current()
        SiteSettings.objects.update(semantic_search_model=MODEL)
        for rows in chosen.rows:
            data = library(rows)
            for number in range(TEXTS):
                query = data.queries[_query(number)]
                TextEmbedding.objects.keep(f"{WORD}{number}", query, model=MODEL)
            for owner in owners(rows, data.vectors):
                seconds = write_files(owner)
                console.print(f"{len(owner.photos):,} vectors: file in {seconds:.0f} s")
                measure(table, owner, data, repeats=chosen.repeats)
            gc.unfreeze()
    console.print(table)


if __name__ == "__main__":
    main()
