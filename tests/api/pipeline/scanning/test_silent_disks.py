"""A network drive whose server is away keeps nobody waiting, and loses nothing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from librephotos import silent_disk as patience
from librephotos.api import checks
from librephotos.api.models import File, Job, Photo
from librephotos.api.pipeline.sandboxed.decoding import Original, identify_file
from librephotos.api.pipeline.work import jobs
from librephotos.media.errors import UnavailableFile
from librephotos.media.limits import Limits
from librephotos.server.accounts import existing_folder
from librephotos.server.errors import ServerError
from tests.factories import UserFactory
from tests.support.mounts import silent_disk
from tests.support.scanning import Library, library, write_jpeg
from tests.support.server import wait_for


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a disk up early: those that answer here do so at once."""
    monkeypatch.setattr(patience, "PATIENCE_S", 5.0)
    monkeypatch.setattr(patience, "_silent", {})


def known(**conditions: Any) -> set[str]:
    """Return the names of the files that the library knows."""
    paths = File.objects.filter(**conditions).values_list("path", flat=True)
    return {os.path.basename(os.fsdecode(bytes(path))) for path in paths}


def test_a_scan_goes_around_a_folder_that_does_not_answer(photos: Library) -> None:
    write_jpeg(photos.root / "nas" / "deep" / "far.jpg", seed=1)
    write_jpeg(photos.root / "gone.jpg", seed=2)
    photos.scan()
    (photos.root / "gone.jpg").unlink()
    write_jpeg(photos.root / "near" / "new.jpg", seed=3)
    with silent_disk(photos.root / "nas"):
        job = photos.scan()
        assert not job.failed
        assert f"{photos.root / 'nas'} (its file system does not answer)" in job.message
        assert known(missing_since=None) == {"far.jpg", "new.jpg"}
        assert known(missing_since__isnull=False) == {"gone.jpg"}
        # Another scan says so at once, and does not wait for it again.
        assert "does not answer" in photos.scan().message
    assert photos.scan().message == ""
    assert known(missing_since=None) == {"far.jpg", "new.jpg"}


@pytest.mark.parametrize("linked", [False, True])
def test_a_directory_that_does_not_answer_loses_nothing(
    photos: Library, tmp_path: Path, linked: bool
) -> None:
    disk, other = tmp_path / "disk", tmp_path / "other"
    write_jpeg(disk / "a.jpg", seed=1)
    if linked:
        (tmp_path / "link").symlink_to(disk)
    owner = UserFactory()
    library(owner, other)
    far = library(owner, tmp_path / "link" if linked else disk)
    far.scan()
    write_jpeg(other / "b.jpg", seed=2)
    with silent_disk(disk):
        job = far.scan()
        assert job.finished and "does not answer" in job.message
        assert known(missing_since=None) == {"a.jpg", "b.jpg"}
    assert far.scan().message == ""
    assert known(missing_since=None) == {"a.jpg", "b.jpg"}


def test_a_root_with_many_silent_folders_is_not_waited_for(photos: Library) -> None:
    folders = [photos.root / f"{number}" for number in range(5)]
    for number, folder in enumerate(folders):
        write_jpeg(folder / f"{number}.jpg", seed=number)
    photos.scan()
    with (
        silent_disk(folders[0]),
        silent_disk(folders[1]),
        silent_disk(folders[2]),
        silent_disk(folders[3]),
    ):
        job = photos.scan()
    assert "several of its folders do not answer" in job.message
    assert len(known(missing_since=None)) == 5


def test_the_same_bytes_elsewhere_are_no_move_while_the_disk_is_silent(
    photos: Library,
) -> None:
    write_jpeg(photos.root / "nas" / "a.jpg", seed=1)
    photos.scan()
    write_jpeg(photos.root / "b.jpg", seed=1)
    with silent_disk(photos.root / "nas"):
        photos.scan()
    assert known(missing_since=None) == {"a.jpg", "b.jpg"}
    assert Photo.objects.count() == 1


def test_a_file_that_does_not_answer_is_not_to_blame(tmp_path: Path) -> None:
    write_jpeg(tmp_path / "nas" / "a.jpg")
    original = Original(os.fsencode(tmp_path / "nas" / "a.jpg"), Limits())
    with silent_disk(tmp_path / "nas"), pytest.raises(UnavailableFile, match="answer"):
        identify_file(original)

    def format_name() -> str:
        try:
            return identify_file(original).identity.format.name
        except UnavailableFile:  # the look that was given up has yet to end
            return ""

    assert wait_for(format_name, "an answer of the disk") == "JPEG"


def test_what_waits_for_the_scan_goes_on(photos: Library) -> None:
    write_jpeg(photos.root / "a.jpg")
    with silent_disk(photos.root):
        first = jobs.start_scan(user=photos.owner)
        second = photos.scan(full=True)
    first.refresh_from_db()
    assert first.finished and second.finished
    assert not Job.objects.unfinished().exists()


def test_a_start_says_that_a_folder_does_not_answer(tmp_path: Path) -> None:
    (tmp_path / "nas").mkdir()
    with silent_disk(tmp_path / "nas"):
        with pytest.raises(ServerError, match="nas cannot be read .*does not answer"):
            existing_folder(str(tmp_path / "nas"))


def test_a_process_starts_beside_a_root_that_does_not_answer(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "BRIEF_S", 1.0)
    (tmp_path / "nas").mkdir()
    settings.SCAN_ROOTS = [tmp_path / "nas"]
    with silent_disk(tmp_path / "nas"):
        [warning] = checks.scan_roots_exist(None)
    assert "does not answer" in warning.msg
