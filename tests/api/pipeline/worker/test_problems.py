"""What a job tells its user of an error of the system that does not pass."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from django.db import connection

from librephotos.api.models import Job
from librephotos.api.pipeline.work import jobs, queue
from librephotos.api.pipeline.work.kinds import KINDS
from librephotos.api.pipeline.worker import loop
from librephotos.api.pipeline.worker.problems import problem
from librephotos.silent_disk import answer
from tests.factories import JobFactory
from tests.support.scanning import Library, work_until_idle, write_jpeg

FILE, NETWORK = "A file cannot be read or written", "A connection over the network"
PROCESS, SHORTAGE = "Another process of the server ended", "The server has run out of"


def free_port() -> int:
    """Return a port at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def refused() -> None:
    """Connect where nobody listens."""
    socket.create_connection(("127.0.0.1", free_port()))


def nothing_served() -> None:
    """Ask a web server that is not there."""
    urlopen(f"http://127.0.0.1:{free_port()}/model.safetensors")


def unknown_host() -> None:
    """Look for an address by a name that is none."""
    socket.getaddrinfo("no host has blanks", 80)


def no_answer() -> None:
    """Wait for an answer for as long as one is ready to."""
    one, other = socket.socketpair()
    with one, other:
        one.settimeout(0.01)
        one.recv(1)


def broken_off() -> None:
    """Have the other side end what it was asked for in the middle."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(server.getsockname()) as asking:
            answering, _ = server.accept()
            asking.sendall(b"not read")
            answering.close()
            asking.recv(1)


def ended_child() -> None:
    """Write to a process that has ended."""
    with subprocess.Popen(["true"], stdin=subprocess.PIPE, bufsize=0) as child:
        child.wait()
        assert child.stdin is not None
        child.stdin.write(b"more")


def foreign_child() -> None:
    """Wait for a process that is none of ours."""
    os.waitpid(1, 0)


def no_such_file() -> None:
    """Open what is not there."""
    open("/nowhere/secret/a.jpg").close()


def lost_drive() -> None:
    """Read a file of a network drive that has broken off."""
    raise OSError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT), "/nas/secret/a.jpg")


def bad_disk() -> None:
    """Read from a disk that is damaged, as `read` tells it, without a name."""
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def silent_disk() -> None:
    """Look at a disk that does not answer."""
    answered = threading.Event()
    try:
        answer(answered.wait, at=b"/nas/secret", patience_s=0.01)
    finally:
        answered.set()


def no_descriptor() -> None:
    """Open more files than a process may."""
    raise OSError(errno.EMFILE, os.strerror(errno.EMFILE), "/data/secret/a.webp")


def no_process() -> None:
    """Start more processes than a user may."""
    raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))


@pytest.mark.parametrize(
    ("meet", "kind"),
    [
        (refused, NETWORK),
        (nothing_served, NETWORK),
        (unknown_host, NETWORK),
        (no_answer, NETWORK),
        (broken_off, NETWORK),
        (ended_child, PROCESS),
        (foreign_child, PROCESS),
        (no_such_file, FILE),
        (lost_drive, FILE),
        (bad_disk, FILE),
        (silent_disk, FILE),
        (no_descriptor, SHORTAGE),
        (no_process, SHORTAGE),
    ],
)
def test_an_error_is_told_by_its_kind(meet: Callable[[], object], kind: str) -> None:
    with pytest.raises(OSError) as met:
        meet()
    told = problem(met.value)
    assert told.startswith(kind)
    assert "secret" not in told and "scan" not in told
    assert (met.value.strerror or "(") in told


def test_the_reason_of_an_error_within_another_is_told() -> None:
    with pytest.raises(OSError) as met:
        nothing_served()
    assert os.strerror(errno.ECONNREFUSED) in problem(met.value)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@pytest.mark.django_db
def test_only_a_scan_is_to_be_scanned_again(kind: Job.Kind) -> None:
    is_scan = kind is Job.Kind.SCAN_PHOTOS
    job = JobFactory(kind=kind)
    assert ("scan again" in jobs.again(job.pk)) is is_scan
    jobs.settle_abandoned()  # no task goes on with it
    job.refresh_from_db()
    assert job.failed and ("scan again" in job.message) is is_scan


@pytest.mark.django_db
def test_a_job_of_a_kind_that_no_table_knows_is_settled_like_others() -> None:
    job = JobFactory(kind=Job.Kind.EXTRACT_TEXT)
    jobs.settle_abandoned()
    job.refresh_from_db()
    assert job.failed and job.message == "Not everything could be done: try again."


def test_what_follows_a_scan_says_without_one_what_it_fails_by(
    photos: Library, settings: Any, tmp_path: Path
) -> None:
    write_jpeg(photos.root / "a.jpg")
    photos.scan()
    settings.FACE_RECOGNITION = True
    settings.DATA = tmp_path / "disk that is not mounted"
    job = jobs.start(Job.Kind.SCAN_FACES, user=photos.owner)
    loop.run(queues=[queue.IO], wait=False)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET attempts = 6")
    work_until_idle()
    job.refresh_from_db()
    assert job.failed
    reason = os.strerror(errno.ENOENT)
    assert job.message == (
        f"A file cannot be read or written ({reason}): have that mended, then the next"
        " scan goes on with it."
    )


def test_a_disk_that_is_full_for_what_follows_a_scan_is_told_without_one(
    photos: Library, settings: Any
) -> None:
    write_jpeg(photos.root / "a.jpg")
    photos.scan()
    settings.FACE_RECOGNITION = True
    settings.MIN_FREE_MIB = 2**40
    job = jobs.start(Job.Kind.SCAN_FACES, user=photos.owner)
    work_until_idle()
    job.refresh_from_db()
    assert job.failed
    assert job.message.endswith("make room, then the next scan goes on with it.")
