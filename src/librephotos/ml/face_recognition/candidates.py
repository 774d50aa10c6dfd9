"""Pairs of clusters that may be one, of which one has changed since the last look."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt

from librephotos.ml.face_recognition.neighbours import near_pairs, near_pairs_among
from librephotos.ml.face_recognition.partition import Partition

Flags = npt.NDArray[np.bool_]
Indexes = npt.NDArray[np.int64]
Pairs = tuple[Indexes, Indexes]

# Products of single precision are a little wrong; whoever merges is exact.
_ROUNDING: Final = 1e-4


def near_singles(
    partition: Partition, *, within: float, most: int
) -> tuple[Pairs, Indexes]:
    """Return pairs of points of which one is a changed cluster by itself.

    Of one point at most the `most` nearest ones are returned; those that have as many,
    and may have more, are returned too.
    """
    single = partition.changed & (partition.sizes[partition.owner] == 1)
    rows, others = np.flatnonzero(single), np.flatnonzero(~single)
    among = _near_among(partition.points, rows, within=within, most=most)
    beside = _near(partition.points, rows, others, within=within, most=most)
    counts = [np.bincount(i, minlength=len(single)) for i, _ in (among, beside)]
    crowded = np.flatnonzero(np.maximum(*counts) >= most)
    return _joined([among, beside]), crowded


def near_singles_of(partition: Partition, points: Indexes, *, within: float) -> Pairs:
    """Return all pairs of single clusters of which one is a point of those given."""
    alone = partition.sizes[partition.owner] == 1
    rows, others = points[alone[points]], np.flatnonzero(alone)
    return _near(partition.points, rows, others, within=within, most=len(others))


def near_clusters(partition: Partition, *, within: float) -> Pairs:
    """Return all pairs of clusters, not both of them single, that might be merged.

    One of each has changed. The linkage is never below the distance of the means, so
    that none is missed.
    """
    clusters = partition.clusters
    means = partition.means(clusters)
    large, changed = partition.sizes[clusters] > 1, partition.changed[clusters]
    rows, others = np.flatnonzero(large & changed), np.flatnonzero(~(large & changed))
    singles, rest = np.flatnonzero(~large & changed), np.flatnonzero(large & ~changed)
    most = len(clusters)
    i, j = _joined(
        [
            _near_among(means, rows, within=within, most=most),
            _near(means, rows, others, within=within, most=most),
            _near(means, singles, rest, within=within, most=most),
        ]
    )
    return clusters[i], clusters[j]


def _near_among(
    points: npt.NDArray[np.float32], rows: Indexes, *, within: float, most: int
) -> Pairs:
    i, j = near_pairs_among(points[rows], within=within + _ROUNDING, most=most)
    return rows[i], rows[j]


def _near(
    points: npt.NDArray[np.float32],
    rows: Indexes,
    others: Indexes,
    *,
    within: float,
    most: int,
) -> Pairs:
    i, j = near_pairs(
        points[rows], points[others], within=within + _ROUNDING, most=most
    )
    return rows[i], others[j]


def _joined(pairs: Iterable[Pairs]) -> Pairs:
    first, second = zip(*pairs, strict=True)
    return np.concatenate(first), np.concatenate(second)
