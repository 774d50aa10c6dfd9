"""What is counted for a time: failed sign-ins, requests for an account, visits."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class ThrottleHistory(models.Model):
    """The moments that count under a key, for all processes of all machines.

    In seconds since 1970, by the clock of the database. The table is unlogged: a crash
    of PostgreSQL empties it, as a restart of the web server once did.
    """

    key = models.TextField(primary_key=True)
    moments = ArrayField(models.FloatField(), default=list)
    until = models.FloatField(db_index=True)
    """When nothing of it counts any more."""

    def __str__(self) -> str:
        return self.key
