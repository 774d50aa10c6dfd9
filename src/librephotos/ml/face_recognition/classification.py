"""Unknown faces recognised as people who have a name, or as nobody known.

A person is several prototypes, since people age, grow beards and wear glasses: each is
the mean of labelled faces that are alike. A face is compared with the nearest
prototypes of each person. Probabilities are calibrated: docs/adr/0010-faces.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from librephotos.ml.face_recognition.quality import LEAST_QUALITY, doubts

Encodings = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]

MOST_PROTOTYPES: Final = 12

# Labelled faces nearer than this to one another are one look of a person.
_ONE_LOOK: Final = 0.35

# The logistic curve of the distance to the nearest prototype. The labelled faces would
# bear even odds at 0.59 and a curve five times as steep; relatives, of whom there are
# none among them, are nearer, below 0.5 at times. 0.9 is reached at 0.467.
_EVEN_DISTANCE: Final = 0.54
_STEEPNESS: Final = 30.0
# The second best person has to be this much farther, or the probability is shared.
_RIVAL_WIDTH: Final = 0.04

_BLOCK: Final = 4096
_MOST_DISTANCES: Final = 4_000_000  # 32 MB, in some six arrays at a time
_NOBODY: Final = -1


@dataclass(frozen=True)
class People:
    """The prototypes (P, 128) of labelled people and whose each is (P,)."""

    prototypes: Encodings
    owners: Labels

    @classmethod
    def from_faces(cls, encodings: Encodings, persons: Labels) -> People:
        """Return the people of labelled faces: encodings (N, 128), person ids (N,)."""
        ids = np.unique(persons)
        looks = [prototypes_of(encodings[persons == person]) for person in ids]
        counts = [len(look) for look in looks]
        empty = np.empty((0, encodings.shape[1]), dtype=np.float32)
        return cls(np.concatenate([empty, *looks]), np.repeat(ids, counts))


@dataclass(frozen=True)
class Recognition:
    """The person that a face most likely is, with a probability from 0 to 1."""

    person: int
    probability: float


def prototypes_of(encodings: Encodings) -> Encodings:
    """Return at most MOST_PROTOTYPES looks of one person, whatever the faces' order.

    The first look starts from the most central face, each next one from the face that
    is farthest from all looks so far; a look is the mean of the faces nearest to it.
    """
    encodings = encodings[np.lexsort(encodings.T[::-1])]
    centre = encodings.mean(axis=0)
    seeds = [int(np.linalg.norm(encodings - centre, axis=1).argmin())]
    nearest = _distances(encodings, encodings[seeds])[:, 0]
    while nearest.max() > _ONE_LOOK and len(seeds) < MOST_PROTOTYPES:
        seeds.append(int(nearest.argmax()))
        fresh = _distances(encodings, encodings[seeds[-1:]])[:, 0]
        nearest = np.minimum(nearest, fresh)
    look = _distances(encodings, encodings[seeds]).argmin(axis=1)
    return np.stack([encodings[look == n].mean(axis=0) for n in range(len(seeds))])


@dataclass(frozen=True)
class FacesToRecognise:
    """Unknown faces and labelled ones, each as arrays of one length.

    `photos` and `labelled_photos` number photos alike. `rejected` holds pairs of a
    row number and a person; what is less likely than `least_probability` is nobody.
    """

    encodings: npt.NDArray[np.float16]
    qualities: Floats
    photos: Labels
    labelled: npt.NDArray[np.float16]
    labelled_qualities: Floats
    labelled_photos: Labels
    people: Labels
    rejected: tuple[tuple[int, int], ...]
    least_probability: float


def recognise_faces(faces: FacesToRecognise) -> tuple[Labels, Floats]:
    """Return the person (0: nobody) and the probability for each unknown face."""
    good = faces.labelled_qualities >= LEAST_QUALITY
    # Whoever has no good face is known by the poor ones.
    good |= ~np.isin(faces.people, faces.people[good])
    people = People.from_faces(
        faces.labelled[good].astype(np.float32), faces.people[good]
    )
    found = classify(
        faces.encodings.astype(np.float32),
        faces.photos,
        people,
        doubts=doubts(faces.qualities),
        least_probability=faces.least_probability,
        taken=_people_in(faces),
        rejected=faces.rejected,
    )
    poor = faces.qualities < LEAST_QUALITY
    persons = np.array([face.person if face else 0 for face in found], dtype=np.int64)
    probabilities = np.array([face.probability if face else 0.0 for face in found])
    return np.where(poor, 0, persons), np.where(poor, 0.0, probabilities)


def _people_in(faces: FacesToRecognise) -> dict[int, list[int]]:
    """Return who is confirmed in each photo that also has unknown faces."""
    taken: dict[int, list[int]] = {}
    for row in np.flatnonzero(np.isin(faces.labelled_photos, faces.photos)).tolist():
        photo = int(faces.labelled_photos[row])
        taken.setdefault(photo, []).append(int(faces.people[row]))
    return taken


def classify(
    encodings: Encodings,
    groups: Labels,
    people: People,
    *,
    doubts: Floats | None = None,
    least_probability: float = 0.5,
    taken: Mapping[int, Iterable[int]] | None = None,
    rejected: Iterable[tuple[int, int]] = (),
) -> list[Recognition | None]:
    """Return who each unknown face (N, 128) is, None for nobody known.

    `groups` (N,) is the photo of each face. A person is in a photo once: where two
    faces are the same person, the more probable one is, and the other is looked at
    without that person. `doubts` (N,) are squared distances by which each face counts
    as farther from everybody. `taken` names the people already confirmed in a photo,
    and `rejected` the pairs (row, person) that somebody denied. The answer for a photo
    depends on its own faces only, so any subset of whole photos may be scored again.
    """
    ids = np.unique(people.owners)
    answers: list[Recognition | None] = [None] * len(encodings)
    if not len(ids):
        return answers
    denied: dict[int, list[int]] = {}
    for row, person in rejected:
        denied.setdefault(row, []).append(person)
    for rows in _blocks_of_photos(groups, size=max(1, _MOST_DISTANCES // len(ids))):
        distances = person_distances(encodings[rows], people, ids)
        if doubts is not None:
            distances = np.sqrt(distances**2 + doubts[rows, None])
        refused = [
            (at, person)
            for at, row in enumerate(rows.tolist())
            for person in denied.get(row, ())
        ]
        _forbid(distances, groups[rows], ids, taken or {}, refused)
        best, surest = _most_probable(distances, groups[rows], least_probability)
        for row, at, probability in zip(rows, best, surest, strict=True):
            if at != _NOBODY:
                answers[row] = Recognition(int(ids[at]), float(probability))
    return answers


def _blocks_of_photos(groups: Labels, *, size: int) -> list[Labels]:
    """Return the rows of whole photos, about `size` at a time."""
    order = np.argsort(groups, kind="stable")
    starts = np.flatnonzero(np.diff(groups[order])) + 1
    wanted = np.searchsorted(starts, np.arange(size, len(order), size))
    cuts = starts[np.unique(wanted[wanted < len(starts)])]
    return [rows for rows in np.split(order, cuts) if len(rows)]


def _most_probable(
    distances: Floats, groups: Labels, least_probability: float
) -> tuple[Labels, Floats]:
    """Return the column of each face's person, or _NOBODY, and how sure that is."""
    probabilities = probabilities_of(distances)
    best = probabilities.argmax(axis=1)
    surest = probabilities.max(axis=1)
    best[surest < least_probability] = _NOBODY
    for rows in _clashing_rows(groups, best):
        best[rows], surest[rows] = _resolve(distances[rows], least_probability)
    return best, surest


def person_distances(encodings: Encodings, people: People, ids: Labels) -> Floats:
    """Return the distance (N, P) of each face to the nearest look of each person."""
    starts = np.searchsorted(people.owners, ids)
    result: Floats = np.empty((len(encodings), len(ids)))
    for at in range(0, len(encodings), _BLOCK):
        block = _distances(encodings[at : at + _BLOCK], people.prototypes)
        result[at : at + _BLOCK] = np.minimum.reduceat(block, starts, axis=1)
    return result


def probabilities_of(distances: Floats) -> Floats:
    """Return the probability (N, P) of each person from distances, inf for nobody.

    That is the odds of being one person at all at that distance, shared with rivals
    that are about as near. A row sums to 1 at most; the rest is nobody known.
    """
    alone = 1 / (1 + np.exp(np.minimum(_STEEPNESS * (distances - _EVEN_DISTANCE), 700)))
    nearest = distances.min(axis=1, keepdims=True)
    nearest[np.isinf(nearest)] = 0
    weights = np.exp(-(distances - nearest) / _RIVAL_WIDTH)
    total = weights.sum(axis=1, keepdims=True)
    return np.asarray(alone * weights / np.maximum(total, 1))


def _forbid(
    distances: Floats,
    groups: Labels,
    ids: Labels,
    taken: Mapping[int, Iterable[int]],
    rejected: Iterable[tuple[int, int]],
) -> None:
    column = {int(person): at for at, person in enumerate(ids)}
    in_photo = np.flatnonzero(np.isin(groups, list(taken)))
    elsewhere = [
        (int(row), person) for row in in_photo for person in taken[int(groups[row])]
    ]
    for face, person in [*rejected, *elsewhere]:
        if person in column:
            distances[face, column[person]] = np.inf


def _clashing_rows(groups: Labels, best: Labels) -> list[Labels]:
    """Return the faces of each photo in which one person is the best of two."""
    claims = np.stack([groups, best], axis=1)[best != _NOBODY]
    pairs, counts = np.unique(claims, axis=0, return_counts=True)
    clashing = np.unique(pairs[counts > 1, 0])
    rows = np.flatnonzero(np.isin(groups, clashing))
    rows = rows[np.argsort(groups[rows], kind="stable")]
    return np.split(rows, np.flatnonzero(np.diff(groups[rows])) + 1)[: len(clashing)]


def _resolve(distances: Floats, least_probability: float) -> tuple[Labels, Floats]:
    """Return the person's column and the probability for the faces of one photo.

    The surest face is decided first, and its person denied to the others.
    """
    distances = distances.copy()
    best = np.full(len(distances), _NOBODY)
    surest = np.zeros(len(distances))
    while True:
        probabilities = probabilities_of(distances)
        row, column = divmod(int(probabilities.argmax()), probabilities.shape[1])
        if probabilities[row, column] < least_probability:
            return best, surest
        best[row], surest[row] = column, probabilities[row, column]
        distances[:, column] = np.inf
        distances[row, :] = np.inf


def _distances(first: Encodings, second: Encodings) -> Floats:
    a, b = first.astype(np.float64), second.astype(np.float64)
    squared = (a**2).sum(1)[:, None] + (b**2).sum(1)[None, :] - 2 * a @ b.T
    return np.asarray(np.sqrt(np.maximum(squared, 0)))
