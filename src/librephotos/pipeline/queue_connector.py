"""A worker's connection to the queue, which tells that it was lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.psycopg_connector import PsycopgConnector

from librephotos.logs.outages import is_outage


class QueueConnector(PsycopgConnector):
    """Sets `lost` when the end of a task may not have been written down.

    Because the database went away, or because a task that is to be tried again has
    been asked for anew, which its queueing lock forbids. Procrastinate goes on after
    that, and counts the task as under way for as long as this worker has its number.
    """

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.lost = asyncio.Event()

    @classmethod
    def of(cls, connector: DjangoConnector) -> QueueConnector:
        """Return one to the same database."""
        return cls(kwargs=connector_params(connector.alias))

    async def execute_query_async(self, query: Any, **arguments: Any) -> None:
        with self._noticed():
            await super().execute_query_async(query, **arguments)

    async def execute_query_one_async(
        self, query: Any, **arguments: Any
    ) -> dict[str, Any]:
        with self._noticed():
            row: dict[str, Any] = await super().execute_query_one_async(
                query, **arguments
            )
            return row

    async def execute_query_all_async(
        self, query: Any, **arguments: Any
    ) -> list[dict[str, Any]]:
        with self._noticed():
            rows: list[dict[str, Any]] = await super().execute_query_all_async(
                query, **arguments
            )
            return rows

    @contextmanager
    def _noticed(self) -> Iterator[None]:
        try:
            yield
        except ConnectorException as error:
            if isinstance(error, UniqueViolation) or is_outage(error):
                self.lost.set()
            raise
