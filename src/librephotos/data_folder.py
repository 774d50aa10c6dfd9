"""What the data folder has to be: ours, writable, and short enough for a socket."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

# sockaddr_un.sun_path holds 108 bytes on Linux and 104 on macOS, with its NUL.
_LONGEST_SOCKET_PATH = 103
_SOCKET_NAME = "/.s.PGSQL.5432"


def fits_a_socket(folder: Path) -> bool:
    """Whether the path of PostgreSQL's socket in a folder is not too long for one."""
    return len(os.fsencode(folder)) + len(_SOCKET_NAME) <= _LONGEST_SOCKET_PATH


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
