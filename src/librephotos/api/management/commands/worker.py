"""`librephotos worker`: one process that works on pictures."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from librephotos.server import lifeline


class Command(BaseCommand):
    help = (
        "Work on pictures until told to stop. Any number of workers can run, on any "
        "machine that reaches the database (DATABASE_URL), the data folder and the "
        "pictures under the same paths. `librephotos serve` runs some by itself."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--concurrency", type=int, default=2, help="batches worked on at a time (2)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        from librephotos.pipeline import worker

        lifeline.hold_lifeline()
        worker.run(concurrency=options["concurrency"])
