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


def test_setting_out_of_range(data: Path) -> None:
    finished = librephotos("check", data=data, LIBREPHOTOS_MAX_PIXELS="many")
    assert_refused(finished, "LIBREPHOTOS_MAX_PIXELS", "whole number", data=data)


def test_data_option_without_a_folder(data: Path) -> None:
    assert_refused(librephotos("check", "--data", data=data), "--data", data=data)
