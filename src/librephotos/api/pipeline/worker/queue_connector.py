"""A worker's connection to the queue, which tells that it was lost."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from procrastinate import sql
from procrastinate.connector import Notify
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Status
from procrastinate.manager import get_channel_for_queues
from procrastinate.psycopg_connector import PsycopgConnector
from psycopg.errors import RaiseException

from librephotos.api.pipeline.work.queue import ALL_QUEUES, LANES
from librephotos.logs.outages import is_outage

log = logging.getLogger(__name__)

_ASKED_AGAIN = (sql.queries["update_heartbeat"], sql.queries["list_jobs_to_abort"])
_CONNECTIONS = 2
_IDLE_S = 15.0
_CANCELLED_AGAIN_S = 1.0

_lost: ContextVar[asyncio.Event | None] = ContextVar("lost", default=None)


@contextmanager
def losses_told() -> Iterator[asyncio.Event]:
    """Give an event, set when the end of a task may not have been written down.

    It counts for what is started meanwhile, and for nobody else who uses the connector:
    one failed query ends one lane. Procrastinate itself goes on after that, and takes
    the task to be under way for as long as its worker has its number.
    """
    event = asyncio.Event()
    token = _lost.set(event)
    try:
        yield event
    finally:
        _lost.reset(token)


class QueueConnector(PsycopgConnector):
    """Tells lost connections, and settles tasks that cannot or need not be done."""

    def __init__(self, **arguments: Any) -> None:
        """Connect as psycopg does, with no task under way."""
        super().__init__(**arguments)
        self.under_way: dict[int, int] = {}
        """The attempts of the tasks that were fetched, and of whose end the queue has
        not heard."""
        self._told: dict[str, Notify] = {}
        self._listening: asyncio.Task[None] | None = None

    @classmethod
    def of(cls, connector: DjangoConnector) -> QueueConnector:
        """Return one to the same database, of few connections: each is a process there.

        What goes through it takes milliseconds.
        """
        return cls(
            kwargs=connector_params(connector.alias),
            min_size=1,
            max_size=_CONNECTIONS,
            max_idle=_IDLE_S,
        )

    async def listen_notify(
        self, on_notification: Notify, channels: Iterable[str]
    ) -> None:
        """Listen for what is new in some queues, on one connection for all who do.

        Who listens has queues of its own. Where the connection is lost, all end so.
        """
        self._told.update(dict.fromkeys(channels, on_notification))
        if self._listening is None or self._listening.done():
            every = list(get_channel_for_queues({*ALL_QUEUES, *LANES}))
            listening = super().listen_notify(self._tell, every)
            self._listening = asyncio.create_task(listening)
        await asyncio.shield(self._listening)

    async def _tell(self, *, channel: str, payload: str) -> None:
        if channel in self._told:
            await self._told[channel](channel=channel, payload=payload)

    async def close_async(self) -> None:
        """Close all connections."""
        if self._listening is not None:
            while not self._listening.done():
                self._listening.cancel()  # which it may forget: see _end_if_cancelled
                await asyncio.wait([self._listening], timeout=_CANCELLED_AGAIN_S)
            await asyncio.gather(self._listening, return_exceptions=True)
        await super().close_async()

    async def execute_query_async(self, query: Any, **arguments: Any) -> None:
        """Run a query; a task to be tried again that waits anew already is removed.

        Its queueing lock allows one that waits: that one will do.
        """
        ends = query in (sql.queries["finish_job"], sql.queries["retry_job"])
        try:
            with self._heard(arguments["job_id"]) if ends else _noticed():
                await super().execute_query_async(query, **arguments)
            _end_if_cancelled(query)
        except UniqueViolation:
            if query != sql.queries["retry_job"]:
                raise
            await self.execute_query_async(
                sql.queries["finish_job"],
                job_id=arguments["job_id"],
                status=Status.ABORTED.value,
                delete_job=True,
            )

    @contextmanager
    def _heard(self, task: int) -> Iterator[None]:
        """Note whether the queue hears of the end of a task; nobody tells it twice."""
        attempts = self.under_way.get(task, 0)  # it may be fetched anew at once
        try:
            yield
        except UniqueViolation:
            raise  # which has to end in another way
        except ConnectorException as error:
            # It answers that others have settled or deleted the task, or not at all.
            if isinstance(error.__cause__, RaiseException):
                self.forget({task: attempts})
            else:
                _tell_loss()
            raise
        self.forget({task: attempts})

    def forget(self, tasks: Mapping[int, int]) -> None:
        """Count attempts of tasks as under way no more: others have settled them."""
        for task, attempts in tasks.items():
            if self.under_way.get(task) == attempts:
                del self.under_way[task]

    async def execute_query_one_async(
        self, query: Any, **arguments: Any
    ) -> dict[str, Any]:
        """Run a query; fetch no task whose arguments are no object, but give it up.

        The worker could neither run it nor note its end.
        """
        while True:
            with _noticed():
                row: dict[str, Any] = await super().execute_query_one_async(
                    query, **arguments
                )
            fetched = query == sql.queries["fetch_job"] and row["id"] is not None
            if not fetched:
                return row
            if isinstance(row["args"], dict):
                self.under_way[row["id"]] = row["attempts"]
                return row
            log.error("Task %d has no arguments that can be read, and fails", row["id"])
            await self.execute_query_async(
                sql.queries["finish_job"],
                job_id=row["id"],
                status=Status.FAILED.value,
                delete_job=False,
            )

    async def execute_query_all_async(
        self, query: Any, **arguments: Any
    ) -> list[dict[str, Any]]:
        with _noticed():
            rows: list[dict[str, Any]] = await super().execute_query_all_async(
                query, **arguments
            )
        _end_if_cancelled(query)
        return rows


def _end_if_cancelled(query: Any) -> None:
    """End a task that was cancelled while it asked for what it asks for for ever.

    Both psycopg's waiting (by `wait_for` of asyncio before Python 3.12) and its pool
    forget that where the answer comes in the same moment. Whoever stops a worker waits
    for the end of the task.
    """
    task = asyncio.current_task()
    if query in _ASKED_AGAIN and task is not None and task.cancelling():
        raise asyncio.CancelledError


@contextmanager
def _noticed() -> Iterator[None]:
    try:
        yield
    except ConnectorException as error:
        if is_outage(error):
            _tell_loss()
        raise


def _tell_loss() -> None:
    lost = _lost.get()
    if lost is not None:
        lost.set()
