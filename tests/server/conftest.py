"""Folders for servers."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.server import librephotos


@contextmanager
def open_folder() -> Iterator[Path]:
    """Make a folder that PostgreSQL can enter, which becomes another user than root.

    It is not below tmp_path: each run of pytest closes that to all other users again.
    """
    with tempfile.TemporaryDirectory(prefix="librephotos-server-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder that does not exist yet."""
    with open_folder() as folder:
        yield folder / "data"


@pytest.fixture(scope="session")
def tables() -> Iterator[Path]:
    """The data folder of a library that is still empty."""
    with open_folder() as folder:
        made = librephotos("migrate", data=folder / "data")
        assert made.returncode == 0, made.stderr
        yield folder / "data"


@pytest.fixture
def with_tables(data: Path, tables: Path) -> None:
    """Make a copy of that the data folder: a new one takes seconds."""
    subprocess.run(["cp", "-a", str(tables), str(data)], check=True)
