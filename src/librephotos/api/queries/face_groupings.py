"""What the last grouping of unknown faces left for the next one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from librephotos.api.models import FaceGrouping, FaceRejection

Digests = npt.NDArray[np.uint64]


def faces_grouped(owner: int) -> Digests:
    """Return the digests of the faces that the last grouping left behind."""
    rows = FaceGrouping.objects.filter(owner=owner)
    return np.frombuffer(
        bytes(rows.values_list("digests", flat=True).first() or b""), "<u8"
    )


def remember_grouped(owner: int, digests: Digests) -> None:
    """Keep the digests of all faces that have been grouped, and no others."""
    data = digests.astype("<u8").tobytes()
    FaceGrouping.objects.update_or_create(owner_id=owner, defaults={"digests": data})


def pass_on_rejections(heirs: Mapping[int, int]) -> None:
    """Let what was denied of groups hold for those that they were merged into."""
    denied = FaceRejection.objects.filter(person__in=heirs)
    FaceRejection.objects.bulk_create(
        [
            FaceRejection(face_id=face, person_id=heirs[group])
            for face, group in denied.values_list("face", "person")
        ],
        ignore_conflicts=True,
    )
