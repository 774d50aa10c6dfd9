"""Named places, from a country down to a town."""

from __future__ import annotations

from django.db import models


class Place(models.Model):
    """One level of a place hierarchy, shared by all users; derived by geocoding.

    `level` 1 is the country; larger numbers are more specific. The same name below
    two parents is two places.
    """

    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, related_name="children"
    )
    level = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    latitude = models.FloatField()
    longitude = models.FloatField()

    class Meta:
        ordering = ("level", "name")
        constraints = [
            models.UniqueConstraint(
                fields=("parent", "name"), name="place_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return self.name
