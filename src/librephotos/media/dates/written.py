"""Dates as files write them: how exact they are, and which clock they were read from.

Forms: Exif 2.32 (DateTime and OffsetTime), XMP part 1 section 8.2.1.2 and with it
ISO 8601, IPTC-IIM 4.1 (2:55), RFC 1123 and asctime for PNG (11.3.3.2) and RIFF.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_tz
from enum import IntEnum, StrEnum
from typing import Final

from librephotos.media.dates.half_days import hour_of_day, is_half_day
from librephotos.media.dates.month_names import day_in_words
from librephotos.media.dates.unset_clocks import is_never_set

EARLIEST_YEAR: Final = 1826  # of the oldest photograph that is left, by Niépce
MAX_FUTURE: Final = timedelta(days=32)
"""A date further ahead is of a clock that was set wrong."""
MAX_CHARACTERS: Final = 64
MAX_OFFSET: Final = timedelta(hours=14)  # the widest that is in use


class Clock(StrEnum):
    """What a written time counts from.

    LOCAL is the clock on the wall of a place that is not told, OFFSET one whose
    distance from UTC stands beside it, and UTC no wall's clock.
    """

    LOCAL = "local"
    OFFSET = "offset"
    UTC = "utc"


class Precision(IntEnum):
    """The smallest part that was written; what is missing counts as its first."""

    YEAR = 1
    MONTH = 2
    DAY = 3
    TIME = 4


@dataclass(frozen=True)
class WrittenDate:
    """A date as it stands in a file: the naive digits, and what they mean.

    offset is set only with Clock.OFFSET.
    """

    digits: datetime
    precision: Precision = Precision.TIME
    clock: Clock = Clock.LOCAL
    offset: timedelta | None = None

    @property
    def zone(self) -> tzinfo | None:
        """The fixed zone of the digits where the text tells one."""
        if self.clock is Clock.UTC:
            return UTC
        return None if self.offset is None else timezone(self.offset)

    def refines(self, coarser: "WrittenDate") -> bool:
        """Whether this says the same as a date that tells less, and more besides."""
        parts = coarser.digits.timetuple()[: coarser.precision]
        own = self.digits.timetuple()[: coarser.precision]
        return self.precision > coarser.precision and own == parts

    def localises(self, other: "WrittenDate") -> bool:
        """Whether this is a wall's clock at a moment that the other tells in UTC.

        A zone differs from UTC by quarters of an hour. No difference counts too: there
        are programs that copy local digits and write "Z" behind them.
        """
        if other.clock is not Clock.UTC or self.clock is Clock.UTC:
            return False
        apart = self.digits.replace(microsecond=0) - other.digits.replace(microsecond=0)
        return (
            self.precision is Precision.TIME
            and abs(apart) <= MAX_OFFSET
            and not apart % timedelta(minutes=15)
        )


_DATE = re.compile(
    r"(?P<year>\d{4})"
    r"(?:[:\-/._ ](?P<month>\d\d| ?\d|\s{0,2})"
    r"(?:[:\-/._ ](?P<day>\d\d| ?\d|\s{0,2}))?/?(?:Z|[+\-]\d\d:\d\d)?)?"
    r"(?:(?:[Tt\s_,;]+|[:\-](?=\d\d:\d\d:\d\d))(?P<time>\S.*)"
    r"|(?<=\d:\d\d)(?P<glued>\d\d:.*))?\Z",
    re.ASCII | re.DOTALL,
)
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)"
    r"(?:[T\s_-]+(?P<time>\S.*)|(?P<glued>\d{4}.*))?\Z",
    re.ASCII | re.DOTALL,
)
_TIME = re.compile(
    r"(?P<before>[^\d\s]{1,5})?\s*(?P<hour>\d{1,2})"
    r"(?:[:.\-] ?(?P<minute>\d{1,2})(?:[:.\-] ?(?P<second>\d{1,2}))?"
    r"|(?P<minute2>\d\d)(?P<second2>\d\d)?)(?:[.,:](?P<part>\d{1,12}))?"
    r"\s*(?P<tail>.*)\Z",
    re.ASCII | re.DOTALL,
)
_HALF = re.compile(r"[^\d\s+\-\[]{1,2}(?:\s?[^\d\s+\-\[]{1,2})?(?![^\W\d_])")
_OFFSET = re.compile(
    r"(?:UTC|GMT)?([+-])(\d{1,2})(?::?([0-5]\d))?(?::?\d\d)?\b", re.ASCII | re.I
)
_UTC = re.compile(r"(?:Z|UTC|GMT)\b", re.I)


def read_date(text: str, *, clock: Clock = Clock.LOCAL) -> WrittenDate | None:
    """Return the date that a text holds, None if it holds none.

    `clock` is that of the format, where the text names no zone itself. A month or day
    of 00 or blanks was not known. A time that no day has is left out; a second of 60
    counts as 59, and 24:00 as the next day's midnight.
    """
    text = text[:MAX_CHARACTERS].strip("\0 \t\r\n")
    match = _COMPACT.match(text) or _DATE.match(text)
    if not match:
        return _read_words(text, clock)
    year, month, day = (
        int((match[name] or "").strip() or 0) for name in ("year", "month", "day")
    )
    precision = Precision.DAY if day and month else Precision(1 + bool(month))
    try:
        found = WrittenDate(datetime(year, month or 1, day or 1), precision)
    except ValueError:
        return None
    time = match["time"] or match["glued"]
    return _at(found, time, clock) if time and precision is Precision.DAY else found


def usable_date(text: str, *, clock: Clock = Clock.LOCAL) -> WrittenDate | None:
    """Return the date in a text unless it comes from a clock that was never set.

    None, too, for a date before EARLIEST_YEAR, or more than MAX_FUTURE after now: the
    file is there already.
    """
    found = read_date(text, clock=clock)
    if found is None or found.digits.year < EARLIEST_YEAR:
        return None
    if found.digits - MAX_FUTURE > datetime.now(UTC).replace(tzinfo=None):
        return None
    if found.precision < Precision.TIME:
        return found
    unset = is_never_set(found.digits, utc=found.clock is Clock.UTC)
    return None if unset else found


def at_time(
    day: datetime, hour: int, minute: int, second: int, micro: int = 0
) -> datetime:
    """Return a time of a day.

    24:00:00 is the next day's midnight (ISO 8601), a leap second the one before it.
    Raises ValueError or OverflowError where there is none.
    """
    if (hour, minute, second) == (24, 0, 0):
        day, hour = day + timedelta(days=1), 0
    second = 59 if second == 60 else second
    return day.replace(hour=hour, minute=minute, second=second, microsecond=micro)


def fixed_offset(text: str) -> timedelta | None:
    """Return the offset from UTC in a text such as "+02:00", None if it holds none."""
    match = _OFFSET.match(text.strip())
    if not match:
        return None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    if offset > MAX_OFFSET:
        return None
    return offset if match[1] == "+" else -offset


def _at(day: WrittenDate, time: str, clock: Clock) -> WrittenDate | None:
    match = _TIME.match(time)
    if not match:
        # Blanks between colons, and zones of a day without a time, tell nothing more.
        return day if re.fullmatch(r"[\s:.0]*|Z|[+-][\d:]+", time) else None
    hour = int(match["hour"])
    minute = int(match["minute"] or match["minute2"] or 0)
    second = int(match["second"] or match["second2"] or 0)
    after = _HALF.match(match["tail"])
    halves = [match["before"] or "", after[0] if after else ""]
    for half in filter(is_half_day, halves):
        hour = hour_of_day(hour, half)
    zone = match["tail"]
    if after and is_half_day(after[0]):
        zone = zone[after.end() :].strip()
    micro = int((match["part"] or "0").ljust(6, "0")[:6])
    try:
        moment = at_time(day.digits, hour, minute, second, micro)
    except (ValueError, OverflowError):
        return day
    found = WrittenDate(moment, Precision.TIME, clock)
    offset = fixed_offset(zone)
    if offset is not None:
        return replace(found, clock=Clock.OFFSET, offset=offset)
    return replace(found, clock=Clock.UTC) if _UTC.match(zone) else found


def _read_words(text: str, clock: Clock) -> WrittenDate | None:
    """Read a date with words: "Sat, 05 Jan 2019 03:04:05 GMT" or "5 May 2019"."""
    if not re.search(r"[^\W\d_]{3}", text) or not re.search(r"\d{4}(?!\d)", text):
        return None
    try:
        found = parsedate_tz(text)
        if found is None:
            return _worded_day(text, clock)
        moment = datetime(*found[:5], min(found[5], 59))
    except (ValueError, TypeError, IndexError, OverflowError):
        return _worded_day(text, clock)
    if not re.search(r"\d:\d\d", text):
        return WrittenDate(moment, Precision.DAY)
    half = re.search(r"\d\s*([AaPp]\.?[Mm]\b)", text)
    if half:
        moment = moment.replace(hour=hour_of_day(moment.hour, half[1]) % 24)
    if re.search(r"\b(?:GMT|UTC|Z)\b", text):
        return WrittenDate(moment, clock=Clock.UTC)
    signed = re.search(r"[+-]\d{4}\b", text)
    offset = fixed_offset(signed[0]) if signed else None
    clock = Clock.LOCAL if offset is None else Clock.OFFSET
    return WrittenDate(moment, clock=clock, offset=offset)


def _worded_day(text: str, clock: Clock) -> WrittenDate | None:
    day = day_in_words(text)
    if day is None:
        return None
    found = WrittenDate(day, Precision.DAY)
    time = re.search(r"(?<!\d)\d{1,2}:\d\d.*", text, re.DOTALL)
    return _at(found, time[0], clock) if time else found
