"""Servers that answer, but not with what was asked for."""

from __future__ import annotations

import gzip
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from librephotos.ml.model_store import ModelState, ModelStore
from librephotos.ml.model_store.errors import (
    HostUnreachable,
    NotAsPublished,
    NotEnoughSpace,
    NotServed,
)
from tests.ml.model_store.conftest import NAME, PLAIN, MakeStore
from tests.support.models.model_hub import ModelHub
from tests.support.mounts import mounted_memory
from tests.support.odd_mirror import RECORD, OddMirror, Request, odd_mirror, record

WEIGHTS = "model.safetensors"
PAGE = b"<!DOCTYPE html><p>Welcome to our network"
CUT = 600_000


@pytest.fixture
def mirror(files: dict[str, bytes]) -> Iterator[OddMirror]:
    """A mirror with what our loaders read."""
    needed = {
        name: files[name]
        for name in (
            "config.json",
            "preprocessor_config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            WEIGHTS,
        )
    }
    with odd_mirror(needed) as server:
        yield server


@pytest.fixture
def store(make_store: MakeStore, mirror: OddMirror) -> ModelStore:
    """A store that asks the mirror."""
    return make_store(mirror=mirror.url)


def page(request: Request) -> None:
    request.answer(200, PAGE, {"Content-Type": "text/html; charset=utf-8"})


def gathered(store: ModelStore) -> list[Path]:
    return list((store.folder / NAME).glob(f".{WEIGHTS}.*"))


@pytest.mark.parametrize("file", [RECORD, "config.json", WEIGHTS])
def test_a_page_is_no_file_of_a_model(
    store: ModelStore, mirror: OddMirror, file: str
) -> None:
    mirror.be_odd(file, page)
    with pytest.raises(NotServed, match="gives a web page instead of .* sign in"):
        store.download(NAME)
    assert all(part.stat().st_size == 0 for part in gathered(store))
    mirror.odd = lambda request: False
    store.download(NAME)
    assert store.verify(NAME) == []


def test_a_page_is_not_kept_as_weights_whose_checksum_nobody_knows(
    make_store: MakeStore, hub: ModelHub, mirror: OddMirror
) -> None:
    hub.moved["/models/scenes.pth.tar"] = f"{hub.url}/sign-in"
    with odd_mirror({}) as network:
        network.odd = lambda request: page(request) is None
        hub.moved["/models/scenes.pth.tar"] = f"{network.url}/scenes.pth.tar"
        with pytest.raises(NotServed, match="gives a web page"):
            make_store().download(PLAIN)


def test_another_length_is_refused_and_what_was_there_is_kept(
    store: ModelStore, mirror: OddMirror
) -> None:
    weights = mirror.files[WEIGHTS]

    def cut_then_short(request: Request) -> None:
        if request.start:
            request.answer(200, b"short")
        else:
            request.answer(200, weights, cut=CUT)

    mirror.be_odd(WEIGHTS, cut_then_short)
    with pytest.raises(NotAsPublished, match="has 5 bytes as model.safetensors"):
        store.download(NAME)
    (part,) = gathered(store)
    assert weights.startswith(part.read_bytes()) and part.stat().st_size > 5

    starts: list[int] = []
    mirror.be_odd(WEIGHTS, lambda request: bool(starts.append(request.start)))
    store.download(NAME)
    assert 0 not in starts
    assert store.verify(NAME) == []


@pytest.mark.parametrize("told", ["bytes 10-", "", "bytes */5"])
def test_where_another_part_comes_the_file_is_fetched_as_a_whole(
    store: ModelStore, mirror: OddMirror, told: str
) -> None:
    weights = mirror.files[WEIGHTS]
    cuts: list[int] = []

    def other_part(request: Request) -> bool:
        if request.start:
            request.answer(206, weights[10:], {"Content-Range": told} if told else {})
        elif not cuts:
            cuts.append(CUT)
            request.answer(200, weights, cut=CUT)
        else:
            return False
        return True

    mirror.be_odd(WEIGHTS, other_part)
    store.download(NAME)
    assert store.verify(NAME) == []


def test_a_part_of_a_compressed_answer_is_not_gone_on_with(
    store: ModelStore, mirror: OddMirror
) -> None:
    compressed = gzip.compress(mirror.files[WEIGHTS], 0)
    encoding = {"Content-Encoding": "gzip"}
    cuts: list[int] = []

    def compress(request: Request) -> None:
        if request.start:
            request.part(compressed, request.start, **encoding)
        else:
            request.answer(200, compressed, encoding, cut=None if cuts else CUT)
            cuts.append(CUT)

    mirror.be_odd(WEIGHTS, compress)
    store.download(NAME)
    assert store.verify(NAME) == []


def test_a_server_that_always_breaks_off_and_knows_no_ranges_is_given_up(
    store: ModelStore, mirror: OddMirror
) -> None:
    weights, most = mirror.files[WEIGHTS], 40

    def break_off(request: Request) -> bool:
        if mirror.count > most:
            return False  # or the test would not end either
        if request.start:
            request.answer(416, b"")
        else:
            request.answer(200, weights, cut=CUT)
        return True

    mirror.be_odd(WEIGHTS, break_off)
    with pytest.raises(HostUnreachable):
        store.download(NAME)
    assert mirror.count < most


@pytest.mark.parametrize(
    "said", [b"[" * 100_000, b'{"a":' * 50_000, b"\xff\xfe{}", b"9" * 5000, b"[]"]
)
def test_a_mirror_that_speaks_nonsense(
    store: ModelStore, mirror: OddMirror, said: bytes
) -> None:
    mirror.be_odd(RECORD, lambda request: request.answer(200, said))
    with pytest.raises(NotServed) as caught:
        store.download(NAME)
    assert "\n" not in str(caught.value)


def test_a_list_without_an_end_is_not_read_to_it(
    store: ModelStore, mirror: OddMirror
) -> None:
    bomb = gzip.compress(bytes(100 * 2**20), 1)
    encoding = {"Content-Encoding": "gzip"}
    mirror.be_odd(RECORD, lambda request: request.answer(200, bomb, encoding))
    with pytest.raises(NotServed, match="does not answer as a hub does"):
        store.download(NAME)


def test_a_mirror_that_lacks_what_loaders_read_is_not_fetched_from(
    store: ModelStore, mirror: OddMirror
) -> None:
    some = {name: mirror.files[name] for name in ("config.json", WEIGHTS)}
    mirror.files[RECORD] = record(some)
    with pytest.raises(NotServed, match="lacks preprocessor_config.json"):
        store.download(NAME)
    assert mirror.count == 1
    assert store.state(NAME) is ModelState.MISSING


def test_a_published_file_that_no_loader_can_read_is_not_called_installed(
    store: ModelStore, mirror: OddMirror, files: dict[str, bytes]
) -> None:
    odd = {name: data for name, data in mirror.files.items() if name != RECORD}
    mirror.files.update(
        {"config.json": b"[]", RECORD: record({**odd, "config.json": b"[]"})}
    )
    with pytest.raises(NotServed, match="no model .* it lacks config.json"):
        store.download(NAME)
    assert store.state(NAME) is ModelState.PARTIAL


def test_a_file_of_unknown_length_leaves_room_for_the_database(
    make_store: MakeStore, hub: ModelHub
) -> None:
    with (
        tempfile.TemporaryDirectory() as name,
        mounted_memory(Path(name), size="72m"),
        odd_mirror({}) as endless,
    ):
        hub.moved["/models/scenes.pth.tar"] = f"{endless.url}/scenes.pth.tar"
        endless.odd = lambda request: (
            request.answer(200, bytes(100 * 2**20), tells_length=False) is None
        )
        with pytest.raises(NotEnoughSpace, match="too full"):
            make_store(Path(name)).download(PLAIN)
        state = os.statvfs(name)
        assert state.f_bavail * state.f_frsize > 60 * 2**20
