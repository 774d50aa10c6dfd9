"""`librephotos scan`: look for new, changed and vanished pictures now."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from librephotos.api.models import User
from librephotos.api.queries.operations.health import workers_alive
from librephotos.api.queries.operations.users import first_administrator
from librephotos.server import accounts, database
from librephotos.server.errors import ServerError
from librephotos.server.progress import INTERVAL_S, JobProgress


class Command(BaseCommand):
    help = (
        "Scan a library for new, changed and vanished pictures, and wait for the end. "
        "The workers of a running server do the work. Ends with code 1 if the scan "
        "fails or is cancelled or removed; single files that cannot be read do not "
        "make it fail."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folder",
            nargs="?",
            metavar="DIR",
            help="folder to add to the library first; without it what is registered",
        )
        parser.add_argument(
            "--user", help="whose library (without it the first administrator's)"
        )
        parser.add_argument(
            "--full", action="store_true", help="look into unchanged files again, too"
        )
        parser.add_argument(
            "--no-wait", action="store_true", help="start the scan and return at once"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        from librephotos.api.pipeline.work import jobs

        database.require_tables()
        user = _owner(options["user"])
        if options["folder"]:
            accounts.add_scan_directories(
                user, [accounts.existing_folder(options["folder"])]
            )
        if not user.scan_directories.exists():
            raise ServerError(
                f"{user.username} has no folders to scan: name one, as in "
                "`librephotos scan ~/Pictures`"
            )
        job = jobs.start_scan(user=user, full=options["full"])
        if options["no_wait"]:
            self.stdout.write(f"Started the scan {job.job_id}")
            return
        if not workers_alive():
            raise ServerError(
                "no worker is running, so the scan waits in the queue: start the "
                "server with `librephotos serve`"
            )
        bars = JobProgress(job)
        try:
            while not bars.refresh():
                time.sleep(INTERVAL_S)
        finally:
            bars.close()
        if bars.removed or bars.job.failed or bars.job.cancelled:
            sys.exit(1)


def _owner(username: str | None) -> User:
    user = _named(username)
    if not user.is_active:
        raise ServerError(
            f"the account {user.username} is deactivated, and its pictures are not "
            "scanned: activate it first"
        )
    return user


def _named(username: str | None) -> User:
    if username is None:
        admin = first_administrator()
        if admin is None:
            raise ServerError(
                "there is no account yet: make one with `librephotos createadmin admin`"
            )
        return admin
    try:
        return User.objects.get_by_natural_key(username)
    except User.DoesNotExist:
        raise ServerError(
            f"there is no user {username}: make the account with "
            f"`librephotos createuser {username}`"
        ) from None
