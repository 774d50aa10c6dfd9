"""Searching a library: first what meets the words, then what looks like them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from django.utils import timezone
from numpy.typing import NDArray

from librephotos.api.models import SiteSettings, TextEmbedding
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.pipeline.work import queue
from librephotos.api.queries.library.photos import GridRow, rows_in_order
from librephotos.api.queries.operations.health import workers_alive
from librephotos.api.queries.search.exact import exact_page, exact_photos, within
from librephotos.api.queries.search.names import names_among
from librephotos.api.queries.search.semantic import Wanted, models_of, needed_file, rank
from librephotos.api.services.waiting import Caller, NoResult, TaskEnded, await_result
from librephotos.api.storage.vector_folders import Space
from librephotos.search_language.query import SearchQuery, parse

EVERYTHING = None
"""Instead of a number of photos by meaning: the whole ranking."""

WAIT_S = 10.0
"""For the vector of a text that nobody has searched for yet: a model takes some seconds
to load; later searches take a fraction of one."""


class Meaning(StrEnum):
    """What became of the search by meaning."""

    RANKED = "ranked"
    NOT_ASKED = "not_asked"
    NOTHING_TO_SEE = "no_words_left"
    ENOUGH = "not_needed"
    OFF = "switched_off"
    NO_VECTORS = "no_vectors"
    NO_WORKER = "no_worker"
    TOO_SLOW = "too_slow"
    MODEL_UNUSABLE = "model_unusable"


@dataclass(frozen=True)
class Hit:
    """A photo that was found; by meaning, if it has a similarity (a cosine)."""

    row: GridRow
    similarity: float | None = None


@dataclass(frozen=True)
class SearchResult:
    """A page of hits, best first, and how the text was understood."""

    query: SearchQuery
    hits: list[Hit]
    meaning: Meaning


def search_library(
    user: Any,
    text: str,
    *,
    start: int,
    size: int,
    by_meaning: int | None,
) -> SearchResult:
    """Return `size` hits from `start` on among one's own visible photos.

    Those that meet every word come first, the newest of them first. Then come up to
    `by_meaning` others, or with EVERYTHING all, by their likeness to the words that
    name no person, place, time or kind; these hold without exception.
    """
    query = _understood(user, text)
    exact = exact_page(query, user=user, start=start, size=size)
    hits = [Hit(row) for row in exact.rows]
    if by_meaning == 0:
        return SearchResult(query, hits, Meaning.NOT_ASKED)
    if exact.everything is None:
        return SearchResult(query, hits, Meaning.ENOUGH)
    skipped = max(0, start - len(exact.everything))
    wanted = size - len(hits)
    if by_meaning is not EVERYTHING:
        wanted = min(wanted, by_meaning - skipped)
    found, meaning = _by_meaning(
        query, user, exact.everything, start=skipped, size=max(0, wanted)
    )
    return SearchResult(query, hits + found, meaning)


def photos_with_words(user: Any, text: str) -> PhotoQuerySet:
    """Return what `search_library` finds first: the photos that meet every word."""
    return exact_photos(_understood(user, text), user=user)


def _understood(user: Any, text: str) -> SearchQuery:
    return parse(
        text, today=local_today(user), names_among=partial(names_among, user=user)
    )


def local_today(user: Any) -> date:
    """Return the date of today where the user is at home."""
    return timezone.now().astimezone(ZoneInfo(user.default_timezone)).date()


def _by_meaning(
    query: SearchQuery, user: Any, exact: frozenset[UUID], *, start: int, size: int
) -> tuple[list[Hit], Meaning]:
    if not query.meaning:
        return [], Meaning.NOTHING_TO_SEE
    wanted = SiteSettings.current().search_model
    if not wanted:
        return [], Meaning.OFF
    known = _vector(query.meaning, user.pk, wanted=wanted)
    if isinstance(known, Meaning):
        return [], known
    space, vector = known
    narrowed = any(clause.firm for clause in query.clauses)
    photos = within(query, user=user)
    ranked = Wanted(photos, vector, narrowed=narrowed, left_out=exact)
    found = dict(rank(ranked, space=space, start=start, size=size))
    if needed_file(space):
        request_vector_file(space)
    return [Hit(row, found[row.id]) for row in rows_in_order(found)], Meaning.RANKED


def _vector(
    text: str, owner: int, *, wanted: str
) -> tuple[Space, NDArray[np.float32]] | Meaning:
    """Return the vector of a text by the best model that can still be used."""
    outcome = Meaning.NO_VECTORS
    for model in models_of(owner, wanted=wanted):
        found = _vector_by(model, text, caller=Caller.account(owner))
        if not isinstance(found, Meaning):
            return Space(owner, model), found
        outcome = found
        if outcome is not Meaning.MODEL_UNUSABLE:
            break
    return outcome


def _vector_by(
    model: str, text: str, *, caller: Caller
) -> NDArray[np.float32] | Meaning:
    """Return the vector (d,) of a text, waiting no longer than WAIT_S for a new one.

    A worker that takes longer goes on, so that the same search soon succeeds. Where
    the caller or others wait for much already, another one does not.
    """
    find = partial(TextEmbedding.objects.vector_of, text, model=model)
    found = find()
    if found is not None:
        return found
    if not workers_alive():
        return Meaning.NO_WORKER
    lock = f"encode_text-{model}-{TextEmbedding.hash_of(text)}"
    _request_vector(text, model, lock)
    try:
        return await_result(find, lock=lock, within_s=WAIT_S, caller=caller)
    except TaskEnded:
        return Meaning.MODEL_UNUSABLE
    except NoResult:
        return Meaning.TOO_SLOW


def _request_vector(text: str, model: str, lock: str) -> None:
    queue.enqueue(
        queue.Task.ENCODE_TEXT,
        priority=queue.FIRST,
        queueing_lock=lock,
        job=None,
        text=text,
        model=model,
    )


def request_vector_file(space: Space) -> None:
    """Have a worker bring the file of a large library up to date, for later."""
    name = f"refresh_vector_files-{space.owner}-{space.model}"
    queue.enqueue(
        queue.Task.REFRESH_VECTOR_FILES,
        lock=name,
        queueing_lock=name,
        job=None,
        owner=space.owner,
        model=space.model,
    )
