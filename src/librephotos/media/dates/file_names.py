"""Dates in the names that cameras, phones and messengers give their files.

Only orders that are certain are read: year, month, day; and the day first where it is
above 12, where the month is a word, or where the program that wrote the name is known
to write it so. Years of two digits are not: "05-06-07" may be anything.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from librephotos.media.dates.half_days import AFTER_HOUR, BEFORE_HOUR, hour_of_day
from librephotos.media.dates.month_names import day_in_words
from librephotos.media.dates.unset_clocks import is_never_set
from librephotos.media.dates.written import Clock, Precision, WrittenDate, at_time

MAX_SEARCHED: Final = 1024

_YEAR = r"(?P<year>19\d{2}|2[01]\d{2})"
_MONTH, _DAY = r"(?P<month>0[1-9]|1[0-2])", r"(?P<day>0[1-9]|[12]\d|3[01])"
_BLANK = r"[\s\u00a0\u202f]"
_SECOND = r"[0-5]\d|60"
# A distance behind it, as in UTC+2, makes it another clock.
_UTC = r"(?P<utc>(?:Z|[-_. (]{0,2}(?:UTC|GMT|utc|gmt)(?![+-]\d))(?![A-Za-z0-9]))?"
# In these, digits are no date: UUIDs (RFC 9562), hashes, keys of databases. Letters in
# front of the digits alone may be a word: FACE20230519140322.jpg.
_UUID = re.compile(
    r"[0-9a-f]{8}(?:([-_])[0-9a-f]{4})(?:\1[0-9a-f]{4}){2}\1[0-9a-f]{12}"
    r"(?![0-9a-f])",
    re.ASCII | re.IGNORECASE,
)
_HEX = re.compile(
    r"(?=\d*[a-f])[0-9a-f]{24,}"
    r"|(?<![^\W_])(?=[a-f]*\d+[a-f]+\d)[0-9a-f]{16,}(?![^\W_])",
    re.ASCII | re.IGNORECASE,
)
# The last day of several is no time: 13.07.2019-20.07.2019.jpg
_NO_DAY = r"(?!\d{1,2}[-_.]\d{1,2}[-_.](?:19|2[01])\d\d(?!\d))"
# The time follows closely, then it may be written without separators; or behind a
# word ("at", "um", "à", "kl."), then with separators.
_TIME = (
    rf"(?P<gap>[-_.:T@, ]{{0,3}}(?:at )?){_NO_DAY}"
    r"(?P<hour>[01]\d|2[0-3]|24(?=[-_.:h ]?00[-_.:m ]?00))"
    rf"[-_.:h ]?(?P<minute>[0-5]\d)[-_.:m ]?(?P<second>{_SECOND})"
    r"(?!\d{7})(?:[-_.]?\d{3}(?!\d)|[.,]\d{1,9}(?!\d))?"
    rf"(?:{_BLANK}?(?P<after>{AFTER_HOUR}))?{_UTC}"
)
_WORDED_TIME = (
    r"(?!\d)(?P<gap>[^\d/\\]{1,20}?)"
    rf"(?P<before>{BEFORE_HOUR})?{_BLANK}?{_NO_DAY}"
    r"(?P<hour>\d{1,2})(?P<colon>[.:\-_\u2236])(?P<minute>[0-5]\d)"
    rf"(?:(?P=colon)(?P<second>{_SECOND}))?(?!\d)"
    rf"(?:{_BLANK}*(?P<after>{AFTER_HOUR}))?{_UTC}"
)
# No digit may stand before the year, else a serial number would read as a date.
_WITH_TIME = re.compile(
    rf"(?<!\d){_YEAR}[-_.: ]?{_MONTH}[-_.: ]?{_DAY}{_TIME}", re.ASCII
)
_WITH_WORDED_TIME = re.compile(
    r"(?<!\d)(?P<year>19\d{2}|2[01]\d{2})(?P<sep>[-_.])(?P<month>\d{1,2})(?P=sep)"
    rf"(?P<day>\d{{1,2}}){_WORDED_TIME}",
    re.ASCII,
)
# Zoom names recordings by UTC: GMT20190304-111213_Recording.mp4
_UTC_IN_FRONT = re.compile(r"(?<![A-Za-z])(?:UTC|GMT)[-_ ]?\Z")
# Telegram's export writes the day first: photo_1@19-05-2023_14-03-22.jpg
_TELEGRAM = re.compile(
    r"@(?P<gap>)(?P<day>\d\d)-(?P<month>\d\d)-(?P<year>(?:19|2[01])\d\d)"
    r"_(?P<hour>\d\d)-(?P<minute>\d\d)-(?P<second>\d\d)(?!\d)",
    re.ASCII,
)
# Google's camera names its files by UTC, all others by the clock on the wall.
_PIXEL = re.compile(r"PXL_\d{8}_\d{6}", re.ASCII | re.IGNORECASE)
_WHATSAPP = re.compile(
    r"(?:IMG|VID|AUD|PTT|STK)-(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})-WA\d+",
    re.ASCII | re.IGNORECASE,
)
_SEPARATED_DAY = re.compile(
    rf"(?<!\d)(?<!\d[-.]){_YEAR}(?P<sep>[-_.]| ){_MONTH}(?P=sep){_DAY}(?![\d])"
    r"(?!(?P=sep)\d{4})",
    re.ASCII,
)
_COMPACT_DAY = re.compile(
    rf"(?:^|[^A-Za-z0-9])[A-Za-z]{{0,8}}{_YEAR}{_MONTH}{_DAY}(?![A-Za-z0-9])",
    re.ASCII,
)
# A year, month and day of one digit, as a person writes them; with dots "2019.3.4" is
# a version more often.
_SHORT_DAY = re.compile(
    r"(?<!\d)(?<!\d[-.])(?P<year>(?:19|20)\d\d)(?P<sep>[-_])(?P<month>[1-9]|1[0-2])"
    r"(?P=sep)(?P<day>[1-9]|[12]\d|3[01])(?!\d|[-_.]\d)",
    re.ASCII,
)
_DAY_THEN_YEAR = (
    r"(?<!\d)(?<!\d[-.])(?P<one>\d\d)(?P<sep>[-_.])(?P<two>\d\d)(?P=sep)"
    r"(?P<year>(?:19|20)\d\d)(?!\d)"
)
_DAY_FIRST = re.compile(_DAY_THEN_YEAR, re.ASCII)
_DAY_FIRST_WITH_TIME: Final = tuple(
    re.compile(_DAY_THEN_YEAR + time, re.ASCII)
    for time in (
        r"(?P<gap>[-_,T ]{1,2})(?P<hour>\d{1,2})(?P<colon>[-_.: ])(?P<minute>[0-5]\d)"
        rf"(?P=colon)(?P<second>{_SECOND})(?!\d)"
        rf"(?:{_BLANK}?(?P<after>{AFTER_HOUR}))?{_UTC}",
        _TIME,
        _WORDED_TIME,
    )
)


def date_with_time(name: str) -> WrittenDate | None:
    """Return the date and time in a file's name, None without both."""
    return next((found for found in _moments(_searched(name)) if _is_set(found)), None)


def day_alone(name: str) -> WrittenDate | None:
    """Return a day that stands in a name without a time, None if it is not certain.

    Such as that of IMG-20180506-WA0012.jpg or of 2015-03-04 Birthday.jpg.
    """
    text = _searched(name)
    if not all(map(_is_set, _moments(text))):
        return None  # the day is that of a clock as well
    whatsapp = _WHATSAPP.search(text)
    if whatsapp:
        return _day(whatsapp, machine=True)
    separated = _SEPARATED_DAY.search(text)
    if separated:
        # A day that goes on with a time comes from a program.
        timed = _WITH_TIME.match(text, separated.start())
        return _day(separated, machine=bool(timed))
    compact = _COMPACT_DAY.search(text)
    if compact:
        return _day(compact, machine=True)
    short = _SHORT_DAY.search(text)
    if short:
        return _day(short, machine=False)
    match = _DAY_FIRST.search(text)
    if match:
        day = _day_first(match)
        by_clock = any(pattern.search(text) for pattern in _DAY_FIRST_WITH_TIME)
        if day is None or (by_clock and is_never_set(day)):
            return None
        return WrittenDate(day, Precision.DAY)
    worded = day_in_words(text)
    return WrittenDate(worded, Precision.DAY) if worded else None


def _searched(name: str) -> str:
    # macOS takes letters apart, so that "오후" and "à" look different.
    text = unicodedata.normalize("NFC", name[-MAX_SEARCHED:])
    if not text.isascii():
        text = "".join(map(_readable, text))
    return _HEX.sub("#", _UUID.sub("#", text))


def _readable(letter: str) -> str:
    """Return the ASCII form of any script's digit, and "" for marks of direction."""
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    return "" if unicodedata.category(letter) == "Cf" else letter


def _moments(text: str) -> Iterator[WrittenDate]:
    for pattern in (_WITH_TIME, _WITH_WORDED_TIME, _TELEGRAM):
        match = pattern.search(text)
        found = match and _moment(match, text)
        if found:
            yield found
    for pattern in _DAY_FIRST_WITH_TIME:
        match = pattern.search(text)
        found = match and _moment(match, text)
        if found:
            yield found
            return


def _is_set(found: WrittenDate) -> bool:
    return not is_never_set(found.digits, utc=found.clock is Clock.UTC)


def _moment(match: re.Match[str], text: str) -> WrittenDate | None:
    found = match.groupdict()
    # Two numbers behind a day may be anything; behind a word they are a time.
    if not found["second"] and not any(map(str.isalpha, found["gap"])):
        return None
    hour = int(found["hour"])
    half = found.get("before") or found.get("after")
    if half:
        hour = hour_of_day(hour, half)
    try:
        day = _day_of(match)
        digits = at_time(day, hour, int(found["minute"]), int(found["second"] or 0))
    except (ValueError, OverflowError):
        return None
    utc = found.get("utc") or _UTC_IN_FRONT.search(text[: match.start()])
    utc = utc or _PIXEL.search(text)
    return WrittenDate(digits, clock=Clock.UTC if utc else Clock.LOCAL)


def _day(match: re.Match[str], *, machine: bool) -> WrittenDate | None:
    try:
        day = datetime(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None
    # What a person writes with separators is meant; a program copies its clock.
    if machine and is_never_set(day):
        return None
    return WrittenDate(day, Precision.DAY)


def _day_of(match: re.Match[str]) -> datetime:
    """Return the midnight of a match's day; raises ValueError if there is none."""
    if "one" not in match.re.groupindex:
        return datetime(int(match["year"]), int(match["month"]), int(match["day"]))
    day = _day_first(match)
    if day is None:
        raise ValueError(f"It is not certain which day {match[0]!r} is.")
    return day


def _day_first(match: re.Match[str]) -> datetime | None:
    first, second = int(match["one"]), int(match["two"])
    if first <= 12 and second <= 12 and first != second:
        return None
    month, day = (second, first) if first > 12 else (first, second)
    try:
        return datetime(int(match["year"]), month, day)
    except ValueError:
        return None
