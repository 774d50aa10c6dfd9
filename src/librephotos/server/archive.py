"""Backups: a tar of a database dump and of the data that nothing can make again."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import psycopg
from django.conf import settings
from django.db import DatabaseError as DjangoDatabaseError
from django.db import connections
from psycopg import Connection, conninfo, sql

from librephotos.full_disk import is_full, tells_of_full_disk
from librephotos.server import database, embedded
from librephotos.server.errors import DatabaseError, DataFolderError, ServerError
from librephotos.server.locks import FolderLock
from librephotos.server.postgres_programs import program_folder

_DUMP = "database.dump"
_DATA = "data"
_KEPT = ("secret_key", "media")
# What numbers of changes mean to clients ends with the database that gave them out.
_LEFT_OUT = (
    *("api_syncepoch", "api_syncitem", "api_syncedphotos", "api_photoremoval"),
    "api_throttlehistory",
)
_RESTORED, _REPLACED = "librephotos_restored", "librephotos_replaced"
_UNPACKED = "restored.new"
_LEAST_ROOM = 2**24
"""Bytes of a segment of PostgreSQL's log of changes: it ends where none fits."""


def write_backup(path: Path) -> None:
    """Write a backup; the file appears whole or not at all, for its owner's eyes only.

    Raises ServerError where it cannot be written and DatabaseError if the dump fails.
    """
    partial = path.with_name(f"{path.name}.partial")
    try:
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            dump = Path(folder) / _DUMP
            without = [f"--exclude-table-data={table}" for table in _LEFT_OUT]
            _run("pg_dump", "--format=custom", "--no-owner", *without, f"--file={dump}")
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
    if `replace` allows it. A database of DATABASE_URL has to be empty. The backup is
    unpacked in the data folder, so that files need no more room at the end. Raises
    ServerError for a file that is no backup, a running server, a library in the way
    and a full disk.
    """
    done = _Done()
    try:
        with _stopped_server(), _unpacked(path) as unpacked:
            if settings.EMBEDDED_POSTGRES:
                with embedded.database_of_data_folder():
                    _restore_embedded(unpacked, done, replace=replace)
                    database.migrate()
            else:
                _restore_empty(unpacked, done)
                database.migrate()
    except (OSError, psycopg.Error, DjangoDatabaseError, ServerError) as error:
        reason = str(error)
        if _is_about_room(error):
            reason = f"the disk of {settings.DATA} is full: make room"
        elif isinstance(error, ServerError) and not done.whole:
            raise
        if done.whole:
            raise ServerError(
                f"{path} is restored, but not brought to this version yet, which "
                f"starting the server does ({reason})"
            ) from error
        raise ServerError(
            f"{path} is not restored ({reason}, and restore again)"
        ) from error


@dataclass
class _Done:
    """Whether database and files are those of the backup."""

    whole: bool = False


def _is_about_room(error: Exception) -> bool:
    """Whether a step failed for lack of room; PostgreSQL may end without a word."""
    if is_full(error):
        return True
    of_database = isinstance(error, (DatabaseError, psycopg.Error, DjangoDatabaseError))
    return of_database and shutil.disk_usage(settings.DATA).free < _LEAST_ROOM


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


@contextmanager
def _unpacked(path: Path) -> Iterator[Path]:
    """Give the folder where a backup is unpacked, beside what it is to replace."""
    folder = settings.DATA / _UNPACKED
    shutil.rmtree(folder, ignore_errors=True)  # of one that was killed
    try:
        folder.mkdir(mode=0o700)
        _unpack(path, folder)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unpack(path: Path, folder: Path) -> None:
    try:
        with tarfile.open(path, "r:") as tar:
            # Python before 3.11.4 has no filters, so names are looked at here as well.
            tar.extraction_filter = getattr(tarfile, "data_filter", None)
            if not all(map(_is_plain, tar.getmembers())):
                raise ServerError(f"{path} is not a backup of LibrePhotos")
            tar.extractall(folder)
    except OSError as error:
        if is_full(error):
            raise
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


def _restore_embedded(unpacked: Path, done: _Done, *, replace: bool) -> None:
    """Restore the database beside the old one; then replace files and database.

    What needs room comes first: as long as that can fail, all is as it was. The old
    database goes last; if it cannot, the next restore takes it away.
    """
    name = settings.DATABASES["default"]["NAME"]
    with database.connect() as connection:
        if _tables(connection) and not replace:
            raise DataFolderError(
                f"{settings.DATA} holds a library: add --replace to give it up, or "
                "restore into another data folder with --data"
            )
    new, old, gone = map(sql.Identifier, (_RESTORED, name, _REPLACED))
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    with database.connect(database="postgres") as connection:
        for left_over in (new, gone):
            connection.execute(drop.format(left_over))
        try:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(new))
            _pg_restore(unpacked / _DUMP, into=_RESTORED)
        except (DatabaseError, psycopg.Error):
            with suppress(psycopg.Error):
                connection.execute(drop.format(new))
            raise
        _make_folders(unpacked / _DATA)
        connections.close_all()
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            [name],
        )
        with connection.transaction():  # the one and the other, or neither
            connection.execute(rename.format(old, gone))
            connection.execute(rename.format(new, old))
        _move_files(unpacked / _DATA)
        done.whole = True
        connection.execute(drop.format(gone))


def _restore_empty(unpacked: Path, done: _Done) -> None:
    with database.connect() as connection:
        if _tables(connection):
            raise DatabaseError(
                "the database of DATABASE_URL is not empty: create a new one, and let "
                "DATABASE_URL name it"
            )
    _make_folders(unpacked / _DATA)
    _pg_restore(unpacked / _DUMP)
    _move_files(unpacked / _DATA)
    done.whole = True
    connections.close_all()


def _tables(connection: Connection) -> list[Any]:
    return connection.execute(
        "SELECT 1 FROM pg_tables WHERE schemaname = current_schema() LIMIT 1"
    ).fetchall()


def _make_folders(data: Path) -> None:
    """Make the folders for the files of a backup, which then need no more room."""
    for folder in data.rglob("*") if data.is_dir() else ():
        if folder.is_dir():
            (settings.DATA / folder.relative_to(data)).mkdir(
                parents=True, exist_ok=True
            )


def _move_files(data: Path) -> None:
    """Put the files of a backup into the data folder, the key of its sign-ins last."""
    if data.is_dir():
        for name in reversed(_KEPT):
            if (data / name).is_dir():
                shutil.copytree(
                    data / name,
                    settings.DATA / name,
                    copy_function=os.replace,
                    dirs_exist_ok=True,
                )
            elif (data / name).exists():
                os.replace(data / name, settings.DATA / name)


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
        full = tells_of_full_disk(finished.stderr)
        reason = os.strerror(errno.ENOSPC) if full else said[0]
        raise DatabaseError(f"{program} failed: {reason}")


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
