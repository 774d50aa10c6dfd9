"""`librephotos createuser`: an account for someone."""

from __future__ import annotations

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from librephotos.logs.printable import printable
from librephotos.server import accounts, database
from librephotos.server.errors import ServerError


class Command(BaseCommand):
    help = (
        "Make an account. The password is asked for, or read from the standard input "
        "if that is no terminal: `librephotos createuser anna < password.txt`."
    )
    admin = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="name to sign in with, in lower case")
        parser.add_argument("--email", default="", help="e-mail address")
        parser.add_argument(
            "--scan",
            metavar="DIR",
            action="append",
            default=[],
            help="folder with this user's pictures; may be repeated",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        database.ensure_tables()
        folders = [accounts.existing_folder(folder) for folder in options["scan"]]
        user = accounts.create_account(
            options["username"],
            _password(),
            admin=self.admin,
            email=options["email"],
        )
        accounts.add_scan_directories(user, folders)
        kind = "administrator" if self.admin else "user"
        self.stdout.write(f"Created the {kind} {printable(user.username)}")


def _password() -> str:
    """Return the password that is given; raise ServerError for none that can be one."""
    try:
        password = _given_password()
        password.encode()  # bytes that are no text come as surrogates
        return password
    except EOFError as error:
        raise ServerError("no password was given: nothing was created") from error
    except UnicodeError as error:
        raise ServerError("the password is no text in UTF-8") from error


def _given_password() -> str:
    if sys.stdin is None:  # closed by whoever started this
        raise EOFError
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("Password: ")
    if first != getpass.getpass("The same again: "):
        raise ServerError("the two passwords differ: nothing was created")
    return first
