"""Several batches at once."""

import threading
from collections.abc import Iterator, Sequence

import pytest
import torch

from librephotos.ml.lanes import computed, in_lanes
from tests.support.server import PATIENCE_S


@pytest.fixture(autouse=True)
def four_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(4)
    yield
    torch.set_num_threads(before)


def total(numbers: Sequence[int]) -> tuple[int, int]:
    return sum(numbers), len(numbers)


def test_parts_keep_their_order_and_their_size() -> None:
    found = in_lanes(total, range(100), size=7)

    assert [each for _, each in found] == [7] * 14 + [2]
    assert [result for result, _ in found][:2] == [sum(range(7)), sum(range(7, 14))]
    assert sum(result for result, _ in found) == sum(range(100))


def test_few_items_are_spread_over_the_lanes() -> None:
    assert [each for _, each in in_lanes(total, range(8), size=64)] == [2] * 4
    assert in_lanes(total, range(1), size=64) == [(0, 1)]
    assert in_lanes(total, [], size=64) == []


def test_lanes_run_side_by_side_and_share_the_threads() -> None:
    together = threading.Barrier(2, timeout=PATIENCE_S)

    def compute(items: Sequence[int]) -> int:
        together.wait()
        return torch.get_num_threads()

    assert in_lanes(compute, range(2), size=1) == [2, 2]
    assert torch.get_num_threads() == 4


def test_an_error_is_raised_and_later_threads_have_all_processors() -> None:
    def compute(items: Sequence[int]) -> int:
        raise ValueError(f"{items[0]}")

    with pytest.raises(ValueError, match="0"):
        in_lanes(compute, range(8), size=1)

    found: list[int] = []
    later = threading.Thread(target=lambda: found.append(torch.get_num_threads()))
    later.start()
    later.join()
    assert found == [4]


def test_another_device_takes_whole_batches_in_the_calling_thread() -> None:
    prepared_in: set[int] = set()

    def prepare(number: int) -> int:
        prepared_in.add(threading.get_ident())
        return 10 * number

    def compute(numbers: Sequence[int]) -> tuple[list[int], bool]:
        return list(numbers), threading.get_ident() == here

    here = threading.get_ident()
    other = torch.device("meta")
    found = computed(prepare, compute, range(6), size=4, device=other)

    assert found == [([0, 10, 20, 30], True), ([40, 50], True)]
    assert here not in prepared_in


def test_the_processor_prepares_and_computes_in_lanes() -> None:
    def compute(numbers: Sequence[int]) -> tuple[list[int], bool]:
        return list(numbers), threading.get_ident() == here

    here = threading.get_ident()
    cpu = torch.device("cpu")
    found = computed(lambda number: 10 * number, compute, range(6), size=4, device=cpu)

    assert found == [([0, 10], False), ([20, 30], False), ([40, 50], False)]
