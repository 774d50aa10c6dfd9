"""System checks."""

from __future__ import annotations

from librephotos.api.checks import data_folder_is_writable, scan_roots_exist


def test_a_data_folder_is_made_when_needed(tmp_path, settings):
    settings.DATA = tmp_path / "not" / "yet"
    assert data_folder_is_writable(None) == []


def test_a_file_in_place_of_the_data_folder(tmp_path, settings):
    settings.DATA = tmp_path / "file"
    settings.DATA.touch()
    [error] = data_folder_is_writable(None)
    assert error.id == "librephotos.E001"
    assert "LIBREPHOTOS_DATA" in error.hint


def test_scan_roots_exist(tmp_path, settings):
    settings.SCAN_ROOTS = [tmp_path, tmp_path / "gone"]
    [warning] = scan_roots_exist(None)
    assert str(tmp_path / "gone") in warning.msg
