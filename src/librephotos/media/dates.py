"""The wall-clock time at which a photo was taken, by a user's list of rules."""

import math
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from librephotos.media.date_rules import (
    DEFAULT_RULES,
    PREDEFINED_RULES,
    FileProperty,
    InvalidRules,
    NamedPattern,
    PathPart,
    Rule,
    RuleType,
    ZoneSource,
    compile_pattern,
    parse_rules,
    rules_as_json,
)

__all__ = [
    "DEFAULT_RULES",
    "PREDEFINED_RULES",
    "DateFacts",
    "DateResult",
    "InvalidRules",
    "Rule",
    "local_time",
    "parse_date",
    "parse_rules",
    "rules_as_json",
]

MAX_FUTURE = timedelta(days=32)
"""A date further ahead is a camera whose clock was never set right."""

MAX_SEARCHED_PATH = 1024
EARLIEST_YEAR = 1800  # before the first photograph; a date earlier is no date

_TEXT_DATE = re.compile(
    r"\s*(\d{4})[:\-/.](\d{1,2})[:\-/.](\d{1,2})"
    r"(?:[T\s]+(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,12}))?)?"
    r"\s*(Z|[+-]\d{1,2}:?\d{2})?)?\s*\Z",
    re.ASCII | re.IGNORECASE,
)
# No digit may stand before the year, else a serial number would read as a date.
_IN_NAME = re.compile(
    r"(?<!\d)(19\d{2}|2[01]\d{2})[-_.: ]?(0[1-9]|1[0-2])[-_.: ]?(0[1-9]|[12]\d|3[01])"
    r"[-_.:T@ ]{0,3}(?:at )?([01]\d|2[0-3])[-_.:h ]?([0-5]\d)[-_.:m ]?([0-5]\d)",
    re.ASCII,
)
_WHATSAPP = re.compile(
    r"(?:IMG|VID|AUD|PTT|STK)-(\d{4})(\d{2})(\d{2})-WA\d+", re.ASCII | re.IGNORECASE
)
_OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d{2})\Z", re.ASCII)
_SUBSECOND_TAGS = {
    "EXIF:DateTime": "EXIF:SubSecTime",
    "EXIF:DateTimeOriginal": "EXIF:SubSecTimeOriginal",
    "EXIF:DateTimeDigitized": "EXIF:SubSecTimeDigitized",
}
_OFFSET_TAGS = {
    "EXIF:DateTime": "EXIF:OffsetTime",
    "EXIF:DateTimeOriginal": "EXIF:OffsetTimeOriginal",
    "EXIF:DateTimeDigitized": "EXIF:OffsetTimeDigitized",
}


@dataclass(frozen=True)
class DateFacts:
    """What the rules may look at.

    tags are the dates of media.metadata.Metadata, and any other tag that a condition
    names. The two times are seconds since 1970, UTC. gps_timezone is the IANA zone at
    the photo's position. user_date is a naive wall-clock time a person entered.
    """

    path: str
    tags: Mapping[str, str]
    mtime_s: float
    ctime_s: float
    gps_timezone: str | None = None
    user_date: datetime | None = None


@dataclass(frozen=True)
class DateResult:
    """A naive wall-clock time, the rule that found it and what it was read from.

    timezone is the zone of that wall clock where it is known: an IANA name, or an
    offset such as "+02:00" that the camera wrote.
    """

    local: datetime
    rule_id: int
    source: str
    timezone: str | None


@dataclass(frozen=True)
class _Reading:
    moment: datetime  # aware where the text itself names a zone
    source: str
    zone: str | None = None


def local_time(
    facts: DateFacts,
    rules: Iterable[Rule],
    *,
    user_timezone: str,
    now: datetime,
) -> DateResult | None:
    """Return the date by the first rule that yields one, None if none does.

    A rule whose condition fails, whose source is missing or unreadable, or whose
    zones cannot be determined yields nothing, and so does a date more than MAX_FUTURE
    after `now`. Odd input of any kind never raises.
    """
    latest = _naive_utc(now) + MAX_FUTURE
    for rule in rules:
        if not _conditions_hold(rule, facts):
            continue
        reading = _READERS[rule.rule_type](rule, facts)
        result = reading and _in_report_zone(rule, reading, facts, user_timezone)
        if result and result.local.year >= EARLIEST_YEAR and result.local <= latest:
            return result
    return None


def parse_date(text: str) -> datetime | None:
    """Return the date in an EXIF, XMP or IPTC text, None if it holds none.

    The answer is aware if the text names a zone. A date without a time is midnight; a
    second of 60 counts as 59. "0000:00:00 00:00:00" and blanks are no date.
    """
    match = _TEXT_DATE.match(text[:64])
    if not match:
        return None
    year, month, day, hour, minute, second = (int(g or 0) for g in match.groups()[:6])
    micro = int((match[7] or "0").ljust(6, "0")[:6])
    moment = _moment(year, month, day, hour, minute, min(second, 59), micro)
    if moment is None or not match[8]:
        return moment
    zone = UTC if match[8] in "Zz" else _fixed_zone(match[8])
    return moment.replace(tzinfo=zone)


def _moment(*parts: int) -> datetime | None:
    try:
        return datetime(*parts)  # type: ignore[arg-type]
    except (ValueError, OverflowError):
        return None


def _fixed_zone(text: str) -> tzinfo | None:
    match = _OFFSET.match(text.strip())
    if not match:
        return None
    minutes = int(match[2]) * 60 + int(match[3])
    if minutes > 14 * 60:  # the widest offset in use is +14:00
        return None
    return timezone(timedelta(minutes=minutes if match[1] == "+" else -minutes))


def _naive_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        return moment
    return moment.astimezone(UTC).replace(tzinfo=None)


def _conditions_hold(rule: Rule, facts: DateFacts) -> bool:
    tag, _, tag_pattern = (rule.condition_exif or "").partition("//")
    return (
        _matches(rule.condition_path, facts.path)
        and _matches(rule.condition_filename, os.path.basename(facts.path))
        and (not rule.condition_exif or tag in facts.tags)
        and _matches(tag_pattern, facts.tags.get(tag, ""))
    )


def _matches(pattern: str | None, text: str) -> bool:
    return not pattern or _search(pattern, text) is not None


def _search(pattern: str, text: str) -> re.Match[str] | None:
    try:
        return compile_pattern(pattern).search(text[-MAX_SEARCHED_PATH:])
    except InvalidRules:  # a stored rule that would be refused today finds nothing
        return None


def _read_tag(rule: Rule, facts: DateFacts) -> _Reading | None:
    tag = rule.exif_tag or ""
    moment = parse_date(facts.tags.get(tag, ""))
    if moment is None:
        return None
    subsecond = facts.tags.get(_SUBSECOND_TAGS.get(tag, ""), "").strip()
    if not moment.microsecond and subsecond.isascii() and subsecond.isdigit():
        moment = moment.replace(microsecond=int(subsecond.ljust(6, "0")[:6]))
    offset = facts.tags.get(_OFFSET_TAGS.get(tag, ""), "").strip()
    return _Reading(moment, tag, offset if _fixed_zone(offset) else None)


def _read_path(rule: Rule, facts: DateFacts) -> _Reading | None:
    whole = rule.path_part is PathPart.FULL_PATH
    text = facts.path if whole else os.path.basename(facts.path)
    text = text[-MAX_SEARCHED_PATH:]
    if rule.custom_regexp:
        match = _search(rule.custom_regexp, text)
    elif rule.predefined_regexp is NamedPattern.WHATSAPP:
        match = _WHATSAPP.search(text)
    else:
        match = _IN_NAME.search(text)
    moment = _moment_of_groups(match) if match else None
    return _Reading(moment, "path" if whole else "filename") if moment else None


def _moment_of_groups(match: re.Match[str]) -> datetime | None:
    parts = [group or "0" for group in match.groups()[:6]]
    if len(parts) < 3 or any(len(p) > 4 or not _is_number(p) for p in parts):
        return None
    return _moment(*(int(part) for part in parts))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _read_file_time(rule: Rule, facts: DateFacts) -> _Reading | None:
    taken_from = rule.file_property or FileProperty.MTIME
    seconds = facts.mtime_s if taken_from is FileProperty.MTIME else facts.ctime_s
    if not math.isfinite(seconds):
        return None
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return _Reading(moment.replace(tzinfo=None), taken_from)


def _read_user_date(rule: Rule, facts: DateFacts) -> _Reading | None:
    if facts.user_date is None:
        return None
    return _Reading(facts.user_date.replace(tzinfo=None), "user")


_READERS: dict[RuleType, Callable[[Rule, DateFacts], _Reading | None]] = {
    RuleType.EXIF: _read_tag,
    RuleType.PATH: _read_path,
    RuleType.FILESYSTEM: _read_file_time,
    RuleType.USER_DEFINED: _read_user_date,
}


def _in_report_zone(
    rule: Rule, reading: _Reading, facts: DateFacts, user_timezone: str
) -> DateResult | None:
    if not rule.transform_tz:
        zone = reading.zone or facts.gps_timezone
        local = reading.moment.replace(tzinfo=None)
        return DateResult(local, rule.id, reading.source, zone)
    source = _zone(rule.source_tz, facts, user_timezone)
    report = _zone(rule.report_tz, facts, user_timezone)
    if source is None or report is None:
        return None
    moment = reading.moment
    try:
        instant = moment if moment.tzinfo else moment.replace(tzinfo=source)
        local = instant.astimezone(report).replace(tzinfo=None)
    except (OverflowError, ValueError):  # year 1 or 9999, shifted over the edge
        return None
    return DateResult(local, rule.id, reading.source, _zone_name(report))


def _zone(source: str | None, facts: DateFacts, user_timezone: str) -> tzinfo | None:
    if source == ZoneSource.UTC:
        return UTC
    if source == ZoneSource.SERVER:
        return datetime.now().astimezone().tzinfo
    if source == ZoneSource.GPS:
        return _named_zone(facts.gps_timezone)
    if source == ZoneSource.USER:
        return _named_zone(user_timezone)
    return _named_zone((source or "").removeprefix("name:"))


def _named_zone(name: str | None) -> tzinfo | None:
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # not found, odd name, a folder's name
        return None


def _zone_name(zone: tzinfo) -> str | None:
    if isinstance(zone, ZoneInfo):
        return zone.key
    return "UTC" if zone is UTC else None
