"""A database that is away: one line when it begins, and one when it is over.

Everything that asks the database meanwhile fails in its own way and place. Each of
these would log it, most with a traceback; what the operator has to know is one thing.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import psycopg
from django.db import utils as django_errors

log = logging.getLogger(__name__)

CALM_S = 5.0
"""So long nothing may fail before an outage is over: connections come and go in it."""

# https://www.postgresql.org/docs/current/errcodes-appendix.html: connections, lack of
# resources, the operator's intervention, errors of the system below; and a server
# that is read-only, as one is that recovers or stands by.
_CLASSES = ("08", "53", "57", "58")
_READ_ONLY = "25006"
_QUERY_CANCELED = "57014"
# The queue tells of errors when it stops, long after an outage; the worker, which asks
# it, tells of them in time.
_QUEUE = "procrastinate."
_DRIVER, _POOL = "psycopg", "psycopg.pool"
_FAILED_TO_CONNECT = "error connecting"
"""So the pool begins what it tells of each try; the rest is how it keeps its house."""


def is_outage(error: BaseException | None) -> bool:
    """Whether an error, or what has led to it, is that the database is away."""
    return any(map(_is_away, _chain(error)))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _is_away(error: BaseException) -> bool:
    if isinstance(error, psycopg.Error):
        code = error.sqlstate
        if code is not None:
            return code == _READ_ONLY or (
                code.startswith(_CLASSES) and code != _QUERY_CANCELED
            )
        return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    # Django raises some without one of psycopg's: "connection already closed".
    return error.__cause__ is None and isinstance(
        error, django_errors.OperationalError | django_errors.InterfaceError
    )


class Outages:
    """Knows whether the database is away, as far as this process has met it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._began_at: float | None = None
        self._failed_at = -math.inf
        self._waiting = False

    @property
    def under_way(self) -> bool:
        """Whether an outage has begun and is not known to be over."""
        return self._began_at is not None

    def calm_for(self, seconds: float) -> bool:
        """Whether nothing has failed for so long because the database was away."""
        return time.monotonic() - self._failed_at >= seconds

    def failed(self) -> bool:
        """Note a failure; return whether it is the first of an outage."""
        with self._lock:
            self._failed_at = time.monotonic()
            first = self._began_at is None
            if first:
                self._began_at = self._failed_at
            return first

    def connected(self, **_: Any) -> None:
        """Note that a connection was made: the outage is over if that stays so."""
        with self._lock:
            if self._began_at is None or self._waiting:
                return
            self._waiting = True
        timer = threading.Timer(CALM_S, self._end, args=(time.monotonic(),))
        timer.daemon = True
        timer.start()

    def _end(self, connected_at: float) -> None:
        with self._lock:
            self._waiting = False
            if self._began_at is None or self._failed_at > connected_at:
                return
            seconds = connected_at - self._began_at
            self._began_at = None
        log.warning("The database answers again, after %.0f seconds", seconds)


outages = Outages()
"""Those of this process."""


class OutageFilter(logging.Filter):
    """Lets one line about an outage pass, without its traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        reason = _outage_of(record)
        if reason is None:
            return not _is_consequence(record)
        if not reason or not outages.failed():
            return False
        record.msg = "The database does not answer: %s"
        record.args = (" ".join(reason.split()),)
        record.exc_info = record.exc_text = record.stack_info = None
        return True


def _outage_of(record: logging.LogRecord) -> str | None:
    """Return why the database is away, if that is told; "" for what need not be."""
    if record.name == _DRIVER and outages.under_way:
        return ""
    if record.name == _POOL and record.levelno >= logging.WARNING:
        text = record.getMessage()
        return text if text.startswith(_FAILED_TO_CONNECT) else ""
    error = _error_of(record)
    if error is None or not is_outage(error):
        return None
    return "" if record.name.startswith(_QUEUE) else _reason(error)


def _is_consequence(record: logging.LogRecord) -> bool:
    """Whether this tells of a request that was refused because of the outage."""
    refused = getattr(record, "status_code", None) == HTTPStatus.SERVICE_UNAVAILABLE
    return refused and outages.under_way


def _error_of(record: logging.LogRecord) -> BaseException | None:
    if isinstance(record.exc_info, tuple) and record.exc_info[1] is not None:
        return record.exc_info[1]
    arguments = record.args if isinstance(record.args, tuple) else ()
    return next((one for one in arguments if isinstance(one, BaseException)), None)


def _reason(error: BaseException) -> str:
    """Return what the driver says, which names the server and no password."""
    away = next(filter(_is_away, _chain(error)))
    return str(away) or type(away).__name__
