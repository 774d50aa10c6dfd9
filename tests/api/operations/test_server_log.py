"""The server's log over HTTP."""

from __future__ import annotations

import pytest

from librephotos.api.storage import server_log
from librephotos.logs.log_file import current_log, former_log
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
VIEW, FILE = "/api/serverlogs/view", "/api/serverlogs"


@pytest.fixture
def folder(settings, tmp_path):
    """The folder of a server's log, without any yet."""
    settings.DATA = tmp_path
    (tmp_path / "logs").mkdir()
    return tmp_path / "logs"


@pytest.fixture
def staff(client_of):
    return client_of(UserFactory(staff=True))


def lines(first: int, last: int) -> str:
    return "".join(f"line {number}\n" for number in range(first, last + 1))


@pytest.mark.parametrize(
    ("asked", "first"),
    [("", 1101), ("?lines=3", 1198), ("?lines=0", 1101), ("?lines=many", 1101)],
)
def test_the_last_lines(staff, folder, asked, first):
    current_log(folder).write_text(lines(1, 1200))
    answer = staff.get(VIEW + asked).json()
    assert answer["logs"] + "\n" == lines(first, 1200)
    assert answer["count"] == 1200 - first + 1


def test_no_more_than_a_thousand_lines(staff, folder):
    current_log(folder).write_text(lines(1, 1200))
    assert staff.get(f"{VIEW}?lines=99999").json()["count"] == 1000


def test_a_file_that_was_begun_anew_is_filled_up(staff, folder):
    former_log(folder).write_text(lines(1, 50))
    current_log(folder).write_text(lines(51, 53))
    assert staff.get(f"{VIEW}?lines=5").json() == {
        "logs": lines(49, 53).strip(),
        "count": 5,
    }


def test_of_a_large_file_only_the_end_is_read(staff, folder, monkeypatch):
    monkeypatch.setattr(server_log, "MOST_READ", 100)
    current_log(folder).write_text(lines(100, 999))
    # The first of the hundred bytes may be in the middle of a line.
    assert staff.get(VIEW).json()["logs"].splitlines() == [
        f"line {number}" for number in range(989, 1000)
    ]


def test_bytes_that_are_no_text_are_shown_as_such(staff, folder):
    current_log(folder).write_bytes(b"gr\xfc\xdfe\n")
    assert staff.get(VIEW).json()["logs"] == "gr��e"


def test_all_that_is_kept_is_saved_as_a_file(staff, folder):
    former_log(folder).write_text(lines(1, 50))
    current_log(folder).write_text(lines(51, 53))
    answer = staff.get(FILE)
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == 'attachment; filename="librephotos.log"'
    assert answer.getvalue().decode() == lines(1, 53)


@pytest.mark.parametrize("path", [VIEW, FILE])
def test_without_a_log_both_kinds_of_clients_are_told(staff, folder, path):
    answer = staff.get(path)
    assert answer.status_code == 404
    body = answer.json()
    assert "no log file" in body["error"]
    assert body["errors"] == [{"field": "detail", "message": body["error"]}]
