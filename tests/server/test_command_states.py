"""Commands where nothing, or half of it, is there yet, or somebody stops them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.server import (
    PASSWORD,
    PATIENCE_S,
    environment,
    librephotos,
    postgres_process,
    wait_for,
)

pytestmark = pytest.mark.server
GIVEN = f"{PASSWORD}\n"


def test_the_first_account_of_a_new_folder(data: Path) -> None:
    made = librephotos("createadmin", "ada", data=data, given=GIVEN)
    assert (made.returncode, made.stderr) == (0, "")
    assert "Created the administrator ada" in made.stdout
    assert postgres_process(data) is None
    assert librephotos("createuser", "bob", data=data, given=GIVEN).returncode == 0


def test_what_needs_tables_says_how_they_are_made(data: Path, tmp_path: Path) -> None:
    commands = (
        ["scan"],
        ["scan", str(tmp_path)],
        ["backup", str(tmp_path / "backup.tar")],
        ["worker"],
        ["web", "--port", "0"],
        ["changepassword", "ada"],
    )
    for state in ("new", "half"):
        if state == "half":
            assert librephotos("migrate", "api", "0005", data=data).returncode == 0
        for command in commands[:5] if state == "half" else commands:
            ended = librephotos(*command, data=data)
            assert ended.returncode == 2, command
            assert "librephotos migrate" in ended.stderr.splitlines()[-1]
            assert "Traceback" not in ended.stderr
            if command[0] != "changepassword":  # of which Django tells more
                assert len(ended.stderr.splitlines()) == 1
    assert librephotos("createuser", "bob", data=data, given=GIVEN).returncode == 0


@pytest.mark.parametrize("name", ["createadmn", "", "\x1b[31m", "../scan"])
def test_a_command_that_is_none_starts_nothing(data: Path, name: str) -> None:
    refused = librephotos(name, data=data)
    assert refused.returncode == 2
    assert len(refused.stderr.splitlines()) == 1
    assert "librephotos help" in refused.stderr and "\x1b" not in refused.stderr
    assert not (data / "postgres").exists()


@pytest.mark.parametrize(
    "arguments, given",
    [
        (["ada"], b""),
        (["ada"], b"\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8\xf7\n"),
        (["ada", "--email", "nobody"], GIVEN.encode()),
        (["ada", "--email", f"{'a' * 300}@example.org"], GIVEN.encode()),
        (["a" * 200], GIVEN.encode()),
        (["ada", "--scan", "/nowhere"], GIVEN.encode()),
        (["ada", "--nothing"], GIVEN.encode()),
    ],
    ids=str,
)
@pytest.mark.usefixtures("with_tables")
def test_wrong_arguments_make_no_account(
    data: Path, arguments: list[str], given: bytes
) -> None:
    refused = subprocess.run(
        [sys.executable, "-P", "-m", "librephotos", "createuser", *arguments],
        env=environment(data),
        input=given,
        capture_output=True,
        timeout=PATIENCE_S,
    )
    assert refused.returncode == 2
    assert refused.stderr.strip() and b"Traceback" not in refused.stderr


def test_two_at_once_in_a_new_folder(data: Path) -> None:
    with ThreadPoolExecutor() as threads:
        made = list(
            threads.map(
                lambda name: librephotos("createuser", name, data=data, given=GIVEN),
                ("ada", "bob"),
            )
        )
    assert {ended.returncode for ended in made} <= {0, 2}
    assert 0 in {ended.returncode for ended in made}
    assert not any("Traceback" in ended.stderr for ended in made)


@pytest.mark.usefixtures("with_tables")
def test_ctrl_c_while_a_password_is_awaited(data: Path) -> None:
    waiting = subprocess.Popen(
        [sys.executable, "-P", "-m", "librephotos", "createuser", "ada"],
        env=environment(data),
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(lambda: postgres_process(data), "PostgreSQL")
    os.kill(waiting.pid, signal.SIGINT)
    _, told = waiting.communicate(timeout=PATIENCE_S)
    assert (waiting.returncode, told) == (130, "")
    assert postgres_process(data) is None
    assert librephotos("createuser", "ada", data=data, given=GIVEN).returncode == 0
