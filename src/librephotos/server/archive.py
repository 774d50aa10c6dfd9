"""Backups: a tar of a database dump and of the data that nothing can make again."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.db import connections
from psycopg import Connection, conninfo, sql

from librephotos.server import database, embedded
from librephotos.server.errors import DatabaseError, DataFolderError, ServerError
from librephotos.server.locks import FolderLock
from librephotos.server.postgres_programs import program_folder

_DUMP = "database.dump"
_DATA = "data"
_KEPT = ("secret_key", "media")
_RESTORED = "librephotos_restored"


def write_backup(path: Path) -> None:
    """Write a backup; the file appears whole or not at all, for its owner's eyes only.

    Raises ServerError where it cannot be written, DataFolderError where there is no
    library, and DatabaseError if the dump fails.
    """
    with database.connect() as connection:
        if not _tables(connection):
            raise DataFolderError(
                f"{settings.DATA} holds no library yet: there is nothing to back up"
            )
    partial = path.with_name(f"{path.name}.partial")
    try:
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            dump = Path(folder) / _DUMP
            _run("pg_dump", "--format=custom", "--no-owner", f"--file={dump}")
            os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            _write_tar(partial, dump)
        partial.replace(path)
    except OSError as error:
        raise ServerError(
            f"the backup {path} cannot be written ({error.strerror})"
        ) from error
    finally:
        partial.unlink(missing_ok=True)


def restore_backup(path: Path, *, replace: bool) -> None:
    """Bring back the library of a backup; nothing is lost if that fails half-way.

    The embedded database is restored beside the old one, which it replaces at the end
    if `replace` allows it. A database of DATABASE_URL has to be empty. Raises
    ServerError for a file that is no backup, a running server and a library in the way.
    """
    with _stopped_server(), tempfile.TemporaryDirectory() as folder:
        unpacked = Path(folder)
        _unpack(path, unpacked)
        if settings.EMBEDDED_POSTGRES:
            with embedded.database_of_data_folder():
                _restore_embedded(unpacked / _DUMP, replace=replace)
                _finish(unpacked / _DATA)
        else:
            _restore_empty(unpacked / _DUMP)
            _finish(unpacked / _DATA)


def _write_tar(path: Path, dump: Path) -> None:
    with tarfile.open(path, "w") as tar:
        tar.add(dump, _DUMP)
        for name in _KEPT:
            if (settings.DATA / name).exists():
                tar.add(settings.DATA / name, f"{_DATA}/{name}")


@contextmanager
def _stopped_server() -> Iterator[None]:
    lock = FolderLock(settings.DATA / "serve.lock")
    try:
        if not lock.try_take():
            raise DataFolderError(
                f"LibrePhotos is running on {settings.DATA}: stop it, then restore"
            )
        yield
    finally:
        lock.release()


def _unpack(path: Path, folder: Path) -> None:
    try:
        with tarfile.open(path, "r:") as tar:
            # Python before 3.11.4 has no filters, so names are looked at here as well.
            tar.extraction_filter = getattr(tarfile, "data_filter", None)
            if not all(map(_is_plain, tar.getmembers())):
                raise ServerError(f"{path} is not a backup of LibrePhotos")
            tar.extractall(folder)
    except OSError as error:
        raise ServerError(
            f"the backup {path} cannot be read ({error.strerror})"
        ) from error
    except tarfile.TarError as error:
        raise ServerError(f"{path} is not a backup of LibrePhotos ({error})") from error
    if not (folder / _DUMP).is_file():
        raise ServerError(f"{path} is not a backup of LibrePhotos")


def _is_plain(member: tarfile.TarInfo) -> bool:
    """Whether it is a file or folder that leads nowhere else."""
    name = PurePosixPath(member.name)
    inside = not name.is_absolute() and ".." not in name.parts
    return inside and (member.isreg() or member.isdir())


def _restore_embedded(dump: Path, *, replace: bool) -> None:
    name = settings.DATABASES["default"]["NAME"]
    with database.connect() as connection:
        if _tables(connection) and not replace:
            raise DataFolderError(
                f"{settings.DATA} holds a library: add --replace to give it up, or "
                "restore into another data folder with --data"
            )
    new, old = sql.Identifier(_RESTORED), sql.Identifier(name)
    with database.connect(database="postgres") as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(new))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(new))
        _pg_restore(dump, into=_RESTORED)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(old))
        connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(new, old))


def _restore_empty(dump: Path) -> None:
    with database.connect() as connection:
        if _tables(connection):
            raise DatabaseError(
                "the database of DATABASE_URL is not empty: create a new one, and let "
                "DATABASE_URL name it"
            )
    _pg_restore(dump)


def _tables(connection: Connection) -> list[Any]:
    return connection.execute(
        "SELECT 1 FROM pg_tables WHERE schemaname = current_schema() LIMIT 1"
    ).fetchall()


def _finish(data: Path) -> None:
    """Bring the files back, and the tables to this version."""
    if data.is_dir():
        shutil.copytree(data, settings.DATA, dirs_exist_ok=True)
    connections.close_all()
    database.migrate()


def _pg_restore(dump: Path, *, into: str | None = None) -> None:
    arguments = ["--no-owner", "--single-transaction", "--exit-on-error", str(dump)]
    _run("pg_restore", *arguments, into=into)


def _run(program: str, *arguments: str, into: str | None = None) -> None:
    """Run a program of PostgreSQL; the password stays out of the process list."""
    finished = subprocess.run(
        [_program(program), *arguments, f"--dbname={_connection_string(into)}"],
        env={**os.environ, **_password()},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
    )
    if finished.returncode:
        said = finished.stderr.strip().splitlines() or [f"code {finished.returncode}"]
        raise DatabaseError(f"{program} failed: {said[0]}")


def _program(name: str) -> str:
    """Return our own program, or the machine's, which fits the machine's server."""
    found = None if settings.EMBEDDED_POSTGRES else shutil.which(name)
    return found or str(program_folder() / name)


def _connection_string(name: str | None) -> str:
    arguments = database.connection_arguments(database=name)
    arguments.pop("password", None)
    return conninfo.make_conninfo(**arguments)


def _password() -> dict[str, str]:
    password = database.connection_arguments().get("password")
    return {"PGPASSWORD": password} if password else {}
