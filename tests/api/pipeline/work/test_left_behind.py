"""A disk that holds whoever reads from it costs nobody else anything."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from librephotos import silent_disk
from librephotos.api.models import File
from librephotos.api.pipeline.previews.stripping import strip
from librephotos.api.pipeline.sandboxed.decoding import Original
from librephotos.api.pipeline.work import silent_folders
from librephotos.api.pipeline.work.child_process import Child
from librephotos.api.pipeline.work.sandbox import Sandbox
from librephotos.api.pipeline.work.stage import Each
from librephotos.api.storage import stripped_copies
from librephotos.media.limits import Limits
from tests.support.children import read_all, read_beside, read_whole
from tests.support.held_disk import held_disk
from tests.support.mounts import mounted_memory
from tests.support.pictures.hostile import pid_of_child
from tests.support.scanning import Library, write_jpeg
from tests.support.server import PATIENCE_S, wait_for

HELD = {f"{name}.txt": b"words" for name in ("first", "second", "third")}


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a disk up early, and know of none."""
    monkeypatch.setattr(silent_disk, "PATIENCE_S", 2.0)
    monkeypatch.setattr(silent_folders, "_silences", [])


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox that has much patience with decoders."""
    sandbox = Sandbox(timeout_s=PATIENCE_S, memory_bytes=2**32)
    yield sandbox
    sandbox.stop()


def original(path: Path) -> Original:
    return Original(os.fsencode(path), Limits())


def held_children() -> list[psutil.Process]:
    """Return the processes of ours that wait for a disk."""
    ours = psutil.Process().children(recursive=True)
    return [p for p in ours if p.status() == psutil.STATUS_DISK_SLEEP]


def await_end(left: list[psutil.Process]) -> None:
    """Wait until processes have ended, whether or not anybody has noticed."""
    for process in left:
        wait_for(lambda: has_ended(process), "the end of the process left behind")


def has_ended(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.fixture
def nas(tmp_path: Path) -> Path:
    """A folder to mount a disk over."""
    (tmp_path / "nas").mkdir()
    return tmp_path / "nas"


@pytest.mark.parametrize("direct", [False, True])
def test_files_of_a_disk_that_holds_its_readers_are_not_to_blame(
    tmp_path: Path, nas: Path, direct: bool
) -> None:
    sandbox = Sandbox(timeout_s=PATIENCE_S, memory_bytes=2**32)
    (tmp_path / "near.txt").write_bytes(b"here")
    items = [original(nas / name) for name in HELD]
    items.insert(1, original(tmp_path / "near.txt"))
    with held_disk(nas, HELD, held=HELD, direct=direct):
        outcomes = sandbox.map(read_whole, items)
        assert [outcome.value for outcome in outcomes] == [None, b"here", None, None]
        failed = [outcome for outcome in outcomes if outcome.error]
        assert all(o.for_now and silent_disk.SILENT in o.error for o in failed)
        assert len(left := held_children()) == 1  # one file was waited for
        sandbox.stop()
    await_end(left)
    with held_disk(nas, HELD, held=()):  # and at once it is asked again
        outcomes = sandbox.map(read_whole, items)
        assert [o.value for o in outcomes] == [b"words", b"here", b"words", b"words"]
    sandbox.stop()


def test_batches_of_one_wait_for_a_silent_folder_once(
    nas: Path, sandbox: Sandbox
) -> None:
    items = [original(nas / name) for name in HELD]
    with held_disk(nas, HELD, held=HELD):
        outcomes = sandbox.map_batch(Each(read_whole), items, at_once=1)
        assert all(outcome.for_now for outcome in outcomes) and len(outcomes) == 3
        assert len(left := held_children()) == 1
        sandbox.stop()
    await_end(left)


def test_a_child_with_a_held_thread_is_left_behind(nas: Path, sandbox: Sandbox) -> None:
    with held_disk(nas, HELD, held=HELD):
        far = original(nas / "first.txt")
        first = sandbox.map(read_beside, [far])[0].value
        assert first is not None
        tasks = Path(f"/proc/{first}/task")

        def is_held() -> bool:
            states = [f.read_text() for f in tasks.glob("*/status")]
            return len(states) > 1 and not any("State:\tR" in s for s in states)

        wait_for(is_held, "the thread's wait")
        sandbox.rest(after_s=0)
        assert psutil.pid_exists(first)
        assert sandbox.map(pid_of_child, [0])[0].value not in (first, None)


def test_a_batch_that_waits_for_a_disk_is_not_halved(
    nas: Path, sandbox: Sandbox
) -> None:
    with held_disk(nas, HELD, held=HELD):
        outcomes = sandbox.map_batch(read_all, [str(nas / name) for name in HELD])
        assert all(outcome.for_now for outcome in outcomes) and len(outcomes) == 3
        assert len(held_children()) == 1
        sandbox.stop()


def test_a_disk_with_many_silent_folders_is_not_waited_for(tmp_path: Path) -> None:
    disk, other = tmp_path / "a disk", tmp_path / "other"
    disk.mkdir()
    with mounted_memory(disk):
        folders = [os.fsencode(disk / str(number)) for number in range(4)]
        for folder in folders[:2]:
            silent_folders.note(folder, Child())
        assert [silent_folders.is_silent(f) for f in folders] == [
            True,
            True,
            False,
            False,
        ]
        silent_folders.note(folders[2], Child())
        assert silent_folders.is_silent(folders[3])
        assert not silent_folders.is_silent(os.fsencode(other))
        assert not silent_folders.is_silent(None)


def test_a_process_ends_beside_a_child_that_does_not(nas: Path) -> None:
    program = textwrap.dedent("""
        import sys
        from librephotos import silent_disk
        from librephotos.api.pipeline.work.sandbox import Sandbox
        from tests.support.children import read_all
        if __name__ == "__main__":
            silent_disk.PATIENCE_S = 2.0
            sandbox = Sandbox(timeout_s=60, memory_bytes=2**32)
            [outcome] = sandbox.map(read_all, [sys.argv[1:]])
            print(outcome.error, flush=True)
            sandbox.stop()
        """)
    with held_disk(nas, HELD, held=HELD):
        process = subprocess.Popen(
            [sys.executable, "-c", program, str(nas / "first.txt")],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout
        assert silent_disk.SILENT in process.stdout.readline()
        assert process.wait(PATIENCE_S) == 0
    process.stdout.close()


def test_a_scan_goes_around_files_that_hold_their_readers(photos: Library) -> None:
    nas = photos.root / "nas"
    nas.mkdir()
    write_jpeg(photos.root / "near.jpg", seed=1)
    files = {
        name: write_jpeg(photos.root.parent / name, seed=seed).read_bytes()
        for seed, name in enumerate(("far.jpg", "farther.jpg"), 2)
    }
    with held_disk(nas, files, held=files):
        job = photos.scan()
        failures = photos.failures(job)
        assert failures.keys() == files.keys()
        assert all(silent_disk.SILENT in why for why in failures.values())
        assert File.objects.get(state=File.State.READY).path.endswith(b"near.jpg")
        left = held_children()
    await_end(left)
    with held_disk(nas, files, held=()):
        assert not photos.failures(photos.scan())
        assert File.objects.filter(state=File.State.READY).count() == 3


def test_a_copy_of_a_held_file_delays_no_other(
    photos: Library, sandbox: Sandbox
) -> None:
    nas = photos.root / "nas"
    nas.mkdir()
    write_jpeg(photos.root / "near.jpg", seed=1)
    far = write_jpeg(photos.root.parent / "far.jpg", seed=2).read_bytes()
    with held_disk(nas, {"far.jpg": far}, held=()):
        photos.scan()
    rows = {os.path.basename(bytes(row.path)): row.pk for row in File.objects.all()}
    with held_disk(nas, {"far.jpg": far}, held=("far.jpg",)):
        for name in (b"far.jpg", b"near.jpg", b"far.jpg"):
            strip(file=rows[name], embedded_video=False, sandbox=sandbox)
        assert stripped_copies.files_with_copies() == {rows[b"near.jpg"]}
        assert len(held_children()) == 1
        sandbox.stop()
