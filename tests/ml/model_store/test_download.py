"""Downloads that do not go smoothly."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx2
import pytest

from librephotos.ml.model_store import ModelState, ModelStore, Patience, Progress
from librephotos.ml.model_store.errors import (
    DownloadStopped,
    HostUnreachable,
    ModelBusy,
    NotAsPublished,
    NotEnoughSpace,
    NotServed,
    RevisionGone,
    StoreFolderError,
)
from librephotos.ml.model_store.fetch import Fetcher, RemoteFile
from librephotos.ml.model_store.record import read_record
from tests.ml.model_store.conftest import NAME, PLAIN, REPOSITORY, MakeStore
from tests.support.models.model_hub import ModelHub
from tests.support.mounts import fill, mounted_memory
from tests.support.server import PATIENCE_S, free_port, wait_for

BOTH = pytest.mark.parametrize(
    ("name", "file"), [(NAME, "model.safetensors"), (PLAIN, "scenes.pth.tar")]
)
SENT_BEFORE = 600_000


class Stopping:
    """Asks a download to stop once so many bytes are there."""

    def __init__(self, after: int) -> None:
        self.after = after
        self.done = 0

    def watch(self, progress: Progress) -> None:
        self.done = progress.done

    def asked(self) -> bool:
        return self.done > self.after


def length(hub: ModelHub, file: str) -> int:
    everything = {**hub.repositories[REPOSITORY].files, **plain_files(hub)}
    return len(everything[file])


def plain_files(hub: ModelHub) -> dict[str, bytes]:
    return {path.rpartition("/")[2]: data for path, data in hub.plain.items()}


def unfinished(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob(".model.safetensors.*"))


@BOTH
def test_broken_connection_is_gone_on_with(
    store: ModelStore, hub: ModelHub, name: str, file: str
) -> None:
    hub.misbehave(file, cut_after=SENT_BEFORE)
    store.download(name)
    assert store.verify(name) == []
    assert hub.sent(file) == length(hub, file)
    ranges = [request.headers.get("range") for request in hub.requests]
    assert f"bytes={SENT_BEFORE}-" in ranges


@BOTH
def test_stopped_download_goes_on_later(
    store: ModelStore, hub: ModelHub, name: str, file: str
) -> None:
    stopping = Stopping(SENT_BEFORE)
    with pytest.raises(DownloadStopped):
        store.download(name, progress=stopping.watch, should_stop=stopping.asked)
    assert store.state(name) is ModelState.PARTIAL
    here = sum(p.stat().st_size for p in (store.folder / name).glob(f".{file}.*"))
    assert here >= SENT_BEFORE / 2
    hub.requests.clear()

    seen: list[Progress] = []
    store.download(name, progress=seen.append)
    assert store.verify(name) == []
    assert hub.sent(file) == length(hub, file) - here
    assert seen[0].done >= here


def test_finished_files_are_not_fetched_again(store: ModelStore, hub: ModelHub) -> None:
    hub.misbehave("model.safetensors", status=404)
    with pytest.raises(NotServed):
        store.download(NAME)
    hub.requests.clear()
    store.download(NAME)
    sent = {name for name, count in hub.counts().items() if count}
    assert sent == {"main", "model.safetensors"}


def test_changed_file_starts_anew(store: ModelStore, hub: ModelHub) -> None:
    stopping = Stopping(SENT_BEFORE)
    with pytest.raises(DownloadStopped):
        store.download(PLAIN, progress=stopping.watch, should_stop=stopping.asked)
    changed = bytes(reversed(range(256))) * 4096
    hub.plain["/models/scenes.pth.tar"] = changed
    folder = store.download(PLAIN)
    assert (folder / "scenes.pth.tar").read_bytes() == changed
    assert not list(folder.glob(".*.partial"))


def test_file_that_changes_between_two_pieces(store: ModelStore, hub: ModelHub) -> None:
    changed = bytes(reversed(range(256))) * 4096

    def change(progress: Progress) -> None:
        hub.plain["/models/scenes.pth.tar"] = changed

    hub.misbehave("scenes.pth.tar", cut_after=SENT_BEFORE)
    folder = store.download(PLAIN, progress=change)
    assert (folder / "scenes.pth.tar").read_bytes() == changed


def test_server_without_ranges(store: ModelStore, hub: ModelHub) -> None:
    hub.knows_ranges = False
    hub.misbehave("model.safetensors", cut_after=SENT_BEFORE)
    store.download(NAME)
    assert store.verify(NAME) == []


def test_hub_that_lists_no_checksums(store: ModelStore, hub: ModelHub) -> None:
    hub.tells_checksums = False
    hub.misbehave("model.safetensors", cut_after=SENT_BEFORE)
    store.download(NAME)
    assert hub.sent("model.safetensors") == length(hub, "model.safetensors")
    hub.repositories[REPOSITORY].files["config.json"] = b"{}"
    store.remove(NAME)
    hub.misbehave("config.json", wrong_bytes=True)
    with pytest.raises(NotAsPublished):
        store.download(NAME)


@pytest.mark.parametrize("file", ["model.safetensors", "config.json"])
def test_wrong_bytes_are_refused_and_deleted(
    store: ModelStore, hub: ModelHub, file: str
) -> None:
    hub.misbehave(file, wrong_bytes=True)
    with pytest.raises(NotAsPublished, match=f"{file} from 127.0.0.1 .*deleted"):
        store.download(NAME)
    assert not (store.folder / NAME / file).exists()
    assert not list((store.folder / NAME).glob(f".{file}*"))
    assert store.state(NAME) is ModelState.PARTIAL
    store.download(NAME)
    assert store.verify(NAME) == []


def test_busy_server_is_asked_again(store: ModelStore, hub: ModelHub) -> None:
    hub.misbehave("main", status=429)
    hub.misbehave("model.safetensors", status=503, times=2)
    store.download(NAME)
    assert store.verify(NAME) == []


def test_server_that_stays_busy(store: ModelStore, hub: ModelHub) -> None:
    hub.misbehave("model.safetensors", status=503, times=99)
    with pytest.raises(HostUnreachable, match="127.0.0.1 .*503"):
        store.download(NAME)


def test_server_that_falls_silent(make_store: MakeStore, hub: ModelHub) -> None:
    hub.misbehave("model.safetensors", cut_after=SENT_BEFORE, stall=True)
    store = make_store(patience=Patience(timeout_s=0.5, attempts=9, pause_s=0.01))
    store.download(NAME)
    assert store.verify(NAME) == []
    ranges = [request.headers.get("range") for request in hub.requests]
    assert f"bytes={SENT_BEFORE}-" in ranges


def test_nobody_answers(make_store: MakeStore) -> None:
    store = make_store(endpoint=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(HostUnreachable) as caught:
        store.download(NAME)
    message = str(caught.value)
    assert "\n" not in message
    for word in ("127.0.0.1", "LIBREPHOTOS_MODEL_MIRROR", str(store.folder / NAME)):
        assert word in message


def test_password_of_a_mirror_is_not_shown(make_store: MakeStore) -> None:
    store = make_store(mirror=f"http://anna:hush@127.0.0.1:{free_port()}/models")
    with pytest.raises(HostUnreachable) as caught:
        store.download(NAME)
    assert "hush" not in str(caught.value)


def test_redirect_to_a_file(store: ModelStore, hub: ModelHub) -> None:
    hub.redirect = "file:///etc/passwd"
    with pytest.raises(NotServed, match="no http"):
        store.download(NAME)


def test_two_at_once(make_store: MakeStore, hub: ModelHub) -> None:
    hub.misbehave("model.safetensors", cut_after=SENT_BEFORE)
    stores = [make_store(), make_store()]
    threads = [threading.Thread(target=store.download, args=[NAME]) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stores[0].verify(NAME) == []
    assert hub.sent("model.safetensors") == length(hub, "model.safetensors")


def test_waiting_for_another_can_be_stopped(
    make_store: MakeStore, hub: ModelHub
) -> None:
    hub.misbehave("model.safetensors", cut_after=SENT_BEFORE, stall=True)
    first = threading.Thread(target=make_store().download, args=[NAME])
    first.start()
    assert hub.stalling.wait(PATIENCE_S)
    with pytest.raises(DownloadStopped):
        make_store().download(NAME, should_stop=lambda: True)
    hub.released.set()
    first.join()


def test_answer_without_an_end(tmp_path: Path) -> None:
    sent: list[bytes] = []

    class Endless(httpx2.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            while len(sent) < 100:
                sent.append(bytes(2**10))
                yield sent[-1]

    transport = httpx2.MockTransport(
        lambda request: httpx2.Response(200, stream=Endless())
    )
    file = RemoteFile("model.safetensors", "http://hub.example/file", size=5000)
    with httpx2.Client(transport=transport) as client:
        fetcher = Fetcher(client, Patience(), lambda done: None, lambda: False)
        with pytest.raises(NotAsPublished):
            fetcher.fetch(file, tmp_path)
    assert len(sent) == 5
    assert list(tmp_path.iterdir()) == []


def test_what_another_downloads_is_not_removed(
    make_store: MakeStore, hub: ModelHub
) -> None:
    hub.misbehave("model.safetensors", cut_after=SENT_BEFORE, stall=True)
    first = threading.Thread(target=make_store().download, args=[NAME])
    first.start()
    assert hub.stalling.wait(PATIENCE_S)
    with pytest.raises(ModelBusy, match="is being downloaded"):
        make_store().remove(NAME)
    hub.released.set()
    first.join()
    assert make_store().verify(NAME) == []
    make_store().remove(NAME)
    assert make_store().state(NAME) is ModelState.MISSING


def test_killed_download_goes_on(store: ModelStore, hub: ModelHub) -> None:
    hub.misbehave("model.safetensors", cut_after=SENT_BEFORE, stall=True)
    program = (
        "import sys, pathlib; from librephotos.ml.model_store import ModelStore\n"
        "ModelStore(pathlib.Path(sys.argv[1]), endpoint=sys.argv[2])"
        f".download({NAME!r})"
    )
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", program, str(store.folder), hub.url]
    )
    folder = store.folder / NAME
    wait_for(lambda: unfinished(folder) > SENT_BEFORE / 2, "some of it is written")
    process.send_signal(signal.SIGKILL)
    assert process.wait(PATIENCE_S) == -signal.SIGKILL
    hub.released.set()
    assert store.state(NAME) is ModelState.PARTIAL
    here = unfinished(folder)

    hub.requests.clear()
    store.download(NAME)
    assert store.verify(NAME) == []
    assert hub.sent("model.safetensors") == length(hub, "model.safetensors") - here
    assert hub.sent("config.json") == 0


def test_disk_that_is_too_small(make_store: MakeStore, hub: ModelHub) -> None:
    with tempfile.TemporaryDirectory() as name, mounted_memory(Path(name)):
        store = make_store(Path(name))
        with pytest.raises(NotEnoughSpace, match="MiB are needed and .*MiB are free"):
            store.download(NAME)
        assert hub.sent("config.json") == 0


def test_disk_that_fills_up_meanwhile(make_store: MakeStore, hub: ModelHub) -> None:
    with tempfile.TemporaryDirectory() as name, mounted_memory(Path(name), size="72m"):
        fillers: list[Path] = []

        def fill_once(progress: Progress) -> None:
            if progress.file == "model.safetensors" and not fillers:
                fillers.append(fill(Path(name), but=2**20))

        store = make_store(Path(name))
        with pytest.raises(NotEnoughSpace, match="too full"):
            store.download(NAME, progress=fill_once)
        fillers[0].unlink()
        store.download(NAME)
        assert store.verify(NAME) == []


def test_folder_that_cannot_be_made(make_store: MakeStore, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreFolderError, match="LIBREPHOTOS_MODELS"):
        make_store(tmp_path / "file" / "models").download(NAME)


def later(seconds: float) -> str:
    """Return a date of HTTP that many seconds from now."""
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize("pause", [lambda: "1", lambda: later(2.5)])
def test_a_pause_that_the_server_asks_for_is_kept(
    store: ModelStore, hub: ModelHub, pause: Callable[[], str]
) -> None:
    hub.misbehave("model.safetensors", status=429, retry_after=pause())
    started = time.monotonic()
    store.download(NAME)
    assert time.monotonic() - started >= 1


@pytest.mark.parametrize(
    "pause",
    [
        "99999999",
        "9" * 5000,
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Sat, 01 Jan 2000 00:00:00 GMT",
        "Sat, 01 Jan 2000 00:00:00 -0000",
        "Sat, 99 Jan 2000 99:00:00 GMT",
        "-5",
        "1.5",
        "soon",
        "²",
    ],
)
def test_an_odd_pause_is_bounded(
    make_store: MakeStore, hub: ModelHub, pause: str
) -> None:
    hub.misbehave("model.safetensors", status=503, retry_after=pause)
    patience = Patience(timeout_s=20, attempts=3, pause_s=0.01, longest_wait_s=0.2)
    store = make_store(patience=patience)
    store.download(NAME)
    assert store.verify(NAME) == []


def test_a_pause_can_be_broken_off(store: ModelStore, hub: ModelHub) -> None:
    hub.misbehave("model.safetensors", status=503, retry_after="86400")

    def asked() -> bool:
        return any(request.name == "model.safetensors" for request in hub.requests)

    with pytest.raises(DownloadStopped):
        store.download(NAME, should_stop=asked)


def test_a_revision_that_is_gone_says_so_and_the_newest_can_be_had(
    make_store: MakeStore, hub: ModelHub
) -> None:
    pinned = replace(make_store().model(NAME), revision=40 * "a")
    store = make_store(known={NAME: pinned})
    with pytest.raises(
        RevisionGone, match="no revision aaaaaaaaaaaa .*--newest"
    ) as gone:
        store.download(NAME)
    newest = hub.repositories[REPOSITORY].commit
    assert newest[:12] in str(gone.value)
    assert store.state(NAME) is ModelState.MISSING
    folder = store.download(NAME, newest=True)
    known = read_record(folder)
    assert known is not None and known.revision == newest
    hub.requests.clear()
    store.download(NAME)  # what is there and whole is not asked for again
    assert hub.requests == []


def test_a_repository_that_is_gone_is_no_lost_revision(
    make_store: MakeStore, hub: ModelHub
) -> None:
    pinned = replace(make_store().model(NAME), revision=40 * "a")
    hub.repositories.clear()
    with pytest.raises(NotServed) as gone:
        make_store(known={NAME: pinned}).download(NAME)
    assert not isinstance(gone.value, RevisionGone)


def test_a_repository_that_no_loader_can_use_is_not_fetched(
    store: ModelStore, hub: ModelHub, files: dict[str, bytes]
) -> None:
    del files["tokenizer.json"]
    hub.add(REPOSITORY, {**files, "vocab.json": b"{}", "spiece.model": b"pieces"})
    with pytest.raises(NotServed, match="lacks tokenizer.json"):
        store.download(NAME)
    assert hub.sent("model.safetensors") == 0
