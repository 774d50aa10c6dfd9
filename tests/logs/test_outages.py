"""What a log tells of a database that is away."""

from __future__ import annotations

import io
import logging

import psycopg
import pytest
from django.db import utils as django_errors
from procrastinate.exceptions import ConnectorException

from librephotos.logs import outages as module
from librephotos.logs.formatter import LineFormatter
from librephotos.logs.outages import OutageFilter, Outages, is_outage


class Log:
    """A log with an outage filter, which nobody else writes to."""

    def __init__(self) -> None:
        self.stream = io.StringIO()
        self._handler = logging.StreamHandler(self.stream)
        self._handler.addFilter(OutageFilter())
        self._handler.setFormatter(LineFormatter("{levelname} {message}", style="{"))

    def tell(
        self,
        text: str,
        *arguments: object,
        name: str = "any",
        level: int = logging.ERROR,
        error: Exception | None = None,
        **extra: object,
    ) -> None:
        """Log an event."""
        found = (type(error), error, error.__traceback__) if error else None
        record = logging.LogRecord(name, level, "", 1, text, arguments, found)
        record.__dict__.update(extra)
        self._handler.handle(record)

    @property
    def text(self) -> str:
        """What was written."""
        return self.stream.getvalue()


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Log:
    """A log of a process that has met no outage yet."""
    monkeypatch.setattr(module, "outages", Outages())
    return Log()


def raised(error: Exception, cause: Exception | None = None) -> Exception:
    """Return an error with a traceback, as one that something has led to."""
    try:
        raise error from cause
    except type(error) as caught:
        return caught


LOST = psycopg.OperationalError("the connection is lost\nor so")
AWAY = [
    LOST,
    psycopg.InterfaceError("the connection is closed"),
    psycopg.errors.AdminShutdown("terminating connection"),
    psycopg.errors.CannotConnectNow("the database system is starting up"),
    psycopg.errors.TooManyConnections("sorry, too many clients already"),
    psycopg.errors.DiskFull("could not extend file"),
    psycopg.errors.IoError("could not read block"),
    psycopg.errors.ReadOnlySqlTransaction("cannot execute INSERT"),
    raised(django_errors.OperationalError("away"), LOST),
    raised(django_errors.InterfaceError("connection already closed")),
    raised(ConnectorException(), LOST),
]
OTHER = [
    psycopg.errors.DeadlockDetected("deadlock detected"),
    psycopg.errors.QueryCanceled("canceling statement due to user request"),
    psycopg.errors.UniqueViolation("duplicate key"),
    raised(
        django_errors.OperationalError("deadlock"),
        psycopg.errors.DeadlockDetected("deadlock detected"),
    ),
    OSError("a disk is gone"),
]


@pytest.mark.parametrize("error", AWAY, ids=repr)
def test_it_is_told_in_one_line_that_the_database_is_away(
    log: Log, error: Exception
) -> None:
    assert is_outage(error)
    for _ in range(3):
        log.tell("This failed", error=error)
        log.tell("So did this: %s", error, level=logging.WARNING)
    assert log.text.startswith("ERROR The database does not answer: ")
    assert log.text.count("\n") == 1


@pytest.mark.parametrize("error", OTHER, ids=repr)
def test_other_errors_keep_their_traceback(log: Log, error: Exception) -> None:
    assert not is_outage(error)
    for _ in range(2):
        log.tell("This failed", error=error)
    assert log.text.count("ERROR This failed\n    ") == 2


def test_what_the_pool_and_refused_requests_tell_is_no_second_line(log: Log) -> None:
    def refuse(path: str) -> None:
        log.tell("Service Unavailable: %s", path, status_code=503)

    def fail_to_connect() -> None:
        text = "error connecting in %r: %s"
        pool = {"name": "psycopg.pool", "level": logging.WARNING}
        log.tell(text, "pool-1", "connection refused\nreally", **pool)
        log.tell("discarding closed connection: %s", "<psycopg.Connection>", **pool)

    refuse("/api/healthz/queue")
    fail_to_connect()
    fail_to_connect()
    refuse("/api/jobs/")
    assert log.text == (
        "ERROR Service Unavailable: /api/healthz/queue\n"
        "WARNING The database does not answer: error connecting in 'pool-1': "
        "connection refused really\n"
    )


def test_what_the_queue_tells_long_afterwards_is_no_outage(log: Log) -> None:
    log.tell("listener error", name="procrastinate.utils", error=LOST)
    log.tell("Task failed", name="procrastinate.utils", error=OSError("a disk"))
    assert not module.outages.under_way
    assert log.text.startswith("ERROR Task failed\n")


def test_it_is_told_when_it_is_over_and_when_the_next_begins(
    log: Log, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "CALM_S", 0.0)
    module.outages.connected()
    for _ in range(2):
        log.tell("This failed", error=LOST)
        log.tell("This failed", error=LOST)
        module.outages.connected()
        while module.outages.under_way:
            pass
    assert log.text.count("does not answer") == 2
    while caplog.text.count("The database answers again, after 0 seconds") < 2:
        pass


def test_it_is_not_over_while_something_fails(log: Log) -> None:
    log.tell("This failed", error=LOST)
    module.outages._end(connected_at=0.0)
    assert module.outages.under_way and not module.outages.calm_for(60)
