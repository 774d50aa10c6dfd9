"""Ways to find the 100 nearest of many vectors: time, recall and size.

Vectors are made like a model's: they share a direction (two random ones have a cosine
of 0.5 to 0.6), lie in uneven clusters, and spread over the axes by a power law. Queries
are half pictures of the same kind, half texts, which lie apart from all pictures, as
CLIP's and SigLIP's do. Recall is against the exact float32 product. Each time is of one
query with the files in the system's cache; PostgreSQL's includes the connection's.

Run: python -m benchmarks.semantic_search [--rows 10000 100000 1000000] [--postgres N]
"""

import argparse
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from librephotos.ml.semantic_search.index import VectorIndex
from librephotos.ml.semantic_search.index_files import ID, fixed
from librephotos.ml.semantic_search.index_writer import writing

DIMENSIONS = 768
TOP = 100
QUERIES = 100
CANDIDATES = 4000
BLOCK = 8192

Search = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Library:
    """Vectors (n, 768), queries, and for each query the exact first hundred."""

    vectors: np.ndarray
    queries: np.ndarray
    nearest: np.ndarray


def library(rows: int) -> Library:
    """Return a library from a fixed seed."""
    chance = np.random.default_rng(5)
    spread = np.arange(1, DIMENSIONS + 1, dtype=np.float32) ** -0.5
    spread /= np.linalg.norm(spread)
    turn = np.linalg.qr(chance.standard_normal((DIMENSIONS, DIMENSIONS)))[0]
    turn = turn.astype(np.float32)
    common, apart = (_unit(row) for row in chance.standard_normal((2, DIMENSIONS)))
    clusters = 2000
    centres = chance.standard_normal((clusters, DIMENSIONS), np.float32) * spread
    shares = chance.dirichlet(np.full(clusters, 0.5))

    def scattered(count: int) -> np.ndarray:
        noise = chance.standard_normal((count, DIMENSIONS), np.float32) * spread
        return (centres[chance.choice(clusters, count, p=shares)] + 0.8 * noise) @ turn

    vectors = np.empty((rows, DIMENSIONS), np.float32)
    for at in range(0, rows, BLOCK):
        part = vectors[at : at + BLOCK]
        part[:] = _unit(0.7 * scattered(len(part)) + common)
    pictures = vectors[chance.choice(rows, QUERIES // 2)]
    texts = _unit(0.5 * scattered(QUERIES // 2) - 0.5 * common + apart)
    queries = np.concatenate([pictures, texts]).astype(np.float32)
    return Library(vectors, queries, np.array([_top(vectors @ q) for q in queries]))


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def _top(scores: np.ndarray, count: int = TOP) -> np.ndarray:
    count = min(count, len(scores))
    best = np.argpartition(scores, -count)[-count:]
    return best[np.argsort(-scores[best])]


def exact(vectors: np.ndarray) -> Search:
    """The float32 matrix in memory, one product."""
    return lambda query: _top(vectors @ query)


def halves(vectors: np.ndarray) -> Search:
    """A float16 matrix, block by block."""
    small = vectors.astype(np.float16)

    def search(query: np.ndarray) -> np.ndarray:
        starts = range(0, len(small), BLOCK)
        blocks = [small[at : at + BLOCK].astype(np.float32) @ query for at in starts]
        return _top(np.concatenate(blocks))

    return search


def _again(vectors: np.ndarray, query: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    return chosen[_top(vectors[chosen].astype(np.float32) @ query)]


def signs(vectors: np.ndarray) -> Search:
    """One bit a dimension for rows and query, then the exact product."""
    small, centre = fixed(vectors), vectors[:20_000].mean(axis=0)
    words = np.concatenate(
        [
            np.packbits(vectors[at : at + BLOCK] > centre, axis=1).view(np.uint64)
            for at in range(0, len(vectors), BLOCK)
        ]
    ).T.copy()

    def search(query: np.ndarray) -> np.ndarray:
        bits = np.packbits(query > 0).view(np.uint64)[:, None]
        apart = np.concatenate(
            [
                np.bitwise_count(words[:, at : at + BLOCK] ^ bits).sum(0, np.int16)
                for at in range(0, words.shape[1], BLOCK)
            ]
        )
        return _again(small, query, _top(-apart, min(CANDIDATES, len(apart))))

    return search


def principal(vectors: np.ndarray) -> Search:
    """The 128 principal components in float32, then the exact product."""
    small, sample = fixed(vectors), vectors[:20_000]
    centre = sample.mean(axis=0)
    axes = np.linalg.eigh(np.cov((sample - centre).T))[1][:, :-129:-1]
    axes = axes.astype(np.float32)
    short = np.concatenate(
        [
            (vectors[at : at + BLOCK] - centre) @ axes
            for at in range(0, len(vectors), BLOCK)
        ]
    )

    def search(query: np.ndarray) -> np.ndarray:
        scores = short @ (query @ axes)
        return _again(small, query, _top(scores, min(CANDIDATES, len(scores))))

    return search


def lists(vectors: np.ndarray) -> Search:
    """Inverted lists: about √n clusters by k-means, of which a sixteenth is read."""
    count = int(len(vectors) ** 0.5)
    centres = vectors[:: len(vectors) // count][:count].copy()
    sample = vectors[:: max(1, len(vectors) // (40 * count))]
    for _ in range(6):
        nearest = _nearest(sample, centres)
        for number in range(count):
            if (members := sample[nearest == number]).size:
                centres[number] = _unit(members.mean(axis=0))
    nearest = _nearest(vectors, centres)
    order = np.argsort(nearest, kind="stable")
    ends = np.searchsorted(nearest[order], np.arange(count + 1))
    small = fixed(vectors[order])

    def search(query: np.ndarray) -> np.ndarray:
        read = np.argsort(-(centres @ query))[: max(1, count // 16)]
        spans = [np.arange(ends[number], ends[number + 1]) for number in read]
        scores = [
            small[s[0] : s[-1] + 1].astype(np.float32) @ query for s in spans if s.size
        ]
        chosen = np.concatenate(spans)
        return order[chosen[_top(np.concatenate(scores), min(TOP, len(chosen)))]]

    return search


def _nearest(vectors: np.ndarray, centres: np.ndarray) -> np.ndarray:
    starts = range(0, len(vectors), BLOCK)
    return np.concatenate(
        [(vectors[at : at + BLOCK] @ centres.T).argmax(axis=1) for at in starts]
    )


METHODS: dict[str, tuple[Callable[[np.ndarray], Search], Callable[[int], int]]] = {
    "exact, float32": (exact, lambda n: n * DIMENSIONS * 4),
    "exact, float16": (halves, lambda n: n * DIMENSIONS * 2),
    "1-bit rows and query + again": (signs, lambda n: n * DIMENSIONS // 8),
    "128 components + again": (principal, lambda n: n * 128 * 4),
    "inverted lists, 1/16 read": (lists, lambda n: n * DIMENSIONS * 2 // 16),
}


def ids_of(rows: int) -> np.ndarray:
    """Return ids whose last four bytes tell the row and that look random before."""
    data = np.random.default_rng(3).integers(0, 256, (rows, 16), np.uint8)
    data[:, 2:6] = np.arange(rows, dtype=">u4").view(np.uint8).reshape(-1, 4)
    return np.ascontiguousarray(data).view(ID).ravel()


def row_of(found: uuid.UUID) -> int:
    """Return the row that an id of ids_of stands for."""
    return int.from_bytes(found.bytes[2:6], "big")


def measure(
    name: str, search: Search, found: Library, *, built_s: float, hot: int
) -> None:
    """Print one row of the table."""
    for query in found.queries[::10]:
        search(query)
    times, right, cpu = [], [], time.process_time()
    for query, nearest in zip(found.queries, found.nearest, strict=True):
        start = time.perf_counter()
        got = search(query)
        times.append((time.perf_counter() - start) * 1000)
        right.append(len(set(got.tolist()) & set(nearest.tolist())) / len(nearest))
    cpu_ms = (time.process_time() - cpu) * 1000 / len(times)
    pictures, texts = np.mean(right[: QUERIES // 2]), np.mean(right[QUERIES // 2 :])
    print(
        f"| {len(found.vectors):,} | {name} | {np.median(times):.1f} "
        f"| {np.percentile(times, 95):.1f} | {cpu_ms:.1f} "
        f"| {pictures:.3f} / {texts:.3f} "
        f"| {built_s:.0f} | {hot / 2**20:.0f} |",
        flush=True,
    )


def run_ours(found: Library, folder: Path) -> None:
    """Measure the index as the application uses it, with and without filters."""
    rows = len(found.vectors)
    ids = ids_of(rows)
    index = VectorIndex.create(folder / str(rows), dimensions=DIMENSIONS)
    start = time.perf_counter()
    with writing(index) as writer:
        for at in range(0, rows, 50_000):
            writer.put(ids[at : at + 50_000], found.vectors[at : at + 50_000])
    built_s = time.perf_counter() - start

    def search(query: np.ndarray, **options: object) -> np.ndarray:
        return np.array([row_of(i) for i in index.search(query, **options).ids])

    coded = index.snapshot().state.coded
    hot = coded * (DIMENSIONS // 8 + 4) + (rows - coded) * DIMENSIONS * 2
    measure("**the index**", search, found, built_s=built_s, hot=hot)
    for share in (0.01, 0.3):
        mine = np.random.default_rng(9).random(rows) < share
        nearest = np.array(
            [
                np.flatnonzero(mine)[
                    _top(found.vectors[mine] @ query, min(TOP, mine.sum()))
                ]
                for query in found.queries
            ]
        )
        allowed = ids[mine]
        measure(
            f"the index, a filter leaves {share:.0%}",
            lambda query: search(query, allowed=allowed),
            Library(found.vectors, found.queries, nearest),
            built_s=0,
            hot=hot,
        )
    start = time.perf_counter()
    page = index.search(found.queries[0], start=10_000, size=100)
    spent = (time.perf_counter() - start) * 1000
    expected = _top(found.vectors @ found.queries[0], min(rows, 10_100))[10_000:]
    same = len({row_of(i) for i in page.ids} & set(expected.tolist()))
    print(f"\nRows 10,000 to 10,100: {spent:.0f} ms, {same} of {len(expected)} right\n")


def run_postgres(found: Library, folder: Path) -> None:
    """Measure pgvector, and an owner who has a hundredth of the rows."""
    import psycopg

    from librephotos.server.postgres import Postgres

    folder.chmod(0o711)  # PostgreSQL refuses to be root and becomes another user then
    server = Postgres(folder / "postgres", folder / "postgres")
    server.start()
    place = f"host={folder / 'postgres'} user=postgres dbname=postgres"
    try:
        with psycopg.connect(place, autocommit=True) as connection:
            _measure_postgres(found, connection)
    finally:
        server.stop()


def _measure_postgres(found: Library, connection: Any) -> None:
    rows = len(found.vectors)
    owners = np.random.default_rng(9).random(rows) < 0.01
    connection.execute("CREATE EXTENSION vector")
    connection.execute(
        f"CREATE TABLE photo (row int, mine bool, embedding halfvec({DIMENSIONS}))"
    )
    with connection.cursor().copy("COPY photo FROM STDIN") as copy:
        for row, vector in enumerate(found.vectors):
            copy.write_row((row, bool(owners[row]), _text(vector)))
    connection.execute("SET max_parallel_workers_per_gather = 2")
    mine = np.flatnonzero(owners)
    own = [mine[_top(found.vectors[mine] @ query)] for query in found.queries]
    owned = Library(found.vectors, found.queries, np.array(own))
    options = [("everything", found, "true"), ("an owner's 1%", owned, "mine")]
    for name, wanted, condition in options:
        search = _postgres_search(connection, condition)
        measure(f"pgvector exact, {name}", search, wanted, built_s=0, hot=0)
    start = time.perf_counter()
    connection.execute("SET maintenance_work_mem = '2GB'")
    connection.execute("CREATE INDEX ON photo USING hnsw (embedding halfvec_ip_ops)")
    built_s = time.perf_counter() - start
    connection.execute("SET enable_seqscan = off")
    connection.execute("SET hnsw.iterative_scan = strict_order")
    for breadth in (100, 400):
        connection.execute(f"SET hnsw.ef_search = {breadth}")
        for name, wanted, condition in options:
            search = _postgres_search(connection, condition)
            name = f"pgvector HNSW, ef {breadth}, {name}"
            measure(name, search, wanted, built_s=built_s, hot=0)


def _text(vector: np.ndarray) -> str:
    return "[" + ",".join(f"{number:.5f}" for number in vector) + "]"


def _postgres_search(connection: Any, condition: str) -> Search:
    def search(query: np.ndarray) -> np.ndarray:
        found = connection.execute(
            f"SELECT row FROM photo WHERE {condition} "
            f"ORDER BY embedding <#> '{_text(query)}' LIMIT {TOP}"
        )
        return np.array([row for (row,) in found])

    return search


def main() -> None:
    """Print a table: rows, method, median and p95 ms, recall, seconds, MiB read."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--only-ours", action="store_true")
    parser.add_argument("--postgres", type=int, metavar="ROWS", help="up to so many")
    options = parser.parse_args()
    print(
        "| rows | method | median ms | p95 ms | processor ms "
        "| recall of pictures / texts | built in s | MiB read |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for rows in options.rows:
            found = library(rows)
            for name, (build, hot) in METHODS.items():
                if options.only_ours:
                    break
                start = time.perf_counter()
                search = build(found.vectors)
                built_s = time.perf_counter() - start
                measure(name, search, found, built_s=built_s, hot=hot(rows))
                del search
            run_ours(found, Path(folder))
            if rows <= (options.postgres or 0):
                with tempfile.TemporaryDirectory() as place:
                    run_postgres(found, Path(place))


if __name__ == "__main__":
    main()
