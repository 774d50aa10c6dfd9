"""The data folder, or the temporary one, becomes full in the middle of the work."""

from __future__ import annotations

import errno
import json
import logging
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from librephotos import full_disk
from librephotos.api.models import File, Photo, PhotoStage, User
from librephotos.api.pipeline.previews.stripping import strip
from librephotos.api.pipeline.work import children, queue
from librephotos.api.pipeline.work.runner import full_folder_told
from librephotos.api.pipeline.work.sandbox import Sandbox
from librephotos.full_disk import FULL, DataFolderFull, fullest_place
from tests.support.children import use_temporary_folder
from tests.support.mounts import fill, mounted_memory
from tests.support.pictures import marked
from tests.support.pictures.videos import video
from tests.support.scanning import Library, work_until_idle, write_jpeg


class FillingSandbox(Sandbox):
    """A child that finds the disk full which had room before."""

    folder: Path

    def map(self, *args: Any, **options: Any) -> Any:
        filler = fill(self.folder, but=0)
        try:
            return super().map(*args, **options)
        finally:
            filler.unlink()


@pytest.fixture
def filling(settings: Any, tmp_path: Path) -> Iterator[FillingSandbox]:
    """Such a child, and a small data folder of its own."""
    settings.DATA, settings.MIN_FREE_MIB = tmp_path / "data", 0
    settings.DATA.mkdir()
    sandbox = FillingSandbox(timeout_s=600, memory_bytes=2**32)
    sandbox.folder = settings.DATA
    with mounted_memory(settings.DATA, size="4m"):
        yield sandbox
    sandbox.stop()


FILES = {
    "heic": marked.marked_heic,
    "tif": marked.marked_tiff,
    "avi": lambda: marked.marked_video("avi", "mpeg4"),
}


@pytest.mark.parametrize("extension", FILES)
def test_a_full_disk_is_no_reason_against_a_file(
    photos: Library, client_of: Any, filling: FillingSandbox, caplog: Any, extension
):
    path = photos.root / f"private.{extension}"
    path.write_bytes(FILES[extension]())
    photos.scan()
    Photo.objects.update(public=True)
    User.objects.update(public_sharing=True)
    file = File.objects.get()
    strip(file=file.pk, embedded_video=False, sandbox=filling)
    assert not list((filling.folder / "stripped").iterdir())
    told = [record for record in caplog.records if FULL in record.getMessage()]
    assert {record.levelname for record in told} <= {"ERROR", "WARNING"} and told
    assert "private" not in caplog.text and "Traceback" not in caplog.text
    url = f"/media/photos/{Photo.objects.get().image_hash}"
    answer = client_of().get(url)
    assert answer.status_code == 503 and int(answer["Retry-After"]) > 0
    assert json.loads(answer.content)["errors"][0]["message"]
    work_until_idle()
    answer = client_of().get(url)
    assert answer.status_code == 200
    answer.close()


def test_a_reason_that_cannot_be_kept_leaves_nothing(
    photos: Library, filling: FillingSandbox, caplog: Any
) -> None:
    (photos.root / "a.avi").write_bytes(marked.marked_video("avi", "png"))
    photos.scan()
    child = children.stripper()

    class Filling(Sandbox):
        def map(self, *args: Any, **options: Any) -> Any:
            outcomes = child.map(*args, **options)
            fill(filling.folder, but=0)
            return outcomes

    sandbox = Filling(timeout_s=600, memory_bytes=2**32)
    strip(file=File.objects.get().pk, embedded_video=False, sandbox=sandbox)
    assert not list((filling.folder / "stripped").iterdir())
    assert FULL in caplog.text and "Traceback" not in caplog.text


def test_a_full_temporary_folder_is_tried_again(
    photos: Library, tmp_path: Path
) -> None:
    """Clips are made there; the picture beside the film is not kept waiting."""
    (photos.root / "film.mp4").write_bytes(video())
    write_jpeg(photos.root / "still.jpg")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with mounted_memory(temporary, size="64k"):
        fill(temporary, but=4096)  # or Python would look for another folder
        children.stop_children()
        children.sandbox().map(use_temporary_folder, [str(temporary)])
        job = photos.scan()
        children.stop_children()
    assert FULL in photos.failures(job).values()
    shown = Photo.objects.filter(visible=True).exclude(preview_format="")
    assert shown.count() == 1
    photos.scan()
    assert shown.count() == 2
    assert not PhotoStage.objects.filter(state="failed").exists()


def test_what_no_job_follows_ends_with_one_line(
    photos: Library, settings: Any, caplog: Any
) -> None:
    write_jpeg(photos.root / "a.jpg")
    photos.scan()
    caplog.set_level(logging.WARNING)
    settings.MIN_FREE_MIB = 2**40
    photo = Photo.objects.get()
    queue.enqueue(queue.Task.RUN_STAGES, job=None, photos=[str(photo.pk)], awaited=True)
    work_until_idle()
    [told] = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert "make room" in told.getMessage() and not told.exc_info


def test_another_full_place_is_not_taken_for_the_data_folder(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An operator who makes room where there is plenty mends nothing."""
    settings.DATA, shared, temporary = (tmp_path / name for name in "dst")
    for folder in (settings.DATA, shared, temporary):
        folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setattr(full_disk, "SHARED_MEMORY", shared)
    for folder, words in (
        (temporary, "folder for temporary files has become full"),
        (shared, r"shared memory \(.*\) has become full"),
        (settings.DATA, "^The data folder has become full"),
    ):
        with mounted_memory(folder, size="1m"):
            with pytest.raises(DataFolderFull, match=words), full_folder_told():
                (folder / "much").write_bytes(bytes(2**21))


@pytest.mark.parametrize("words", [False, True])
def test_a_quota_is_that_of_the_data_folder(
    words: bool, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk has room all the same, and shared memory never had much."""
    settings.DATA, shared = tmp_path / "data", tmp_path / "shared"
    settings.DATA.mkdir()
    shared.mkdir()
    monkeypatch.setattr(full_disk, "SHARED_MEMORY", shared)
    refused = os.strerror(errno.EDQUOT)
    error = OSError(refused) if words else OSError(errno.EDQUOT, refused)
    with mounted_memory(shared, size="1m"):
        with pytest.raises(DataFolderFull, match="^The data folder has become full"):
            with full_folder_told():
                raise error


def test_a_place_without_names_left_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "full"))
    (tmp_path / "full").mkdir()
    with mounted_memory(tmp_path / "full", size="64m,nr_inodes=1"):
        assert "temporary" in fullest_place(tmp_path)


def test_what_lies_on_the_disk_of_the_data_folder_is_not_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("data", "temporary"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.setattr(full_disk, "SHARED_MEMORY", tmp_path / "absent")
    assert fullest_place(tmp_path / "data") == "The data folder"
