"""Answers are written as the framework writes them, only sooner."""

from __future__ import annotations

import json
import uuid
from collections import namedtuple
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import IntEnum, StrEnum

import numpy as np
import pytest
from django.utils.functional import lazystr
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.renderers import JSONRenderer
from rest_framework.utils.serializer_helpers import ReturnDict

from librephotos.api.http.renderers import FastJSONRenderer
from tests.factories import UserFactory

Pair = namedtuple("Pair", "one other")
EAST = timezone(timedelta(hours=5, minutes=30))


class Word(StrEnum):
    A = "a"


class Number(IntEnum):
    ONE = 1


@dataclass
class Record:
    one: int


def both(data, media_type="application/json"):
    """Return what the framework's renderer writes, and what ours does."""
    return [
        renderer().render(data, media_type, {})
        for renderer in (JSONRenderer, FastJSONRenderer)
    ]


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        {"größe": "Ω 漢字 🙂 \x7f", "quoted": 'a"b\\c/\b\f\n\r\t\x00\x1f'},
        "lines\u2028end\u2029here",
        [True, False, None, 0, -1, 1.5, -0.0, 0.1, 1e16, 2**63, 2**64 - 1, 2**64],
        [Decimal("1.10"), uuid.UUID(int=7), b"bytes", (1, 2), Pair(1, 2)],
        [datetime(2020, 1, 2, 3, 4, 5, 600, UTC), datetime(2020, 1, 2, tzinfo=EAST)],
        [datetime(2020, 1, 2), date(2020, 1, 2), time(3, 4), timedelta(seconds=90)],
        [Word.A, Number.ONE, mark_safe("<b>"), lazystr("later")],
        [np.float64(0.5), np.float32(0.5), np.int64(3), np.array([1, 2])],
        {1: "a", None: "b", 1.5: "d"},
        {Word.A: 1},
        ReturnDict({"a": 1}, serializer=None),
        [{1}, {}.keys()],
    ],
    ids=repr,
)
def test_bytes_are_those_of_the_framework(data):
    expected, written = both(data)
    assert written == expected


def test_an_indentation_is_made():
    expected, written = both({"a": [1]}, "application/json; indent=4")
    assert written == expected == b'{\n    "a": [\n        1\n    ]\n}'


@pytest.mark.parametrize("data", [{"a": "\udcff"}, {"\udcff": 1}, [Record(1)]])
def test_what_is_no_json_fails_with_both(data):
    failed = []
    for renderer in (JSONRenderer, FastJSONRenderer):
        try:
            failed.append(renderer().render(data))
        except (TypeError, UnicodeEncodeError) as error:
            failed.append(type(error))
    assert failed[0] == failed[1]


def test_what_is_no_number_is_null():
    values = [float("nan"), float("inf"), -float("inf")]
    assert FastJSONRenderer().render(values) == b"[null,null,null]"


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(st.characters(exclude_categories=["Cs"])),
        lambda parts: st.lists(parts)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), parts),
    )
)
def test_any_data_means_the_same(data):
    expected, written = both([data])
    assert json.loads(written) == json.loads(expected)


@pytest.mark.django_db
def test_the_api_answers_with_it(client_of):
    answer = client_of(UserFactory()).get("/api/timezones/")
    assert isinstance(answer.accepted_renderer, FastJSONRenderer)
