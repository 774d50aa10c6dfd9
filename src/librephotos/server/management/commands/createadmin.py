"""`librephotos createadmin`: an account that manages the others."""

from __future__ import annotations

from librephotos.server.management.commands import createuser


class Command(createuser.Command):
    help = (
        "Make an administrator's account: one that also manages the other accounts "
        "and the settings of the server. The password is asked for, or read from the "
        "standard input if that is no terminal."
    )
    admin = True
