"""Encodings of people who do not exist, as many as a large library has."""

from __future__ import annotations

import resource
import time
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from librephotos.ml.face_recognition.clustering import UNCLUSTERED, cluster

# Distances between two faces of two people and of one, as on labelled photographs
# (docs/adr/0010-faces.md), in about as many independent directions.
BETWEEN, WITHIN, DIRECTIONS = 0.80, 0.38, 24

# How many faces come to a crowd that has been clustered.
FRESH = (0, 1, 100, 1000)

_BLOCK_ROWS = 160

Encodings = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Outcome:
    """How a crowd was clustered, in seconds, MiB and pairs.

    `cpu_s` is the processor time of all threads. `fresh_cpu_s` is that of each number
    of faces that come to a crowd whose clusters are known.
    """

    faces: int
    people: int
    floor_cpu_s: float
    cpu_s: float
    wall_s: float
    fresh_cpu_s: dict[int, float]
    peak_mib: float
    precision: float
    recall: float
    foreign_faces: int
    clusters_with_two_of_another: int
    fixed_point: bool


def clustered_crowd(count: int) -> Outcome:
    """Return how that many faces are clustered, and the time of the products alone."""
    encodings, persons, photos = crowd(count)
    floor_cpu_s = _timed_products(encodings)
    before = _peak_mib()
    start, start_cpu = time.perf_counter(), time.process_time()
    labels = cluster(encodings, photos)
    cpu_s, wall_s = time.process_time() - start_cpu, time.perf_counter() - start
    peak_mib = _peak_mib() - before
    precision, recall = _agreement(persons, labels)
    foreign, mixed = _foreign(persons, labels)
    again = cluster(encodings, photos, previous=labels)
    return Outcome(
        faces=count,
        people=len(np.unique(persons)),
        floor_cpu_s=floor_cpu_s,
        cpu_s=cpu_s,
        wall_s=wall_s,
        fresh_cpu_s={
            fresh: _timed_growth(encodings, photos, labels, fresh)
            for fresh in FRESH
            if fresh < count
        },
        peak_mib=peak_mib,
        precision=precision,
        recall=recall,
        foreign_faces=foreign,
        clusters_with_two_of_another=mixed,
        fixed_point=bool(np.array_equal(again, labels)),
    )


def _timed_growth(
    encodings: Encodings, photos: Numbers, labels: Numbers, fresh: int
) -> float:
    """Return the processor time that the last faces take if they are the fresh ones."""
    is_fresh = np.arange(len(labels)) >= len(labels) - fresh
    previous = np.where(is_fresh, UNCLUSTERED, labels)
    start = time.process_time()
    cluster(encodings, photos, previous=previous, fresh=is_fresh)
    return time.process_time() - start


def crowd(count: int) -> tuple[Encodings, Numbers, Numbers]:
    """Return encodings (N, 128), persons and photos of a heavy-tailed crowd.

    Most people appear once or twice, the commonest in a 25th of all faces; two faces
    that follow one another share a photo unless they are one person. People differ in
    how much their own faces vary.
    """
    chance = np.random.default_rng(0)
    sizes = np.clip((chance.pareto(1.0, count) * 1.5).astype(int), 1, count // 25)
    sizes = sizes[: np.searchsorted(np.cumsum(sizes), count) + 1]
    persons = np.repeat(np.arange(len(sizes)), sizes)[:count]
    share = np.exp(-np.arange(128) / DIRECTIONS)
    deviation = np.sqrt(share / share.sum() / 2)
    centres = chance.normal(size=(len(sizes), 128)) * deviation * BETWEEN
    variety = np.exp(chance.normal(0, 0.25, len(sizes)))[persons, None]
    noise = chance.normal(size=(count, 128)) * deviation * WITHIN * variety
    order = chance.permutation(count)
    persons = persons[order]
    encodings = (centres[persons] + noise[order]).astype(np.float32)
    photos = np.arange(count) // 2
    one_person = np.flatnonzero(persons[0::2][: count // 2] == persons[1::2])
    photos[2 * one_person + 1] = count + np.arange(len(one_person))
    return encodings, persons, photos


def _timed_products(encodings: Encodings) -> float:
    """Return the processor time of all distance products, with nothing kept."""
    columns = np.ascontiguousarray(encodings.T)
    block = np.empty((_BLOCK_ROWS, len(encodings)), dtype=np.float32)
    start = time.process_time()
    for at in range(0, len(encodings), _BLOCK_ROWS):
        rows = encodings[at : at + _BLOCK_ROWS]
        np.matmul(rows, columns, out=block[: len(rows)])
    return time.process_time() - start


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _agreement(persons: Numbers, labels: Numbers) -> tuple[float, float]:
    known = labels != UNCLUSTERED
    both = np.stack([persons[known], labels[known]], axis=1)
    right = _pairs(np.unique(both, axis=0, return_counts=True)[1])
    together = _pairs(np.unique(labels[known], return_counts=True)[1])
    wanted = _pairs(np.unique(persons, return_counts=True)[1])
    return right / max(1, together), right / max(1, wanted)


def _pairs(counts: Numbers) -> int:
    return int((counts * (counts - 1) // 2).sum())


def _foreign(persons: Numbers, labels: Numbers) -> tuple[int, int]:
    """Return faces among another's, and clusters with two of a second person."""
    rows = np.flatnonzero(labels != UNCLUSTERED)
    rows = rows[np.argsort(labels[rows], kind="stable")]
    foreign = mixed = 0
    for members in np.split(rows, np.flatnonzero(np.diff(labels[rows])) + 1):
        counts = np.sort(np.unique(persons[members], return_counts=True)[1])
        foreign += int(counts[:-1].sum())
        mixed += len(counts) > 1 and counts[-2] > 1
    return foreign, int(mixed)
