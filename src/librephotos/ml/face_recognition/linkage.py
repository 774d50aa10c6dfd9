"""A partition of points that is merged along a graph, nearest clusters first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from librephotos.ml.face_recognition.neighbours import near_pairs

Encodings = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]
Indexes = npt.NDArray[np.int64]

_UNKNOWN: Final = -1

# Merges that are nearly the best of both clusters are taken together: the (1 + ε)
# approximation of L. Dhulipala et al., TeraHAC, 2023. It applies to squared distances.
_SLACK: Final = 1.1

_CHUNK: Final = 65_536  # pairs whose sums are gathered at a time: 128 MB


@dataclass(frozen=True)
class Bounds:
    """The root mean squared distances up to which clusters are merged.

    `known` is for two that both have a number already, `established` for others of
    which one has at least `established_size` points, `unknown` for the rest.
    """

    unknown: float
    known: float
    established: float
    established_size: int


class Partition:
    """Clusters of points, their sums, and what must not share one.

    A cluster is named by one of its points; `exclusions` are the tokens of each point,
    none of which two points of a cluster may have in common.
    """

    def __init__(
        self, points: Encodings, *, known: Indexes, exclusions: list[set[int]]
    ) -> None:
        self._points = points
        self._owner = np.arange(len(points))
        self._tokens = exclusions
        self._sums = points.astype(np.float64)
        self._squares = np.einsum("ij,ij->i", self._sums, self._sums)
        self._sizes = np.ones(len(points), dtype=np.int64)
        self._number = known.copy()
        self._known_sizes = (known != _UNKNOWN).astype(np.int64)
        self._gather_known()

    def merge_along(self, first: Indexes, second: Indexes, bounds: Bounds) -> bool:
        """Merge the clusters of paired points until no pair is within the bounds.

        Return whether anything was merged.
        """
        edges = _distinct(self._owner[first], self._owner[second])
        distances = self._linkage(edges)
        any_merged = False
        while True:
            keep = distances <= self._limits(edges, bounds)
            edges, distances = edges[keep], distances[keep]
            if not len(edges):
                return any_merged
            merged, refused = self._merge_round(edges, distances)
            any_merged = any_merged or len(merged) > 0
            edges, distances = self._renewed(edges, distances, merged, refused)

    def near_clusters(self, within: float) -> tuple[Indexes, Indexes]:
        """Return all pairs of clusters, one of them not single, that might be merged.

        The linkage is never below the distance of the means, so that none is missed.
        """
        alive = np.unique(self._owner)
        means = (self._sums[alive] / self._sizes[alive, None]).astype(np.float32)
        large = np.flatnonzero(self._sizes[alive] > 1)
        i, j = near_pairs(means[large], means, within=within, most=len(alive))
        return alive[large[i]], alive[j]

    def labels(self, *, least_size: int) -> Indexes:
        """Return the number of each point's cluster, -1 in one below the least size.

        New clusters are numbered after the known ones, the largest first.
        """
        alive = np.unique(self._owner)
        large = alive[self._sizes[alive] >= least_size]
        fresh = large[self._number[large] == _UNKNOWN]
        fresh = fresh[np.lexsort((fresh, -self._sizes[fresh]))]
        numbers = np.full(len(self._owner), _UNKNOWN, dtype=np.int64)
        numbers[large] = self._number[large]
        numbers[fresh] = np.arange(len(fresh)) + self._highest_number + 1
        return numbers[self._owner]

    def _gather_known(self) -> None:
        """Unite the points of each number, the most central first.

        A point that may not share the cluster any more becomes unknown.
        """
        self._highest_number = int(self._number.max(initial=_UNKNOWN))
        rows = np.flatnonzero(self._number != _UNKNOWN)
        rows = rows[np.argsort(self._number[rows], kind="stable")]
        starts = np.flatnonzero(np.diff(self._number[rows])) + 1
        into = np.arange(len(self._owner))
        for members in np.split(rows, starts) if len(rows) else ():
            hub, *others = self._most_central_first(members)
            for other in others:
                if self._unite(hub, other):
                    into[other] = hub
                else:
                    self._number[other] = _UNKNOWN
                    self._known_sizes[other] = 0
        self._owner = into[self._owner]

    def _most_central_first(self, members: Indexes) -> list[int]:
        points = self._points[members]
        far = np.linalg.norm(points - points.mean(axis=0), axis=1)
        return [int(row) for row in members[np.argsort(far, kind="stable")]]

    def _linkage(self, edges: Indexes) -> Floats:
        """Return the mean squared distance between the points of paired clusters."""
        result = np.empty(len(edges))
        for at in range(0, len(edges), _CHUNK):
            i, j = edges[at : at + _CHUNK].T
            ni, nj = self._sizes[i], self._sizes[j]
            dots = np.einsum("ij,ij->i", self._sums[i], self._sums[j])
            spread = self._squares[i] / ni + self._squares[j] / nj
            result[at : at + _CHUNK] = spread - 2 * dots / (ni * nj)
        return result

    def _limits(self, edges: Indexes, bounds: Bounds) -> Floats:
        largest = self._sizes[edges].max(axis=1)
        large = largest >= bounds.established_size
        limits = np.where(large, bounds.established, bounds.unknown)
        known = (self._number[edges] != _UNKNOWN).all(axis=1)
        return np.where(known, bounds.known, limits) ** 2

    def _merge_round(
        self, edges: Indexes, distances: Floats
    ) -> tuple[dict[int, int], list[int]]:
        """Merge what is nearest: return who went into whom, and edges never to try.

        Several clusters may go into one, but none that others went into goes on in the
        same round: no chain forms before the distances are known again.
        """
        chosen = np.flatnonzero(_nearly_best(edges, distances, len(self._owner)))
        chosen = chosen[np.argsort(distances[chosen], kind="stable")]
        merged: dict[int, int] = {}
        hubs: set[int] = set()
        refused: list[int] = []
        for edge in chosen.tolist():
            i, j = edges[edge].tolist()
            roles = self._hub_and_satellite(i, j, hubs, merged)
            if roles is None:
                continue
            hub, satellite = roles
            if self._unite(hub, satellite):
                merged[satellite] = hub
                hubs.add(hub)
            else:
                refused.append(edge)
        return merged, refused

    def _hub_and_satellite(
        self, i: int, j: int, hubs: set[int], merged: dict[int, int]
    ) -> tuple[int, int] | None:
        if i in merged or j in merged or (i in hubs and j in hubs):
            return None
        if i in hubs or j in hubs:
            return (i, j) if i in hubs else (j, i)
        return (i, j) if self._sizes[i] >= self._sizes[j] else (j, i)

    def _unite(self, hub: int, satellite: int) -> bool:
        """Move the points of one cluster into another, if they may share it."""
        ours, theirs = self._tokens[hub], self._tokens[satellite]
        if not ours.isdisjoint(theirs):
            return False
        large, small = (ours, theirs) if len(ours) >= len(theirs) else (theirs, ours)
        large |= small
        self._tokens[hub], self._tokens[satellite] = large, set()
        self._sums[hub] += self._sums[satellite]
        self._squares[hub] += self._squares[satellite]
        self._sizes[hub] += self._sizes[satellite]
        self._number[hub] = self._surviving_number(hub, satellite)
        self._known_sizes[hub] += self._known_sizes[satellite]
        return True

    def _surviving_number(self, i: int, j: int) -> int:
        """Return the number with the most known faces, the lower of two alike."""
        candidates = [
            (-int(self._known_sizes[c]), int(self._number[c]))
            for c in (i, j)
            if self._number[c] != _UNKNOWN
        ]
        return min(candidates)[1] if candidates else _UNKNOWN

    def _renewed(
        self,
        edges: Indexes,
        distances: Floats,
        merged: dict[int, int],
        refused: Iterable[int],
    ) -> tuple[Indexes, Floats]:
        """Return the edges between the clusters that there are now."""
        into = np.arange(len(self._owner))
        changed = np.zeros(len(self._owner), dtype=bool)
        if merged:
            satellites = np.array(list(merged))
            into[satellites] = list(merged.values())
            changed[into[satellites]] = True
            self._owner = into[self._owner]
        keep = np.ones(len(edges), dtype=bool)
        keep[list(refused)] = False
        edges, distances = into[edges[keep]], distances[keep]
        touched = changed[edges].any(axis=1)
        fresh = _distinct(*edges[touched].T)
        return (
            np.concatenate([edges[~touched], fresh]),
            np.concatenate([distances[~touched], self._linkage(fresh)]),
        )


def _distinct(first: Indexes, second: Indexes) -> Indexes:
    """Return the pairs (E, 2) of different numbers, each once, the lower first."""
    low, high = np.minimum(first, second), np.maximum(first, second)
    wide = np.int64(high.max(initial=0) + 1)
    keys = np.unique((low * wide + high)[low != high])
    return np.stack(np.divmod(keys, wide), axis=1)


def _nearly_best(
    edges: Indexes, distances: Floats, clusters: int
) -> npt.NDArray[np.bool_]:
    """Return which edges are about the shortest of both their ends."""
    best = np.full(clusters, np.inf)
    for ends in edges.T:
        np.minimum.at(best, ends, distances)
    shorter = best[edges].min(axis=1)
    return np.asarray(distances <= _SLACK * np.maximum(shorter, 0))
