"""What the processes of a server do, and what they have in memory alike."""

from __future__ import annotations

import gc
import logging
import tempfile
from collections.abc import Collection

from django.conf import settings
from django.db import connections
from django.urls import get_resolver
from django.utils.module_loading import import_string

from librephotos.api.pipeline.work import registry
from librephotos.api.pipeline.work.queue import ALL_QUEUES, Task
from librephotos.api.services.waiting import PLACES
from librephotos.cores import usable_cores
from librephotos.server import database, lifeline
from librephotos.server.http import gunicorn
from librephotos.server.http.limits import Limits

logger = logging.getLogger(__name__)

_MOST = 4
"""More web processes gain little: the other cores are PostgreSQL's and the workers'."""


def load() -> None:
    """Load what the web server and workers need, for processes that are forked to it.

    It stays shared if the collector leaves it be.
    """
    import librephotos.api.pipeline.worker.loop
    import librephotos.web.wsgi  # noqa: F401

    _ = get_resolver().url_patterns
    registry.stages(), registry.learning_stages()
    for task in Task:
        import_string(task.function)
    gc.collect()
    gc.freeze()


def work(*, concurrency: int = 2, queues: Collection[str] = ALL_QUEUES) -> None:
    """Be a worker until told to stop."""
    from librephotos.api.pipeline.worker import loop

    _begin("A worker starts")
    loop.run(concurrency=concurrency, queues=queues)


def answer(descriptor: int, *, processes: int | None = None, threads: int = 8) -> None:
    """Be the web server on an open socket until told to stop."""
    from librephotos.web.wsgi import application

    _begin("The web server starts")
    database.limit_waiting()
    PLACES.share(threads, turns=tempfile.TemporaryFile(dir=gunicorn.memory_folder()))
    # A connection does not survive the fork of a process.
    connections.close_all()
    gunicorn.WebServer(
        application,
        descriptor=descriptor,
        processes=processes or settings.WEB_PROCESSES or min(_MOST, usable_cores()),
        threads=threads,
        limits=Limits(
            connections=settings.CONNECTIONS,
            connections_per_address=settings.CONNECTIONS_PER_ADDRESS,
            # Behind a number of proxies, all connections are theirs.
            unlimited=None if settings.PROXIES.count else settings.PROXIES.networks,
        ),
    ).run()


def _begin(words: str) -> None:
    lifeline.hold_lifeline()
    logger.info(words)
    if not lifeline.supervised():  # else `serve` has set the tables up
        database.require_tables()
