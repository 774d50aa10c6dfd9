"""Clusters of points, their sums, and what must not share one."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Encodings = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Indexes = npt.NDArray[np.int64]

UNKNOWN: Final = -1

# Faces of a person that are so far apart are two looks at them; nearer ones, as of a
# burst or of copies, tell the less anew the nearer they are. Measured in
# docs/adr/0019-copies-are-one-look.md.
_UNLIKE: Final = 0.25

_CHUNK: Final = 4096  # pairs whose sums are gathered at a time: 8 MB, for the cache


class Partition:
    """Points in clusters, each named by one of its points: `owner` (N,) of every point.

    `doubts` (N,) are squared distances by which each point counts as farther from all
    others. `known` is the number of each point's cluster, UNKNOWN for none;
    `exclusions` are the tokens of each point, none of which two points of a cluster may
    have in common.
    `looks` is as how many independent faces each cluster counts, 1 to its size.
    `changed` tells clusters that are not what they were when they were last compared:
    those with `fresh` points, and what is united later.
    """

    def __init__(
        self,
        points: Encodings,
        *,
        doubts: Floats,
        known: Indexes,
        exclusions: list[set[int]],
        fresh: Flags,
    ) -> None:
        self.points = points
        self.owner = np.arange(len(points))
        self.sizes = np.ones(len(points), dtype=np.int64)
        self.numbers = known.copy()
        self.changed = fresh.copy()
        self.looks = np.ones(len(points))
        self._known_sizes = (known != UNKNOWN).astype(np.int64)
        self._tokens = exclusions
        self._sums = points.astype(np.float64)
        self._doubts = doubts.copy()
        # As if each point had a direction of its own, in which no other differs.
        self._squares = np.einsum("ij,ij->i", self._sums, self._sums) + doubts
        self._gather_known()

    @property
    def clusters(self) -> Indexes:
        """The names of the clusters."""
        return np.flatnonzero(self.owner == np.arange(len(self.owner)))

    @property
    def is_known(self) -> Flags:
        """Whether each cluster has a number."""
        return np.asarray(self.numbers != UNKNOWN)

    @property
    def has_grown(self) -> Flags:
        """Whether each cluster has points that had no number."""
        return np.asarray(self.sizes > self._known_sizes)

    def means(self, clusters: Indexes) -> Encodings:
        """Return the mean point of each cluster."""
        means = self._sums[clusters] / self.sizes[clusters, None]
        return np.asarray(means, dtype=np.float32)

    def linkage(self, pairs: Indexes) -> Floats:
        """Return the mean squared distance between the points of paired clusters.

        The doubts of the points are in it.
        """
        result = np.empty(len(pairs))
        for at in range(0, len(pairs), _CHUNK):
            i, j = pairs[at : at + _CHUNK].T
            ni, nj = self.sizes[i], self.sizes[j]
            dots = np.einsum("ij,ij->i", self._sums[i], self._sums[j])
            spread = self._squares[i] / ni + self._squares[j] / nj
            result[at : at + _CHUNK] = spread - 2 * dots / (ni * nj)
        return result

    def unite(self, hub: int, satellite: int) -> bool:
        """Move the points of one cluster into another, if they may share it.

        Their owners are told by `rename`, for many at once.
        """
        ours, theirs = self._tokens[hub], self._tokens[satellite]
        if not ours.isdisjoint(theirs):
            return False
        large, small = (ours, theirs) if len(ours) >= len(theirs) else (theirs, ours)
        large |= small
        self._tokens[hub], self._tokens[satellite] = large, set()
        self._sums[hub] += self._sums[satellite]
        self._squares[hub] += self._squares[satellite]
        self._doubts[hub] += self._doubts[satellite]
        self.sizes[hub] += self.sizes[satellite]
        self.looks[hub] = self._count_looks(hub)
        self.numbers[hub] = self._surviving_number(hub, satellite)
        self._known_sizes[hub] += self._known_sizes[satellite]
        self.changed[hub] = True
        return True

    def rename(self, into: Indexes) -> None:
        """Tell the points of united clusters who owns them now."""
        self.owner = into[self.owner]

    def labels(self, *, least_size: int) -> Indexes:
        """Return the number of each point's cluster, UNKNOWN if below the least size.

        New clusters are numbered after the known ones, the largest first.
        """
        clusters = self.clusters
        large = clusters[self.sizes[clusters] >= least_size]
        new = large[self.numbers[large] == UNKNOWN]
        new = new[np.lexsort((new, -self.sizes[new]))]
        numbers = np.full(len(self.owner), UNKNOWN, dtype=np.int64)
        numbers[large] = self.numbers[large]
        numbers[new] = np.arange(len(new)) + self._highest_number + 1
        return numbers[self.owner]

    def _gather_known(self) -> None:
        """Unite the points of each number, the most central first.

        A point that may not share the cluster any more becomes unknown.
        """
        self._highest_number = int(self.numbers.max(initial=UNKNOWN))
        rows = np.flatnonzero(self.is_known)
        rows = rows[np.argsort(self.numbers[rows], kind="stable")]
        starts = np.flatnonzero(np.diff(self.numbers[rows])) + 1
        into = np.arange(len(self.owner))
        for members in np.split(rows, starts) if len(rows) else ():
            hub, *others = self._most_central_first(members)
            changed = bool(self.changed[members].any())
            for other in others:
                if self.unite(hub, other):
                    into[other] = hub
                else:
                    self.numbers[other] = UNKNOWN
                    self._known_sizes[other] = 0
                    self.changed[other] = changed = True
            self.changed[hub] = changed
        self.rename(into)

    def _most_central_first(self, members: Indexes) -> list[int]:
        points = self.points[members]
        far = np.linalg.norm(points - points.mean(axis=0), axis=1)
        return [int(row) for row in members[np.argsort(far, kind="stable")]]

    def _count_looks(self, cluster: int) -> float:
        """Return as how many faces a cluster of several counts: copies are one.

        It is Kish's effective size of a sample whose members are alike, from the mean
        squared distance of its faces, doubts aside.
        """
        size, total = int(self.sizes[cluster]), self._sums[cluster]
        squares = float(self._squares[cluster] - self._doubts[cluster])
        apart = 2 * (squares - float(total @ total) / size) / (size - 1)
        likeness = 1 - min(max(apart / _UNLIKE**2, 0.0), 1.0)
        return size / (1 + (size - 1) * likeness)

    def _surviving_number(self, i: int, j: int) -> int:
        """Return the number with the most known faces, the lower of two alike."""
        candidates = [
            (-int(self._known_sizes[c]), int(self.numbers[c]))
            for c in (i, j)
            if self.numbers[c] != UNKNOWN
        ]
        return min(candidates)[1] if candidates else UNKNOWN
