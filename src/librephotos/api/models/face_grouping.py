"""What the grouping of unknown faces knows from its last run."""

from __future__ import annotations

from django.conf import settings
from django.db import models


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
