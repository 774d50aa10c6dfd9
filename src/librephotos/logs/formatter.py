"""One line for one event."""

from __future__ import annotations

import logging

from librephotos.logs.printable import printable, printable_lines


class LineFormatter(logging.Formatter):
    """Writes an event on one line; a traceback follows indented.

    So nothing that somebody else named, a file or a path of a request, looks like an
    event of its own or reaches the terminal as a command.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:
        return printable(super().formatMessage(record))

    def formatException(self, ei: object) -> str:
        return _indented(super().formatException(ei))  # type: ignore[arg-type]

    def formatStack(self, stack_info: str) -> str:
        return _indented(super().formatStack(stack_info))


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in printable_lines(text).split("\n"))
