"""The faces of a library as its owner looks through them: by person, group or none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from django.db.models import Count, Q

from librephotos.api.models import Face, Person
from librephotos.api.models.people.face import FaceQuerySet
from librephotos.api.models.people.person import NOBODY

NOBODY_ID = 0
"""The contract's number for faces without a person; no row has it."""


class Method(StrEnum):
    """How unknown faces are told apart: by likeness, or by likeness to the named."""

    CLUSTERING = "clustering"
    CLASSIFICATION = "classification"


class FaceOrder(StrEnum):
    """The orders of a person's faces."""

    CONFIDENCE = "confidence"
    DATE = "date"


@dataclass(frozen=True)
class FaceFilter:
    """Which faces are looked at: labelled ones, or with `inferred` those that are not.

    Without a `method`, faces are sorted by their guess, and those without one by their
    group. Guesses less likely than `min_confidence` count as none.
    """

    inferred: bool = False
    method: Method | None = None
    min_confidence: float = 0.0


class FaceGroup(NamedTuple):
    """A person or a group, and how many faces it has."""

    id: int
    name: str
    kind: str
    faces: int


def faces_of_person(user: Any, wanted: FaceFilter, *, person: int) -> FaceQuerySet:
    """Return a person's or group's faces; NOBODY_ID stands for those without one."""
    shown = Face.objects.owned_by(user).shown()
    if person == NOBODY_ID:
        return shown.filter(_of_nobody(wanted))
    if not wanted.inferred:
        return shown.filter(person=person)
    unknown = shown.unconfirmed()
    if wanted.method is Method.CLASSIFICATION:
        return unknown.filter(_guessed(wanted), guess=person)
    if wanted.method is Method.CLUSTERING:
        return unknown.filter(cluster=person)
    return unknown.filter(
        _guessed(wanted) & Q(guess=person) | ~_guessed(wanted) & Q(cluster=person)
    )


def in_order(faces: FaceQuerySet, order: FaceOrder) -> FaceQuerySet:
    """Return the faces by confidence, or by the time of their photo, oldest first."""
    if order is FaceOrder.DATE:
        return faces.order_by("photo__taken_at", "-guess_probability", "id")
    return faces.order_by("-guess_probability", "id")


def face_groups(user: Any, wanted: FaceFilter) -> list[FaceGroup]:
    """Return whose faces there are, by name; those without a person come last."""
    shown = Face.objects.owned_by(user).shown()
    counts = _counts(shown, wanted)
    people = Person.objects.owned_by(user).filter(pk__in=counts).order_by("name", "id")
    groups = [
        FaceGroup(person.pk, person.name, person.kind, counts[person.pk])
        for person in people.only("name", "kind")
    ]
    others = shown.filter(_of_nobody(wanted)).count()
    if others:
        groups.append(FaceGroup(NOBODY_ID, NOBODY, "UNKNOWN", others))
    return groups


def dismissed_faces(user: Any, reason: str = "") -> FaceQuerySet:
    """Return one's dismissed faces on visible photos, the newest first.

    With a `reason` only those dismissed for it.
    """
    faces = Face.objects.owned_by(user).filter(visible=True).order_by("-id")
    if reason:
        return faces.filter(dismissed=reason)
    return faces.exclude(dismissed=Face.Dismissed.NO)


def people_on_photos() -> FaceQuerySet:
    """Return the faces that photos' details show, with whose they are or seem to be."""
    shown = Face.objects.filter(dismissed=Face.Dismissed.NO).defer("encoding")
    return shown.select_related("person", "guess", "cluster").order_by("left", "id")


def _counts(shown: FaceQuerySet, wanted: FaceFilter) -> dict[int, int]:
    if not wanted.inferred:
        return _counted(shown.confirmed(), "person")
    unknown = shown.unconfirmed()
    guessed = unknown.filter(_guessed(wanted))
    if wanted.method is Method.CLASSIFICATION:
        return _counted(guessed, "guess")
    grouped = unknown.filter(cluster__isnull=False)
    if wanted.method is Method.CLUSTERING:
        return _counted(grouped, "cluster")
    rest = grouped.filter(~_guessed(wanted))
    return _counted(guessed, "guess") | _counted(rest, "cluster")


def _counted(faces: FaceQuerySet, column: str) -> dict[int, int]:
    counts = faces.order_by().values(column).annotate(n=Count("*"))
    return dict(counts.values_list(column, "n"))


def _guessed(wanted: FaceFilter) -> Q:
    """The faces for which there is a guess that is likely enough."""
    return Q(guess__isnull=False, guess_probability__gte=wanted.min_confidence)


def _of_nobody(wanted: FaceFilter) -> Q:
    unknown = Q(person=None)
    if wanted.method is not Method.CLUSTERING:
        unknown &= ~_guessed(wanted)
    if wanted.method is not Method.CLASSIFICATION:
        unknown &= Q(cluster=None)
    return unknown
