"""Adding to an index of vectors, and taking away."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from filelock import FileLock

from librephotos.ml.semantic_search.index import Snapshot, VectorIndex, exact_rows
from librephotos.ml.semantic_search.index_codes import CHUNK, Basis, encode
from librephotos.ml.semantic_search.index_files import (
    LOCK,
    Floats,
    Ids,
    State,
    fixed,
    floats,
    generation_folder,
    write_at,
    write_state,
)

_SAMPLE_ROWS: Final = 16_384  # enough for a mean
WASTE: Final = 0.25
"""The share of removed rows from which compacting is worth its writing."""


@contextmanager
def writing(index: VectorIndex) -> Iterator["VectorIndexWriter"]:
    """Give the one writer of the index; waits until others have ended or died."""
    with FileLock(index.folder / LOCK):
        yield VectorIndexWriter(index)


class VectorIndexWriter:
    """Changes an index; each call counts wholly or, after a crash, not at all."""

    def __init__(self, index: VectorIndex) -> None:
        self._index = index
        self._folder: Path = index.folder

    def put(self, ids: Ids, vectors: Floats) -> None:
        """Add rows, in place of those of the same ids: normalised, float (n, d).

        Of an id given twice the last counts. Raises ValueError for other shapes.
        """
        now = self._index.snapshot()
        if vectors.shape != (len(ids), now.state.dimensions):
            raise ValueError(f"{len(ids)} ids and vectors of shape {vectors.shape}")
        last = len(ids) - 1 - np.unique(ids[::-1], return_index=True)[1]
        last.sort()
        files = self._files(now.state)
        write_at(files / "ids", ids[last], start=now.state.rows)
        rows = fixed(vectors[last]).ravel()
        write_at(
            files / "vectors.i16", rows, start=now.state.rows * now.state.dimensions
        )
        state = replace(now.state, rows=now.state.rows + len(last))
        self._commit(self._removed(now, ids[last], state))
        self._encode()

    def remove(self, ids: Ids) -> None:
        """Take rows away; ids that are not there are no error."""
        now = self._index.snapshot()
        self._commit(self._removed(now, ids, now.state))

    def compact(self) -> None:
        """Write the rows that count anew, without the removed ones."""
        now = self._index.snapshot()
        old = now.state
        state = State(old.dimensions, old.generation + 1, int(now.alive.sum()))
        files = self._files(state, empty=True)
        kept = np.flatnonzero(now.alive)
        write_at(files / "ids", now.ids[kept], start=0)
        for start in range(0, len(kept), CHUNK):
            rows = now.vectors[kept[start : start + CHUNK]].ravel()
            write_at(files / "vectors.i16", rows, start=start * old.dimensions)
        self._commit(state)
        self._encode()
        # A writer that was killed may have left more than the old one.
        for other in self._folder.glob("generation-*"):
            if other != files:
                shutil.rmtree(other, ignore_errors=True)

    @property
    def is_wasteful(self) -> bool:
        """Whether so many rows were removed that compacting is worth it."""
        state = self._index.snapshot().state
        return state.dead > WASTE * state.rows

    def _removed(self, now: Snapshot, ids: Ids, state: State) -> State:
        dead = now.find(ids).astype(np.uint32)
        write_at(self._files(state) / "dead", dead, start=state.dead)
        return replace(state, dead=state.dead + len(dead))

    def _encode(self) -> None:
        """Code the whole chunks that have no codes yet, once there are many rows."""
        now = self._index.snapshot()
        state = now.state
        end = state.rows - state.rows % CHUNK
        if state.rows <= exact_rows(state.dimensions) or end == state.coded:
            return
        files = self._files(state)
        basis = now.basis or self._new_basis(now, files)
        for start in range(state.coded, end, CHUNK):
            rows = floats(now.vectors[start : start + CHUNK])
            codes, factors = encode(rows, basis)
            write_at(files / "codes", codes, start=start * len(codes))
            write_at(files / "factors", factors, start=start)
        self._commit(replace(state, coded=end))

    def _new_basis(self, now: Snapshot, files: Path) -> Basis:
        step = max(1, len(now.vectors) // _SAMPLE_ROWS)
        basis = Basis.of(floats(now.vectors[::step]))
        np.save(files / "basis.npy", basis.array)
        return basis

    def _files(self, state: State, *, empty: bool = False) -> Path:
        files = generation_folder(self._folder, state)
        if empty:
            shutil.rmtree(files, ignore_errors=True)
        files.mkdir(exist_ok=True)
        return files

    def _commit(self, state: State) -> None:
        write_state(self._folder, state)
