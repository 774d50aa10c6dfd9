"""Unknown faces grouped into people, without being told who is who.

Average linkage: the two nearest clusters are merged for as long as the mean squared
distance between the faces of one and those of the other stays below a bound. It needs
every face of a cluster to be like the other, on average, so that no chain of
look-alikes joins two people, and the mean comes from sums alone: no matrix of all
distances is held. See docs/adr/0010-faces.md for what it was measured against.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt

from librephotos.ml.face_recognition.candidates import (
    near_clusters,
    near_singles,
    near_singles_of,
)
from librephotos.ml.face_recognition.linkage import Bounds, merge_along
from librephotos.ml.face_recognition.partition import Partition

Encodings = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Labels = npt.NDArray[np.int64]

UNCLUSTERED: Final = -1

# Root of the mean squared distance of two clusters that are one person: well below
# the published 0.6 for a pair of faces. Measured in docs/adr/0010-faces.md.
LINKAGE_BOUND: Final = 0.5

# Two clusters that the owner has seen are merged only when they are clearly one.
KNOWN_LINKAGE_BOUND: Final = 0.48

# A mean over several faces says more than the distance of two: where one cluster has
# so many, the other is merged up to here.
ESTABLISHED_BOUND: Final = 0.55
ESTABLISHED_SIZE: Final = 4

_NEIGHBOURS: Final = 32

# Faces that agree in so many of 128 components are copies.
_SORTED_BY: Final = 8


def cluster(
    encodings: Encodings,
    groups: Labels,
    *,
    previous: Labels | None = None,
    fresh: Flags | None = None,
    apart: Iterable[tuple[int, int]] = (),
    least_size: int = 2,
) -> Labels:
    """Return the cluster of each face (N,), or UNCLUSTERED.

    `groups` (N,) is the photo of each face: two faces in one photo are two people and
    never share a cluster, nor do the row numbers of a pair in `apart`.

    The answer does not depend on the order of the rows. With `previous` labels (N,)
    known clusters keep their number and their faces: faces without a number join them
    or form new ones, with higher numbers. A known face leaves only a cluster that it
    may not share any more, and the one less like the others leaves. Two known clusters
    are merged only when one has new faces, and these bring the two below
    KNOWN_LINKAGE_BOUND; the number of the larger remains. Given its own answer back,
    unchanged, the function returns it.

    `fresh` (N,) are the faces that are not as they were when `previous` was the answer,
    and the others of their cluster if one has left it: without the flags all are. Only
    clusters with fresh faces are compared with others, so that k of them among N take
    k·N products. The answer is one to all faces with these `previous` labels; where
    faces have more than _NEIGHBOURS neighbours, merges may come in another order.
    """
    order = _canonical_order(encodings, groups)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    partition = Partition(
        encodings[order],
        known=np.full(len(order), UNCLUSTERED) if previous is None else previous[order],
        exclusions=_exclusions(groups, apart, order),
        fresh=np.ones(len(order), dtype=bool) if fresh is None else fresh[order],
    )
    _merge_all(partition)
    return partition.labels(least_size=least_size)[place]


def _canonical_order(encodings: Encodings, groups: Labels) -> Labels:
    keys = np.ascontiguousarray(encodings[:, :_SORTED_BY].T[::-1])
    return np.lexsort((groups, *keys)).astype(np.int64)


def _exclusions(
    groups: Labels, apart: Iterable[tuple[int, int]], order: Labels
) -> list[set[int]]:
    """Return for each face the tokens that no other face of its cluster may have.

    A photo is a token of all its faces, and a pair kept apart one of its two.
    """
    tokens: list[set[int]] = [{int(group)} for group in groups]
    fresh = int(groups.max(initial=0)) + 1
    for token, (i, j) in enumerate(apart, fresh):
        tokens[i].add(token)
        tokens[j].add(token)
    return [tokens[i] for i in order]


def _merge_all(partition: Partition) -> None:
    bounds = Bounds(
        unknown=LINKAGE_BOUND,
        known=KNOWN_LINKAGE_BOUND,
        established=ESTABLISHED_BOUND,
        established_size=ESTABLISHED_SIZE,
    )
    pairs, crowded = near_singles(partition, within=LINKAGE_BOUND, most=_NEIGHBOURS)
    merge_along(partition, *pairs, bounds)
    _merge_clusters(partition, bounds)
    pairs = near_singles_of(partition, crowded, within=LINKAGE_BOUND)
    merge_along(partition, *pairs, bounds)
    _merge_clusters(partition, bounds)


def _merge_clusters(partition: Partition, bounds: Bounds) -> None:
    while partition.changed.any():
        pairs = near_clusters(partition, within=ESTABLISHED_BOUND)
        partition.changed[:] = False
        merge_along(partition, *pairs, bounds)
