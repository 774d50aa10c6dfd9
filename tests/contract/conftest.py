"""The library that the contract is tried on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.contract.library import Library, build_library


@pytest.fixture
def library(db: None, settings: Any, tmp_path: Path) -> Library:
    """A library below the only scan root."""
    settings.SCAN_ROOTS = [tmp_path]
    return build_library(tmp_path)
