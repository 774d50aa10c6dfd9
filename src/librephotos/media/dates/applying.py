"""The wall-clock time at which a photo was taken, by a user's list of rules."""

import math
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from librephotos.media.dates import file_names
from librephotos.media.dates.expressions import InvalidExpression, search
from librephotos.media.dates.rules import (
    FileProperty,
    NamedPattern,
    PathPart,
    Rule,
    RuleType,
    ZoneSource,
)
from librephotos.media.dates.unset_clocks import is_never_set
from librephotos.media.dates.written import (
    EARLIEST_YEAR,
    MAX_FUTURE,
    Clock,
    Precision,
    WrittenDate,
    fixed_offset,
    usable_date,
)

_SUBSECOND_TAGS: Final = {
    "EXIF:DateTime": "EXIF:SubSecTime",
    "EXIF:DateTimeOriginal": "EXIF:SubSecTimeOriginal",
    "EXIF:DateTimeDigitized": "EXIF:SubSecTimeDigitized",
}
_OFFSET_TAGS: Final = {
    "EXIF:DateTime": "EXIF:OffsetTime",
    "EXIF:DateTimeOriginal": "EXIF:OffsetTimeOriginal",
    "EXIF:DateTimeDigitized": "EXIF:OffsetTimeDigitized",
}
# Digitising comes before any edit; the rules of the contract know no other way to it.
_BEFORE: Final = {"EXIF:DateTime": "EXIF:DateTimeDigitized"}
# These are UTC by their definition: a rule that takes them as they stand means it.
_UTC_TAGS: Final = frozenset(("QuickTime:CreateDate", "Composite:GPSDateTime"))


@dataclass(frozen=True)
class DateFacts:
    """What the rules may look at.

    tags are the dates of media.metadata.Metadata; other_tags what a condition may name
    besides. The two times are seconds since 1970, UTC. gps_timezone is the IANA zone
    at the photo's position, or a zone or an offset such as "+02:00" that a person gave.
    user_date is a naive wall-clock time a person entered. device_date is the moment
    that the device which sent the file knew, with its zone.
    """

    path: str
    tags: Mapping[str, str]
    mtime_s: float
    ctime_s: float
    gps_timezone: str | None = None
    user_date: datetime | None = None
    device_date: datetime | None = None
    other_tags: Mapping[str, object] = field(default_factory=dict)


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


_OF_DEVICE: Final = Rule(0, "Date told by the device", RuleType.USER_DEFINED)
"""Stands behind all rules; users neither see nor choose it."""


@dataclass(frozen=True)
class _Reading:
    date: WrittenDate
    source: str
    final: bool = True  # whether a later rule may not tell the same more exactly


def local_time(
    facts: DateFacts,
    rules: Iterable[Rule],
    *,
    user_timezone: str,
    now: datetime,
) -> DateResult | None:
    """Return the date by the first rule that yields one, None if none does.

    A rule whose condition fails, whose source is missing or unreadable, or whose
    zones cannot be determined yields nothing, and so does a clock that was never set,
    and a date more than MAX_FUTURE after `now`. Where the first date is no more than
    a year, a month or a day, a later rule that tells the same more exactly is taken.
    Where no rule finds anything, the device that sent the file has the last word. Odd
    input of any kind never raises.
    """
    latest = _naive_utc(now) + MAX_FUTURE
    coarse: tuple[WrittenDate, DateResult] | None = None
    for rule in (*rules, _OF_DEVICE):
        if rule is _OF_DEVICE and coarse is not None:
            break
        reading = _reading(rule, facts)
        dated = reading and _in_report_zone(rule, reading, facts, user_timezone)
        if not reading or not dated:
            continue
        date, result = dated
        if not EARLIEST_YEAR <= result.local.year or result.local > latest:
            continue
        if coarse is None or date.refines(coarse[0]):
            coarse = dated
            if reading.final or date.precision is Precision.TIME:
                break
    return coarse[1] if coarse else None


def _reading(rule: Rule, facts: DateFacts) -> _Reading | None:
    if rule is _OF_DEVICE:
        return _read_device_date(facts)
    try:
        if not _conditions_hold(rule, facts):
            return None
        return _READERS[rule.rule_type](rule, facts)
    except InvalidExpression:  # a stored rule that would be refused today says nothing
        return None


def _naive_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        return moment
    return moment.astimezone(UTC).replace(tzinfo=None)


def _conditions_hold(rule: Rule, facts: DateFacts) -> bool:
    tag, _, pattern = (rule.condition_exif or "").partition("//")
    value = facts.tags.get(tag, facts.other_tags.get(tag))
    return (
        _matches(rule.condition_path, facts.path)
        and _matches(rule.condition_filename, os.path.basename(facts.path))
        and (not rule.condition_exif or value is not None)
        and _matches(pattern, str(value))
    )


def _matches(pattern: str | None, text: str) -> bool:
    return not pattern or search(pattern, text) is not None


def _read_tag(rule: Rule, facts: DateFacts) -> _Reading | None:
    tag = rule.exif_tag or ""
    better = _BEFORE.get(tag)
    return (better and _read_named(better, facts)) or _read_named(tag, facts)


def _read_named(tag: str, facts: DateFacts) -> _Reading | None:
    text = facts.tags.get(tag) or facts.other_tags.get(tag)
    clock = Clock.UTC if tag in _UTC_TAGS else Clock.LOCAL
    date = usable_date(text, clock=clock) if isinstance(text, str) else None
    if date is None:
        return None
    subsecond = facts.tags.get(_SUBSECOND_TAGS.get(tag, ""), "").strip()
    if not date.digits.microsecond and subsecond.isascii() and subsecond.isdigit():
        micro = int(subsecond.ljust(6, "0")[:6])
        date = replace(date, digits=date.digits.replace(microsecond=micro))
    offset = fixed_offset(facts.tags.get(_OFFSET_TAGS.get(tag, ""), ""))
    if offset is not None and date.clock is Clock.LOCAL:
        date = replace(date, clock=Clock.OFFSET, offset=offset)
    return _Reading(date, tag, final=False)


def _read_path(rule: Rule, facts: DateFacts) -> _Reading | None:
    whole = rule.path_part is PathPart.FULL_PATH
    text = facts.path if whole else os.path.basename(facts.path)
    source = "path" if whole else "filename"
    if rule.custom_regexp:
        groups = search(rule.custom_regexp, text)
        moment = _moment_of_groups(groups) if groups else None
        return _Reading(WrittenDate(moment), source) if moment else None
    date = _NAMED[rule.predefined_regexp or NamedPattern.DEFAULT](text)
    return _Reading(date, source, final=False) if date else None


_NAMED: Final[dict[NamedPattern, Callable[[str], WrittenDate | None]]] = {
    NamedPattern.DEFAULT: file_names.date_with_time,
    NamedPattern.WHATSAPP: file_names.day_alone,
}


def _moment_of_groups(groups: tuple[str | None, ...]) -> datetime | None:
    parts = [group or "0" for group in groups[:6]]
    if len(parts) < 3 or any(len(p) > 4 or not _is_number(p) for p in parts):
        return None
    try:
        moment = datetime(*(int(part) for part in parts))  # type: ignore[arg-type]
    except (ValueError, OverflowError):
        return None
    return moment


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _read_file_time(rule: Rule, facts: DateFacts) -> _Reading | None:
    taken_from = rule.file_property or FileProperty.MTIME
    seconds = facts.mtime_s if taken_from is FileProperty.MTIME else facts.ctime_s
    if not math.isfinite(seconds):
        return None
    try:
        moment = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    except (ValueError, OverflowError, OSError):
        return None
    if is_never_set(moment, utc=True):
        return None
    return _Reading(WrittenDate(moment, clock=Clock.UTC), taken_from)


def _read_user_date(rule: Rule, facts: DateFacts) -> _Reading | None:
    if facts.user_date is None:
        return None
    return _Reading(WrittenDate(facts.user_date.replace(tzinfo=None)), "user")


def _read_device_date(facts: DateFacts) -> _Reading | None:
    if facts.device_date is None:
        return None
    moment = _naive_utc(facts.device_date)
    if is_never_set(moment, utc=True):
        return None
    return _Reading(WrittenDate(moment, clock=Clock.UTC), "device")


_READERS: Final[dict[RuleType, Callable[[Rule, DateFacts], _Reading | None]]] = {
    RuleType.EXIF: _read_tag,
    RuleType.PATH: _read_path,
    RuleType.FILESYSTEM: _read_file_time,
    RuleType.USER_DEFINED: _read_user_date,
}


def _in_report_zone(
    rule: Rule, reading: _Reading, facts: DateFacts, user_timezone: str
) -> tuple[WrittenDate, DateResult] | None:
    """Return the date on the clock that the rule reports, and the answer with it."""
    date = reading.date
    named = date.zone  # of the text itself, or of its definition
    report: tzinfo | None = None
    if date.precision < Precision.TIME:  # a day is the same day wherever it was written
        zone = facts.gps_timezone
    elif rule.transform_tz:
        named = named or _zone(rule.source_tz, facts, user_timezone)
        report = _zone(rule.report_tz, facts, user_timezone)
        if named is None or report is None:
            return None
        zone = _zone_name(report)
    elif date.clock is Clock.UTC and _converts_by_itself(rule):
        report = _named_zone(facts.gps_timezone) or _named_zone(user_timezone)
        zone = _zone_name(report) if report else "UTC"
    else:
        zone = _offset_name(date.offset) or facts.gps_timezone
    local = date.digits
    if named and report:
        try:
            local = local.replace(tzinfo=named).astimezone(report).replace(tzinfo=None)
        except (OverflowError, ValueError):  # year 1 or 9999, shifted over the edge
            return None
    result = DateResult(local, rule.id, reading.source, zone)
    return replace(date, digits=local), result


def _converts_by_itself(rule: Rule) -> bool:
    """Whether UTC is told in a local zone although the rule names none.

    A rule that takes a tag or a file's time as it stands means the digits, where
    these are UTC by definition; "Z" behind another date is the writer's.
    """
    by_definition = rule.exif_tag in _UTC_TAGS or rule.rule_type is RuleType.FILESYSTEM
    return not by_definition


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
    if (offset := fixed_offset(name)) is not None:
        return timezone(offset)
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # not found, odd name, a folder's name
        return None


def _zone_name(zone: tzinfo) -> str | None:
    if isinstance(zone, ZoneInfo):
        return zone.key
    return "UTC" if zone is UTC else None


def _offset_name(offset: timedelta | None) -> str | None:
    return None if offset is None else timezone(offset).tzname(None)[3:] or "+00:00"
