"""The key that signs tokens: made once per data folder, readable by its owner."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from librephotos.settings.env import env_str


def secret_key(data: Path) -> str:
    """Return LIBREPHOTOS_SECRET_KEY, or the key kept in the data folder.

    Several processes may start at once on a new folder: the first to link its file
    wins and all use that one.
    """
    given = env_str("LIBREPHOTOS_SECRET_KEY")
    if given:
        return given
    path = data / "secret_key"
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True)
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
