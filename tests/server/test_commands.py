"""Commands beside `serve`, as an operator runs them."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from tests.support.mounts import fill, mounted_memory
from tests.support.server import (
    PASSWORD,
    RunningServer,
    librephotos,
    postgres_process,
    wait_for,
    write_pictures,
)

pytestmark = pytest.mark.server


@pytest.mark.usefixtures("with_tables")
def test_accounts_are_made_without_a_server(data: Path) -> None:
    created = librephotos("createuser", "Anna", data=data, given=f"{PASSWORD}\n")
    assert created.returncode == 0, created.stderr
    assert "Created the user anna" in created.stdout
    assert postgres_process(data) is None
    again = librephotos("createadmin", "anna", data=data, given=f"{PASSWORD}\n")
    assert again.returncode == 2
    assert "changepassword anna" in again.stderr


@pytest.mark.usefixtures("with_tables")
def test_scan_of_another_users_folder(data: Path, tmp_path: Path) -> None:
    pictures = write_pictures(tmp_path / "anna", 2)
    with RunningServer(data) as server:
        made = librephotos(
            *("createuser", "anna", "--scan", str(pictures)),
            data=data,
            given=f"{PASSWORD}\n",
        )
        assert made.returncode == 0, made.stderr
        wait_for(lambda: _workers_are_well(data), "a worker at work")
        scanned = librephotos("scan", "--user", "anna", data=data)
        assert scanned.returncode == 0, scanned.stderr
        assert "finished" in scanned.stdout
        token = server.sign_in("anna")
        days = server.get("/api/albums/date/list/", token)["results"]
        assert sum(day["numberOfItems"] for day in days) == 2


def _workers_are_well(data: Path) -> bool:
    return "at work" in librephotos("doctor", data=data).stdout


@pytest.mark.usefixtures("with_tables")
def test_scan_without_a_worker_says_so(data: Path, tmp_path: Path) -> None:
    pictures = write_pictures(tmp_path / "pictures", 1)
    librephotos("createadmin", "admin", data=data, given=f"{PASSWORD}\n")
    scanned = librephotos("scan", str(pictures), data=data)
    assert scanned.returncode == 2
    assert "no worker is running" in scanned.stderr


def test_a_command_that_meets_no_tables_says_what_makes_them(data: Path) -> None:
    asked = librephotos("scan", data=data)
    assert asked.returncode == 2
    [line] = asked.stderr.splitlines()
    assert line.startswith("librephotos: ") and "librephotos migrate" in line
    assert librephotos("migrate", data=data).returncode == 0
    asked = librephotos("scan", data=data)
    assert asked.returncode == 2 and "createadmin" in asked.stderr


def test_doctor_names_what_is_wrong(data: Path) -> None:
    examined = librephotos("doctor", data=data, COLUMNS="200")
    assert examined.returncode == 1
    assert "librephotos migrate" in examined.stdout
    assert "pyvips" in examined.stdout


def test_doctor_reports_a_database_that_is_away(data: Path) -> None:
    examined = librephotos(
        "doctor",
        data=data,
        COLUMNS="300",
        DATABASE_URL="postgresql://someone:hush@127.0.0.1:1/photos",
    )
    assert examined.returncode == 1
    assert "cannot be reached" in examined.stdout
    assert "hush" not in examined.stdout


@pytest.mark.usefixtures("with_tables")
def test_backup_brings_everything_back(data: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup.tar"
    librephotos("createadmin", "anna", data=data, given=f"{PASSWORD}\n")
    avatar = data / "media" / "avatars" / "anna.png"
    avatar.parent.mkdir(parents=True)
    avatar.write_bytes(b"a face")
    written = librephotos("backup", str(backup), data=data)
    assert written.returncode == 0, written.stderr
    assert backup.stat().st_mode & 0o077 == 0

    other = data.with_name("other")
    restored = librephotos("restore", str(backup), data=other)
    assert restored.returncode == 0, restored.stderr
    assert (other / "media/avatars/anna.png").read_bytes() == b"a face"
    assert (other / "secret_key").read_text() == (data / "secret_key").read_text()
    taken = librephotos("createuser", "anna", data=other, given=f"{PASSWORD}\n")
    assert "the user anna exists" in taken.stderr


def test_a_backup_of_nothing_is_refused(data: Path, tmp_path: Path) -> None:
    refused = librephotos("backup", str(tmp_path / "backup.tar"), data=data)
    assert refused.returncode == 2
    assert "not set up" in refused.stderr
    assert not list(tmp_path.glob("backup.tar*"))


@pytest.mark.usefixtures("with_tables")
def test_restore_spares_a_library_unless_told(data: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup.tar"
    librephotos("backup", str(backup), data=data)
    librephotos("createuser", "later", data=data, given=f"{PASSWORD}\n")
    refused = librephotos("restore", str(backup), data=data)
    assert refused.returncode == 2
    assert "--replace" in refused.stderr
    assert librephotos("restore", str(backup), "--replace", data=data).returncode == 0
    made = librephotos("createuser", "later", data=data, given=f"{PASSWORD}\n")
    assert made.returncode == 0, made.stderr


@pytest.mark.parametrize("left", [2**19, 12 * 2**20])
def test_restore_to_a_full_disk_restores_all_or_nothing(
    data: Path, tmp_path: Path, left: int
) -> None:
    """It is full when the backup is unpacked, or when PostgreSQL works."""
    other, backup = data.with_name("other"), tmp_path / "backup.tar"
    librephotos("createuser", "before", data=other, given=f"{PASSWORD}\n")
    avatar = other / "media" / "avatars" / "anna.png"
    avatar.parent.mkdir(parents=True)
    avatar.write_bytes(bytes(2**20))
    assert librephotos("backup", str(backup), data=other).returncode == 0
    data.mkdir()
    with mounted_memory(data, size="200m"):
        data.chmod(0o711)
        made = librephotos("createuser", "kept", data=data, given=f"{PASSWORD}\n")
        assert made.returncode == 0, made.stderr
        key = (data / "secret_key").read_text()
        filler = fill(data, but=left)
        refused = librephotos("restore", str(backup), "--replace", data=data)
        assert refused.returncode == 2, refused.stderr
        (line,) = refused.stderr.splitlines()
        assert "full" in line and "make room" in line
        filler.unlink()
        restored = "is restored" in line
        assert ((data / "secret_key").read_text() == key) is not restored
        assert not (data / "restored.new").exists()
        name = "before" if restored else "kept"
        taken = librephotos("createuser", name, data=data, given=f"{PASSWORD}\n")
        assert f"the user {name} exists" in taken.stderr
        again = librephotos("restore", str(backup), "--replace", data=data)
        assert again.returncode == 0, again.stderr
        taken = librephotos("createuser", "before", data=data, given=f"{PASSWORD}\n")
        assert "the user before exists" in taken.stderr
        assert (data / "media/avatars/anna.png").stat().st_size == 2**20


def test_restore_refuses_what_is_no_backup(data: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.tar"
    with tarfile.open(other, "w") as tar:
        tar.add(__file__, "readme.txt")
    for path in (other, tmp_path / "missing.tar", Path(__file__)):
        refused = librephotos("restore", str(path), data=data)
        assert refused.returncode == 2
        assert "backup" in refused.stderr


@pytest.mark.parametrize("name", ["../outside", "/outside", "data/../../outside"])
def test_restore_lets_no_name_lead_out_of_its_folder(
    data: Path, tmp_path: Path, name: str
) -> None:
    hostile = tmp_path / "hostile.tar"
    others = set(tmp_path.parent.rglob("outside"))
    with tarfile.open(hostile, "w") as tar:
        member = tarfile.TarInfo("database.dump")
        tar.addfile(member)
        member.name = name
        tar.addfile(member)
    refused = librephotos("restore", str(hostile), data=data)
    assert (refused.returncode, "not a backup" in refused.stderr) == (2, True)
    assert set(tmp_path.parent.rglob("outside")) == others
    assert not Path("/outside").exists()


@pytest.mark.usefixtures("with_tables")
def test_restore_refuses_a_running_server(data: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup.tar"
    with RunningServer(data) as server:
        assert librephotos("backup", str(backup), data=data).returncode == 0
        refused = librephotos("restore", str(backup), "--replace", data=data)
        assert refused.returncode == 2
        assert "stop it" in refused.stderr
        assert server.answers()
