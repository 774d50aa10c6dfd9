"""What a walk finds, and what it says of what it could not look into."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from librephotos.api.pipeline.sandboxed.decoding import Original, identify_file
from librephotos.api.pipeline.scanning.scan import scan
from librephotos.api.pipeline.scanning.walk import WalkReport, lies_under, skipper, walk
from librephotos.api.pipeline.work import jobs
from librephotos.media.errors import UnreadableFile
from librephotos.media.limits import Limits
from tests.support.mounts import mounted_memory
from tests.support.scanning import Library, work_until_idle, write_jpeg


def make(path: Path) -> None:
    """Make an empty file and its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def found(root: Path, report: WalkReport | None = None) -> set[str]:
    """Return the names below `root` that a walk yields."""
    report = report or WalkReport()
    return {
        os.path.relpath(os.fsdecode(entry.path), root)
        for entries in walk(os.fsencode(root), report=report)
        for entry in entries
    }


@contextmanager
def as_nobody() -> Iterator[None]:
    """Act without root's rights for a while."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may pass."""
    with tempfile.TemporaryDirectory(prefix="librephotos-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def test_hidden_names_and_waste_of_storages_are_left_out(tmp_path: Path) -> None:
    for name in ("a.jpg", ".hidden.jpg", ".cache/b.jpg", "@eaDir/c.jpg", "d/e.jpg"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    os.mkfifo(tmp_path / "pipe.jpg")
    assert found(tmp_path) == {"a.jpg", "d/e.jpg"}


@pytest.mark.parametrize(
    "name",
    [
        "IMG_1.jpg_original",
        "IMG_1.JPG_original",
        "clip.MOV_original",
        "IMG_1.jpg.xmp_original",
        "IMG_1.heic_exiftool_tmp",
        "IMG_1.jpg~",
        "IMG_1.jpg.~1~",
        "IMG_1.jpg.bak",
        "IMG_1.jpg.bak2",
        "IMG_1.CR2.BAK",
        "IMG_1.png.orig",
        "IMG_1.png.old",
        "IMG_1.jpg.tmp",
        "film.mp4.part",
        "film.mp4.crdownload",
        "GOPR0001.THM",
        "MVI_0001.THM",
        "GL010001.LRV",
        "DJI_0001.LRF",
        "._IMG_1.jpg",
        "@eaDir/IMG_1.jpg/SYNOPHOTO_THUMB_XL.jpg",
        "#recycle/a.jpg",
        "@Recycle/a.jpg",
        "$RECYCLE.BIN/S-1-5/a.jpg",
        "System Volume Information/a.jpg",
        "__MACOSX/a.jpg",
        ".thumbnails/normal/a.jpg",
        ".@__thumb/default_a.jpg",
        "M4ROOT/THMBNL/C0001T01.JPG",
        "Photos Library.photoslibrary/resources/derivatives/a.jpeg",
        "Lightroom Catalog Previews.lrdata/a.jpg",
    ],
)
def test_copies_that_programs_keep_are_left_out(tmp_path: Path, name: str) -> None:
    make(tmp_path / name)
    assert found(tmp_path) == set()


@pytest.mark.parametrize(
    "name",
    [
        "IMG_1_original.jpg",  # exiftool appends to the whole name
        "the_original",
        "my.bak.jpg",
        "bak",
        "holiday.old",  # of no picture's name; its content decides
        "tmp/IMG_1.jpg",
        "old~/IMG_1.jpg",
        "Originals/IMG_1.jpg",
        "resources/IMG_1.jpg",
        "Photos Library.photoslibrary/originals/0/a.heic",
        "Old.photolibrary/Masters/2012/a.jpg",
        "M4ROOT/CLIP/C0001.MP4",
        "IMG_1.AAE",
    ],
)
def test_names_like_those_of_copies_are_found(tmp_path: Path, name: str) -> None:
    make(tmp_path / name)
    assert found(tmp_path) == {name}


def test_the_state_of_a_file_is_in_its_key(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"one")

    def key() -> int:
        (entries,) = walk(os.fsencode(tmp_path), report=WalkReport())
        return entries[0].stat_key

    first = key()
    assert key() == first
    path.write_bytes(b"longer")
    assert key() != first
    longer = key()
    os.utime(path, ns=(0, 0))
    assert key() != longer


def test_a_folder_that_goes_away_during_the_walk_is_reported(tmp_path: Path) -> None:
    going = tmp_path / "going"
    going.mkdir()
    (going / "a.jpg").touch()
    (tmp_path / "b.jpg").touch()

    def remove(path: bytes) -> bool:
        if path == os.fsencode(tmp_path / "b.jpg"):
            shutil.rmtree(going)
        return False

    report = WalkReport()
    names = [
        entry.path
        for entries in walk(os.fsencode(tmp_path), report=report, skip=remove)
        for entry in entries
    ]
    assert names == [os.fsencode(tmp_path / "b.jpg")]
    assert report.unreadable == [(os.fsencode(going), "No such file or directory")]


def test_a_folder_without_permission_is_reported(open_folder: Path) -> None:
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    (closed / "a.jpg").touch()
    (open_folder / "b.jpg").touch()
    if os.geteuid() != 0:
        closed.chmod(0)
    report = WalkReport()
    with as_nobody():
        names = found(open_folder, report)
    closed.chmod(0o700)
    assert names == {"b.jpg"}
    assert report.unreadable == [(os.fsencode(closed), "Permission denied")]


def test_a_file_without_permission_says_what_to_do(open_folder: Path) -> None:
    path = write_jpeg(open_folder / "a.jpg")
    path.chmod(0)
    with as_nobody(), pytest.raises(UnreadableFile, match="read permission"):
        identify_file(Original(os.fsencode(path), Limits()))


def test_a_file_that_vanishes_before_it_is_read_is_a_failure(photos: Library) -> None:
    path = write_jpeg(photos.root / "a.jpg", seed=1)
    write_jpeg(photos.root / "b.jpg", seed=2)
    job = jobs.start_scan(user=photos.owner)
    scan(job.pk, full=False)
    path.unlink()
    work_until_idle()
    job.refresh_from_db()
    assert job.finished and not job.failed
    assert photos.failures(job) == {"a.jpg": "The file is not there any more."}


def test_an_unmounted_folder_marks_nothing_missing(photos: Library) -> None:
    from librephotos.api.models import File

    mount = photos.root / "disk"
    mount.mkdir()
    with mounted_memory(mount):
        write_jpeg(mount / "2021" / "a.jpg", seed=1)
        write_jpeg(photos.root / "b.jpg", seed=2)
        photos.scan()
    job = photos.scan()
    assert not File.objects.filter(missing_since__isnull=False).exists()
    assert "empty now" in job.message and job.message.endswith("disk.")


@given(st.binary(min_size=1, max_size=20), st.binary(max_size=20))
def test_what_lies_under_a_folder(folder: bytes, rest: bytes) -> None:
    assume(folder.strip(b"/"))
    root = b"/" + folder.strip(b"/")
    assert lies_under(root + b"/" + rest, [root])
    assert not lies_under(root + b"x" + rest.replace(b"/", b""), [root])


def test_skip_patterns_are_fragments_of_paths() -> None:
    skip = skipper(" /private/ , .tmp,")
    assert skip(b"/photos/private/a.jpg") and skip(b"/photos/a.tmp.jpg")
    assert not skip(b"/photos/privates/a.jpg")
    assert not skipper("")(b"/anything")
