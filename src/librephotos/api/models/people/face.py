"""Faces on photos: where they are, what they look like, and whose they are."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from pgvector.django import HalfVectorField

from librephotos.api.models.people.person import Person

ENCODING_DIMENSIONS = 128


class FaceQuerySet(models.QuerySet["Face"]):
    """The named sets of faces."""

    def owned_by(self, user: Any) -> FaceQuerySet:
        """The faces on photos of `user`; none for anonymous callers."""
        return self.filter(owner_id=user.pk) if user.is_authenticated else self.none()

    def shown(self) -> FaceQuerySet:
        """Faces on visible photos that nobody has dismissed."""
        return self.filter(visible=True, dismissed=Face.Dismissed.NO)

    def confirmed(self) -> FaceQuerySet:
        """Faces that a person or a file gave a name."""
        return self.filter(person__isnull=False)

    def unconfirmed(self) -> FaceQuerySet:
        """Faces that nobody has named; the machine may have a guess."""
        return self.filter(person__isnull=True)


class Face(models.Model):
    """One face on one photo.

    What a person said: `person` with `person_source` USER (without a person: "not the
    one that the file names"), `dismissed`, `drawn` (the box is drawn by hand), and the
    rows of FaceRejection. No job touches these. A name that the file itself gives is
    `person` with `person_source` FILE; it yields to whatever a person says.

    Everything else is derived and may be rebuilt: the box (fractions of the upright
    picture), `encoding` (128-d, Euclidean distance), `score` of the detector, `quality`
    from 0 to 1, `crop` (its name in the storage), `name_tag` (the name of the XMP
    region at this place), `cluster`, and `guess` with its `guess_probability`.
    `visible` follows the photo's by a trigger of the database.
    """

    class Source(models.TextChoices):
        """Who said whose face this is."""

        NOBODY = ""
        USER = "user"
        FILE = "file"

    class Dismissed(models.TextChoices):
        """Why a face is shown nowhere."""

        NO = ""
        NOT_A_FACE = "not_a_face"
        IGNORED = "ignored"

    photo = models.ForeignKey("Photo", on_delete=models.CASCADE, related_name="faces")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    owner_id: int
    visible = models.BooleanField(default=True)

    person = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, related_name="faces"
    )
    person_id: int | None
    person_source = models.CharField(
        max_length=4, choices=Source.choices, default=Source.NOBODY, blank=True
    )
    dismissed = models.CharField(
        max_length=10, choices=Dismissed.choices, default=Dismissed.NO, blank=True
    )
    drawn = models.BooleanField(default=False)

    left = models.FloatField()
    top = models.FloatField()
    right = models.FloatField()
    bottom = models.FloatField()
    score = models.FloatField(default=0)
    quality = models.FloatField(default=0)
    encoding = HalfVectorField(dimensions=ENCODING_DIMENSIONS, null=True)
    crop = models.CharField(max_length=64, default="", blank=True)
    name_tag = models.CharField(max_length=200, default="", blank=True)
    cluster = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, related_name="clustered_faces"
    )
    cluster_id: int | None
    guess = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, related_name="guessed_faces"
    )
    guess_id: int | None
    guess_probability = models.FloatField(default=0)

    objects = FaceQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        indexes = [
            models.Index(
                fields=("owner", "person", "photo"),
                name="face_confirmed",
                condition=Q(visible=True, dismissed="", person__isnull=False),
            ),
            models.Index(
                "owner",
                "guess",
                F("guess_probability").desc(),
                "id",
                name="face_guessed",
                condition=Q(
                    visible=True, dismissed="", person=None, guess__isnull=False
                ),
            ),
            models.Index(
                fields=("owner", "cluster", "id"),
                name="face_unknown",
                condition=Q(visible=True, dismissed="", person=None),
                include=("guess", "guess_probability"),
            ),
            models.Index(fields=("owner", "photo"), name="face_of_owner"),
        ]

    def __str__(self) -> str:
        return f"face {self.pk} on {self.photo_id}"


class FaceRejection(models.Model):
    """What a person said: this face is not that person."""

    face = models.ForeignKey(Face, on_delete=models.CASCADE, related_name="rejections")
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="rejections"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("face", "person"), name="face_rejection_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.face_id} is not {self.person_id}"


class PeopleEdit(models.Model):
    """One thing that a user did to faces or people, and how it was before.

    `before` holds the columns that a person decides of every row concerned, so that
    each edit can be undone.
    """

    class Action(models.TextChoices):
        """What was done."""

        LABEL = "label"
        REJECT = "reject"
        DISMISS = "dismiss"
        RESTORE = "restore"
        DRAW = "draw"
        RENAME = "rename"
        MERGE = "merge"
        SPLIT = "split"
        CHANGE = "change"
        DELETE = "delete"

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    owner_id: int
    action = models.CharField(max_length=8, choices=Action.choices)
    created_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True)
    before = models.JSONField(default=dict)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.action} {self.pk}"

    def faces_concerned(self) -> list[int]:
        """Return the faces that it made or changed."""
        return [
            *(row["id"] for row in self.before["faces"]),
            *self.before["made_faces"],
        ]

    def people_concerned(self) -> list[int]:
        """Return the people that it made, changed or removed, or that had its faces."""
        people = {row["id"] for row in self.before["people"]}
        people.update(self.before["made_people"])
        people.update(row["person_id"] for row in self.before["faces"])
        return sorted(people - {None})


class FaceGrouping(models.Model):
    """The unknown faces of an owner as their last grouping saw and left them.

    `digests` holds eight bytes a face (`api.pipeline.people.changes`): whoever is not
    among them is new or has changed since, and is to be compared with all others.
    Derived; without it, all faces are.
    """

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True
    )
    digests = models.BinaryField()

    def __str__(self) -> str:
        return f"grouped faces of {self.owner_id}"
