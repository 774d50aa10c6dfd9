"""Encodings of people who do not exist, with distances like those of real ones.

Two faces of one person are 0.36 apart on average, and faces of two people 0.8, as was
measured on labelled photographs (docs/adr/0010-faces.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Encodings = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]

WITHIN, BETWEEN = 0.36, 0.8
_SHARE = np.exp(-np.arange(128) / 24)
_DEVIATION = np.sqrt(_SHARE / _SHARE.sum() / 2)


@dataclass(frozen=True)
class Crowd:
    """Encodings (N, 128), who each is (N,) and the photo that each is in (N,)."""

    encodings: Encodings
    persons: Numbers
    photos: Numbers

    def part(self, rows: Numbers) -> Crowd:
        """Return the faces of those rows, in their order."""
        return Crowd(self.encodings[rows], self.persons[rows], self.photos[rows])


def crowd(sizes: list[int], *, seed: int = 0) -> Crowd:
    """Return as many faces of each person as `sizes` say, each in its own photo."""
    chance = np.random.default_rng(seed)
    persons = np.repeat(np.arange(len(sizes)), sizes)
    centres = chance.normal(size=(len(sizes), 128)) * _DEVIATION * BETWEEN
    spread = chance.normal(size=(len(persons), 128)) * _DEVIATION * WITHIN
    encodings = (centres[persons] + spread).astype(np.float32)
    return Crowd(encodings, persons, np.arange(len(persons)))
