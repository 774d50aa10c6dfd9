"""The towns as they are written for all processes to share."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from librephotos.geo.town_table import PREPARED, town_table, write


def test_a_written_table_is_that_which_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "prepared"
    made = town_table(folder)
    assert isinstance(made.text, bytes)  # for want of a written one
    write(folder)
    (folder / "of another list").write_bytes(b"")
    write(folder)
    written = town_table(folder)
    assert not isinstance(written.text, bytes)
    assert written.text[:] == made.text
    for one, other in zip(written[1:], made[1:], strict=True):
        assert np.array_equal(one, other)
    assert sorted(path.suffix for path in folder.iterdir()) == [".json", ".npy"]


def test_half_a_table_is_none(tmp_path: Path) -> None:
    write(tmp_path)
    columns = next(tmp_path.glob("*.npy"))
    columns.write_bytes(columns.read_bytes()[:-8])
    assert isinstance(town_table(tmp_path).text, bytes)
    columns.unlink()
    assert isinstance(town_table(tmp_path).text, bytes)


def test_setting_up_writes_the_table() -> None:
    assert not isinstance(town_table(PREPARED).text, bytes)
