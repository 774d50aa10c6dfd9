"""Models as they are had, checked and given up."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from librephotos.ml.model_store import Fault, ModelState, ModelStore, Progress, record
from librephotos.ml.model_store.errors import (
    HostUnreachable,
    ModelNotInstalled,
    NotServed,
    StoreFolderError,
    UnknownModel,
)
from tests.ml.model_store.conftest import NAME, PLAIN, REPOSITORY, MakeStore
from tests.support.models.model_hub import ModelHub, Repository
from tests.support.mounts import mounted_memory

USED = {
    "config.json",
    "preprocessor_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "merges.txt",
    "model.safetensors",
}


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def flip_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("name", [NAME, PLAIN])
def test_from_nothing_to_nothing(store: ModelStore, name: str) -> None:
    assert store.state(name) is ModelState.MISSING
    with pytest.raises(ModelNotInstalled, match=f"librephotos models download {name}"):
        store.folder_of(name)

    folder = store.download(name)

    assert store.state(name) is ModelState.INSTALLED
    assert store.folder_of(name) == folder
    assert store.verify(name) == []

    store.remove(name)
    assert store.state(name) is ModelState.MISSING
    assert not folder.exists()
    store.remove(name)


def test_only_what_loaders_read_is_fetched(
    store: ModelStore, hub: ModelHub, files: dict[str, bytes]
) -> None:
    folder = store.download(NAME)
    assert names(folder) == USED | {"librephotos-model.json"}
    for name in USED:
        assert (folder / name).read_bytes() == files[name]
        assert hub.sent(name) == len(files[name])


def test_nothing_is_told_of_the_user(
    store: ModelStore, hub: ModelHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    store.download(NAME)
    for request in hub.requests:
        assert "authorization" not in request.headers
        assert request.headers["user-agent"] == "LibrePhotos"


@pytest.mark.parametrize("name", [NAME, PLAIN])
def test_progress_ends_with_all_bytes(store: ModelStore, name: str) -> None:
    seen: list[Progress] = []
    folder = store.download(name, progress=seen.append)
    done = [progress.done for progress in seen]
    assert done == sorted(done)
    assert len(done) > 5
    assert seen[-1].done == seen[-1].total
    fetched = [p for p in folder.iterdir() if p.name != "librephotos-model.json"]
    assert seen[-1].done == sum(path.stat().st_size for path in fetched)


def test_repository_names_the_manifest_model(store: ModelStore) -> None:
    folder = store.download(REPOSITORY)
    assert folder.name == NAME
    assert store.state(NAME) is ModelState.INSTALLED


def test_any_model_of_the_hub(
    store: ModelStore, hub: ModelHub, files: dict[str, bytes]
) -> None:
    hub.add("laion/CLIP-other", files)
    assert store.download("laion/CLIP-other") == store.folder / "laion" / "CLIP-other"
    assert "laion/CLIP-other" in {model.name for model in store.models()}


@pytest.mark.parametrize("name", ["nonsense", "../etc", "a/../b", "a/b/c", "/etc/x"])
def test_names_that_are_none(store: ModelStore, name: str) -> None:
    with pytest.raises(UnknownModel):
        store.state(name)


def test_model_split_in_shards(
    store: ModelStore, hub: ModelHub, files: dict[str, bytes]
) -> None:
    shards = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
    weights = files.pop("model.safetensors")
    index = '{"weight_map": {"a": "%s", "b": "%s"}}' % (shards[0], shards[1])
    files |= {name: weights for name in shards}
    hub.add(REPOSITORY, {**files, "model.safetensors.index.json": index.encode()})
    folder = store.download(NAME)
    assert set(shards) < names(folder)

    (folder / "librephotos-model.json").unlink()
    assert store.state(NAME) is ModelState.INSTALLED
    (folder / shards[1]).unlink()
    assert store.state(NAME) is ModelState.PARTIAL


@pytest.mark.parametrize("lost", ["config.json", "model.safetensors"])
def test_repository_that_no_loader_can_read(
    store: ModelStore, hub: ModelHub, files: dict[str, bytes], lost: str
) -> None:
    kept = {name: files[name] for name in USED if name != lost}
    hub.repositories[REPOSITORY] = Repository(kept)
    with pytest.raises(NotServed, match="needs config.json and model.safetensors"):
        store.download(NAME)


def test_repository_that_is_not_there(store: ModelStore, hub: ModelHub) -> None:
    with pytest.raises(
        NotServed, match="127.0.0.1 does not give out someone/nothing at main .404"
    ):
        store.download("someone/nothing")


@pytest.mark.parametrize(
    ("name", "file"), [(NAME, "model.safetensors"), (PLAIN, "scenes.pth.tar")]
)
def test_changed_file_is_found_and_mended(
    store: ModelStore, hub: ModelHub, name: str, file: str
) -> None:
    folder = store.download(name)
    flip_a_byte(folder / file)
    fault = Fault(file, "has another checksum than it had at first")
    assert store.verify(name) == [fault]
    assert store.state(name) is ModelState.PARTIAL

    hub.requests.clear()
    store.download(name)
    assert store.verify(name) == []
    assert {n: sent for n, sent in hub.counts().items() if sent and n != "main"} == {
        file: (folder / file).stat().st_size
    }


def test_whole_model_is_not_asked_for_again(store: ModelStore, hub: ModelHub) -> None:
    store.download(NAME)
    hub.requests.clear()
    store.download(NAME)
    assert hub.requests == []


def test_lost_file_makes_a_model_partial(store: ModelStore) -> None:
    folder = store.download(NAME)
    (folder / "model.safetensors").unlink()
    assert store.state(NAME) is ModelState.PARTIAL
    with pytest.raises(ModelNotInstalled, match="not wholly installed"):
        store.folder_of(NAME)


def test_folder_copied_by_hand(
    make_store: MakeStore, hub: ModelHub, files: dict[str, bytes], tmp_path: Path
) -> None:
    folder = tmp_path / "copied" / NAME
    folder.mkdir(parents=True)
    for name in USED:
        (folder / name).write_bytes(files[name])
    store = make_store(tmp_path / "copied", offline=True)
    assert store.state(NAME) is ModelState.INSTALLED
    assert store.download(NAME) == store.folder_of(NAME) == folder
    assert hub.requests == []

    flip_a_byte(folder / "model.safetensors")
    assert [fault.path for fault in store.verify(NAME)] == ["model.safetensors"]


def test_copy_that_was_cut_off(
    store: ModelStore, files: dict[str, bytes], tmp_path: Path
) -> None:
    folder = store.folder / NAME
    folder.mkdir(parents=True)
    for name in USED:
        (folder / name).write_bytes(files[name])
    (folder / "model.safetensors").write_bytes(files["model.safetensors"][:-1000])
    fault = Fault("model.safetensors", "is cut off or not made of tensors")
    assert store.verify(NAME) == [fault]
    assert store.state(NAME) is ModelState.PARTIAL


@pytest.mark.parametrize("name", [NAME, PLAIN])
def test_mirror_is_a_served_folder(
    make_store: MakeStore, hub: ModelHub, tmp_path: Path, name: str
) -> None:
    source = make_store()
    source.download(name)
    hub.mirrored = source.folder
    hub.repositories.clear()
    hub.plain.clear()
    store = make_store(tmp_path / "others", mirror=hub.mirror)
    folder = store.download(name)
    assert store.verify(name) == []
    assert names(folder) == names(source.folder / name)


def test_mirror_that_lacks_the_model(make_store: MakeStore, hub: ModelHub) -> None:
    with pytest.raises(NotServed, match="127.0.0.1"):
        make_store(mirror=hub.mirror).download(NAME)


def test_offline(make_store: MakeStore, hub: ModelHub) -> None:
    store = make_store(offline=True)
    with pytest.raises(HostUnreachable, match=f"copy {store.folder / NAME}"):
        store.download(NAME)
    assert hub.requests == []


def test_models_of_the_manifest_come_first(tmp_path: Path) -> None:
    store = ModelStore(tmp_path / "none")
    listed = [model.name for model in store.models()]
    assert listed[0] == "siglip2-base-patch16-224"
    assert {store.state(name) for name in listed} == {ModelState.MISSING}
    assert not store.folder.exists()


def test_folder_moved_elsewhere(make_store: MakeStore, tmp_path: Path) -> None:
    first = make_store()
    first.download(NAME)
    shutil.copytree(first.folder, tmp_path / "moved")
    moved = make_store(tmp_path / "moved", offline=True)
    assert moved.verify(NAME) == []


def test_folder_that_is_only_to_be_read(make_store: MakeStore, hub: ModelHub) -> None:
    with tempfile.TemporaryDirectory() as name, mounted_memory(Path(name), size="99m"):
        make_store(Path(name)).download(PLAIN)
        remount = ["mount", "-o", "remount,ro", name]
        subprocess.run(remount, check=True)
        hub.requests.clear()
        store = make_store(Path(name))
        assert store.verify(PLAIN) == []
        assert store.download(PLAIN) == store.folder_of(PLAIN)
        assert hub.requests == []
        with pytest.raises(StoreFolderError, match="Read-only"):
            store.download(NAME)
        with pytest.raises(StoreFolderError, match="Read-only"):
            store.remove(PLAIN)


def test_strange_folders_are_passed_over(store: ModelStore) -> None:
    for name in ("my models/clip", ".cache/clip"):
        (store.folder / name).mkdir(parents=True)
        (store.folder / name / "config.json").write_text("{}")
    assert {model.name for model in store.models()} == {NAME, PLAIN}


def test_file_that_came_just_before_a_crash(store: ModelStore) -> None:
    folder = store.download(NAME)
    known = record.read_record(folder)
    assert known is not None
    kept = tuple(file for file in known.files if file.path != "model.safetensors")
    record.write_record(folder, replace(known, complete=False, files=kept))
    assert store.state(NAME) is ModelState.PARTIAL
    assert store.verify(NAME) == []
    assert store.state(NAME) is ModelState.INSTALLED
    flip_a_byte(folder / "model.safetensors")
    assert [fault.path for fault in store.verify(NAME)] == ["model.safetensors"]


@pytest.mark.parametrize(
    ("lost", "instead"),
    [
        ("tokenizer.json", {"vocab.json": b"{}", "merges.txt": b"#version: 0.2"}),
        ("tokenizer.json", {"spiece.model": b"pieces"}),
        ("tokenizer_config.json", {}),
        ("preprocessor_config.json", {"processor_config.json": b"{}"}),
        ("config.json", {}),
        ("model.safetensors", {"pytorch_model.bin": b"pickle"}),
        # Cut off on the way, or a page of a proxy in their place.
        ("tokenizer.json", {"tokenizer.json": b'{"version": "1.0", '}),
        ("tokenizer.json", {"tokenizer.json": b""}),
        ("config.json", {"config.json": b"<html>Sign in</html>"}),
        ("model.safetensors", {"model.safetensors": b""}),
    ],
)
def test_a_folder_counts_once_its_loader_can_use_it(
    store: ModelStore, files: dict[str, bytes], lost: str, instead: dict[str, bytes]
) -> None:
    folder = store.folder / NAME
    folder.mkdir(parents=True)
    for name in USED:
        (folder / name).write_bytes(files[name])
    assert store.state(NAME) is ModelState.INSTALLED
    (folder / lost).unlink()
    for name, content in instead.items():
        (folder / name).write_bytes(content)
    assert store.state(NAME) is ModelState.PARTIAL
    with pytest.raises(ModelNotInstalled, match=lost):
        store.folder_of(NAME)
