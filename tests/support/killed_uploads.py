"""Uploads whose server is killed at each thing that it does, one after the other.

    python -m tests.support.killed_uploads USER SEED…

For each seed an upload of its content is ended by SIGKILL, at the first event, then at
the second: a statement of the database, or something done to a file. Then the client
repeats what was not answered, and all of it if nothing was. Prints of each whether it
was killed, and 0 if the last answer was good. No connection is opened before a child is
forked.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import django

EVENTS = ("open", "os.", "shutil.")


def main(user: int, seeds: list[int]) -> None:
    """Kill an upload of each content once, later from content to content."""
    django.setup()
    _warm_up()
    for number, seed in enumerate(seeds, start=1):
        killed = _child(lambda: _upload(user, seed, kill_at=number))
        again = _child(lambda: _upload(user, seed, kill_at=0))
        print(seed, "killed" if killed == -signal.SIGKILL else "done", again)
        if killed != -signal.SIGKILL:
            return


def _warm_up() -> None:
    """Load what each child would load otherwise; none of it asks the database."""
    from django.test import Client
    from django.urls import get_resolver

    import tests.support.uploads  # noqa: F401

    assert get_resolver().url_patterns
    Client().handler.load_middleware()
    assert Client().get("/api/healthz").status_code == 200


def _child(work: Callable[[], int]) -> int:
    sys.stdout.flush()
    child = os.fork()
    if not child:
        status = 99
        try:
            status = work()
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _upload(user: int, seed: int, *, kill_at: int) -> int:
    """Upload as a client does; return 0 if the last answer was good."""
    from django.db import connection
    from django.test import Client

    from librephotos.api.http.tokens import SignInToken
    from librephotos.api.models import Upload, User
    from tests.support.uploads import Web2024, jpeg_of, through

    owner = User.objects.get(pk=user)
    client = Web2024(user, str(SignInToken.for_user(owner).access_token))
    content = jpeg_of(3000, seed=seed)
    send = through(Client())
    [chunk] = client.chunks(content, "")
    done = 0

    def happened() -> None:
        nonlocal done
        done += 1
        if done == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def audited(event: str, arguments: Any) -> None:
        if event.startswith(EVENTS) and "uploads" in repr(arguments):
            happened()

    def stated(execute: Any, *arguments: Any) -> Any:
        happened()
        result = execute(*arguments)
        happened()
        return result

    sys.addaudithook(audited)
    with connection.execute_wrapper(stated):
        # A client that was told an upload_id goes on with that.
        known = Upload.objects.filter(owner=owner, received=len(content))
        upload = (
            next(
                (str(row.pk) for row in known if row.state != "landed" and not kill_at),
                "",
            )
            or send(chunk("", 0)).json["upload_id"]
        )
        answer = send(client.completion(upload, content, f"{seed}.jpg"))
    return 0 if answer.status == 200 else 1


if __name__ == "__main__":
    main(int(sys.argv[1]), [int(seed) for seed in sys.argv[2:]])
