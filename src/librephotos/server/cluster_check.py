"""Whether the folder of a cluster can be worked with, before PostgreSQL tries.

A copy of a data folder may be somebody else's, half of one, or open to all. PostgreSQL
says so in its own words, and for some of it only later.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from librephotos.data_folder import user_name
from librephotos.server.cluster_user import ClusterUser
from librephotos.server.errors import DatabaseError

MAJOR_VERSION = 18
INCLUDE = "librephotos.conf"
"""Our settings; written anew at each start."""

# What initdb makes and a start needs, those folders too that are empty as a rule and
# that some programs leave out of a copy.
_PARTS = (
    *("postgresql.conf", "pg_hba.conf", "pg_ident.conf"),
    *("global/pg_control", "global/pg_filenode.map", "base/1", "pg_wal", "pg_xact"),
    *("pg_multixact/members", "pg_multixact/offsets", "pg_subtrans", "pg_commit_ts"),
    *("pg_dynshmem", "pg_notify", "pg_serial", "pg_snapshots", "pg_stat"),
    *("pg_stat_tmp", "pg_twophase", "pg_replslot", "pg_tblspc"),
    *("pg_logical/snapshots", "pg_logical/mappings"),
)
_LOCK = "postmaster.pid"
_FOR_OTHERS = 0o027  # PostgreSQL allows its group to read


def version_of(cluster: Path, user: ClusterUser) -> str:
    """Return the version of a cluster, "" if there is none.

    Raises DatabaseError for one that we may not read.
    """
    try:
        return (cluster / "PG_VERSION").read_text().strip()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        raise DatabaseError(_not_yours(cluster, error, user)) from error


def refuse_copy_of_running(cluster: Path) -> None:
    """Raise DatabaseError for a copy made while PostgreSQL ran, as it still does.

    The copy would seem to be up itself, and may hold halves of changes.
    """
    try:
        lock = (cluster / _LOCK).read_text()
        original = Path(lock.splitlines()[1])
        if original.samefile(cluster) or (original / _LOCK).read_text() != lock:
            return
    except (OSError, IndexError):
        return  # it is not locked, or its original is gone
    raise DatabaseError(
        f"{cluster} is a copy of {original} that was made while PostgreSQL ran there, "
        "and may be damaged: copy it again while LibrePhotos is stopped, or use "
        "`librephotos backup FILE` and `librephotos restore FILE`"
    )


def refuse_unfit(cluster: Path, user: ClusterUser) -> None:
    """Raise DatabaseError, which says what to do, for a cluster that will not start."""
    _refuse_other_version(cluster, version_of(cluster, user))
    owner, mode = cluster.stat().st_uid, stat.S_IMODE(cluster.stat().st_mode)
    if owner != user.uid:
        raise DatabaseError(_given_to(cluster, owner, user))
    if mode & _FOR_OTHERS or mode & stat.S_IRWXU != stat.S_IRWXU:
        raise DatabaseError(
            f"{cluster} has the mode {mode:04o}, and PostgreSQL wants a folder that is "
            f"its user's alone: run `chmod 700 {cluster}`"
        )
    if not os.access(cluster, os.W_OK):
        raise DatabaseError(
            f"{cluster} is read-only: mount it so that it can be written, or copy the "
            "data folder to another place and name that with --data"
        )
    missing = [name for name in _PARTS if not os.path.lexists(cluster / name)]
    if missing:
        raise DatabaseError(
            f"{cluster} is not whole, {', '.join(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} missing, as after a copy that "
            "broke off: copy it again while LibrePhotos is stopped, with everything in "
            "it, or move it away and run `librephotos restore FILE`"
        )
    _refuse_unfit_entries(cluster, user)


def _refuse_unfit_entries(cluster: Path, user: ClusterUser) -> None:
    """PostgreSQL would meet these when it needs them, some of them hours later."""
    for entry in _entries(cluster):
        found = entry.stat(follow_symlinks=False)
        wanted = stat.S_IRWXU if stat.S_ISDIR(found.st_mode) else 0o600
        if found.st_uid != user.uid:
            raise DatabaseError(
                _given_to(Path(entry.path), found.st_uid, user, cluster)
            )
        if found.st_mode & wanted != wanted:
            raise DatabaseError(
                f"{entry.path} cannot be written by {user.name}: run "
                f"`chmod -R u+rwX {cluster}`"
            )


def _entries(folder: Path | str) -> Iterator[os.DirEntry[str]]:
    """Yield the files and folders below a folder; links and what they lead to not."""
    try:
        entries = list(os.scandir(folder))
    except PermissionError:  # its own entry tells why
        return
    for entry in entries:
        if entry.name == INCLUDE or entry.is_symlink():
            continue
        if entry.is_dir(follow_symlinks=False):
            yield entry
            yield from _entries(entry.path)
        elif entry.is_file(follow_symlinks=False):
            yield entry


def _refuse_other_version(cluster: Path, version: str) -> None:
    if version != str(MAJOR_VERSION):
        raise DatabaseError(
            f"{cluster} is of PostgreSQL {version}, and this LibrePhotos "
            f"brings {MAJOR_VERSION}: with the LibrePhotos that made it run "
            "`librephotos backup FILE`, move that folder away, then run "
            "`librephotos restore FILE` here"
        )


def _not_yours(cluster: Path, error: OSError, user: ClusterUser) -> str:
    try:
        owner = cluster.stat().st_uid
    except OSError:
        owner = user.uid
    if owner == user.uid:
        return (
            f"{cluster} cannot be read ({error.strerror}): run "
            f"`chmod -R u+rwX {cluster}`"
        )
    return _given_to(cluster, owner, user)


def _given_to(
    path: Path, owner: int, user: ClusterUser, cluster: Path | None = None
) -> str:
    runs = "this is" if user.is_us else "PostgreSQL runs as"
    return (
        f"{path} belongs to {user_name(owner)}, and {runs} {user.name}: give it to "
        f"{user.name} with `chown -R {user.name} {cluster or path}`, or start "
        "LibrePhotos as the user who owns the data folder"
    )
