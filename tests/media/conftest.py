"""What the media tests share."""

from collections.abc import Callable
from pathlib import Path

import pytest

from librephotos.media.limits import Limits

Keep = Callable[[str, bytes], Path]


@pytest.fixture
def limits() -> Limits:
    """The default limits."""
    return Limits()


@pytest.fixture
def keep(tmp_path: Path) -> Keep:
    """Write bytes under a name in a fresh folder and return the path."""

    def write(name: str, content: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write
