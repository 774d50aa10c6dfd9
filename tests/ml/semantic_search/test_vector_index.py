"""The index finds what an exact product finds, and survives its writers."""

import json
import multiprocessing
import os
import signal
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from librephotos.ml.semantic_search.errors import DamagedIndex
from librephotos.ml.semantic_search.index import (
    CANDIDATES,
    DEEPEST_BY_CODES,
    VectorIndex,
    as_ids,
    as_uuids,
    exact_rows,
)
from librephotos.ml.semantic_search.index_writer import writing

WIDE = 768
MANY = exact_rows(WIDE) + 9000  # some chunks with codes, and some rows behind them
SMALL = 48


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name) / "index"


def _vectors(count: int, seed: int = 1, dimensions: int = SMALL) -> np.ndarray:
    """Clusters that share a direction, and some axes that matter more than others."""
    spread = np.arange(1, dimensions + 1, dtype=np.float32) ** -0.5
    centres = np.random.default_rng(0).standard_normal((50, dimensions), np.float32)
    chance = np.random.default_rng(seed)
    rows = chance.standard_normal((count, dimensions), np.float32)
    rows = (centres[chance.integers(0, 50, count)] + 0.8 * rows) * spread + 0.1
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _ids(count: int, seed: int = 1) -> np.ndarray:
    chance = np.random.default_rng(seed)
    return as_ids(uuid.UUID(bytes=chance.bytes(16)) for _ in range(count))


def _filled(folder: Path, ids: np.ndarray, vectors: np.ndarray) -> VectorIndex:
    index = VectorIndex.create(folder, dimensions=vectors.shape[1])
    with writing(index) as writer:
        writer.put(ids, vectors)
    return index


def _exact(vectors: np.ndarray, query: np.ndarray, count: int) -> np.ndarray:
    return np.argsort(-(vectors @ query), kind="stable")[:count]


def test_few_rows_are_ranked_exactly(folder: Path) -> None:
    ids, vectors = _ids(500), _vectors(500)
    index = _filled(folder, ids, vectors)

    found = index.search(vectors[7], size=20)

    expected = _exact(vectors, vectors[7], 20)
    assert found.ids == as_uuids(ids[expected])
    np.testing.assert_allclose(
        found.scores, (vectors @ vectors[7])[expected], atol=1e-3
    )


def test_pages_join_to_the_whole_ranking(folder: Path) -> None:
    ids, vectors = _ids(250), _vectors(250)
    index = _filled(folder, ids, vectors)

    pages = [index.search(vectors[0], start=at, size=100).ids for at in (0, 100, 200)]

    assert [len(page) for page in pages] == [100, 100, 50]
    assert sum(pages, ()) == index.search(vectors[0], size=1000).ids


def test_a_filter_holds_inside_the_search(folder: Path) -> None:
    ids, vectors = _ids(500), _vectors(500)
    index = _filled(folder, ids, vectors)
    far = np.sort(_exact(-vectors, vectors[3], 30))  # the least alike

    found = index.search(vectors[3], size=100, allowed=ids[far])

    assert set(found.ids) == set(as_uuids(ids[far]))
    assert index.search(vectors[3], allowed=_ids(5, seed=9)).ids == ()
    assert index.search(vectors[3], allowed=as_ids([])).ids == ()


@pytest.fixture(scope="module")
def large() -> Iterator[tuple[VectorIndex, np.ndarray, np.ndarray]]:
    """An index with codes, some of its rows replaced and some removed."""
    ids, vectors = _ids(MANY), _vectors(MANY, dimensions=WIDE)
    with tempfile.TemporaryDirectory() as name:
        index = _filled(Path(name), ids, vectors)
        vectors[:50] = _vectors(50, seed=2, dimensions=WIDE)
        with writing(index) as writer:
            writer.put(ids[:50], vectors[:50])
            writer.remove(ids[50:100])
        ids, vectors = np.delete(ids, range(50, 100)), np.delete(
            vectors, range(50, 100), axis=0
        )
        yield index, ids, vectors


@pytest.mark.parametrize("share", [1.0, 0.9])
def test_codes_lose_almost_nothing(
    large: tuple[VectorIndex, np.ndarray, np.ndarray], share: float
) -> None:
    index, ids, vectors = large
    kept = np.flatnonzero(np.random.default_rng(4).random(len(ids)) < share)
    queries = _vectors(20, seed=8, dimensions=WIDE)

    recalls = []
    for query in queries:
        found = index.search(query, allowed=None if share == 1 else ids[kept]).ids
        expected = as_uuids(ids[kept[_exact(vectors[kept], query, 100)]])
        recalls.append(len(set(found) & set(expected)) / 100)

    assert CANDIDATES < len(kept)
    assert np.mean(recalls) >= 0.98


def test_deep_pages_are_exact(
    large: tuple[VectorIndex, np.ndarray, np.ndarray],
) -> None:
    index, ids, vectors = large
    query, start = _vectors(1, seed=8, dimensions=WIDE)[0], DEEPEST_BY_CODES

    found = index.search(query, start=start, size=100)

    expected = np.sort(vectors @ query)[::-1][start : start + 100]
    np.testing.assert_allclose(found.scores, expected, atol=1e-3)


def test_an_id_that_is_put_again_is_replaced(folder: Path) -> None:
    ids, vectors = _ids(20), _vectors(20)
    index = _filled(folder, ids, vectors)

    with writing(index) as writer:
        writer.put(ids[:1], vectors[5:6])

    assert len(index) == 20
    np.testing.assert_allclose(index.vectors(ids[:1])[1], vectors[5:6], atol=1e-3)


def test_of_an_id_given_twice_the_last_counts(folder: Path) -> None:
    ids, vectors = _ids(1), _vectors(2)
    index = _filled(folder, np.repeat(ids, 2), vectors)

    assert len(index) == 1
    np.testing.assert_allclose(index.vectors(ids)[1], vectors[1:], atol=1e-3)


def test_ids_that_end_in_zeros_stay_whole(folder: Path) -> None:
    wanted = (uuid.UUID(int=1 << 64), uuid.UUID(int=1 << 100), uuid.UUID(int=0))
    index = _filled(folder, as_ids(wanted), _vectors(3))

    assert set(index.search(_vectors(1)[0]).ids) == set(wanted)
    with writing(index) as writer:
        writer.remove(as_ids(wanted[:1]))
    assert set(index.search(_vectors(1)[0]).ids) == set(wanted[1:])


def test_removed_rows_are_gone_and_compacting_changes_no_answer(folder: Path) -> None:
    ids, vectors = _ids(300), _vectors(300)
    index = _filled(folder, ids, vectors)
    reader = VectorIndex.open(folder)
    before = reader.snapshot()

    with writing(index) as writer:
        writer.remove(ids[::2])
        removed = index.search(vectors[1], size=300)
        assert writer.is_wasteful
        writer.compact()
        assert not writer.is_wasteful

    after = reader.search(vectors[1], size=300)
    assert set(after.ids) == set(as_uuids(ids[1::2]))
    assert after.ids == removed.ids
    assert len(os.listdir(folder)) == 3  # the state, the lock and one generation
    assert before.vectors.sum() == before.vectors.sum()  # the old map is still there


def test_compacting_clears_away_what_dead_writers_left(folder: Path) -> None:
    index = VectorIndex.create(folder, dimensions=SMALL)
    ids, vectors = _ids(10), _vectors(10)
    (folder / "generation-7").mkdir()
    with writing(index) as writer:
        writer.put(ids, vectors)
        writer.compact()
    assert [path.name for path in folder.glob("generation-*")] == ["generation-2"]
    assert len(index) == 10


def test_readers_see_what_is_added(folder: Path) -> None:
    ids, vectors = _ids(2), _vectors(2)
    reader = VectorIndex.create(folder, dimensions=SMALL)
    assert reader.search(vectors[0]).ids == ()

    _filled(folder, ids, vectors)

    assert reader.search(vectors[0]).ids[0] == as_uuids(ids[:1])[0]


def test_what_a_dead_writer_left_does_not_count(folder: Path) -> None:
    ids, vectors = _ids(30), _vectors(30)
    index = _filled(folder, ids[:10], vectors[:10])
    for name in ("ids", "vectors.i16", "dead"):
        with open(folder / "generation-1" / name, "ab") as file:
            file.write(b"half of somethi")

    assert len(VectorIndex.open(folder)) == 10
    with writing(index) as writer:
        writer.put(ids[10:], vectors[10:])

    found = VectorIndex.open(folder).search(vectors[20], size=30)
    assert found.ids[0] == as_uuids(ids[20:21])[0]
    assert len(found.ids) == 30


def _write_until_killed(folder: Path, said: object) -> None:
    index, vectors = VectorIndex.open(folder), _vectors(64)
    for number in range(10_000):
        with writing(index) as writer:
            writer.put(_ids(64, seed=number), vectors)
            if number % 5 == 4:
                writer.compact()
        said.send(number)


@pytest.mark.parametrize("after", [1, 6, 9])
def test_killing_a_writer_loses_nothing_that_it_had_finished(
    folder: Path, after: int
) -> None:
    VectorIndex.create(folder, dimensions=SMALL)
    context = multiprocessing.get_context("spawn")
    hears, says = context.Pipe(duplex=False)
    writer = context.Process(target=_write_until_killed, args=(folder, says))
    writer.start()
    while hears.recv() < after:
        pass
    os.kill(writer.pid, signal.SIGKILL)
    writer.join()

    index = VectorIndex.open(folder)
    assert len(index) % 64 == 0
    for number in range(after + 1):
        assert len(index.vectors(_ids(64, seed=number))[0]) == 64
    with writing(index) as next_writer:
        next_writer.put(_ids(1, seed=99_999), _vectors(1))
    assert len(index) % 64 == 1


def _write_ten(folder: Path, first: int) -> None:
    for number in range(first, first + 10):
        with writing(VectorIndex.open(folder)) as writer:
            writer.put(_ids(64, seed=number), _vectors(64))


def test_writers_at_once_take_nothing_from_one_another(folder: Path) -> None:
    VectorIndex.create(folder, dimensions=SMALL)
    context = multiprocessing.get_context("spawn")
    writers = [
        context.Process(target=_write_ten, args=(folder, first)) for first in (0, 10)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    index = VectorIndex.open(folder)
    assert len(index) == 20 * 64
    for number in range(20):
        assert len(index.vectors(_ids(64, seed=number))[0]) == 64


def test_an_index_cut_short_is_told(folder: Path) -> None:
    _filled(folder, _ids(30), _vectors(30))
    os.truncate(folder / "generation-1" / "vectors.i16", 100)

    with pytest.raises(DamagedIndex, match="vectors.i16"):
        VectorIndex.open(folder)


@pytest.mark.parametrize("text", ["", "[]", '{"dimensions": 3, "format": 99}'])
def test_a_state_of_another_kind_is_told(folder: Path, text: str) -> None:
    VectorIndex.create(folder, dimensions=3)
    (folder / "state.json").write_text(text)

    with pytest.raises(DamagedIndex):
        VectorIndex.open(folder)


def test_missing_files_are_told(folder: Path) -> None:
    _filled(folder, _ids(30), _vectors(30))
    state = json.loads((folder / "state.json").read_text())
    (folder / "state.json").write_text(json.dumps({**state, "generation": 2}))

    with pytest.raises(DamagedIndex, match="missing"):
        VectorIndex.open(folder)


def test_other_dimensions_are_refused(folder: Path) -> None:
    index = VectorIndex.create(folder, dimensions=SMALL)

    with pytest.raises(DamagedIndex):
        VectorIndex.create(folder, dimensions=SMALL + 1)
    with writing(index) as writer, pytest.raises(ValueError, match="shape"):
        writer.put(_ids(1), np.ones((1, SMALL + 1), np.float32))
