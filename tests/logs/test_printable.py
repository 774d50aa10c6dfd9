"""Names of files on a terminal and in a log."""

from __future__ import annotations

import logging

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from procrastinate.exceptions import ConnectorException

from librephotos.logs.formatter import LineFormatter
from librephotos.logs.printable import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]0;owned\x07", r"\x1b]0;owned\x07"),
        ("\x1b[2J\x9b2J", r"\x1b[2J\x9b2J"),
        ("a\nb\rc\td", r"a\nb\rc\td"),
        ("a\x7f\x00\x08", r"a\x7f\x00\x08"),
        ("a\u2028b\u2029c\x85", r"a\u2028b\u2029c\x85"),
        ("gpj.\u202eexe", r"gpj.\u202eexe"),
        ("\u2066a\u2069\u200b\ufeff\xad", r"\u2066a\u2069\u200b\ufeff\xad"),
        ("tag \U000e0041", r"tag \U000e0041"),
        ("not UTF-8: \udcff", r"not UTF-8: \udcff"),
        ("Ünïcödé 写真\u3000二 صورة ภาพ", "Ünïcödé 写真\u3000二 صورة ภาพ"),
        ("👩\u200d👧 می\u200cخواهم", "👩\u200d👧 می\u200cخواهم"),
        ("no\xa0break 'quotes' [bold]", "no\xa0break 'quotes' [bold]"),
    ],
)
def test_what_does_more_than_being_seen_is_spelled(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text(st.characters(exclude_characters="\u200c\u200d")))
def test_the_rest_is_on_one_line_and_can_be_encoded(text: str) -> None:
    shown = printable(text)
    assert len(shown.splitlines()) <= 1
    assert not any(ord(character) < 32 or character == "\x1b" for character in shown)
    shown.encode()
    assert printable(shown) == shown


def test_an_error_in_a_log_line_says_what_led_to_it_on_one_line() -> None:
    def line(error: BaseException) -> str:
        record = logging.LogRecord(
            *("any", logging.ERROR, "file", 1, "Put off: %s", (error,)), exc_info=None
        )
        return LineFormatter("{message}", style="{").format(record)

    database = psycopg.OperationalError("deadlock detected\nDETAIL:  Process 1\n")
    lost = ConnectorException()
    lost.__cause__ = database
    assert line(database) == "Put off: deadlock detected DETAIL: Process 1"
    assert line(lost) == "Put off: deadlock detected DETAIL: Process 1"
    assert line(ConnectorException()) == "Put off: Database error."
    assert line(ValueError()) == "Put off: ValueError"


def test_a_log_line_is_one_line_and_a_traceback_stands_below_it() -> None:
    try:
        raise ValueError("bad name\n2026-01-01 ERROR forged: \x1b[31m")
    except ValueError as error:
        record = logging.LogRecord(
            *("any", logging.ERROR, "file", 1, "Read %s", ("x\n\x1b[0m",)),
            exc_info=(type(error), error, error.__traceback__),
        )
    text = LineFormatter("{levelname} {message}", style="{").format(record)
    first, *rest = text.split("\n")
    assert first == r"ERROR Read x\n\x1b[0m"
    assert rest and all(line.startswith("    ") for line in rest)
    assert "\x1b" not in text
