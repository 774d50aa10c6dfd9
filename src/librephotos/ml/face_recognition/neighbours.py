"""Exact near neighbours of encodings, by products of blocks."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Encodings = npt.NDArray[np.float32]
Indexes = npt.NDArray[np.int64]

# Bytes of one block of products: large enough for the processor's full speed.
_BLOCK_BYTES: Final = 64 * 1024 * 1024


def near_pairs(
    first: Encodings, second: Encodings, *, within: float, most: int
) -> tuple[Indexes, Indexes]:
    """Return row numbers (i of first, j of second) no farther apart than `within`.

    Of one row of `first` at most its `most` nearest are returned; the distance is
    Euclidean. Pairs come in the order of i, then j.
    """
    rows, columns = _ready(first), _ready(second)
    lengths = np.einsum("ij,ij->i", columns, columns)
    # |a-b|² = |a|² + |b|² - 2ab, with half of |b|² folded into the product
    targets = np.concatenate([columns, -lengths[:, None] / 2], axis=1).T
    step = max(1, _BLOCK_BYTES // (4 * max(1, len(second))))
    found = [
        _pairs_of_block(rows[at : at + step], targets, within=within, most=most, at=at)
        for at in range(0, len(rows), step)
    ]
    if not found:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    return np.concatenate([i for i, _ in found]), np.concatenate([j for _, j in found])


def _ready(encodings: Encodings) -> Encodings:
    return np.ascontiguousarray(encodings, dtype=np.float32)


def _pairs_of_block(
    rows: Encodings, targets: Encodings, *, within: float, most: int, at: int
) -> tuple[Indexes, Indexes]:
    ones = np.ones((len(rows), 1), dtype=np.float32)
    closeness = np.concatenate([rows, ones], axis=1) @ targets
    least = (np.einsum("ij,ij->i", rows, rows) - within**2) / 2
    hits = np.flatnonzero(closeness >= least[:, None])
    i, j = np.divmod(hits, targets.shape[1])
    counts = np.bincount(i, minlength=len(rows))
    if counts.max(initial=0) > most:
        keep = _nearest(closeness.ravel()[hits], i, counts, most)
        i, j = i[keep], j[keep]
    return i + at, j


def _nearest(
    closeness: Encodings, i: Indexes, counts: Indexes, most: int
) -> npt.NDArray[np.bool_]:
    """Return which of the hits are among the `most` closest of their row."""
    order = np.lexsort((-closeness, i))
    rank = np.arange(len(i)) - np.repeat(np.cumsum(counts) - counts, counts)
    keep = np.zeros(len(i), dtype=bool)
    keep[order[rank < most]] = True
    return keep
