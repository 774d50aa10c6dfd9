"""`librephotos restore`: the library as it was when a backup was written."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from librephotos.server import archive


class Command(BaseCommand):
    help = (
        "Read back what `librephotos backup` wrote. Stop the server first. With "
        "DATABASE_URL, the database it names must be empty."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="file written by backup")
        parser.add_argument(
            "--replace",
            action="store_true",
            help="give up the library that is in the data folder now",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        archive.restore_backup(
            Path(options["file"]).absolute(), replace=options["replace"]
        )
        self.stdout.write(
            "Restored. Start the server with `librephotos serve`. Previews that are "
            "missing are made again when they are looked at, or all at once by "
            "`librephotos scan --full`."
        )
