"""What a search text asks for: people, places, times, kinds, words and a meaning.

"Anna at the beach last summer" is a person, a time, and "beach". Words between double
quotes stand for themselves; a minus, or NOT, before a word or phrase excludes it.
Everything here is a pure function of the text, the day and the known names, which are
asked for once the words are known.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from librephotos.search_language.time_spans import TimeFilter
from librephotos.search_language.times import time_at

MAX_TERMS = 32
"""So that nobody can ask for thousands of scans in one request."""

LONGEST_NAME = 6
"""Words of a name that are compared; of longer ones, the first."""

LINKING = frozenset(
    "a an and at by during for from i in is me my of on or our photo photos picture"
    " pictures image images show that the this to was we were with".split()
)
"""Words that hold a query together; alone or in quotes they count like any other."""

_TERM = re.compile(r'(-(?=[\w"]))?(?:"([^"]+)"?|([^\s,"]+))')
_VIDEO = {("video",): True, ("videos",): True, ("type:", "video"): True}
_STILL = {("type:", "photo"): False, ("type:", "image"): False}
_KINDS = _VIDEO | _STILL | {("type:video",): True, ("type:photo",): False}
_POSSESSIVE = re.compile("['’]s$")

Words = tuple[str, ...]


class ClauseKind(StrEnum):
    """What a part of a query is taken for."""

    PERSON = "person"
    PLACE = "place"
    TIME = "time"
    MEDIA = "media"
    PHRASE = "phrase"
    WORD = "word"


@dataclass(frozen=True)
class Names:
    """The names of people and places that a caller may mean, folded and in words.

    The values are ids of people, and of places with all that lie below them.
    """

    people: Mapping[Words, frozenset[int]] = field(default_factory=dict)
    places: Mapping[Words, frozenset[int]] = field(default_factory=dict)


NamesAmong = Callable[[list[list[str]]], Names]
"""Finds the names in runs of folded words that stand together."""


@dataclass(frozen=True)
class Clause:
    """One part of a query: its words in lower case, and what they are taken for."""

    kind: ClauseKind
    words: Words
    ids: frozenset[int] = frozenset()
    time: TimeFilter | None = None
    video: bool | None = None
    negated: bool = False

    @property
    def text(self) -> str:
        """The words as they were written, but for their case."""
        return " ".join(self.words)

    @property
    def named(self) -> bool:
        """Whether this stands for a person, place, time or kind."""
        return self.kind not in (ClauseKind.PHRASE, ClauseKind.WORD)

    @property
    def firm(self) -> bool:
        """Whether photos that do not meet this are out of the question."""
        if self.negated or self.kind is ClauseKind.PHRASE:
            return True
        return self.named and (self.time is None or self.time.firm)

    @property
    def seen(self) -> bool:
        """Whether the words may describe what is to be seen."""
        return not self.firm


@dataclass(frozen=True)
class SearchQuery:
    """The parts of a query in their order."""

    clauses: tuple[Clause, ...] = ()

    @property
    def meaning(self) -> str:
        """The words that describe what is seen, "" if there are none."""
        words = [
            word for clause in self.clauses if clause.seen for word in clause.words
        ]
        while words and words[0] in LINKING:
            del words[0]
        while words and words[-1] in LINKING:
            del words[-1]
        return " ".join(words)

    @property
    def required(self) -> tuple[Clause, ...]:
        """The parts that count: without linking words, unless there is nothing else."""
        counting = tuple(c for c in self.clauses if not _links(c))
        return counting or self.clauses


def _links(clause: Clause) -> bool:
    return clause.kind is ClauseKind.WORD and clause.text in LINKING


def folded(text: str) -> str:
    """Return a text without case and accents, so that names compare as they sound."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _folded_word(word: str) -> str:
    """Return a word of a search as it would stand in a name: Anna for "Anna's"."""
    return _POSSESSIVE.sub("", folded(word))


def name_words(name: str) -> Words:
    """Return the folded words by which a name is looked up."""
    return tuple(folded(name).split())[:LONGEST_NAME]


def parse(text: str, *, today: date, names_among: NamesAmong) -> SearchQuery:
    """Return what the text asks for; any text asks for something, if only nothing."""
    terms = _terms(text)
    names = names_among(_plain_runs(terms))
    clauses: list[Clause] = []
    while terms:
        clause = _first_clause(terms, today, names)
        clauses.append(clause)
        taken = 1 if terms[0].quoted else len(clause.words)
        terms = terms[taken:]
    return SearchQuery(tuple(dict.fromkeys(clauses)))


def plain_runs(text: str) -> list[list[str]]:
    """Return the folded words that may be names, in runs that stand together."""
    return _plain_runs(_terms(text))


@dataclass(frozen=True)
class _Term:
    word: str
    quoted: bool
    negated: bool


def _terms(text: str) -> list[_Term]:
    """Split at white space and commas, keeping quoted phrases together."""
    terms: list[_Term] = []
    denied = False
    # PostgreSQL text cannot hold NUL, and so nothing can match it either.
    for minus, phrase, word in _TERM.findall(text.replace("\x00", " ")):
        if word == "NOT" and not minus:
            denied = True
            continue
        negated = denied or bool(minus)
        denied = False
        content = " ".join((phrase or word).lower().split())
        if content:
            terms.append(_Term(content, bool(phrase), negated))
    return terms[:MAX_TERMS]


def _plain_runs(terms: Sequence[_Term]) -> list[list[str]]:
    runs: list[list[str]] = [[]]
    for term in terms:
        if term.quoted:
            runs.append([])
        else:
            runs.extend([[]] if term.negated else [])
            runs[-1].append(_folded_word(term.word))
    return [run for run in runs if run]


def _first_clause(terms: Sequence[_Term], today: date, names: Names) -> Clause:
    first = terms[0]
    if first.quoted:
        return Clause(ClauseKind.PHRASE, (first.word,), negated=first.negated)
    words = _run(terms)
    return replace(_longest(words, today, names), negated=first.negated)


def _run(terms: Sequence[_Term]) -> Words:
    """Return the words from the first term on that may belong together."""
    if terms[0].negated:
        return (terms[0].word,)
    words = []
    for term in terms:
        if term.quoted or term.negated:
            break
        words.append(term.word)
    return tuple(words)


def _longest(words: Words, today: date, names: Names) -> Clause:
    """Return what most of the first words stand for, else a clause of the first one."""
    found = [
        *_named(ClauseKind.PERSON, words, names.people),
        *_named(ClauseKind.PLACE, words, names.places),
        *_timed(words, today),
        *_of_a_kind(words),
        Clause(ClauseKind.WORD, words[:1]),
    ]
    return max(found, key=lambda clause: len(clause.words))


def _named(
    kind: ClauseKind, words: Words, names: Mapping[Words, frozenset[int]]
) -> list[Clause]:
    plain = tuple(map(_folded_word, words[:LONGEST_NAME]))
    for length in range(len(plain), 0, -1):
        if ids := names.get(plain[:length]):
            return [Clause(kind, words[:length], ids)]
    return []


def _timed(words: Words, today: date) -> list[Clause]:
    found = time_at(words, today)
    if found is None:
        return []
    return [Clause(ClauseKind.TIME, words[: found.words], time=found.time)]


def _of_a_kind(words: Words) -> list[Clause]:
    for length in (2, 1):
        if words[:length] in _KINDS:
            kind = _KINDS[words[:length]]
            return [Clause(ClauseKind.MEDIA, words[:length], video=kind)]
    return []
