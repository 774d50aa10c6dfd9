"""What was made of photos goes, even where the system gives one file not up at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from librephotos.api.pipeline.previews import removals
from librephotos.api.pipeline.previews.store import delete_previews
from tests.support.scanning import work_until_idle

pytestmark = pytest.mark.usefixtures("empty_queue")


def stuck(path: Path) -> Path:
    """Something under this name that cannot be removed as a file is."""
    (path / "inside").mkdir(parents=True)
    return path / "inside"


def test_a_preview_that_is_stuck_keeps_no_other(
    settings: Any, tmp_path: Path, caplog: Any
) -> None:
    previews = {**settings.STORAGES["previews"], "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "previews": previews}
    names = ["a.jpg", "private.jpg", "c.jpg"]
    inside = stuck(tmp_path / "private.jpg")
    for name in ("a.jpg", "c.jpg"):
        (tmp_path / name).write_bytes(b"preview")
    delete_previews(names)
    assert [path.name for path in tmp_path.iterdir()] == ["private.jpg"]
    assert "cannot be removed" in caplog.text and "private" not in caplog.text
    inside.rmdir()
    work_until_idle()
    assert not list(tmp_path.iterdir())


def test_a_copy_that_is_stuck_keeps_no_other(
    settings: Any, tmp_path: Path, caplog: Any
) -> None:
    settings.DATA = tmp_path
    folder = tmp_path / "stripped"
    folder.mkdir()
    names = [f"7-whole-{digit * 32}" for digit in "012"]
    for name in (names[0], names[2], "8-whole-others"):
        (folder / name).write_bytes(b"copy")
    inside = stuck(folder / names[1])
    removals.delete_copies([7])
    assert {path.name for path in folder.iterdir()} == {names[1], "8-whole-others"}
    inside.rmdir()
    (folder / names[1]).rmdir()
    (folder / names[1]).write_bytes(b"copy")
    work_until_idle()
    assert [path.name for path in folder.iterdir()] == ["8-whole-others"]
