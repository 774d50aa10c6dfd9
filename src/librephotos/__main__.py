"""The `librephotos` command.

Nothing heavy is imported at the top: the processes that decode pictures import this
module again.
"""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager, nullcontext
from difflib import get_close_matches
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NoReturn

from librephotos.stopping import stop_requests

# They run without a database, or start PostgreSQL themselves once all is checked.
_WITHOUT_DATABASE = frozenset(
    ("help", "version", "check", "serve", "restore", "makemigrations", "spectacular")
    + ("collectstatic", "findstatic", "diffsettings", "test", "makemessages")
    + ("compilemessages", "models")
)

_NO_TABLES = (
    "the tables of the database are not those of this version: run `librephotos "
    "migrate`, or start the server, which does it"
)


def main() -> None:
    """Run one command; end with code 2 and one line for what the user can mend."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "librephotos.settings.production")
    arguments = _without_data_option(sys.argv)
    # A name that the terminal's character set lacks must not end a command.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    # What was started must be stopped again, so SIGTERM unwinds as Ctrl-C does.
    stop_requests.install()
    try:
        _run(arguments)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        code = _end_asked_for(error)
        if code is not None:
            sys.exit(code)
        if "--traceback" in arguments:
            raise
        if _lacks_tables(error):
            _end(_NO_TABLES)
        if not isinstance(error, _mendable()):
            raise
        _end(error)


def _end_asked_for(error: BaseException | None) -> str | int | None:
    """Return the code of the end that a signal asked for, None without one.

    It may come in the middle of anything, such as a COMMIT, whose cleaning up then
    fails and hides it behind an error of its own.
    """
    while stop_requests.count and error is not None:
        if isinstance(error, KeyboardInterrupt):
            return 130
        if isinstance(error, SystemExit):
            return error.code
        error = error.__cause__ or error.__context__
    return None


def _end(reason: object) -> NoReturn:
    print(f"librephotos: {_one_line(reason)}", file=sys.stderr)
    sys.exit(2)


def _without_data_option(arguments: list[str]) -> list[str]:
    """Move --data, which every command takes, to where the settings look for it."""
    kept: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        if argument == "--data":
            folder = next(rest, "")
        elif argument.startswith("--data="):
            folder = argument.removeprefix("--data=")
        else:
            kept.append(argument)
            continue
        if not folder:
            print("librephotos: --data needs a folder", file=sys.stderr)
            sys.exit(2)
        os.environ["LIBREPHOTOS_DATA"] = str(Path(folder).absolute())
    return kept


def _refuse_unknown(arguments: list[str]) -> None:
    """End for a command that there is none of, before PostgreSQL is started for it."""
    import django
    from django.core.management import get_commands

    django.setup()
    command = next(iter(arguments[1:]), "help")
    known = {*get_commands(), "help", "version"}
    if not command.startswith("-") and command not in known:
        like = get_close_matches(command, known, n=1)
        meant = f"did you mean {like[0]}? " if like else ""
        print(
            f"librephotos: there is no command {ascii(command)}: {meant}"
            "`librephotos help` lists them",
            file=sys.stderr,
        )
        sys.exit(2)


def _run(arguments: list[str]) -> None:
    from django.conf import settings
    from django.core.management import execute_from_command_line

    # Read here: execute_from_command_line would hide a wrong setting behind its help.
    embedded = settings.EMBEDDED_POSTGRES
    _refuse_unknown(arguments)
    with _database(arguments) if embedded else nullcontext():
        execute_from_command_line(arguments)


def _database(arguments: list[str]) -> AbstractContextManager[Any]:
    """Keep PostgreSQL up for a command that needs it and is not part of a server."""
    from librephotos.server import embedded, lifeline

    command = arguments[1] if len(arguments) > 1 else "help"
    no_need = command in _WITHOUT_DATABASE or command.startswith("-")
    if no_need or lifeline.supervised() or {"-h", "--help"} & set(arguments):
        return nullcontext()
    return embedded.database_of_data_folder()


def _lacks_tables(error: Exception) -> bool:
    """Whether a command met a database that is empty, or of another version."""
    from psycopg.errors import UndefinedColumn, UndefinedTable

    return isinstance(error.__cause__, (UndefinedTable, UndefinedColumn))


def _mendable() -> tuple[type[Exception], ...]:
    from django.core.exceptions import ImproperlyConfigured
    from django.db import OperationalError

    from librephotos.server.errors import ServerError

    return (ImproperlyConfigured, OperationalError, ServerError)


def _one_line(error: object) -> str:
    from librephotos.logs.printable import printable

    return printable(" ".join(str(error).split())) or type(error).__name__


if __name__ == "__main__":
    main()
