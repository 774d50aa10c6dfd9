"""Workers: signs of life of them, and what happens beside one."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

from django.db import connection

from librephotos.stopping import stop_requests

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


@contextmanager
def disturbed_by(disturb: Callable[[], None]) -> Iterator[None]:
    """Run something beside a worker, then have the worker end as by SIGTERM."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            disturb()
        except BaseException as error:  # told below, in the test's own thread
            failures.append(error)
        finally:
            connection.close()
            os.kill(os.getpid(), signal.SIGTERM)

    connection.close()
    previous = signal.signal(signal.SIGTERM, lambda *_: None)
    beside = threading.Thread(target=run)
    beside.start()
    try:
        yield
    finally:
        beside.join()
        signal.signal(signal.SIGTERM, previous)
        stop_requests.count = 0  # another worker may run in this process
    assert not failures, failures


def wait_until(condition: Callable[[], Any]) -> None:
    """Look again and again; the worker is the one that this may wait for."""
    for _ in range(3000):
        if condition():
            return
        threading.Event().wait(0.02)
    raise AssertionError("not within a minute")
