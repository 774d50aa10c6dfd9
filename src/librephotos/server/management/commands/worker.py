"""`librephotos worker`: one process that works on pictures."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from librephotos.api.pipeline.work.queue import ALL_QUEUES
from librephotos.logs.log_file import write_log_file
from librephotos.server import processes


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

        parser.add_argument(
            "--queues",
            default=",".join(ALL_QUEUES),
            help="what to work on (io,cpu,ml,interactive); one worker a machine is "
            "enough for ml, since that uses all cores",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        write_log_file(settings.DATA / "logs")
        queues = _queues(options["queues"])
        processes.work(concurrency=options["concurrency"], queues=queues)


def _queues(text: str) -> list[str]:
    queues = [name.strip() for name in text.split(",") if name.strip()]
    unknown = sorted(set(queues) - set(ALL_QUEUES))
    if unknown or not queues:
        raise CommandError(
            f"--queues {text!r}: choose from {', '.join(ALL_QUEUES)}", returncode=2
        )
    return queues
