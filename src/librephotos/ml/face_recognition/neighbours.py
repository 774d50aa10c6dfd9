"""Exact near neighbours of encodings, by products of blocks on all processors."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt

from librephotos.cores import usable_cores

Encodings = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Indexes = npt.NDArray[np.int64]
Pairs = tuple[Indexes, Indexes]

# Of one block of products in each thread: enough for the processor's full speed.
_BLOCK_BYTES: Final = 32 * 1024 * 1024

_MOST_THREADS: Final = 8

_WORD: Final = 8  # flags that are looked at together


def near_pairs(
    first: Encodings, second: Encodings, *, within: float, most: int
) -> Pairs:
    """Return row numbers (i of first, j of second) no farther apart than `within`.

    Of one row of `first` at most its `most` nearest are returned; the distance is
    Euclidean. Pairs come in the order of i.
    """
    return _searched(first, second, within=within, most=most, only_later=False)


def near_pairs_among(points: Encodings, *, within: float, most: int) -> Pairs:
    """Return pairs of rows no farther apart than `within`, each pair once, i before j.

    Of one row at most the `most` nearest of those that follow it are returned.
    """
    return _searched(points, points, within=within, most=most, only_later=True)


@dataclass(frozen=True)
class _Search:
    first: Encodings
    targets: Encodings
    within: float
    most: int
    only_later: bool

    @property
    def rows(self) -> int:
        """How many rows there are in a block: whole words, as its first column is."""
        of_row = self.targets.itemsize * self.targets.shape[1]
        return max(1, int(_BLOCK_BYTES // (of_row * _WORD))) * _WORD


def _searched(
    first: Encodings, second: Encodings, *, within: float, most: int, only_later: bool
) -> Pairs:
    if not len(first) or not len(second):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    search = _Search(first, _targets(second), within, most, only_later)
    starts = range(0, len(first), search.rows)
    # NumPy lets go of Python's lock in products and comparisons.
    threads = min(usable_cores(), _MOST_THREADS, len(starts))
    found: dict[int, Pairs] = {}
    with ThreadPoolExecutor(threads) as pool:
        shares = [starts[thread::threads] for thread in range(threads)]
        for blocks in pool.map(partial(_blocks, search), shares):
            found.update(blocks)
    pairs = [found[at] for at in starts]
    return np.concatenate([i for i, _ in pairs]), np.concatenate([j for _, j in pairs])


def _blocks(search: _Search, starts: range) -> dict[int, Pairs]:
    """Return the pairs of each block by its start; the memory serves one by one."""
    size = min(search.rows, len(search.first)) * search.targets.shape[1]
    products, flags = np.empty(size, dtype=np.float32), np.empty(size, dtype=bool)
    return {at: _block(search, at, products, flags) for at in starts}


def _block(search: _Search, at: int, products: Encodings, flags: Flags) -> Pairs:
    rows = search.first[at : at + search.rows].astype(np.float32)
    begin = at if search.only_later else 0
    shape = len(rows), search.targets.shape[1] - begin
    near = products[: shape[0] * shape[1]].reshape(shape)
    flag = flags[: near.size].reshape(shape)
    least = (np.einsum("ij,ij->i", rows, rows) - search.within**2) / 2
    ones = np.ones((len(rows), 1), dtype=np.float32)
    np.matmul(np.hstack([rows, ones]), search.targets[:, begin:], out=near)
    np.greater_equal(near, least[:, None], out=flag)
    if search.only_later:
        flag[:, : len(rows)] &= ~np.tri(len(rows), dtype=bool)
    i, j = _nearest(near, _positions(flag), search.most)
    return i + at, j + begin


def _targets(encodings: Encodings) -> Encodings:
    """Return the columns (129, N) whose product with (row, 1) orders by distance.

    |a-b|² = |a|² + |b|² - 2ab: the last of each column is -|b|²/2. Columns that are
    near nothing fill the last word.
    """
    count, dimensions = encodings.shape
    padded = -(-count // _WORD) * _WORD
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


def _nearest(closeness: Encodings, positions: Indexes, most: int) -> Pairs:
    """Return rows and columns of the positions, the `most` closest of each row."""
    i, j = np.divmod(positions, closeness.shape[1])
    ends = np.cumsum(np.bincount(i, minlength=len(closeness)))
    begins = np.concatenate([[0], ends[:-1]])
    keep = np.ones(len(i), dtype=bool)
    for row in np.flatnonzero(ends - begins > most).tolist():
        of_row = slice(begins[row], ends[row])
        farness = -closeness[row, j[of_row]]
        keep[of_row] = False
        keep[begins[row] + np.argpartition(farness, most - 1)[:most]] = True
    return i[keep], j[keep]
