"""What a file's own address does not give is taken out of an archive."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from dataclasses import replace

import pytest

from librephotos.ml.model_store import ModelState, ModelStore, Patience
from librephotos.ml.model_store.digests import Algorithm, Digest
from librephotos.ml.model_store.errors import DownloadFailed
from librephotos.ml.model_store.manifest import PublishedArchive, known_models
from tests.ml.model_store.conftest import PLAIN, MakeStore
from tests.support.models.model_hub import ModelHub, sha256
from tests.support.server import free_port

WEIGHTS, LABELS = "scenes.pth.tar", "labels.txt"
PATHS = {name: f"/models/{name}" for name in (WEIGHTS, LABELS)}
ARCHIVE = "/releases/scenes.tar.gz"
HASTE = Patience(timeout_s=2, attempts=2, pause_s=0.01)

FallBack = Callable[..., ModelStore]


def tarred(files: dict[str, bytes]) -> bytes:
    """Return an archive of these files, and of a link that leads out of it."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        link = tarfile.TarInfo(f"places365/{LABELS}")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


@pytest.fixture
def published(hub: ModelHub) -> dict[str, bytes]:
    """The files as they are published."""
    return {name: hub.plain[path] for name, path in PATHS.items()}


@pytest.fixture
def fall_back(
    make_store: MakeStore, hub: ModelHub, published: dict[str, bytes]
) -> FallBack:
    """Make a store of a model with an archive, its files at the hub or elsewhere."""

    def make(
        *,
        files_at: str = "",
        archive: bytes = b"",
        archive_digest: str = "",
        weights_digest: Digest | None = None,
    ) -> ModelStore:
        hub.plain[ARCHIVE] = archive or tarred(
            {f"places365/model/{name}": data for name, data in published.items()}
            | {"../../escaped.txt": b"out of the folder", "other.txt": b"unasked"}
        )
        digest = archive_digest or sha256(hub.plain[ARCHIVE])
        model = make_store().model(PLAIN)
        files = [
            replace(file, url=f"{files_at or hub.url}{PATHS[file.path]}")
            for file in model.files
        ]
        files[0] = replace(files[0], digest=weights_digest)
        known = PublishedArchive(
            f"{hub.url}{ARCHIVE}", Digest(Algorithm.SHA256, digest)
        )
        model = replace(model, files=tuple(files), archives=(known,))
        return make_store(known={PLAIN: model}, patience=HASTE)

    return make


def assert_whole(store: ModelStore, published: dict[str, bytes]) -> None:
    """The model is installed, with nothing beside its files."""
    folder = store.folder_of(PLAIN)
    assert store.verify(PLAIN) == []
    names = {path.name for path in folder.iterdir()}
    assert names == {*published, "librephotos-model.json"}
    assert {name: (folder / name).read_bytes() for name in published} == published


def test_the_manifest_has_an_archive_for_the_address_that_is_often_down() -> None:
    for name in ("places365-wideresnet18", "places365-resnet18"):
        (archive,) = known_models()[name].archives
        assert archive.url.startswith("https://github.com/LibrePhotos/")
        assert len(archive.digest.value) == 64


def test_an_archive_is_not_asked_for_where_the_address_answers(
    fall_back: FallBack, hub: ModelHub, published: dict[str, bytes]
) -> None:
    store = fall_back()
    store.download(PLAIN)
    assert_whole(store, published)
    assert "scenes.tar.gz" not in {request.name for request in hub.requests}


@pytest.mark.parametrize(
    "trouble",
    [
        {"status": 404},
        {"status": 403},
        {"status": 500},
        {"status": 503, "retry_after": "0"},
        {"cut_after": 1000},
        {"cut_after": 0},
        {"cut_after": 1000, "stall": True},
    ],
    ids=str,
)
def test_an_address_that_fails_is_made_up_for(
    fall_back: FallBack,
    hub: ModelHub,
    published: dict[str, bytes],
    trouble: dict[str, object],
) -> None:
    store = fall_back()
    hub.knows_ranges = False  # so that what is cut off does not come in pieces
    hub.misbehave(WEIGHTS, times=99, **trouble)
    store.download(PLAIN)
    assert_whole(store, published)
    hub.requests.clear()
    store.download(PLAIN)
    assert hub.requests == []


def test_addresses_that_are_gone_are_made_up_for(
    fall_back: FallBack, hub: ModelHub, published: dict[str, bytes]
) -> None:
    store = fall_back()
    for path in PATHS.values():
        del hub.plain[path]
    store.download(PLAIN)
    assert_whole(store, published)


def test_a_refused_connection_is_made_up_for(
    fall_back: FallBack, published: dict[str, bytes]
) -> None:
    store = fall_back(files_at=f"http://127.0.0.1:{free_port()}")
    store.download(PLAIN)
    assert_whole(store, published)


def test_a_wrong_checksum_is_made_up_for(
    fall_back: FallBack, hub: ModelHub, published: dict[str, bytes]
) -> None:
    right = Digest(Algorithm.SHA256, sha256(published[WEIGHTS]))
    store = fall_back(weights_digest=right)
    hub.plain[PATHS[WEIGHTS]] = bytes(len(published[WEIGHTS]))
    store.download(PLAIN)
    assert_whole(store, published)


@pytest.mark.parametrize(
    ("archive", "said"),
    [
        (b"no archive", "no whole archive"),
        (tarred({WEIGHTS: bytes(range(256)) * 99})[:-60], "no whole archive"),
        (tarred({"places365/labels.txt": b"x"}), f"lacks {WEIGHTS}"),
    ],
)
def test_an_archive_that_is_no_help_says_so(
    fall_back: FallBack, hub: ModelHub, archive: bytes, said: str
) -> None:
    store = fall_back(archive=archive)
    del hub.plain[PATHS[WEIGHTS]]
    with pytest.raises(DownloadFailed, match=said) as failed:
        store.download(PLAIN)
    assert WEIGHTS in str(failed.value) and "\n" not in str(failed.value)
    assert store.state(PLAIN) is ModelState.PARTIAL


def test_an_archive_with_another_checksum_is_not_unpacked(
    fall_back: FallBack, hub: ModelHub
) -> None:
    store = fall_back(archive_digest=64 * "0")
    del hub.plain[PATHS[WEIGHTS]]
    with pytest.raises(DownloadFailed, match="another checksum"):
        store.download(PLAIN)
    assert not (store.folder / PLAIN / WEIGHTS).exists()


def test_an_archive_that_breaks_off_is_gone_on_with(
    fall_back: FallBack, hub: ModelHub, published: dict[str, bytes]
) -> None:
    store = fall_back()
    del hub.plain[PATHS[WEIGHTS]]
    hub.misbehave("scenes.tar.gz", cut_after=1500)
    store.download(PLAIN)
    assert_whole(store, published)
    assert hub.sent("scenes.tar.gz") == len(hub.plain[ARCHIVE])
