"""The vector of a search text: a kept one, or one that a worker makes at once."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from librephotos.api.pipeline.work import queue
from librephotos.api.queries.operations.health import workers_alive
from librephotos.api.services.waiting import Caller, NoResult, TaskEnded, await_result
from librephotos.api.writes import text_embeddings

WAIT_S = 10.0
"""A model takes some seconds to load; later searches take a fraction of one."""


class Obstacle(StrEnum):
    """Why there is no vector."""

    NONE = ""
    NO_WORKER = "no_worker"
    TOO_SLOW = "too_slow"
    MODEL_UNUSABLE = "model_unusable"


class TextVector(NamedTuple):
    """A vector (d,) of length 1, or why there is none."""

    vector: NDArray[np.float32] | None
    obstacle: Obstacle = Obstacle.NONE


def text_vector(text: str, *, model: str, caller: Caller) -> TextVector:
    """Return the vector of a text, waiting no longer than WAIT_S for a new one.

    A worker that takes longer goes on, so that the same search soon succeeds. Where
    the caller or others wait for much already, another one does not.
    """
    find = partial(text_embeddings.find, text, model=model)
    found = find()
    if found is not None:
        return TextVector(found)
    if not workers_alive():
        return TextVector(None, Obstacle.NO_WORKER)
    lock = f"encode_text-{model}-{text_embeddings.text_hash(text)}"
    _request(text, model, lock)
    try:
        vector = await_result(find, lock=lock, within_s=WAIT_S, caller=caller)
    except TaskEnded:
        return TextVector(None, Obstacle.MODEL_UNUSABLE)
    except NoResult:
        return TextVector(None, Obstacle.TOO_SLOW)
    return TextVector(vector)


def _request(text: str, model: str, lock: str) -> None:
    queue.enqueue(
        queue.Task.ENCODE_TEXT,
        priority=queue.FIRST,
        queueing_lock=lock,
        job=None,
        text=text,
        model=model,
    )
