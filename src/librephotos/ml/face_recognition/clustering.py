"""Unknown faces grouped into people, without being told who is who.

Average linkage: the two nearest clusters are merged for as long as the mean squared
distance between the faces of one and those of the other stays below a bound. It needs
every face of a cluster to be like the other, on average, so that no chain of
look-alikes joins two people, and the mean comes from sums alone: no matrix of all
distances is held. See docs/adr/0010-faces.md for what it was measured against.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
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
from librephotos.ml.face_recognition.quality import LEAST_QUALITY, doubts

Encodings = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]

UNCLUSTERED: Final = -1

# From how many pairs of faces on which root of their mean squared distance makes two
# clusters one person. One pair has to be far below the published 0.6; a mean over more
# pairs says more, and bears more; copies and bursts are hardly more than one face.
# Measured in docs/adr/0017-poor-faces.md and 0019-copies-are-one-look.md.
LINKAGE_BOUNDS: Final = ((1, 0.45), (2, 0.5), (4, 0.57))

# Two clusters that the owner has seen are merged only when they are clearly one.
KNOWN_LINKAGE_BOUND: Final = 0.48

# Single faces are looked at along this graph first; means of clusters come after.
_SINGLES_WITHIN: Final = 0.5
_NEIGHBOURS: Final = 32

# Faces that agree in so many of 128 components are copies.
_SORTED_BY: Final = 8


@dataclass(frozen=True)
class FacesToGroup:
    """Unknown faces as arrays of one length; `previous` is -1 for those in no group.

    `photos` numbers the photo that each face is on, `fresh` are those that have to be
    compared with all others, and `apart` holds pairs of row numbers that are different
    people.
    """

    encodings: npt.NDArray[np.float16]
    qualities: Floats
    photos: Labels
    previous: Labels
    fresh: Flags
    apart: tuple[tuple[int, int], ...]


def group_faces(faces: FacesToGroup) -> Labels:
    """Return the group of each face, -1 for none; known groups keep their number.

    Faces that are too poor to be told apart stay out, unless they are in a group.
    """
    good = (faces.qualities >= LEAST_QUALITY) | (faces.previous >= 0)
    row_of = np.cumsum(good) - 1
    labels = np.full(len(good), UNCLUSTERED, dtype=np.int64)
    labels[good] = cluster(
        faces.encodings[good].astype(np.float32),
        faces.photos[good],
        doubts=doubts(faces.qualities[good]),
        previous=faces.previous[good],
        fresh=faces.fresh[good],
        apart=[(row_of[i], row_of[j]) for i, j in faces.apart if good[i] and good[j]],
    )
    return labels


def cluster(
    encodings: Encodings,
    groups: Labels,
    *,
    doubts: Floats | None = None,
    previous: Labels | None = None,
    fresh: Flags | None = None,
    apart: Iterable[tuple[int, int]] = (),
    least_size: int = 2,
) -> Labels:
    """Return the cluster of each face (N,), or UNCLUSTERED.

    `groups` (N,) is the photo of each face: two faces in one photo are two people and
    never share a cluster, nor do the row numbers of a pair in `apart`. `doubts` (N,)
    are squared distances, 0 or more, by which a face counts as farther from all others:
    of a face that tells little, only a nearer one is the same person.

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
        doubts=np.zeros(len(order)) if doubts is None else doubts[order],
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
    bounds = Bounds(by_pairs=LINKAGE_BOUNDS, known=KNOWN_LINKAGE_BOUND)
    pairs, crowded = near_singles(partition, within=_SINGLES_WITHIN, most=_NEIGHBOURS)
    merge_along(partition, *pairs, bounds)
    _merge_clusters(partition, bounds)
    pairs = near_singles_of(partition, crowded, within=_SINGLES_WITHIN)
    merge_along(partition, *pairs, bounds)
    _merge_clusters(partition, bounds)


def _merge_clusters(partition: Partition, bounds: Bounds) -> None:
    while partition.changed.any():
        pairs = near_clusters(partition, within=LINKAGE_BOUNDS[-1][1])
        partition.changed[:] = False
        merge_along(partition, *pairs, bounds)
