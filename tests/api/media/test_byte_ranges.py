from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from librephotos.api.views.media.byte_ranges import UnsatisfiableRange, byte_range


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("", None),
        ("bytes=0-0", (0, 0)),
        ("bytes=0-", (0, 9)),
        ("bytes=9-", (9, 9)),
        ("bytes=2-99", (2, 9)),
        ("bytes=-3", (7, 9)),
        ("bytes=-99", (0, 9)),
        (" bytes = 1 - 2 ", (1, 2)),
        ("Bytes=1-2", (1, 2)),
        ("bytes=-", None),
        ("bytes=5-2", None),
        ("bytes=0-1,3-4", None),
        ("items=0-1", None),
        ("bytes=a-b", None),
        ("bytes=²-", None),
        ("bytes=" + "9" * 5000 + "-", None),
    ],
)
def test_the_bytes_asked_for(header, expected):
    assert byte_range(header, 10) == expected


@pytest.mark.parametrize(
    ("header", "size"),
    [("bytes=10-", 10), ("bytes=10-11", 10), ("bytes=-0", 10), ("bytes=0-", 0)],
)
def test_bytes_that_are_not_there(header, size):
    with pytest.raises(UnsatisfiableRange):
        byte_range(header, size)


@given(st.integers(1, 10**12), st.data())
def test_a_range_lies_within_the_body_and_begins_where_asked(size, data):
    first = data.draw(st.integers(0, size - 1))
    last = data.draw(st.integers(first, 2 * size))
    assert byte_range(f"bytes={first}-{last}", size) == (first, min(last, size - 1))


@given(st.text(), st.integers(0, 1000))
def test_no_header_breaks_it(header, size):
    try:
        found = byte_range(header, size)
    except UnsatisfiableRange:
        return
    assert found is None or 0 <= found[0] <= found[1] < size


@pytest.mark.parametrize(
    "before", ["", "bytes", "bytes=", "bytes=1", "bytes=1-", "b=-1"]
)
@pytest.mark.parametrize("repeated", [" ", "\t", "1", "1 "])
def test_no_header_takes_long_to_read(before, repeated):
    began = time.process_time()
    header = before + repeated * (60_000 // len(repeated))
    assert byte_range(f"{header}x", 10) is None
    assert time.process_time() - began < 0.5
