"""Folders for servers."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder that does not exist yet.

    It is not below tmp_path: each run of pytest closes that to all other users again,
    PostgreSQL's among them.
    """
    with tempfile.TemporaryDirectory(prefix="librephotos-server-") as name:
        Path(name).chmod(0o711)  # PostgreSQL becomes another user if we are root
        yield Path(name) / "data"
