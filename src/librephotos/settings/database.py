"""Which database is meant: the given one, or PostgreSQL in the data folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from librephotos.data_folder import fits_a_socket

# LOCK_FILE_LINE_SOCKET_DIR of PostgreSQL's miscadmin.h, which counts from 1.
_SOCKET_LINE = 4


def embedded_socket_directory(data: Path) -> Path:
    """Return where the PostgreSQL of a data folder has its socket.

    It is the cluster's own folder, which only its owner may enter. Where that path is
    too long for a socket, PostgreSQL gets a folder elsewhere when it is started, which
    is read here from what it writes into the cluster.
    """
    cluster = data / "postgres"
    if fits_a_socket(cluster):
        return cluster
    try:
        written = (cluster / "postmaster.pid").read_text().splitlines()[_SOCKET_LINE]
    except (OSError, IndexError):
        return cluster  # it was not started yet
    return Path(written) if written.startswith("/") else cluster


def database(url: str, data: Path) -> dict[str, Any]:
    """Return Django's description of the database at `url`, or of the embedded one.

    Raises ImproperlyConfigured for a URL that names no PostgreSQL database. The URL
    itself stays out of the message: it holds a password.
    """
    if not url:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": "librephotos",
            "USER": "postgres",
            "HOST": str(embedded_socket_directory(data)),
        }
    if not url.startswith(("postgres://", "postgresql://")):
        raise ImproperlyConfigured(
            "DATABASE_URL is not of the form postgresql://USER:PASSWORD@HOST/DATABASE"
        )
    try:
        parsed = dict(dj_database_url.parse(url))
    except ValueError:
        raise ImproperlyConfigured(
            "DATABASE_URL cannot be read: write special characters in the password "
            "in percent encoding, and the port as a number"
        ) from None
    if not parsed.get("NAME"):
        raise ImproperlyConfigured(
            "DATABASE_URL names no database: add /librephotos to its end"
        )
    return {**parsed, "ENGINE": "django.db.backends.postgresql"}
