"""The index of vectors beside FAISS and usearch: time, recall, memory, change.

The data is that of `semantic_search`. Each contender opens its files in a process of
its own, and all answer one query in turns, so that what else the machine does meets all
of them alike. Times are shares of the floor, one float32 matrix product in the same
turn: the median and, in brackets, the quartiles. Memory is what a process holds more
than before it opened the files: of its own, and mapped from them. Filters are given as
UUIDs; FAISS knows numbers only, so it is given the index's own table of rows.

Run: .venv/bin/pip install -e '.[vector-libraries]', then
     script/bench vector_libraries [--rows 100000] [--queries 100] [NAME ...]
"""

import argparse
import multiprocessing
import re
import tempfile
import time
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.semantic_search import (
    BLOCK,
    CANDIDATES,
    DIMENSIONS,
    TOP,
    _top,
    ids_of,
    library,
    row_of,
)
from librephotos.ml.semantic_search.index import Snapshot, VectorIndex
from librephotos.ml.semantic_search.index_files import Floats, Ids, State
from librephotos.ml.semantic_search.index_writer import writing

SHARES: Final = {"all": 1.0, "99 %": 0.99, "30 %": 0.3, "1 %": 0.01}
"""How much a filter leaves: none, all but the hidden, a large one, a small one."""
READ: Final = 64
"""Inverted lists of 1024."""

Rows = NDArray[np.intp]


class Floor:
    """One product with all vectors in float32, not even ranked."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, vectors: Floats) -> None:
        """Nothing: the vectors lie there."""

    extend = build

    def open(self) -> None:
        self._vectors = np.load(self._folder.parent / "vectors.npy", mmap_mode="r")

    def search(self, query: Floats, allowed: Ids | None) -> Rows:
        self._vectors @ query
        return np.empty(0, np.intp)


class Ours:
    """The index as the application uses it: UUIDs in, UUIDs out."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, vectors: Floats) -> None:
        VectorIndex.create(self._folder, dimensions=DIMENSIONS)
        ids = ids_of(len(vectors))
        for at in range(0, len(vectors), BLOCK):
            self._put(ids[at : at + BLOCK], vectors[at : at + BLOCK])

    def extend(self, vectors: Floats) -> None:
        self._put(
            np.array([bytes(reversed(id)) for id in ids_of(len(vectors))]), vectors
        )

    def _put(self, ids: Ids, vectors: Floats) -> None:
        with writing(VectorIndex.open(self._folder)) as writer:
            writer.put(ids, vectors)

    def open(self) -> None:
        self._index = VectorIndex.open(self._folder)

    def search(self, query: Floats, allowed: Ids | None) -> Rows:
        found = self._index.search(query, size=TOP, allowed=allowed)
        return np.array([row_of(id) for id in found.ids])


class Faiss:
    """An index of FAISS, as its factory makes it of the text `kind`."""

    def __init__(self, folder: Path, *, kind: str, takes_filter: bool = True) -> None:
        import faiss

        self._faiss, self._kind, self._takes_filter = faiss, kind, takes_filter
        self._path = str(folder / "index.faiss")

    def build(self, vectors: Floats) -> None:
        product = self._faiss.METRIC_INNER_PRODUCT
        index = self._faiss.index_factory(DIMENSIONS, self._kind, product)
        index.train(vectors[:: max(1, len(vectors) // 65_536)])
        self._add(index, vectors)

    def extend(self, vectors: Floats) -> None:
        # A mapped one takes no rows, and a file cannot be extended.
        self._add(self._faiss.read_index(self._path), vectors)

    def _add(self, index: Any, vectors: Floats) -> None:
        for at in range(0, len(vectors), BLOCK):
            index.add(vectors[at : at + BLOCK])
        self._faiss.write_index(index, f"{self._path}.new")
        Path(f"{self._path}.new").replace(self._path)

    def open(self) -> None:
        faiss = self._faiss
        flag = faiss.IO_FLAG_MMAP if "IVF" in self._kind else faiss.IO_FLAG_MMAP_IFC
        self._index = faiss.read_index(self._path, flag)
        if "Refine" in self._kind:
            self._index.k_factor = CANDIDATES / TOP
        rows, none = self._index.ntotal, np.empty(0)
        state, alive = State(DIMENSIONS, rows=rows), np.ones(rows, np.bool_)
        self._rows = Snapshot(state, none, ids_of(rows), alive, none, none, None)

    def search(self, query: Floats, allowed: Ids | None) -> Rows:
        selected: dict[str, Any] = {}
        if allowed is not None:
            eligible = np.zeros(self._index.ntotal, np.bool_)
            eligible[self._rows.find(allowed)] = True
            bits = np.packbits(eligible, bitorder="little")
            selected["sel"] = self._faiss.IDSelectorBitmap(bits)
        parameters = self._parameters(selected) if self._takes_filter else None
        found: Rows = self._index.search(query[None], TOP, params=parameters)[1][0]
        return found

    def _parameters(self, selected: dict[str, Any]) -> Any:
        faiss = self._faiss
        if "IVF" in self._kind:
            return faiss.SearchParametersIVF(nprobe=READ, **selected)
        if "Refine" not in self._kind:
            return faiss.SearchParameters(**selected)
        coded = faiss.RaBitQSearchParameters(qb=4, **selected)
        turned = faiss.SearchParametersPreTransform(index_params=coded)
        return faiss.IndexRefineSearchParameters(
            k_factor=CANDIDATES / TOP, base_index_params=turned
        )


class Usearch:
    """A graph (HNSW) with float16 vectors, mapped; it has no filter in Python."""

    def __init__(self, folder: Path) -> None:
        from usearch.index import Index

        self._make = partial(
            Index, ndim=DIMENSIONS, metric="ip", dtype="f16", expansion_search=400
        )
        self._path = folder / "index.usearch"

    def build(self, vectors: Floats) -> None:
        index = self._make()
        index.add(np.arange(len(vectors)), vectors)
        index.save(self._path)

    def extend(self, vectors: Floats) -> None:
        index = self._make()
        index.load(self._path)
        index.add(np.arange(len(index), len(index) + len(vectors)), vectors)
        index.save(self._path)

    def open(self) -> None:
        self._index = self._make()
        self._index.view(self._path)

    def search(self, query: Floats, allowed: Ids | None) -> Rows:
        found: Rows = self._index.search(query, TOP).keys.astype(np.intp)
        return found


CONTENDERS: Final[dict[str, Any]] = {
    "floor": Floor,
    "ours": Ours,
    "RaBitQ": partial(Faiss, kind="RR768,RaBitQ,Refine(SQfp16)"),
    "RaBitQfs": partial(
        Faiss, kind="RR768,RaBitQfs,Refine(SQfp16)", takes_filter=False
    ),
    "SQ8": partial(Faiss, kind="SQ8"),
    "IVF-SQ8": partial(Faiss, kind="IVF1024,SQ8"),
    "usearch": Usearch,
}
UNFILTERED: Final = {"RaBitQfs", "usearch"}


def serve(name: str, folder: Path, pipe: Connection) -> None:
    """Answer (method, arguments) with (result, wall seconds, processor seconds)."""
    contender = CONTENDERS[name](folder)
    vectors = np.load(folder.parent / "vectors.npy", mmap_mode="r")
    given = {"build": (vectors,), "extend": (vectors[:BLOCK],)}
    while (asked := pipe.recv()) is not None:
        method, arguments = asked
        before = _memory()
        start, processor = time.perf_counter(), time.process_time()
        result = getattr(contender, method)(*given.get(method, arguments))
        spent = time.perf_counter() - start, time.process_time() - processor
        if method == "open":
            contender.search(np.ones(DIMENSIONS, np.float32), None)
            result = tuple(now - was for now, was in zip(_memory(), before))
        pipe.send((result, *spent))


def _memory() -> tuple[float, float]:
    """Return MiB of this process's own, and of files that it has mapped."""
    text = Path("/proc/self/smaps_rollup").read_text("ascii")
    own, resident = (
        int(re.search(rf"^{field}:\s+(\d+)", text, re.M)[1]) / 1024  # type: ignore
        for field in ("Anonymous", "Rss")
    )
    return own, resident - own


class Process:
    """A contender in a process of its own."""

    def __init__(self, name: str, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.name, self.folder = name, folder
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(name, folder, theirs))
        self._process.start()

    def ask(self, method: str, *arguments: Any) -> tuple[Any, float, float]:
        """Call a method there; return its result, wall and processor seconds."""
        self._pipe.send((method, arguments))
        result: tuple[Any, float, float] = self._pipe.recv()
        return result

    def end(self) -> None:
        """End the process."""
        self._pipe.send(None)
        self._process.join()


def measure_files(process: Process) -> Process:
    """Print what building, size and opening cost; return a process that has opened."""
    _, built_s, _ = process.ask("build")
    process.end()
    files = [
        file.stat().st_size for file in process.folder.rglob("*") if file.is_file()
    ]
    fresh = Process(process.name, process.folder)
    (own, mapped), opened_s, _ = fresh.ask("open")
    print(
        f"| {process.name} | {built_s:.0f} | {sum(files) / 2**20:.0f} "
        f"| {opened_s * 1000:.0f} | {own:.0f} | {mapped:.0f} |",
        flush=True,
    )
    return fresh


def measure_searches(
    processes: list[Process], vectors: Floats, queries: Floats, label: str
) -> None:
    """Print a row for each contender: time as a share of the floor's, and recall."""
    mine = np.random.default_rng(9).random(len(vectors)) < SHARES[label]
    rows = np.flatnonzero(mine)
    allowed = None if mine.all() else ids_of(len(vectors))[mine]
    kept = vectors if allowed is None else vectors[mine]
    spent: dict[str, list[tuple[float, float, float]]] = {p.name: [] for p in processes}
    for query in queries:
        nearest = set(rows[_top(kept @ query)].tolist())
        for process in processes:
            if allowed is not None and process.name in UNFILTERED:
                continue
            found, wall, processor = process.ask("search", query, allowed)
            right = len(nearest & set(found.tolist())) / len(nearest)
            spent[process.name].append((wall, processor, right))
    floor = np.array(spent["floor"])[:, 0]
    for name, measured in spent.items():
        if measured:
            wall, processor, right = np.array(measured).T
            low, middle, high = np.percentile(wall / floor, (25, 50, 75))
            half = len(right) // 2
            print(
                f"| {label} | {name} | {middle:.2f} ({low:.2f}-{high:.2f}) "
                f"| {np.median(wall) * 1000:.1f} | {np.median(processor) * 1000:.1f} "
                f"| {right[:half].mean():.3f} / {right[half:].mean():.3f} |",
                flush=True,
            )


def main() -> None:
    """Print a table of files, one of searches, and one of adding 8192 rows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=100)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(CONTENDERS)}; all")
    options = parser.parse_args()
    made = library(options.rows)
    step = len(made.queries) // options.queries
    names = ["floor"] + [n for n in options.names or CONTENDERS if n != "floor"]
    with tempfile.TemporaryDirectory() as folder:
        np.save(Path(folder) / "vectors.npy", made.vectors)
        print("| files | built in s | MiB | opened in ms | own MiB | mapped MiB |")
        print("| --- | --- | --- | --- | --- | --- |")
        processes = [
            measure_files(Process(name, Path(folder) / name)) for name in names
        ]
        print("\n| left | searched by | floors | ms | processor ms | recall |")
        print("| --- | --- | --- | --- | --- | --- |")
        for label in SHARES:
            measure_searches(processes, made.vectors, made.queries[::step], label)
        print("\n| adding to | s |\n| --- | --- |")
        for process in processes[1:]:
            _, wall, _ = process.ask("extend")
            print(f"| {process.name} | {wall:.2f} |", flush=True)
        for process in processes:
            process.end()


if __name__ == "__main__":
    main()
