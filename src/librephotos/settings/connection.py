"""Connections to PostgreSQL on this machine, which are looked at and not asked."""

from __future__ import annotations

import select
from typing import Any

import psycopg
from psycopg.rows import TupleRow

_ARE_YOU_THERE = ""
"""The query with which psycopg's pool tries a connection before it is used."""


class LocalConnection(psycopg.Connection[TupleRow]):
    """A connection over a socket of this machine, whose end is known at once.

    PostgreSQL says nothing unasked but that it ends, or what is of no account here. To
    ask it before each request would take as long as many a request does.
    """

    def execute(self, query: Any, *rest: Any, **options: Any) -> psycopg.Cursor[Any]:
        """Execute a query, but for one that asks for an answer alone."""
        if query == _ARE_YOU_THERE and not self._has_something_to_say():
            return self.cursor()
        return super().execute(query, *rest, **options)

    def _has_something_to_say(self) -> bool:
        poll = select.poll()
        poll.register(self.pgconn.socket, select.POLLIN)
        return bool(poll.poll(0))
