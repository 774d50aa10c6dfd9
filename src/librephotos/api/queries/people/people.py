"""People and groups of like faces: finding them, making them, and taking turns."""

from __future__ import annotations

from collections.abc import Iterable

from librephotos.api.models import Person
from librephotos.api.models.visible_text import visible_text

NOBODY = "Unknown - Other"
"""The contract's name for faces without a person; no person can have it."""

LONGEST_NAME = 200


def person_name(text: str) -> str:
    """Return a text as the name of a person can be stored, "" where it names nobody.

    What cannot be seen is left out (`visible_text`).
    """
    name = visible_text(visible_text(text)[:LONGEST_NAME])
    return "" if name == NOBODY else name


def named_or_none(owner: int, name: str) -> Person | None:
    """Return the owner's person of exactly this name."""
    return Person.objects.named().filter(owner_id=owner, name=name).first()


def existing(owner: int, ids: Iterable[int]) -> set[int]:
    """Return which of the ids are people or groups of this owner."""
    people = Person.objects.filter(owner_id=owner, pk__in=list(ids))
    return set(people.values_list("pk", flat=True))
