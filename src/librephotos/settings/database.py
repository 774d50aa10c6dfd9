"""Which database is meant: the given one, or PostgreSQL in the data folder."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

# sockaddr_un.sun_path holds 108 bytes on Linux and 104 on macOS, with its NUL.
_LONGEST_SOCKET_PATH = 103
_SOCKET_NAME = "/.s.PGSQL.5432"


def embedded_socket_directory(data: Path) -> Path:
    """Return where the PostgreSQL of a data folder has its socket.

    It is the cluster's own folder, which only its owner may enter; where that path is
    too long for a socket, a folder of the same rights among the temporary files.
    """
    cluster = data / "postgres"
    if len(os.fsencode(cluster)) + len(_SOCKET_NAME) <= _LONGEST_SOCKET_PATH:
        return cluster
    digest = hashlib.sha256(os.fsencode(cluster)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"librephotos-{digest}"


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
