"""A pool looks at connections on this machine, and does not ask them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection
from psycopg_pool import ConnectionPool

from librephotos.settings.connection import LocalConnection
from tests.support.server import wait_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def pool() -> Iterator[ConnectionPool[Any]]:
    """A pool of one connection, set up as Django does."""
    given = connection.get_connection_params()
    kwargs = {
        key: value
        for key, value in given.items()
        if key in ("dbname", "user", "host", "port", "password")
    }
    with ConnectionPool(
        connection_class=LocalConnection,
        kwargs={**kwargs, "autocommit": True},
        check=ConnectionPool.check_connection,
        min_size=1,
        max_size=1,
    ) as pool:
        yield pool


def backend_of(pool: ConnectionPool[Any]) -> int:
    with pool.connection() as lent:
        return int(lent.info.backend_pid)


def asked_last(backend: int) -> Any:
    """When a connection was asked something, as PostgreSQL tells another."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_stat_clear_snapshot(), query_start FROM pg_stat_activity"
            " WHERE pid = %s",
            [backend],
        )
        return cursor.fetchone()


def test_nothing_is_asked_of_a_connection_that_is_there(
    pool: ConnectionPool[Any],
) -> None:
    with pool.connection() as lent:
        assert lent.execute("SELECT 1").fetchone() == (1,)
        backend = lent.info.backend_pid
    before = asked_last(backend)
    assert before is not None
    assert backend_of(pool) == backend
    assert asked_last(backend) == before


def test_a_connection_that_has_ended_is_not_lent(pool: ConnectionPool[Any]) -> None:
    backend = backend_of(pool)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [backend])
    wait_for(lambda: asked_last(backend) is None, "the end of the connection")
    with pool.connection() as lent:
        assert lent.info.backend_pid != backend
        assert lent.execute("SELECT 1").fetchone() == (1,)


def test_what_is_told_unasked_ends_no_connection(pool: ConnectionPool[Any]) -> None:
    with pool.connection() as lent:
        lent.execute("LISTEN told")
        backend = lent.info.backend_pid
        with psycopg.connect(lent.info.dsn, password=lent.info.password) as other:
            other.execute("NOTIFY told")
    assert backend_of(pool) == backend
