"""Deferring work to the workers, by name; imports nothing that does the work.

A job is deferred in the transaction of the rows that it is about: either both are
there or neither is.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

SCAN = "scan"
INGEST = "ingest"
RUN_STAGES = "run_stages"
DELETE_MISSING = "delete_missing"
FOLLOW_UP = "follow_up"
HAND_OUT = "hand_out"
LEARN = "learn"
CATCH_UP = "catch_up"
DOWNLOAD = "download"
WRITE_CAPTION = "write_caption"
ENCODE_FACES = "encode_faces"
GROUP_FACES = "group_faces"
RECOGNISE_FACES = "recognise_faces"
RESCORE_FACES = "rescore_faces"
ENCODE_TEXT = "encode_text"
REFRESH_VECTOR_FILES = "refresh_vector_files"
STRIP = "strip"
REMOVE_PREVIEWS = "remove_previews"
REMOVE_COPIES = "remove_copies"
REFRESH_SEARCH_TEXTS = "refresh_search_texts"
CLEAN_UP = "clean_up"

IO, CPU, ML, INTERACTIVE = "io", "cpu", "ml", "interactive"
ALL_QUEUES = (IO, CPU, ML, INTERACTIVE)

PICTURES, COPIES, CAPTIONS, PEOPLE = (
    "interactive_pictures",
    "interactive_copies",
    "interactive_captions",
    "interactive_people",
)
LANES = (INTERACTIVE, PICTURES, COPIES, CAPTIONS, PEOPLE)
"""What the queue INTERACTIVE stands for: texts of searches, previews and faces that
somebody looks at, copies for visitors, captions on request, and what follows from
naming faces. A worker takes one task of each at a time, so that none of these waits for
another kind."""

QUEUES = {
    SCAN: IO,
    DELETE_MISSING: IO,
    FOLLOW_UP: IO,
    HAND_OUT: IO,
    INGEST: CPU,
    RUN_STAGES: CPU,
    LEARN: ML,
    CATCH_UP: IO,
    DOWNLOAD: IO,
    WRITE_CAPTION: CAPTIONS,
    ENCODE_FACES: IO,
    GROUP_FACES: ML,
    RECOGNISE_FACES: ML,
    RESCORE_FACES: PEOPLE,
    ENCODE_TEXT: INTERACTIVE,
    REFRESH_VECTOR_FILES: IO,
    STRIP: COPIES,
    REMOVE_PREVIEWS: IO,
    REMOVE_COPIES: IO,
    REFRESH_SEARCH_TEXTS: IO,
    CLEAN_UP: IO,
}

FIRST = 2**31 - 1
"""The priority of work that makes other work."""

LAST = -(2**30)
"""Added to the priority of work that has to wait for everything visible."""


def enqueue(
    name: str,
    *,
    priority: int = 0,
    lock: str | None = None,
    queueing_lock: str | None = None,
    on: str | None = None,
    **arguments: Any,
) -> None:
    """Have a worker run the task, on another queue than its own if one is named.

    A higher priority goes first. Tasks of one `lock` run one by one. While a task of
    the same `queueing_lock` waits, no other is added: that one will do.
    """
    task = app.configure_task(
        f"librephotos.{name}",
        queue=on or QUEUES[name],
        priority=priority,
        lock=lock,
        queueing_lock=queueing_lock,
    )
    if queueing_lock is None:
        task.defer(**arguments)
        return
    with suppress(AlreadyEnqueued), transaction.atomic():
        task.defer(**arguments)
