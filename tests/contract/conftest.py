"""The library that the contract is tried on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import CORPUS
from tests.contract.library import Library, build_library


@pytest.fixture
def library(db: None, settings: Any, tmp_path: Path) -> Library:
    """A library below the only scan root."""
    settings.SCAN_ROOTS = [tmp_path]
    return build_library(tmp_path)


@pytest.fixture
def contract() -> str:
    """What is published of the API; skips the test where that is not at hand."""
    published = CORPUS.parent / "api-contract.md"
    if not published.exists():
        pytest.skip("needs the published API beside this project")
    return published.read_text()
