"""Crashes, hangs and other ends of decoders concern one item only."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from librephotos.api.pipeline.work.child_process import rest_nursery
from librephotos.api.pipeline.work.sandbox import Sandbox
from tests.support.children import Told, be_told_to_end, oom_score
from tests.support.pictures.hostile import behave, pid_of_child
from tests.support.server import PATIENCE_S, wait_for


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox that loses patience soon."""
    sandbox = Sandbox(timeout_s=2, memory_bytes=2**32)
    yield sandbox
    sandbox.stop()


def test_each_item_has_its_own_outcome(sandbox: Sandbox) -> None:
    items = ["one", "crash", "two", "exit", "refuse", "hang", "starve", "three"]
    outcomes = sandbox.map(behave, items)
    assert [outcome.value for outcome in outcomes] == [
        "one",
        None,
        "two",
        None,
        None,
        None,
        None,
        "three",
    ]
    reasons = [outcome.error for outcome in outcomes]
    assert "crashed" in reasons[1]
    assert "crashed" in reasons[3]
    assert reasons[4] == "The file is empty."
    assert "more than 2 seconds" in reasons[5]
    assert "memory" in reasons[6]


@pytest.mark.parametrize("poison", ["crash", "be killed", "be wrong"])
@pytest.mark.parametrize("place", [0, 4, 8])
def test_poison_anywhere_spares_the_rest(
    sandbox: Sandbox, poison: str, place: int
) -> None:
    items = [f"item {number}" for number in range(9)]
    items[place] = poison
    outcomes = sandbox.map(behave, items)
    assert [bool(outcome.error) for outcome in outcomes] == [
        number == place for number in range(9)
    ]


def test_nothing_but_poison(sandbox: Sandbox) -> None:
    outcomes = sandbox.map(behave, ["crash"] * 5)
    assert all("crashed" in outcome.error for outcome in outcomes)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_who_ends_the_child_from_outside_spoils_no_file(
    sandbox: Sandbox, number: int, tmp_path: Path
) -> None:
    items = ["one", Told(number, 2, tmp_path / "seen"), "two"]
    outcomes = sandbox.map(be_told_to_end, items)
    assert [outcome.value for outcome in outcomes] == ["one", "done", "two"]


def test_an_item_that_tells_its_child_to_end_fails_alone(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    items = ["one", Told(signal.SIGTERM, 9, tmp_path / "seen"), "two"]
    outcomes = sandbox.map(be_told_to_end, items)
    assert [outcome.value for outcome in outcomes] == ["one", None, "two"]
    assert "crashed on this file (SIGTERM)" in outcomes[1].error


def test_the_child_takes_no_more_memory_than_the_system_allows() -> None:
    code = (
        "import resource as r; r.setrlimit(r.RLIMIT_AS, (2**40, 2**40))\n"
        "from librephotos.api.pipeline.work.sandbox import Sandbox\n"
        "from tests.support.children import memory_limit\n"
        "sandbox = Sandbox(timeout_s=60, memory_bytes=2**50)\n"
        "print(sandbox.map(memory_limit, [0])[0].value)\n"
        "sandbox.stop()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert int(done.stdout) == 2**40


def test_the_child_ends_before_the_server_where_memory_runs_out(
    sandbox: Sandbox,
) -> None:
    own = int(Path("/proc/self/oom_score_adj").read_text())
    [outcome] = sandbox.map(oom_score, [0])
    assert outcome.value == max(own, 500)


def test_threads_share_one_child(sandbox: Sandbox) -> None:
    with ThreadPoolExecutor(4) as threads:
        answers = list(
            threads.map(lambda n: sandbox.map(pid_of_child, [n] * 5), range(4))
        )
    pids = {outcome.value for outcomes in answers for outcome in outcomes}
    assert len(pids) == 1 and pids != {os.getpid()}


def test_an_idle_child_is_ended_and_comes_back(sandbox: Sandbox) -> None:
    first = sandbox.map(pid_of_child, [0])[0].value
    assert first
    sandbox.rest(after_s=0)
    assert not psutil.pid_exists(first)
    assert sandbox.map(pid_of_child, [0])[0].value != first


def nursery_of(sandbox: Sandbox) -> psutil.Process:
    """Return the process of which the child of a sandbox is a fork."""
    return psutil.Process(parent_of_child(sandbox))


def parent_of_child(sandbox: Sandbox) -> int:
    [outcome] = sandbox.map(pid_of_child, [0])
    assert outcome.value is not None
    return psutil.Process(outcome.value).ppid()


@pytest.fixture
def other() -> Iterator[Sandbox]:
    """A sandbox besides the first one."""
    sandbox = Sandbox(timeout_s=60, memory_bytes=2**32)
    yield sandbox
    sandbox.stop()


linux = pytest.mark.skipif(
    sys.platform != "linux", reason="needs forks and Linux's death signal"
)


@linux
def test_children_are_forks_of_one_process(sandbox: Sandbox, other: Sandbox) -> None:
    assert parent_of_child(sandbox) == parent_of_child(other) != os.getpid()


@linux
def test_the_end_of_the_nursery_spoils_no_file(
    sandbox: Sandbox, other: Sandbox
) -> None:
    nursery = nursery_of(sandbox)
    children = nursery.children()
    assert sandbox.map(pid_of_child, [0]) and other.map(pid_of_child, [0])
    nursery.kill()
    assert [o.error for o in sandbox.map(behave, ["one", "two"])] == ["", ""]
    assert [o.error for o in other.map(behave, ["one", "two"])] == ["", ""]
    psutil.wait_procs(children, PATIENCE_S)
    assert parent_of_child(sandbox) == parent_of_child(other) != nursery.pid


@linux
@pytest.mark.parametrize("round", range(3))
def test_the_end_of_a_nursery_at_work_blames_no_item(round: int) -> None:
    sandboxes = [Sandbox(timeout_s=60, memory_bytes=2**32) for _ in range(3)]
    nursery = nursery_of(sandboxes[0])
    others = len(nursery.children())
    items = [f"item {number}" for number in range(400)]
    with ThreadPoolExecutor(3) as threads:
        done = [threads.submit(each.map, behave, items) for each in sandboxes]
        wait_for(lambda: len(nursery.children()) == others + 2, "three children")
        nursery.kill()
        outcomes = [outcome for each in done for outcome in each.result(PATIENCE_S)]
    assert [outcome.error for outcome in outcomes if outcome.error] == []
    for each in sandboxes:
        each.stop()


@linux
def test_who_rests_the_nursery_waits_for_no_child_that_is_about_to_be(
    sandbox: Sandbox, other: Sandbox
) -> None:
    over = threading.Event()

    def rest() -> None:
        while not over.is_set():
            rest_nursery()

    with ThreadPoolExecutor(2) as threads:
        resting = threads.submit(rest)
        crashes = threads.submit(sandbox.map, behave, ["crash", "one"] * 10)
        try:
            outcomes = crashes.result(PATIENCE_S)
            assert [outcome.value for outcome in outcomes] == [None, "one"] * 10
            assert [outcome.value for outcome in other.map(behave, ["two"])] == ["two"]
        finally:
            over.set()
        resting.result(PATIENCE_S)


def end_one_after_the_other() -> None:
    """End two children, and look when their nursery ends, and that another follows."""
    one, other = (Sandbox(timeout_s=60, memory_bytes=2**32) for _ in range(2))
    nursery = nursery_of(one)
    assert parent_of_child(other) == nursery.pid
    one.stop()
    rest_nursery()
    assert nursery.is_running()
    other.stop()

    def has_ended() -> bool:
        rest_nursery()
        return not nursery.is_running()

    wait_for(has_ended, "the end of the nursery")
    assert nursery_of(one).is_running()
    one.stop()


@linux
def test_the_nursery_ends_after_the_last_child() -> None:
    """In a process of its own, where no other test has left children."""
    name = end_one_after_the_other.__name__
    program = f"from {__name__} import {name}\nif __name__ == '__main__': {name}()"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True)
    assert ended.returncode == 0, ended.stderr


@linux
def test_the_child_and_the_nursery_die_with_their_worker() -> None:
    program = textwrap.dedent("""
        import sys, time
        from librephotos.api.pipeline.work.sandbox import Sandbox
        from tests.support.pictures.hostile import pid_of_child
        if __name__ == "__main__":
            sandbox = Sandbox(timeout_s=60, memory_bytes=2**32)
            print(sandbox.map(pid_of_child, [0])[0].value, flush=True)
            sys.stdin.read()
        """)
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout
        child = psutil.Process(int(parent.stdout.readline()))
        nursery = child.parent()
        assert nursery and nursery.ppid() == parent.pid
        parent.send_signal(signal.SIGKILL)
        _, alive = psutil.wait_procs([child, nursery], PATIENCE_S)
        assert not alive
