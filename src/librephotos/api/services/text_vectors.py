"""The vector of a search text: a kept one, or one that a worker makes at once."""

from __future__ import annotations

import threading
import time
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from librephotos.api.queries import text_embeddings
from librephotos.api.queries.health import is_under_way, workers_alive
from librephotos.pipeline import queue

WAIT_S = 10.0
"""A model takes some seconds to load; later searches take a fraction of one."""

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.01, 0.1
# Each wait occupies a thread of the web server, of which there are eight.
_waiting = threading.BoundedSemaphore(4)


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


def text_vector(text: str, *, model: str) -> TextVector:
    """Return the vector of a text, waiting no longer than WAIT_S for a new one.

    A worker that takes longer goes on, so that the same search soon succeeds. Where
    several searches wait already, another one does not.
    """
    found = text_embeddings.find(text, model=model)
    if found is not None:
        return TextVector(found)
    if not workers_alive():
        return TextVector(None, Obstacle.NO_WORKER)
    lock = f"{queue.ENCODE_TEXT}-{model}-{text_embeddings.text_hash(text)}"
    _request(text, model, lock)
    if not _waiting.acquire(blocking=False):
        return TextVector(None, Obstacle.TOO_SLOW)
    try:
        return _wait(text, model, lock)
    finally:
        _waiting.release()


def _request(text: str, model: str, lock: str) -> None:
    queue.enqueue(
        queue.ENCODE_TEXT,
        priority=queue.FIRST,
        queueing_lock=lock,
        job=None,
        text=text,
        model=model,
    )


def _wait(text: str, model: str, lock: str) -> TextVector:
    deadline = time.monotonic() + WAIT_S
    pause = _FIRST_PAUSE_S
    while True:
        # In this order: a task that has ended has left its vector.
        under_way = is_under_way(lock)
        found = text_embeddings.find(text, model=model)
        if found is not None:
            return TextVector(found)
        if not under_way:
            return TextVector(None, Obstacle.MODEL_UNUSABLE)
        if time.monotonic() >= deadline:
            return TextVector(None, Obstacle.TOO_SLOW)
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE_S)
