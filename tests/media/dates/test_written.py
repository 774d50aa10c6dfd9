"""Dates as EXIF, XMP, IPTC, PNG and RIFF write them."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from librephotos.media.dates import Clock, Precision, read_date, usable_date
from librephotos.media.dates.written import fixed_offset

MOMENT = datetime(2019, 7, 8, 9, 10, 11)


@pytest.mark.parametrize(
    "text",
    [
        "2019:07:08 09:10:11",
        "2019-07-08T09:10:11",
        "2019/07/08 09:10:11",
        "2019.07.08 09.10.11",
        "2019:7:8 9:10:11",
        "2019:07:0809:10:11",
        "2019: 7: 8  9:10:11",
        "2019:07:08-09:10:11",
        "2019:07:08:09:10:11",
        "2019:07:08,09:10:11",
        "2019-07-08; 09:10:11",
        "2019_07_08 09:10:11",
        "2019_07_08_09:10:11",
        "2019-07-08t09:10:11",
        "2019:07: 8 09:10:11",
        "08-Jul-2019 09:10:11",
        "8 juillet 2019 09:10:11",
        "20190708T091011",
        "20190708 091011",
        "20190708091011",
        " 2019:07:08  09:10:11\0",
        "2019:07:08 09:10:11 CEST",
        "2019:07:08 09:10:11 AM",
        "Mon Jul  8 09:10:11 2019",
        "MON JUL 08 09:10:11 2019\n",
        "Mon 08 Jul 2019 09:10:11 AM CEST",
    ],
)
def test_forms_of_a_local_time(text: str) -> None:
    found = read_date(text)
    assert found is not None
    assert (found.digits, found.clock) == (MOMENT, Clock.LOCAL)
    assert found.precision is Precision.TIME


@pytest.mark.parametrize(
    "text",
    [
        "2019-07-08T09:10:11Z",
        "2019:07:08 09:10:11Z",
        "20190708T091011Z",
        "2019-07-08t09:10:11z",
        "2019:07:08-09:10:11Z",
        "2019-07-08 09:10:11 UTC",
        "Mon, 08 Jul 2019 09:10:11 GMT",
    ],
)
def test_forms_of_utc(text: str) -> None:
    found = read_date(text)
    assert found is not None and (found.digits, found.clock) == (MOMENT, Clock.UTC)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("2019-07-08T09:10:11+02:00", 120),
        ("2019:07:08 09:10:11-0330", -210),
        ("2019-07-08T09:10:11+05:45", 345),
        ("2019-07-08T09:10:11+00:00", 0),
        ("2019-07-08-09:10:11-07:00", -420),
        ("2019:07:08 09:10:11 AM -07:00", -420),
        ("Mon, 08 Jul 2019 09:10:11 +0200", 120),
    ],
)
def test_offsets_are_kept_beside_the_digits(text: str, minutes: int) -> None:
    found = read_date(text)
    assert found is not None
    assert (found.digits, found.clock) == (MOMENT, Clock.OFFSET)
    assert found.offset == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("text", "expected", "precision"),
    [
        ("1965", datetime(1965, 1, 1), Precision.YEAR),
        ("1965:  :     :  :  ", datetime(1965, 1, 1), Precision.YEAR),
        ("1965:00:00 00:00:00", datetime(1965, 1, 1), Precision.YEAR),
        ("19650000", datetime(1965, 1, 1), Precision.YEAR),
        ("1965-07", datetime(1965, 7, 1), Precision.MONTH),
        ("1965:07:   :  :  ", datetime(1965, 7, 1), Precision.MONTH),
        ("1965:07:00 00:00:00", datetime(1965, 7, 1), Precision.MONTH),
        ("1965-07-14", datetime(1965, 7, 14), Precision.DAY),
        ("14 Jul 1965", datetime(1965, 7, 14), Precision.DAY),
        ("Wednesday, July 14, 1965", datetime(1965, 7, 14), Precision.DAY),
        ("1965-Jul-14", datetime(1965, 7, 14), Precision.DAY),
        ("14. März 1965", datetime(1965, 3, 14), Precision.DAY),
        ("1965-07-14Z", datetime(1965, 7, 14), Precision.DAY),
        ("1965:07:14   :  :  ", datetime(1965, 7, 14), Precision.DAY),
        ("1965:07:14 25:61:00", datetime(1965, 7, 14), Precision.DAY),
    ],
)
def test_parts_of_a_date(text: str, expected: datetime, precision: Precision) -> None:
    found = read_date(text)
    assert found is not None
    assert (found.digits, found.precision) == (expected, precision)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019-07-08T09:10:11.5", MOMENT.replace(microsecond=500_000)),
        ("2019-07-08T09:10:11.123456789", MOMENT.replace(microsecond=123_456)),
        ("2019-07-08T09:10", datetime(2019, 7, 8, 9, 10)),
        ("2016-12-31T23:59:60", datetime(2016, 12, 31, 23, 59, 59)),
        ("2019:07:08 24:00:00", datetime(2019, 7, 9)),
        ("2019:07:08 12:10:11 AM", datetime(2019, 7, 8, 0, 10, 11)),
        ("2019:07:08 12:10:11 p.m.", datetime(2019, 7, 8, 12, 10, 11)),
        ("2012:05:05 下午03:04:05", datetime(2012, 5, 5, 15, 4, 5)),
        ("2019/01/05/ 03:04", datetime(2019, 1, 5, 3, 4)),
    ],
)
def test_odd_times(text: str, expected: datetime) -> None:
    found = read_date(text)
    assert found is not None and found.digits == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0000:00:00 00:00:00",
        "    :  :     :  :  ",
        "2019:02:30 00:00:00",
        "2019:13:01 00:00:00",
        "٢٠١٩:07:08 09:10:11",
        "19:07:08 09:10:11",
        "201907",
        "2019-W28-1",
        "2019-07-08 yesterday",
        "12345678",
        "31/12/2019",
        "hello",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert read_date(text) is None


@pytest.mark.parametrize("text", ["+15:00", "2:00", "", "Z", "+ab:cd"])
def test_what_is_no_offset(text: str) -> None:
    assert fixed_offset(text) is None


def test_zero_of_clocks_that_count_in_utc() -> None:
    assert usable_date("2001-01-01T00:00:00Z") is None  # Matroska's
    assert usable_date("2001-01-01T00:00:00") is not None


@given(st.text(max_size=80))
def test_no_text_makes_it_raise(text: str) -> None:
    usable_date(text)


@given(st.datetimes(min_value=datetime(1000, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_what_iso_writes_is_read(moment: datetime, minutes: int) -> None:
    sign = "-" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    found = read_date(f"{moment.isoformat()}{sign}{hours:02}:{rest:02}")
    assert found is not None and found.digits == moment
    assert found.offset == timedelta(minutes=minutes)
