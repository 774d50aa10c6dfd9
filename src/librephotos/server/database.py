"""The database as the commands need it: reachable, recent enough, migrated."""

from __future__ import annotations

from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from librephotos.api.queries.operations.health import tables_are_current
from librephotos.server.errors import DatabaseError
from librephotos.server.locks import FolderLock

OLDEST_POSTGRES = 15
NOT_SET_UP = (
    "the database is not set up for this version yet: start the server once with "
    "`librephotos serve`, or run `librephotos migrate`"
)
_CONNECT_S = 8
_WAITS = {"lock_timeout": "5s", "statement_timeout": "300s"}
"""How long a request waits, since it keeps a thread of eight meanwhile.

For a lock: batches of workers hold theirs for less than a second, and whoever meets one
that is held for longer can ask again. For a statement: proxies and browsers give up
after one to five minutes; lists and searches of 2,000,000 photos take seconds, and the
longest there is, to hide or trash all of them at once, some minutes.
"""


def connection_arguments(*, database: str | None = None) -> dict[str, Any]:
    """Return psycopg's arguments for the configured database, or another beside it."""
    described = settings.DATABASES["default"]
    arguments = {
        "dbname": database or described["NAME"],
        "user": described.get("USER"),
        "password": described.get("PASSWORD"),
        "host": described.get("HOST"),
        "port": described.get("PORT"),
        **{
            name: value
            for name, value in described.get("OPTIONS", {}).items()
            if name not in ("pool", "prepare_threshold")
        },
    }
    return {name: value for name, value in arguments.items() if value}


def connect(*, database: str | None = None) -> psycopg.Connection:
    """Return an autocommit connection; raise DatabaseError with the server's reason."""
    try:
        return psycopg.connect(
            **{
                "connect_timeout": _CONNECT_S,
                **connection_arguments(database=database),
            },
            autocommit=True,
        )
    except psycopg.Error as error:
        reason = " ".join(str(error).split())
        raise DatabaseError(
            f"the database cannot be reached ({reason}): check DATABASE_URL"
        ) from error


def require_fit_server() -> str:
    """Return the server's version; raise DatabaseError for one that is unfit."""
    with connect() as connection:
        version = connection.info.server_version // 10000
        if version < OLDEST_POSTGRES:
            raise DatabaseError(
                f"the database is PostgreSQL {version}, too old for LibrePhotos: "
                f"it needs {OLDEST_POSTGRES} or newer"
            )
        found = connection.execute(
            "SELECT 1 FROM pg_available_extensions WHERE name = 'vector'"
        ).fetchone()
        if not found:
            raise DatabaseError(
                "the database server has no pgvector: install the package "
                f"postgresql-{version}-pgvector on it"
            )
        _require_unicode(connection)
        return connection.info.parameter_status("server_version") or str(version)


def _require_unicode(connection: psycopg.Connection) -> None:
    """Raise DatabaseError for a database in which search would miss words."""
    encoding = connection.info.parameter_status("server_encoding")
    if encoding == "UTF8":
        folded = connection.execute("SELECT lower('\u00c4\u0416I')").fetchone()
        if folded == ("\u00e4\u0436i",):
            return
    raise DatabaseError(
        f"the database has the encoding {encoding} and a locale in which capitals "
        "are not those of all languages: make it anew with CREATE DATABASE … "
        "ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0"
    )


def limit_waiting() -> None:
    """Have this process, a web server, wait for locks and statements for a time only.

    Workers and commands wait as long as it takes. What the operator's DATABASE_URL
    says in its `options` comes later and wins.
    """
    database: Any = connections["default"]
    chosen = database.settings_dict.setdefault("OPTIONS", {})
    limits = [f"-c {name}={value}" for name, value in _WAITS.items()]
    chosen["options"] = " ".join([*limits, chosen.get("options", "")]).strip()
    database.close()
    database.close_pool()  # connections that were opened without


def create_if_missing(name: str) -> None:
    """Create a database on the embedded server unless it is there."""
    with connect(database="postgres") as connection:
        # Two commands at once would both find it missing.
        connection.execute("SELECT pg_advisory_lock(1)")
        found = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [name]
        ).fetchone()
        if not found:
            connection.execute(
                sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
            )


def require_tables() -> None:
    """Raise DatabaseError unless the tables are those of this version."""
    if not tables_are_current():
        raise DatabaseError(NOT_SET_UP)


def ensure_tables() -> None:
    """Set the database up as `serve` does, unless that is done.

    Raises DatabaseError while a server, or another command, has the data folder.
    """
    if tables_are_current():
        return
    lock = FolderLock(settings.DATA / "serve.lock")
    try:
        if not lock.try_take():
            raise DatabaseError(
                "the tables are not those of this version, and LibrePhotos is running "
                "or starting: try again once it is up, or restart it first"
            )
        migrate()
    finally:
        lock.release()


def migrate() -> None:
    """Bring the tables up to date, the job queue's too."""
    call_command("migrate", interactive=False, verbosity=0)
