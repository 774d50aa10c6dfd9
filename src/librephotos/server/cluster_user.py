"""As whom PostgreSQL runs: as ourselves, or as another user where we are root."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from librephotos.data_folder import user_name
from librephotos.server.errors import DatabaseError

SYSTEM_USER = "pgserver"
_TIMEOUT_S = 30


@dataclass(frozen=True)
class ClusterUser:
    """The user whose the files of a cluster are and as whom its programs run."""

    uid: int
    gid: int
    name: str

    @property
    def is_us(self) -> bool:
        """Whether that is the user of this process."""
        return self.uid == os.geteuid()

    @property
    def identity(self) -> dict[str, Any]:
        """What subprocess is told so that a program runs as this user."""
        if self.is_us:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def give(self, path: Path | int) -> None:
        """Make something that we have made just now the user's."""
        if not self.is_us:
            os.chown(path, self.uid, self.gid)

    def refuse_impassable(self, folder: Path) -> None:
        """Raise DatabaseError, with what to do, if the user cannot get to a folder."""
        if self.can_enter(folder):
            return
        barred = next(
            parent
            for parent in [*reversed(folder.parents), folder]
            if not self.can_enter(parent)
        )
        raise DatabaseError(
            f"PostgreSQL does not run as root, and the user {self.name} cannot pass "
            f"{barred} to {folder}: start LibrePhotos as an ordinary user, choose "
            "another place (--data /var/lib/librephotos), or let others pass with "
            f"`chmod o+x {barred}`"
        )

    def can_enter(self, folder: Path) -> bool:
        """Whether the user can get into a folder.

        The system is asked, not the modes: access lists count as well.
        """
        if self.is_us:
            return True
        asked = subprocess.run(
            ["test", "-x", folder],
            **self.identity,
            cwd="/",
            stdin=subprocess.DEVNULL,
            timeout=_TIMEOUT_S,
        )
        return asked.returncode == 0


def user_of(cluster: Path) -> ClusterUser:
    """Return who runs, or is to run, the PostgreSQL of a cluster.

    Ourselves; for root the owner of the cluster, and the system user for a new one and
    for one that is root's, which that user cannot read. Raises DatabaseError where the
    system user cannot be made.
    """
    if os.geteuid() != 0:
        return _known(os.geteuid(), os.getegid())
    try:
        found = cluster.stat()
    except OSError:  # there is none yet
        found = None
    if found is not None and found.st_uid != 0:
        return _known(found.st_uid, found.st_gid)
    entry = _system_user()
    return ClusterUser(entry.pw_uid, entry.pw_gid, entry.pw_name)


def _known(uid: int, gid: int) -> ClusterUser:
    return ClusterUser(uid, gid, user_name(uid))


def _system_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        pass
    try:
        subprocess.run(
            ["useradd", "--system", "--no-create-home", SYSTEM_USER],
            check=True,
            capture_output=True,
            timeout=_TIMEOUT_S,
        )
        return pwd.getpwnam(SYSTEM_USER)
    except (OSError, KeyError, subprocess.SubprocessError) as error:
        raise DatabaseError(
            f"PostgreSQL does not run as root, and the user {SYSTEM_USER} cannot be "
            f"made ({error}): start LibrePhotos as an ordinary user, or set "
            "DATABASE_URL"
        ) from error
