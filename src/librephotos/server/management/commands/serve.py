"""`librephotos serve`: the whole server."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand

from librephotos.cores import usable_cores
from librephotos.logs.printable import printable_lines
from librephotos.server import serving


class Command(BaseCommand):
    help = (
        "Run LibrePhotos: the database, the web server and the workers. The folders "
        "given are added to the first administrator's library and scanned; pictures "
        "in them are only read. Stop it with Ctrl-C; run it again to go on."
    )
    # They would run before the database is there.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folders", nargs="*", metavar="DIR", help="folder with pictures"
        )
        parser.add_argument(
            "--port", type=int, default=8000, help="port of the web page (8000)"
        )
        parser.add_argument(
            "--host",
            default="127.0.0.1",
            help="address to listen on (127.0.0.1: this machine alone; 0.0.0.0: all)",
        )
        parser.add_argument(
            "--workers",
            type=_positive,
            default=usable_cores(),
            help="processes that work on pictures (one for each processor core)",
        )
        parser.add_argument(
            "--data",
            help="folder for the database and previews "
            "(~/.local/share/librephotos, for root /var/lib/librephotos)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        serving.serve(
            options["folders"],
            host=options["host"],
            port=options["port"],
            workers=options["workers"],
            say=self._say,
        )

    def _say(self, text: str) -> None:
        # The terminal may be gone by now, or the disk full that this is written to.
        with suppress(OSError):
            self.stdout.write(printable_lines(text))
            self.stdout.flush()


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text} is not a number of at least 1")
    return int(text)
