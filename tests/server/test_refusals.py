"""What an operator got wrong: one line, exit code 2, nothing started."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

import pytest

from tests.support.server import free_port, librephotos, postgres_process

pytestmark = pytest.mark.server


def assert_refused(
    finished: subprocess.CompletedProcess[str], *words: str, data: Path
) -> None:
    assert finished.returncode == 2, finished.stderr
    (line,) = finished.stderr.splitlines()
    assert line.startswith("librephotos: ")
    for word in words:
        assert word in line
    assert postgres_process(data) is None


def test_missing_folder(data: Path) -> None:
    finished = librephotos("serve", "/no/such/pictures", data=data)
    assert_refused(finished, "no folder /no/such/pictures", data=data)


def test_port_taken(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        finished = librephotos("serve", "--port", port, data=data)
    assert_refused(finished, f"port {port}", "--port", data=data)
    assert not (data / "postgres").exists()


@pytest.mark.parametrize("port", ["-1", "99999"])
def test_port_that_does_not_exist(data: Path, port: str) -> None:
    finished = librephotos("serve", f"--port={port}", data=data)
    assert_refused(finished, f"no port {port}", "--port", data=data)


def test_foreign_host(data: Path) -> None:
    finished = librephotos("serve", "--host", "192.0.2.1", data=data)
    assert_refused(finished, "192.0.2.1", "--host", data=data)


def test_database_away(data: Path) -> None:
    url = f"postgresql://someone:hush@127.0.0.1:{free_port()}/photos"
    finished = librephotos("serve", "--port", "0", data=data, DATABASE_URL=url)
    assert_refused(finished, "cannot be reached", "DATABASE_URL", data=data)
    assert "hush" not in finished.stderr


@pytest.mark.parametrize(
    "url", ["mysql://someone:hush@host/photos", "postgresql://someone:hush@host"]
)
def test_database_url_of_another_kind(data: Path, url: str) -> None:
    finished = librephotos("serve", "--port", "0", data=data, DATABASE_URL=url)
    assert_refused(finished, "DATABASE_URL", data=data)
    assert "hush" not in finished.stderr


def test_file_in_place_of_the_data_folder(data: Path) -> None:
    data.write_text("")
    finished = librephotos("serve", "--port", "0", data=data)
    assert_refused(finished, str(data), "--data", data=data)


def test_data_folder_of_another_postgres(data: Path) -> None:
    (data / "postgres").mkdir(parents=True)
    (data / "postgres" / "PG_VERSION").write_text("15\n")
    finished = librephotos("serve", "--port", "0", data=data)
    assert_refused(finished, "PostgreSQL 15", "backup", "restore", data=data)


def test_strange_files_where_postgres_goes(data: Path) -> None:
    (data / "postgres").mkdir(parents=True)
    (data / "postgres" / "holiday.txt").write_text("not a database")
    finished = librephotos("serve", "--port", "0", data=data)
    assert_refused(finished, "not empty", data=data)
    assert (data / "postgres" / "holiday.txt").exists()


@pytest.mark.parametrize(
    ("name", "value", "mend"),
    [
        ("LIBREPHOTOS_MAX_PIXELS", "many", "whole number"),
        ("LIBREPHOTOS_LOG_LEVEL", "loud", "WARNING"),
        ("LIBREPHOTOS_LOGIN_RATE", "often", "20/min"),
        ("REFRESH_TOKEN_DAYS", "0", "at least 1"),
    ],
)
def test_setting_out_of_range(data: Path, name: str, value: str, mend: str) -> None:
    finished = librephotos("check", data=data, **{name: value})
    assert_refused(finished, name, mend, data=data)


def test_log_level_in_lower_case(data: Path) -> None:
    assert (
        librephotos("check", data=data, LIBREPHOTOS_LOG_LEVEL="error").returncode == 0
    )


def test_backup_that_is_not_there(data: Path) -> None:
    finished = librephotos("restore", "/no/such/backup.tar", data=data)
    assert_refused(finished, "/no/such/backup.tar", "No such file", data=data)
    assert "Errno" not in finished.stderr


def test_data_option_without_a_folder(data: Path) -> None:
    assert_refused(librephotos("check", "--data", data=data), "--data", data=data)
