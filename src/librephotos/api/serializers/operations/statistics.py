"""Counts of a library in the contract's shapes."""

from __future__ import annotations

from typing import TypedDict


class Totals(TypedDict):
    """Ten counters of a library."""

    num_photos: int
    num_missing_photos: int
    num_albumdate: int
    num_faces: int
    num_people: int
    num_unknown_faces: int
    num_labeled_faces: int
    num_inferred_faces: int
    num_albumauto: int
    num_albumuser: int


class MonthCount(TypedDict):
    """How many photos a month has; it is written without a leading zero."""

    month: str
    count: int


class WordLabel(TypedDict):
    """A word, and the logarithm of how many photos it fits."""

    label: str
    y: float


class WordCloud(TypedDict):
    """The most frequent words, people and places."""

    captions: list[WordLabel]
    people: list[WordLabel]
    locations: list[WordLabel]


class StorageSpace(TypedDict):
    """Bytes of the volume that holds the data folder."""

    total_storage: int
    used_storage: int
    free_storage: int
