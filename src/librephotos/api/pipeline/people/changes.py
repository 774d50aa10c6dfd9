"""Telling faces that are as a former run left them from those that are not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from hashlib import blake2b
from typing import Final

import numpy as np
import numpy.typing as npt

from librephotos.api.queries.people.face_encodings import FaceTable

Digests = npt.NDArray[np.uint64]

GROUPING: Final = b"grouping 2"
"""To be counted up when faces have to be grouped anew because the method is another."""


def digests(faces: FaceTable, rejections: Iterable[tuple[int, int]]) -> Digests:
    """Return a number (N,) for all that the group of each face depends on.

    That is what it looks like, what was denied of it, its group and who is in there:
    where one comes or goes, the numbers of all others in the group change.
    """
    own = _own_digests(faces, rejections)
    groups, at = np.unique(faces.people, return_inverse=True)
    members = np.zeros(len(groups), dtype=np.uint64)
    np.add.at(members, at, own)
    members[groups == 0] = 0
    return np.asarray(own + members[at])


def _own_digests(faces: FaceTable, rejections: Iterable[tuple[int, int]]) -> Digests:
    denied: dict[int, list[int]] = defaultdict(list)
    for face, person in rejections:
        denied[face].append(person)
    columns = (faces.ids, faces.photos, faces.people, faces.qualities)
    single = [np.ascontiguousarray(column)[:, None] for column in columns]
    rows = [column.view(np.uint8) for column in (*single, faces.encodings)]
    return np.frombuffer(
        b"".join(
            blake2b(
                row.tobytes() + repr(sorted(denied.get(face, ()))).encode(),
                digest_size=8,
                person=GROUPING,
            ).digest()
            for face, row in zip(faces.ids.tolist(), np.hstack(rows), strict=True)
        ),
        dtype=np.uint64,
    )
