"""One PostgreSQL for the whole run, and callers of the API."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from tests.support.mounts import mounted_memory

if TYPE_CHECKING:
    from rest_framework.test import APIClient

    from librephotos.api.models import User

# As in CI, where Hypothesis does so by itself: a slow machine is no fault.
hypothesis.settings.register_profile(
    "patient",
    parent=hypothesis.settings(),
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("patient")

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"


@pytest.fixture
def transactional_db(transactional_db: None) -> Iterator[None]:
    """As it is, but that no task is left in the queue: its tables are not Django's."""
    from django.db import connection

    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real sample files beside the repository."""
    if not CORPUS.is_dir():
        pytest.skip(f"needs the sample files, which are not at {CORPUS}")
    return CORPUS


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with room for one MiB."""
    folder = tmp_path / "small-disk"
    folder.mkdir()
    with mounted_memory(folder, size="1m"):
        yield folder


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> Iterator[None]:
    """Start a PostgreSQL that need not survive a power cut, unless one is given."""
    if os.environ.get("DATABASE_URL"):
        yield
        return
    import psycopg
    from django.db import connections

    from librephotos.server.postgres import Postgres

    with tempfile.TemporaryDirectory(prefix="librephotos-test-") as name:
        # PostgreSQL refuses to be root and becomes another user then.
        Path(name).chmod(0o711)
        cluster = Path(name) / "postgres"
        postgres = Postgres(cluster, cluster)
        postgres.start()
        try:
            place = {"host": str(cluster), "user": "postgres", "dbname": "postgres"}
            with psycopg.connect(**place, autocommit=True) as connection:
                for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                    connection.execute(f"ALTER SYSTEM SET {setting} = off")
                connection.execute("SELECT pg_reload_conf()")
            connections["default"].settings_dict.update(
                NAME="postgres", USER="postgres", HOST=str(cluster)
            )
            yield
        finally:
            postgres.stop()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """As it is, but that no connection is left at its end: none may be in the database.

    Those of the pool are, and of threads that have ended, until Python comes to them.
    """
    from django.db import connection

    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(scope="session", autouse=True)
def static_folder() -> None:
    """Spare WhiteNoise the warning that nothing was collected."""
    from django.conf import settings

    if settings.STATIC_ROOT:
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture
def client_of() -> Callable[..., APIClient]:
    """Give a client that calls the API as a user, or as nobody.

    It refuses answers that are not as `/api/schema` describes them.
    """
    from librephotos.api.http.tokens import SignInToken
    from tests.support.published import HeldToTheSchema

    def client(user: User | None = None) -> APIClient:
        caller = HeldToTheSchema()
        if user is not None:
            token = SignInToken.for_user(user).access_token
            caller.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return caller

    return client
