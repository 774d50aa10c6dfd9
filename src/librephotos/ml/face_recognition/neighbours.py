"""Exact near neighbours of encodings, by products of blocks."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Encodings = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Indexes = npt.NDArray[np.int64]

# Of one block of products: enough for the processor's full speed.
_BLOCK_BYTES: Final = 64 * 1024 * 1024

_WORD: Final = 8  # flags that are looked at together


def near_pairs(
    first: Encodings, second: Encodings, *, within: float, most: int
) -> tuple[Indexes, Indexes]:
    """Return row numbers (i of first, j of second) no farther apart than `within`.

    Of one row of `first` at most its `most` nearest are returned; the distance is
    Euclidean. Pairs come in the order of i.
    """
    targets = _targets(second)
    step = max(1, _BLOCK_BYTES // (targets.itemsize * targets.shape[1]))
    step = max(1, min(step, len(first)))
    closeness = np.empty((step, targets.shape[1]), dtype=np.float32)
    flags = np.empty(closeness.shape, dtype=bool)
    pairs = [(np.empty(0, np.int64), np.empty(0, np.int64))]
    for at in range(0, len(first), step):
        rows = first[at : at + step].astype(np.float32)
        least = (np.einsum("ij,ij->i", rows, rows) - within**2) / 2
        ones = np.ones((len(rows), 1), dtype=np.float32)
        near, flag = closeness[: len(rows)], flags[: len(rows)]
        np.matmul(np.concatenate([rows, ones], axis=1), targets, out=near)
        np.greater_equal(near, least[:, None], out=flag)
        i, j = _nearest(near, _positions(flag), most)
        pairs.append((i + at, j))
    return np.concatenate([i for i, _ in pairs]), np.concatenate([j for _, j in pairs])


def _targets(encodings: Encodings) -> Encodings:
    """Return the columns (129, N) whose product with (row, 1) orders by distance.

    |a-b|² = |a|² + |b|² - 2ab: the last of each column is -|b|²/2. Columns that are
    near nothing fill the last word.
    """
    count, dimensions = encodings.shape
    padded = max(_WORD, -(-count // _WORD) * _WORD)
    targets = np.zeros((dimensions + 1, padded), dtype=np.float32)
    targets[:-1, :count] = encodings.T
    targets[-1, :count] = -np.einsum("ij,ij->i", encodings, encodings) / 2
    targets[-1, count:] = -np.inf
    return targets


def _positions(flags: Flags) -> Indexes:
    """Return the flat positions of what is true, which is rare: words come first."""
    flat = flags.reshape(-1)
    words = np.flatnonzero(flat.view(np.uint64))
    word, bit = np.nonzero(flat.reshape(-1, _WORD)[words])
    return words[word] * _WORD + bit


def _nearest(
    closeness: Encodings, positions: Indexes, most: int
) -> tuple[Indexes, Indexes]:
    """Return rows and columns of the positions, the `most` closest of each row."""
    i, j = np.divmod(positions, closeness.shape[1])
    counts = np.bincount(i, minlength=len(closeness))
    if counts.max(initial=0) <= most:
        return i, j
    order = np.lexsort((-closeness[i, j], i))
    rank = np.arange(len(i)) - np.repeat(np.cumsum(counts) - counts, counts)
    order = order[rank < most]
    return i[order], j[order]
