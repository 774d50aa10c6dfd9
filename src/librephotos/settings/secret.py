"""The key that signs tokens: made once per data folder, readable by its owner."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from librephotos.data_folder import why_unusable
from librephotos.settings.env import env_str


def secret_key(data: Path) -> str:
    """Return LIBREPHOTOS_SECRET_KEY, or the key kept in the data folder.

    Several processes may start at once on a new folder: the first to link its file
    wins and all use that one. Raises ImproperlyConfigured for a folder that cannot be
    written.
    """
    given = env_str("LIBREPHOTOS_SECRET_KEY")
    if given:
        return given
    try:
        return _kept_key(data / "secret_key")
    except OSError as error:
        raise ImproperlyConfigured(why_unusable(data, error)) from error


def _make(folder: Path) -> None:
    """Make a folder and those above it that are missing.

    Root lets others pass, whatever its umask: PostgreSQL runs as another user.
    """
    for missing in reversed([folder, *folder.parents]):
        if not missing.exists():
            missing.mkdir(exist_ok=True)
            if os.geteuid() == 0:
                missing.chmod(0o711)


def _kept_key(path: Path) -> str:
    if not path.exists():
        _make(path.parent)
        candidate = path.with_name(f"secret_key.{os.getpid()}")
        descriptor = os.open(candidate, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(candidate, path)
        except FileExistsError:
            pass
        finally:
            candidate.unlink()
    return path.read_text().strip()
