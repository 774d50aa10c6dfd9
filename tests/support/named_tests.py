"""Tests that are named elsewhere: whether there are such."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def not_tests(names: Iterable[str]) -> set[str]:
    """Return those that name no test as `tests/folder/test_file.py::test_it` does."""
    return {name for name in names if not _is_test(name)}


def numbered(module: str) -> set[int]:
    """Return the numbers that tests of a module, named by its file, begin with."""
    text = Path(module).read_text()
    return set(map(int, re.findall(r"^def test_(\d+)_", text, re.MULTILINE)))


def numbers_of(checklist: str) -> set[int]:
    """Return the numbers of a list in Markdown."""
    return set(map(int, re.findall(r"^(\d+)\. ", checklist, re.MULTILINE)))


def _is_test(name: str) -> bool:
    path, _, function = name.partition("::")
    file = ROOT / path
    if not file.is_file():
        return False
    return re.search(rf"^def {function}\(", file.read_text(), re.MULTILINE) is not None
