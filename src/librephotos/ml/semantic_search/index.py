"""Search among one owner's vectors of one model; needs neither torch nor a database.

The vectors lie in mapped files (see index_files), so that any process opens them at
once and the system's cache is the only copy in memory. Few rows are compared exactly.
Among many, binary codes choose candidates, which are then compared exactly; see
docs/adr/0011-vector-search.md for the figures.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from librephotos.cores import usable_cores
from librephotos.ml.semantic_search.errors import DamagedIndex
from librephotos.ml.semantic_search.index_codes import (
    CHUNK,
    Basis,
    CodedQuery,
    products,
    words,
)
from librephotos.ml.semantic_search.index_files import (
    ID,
    STATE,
    UNITS,
    Fixed,
    Floats,
    Ids,
    State,
    floats,
    generation_folder,
    mapped,
    read_state,
    write_state,
)

EXACT_NUMBERS: Final = 32_768 * 768
"""So many numbers are compared in about half the time that a million codes take."""
CANDIDATES: Final = 4000
"""Rows chosen by their codes: recall of the first 100 of 1,000,000 is above 0.98."""
DEEPEST_BY_CODES: Final = 400
"""Pages that end beyond this rank are ranked exactly, in more time."""
THREADS: Final = min(4, usable_cores())
_BLOCK: Final = 2048  # rows of float32 that fit into a core's second-level cache
_SAMPLED: Final = 64
_ATTEMPTS: Final = 10

Positions = NDArray[np.intp]


def exact_rows(dimensions: int) -> int:
    """Return up to how many rows are all compared; with more, codes choose some."""
    return EXACT_NUMBERS // dimensions


@dataclass(frozen=True)
class Ranking:
    """A page of results, best first; scores are cosines, -1 to 1."""

    ids: tuple[UUID, ...]
    scores: Floats


def as_ids(uuids: Iterable[UUID]) -> Ids:
    """Return UUIDs in the form that the index keeps and compares."""
    return np.frombuffer(b"".join(uuid.bytes for uuid in uuids), ID)


def as_uuids(ids: Ids) -> tuple[UUID, ...]:
    """Return ids of the index as UUIDs."""
    data = np.ascontiguousarray(ids).tobytes()
    return tuple(UUID(bytes=data[at : at + 16]) for at in range(0, len(data), 16))


class VectorIndex:
    """A folder of vectors under UUIDs, open for searching.

    Needs no lock: what a writer adds is seen by the next search, all of it or nothing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: tuple[int, int] | None = None
        self._snapshot: Snapshot | None = None

    @classmethod
    def create(cls, folder: Path, *, dimensions: int) -> "VectorIndex":
        """Return the index in `folder`, made empty if there is none.

        Raises DamagedIndex if there is one of other dimensions.
        """
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / STATE).exists():
            write_state(folder, State(dimensions))
        index = cls(folder)
        if index.dimensions != dimensions:
            raise DamagedIndex(
                f"The index holds vectors of {index.dimensions} numbers."
            )
        return index

    @classmethod
    def open(cls, folder: Path) -> "VectorIndex":
        """Return the index in `folder`. Raises FileNotFoundError, DamagedIndex."""
        index = cls(folder)
        index.snapshot()
        return index

    @property
    def folder(self) -> Path:
        """Where the files lie."""
        return self._folder

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""
        return self.snapshot().state.dimensions

    def __len__(self) -> int:
        state = self.snapshot().state
        return state.rows - state.dead

    def vectors(self, ids: Ids) -> tuple[Ids, Floats]:
        """Return those of `ids` that are there, and their vectors, in any order."""
        snapshot = self.snapshot()
        found = snapshot.find(ids)
        return snapshot.ids[found], floats(snapshot.vectors[found])

    def search(
        self,
        query: Floats,
        *,
        start: int = 0,
        size: int = 100,
        allowed: Ids | None = None,
    ) -> Ranking:
        """Return `size` rows from rank `start` on, by the cosine with `query` (d,).

        `query` is normalised. Only rows of `allowed` are ranked, where that is given.
        The ranking has no end but the last row; pages beyond DEEPEST_BY_CODES are
        exact.
        """
        snapshot = self.snapshot()
        query = np.ascontiguousarray(query, np.float32)
        with ThreadPoolExecutor(THREADS, thread_name_prefix="search") as pool:
            positions = snapshot.candidates(
                query, end=start + size, allowed=allowed, pool=pool
            )
            scores = snapshot.scores(query, positions, pool=pool)
        page = _best(scores, start + size)[start:]
        chosen = positions[page]
        return Ranking(as_uuids(snapshot.ids[chosen]), scores[page])

    def snapshot(self) -> "Snapshot":
        """Return what counts now; what it maps stays readable whatever writers do."""
        for _ in range(_ATTEMPTS):
            status = (self._folder / STATE).stat()
            seen = (status.st_ino, status.st_mtime_ns)
            if self._snapshot is not None and seen == self._seen:
                return self._snapshot
            try:
                self._snapshot = Snapshot.of(self._folder)
                self._seen = seen
            except FileNotFoundError:  # compacted away since the state was read
                continue
        raise DamagedIndex("Files of the index are missing.")


@dataclass(frozen=True)
class Snapshot:
    """The rows of an index at one moment."""

    state: State
    vectors: Fixed
    ids: Ids
    alive: NDArray[np.bool_]
    codes: NDArray[np.uint64]
    factors: Floats
    basis: Basis | None

    @classmethod
    def of(cls, folder: Path) -> "Snapshot":
        """Map what the state of the index in `folder` says that counts."""
        state = read_state(folder)
        files = generation_folder(folder, state)
        alive = np.ones(state.rows, np.bool_)
        alive[mapped(files / "dead", np.uint32, (state.dead,))] = False
        chunks = state.coded // CHUNK
        shape = (chunks, words(state.dimensions), CHUNK)
        basis = Basis.from_array(np.load(files / "basis.npy")) if chunks else None
        return cls(
            state,
            mapped(files / "vectors.i16", np.int16, (state.rows, state.dimensions)),
            mapped(files / "ids", ID, (state.rows,)),
            alive,
            mapped(files / "codes", np.uint64, shape),
            mapped(files / "factors", np.float32, (state.coded,)).reshape(-1, CHUNK),
            basis,
        )

    @cached_property
    def _tails(self) -> NDArray[np.uint16]:
        # Random in every kind of UUID, so a table of them tells most ids apart.
        return np.ascontiguousarray(self.ids).view(np.uint16)[7::8]

    def find(self, ids: Ids) -> Positions:
        """Return the positions of those of `ids` that are there, in file order."""
        ids = np.ascontiguousarray(ids)
        table = np.zeros(1 << 16, np.bool_)
        table[ids.view(np.uint16)[7::8]] = True
        likely = np.flatnonzero(table[self._tails] & self.alive)
        return likely[_members(self.ids[likely], ids)]

    def candidates(
        self,
        query: Floats,
        *,
        end: int,
        allowed: Ids | None,
        pool: ThreadPoolExecutor,
    ) -> Positions:
        """Return rows, in file order, among which are the best `end` of the ranking."""
        eligible = self.alive
        if allowed is not None:
            eligible = np.zeros_like(self.alive)
            eligible[self.find(allowed)] = True
        few = int(np.count_nonzero(eligible)) <= exact_rows(len(query))
        if few or self.basis is None or end > DEEPEST_BY_CODES:
            return np.flatnonzero(eligible)
        coded = self.state.coded
        estimates = self._estimates(CodedQuery.of(query, self.basis), pool)
        estimates[~eligible[:coded]] = -np.inf
        chosen = _best(estimates, CANDIDATES)
        chosen = np.sort(chosen[eligible[chosen]])
        return np.concatenate([chosen, coded + np.flatnonzero(eligible[coded:])])

    def scores(
        self, query: Floats, positions: Positions, *, pool: ThreadPoolExecutor
    ) -> Floats:
        """Return the cosines of `query` with the rows at `positions`."""

        scaled = query / np.float32(UNITS)

        def block(start: int) -> Floats:
            rows = self.vectors[positions[start : start + _BLOCK]]
            return products(rows.astype(np.float32), scaled)

        blocks = list(pool.map(block, range(0, len(positions), _BLOCK)))
        return np.concatenate(blocks) if blocks else np.empty(0, np.float32)

    def _estimates(self, query: CodedQuery, pool: ThreadPoolExecutor) -> Floats:
        shares = np.array_split(np.arange(len(self.codes)), THREADS)
        spans = [slice(share[0], share[-1] + 1) for share in shares if len(share)]
        codes, factors = (
            [of[span] for span in spans] for of in (self.codes, self.factors)
        )
        return np.concatenate(list(pool.map(query.estimates, codes, factors))).ravel()


def _members(ids: Ids, wanted: Ids) -> NDArray[np.bool_]:
    """Return which of `ids` are wanted: isin, in half the time for random ids."""
    ours, theirs = (_halves(some) for some in (ids, wanted))
    order = np.argsort(theirs)
    theirs = theirs[order]
    if not len(theirs) or (theirs[1:] == theirs[:-1]).any():
        return np.isin(ids, wanted)
    # Looked up in their order: at random, each would wait for memory.
    turn = np.argsort(ours)
    at = np.searchsorted(theirs, ours[turn]).clip(max=len(theirs) - 1)
    found = np.zeros(len(ids), np.bool_)
    found[turn] = wanted[order[at]] == ids[turn]
    return found


def _halves(ids: Ids) -> NDArray[np.uint64]:
    """Return the second halves of ids, which are random in every kind of UUID."""
    return np.ascontiguousarray(np.ascontiguousarray(ids).view(np.uint64)[1::2])


def _best(values: Floats, count: int) -> Positions:
    """Return the indices of the `count` largest, largest first, ties by index."""
    among = _likely(values, count)
    if count < len(among):
        least = np.partition(values[among], -count)[-count] if count else np.inf
        among = among[values[among] >= least]
    order = np.argsort(-values[among], kind="stable")
    return among[order][:count]


def _likely(values: Floats, count: int) -> Positions:
    """Return indices that hold the `count` largest, guessed from a sample if many."""
    sample = values[::_SAMPLED]
    wanted = 2 * count // _SAMPLED + 1
    if wanted < len(sample) // 2:
        likely = np.flatnonzero(values >= np.partition(sample, -wanted)[-wanted])
        if len(likely) >= count:
            return likely
    return np.arange(len(values))
