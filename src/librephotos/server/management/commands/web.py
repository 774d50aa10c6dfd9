"""`librephotos web`: the web server alone."""

from __future__ import annotations

import logging
import tempfile
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connections

from librephotos.api.services.waiting import PLACES
from librephotos.logs.log_file import write_log_file
from librephotos.server import database, lifeline
from librephotos.server.http import gunicorn
from librephotos.server.http.limits import Limits

logger = logging.getLogger(__name__)


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
        from librephotos.web.wsgi import application

        lifeline.hold_lifeline()
        write_log_file(settings.DATA / "logs")
        logger.info("The web server starts")
        if not lifeline.supervised():  # else `serve` has set the tables up
            database.require_tables()
        descriptor = options["descriptor"]
        if descriptor is None:
            listener = gunicorn.listen(options["host"], options["port"])
            descriptor = listener.detach()
        database.limit_waiting()
        turns = tempfile.TemporaryFile(dir=gunicorn.memory_folder())
        PLACES.share(options["threads"], turns=turns)
        # A connection does not survive the fork of the worker process.
        connections.close_all()
        gunicorn.WebServer(
            application,
            descriptor=descriptor,
            processes=options["processes"],
            threads=options["threads"],
            limits=Limits(
                connections=settings.CONNECTIONS,
                connections_per_address=settings.CONNECTIONS_PER_ADDRESS,
                # Behind a number of proxies, all connections are theirs.
                unlimited=None if settings.PROXIES.count else settings.PROXIES.networks,
            ),
        ).run()
