from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from librephotos.search_language.query import (
    MAX_TERMS,
    ClauseKind,
    Names,
    SearchQuery,
    parse,
)

TODAY = date(2026, 11, 24)
ANNA, ANNA_MARIA, JOSE = frozenset((1, 2)), frozenset((2,)), frozenset((3,))
NAMES = Names(
    people={("anna",): ANNA, ("anna", "maria"): ANNA_MARIA, ("jose",): JOSE},
    places={("new", "york"): frozenset((7,)), ("munchen",): frozenset((8,))},
)


def parsed(text: str) -> SearchQuery:
    return parse(text, today=TODAY, names_among=lambda _: NAMES)


def kinds(text: str) -> list[tuple[str, str]]:
    return [(clause.kind.value, clause.text) for clause in parsed(text).clauses]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("red circle", [("word", "red"), ("word", "circle")]),
        ("Anna", [("person", "anna")]),
        ("ANNA MARIA", [("person", "anna maria")]),
        ("José's", [("person", "josé's")]),
        ("New York, Anna", [("place", "new york"), ("person", "anna")]),
        ("München", [("place", "münchen")]),
        ("last summer", [("time", "last summer")]),
        ("type: video", [("media", "type: video")]),
        ('"last summer"', [("phrase", "last summer")]),
        ("last, summer", [("time", "last summer")]),
    ],
)
def test_parts_are_recognised_the_longest_first(text, expected):
    assert kinds(text) == expected


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("Anna at the beach last summer", "beach"),
        ("photos of a dog on the beach in New York", "dog on the beach"),
        ("videos of Anna", ""),
        ("christmas tree 2019", "christmas tree"),
        ("summer dress", "summer dress"),
        ('"new york" skyline', "skyline"),
        ("beach -dog", "beach"),
        ("the", ""),
    ],
)
def test_what_names_nothing_is_the_meaning(text, meaning):
    assert parsed(text).meaning == meaning


@pytest.mark.parametrize(
    ("text", "excluded"),
    [
        ("beach -dog", ["dog"]),
        ("beach NOT dog", ["dog"]),
        ('beach -"hot dog" bun', ["hot dog"]),
        ("beach not dog", []),
        ("IMG_1-2 - _3-", []),
        ("2019 -anna", ["anna"]),
    ],
)
def test_a_minus_or_not_excludes(text, excluded):
    found = [clause.text for clause in parsed(text).clauses if clause.negated]
    assert found == excluded


def test_words_that_link_count_only_alone():
    assert [c.text for c in parsed("man on the moon").required] == ["man", "moon"]
    assert [c.text for c in parsed("the").required] == ["the"]


def test_seasons_and_holidays_are_not_firm_without_a_year():
    (summer,) = parsed("summer").clauses
    (last,) = parsed("last summer").clauses
    assert summer.kind is last.kind is ClauseKind.TIME
    assert (summer.firm, last.firm) == (False, True)


@given(st.text())
def test_any_text_can_be_parsed(text):
    query = parsed(text)
    assert sum(len(clause.words) for clause in query.clauses) <= MAX_TERMS
    assert all(word.strip() for clause in query.clauses for word in clause.words)
    assert query.meaning == query.meaning.lower().strip()
