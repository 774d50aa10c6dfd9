"""One line for one event."""

from __future__ import annotations

import copy
import logging
from collections.abc import Iterable
from typing import Any

from librephotos.logs.link_secrets import without_slugs
from librephotos.logs.printable import printable, printable_lines, reason_of
from librephotos.logs.private_paths import PrivatePaths


class LineFormatter(logging.Formatter):
    """Writes an event on one line; a traceback follows indented.

    So nothing that somebody else named, a file or a path of a request, looks like an
    event of its own or reaches the terminal as a command. What lies in the `private`
    folders, absolute paths, is not named.
    """

    def __init__(
        self, *args: Any, private: Iterable[object] = (), **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self._private = PrivatePaths(map(str, private))

    def keep_private(self, folders: Iterable[object]) -> None:
        """Name what lies in these folders no more, instead of those before."""
        self._private = PrivatePaths(map(str, folders))

    def format(self, record: logging.LogRecord) -> str:
        record = copy.copy(record)  # filters and formatters of others see it as it was
        record.exc_text = None
        if isinstance(record.args, tuple):
            record.args = tuple(map(_in_one_line, record.args or ()))
        return self._private.left_out_of(super().format(record))

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
