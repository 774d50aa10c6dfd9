"""People, and the groups of like faces that nobody has named yet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

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


class PersonQuerySet(models.QuerySet["Person"]):
    """The named sets of people."""

    def owned_by(self, user: Any) -> PersonQuerySet:
        """The people in the library of `user`; none for anonymous callers."""
        return self.filter(owner_id=user.pk) if user.is_authenticated else self.none()

    def named(self) -> PersonQuerySet:
        """Those that a person or a file gave a name."""
        return self.filter(kind=Person.Kind.USER)

    def clusters(self) -> PersonQuerySet:
        """Groups of like faces without a name."""
        return self.filter(kind=Person.Kind.CLUSTER)

    def named_or_none(self, owner: int, name: str) -> Person | None:
        """The owner's person of exactly this name."""
        return self.named().filter(owner_id=owner, name=name).first()

    def existing(self, owner: int, ids: Iterable[int]) -> set[int]:
        """Which of the ids are people or groups of this owner."""
        people = self.filter(owner_id=owner, pk__in=list(ids))
        return set(people.values_list("pk", flat=True))


class Person(models.Model):
    """Somebody in the library of one user.

    A USER is what a person said: name, `cover` (the face shown for them), `hidden` and
    `birth_date`; no job touches it. A CLUSTER is derived: a group of like faces that
    waits for a name; clustering makes, fills and removes it.
    """

    class Kind(models.TextChoices):
        """The contract's words."""

        USER = "USER"
        CLUSTER = "CLUSTER"

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    owner_id: int
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.USER)
    name = models.CharField(max_length=LONGEST_NAME)
    hidden = models.BooleanField(default=False)
    birth_date = models.DateField(null=True)
    cover = models.ForeignKey(
        "Face", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        ordering = ("name", "id")
        verbose_name_plural = "people"
        constraints = [
            models.UniqueConstraint(
                fields=("owner", "name"),
                name="person_named_once",
                condition=Q(kind="USER"),
            )
        ]
        indexes = [models.Index(fields=("owner", "kind", "name"), name="person_list")]

    def __str__(self) -> str:
        return self.name
