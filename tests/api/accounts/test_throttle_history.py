"""What is counted for a time, by several at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from librephotos.api.models import ThrottleHistory
from librephotos.api.writes import throttle_history

ALLOWANCES = {"b": 5, "a": 9}


def outcomes(calls: int) -> list[bool]:
    """Count so often at the same time; return which was allowed."""

    def count(_: int) -> bool:
        try:
            throttle_history.count(ALLOWANCES, window_s=3600)
        except throttle_history.TooOften:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(count, range(calls)))


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_so_many_are_allowed_as_may() -> None:
    assert sum(outcomes(24)) == 5
    assert {len(row.moments) for row in ThrottleHistory.objects.all()} == {5}


@pytest.mark.django_db(transaction=True)
def test_one_of_many_is_the_first() -> None:
    def ask(_: int) -> bool:
        try:
            return throttle_history.is_first("visit", window_s=3600)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(16))) == 1


@pytest.mark.django_db
def test_what_was_taken_back_leaves_room() -> None:
    moments = [throttle_history.count(ALLOWANCES, window_s=60) for _ in range(5)]
    with pytest.raises(throttle_history.TooOften) as refused:
        throttle_history.count(ALLOWANCES, window_s=60)
    assert 0 < refused.value.wait_s <= 60
    throttle_history.take_back(ALLOWANCES, moments[2])
    throttle_history.count(ALLOWANCES, window_s=60)


@pytest.mark.django_db
def test_what_is_over_counts_no_more_and_goes() -> None:
    long_ago = 1_000_000_000.0
    ThrottleHistory.objects.create(key="a", moments=[long_ago] * 9, until=long_ago)
    ThrottleHistory.objects.create(key="other", moments=[], until=long_ago)
    throttle_history.count(ALLOWANCES, window_s=60)
    assert {r.key: len(r.moments) for r in ThrottleHistory.objects.all()} == {
        "a": 1,
        "b": 1,
    }


@pytest.mark.django_db
@pytest.mark.parametrize("until", [1_000_000_000.0, 9_000_000_000.0])
def test_a_visit_that_is_over_or_lies_ahead_begins_again(until: float) -> None:
    ThrottleHistory.objects.create(key="visit", until=until)
    assert throttle_history.is_first("visit", window_s=60)
    assert not throttle_history.is_first("visit", window_s=60)


@pytest.mark.django_db
def test_who_is_refused_leaves_nothing_behind_under_other_names() -> None:
    throttle_history.count({"address": 1, "address:first": 1}, window_s=60)
    before = set(ThrottleHistory.objects.values_list("key", "until"))
    for name in range(5):
        with pytest.raises(throttle_history.TooOften):
            throttle_history.count({"address": 1, f"address:{name}": 1}, window_s=60)
    assert set(ThrottleHistory.objects.values_list("key", "until")) == before
