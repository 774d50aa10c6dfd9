"""One line for one event."""

from __future__ import annotations

import copy
import logging

from librephotos.logs.link_secrets import without_slugs
from librephotos.logs.printable import printable, printable_lines, reason_of


class LineFormatter(logging.Formatter):
    """Writes an event on one line; a traceback follows indented.

    So nothing that somebody else named, a file or a path of a request, looks like an
    event of its own or reaches the terminal as a command.
    """

    def format(self, record: logging.LogRecord) -> str:
        if isinstance(record.args, tuple):
            record = copy.copy(record)  # filters of others look for the errors
            record.args = tuple(map(_in_one_line, record.args or ()))
        return super().format(record)

    def formatMessage(self, record: logging.LogRecord) -> str:
        return printable(without_slugs(super().formatMessage(record)))

    def formatException(self, ei: object) -> str:
        return _indented(super().formatException(ei))  # type: ignore[arg-type]

    def formatStack(self, stack_info: str) -> str:
        return _indented(super().formatStack(stack_info))


def _in_one_line(argument: object) -> object:
    return reason_of(argument) if isinstance(argument, BaseException) else argument


def _indented(text: str) -> str:
    lines = printable_lines(without_slugs(text)).split("\n")
    return "\n".join(f"    {line}" for line in lines)
