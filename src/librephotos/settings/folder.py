"""Where the data folder is, why it cannot be used, and what to do."""

from __future__ import annotations

import os
import pwd
from pathlib import Path
from typing import Final

_ROOTS_DATA: Final = Path("/var/lib/librephotos")


def default_data_folder() -> Path:
    """Return the data folder of who names none.

    That is ~/.local/share/librephotos, but for root, whose home is closed to the user
    as whom PostgreSQL runs: /var/lib/librephotos, unless a library is at home already.
    """
    at_home = Path.home() / ".local/share/librephotos"
    used = any((at_home / name).is_dir() for name in ("postgres", "previews"))
    return at_home if used or os.geteuid() != 0 else _ROOTS_DATA


def why_unusable(data: Path, error: OSError) -> str:
    """Return a sentence on an error of something in the data folder."""
    path = Path(os.fsdecode(error.filename or data))
    while not os.path.lexists(path):
        path = path.parent
    owner, us = path.lstat().st_uid, os.geteuid()
    if isinstance(error, PermissionError) and owner != us:
        return (
            f"the data folder {data} cannot be used: {path} belongs to "
            f"{user_name(owner)}, and this is {user_name(us)}: start LibrePhotos as "
            f"{user_name(owner)}, give the folder to {user_name(us)} with "
            f"`chown -R {user_name(us)} {data}`, or name another one with --data or "
            "LIBREPHOTOS_DATA"
        )
    return (
        f"the data folder {data} cannot be used ({error.strerror}): give another one "
        "with --data or LIBREPHOTOS_DATA"
    )


def user_name(uid: int) -> str:
    """Return a user's name, or the number of one without (as in containers)."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
