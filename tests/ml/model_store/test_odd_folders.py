"""Folders of models in states that no download of ours leaves behind."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from librephotos.ml.model_store import ModelState, ModelStore
from librephotos.ml.model_store.errors import (
    ModelNotInstalled,
    ModelStoreError,
    NotEnoughSpace,
    StoreFolderError,
)
from tests.ml.model_store.conftest import NAME, MakeStore
from tests.support.mounts import mounted_memory

NOBODY = 65534


@contextmanager
def closed(path: Path) -> Iterator[None]:
    """Take the rights to a file or folder away for a while, from root too."""
    mode, is_root = path.stat().st_mode, os.geteuid() == 0
    path.chmod(0)
    if is_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        path.chmod(mode)


def in_cache(folder: Path, cache: Path) -> None:
    """Put a model where it would be in the cache of the hub's own tools."""
    cache.mkdir()
    folder.rename(cache / "snapshot")
    for file in (cache / "snapshot").iterdir():
        file.rename(cache / f"blob-{file.name}")
        file.symlink_to(cache / f"blob-{file.name}")


def test_a_link_to_a_folder_is_removed_and_what_it_leads_to_stays(
    store: ModelStore, tmp_path: Path
) -> None:
    folder = store.download(NAME)
    in_cache(folder, tmp_path / "cache")
    folder.symlink_to(tmp_path / "cache" / "snapshot")
    assert store.state(NAME) is ModelState.INSTALLED
    assert store.verify(NAME) == []
    before = sorted((tmp_path / "cache").rglob("*"))
    store.remove(NAME)
    assert store.state(NAME) is ModelState.MISSING
    assert sorted((tmp_path / "cache").rglob("*")) == before
    store.remove(NAME)
    store.download(NAME)
    assert store.verify(NAME) == []


def loop(folder: Path) -> None:
    folder.symlink_to(folder)


def dangling(folder: Path) -> None:
    folder.symlink_to(folder.parent / "nowhere")


def plain_file(folder: Path) -> None:
    folder.write_text("no folder")


@pytest.mark.parametrize("make", [loop, dangling, plain_file])
def test_what_stands_in_the_place_of_a_folder(
    store: ModelStore, make: Callable[[Path], None]
) -> None:
    store.folder.mkdir()
    make(store.folder / NAME)
    assert store.state(NAME) is ModelState.MISSING
    assert store.size(NAME) == 0
    with pytest.raises(StoreFolderError, match=f"models remove {NAME}"):
        store.download(NAME)
    store.remove(NAME)
    store.download(NAME)
    assert store.verify(NAME) == []


@pytest.mark.parametrize("part", ["", NAME, f"{NAME}/model.safetensors"])
def test_what_may_not_be_read_is_not_installed_and_says_why(
    store: ModelStore, part: str
) -> None:
    store.download(NAME)
    with closed(store.folder / part):
        assert store.state(NAME) is ModelState.PARTIAL
        assert store.size(NAME) >= 0
        assert store.models()
        for ask in (store.verify, store.revision, store.folder_of):
            with pytest.raises(ModelNotInstalled, match="cannot be read .*Permission"):
                ask(NAME)
        with pytest.raises(StoreFolderError, match="Permission denied"):
            store.download(NAME)
    assert store.verify(NAME) == []


@pytest.mark.parametrize(
    "file", ["librephotos-model.json", "model.safetensors.index.json"]
)
def test_json_that_is_nested_too_deep(store: ModelStore, file: str) -> None:
    folder = store.download(NAME)
    (folder / file).write_bytes(b'{"a":' * 50_000 + b"1" + b"}" * 50_000)
    if "index" in file:
        (folder / "model.safetensors").unlink()
    assert store.state(NAME) in ModelState
    store.download(NAME)
    assert store.verify(NAME) == []


def test_a_disk_on_which_no_more_files_fit(make_store: MakeStore) -> None:
    with (
        tempfile.TemporaryDirectory() as name,
        mounted_memory(Path(name), size="99m,nr_inodes=2"),
    ):
        with pytest.raises(NotEnoughSpace, match="no more files fit"):
            make_store(Path(name)).download(NAME)


def test_a_file_that_is_gone_while_it_is_verified(store: ModelStore) -> None:
    folder = store.download(NAME)
    (folder / "librephotos-model.json").unlink()
    (folder / "merges.txt").unlink()
    (folder / "merges.txt").symlink_to("nowhere")
    with pytest.raises(ModelStoreError, match="cannot be read"):
        store.verify(NAME)
