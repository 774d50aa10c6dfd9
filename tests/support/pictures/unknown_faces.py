"""Faces of people who do not exist, and the groups that they are put into."""

from __future__ import annotations

from collections import Counter

import numpy as np

from librephotos.api.models import Face, User
from tests.factories import FaceFactory, PhotoFactory


def like(number: int, seed: int, *, spread: float = 0.02) -> list[float]:
    """Return an encoding of a person: near their others, 1 away from anybody's."""
    noise = np.random.default_rng(seed).normal(0, spread, 128)
    return [float(value) for value in noise + 0.7 * (np.arange(128) == number)]


def face(owner: User, number: int, seed: int, **values) -> Face:
    """Make a face of a person on a photo of its own."""
    photo = values.pop("photo", None) or PhotoFactory(owner=owner)
    return FaceFactory(photo=photo, encoding=like(number, seed), **values)


def groups(faces: list[Face]) -> Counter[int | None]:
    """Return how many of the faces are in which group."""
    rows = Face.objects.filter(pk__in=[face.pk for face in faces])
    return Counter(rows.values_list("cluster", flat=True))
