"""Signs of life of workers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from django.db import connection

HEARTBEAT_S = 3.0


def sign_of_life() -> None:
    """Have a worker give one, though none is there."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")


@contextmanager
def a_worker_that_takes_nothing() -> Iterator[None]:
    """Give signs of life as a worker does, again and again, though none is there."""
    over = Event()

    def beat() -> None:
        while not over.wait(HEARTBEAT_S):
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE procrastinate_workers SET last_heartbeat = now()"
                )
        connection.close()

    sign_of_life()
    heart = Thread(target=beat)
    heart.start()
    try:
        yield
    finally:
        over.set()
        heart.join()
