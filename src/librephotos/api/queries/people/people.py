"""People and groups of like faces: finding them, making them, and taking turns."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from librephotos.api.models import Person
from librephotos.api.models.user_name import FILLERS

NOBODY = "Unknown - Other"
"""The contract's name for faces without a person; no person can have it."""

LONGEST_NAME = 200

_JOINERS = "\u200c\u200d"
"""They shape letters of Persian and Indic scripts, and join emoji."""


def person_name(text: str) -> str:
    """Return a text as the name of a person can be stored, "" where it names nobody.

    What cannot be seen is left out, so that no two names look alike for it and none
    turns the text around it; joiners stay, between the letters that they shape.
    """
    seen = "".join(filter(_can_be_seen, " ".join(text.split())))
    name = seen[:LONGEST_NAME].strip(_JOINERS + " ")
    return "" if name == NOBODY else name


def _can_be_seen(character: str) -> bool:
    if character in _JOINERS:
        return True
    return (
        unicodedata.category(character) not in ("Cc", "Cf", "Cs")
        and character not in FILLERS
    )


def named_or_none(owner: int, name: str) -> Person | None:
    """Return the owner's person of exactly this name."""
    return Person.objects.named().filter(owner_id=owner, name=name).first()


def existing(owner: int, ids: Iterable[int]) -> set[int]:
    """Return which of the ids are people or groups of this owner."""
    people = Person.objects.filter(owner_id=owner, pk__in=list(ids))
    return set(people.values_list("pk", flat=True))
