"""The PostgreSQL that belongs to the configured data folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from librephotos.server import database
from librephotos.server.postgres import Postgres, held_postgres


def embedded_postgres() -> Postgres:
    """Return the cluster of the data folder, started or not."""
    socket_directory = Path(settings.DATABASES["default"]["HOST"])
    return Postgres(settings.DATA / "postgres", socket_directory)


@contextmanager
def database_of_data_folder() -> Iterator[Postgres]:
    """Keep the embedded PostgreSQL up, with its database created."""
    with held_postgres(embedded_postgres(), settings.DATA) as postgres:
        # The folder of the socket may be a new one.
        settings.DATABASES["default"]["HOST"] = str(postgres.socket_directory)
        database.create_if_missing(settings.DATABASES["default"]["NAME"])
        yield postgres
