"""A user with a folder, on a database whose transactions are real."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from librephotos.api.pipeline.work.children import stop_children
from tests.factories import UserFactory
from tests.support.scanning import Library, library


@pytest.fixture
def empty_queue(transactional_db: None) -> None:
    """Begin without tasks of earlier tests; the queue's tables are not flushed."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


@pytest.fixture
def photos(empty_queue: None, tmp_path: Path) -> Library:
    """A user with an empty folder of pictures."""
    return library(UserFactory(), tmp_path / "pictures")


@pytest.fixture
def models(settings: Any, tmp_path: Path) -> Path:
    """An empty folder of published models."""
    settings.MODELS = tmp_path / "models"
    settings.MODELS.mkdir()
    return Path(settings.MODELS)


@pytest.fixture(scope="session", autouse=True)
def no_child_left() -> Iterator[None]:
    """End the children with the tests."""
    yield
    stop_children()
