"""The log as a file, and what it does not tell."""

from __future__ import annotations

import logging
import multiprocessing
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from librephotos.logs import log_file
from librephotos.logs.formatter import LineFormatter
from librephotos.logs.log_file import (
    LogFile,
    current_log,
    former_log,
    write_log_file,
)

PROCESSES, EVENTS = 3, 200


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "logs"


@contextmanager
def logger_of(folder: Path) -> Iterator[logging.Logger]:
    """Have a logger that writes to the folder alone."""
    logger = logging.Logger("test")
    handler = LogFile(folder)
    logger.addHandler(handler)
    yield logger
    handler.close()


def write_events(folder: Path, name: int) -> None:
    with logger_of(folder) as logger:
        for number in range(EVENTS):
            logger.warning("event %d of process %d", number, name)


def test_what_is_logged_is_in_a_private_file(folder: Path) -> None:
    with logger_of(folder) as logger:
        logger.warning("something happened")
    assert current_log(folder).read_text() == "something happened\n"
    modes = [
        stat.S_IMODE(path.stat().st_mode) for path in (folder, current_log(folder))
    ]
    assert modes == [0o700, 0o600]


def test_several_processes_share_it_and_begin_anew_together(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # All that they write fits into two files, and not into one.
    total = PROCESSES * EVENTS * len("event 100 of process 1\n")
    monkeypatch.setattr(log_file, "LARGEST", int(0.7 * total))
    context = multiprocessing.get_context("fork")
    writers = [
        context.Process(target=write_events, args=(folder, number))
        for number in range(PROCESSES)
    ]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    lines = [
        line
        for path in (former_log(folder), current_log(folder))
        for line in path.read_text().splitlines()
    ]
    expected = [
        f"event {number} of process {name}"
        for number in range(EVENTS)
        for name in range(PROCESSES)
    ]
    assert sorted(lines) == sorted(expected)


def test_a_folder_that_cannot_be_made_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "logs").write_text("a file in its place")
    with logger_of(tmp_path / "logs") as logger:
        logger.warning("one")
        logger.warning("two")
    told = [record.getMessage() for record in caplog.records]
    assert told == ["The log file cannot be written: File exists"]


@pytest.fixture
def as_before() -> Iterator[None]:
    """Have the loggers be as they were afterwards."""
    root, ours = logging.getLogger(), logging.getLogger("librephotos")
    level, levels = ours.level, {each: each.level for each in root.handlers}
    yield
    ours.setLevel(level)
    for each in list(root.handlers):
        each.setLevel(levels.get(each, each.level))
        if isinstance(each, LogFile):
            root.removeHandler(each)
            each.close()


@pytest.mark.usefixtures("as_before")
def test_a_process_writes_what_it_logs(folder: Path) -> None:
    write_log_file(folder)
    logging.getLogger("librephotos.test").info("ours")
    logging.getLogger("others").info("theirs")
    logging.getLogger("others").error("theirs failed")
    written = current_log(folder).read_text()
    assert "ours" in written and "theirs failed" in written
    assert "theirs\n" not in written


@pytest.fixture
def line() -> Callable[..., str]:
    """Format an event of a server whose pictures lie in two folders."""
    formatter = LineFormatter("{message}", style="{", private=["/photos/", "/nas/a'b"])

    def format(message: str, *args: object) -> str:
        record = logging.LogRecord("x", logging.ERROR, "x.py", 1, message, args, None)
        return formatter.format(record)

    return format


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        (
            "cannot open '/photos/anna/my secret.jpg': denied",
            "cannot open [path]: denied",
        ),
        (r"""at '/photos/it\'s.jpg', then""", "at [path], then"),
        ('File "/photos/x.jpg", line 3', "File [path], line 3"),
        ("no /photos/a b.jpg: gone", "no [path]"),
        ("/photos is full", "/photos is full"),
        ("/other/photos.txt", "/other/photos.txt"),
        ("""at "/nas/a'b/c.jpg" too""", "at [path] too"),
    ],
)
def test_paths_of_pictures_are_left_out(
    line: Callable[..., str], message: str, shown: str
) -> None:
    assert line(message) == shown


def test_paths_in_errors_and_tracebacks_are_left_out(line: Callable[..., str]) -> None:
    error = FileNotFoundError(2, "No such file", "/photos/anna/secret.jpg")
    assert line("failed: %s", error) == "failed: [Errno 2] No such file: [path]"
    formatter = LineFormatter("{message}", style="{", private=["/photos"])
    try:
        raise error
    except FileNotFoundError as raised:
        found = (type(raised), raised, raised.__traceback__)
    record = logging.LogRecord("x", logging.ERROR, "x.py", 1, "failed", (), found)
    assert "secret" not in formatter.format(record)
