"""What is on photos, as models or people have tagged it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

LONGEST_NAME = 512


class ThingQuerySet(models.QuerySet["Thing"]):
    """The named sets of things."""

    def owned_by(self, user: Any) -> ThingQuerySet:
        """The things in the library of `user`; none for anonymous callers."""
        return self.filter(owner_id=user.pk) if user.is_authenticated else self.none()

    def tags(self) -> ThingQuerySet:
        """Those that people have made and given to photos themselves."""
        return self.filter(kind=Thing.Kind.USER_TAG)


class Thing(models.Model):
    """A tag of one user's photos, which is also an album.

    `photo_count` is the number of visible photos, kept by triggers of the database.
    """

    class Kind(models.TextChoices):
        """Where the tag comes from: a model's output, a user's caption, or a user."""

        PLACES365_ATTRIBUTE = "places365_attribute"
        PLACES365_CATEGORY = "places365_category"
        PLACES365_ENVIRONMENT = "places365_environment"
        SIGLIP2_TAG = "siglip2_tag"
        HASHTAG_ATTRIBUTE = "hashtag_attribute"
        USER_TAG = "user_tag"

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    owner_id: int
    kind = models.CharField(max_length=24, choices=Kind.choices)
    title = models.CharField(max_length=LONGEST_NAME)
    photo_count = models.IntegerField(default=0)

    objects = ThingQuerySet.as_manager()

    class Meta:
        ordering = ("-title",)
        constraints = [
            models.UniqueConstraint(
                fields=("owner", "kind", "title"), name="thing_once"
            )
        ]

    def __str__(self) -> str:
        return self.title


class PhotoThing(models.Model):
    """One photo's tag with its score (a probability, or the response of an attribute).

    Derived for the models' kinds; what a person said for hashtags and a user's tags.
    `visible` follows the photo's by a trigger of the database.
    """

    pk = models.CompositePrimaryKey("thing_id", "photo_id")
    thing = models.ForeignKey(Thing, on_delete=models.CASCADE, related_name="tagged")
    thing_id: int
    photo = models.ForeignKey("Photo", on_delete=models.CASCADE, related_name="tags")
    score = models.FloatField(default=1)
    visible = models.BooleanField(default=True)

    class Meta:
        indexes = [
            models.Index(
                "thing",
                F("photo").desc(),
                name="photo_thing_shown",
                condition=Q(visible=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.thing_id} on {self.photo_id}"
