"""Encodings of faces projected on three axes, so that a plot can show them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from django.db.models import BinaryField, Func

from librephotos.api.models import Face, Person
from librephotos.api.models.people.face import ENCODING_DIMENSIONS

MOST_POINTS = 20_000
"""More than a plot can show; the newest faces are taken."""

LEAST_POINTS = 3


class FacePoint(NamedTuple):
    """A face with whoever it is or seems to be, and three coordinates."""

    face_id: int
    image_hash: str
    person_id: int | None
    person_name: str
    inferred: bool
    position: tuple[float, float, float]


def face_points(user: Any) -> list[FacePoint]:
    """Return one's shown faces on their three principal components.

    An empty list if there are too few to have any.
    """
    shown = Face.objects.owned_by(user).shown().filter(encoding__isnull=False)
    sent = Func("encoding", function="halfvec_send", output_field=BinaryField())
    rows = shown.order_by("-id").values_list(
        "id", "photo__image_hash", "person", "guess", "cluster", sent
    )[:MOST_POINTS]
    faces = sorted(rows)
    if len(faces) < LEAST_POINTS:
        return []
    positions = _principal(_points([face[-1] for face in faces]))
    people = Person.objects.owned_by(user)
    names = dict(people.values_list("id", "name"))
    return [
        _point(face, names, position)
        for face, position in zip(faces, positions.tolist(), strict=True)
    ]


def _point(face: Any, names: dict[int, str], position: list[float]) -> FacePoint:
    face_id, image_hash, person, guess, cluster, _ = face
    shown_as = person or guess or cluster
    x, y, z = position
    return FacePoint(
        face_id=face_id,
        image_hash=image_hash,
        person_id=shown_as,
        person_name=names.get(shown_as, ""),
        inferred=person is None,
        position=(x, y, z),
    )


def _points(encodings: Iterable[bytes]) -> Any:
    """Return encodings as PostgreSQL sends them as (N, 128)."""
    # The dimension and a reserved field come first, two bytes each.
    values = b"".join(encoding[4:] for encoding in encodings)
    return np.frombuffer(values, ">f2").reshape(-1, ENCODING_DIMENSIONS)


def _principal(encodings: Any) -> Any:
    """Return the coordinates (N, 3) on the axes of the largest variance."""
    points = encodings.astype(np.float64)
    points -= points.mean(axis=0)
    _, axes = np.linalg.eigh(points.T @ points)
    return points @ axes[:, ::-1][:, :3]
