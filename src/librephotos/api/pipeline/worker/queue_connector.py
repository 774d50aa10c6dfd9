"""A worker's connection to the queue, which tells that it was lost."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from procrastinate import sql
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Status
from procrastinate.psycopg_connector import PsycopgConnector

from librephotos.logs.outages import is_outage

log = logging.getLogger(__name__)

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
        self.under_way: set[int] = set()
        """The tasks that were fetched, and of whose end the queue has not heard."""

    @classmethod
    def of(cls, connector: DjangoConnector) -> QueueConnector:
        """Return one to the same database."""
        return cls(kwargs=connector_params(connector.alias))

    async def execute_query_async(self, query: Any, **arguments: Any) -> None:
        """Run a query; a task to be tried again that waits anew already is removed.

        Its queueing lock allows one that waits: that one will do.
        """
        try:
            with _noticed():
                await super().execute_query_async(query, **arguments)
            if query in (sql.queries["finish_job"], sql.queries["retry_job"]):
                self.under_way.discard(arguments["job_id"])
        except UniqueViolation:
            if query != sql.queries["retry_job"]:
                raise
            await self.execute_query_async(
                sql.queries["finish_job"],
                job_id=arguments["job_id"],
                status=Status.ABORTED.value,
                delete_job=True,
            )

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
                self.under_way.add(row["id"])
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
            return rows


@contextmanager
def _noticed() -> Iterator[None]:
    try:
        yield
    except ConnectorException as error:
        lost = _lost.get()
        if lost is not None and is_outage(error):
            lost.set()
        raise
