"""Databases of the operator's own: which are refused, and with what words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.db import connection

from tests.support.server import librephotos

pytestmark = [pytest.mark.server, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ascii_database(db: None) -> Iterator[str]:
    """The URL of a database that knows no letters but English ones."""
    place = connection.settings_dict
    arguments = {"host": place["HOST"], "user": place["USER"], "dbname": "postgres"}
    with psycopg.connect(**arguments, autocommit=True) as server:
        server.execute(
            "CREATE DATABASE only_ascii TEMPLATE template0 ENCODING 'UTF8' "
            "LOCALE_PROVIDER libc LOCALE 'C'"
        )
        yield f"postgresql://{place['USER']}@{quote(place['HOST'], safe='')}/only_ascii"
        server.execute("DROP DATABASE only_ascii WITH (FORCE)")


def test_a_database_that_cannot_fold_letters(data: Path, ascii_database: str) -> None:
    finished = librephotos("serve", "--port=0", data=data, DATABASE_URL=ascii_database)
    assert finished.returncode == 2
    (line,) = finished.stderr.splitlines()
    assert "LOCALE 'C.UTF-8'" in line and "CREATE DATABASE" in line
