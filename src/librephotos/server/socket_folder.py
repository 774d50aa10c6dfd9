"""Where PostgreSQL has its socket if the path of its own folder is too long for one."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from librephotos.data_folder import fits_a_socket
from librephotos.server.cluster_user import ClusterUser
from librephotos.server.errors import DatabaseError

_PREFIX = "librephotos-"
_DRAWN = len(_PREFIX) + 8  # what mkdtemp adds
_PRIVATE = 0o077


def socket_folder(cluster: Path, user: ClusterUser, *, used: Path) -> Path:
    """Return a folder for the socket that nobody else can have made or enter.

    That is the cluster's own; else the one `used` before, if it is still ours or can be
    made again, since running processes look for the socket there; or a new one of a
    name that nobody can guess. Raises DatabaseError where no temporary folder will do.
    """
    if fits_a_socket(cluster):
        return cluster
    if used != cluster and fits_a_socket(used):
        if is_ours(used, user) or _made_again(used, user):
            return used
    for place in _places():
        if len(os.fsencode(place)) + 1 + _DRAWN > _longest() or not _is_safe(place):
            continue
        try:
            user.refuse_impassable(place)
            made = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place))
        except (OSError, DatabaseError):
            continue
        user.give(made)
        return made
    raise DatabaseError(
        f"the path {cluster} is too long for the socket of PostgreSQL, and no "
        "temporary folder can hold it: choose a data folder of a shorter path with "
        "--data, or set TMPDIR to a folder that only you can write, of a short path"
    )


def is_ours(folder: Path, user: ClusterUser) -> bool:
    """Whether it is a folder, no link to one, that is the user's alone."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return (
        stat.S_ISDIR(found.st_mode)
        and found.st_uid == user.uid
        and not found.st_mode & _PRIVATE
    )


def _made_again(folder: Path, user: ClusterUser) -> bool:
    """Whether a temporary folder of ours that was removed could be made again."""
    if not folder.name.startswith(_PREFIX) or folder.parent not in _places():
        return False
    try:
        user.refuse_impassable(folder.parent)
        if not _is_safe(folder.parent):
            return False
        folder.mkdir(mode=0o700)  # fails where anything of that name is
    except (OSError, DatabaseError):
        return False
    user.give(folder)
    return True


def _longest() -> int:
    """Return how many bytes the path of a folder for a socket may have."""
    return next(
        n for n in range(108, 0, -1) if fits_a_socket(Path("/" + "x" * (n - 1)))
    )


def _places() -> Iterator[Path]:
    named = (tempfile.gettempdir(), "/tmp", "/var/tmp", "/run")
    yield from (Path(name) for name in dict.fromkeys(named) if os.path.isdir(name))


def _is_safe(place: Path) -> bool:
    """Whether nobody but its owner, root or us, can replace what another has made."""
    found = place.stat()
    shared = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    ours = found.st_uid in (0, os.geteuid())
    return ours and (not shared or bool(found.st_mode & stat.S_ISVTX))
