"""Links that are put in the place of files and folders while a scan is under way."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.storage import storages
from procrastinate.contrib.django.models import ProcrastinateJob

from librephotos.api.models import File, Photo
from librephotos.api.pipeline.previews.store import preview_names, remake_previews
from librephotos.api.pipeline.scanning.scan import scan
from librephotos.api.pipeline.scanning.walk import WalkReport, walk
from librephotos.api.pipeline.work import jobs
from librephotos.media.errors import UnavailableFile
from librephotos.media.original import open_original
from tests.support.scanning import Library, work_until_idle, write_jpeg


@pytest.fixture
def secret(photos: Library) -> Path:
    """A folder that the server may read and the owner of the library may not."""
    folder = photos.root.parent / "secret"
    write_jpeg(folder / "a.jpg", seed=9, camera="Secret")
    (folder / "a.xmp").write_text(
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="5"/></rdf:RDF>'
        "</x:xmpmeta>"
    )
    return folder


def put_file_link(folder: Path, secret: Path) -> None:
    (folder / "a.jpg").unlink()
    (folder / "a.jpg").symlink_to(secret / "a.jpg")


def put_folder_link(folder: Path, secret: Path) -> None:
    folder.rename(secret.parent / "away")
    folder.symlink_to(secret)


swaps = pytest.mark.parametrize("swap", [put_file_link, put_folder_link])


@swaps
def test_a_link_put_in_place_after_the_walk_shows_nothing_of_its_target(
    photos: Library, secret: Path, swap: Callable[[Path, Path], None]
) -> None:
    write_jpeg(photos.root / "2021" / "a.jpg", seed=1)
    job = jobs.start_scan(user=photos.owner)
    scan(job.pk, full=False)
    swap(photos.root / "2021", secret)
    ProcrastinateJob.objects.filter(task_name__endswith="scan").delete()  # walked
    work_until_idle()
    assert not Photo.objects.exists()
    assert "link" in photos.failures(job)["a.jpg"]


def test_a_link_in_place_of_a_sidecar_tells_nothing_of_its_target(
    photos: Library, secret: Path
) -> None:
    picture = write_jpeg(photos.root / "a.jpg", seed=1)
    sidecar = photos.root / "a.xmp"
    sidecar.write_text((secret / "a.xmp").read_text().replace("5", "1"))
    job = jobs.start_scan(user=photos.owner)
    scan(job.pk, full=False)
    sidecar.unlink()
    sidecar.symlink_to(secret / "a.xmp")
    work_until_idle()
    assert photos.photo_of(picture).rating == 0


@swaps
def test_previews_that_were_lost_are_not_made_of_the_target_of_a_link(
    photos: Library, secret: Path, swap: Callable[[Path, Path], None]
) -> None:
    photo = photos.photo_of
    picture = write_jpeg(photos.root / "2021" / "a.jpg", seed=1)
    photos.scan()
    names = preview_names([photo(picture)])
    for name in names:
        storages["previews"].delete(name)
    swap(picture.parent, secret)
    remake_previews(photo(picture).pk)
    work_until_idle()
    assert not any(storages["previews"].exists(name) for name in names)


def test_a_folder_that_becomes_a_link_during_the_walk_is_not_listed(
    photos: Library, secret: Path
) -> None:
    for name in ("2020", "2021"):
        write_jpeg(photos.root / name / "b.jpg")
    report = WalkReport()
    found = walk(os.fsencode(photos.root), report=report)
    seen = next(found)  # the folder that comes first; the others are noted by now
    last = next(f for f in photos.root.iterdir() if os.fsencode(f) not in seen[0].path)
    last.rename(photos.root / "away")
    last.symlink_to(secret)
    assert list(found) == []
    assert [path for path, _ in report.unreadable] == [os.fsencode(last)]


def test_a_library_whose_root_is_reached_over_a_link_is_read(photos: Library) -> None:
    """Links above a scan directory are the operator's, and resolved by the scan."""
    real = photos.root.parent / "disk"
    picture = write_jpeg(real / "2021" / "a.jpg", seed=1)
    photos.root.rmdir()
    photos.root.symlink_to(real)
    job = photos.scan()
    assert photos.failures(job) == {} and photos.photo_of(picture).visible
    assert File.objects.count() == 1


def test_folders_that_may_be_passed_but_not_listed_do_not_stand_in_the_way(
    tmp_path: Path,
) -> None:
    picture = write_jpeg(tmp_path / "closed" / "a.jpg")
    picture.parent.chmod(0o311)
    with open_original(str(picture)) as file:
        assert file.read(2) == b"\xff\xd8"
    picture.parent.chmod(0o755)


@pytest.mark.parametrize(
    "path", ["link/a.jpg", "folder/link.jpg", "folder/../link/a.jpg"]
)
def test_no_step_of_a_path_is_a_link(tmp_path: Path, path: str) -> None:
    write_jpeg(tmp_path / "folder" / "a.jpg")
    (tmp_path / "link").symlink_to("folder")
    (tmp_path / "folder" / "link.jpg").symlink_to("a.jpg")
    with pytest.raises(UnavailableFile, match="symbolic link"):
        open_original(f"{tmp_path}/{path}")
