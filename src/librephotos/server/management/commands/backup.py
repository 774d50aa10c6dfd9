"""`librephotos backup`: everything that cannot be made again, in one file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from librephotos.logs.printable import printable
from librephotos.server import archive, database


class Command(BaseCommand):
    help = (
        "Write the database, the avatars and the signing key to one file, while the "
        "server may run. Previews are left out: they are made again. So are your "
        "pictures: back their folders up as you do with other files. Keep the file as "
        "safe as the server: it lets its reader sign in as anyone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="where to write, *.tar")

    def handle(self, *args: Any, **options: Any) -> None:
        database.require_tables()
        path = Path(options["file"]).absolute()
        archive.write_backup(path)
        self.stdout.write(
            f"Wrote {printable(str(path))} ({path.stat().st_size / 2**20:.1f} MiB)"
        )
