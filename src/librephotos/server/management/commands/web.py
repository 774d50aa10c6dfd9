"""`librephotos web`: the web server alone."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from librephotos.logs.log_file import write_log_file
from librephotos.server import processes
from librephotos.server.http import gunicorn


class Command(BaseCommand):
    help = (
        "Run the web server alone, for machines where something else starts and "
        "restarts the processes. `librephotos serve` runs it together with the rest."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on")
        parser.add_argument(
            "--processes",
            type=int,
            default=settings.WEB_PROCESSES,
            help="processes that answer (LIBREPHOTOS_WEB_PROCESSES)",
        )
        parser.add_argument(
            "--threads",
            type=int,
            default=8,
            help="requests that each of them answers at a time",
        )
        parser.add_argument(
            "--descriptor",
            type=int,
            help="number of an open listening socket, instead of --host and --port",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        write_log_file(settings.DATA / "logs")
        descriptor = options["descriptor"]
        if descriptor is None:
            listener = gunicorn.listen(options["host"], options["port"])
            descriptor = listener.detach()
        processes.answer(
            descriptor, processes=options["processes"], threads=options["threads"]
        )
