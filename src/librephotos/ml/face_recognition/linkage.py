"""Merging the clusters of a partition along a graph, the nearest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from librephotos.ml.face_recognition.partition import Partition

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Indexes = npt.NDArray[np.int64]

# Merges that are nearly the best of both clusters are taken together: the (1 + ε)
# approximation of L. Dhulipala et al., TeraHAC, 2023. It applies to squared distances.
_SLACK: Final = 1.1

_NEVER: Final = -1.0


@dataclass(frozen=True)
class Bounds:
    """The root mean squared distances up to which clusters are merged.

    A mean over more pairs of looks says more: `by_pairs` holds, by rising number, from
    how many pairs on which distance is allowed. `known` is for two clusters that both
    have a number already, of which one has grown since.
    """

    by_pairs: tuple[tuple[int, float], ...]
    known: float


def merge_along(
    partition: Partition, first: Indexes, second: Indexes, bounds: Bounds
) -> bool:
    """Merge the clusters of paired points until no pair is within the bounds.

    Return whether anything was merged.
    """
    edges = _distinct(partition.owner[first], partition.owner[second])
    distances = partition.linkage(edges)
    any_merged = False
    while True:
        keep = distances <= _limits(partition, edges, bounds)
        edges, distances = edges[keep], distances[keep]
        if not len(edges):
            return any_merged
        merged, refused = _merge_round(partition, edges, distances)
        any_merged = any_merged or len(merged) > 0
        left = np.ones(len(edges), dtype=bool)
        left[refused] = False
        edges, distances = _renewed(partition, edges[left], distances[left], merged)


def _limits(partition: Partition, edges: Indexes, bounds: Bounds) -> Floats:
    least_pairs, distances = np.array(bounds.by_pairs).T
    pairs = partition.looks[edges].prod(axis=1)
    limits = distances[np.searchsorted(least_pairs, pairs, side="right") - 1] ** 2
    known = partition.is_known[edges].all(axis=1)
    grown = partition.has_grown[edges].any(axis=1)
    return np.where(known, np.where(grown, bounds.known**2, _NEVER), limits)


def _merge_round(
    partition: Partition, edges: Indexes, distances: Floats
) -> tuple[dict[int, int], list[int]]:
    """Merge what is nearest: return who went into whom, and edges never to try.

    Several clusters may go into one, but none that others went into goes on in the
    same round: no chain forms before the distances are known again.
    """
    chosen = np.flatnonzero(_nearly_best(edges, distances, len(partition.owner)))
    chosen = chosen[np.argsort(distances[chosen], kind="stable")]
    merged: dict[int, int] = {}
    hubs: set[int] = set()
    refused: list[int] = []
    for edge in chosen.tolist():
        i, j = edges[edge].tolist()
        if i in merged or j in merged or (i in hubs and j in hubs):
            continue
        first = i in hubs or (
            j not in hubs and partition.sizes[i] >= partition.sizes[j]
        )
        hub, satellite = (i, j) if first else (j, i)
        if partition.unite(hub, satellite):
            merged[satellite] = hub
            hubs.add(hub)
        else:
            refused.append(edge)
    return merged, refused


def _renewed(
    partition: Partition, edges: Indexes, distances: Floats, merged: dict[int, int]
) -> tuple[Indexes, Floats]:
    """Return the edges between the clusters that there are now."""
    if not merged:
        return edges, distances
    into = np.arange(len(partition.owner))
    into[list(merged)] = list(merged.values())
    partition.rename(into)
    touched = np.zeros(len(into), dtype=bool)
    touched[list(merged.values())] = True
    edges = into[edges]
    stale = touched[edges].any(axis=1)
    fresh = _distinct(*edges[stale].T)
    return (
        np.concatenate([edges[~stale], fresh]),
        np.concatenate([distances[~stale], partition.linkage(fresh)]),
    )


def _distinct(first: Indexes, second: Indexes) -> Indexes:
    """Return the pairs (E, 2) of different numbers, each once, the lower first."""
    low, high = np.minimum(first, second), np.maximum(first, second)
    wide = np.int64(high.max(initial=0) + 1)
    # np.unique hashes first, which takes fifty times as long for millions.
    keys = np.sort((low * wide + high)[low != high])
    keys = keys[np.diff(keys, prepend=-1) != 0]
    return np.stack(np.divmod(keys, wide), axis=1)


def _nearly_best(edges: Indexes, distances: Floats, clusters: int) -> Flags:
    """Return which edges are about the shortest of both their ends."""
    best = np.full(clusters, np.inf)
    for ends in edges.T:
        np.minimum.at(best, ends, distances)
    shorter = best[edges].min(axis=1)
    return np.asarray(distances <= _SLACK * np.maximum(shorter, 0))
