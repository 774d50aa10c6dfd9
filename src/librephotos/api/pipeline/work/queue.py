"""Deferring work to the workers, by name; imports nothing that does the work.

A task is deferred in the transaction of the rows that it is about: either both are
there or neither is.
"""

from __future__ import annotations

from contextlib import suppress
from enum import Enum
from typing import Any, Final, NamedTuple

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

IO, CPU, ML, INTERACTIVE = "io", "cpu", "ml", "interactive"
ALL_QUEUES = (IO, CPU, ML, INTERACTIVE)

PICTURES, COPIES, CAPTIONS, PEOPLE, ARCHIVES, FILMS = (
    "interactive_pictures",
    "interactive_copies",
    "interactive_captions",
    "interactive_people",
    "interactive_archives",
    "interactive_films",
)
LANES = (INTERACTIVE, PICTURES, COPIES, CAPTIONS, PEOPLE, ARCHIVES, FILMS)
"""What the queue INTERACTIVE stands for: texts of searches, previews and faces that
somebody looks at, copies for visitors, captions on request, what follows from naming
faces, archives to download, and films that are made playable. A worker takes one task
of each at a time, so that none of these waits for another kind."""

_PIPELINE = "librephotos.api.pipeline."


class _Row(NamedTuple):
    function: str
    lane: str
    child: str = ""
    stoppable: bool = False
    batch: str = ""
    give_up: str = ""


class Task(Enum):
    """What workers can do: one row each, and the only list of it.

    A row names the function that does it (below `api.pipeline`), the queue, and the
    child of the worker that the function is given as `sandbox`, if any. It takes the
    number of the job first, unless it works for none, and plain JSON values by name.
    One that is stoppable is told by `should_abort` that the worker is to end, raises
    JobAborted, and is gone on with by another. Of one that works on a `batch`, the row
    names the argument that holds it, and the function that takes the same arguments,
    records one item that ends its workers as failed, and says whether it did. The name
    of a row stands in the queue's rows: it is never changed.
    """

    SCAN = _Row("scanning.scan.scan", IO)
    INGEST = _Row(
        "scanning.ingest.ingest",
        CPU,
        "sandbox",
        batch="files",
        give_up="scanning.ingest.give_up",
    )
    RUN_STAGES = _Row(
        "scanning.batches.make_visible",
        CPU,
        batch="photos",
        give_up="scanning.batches.give_up",
    )
    MAKE_PREVIEWS = _Row(
        "scanning.batches.make_previews",
        CPU,
        batch="photos",
        give_up="scanning.batches.give_up_previews",
    )
    DELETE_MISSING = _Row("scanning.delete_missing.delete_missing", IO)
    FOLLOW_UP = _Row("learning.following.follow_up", IO)
    FOLLOW_UPLOADS = _Row("learning.following.follow_uploads", IO)
    HAND_OUT = _Row("learning.following.hand_out", IO)
    LEARN = _Row(
        "learning.following.learn",
        ML,
        batch="photos",
        give_up="learning.following.give_up",
    )
    LEARN_ANEW = _Row("learning.following.learn_anew", IO)
    CATCH_UP = _Row("learning.following.catch_up", IO)
    CLASSIFY = _Row("scanning.classifying.classify_media", IO)
    DOWNLOAD = _Row("ml_models.download.download", IO, stoppable=True)
    WRITE_CAPTION = _Row("learning.caption_requests.write_caption", CAPTIONS)
    ENCODE_FACES = _Row("people.encoding.encode_new_faces", IO)
    GROUP_FACES = _Row("people.clusters.group_unknown_faces", ML, "learner")
    RECOGNISE_FACES = _Row("people.suggestions.recognise_unknown_faces", ML, "learner")
    RESCORE_FACES = _Row("people.suggestions.rescore", PEOPLE, "recogniser")
    ENCODE_TEXT = _Row("learning.text_encoding.encode_text", INTERACTIVE)
    REFRESH_VECTOR_FILES = _Row("learning.vector_index.refresh_vector_files", IO)
    STRIP = _Row("previews.stripping.strip", COPIES, "stripper")
    PREPARE_ARCHIVE = _Row("previews.archives.prepare", ARCHIVES, stoppable=True)
    MAKE_FILM = _Row("previews.films.make_film", FILMS, "filmer")
    REMOVE_PREVIEWS = _Row("previews.store.delete_previews_again", IO)
    REMOVE_COPIES = _Row("previews.removals.delete_copies_again", IO)
    REFRESH_SEARCH_TEXTS = _Row("scanning.search_texts.refresh_search_texts", IO)
    CLEAN_UP = _Row("previews.leftovers.clean_up", IO)
    CLEAN_UP_UPLOADS = _Row("previews.left_uploads.clean_up", IO)

    @property
    def in_queue(self) -> str:
        """The name under which the queue knows the task."""
        return f"librephotos.{self.name.lower()}"

    @property
    def function(self) -> str:
        """The dotted name of the function that does it."""
        return _PIPELINE + self.value.function

    @property
    def lane(self) -> str:
        """The queue that it is put on, unless it is put on another."""
        return self.value.lane

    @property
    def child(self) -> str:
        """The function of `work.children` that gives its child, "" if it needs none."""
        return self.value.child

    @property
    def stoppable(self) -> bool:
        """Whether it ends half-way when the worker is to end, and goes on elsewhere."""
        return self.value.stoppable

    @property
    def batch(self) -> str:
        """The argument that lists what it works on, "" if it cannot be divided."""
        return self.value.batch

    @property
    def give_up(self) -> str:
        """The dotted name of the function that gives up a batch of one."""
        return self.value.give_up and _PIPELINE + self.value.give_up


FIRST: Final = 2**31 - 1
"""The priority of work that makes other work."""

LATER: Final = -(2**29)
"""Added to the priority of previews, which have to wait until photos are visible."""

LAST: Final = -(2**30)
"""Added to the priority of work that has to wait for all previews."""


def enqueue(
    task: Task,
    *,
    priority: int = 0,
    lock: str | None = None,
    queueing_lock: str | None = None,
    on: str | None = None,
    after_s: int = 0,
    **arguments: Any,
) -> None:
    """Have a worker run the task, on another queue than its own if one is named.

    A higher priority goes first. Tasks of one `lock` run one by one. While a task of
    the same `queueing_lock` waits, no other is added: that one will do. It waits for
    `after_s` seconds at least.
    """
    deferrer = app.configure_task(
        task.in_queue,
        queue=on or task.lane,
        priority=priority,
        lock=lock,
        queueing_lock=queueing_lock,
        schedule_in={"seconds": after_s} if after_s else None,
    )
    if queueing_lock is None:
        deferrer.defer(**arguments)
        return
    with suppress(AlreadyEnqueued), transaction.atomic():
        deferrer.defer(**arguments)
