"""The rules by which a photo's date is found, as users pick, order and store them.

The numbers and keys are those of LibrePhotos' API; clients store a chosen list as JSON
text. Why the default order differs: docs/adr/0008-date-rules.md.
"""

import json
import re
import warnings
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

MAX_PATTERN_LENGTH = 500
MAX_RULES = 100


class InvalidRules(ValueError):
    """A text that is no list of date rules; the message says what is wrong."""


class RuleType(StrEnum):
    """Where a rule looks for a date."""

    EXIF = "exif"
    PATH = "path"
    FILESYSTEM = "filesystem"
    USER_DEFINED = "user_defined"


class FileProperty(StrEnum):
    """Which of the file system's times a rule takes."""

    MTIME = "mtime"
    CTIME = "ctime"


class PathPart(StrEnum):
    """Which part of the path a rule searches."""

    FILENAME = "filename"
    FULL_PATH = "full_path"


class NamedPattern(StrEnum):
    """The built-in expressions for dates in paths."""

    DEFAULT = "default"
    WHATSAPP = "whatsapp"


class ZoneSource(StrEnum):
    """The zones that a rule can convert between, beside `name:<IANA name>`."""

    UTC = "utc"
    GPS = "gps_timezonefinder"
    SERVER = "server_local"
    USER = "user_default"


@dataclass(frozen=True)
class Rule:
    """One way to a date; fields that do not apply to its type are None.

    Zones are ZoneSource values or `name:<IANA name>`. Expressions are Python's.
    """

    id: int
    name: str
    rule_type: RuleType
    exif_tag: str | None = None
    file_property: FileProperty | None = None
    path_part: PathPart | None = None
    custom_regexp: str | None = None
    predefined_regexp: NamedPattern | None = None
    transform_tz: int = 0
    source_tz: str | None = None
    report_tz: str | None = None
    condition_path: str | None = None
    condition_filename: str | None = None
    condition_exif: str | None = None


def _to_gps(id: int, name: str, tag: str) -> Rule:
    return Rule(
        id,
        name,
        RuleType.EXIF,
        exif_tag=tag,
        transform_tz=1,
        source_tz=ZoneSource.UTC,
        report_tz=ZoneSource.GPS,
    )


def _to_user(id: int, name: str, tag: str) -> Rule:
    return Rule(
        id,
        name,
        RuleType.EXIF,
        exif_tag=tag,
        transform_tz=1,
        source_tz=ZoneSource.UTC,
        report_tz=ZoneSource.USER,
    )


def _file_time(id: int, name: str, property: FileProperty, *, to_user: bool) -> Rule:
    return Rule(
        id,
        name,
        RuleType.FILESYSTEM,
        file_property=property,
        transform_tz=int(to_user),
        source_tz=ZoneSource.UTC if to_user else None,
        report_tz=ZoneSource.USER if to_user else None,
    )


def _in_name(id: int, name: str, pattern: NamedPattern) -> Rule:
    return Rule(
        id,
        name,
        RuleType.PATH,
        path_part=PathPart.FILENAME,
        predefined_regexp=pattern,
    )


_MTIME, _CTIME = FileProperty.MTIME, FileProperty.CTIME
_BUILT_IN = (
    Rule(14, "Date entered by the user", RuleType.USER_DEFINED),
    Rule(
        1,
        "EXIF:DateTimeOriginal, as it stands",
        RuleType.EXIF,
        exif_tag="EXIF:DateTimeOriginal",
    ),
    _to_gps(
        2, "QuickTime:CreateDate, UTC to the zone at the GPS", "QuickTime:CreateDate"
    ),
    _to_gps(
        11, "Composite:GPSDateTime, UTC to the zone at the GPS", "Composite:GPSDateTime"
    ),
    _in_name(3, "Date and time in the file name", NamedPattern.DEFAULT),
    _to_user(4, "QuickTime:CreateDate, UTC to the user's zone", "QuickTime:CreateDate"),
    _in_name(5, "Date in a WhatsApp file name", NamedPattern.WHATSAPP),
    # Last: the time of an edit must not outrank the shutter's.
    Rule(15, "EXIF:DateTime, as it stands", RuleType.EXIF, exif_tag="EXIF:DateTime"),
    Rule(
        6,
        "QuickTime:CreateDate, as it stands",
        RuleType.EXIF,
        exif_tag="QuickTime:CreateDate",
    ),
    _file_time(
        7, "File modification time, UTC to the user's zone", _MTIME, to_user=True
    ),
    _file_time(8, "File modification time, UTC", _MTIME, to_user=False),
    _file_time(9, "File creation time, UTC to the user's zone", _CTIME, to_user=True),
    _file_time(10, "File creation time, UTC", _CTIME, to_user=False),
    _to_user(
        12, "Composite:GPSDateTime, UTC to the user's zone", "Composite:GPSDateTime"
    ),
    Rule(
        13,
        "Composite:GPSDateTime, as it stands",
        RuleType.EXIF,
        exif_tag="Composite:GPSDateTime",
    ),
)
_DEFAULT_IDS = (14, 1, 2, 11, 3, 4, 5, 15)

PREDEFINED_RULES: tuple[Rule, ...] = _BUILT_IN
"""All built-in rules, the default ones first and in their order."""

DEFAULT_RULES: tuple[Rule, ...] = tuple(
    next(rule for rule in _BUILT_IN if rule.id == id) for id in _DEFAULT_IDS
)


def rules_as_json(rules: Iterable[Rule], *, mark_default: bool = False) -> str:
    """Return the rules as the contract's JSON array, without empty keys.

    With mark_default each rule also says whether it is one of DEFAULT_RULES.
    """
    rows = []
    for rule in rules:
        row = {key: value for key, value in asdict(rule).items() if value is not None}
        if mark_default:
            row["is_default"] = rule.id in _DEFAULT_IDS
        rows.append(row)
    return json.dumps(rows)


def parse_rules(text: str) -> tuple[Rule, ...]:
    """Return the rules in a JSON text such as rules_as_json writes.

    Unknown keys are left out. Raises InvalidRules with a sentence if the text is no
    JSON array of rules, or a rule has an unknown type, zone or unsafe expression.
    """
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidRules("The date rules are not valid JSON.") from error
    if not isinstance(rows, list):
        raise InvalidRules("The date rules must be a JSON array of rule objects.")
    if len(rows) > MAX_RULES:
        raise InvalidRules(f"There may be at most {MAX_RULES} date rules.")
    return tuple(_rule(row, number) for number, row in enumerate(rows, start=1))


@lru_cache(maxsize=256)
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Return the compiled expression, matching without regard to case.

    Raises InvalidRules if it is too long, is no expression, or repeats a group that
    itself repeats: such an expression can take hours on one file name.
    """
    if len(pattern) > MAX_PATTERN_LENGTH:
        raise InvalidRules(
            f"An expression may have at most {MAX_PATTERN_LENGTH} characters."
        )
    if _NESTED_REPEAT.search(_CLASS_OR_ESCAPE.sub("_", pattern)):
        raise InvalidRules(
            "An expression may not repeat a group that holds a repetition or choice."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # of syntax that will change its meaning
            return re.compile(pattern, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError, Warning) as error:
        raise InvalidRules(f"An expression is not valid: {error}.") from error


_CLASS_OR_ESCAPE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_NESTED_REPEAT = re.compile(r"[*+}|][^()]*\)+[*+{]|\)[^()]*\)[*+{]")


def _rule(row: Any, number: int) -> Rule:
    if not isinstance(row, dict):
        raise InvalidRules(f"Date rule {number} is not an object.")
    known = {key: row[key] for key in Rule.__dataclass_fields__ if row.get(key)}
    try:
        rule = Rule(
            **{
                **known,
                "id": int(row["id"]),
                "name": str(row.get("name", "")),
                "transform_tz": int(row.get("transform_tz") or 0),
                "rule_type": RuleType(row["rule_type"]),
                **_enums(known),
            }
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise InvalidRules(
            f"Date rule {number} lacks or misstates a value: {error}."
        ) from error
    _check(rule, number)
    return rule


def _enums(row: dict[str, Any]) -> dict[str, StrEnum]:
    kinds: dict[str, type[StrEnum]] = {
        "file_property": FileProperty,
        "path_part": PathPart,
        "predefined_regexp": NamedPattern,
    }
    return {key: kind(row[key]) for key, kind in kinds.items() if key in row}


def _check(rule: Rule, number: int) -> None:
    texts = ("exif_tag", "custom_regexp", "source_tz", "report_tz")
    conditions = ("condition_path", "condition_filename", "condition_exif")
    for key in texts + conditions:
        if not isinstance(getattr(rule, key), str | None):
            raise InvalidRules(f"Date rule {number}: {key} must be a text.")
    for pattern in patterns_of(rule):
        compile_pattern(pattern)
    _check_source(rule, number)
    if rule.transform_tz and not (
        _is_zone(rule.source_tz) and _is_zone(rule.report_tz)
    ):
        raise InvalidRules(
            f"Date rule {number} converts between zones that are not known."
        )


def _check_source(rule: Rule, number: int) -> None:
    if rule.rule_type is RuleType.EXIF and not rule.exif_tag:
        raise InvalidRules(f"Date rule {number} names no exif_tag.")
    if rule.rule_type is RuleType.FILESYSTEM and not rule.file_property:
        raise InvalidRules(f"Date rule {number} names no file_property.")
    if rule.custom_regexp and compile_pattern(rule.custom_regexp).groups < 6:
        raise InvalidRules(
            f"Date rule {number}: custom_regexp needs six groups, year to second."
        )


def patterns_of(rule: Rule) -> list[str]:
    """Return the expressions that a rule brings along, conditions included."""
    found = [rule.custom_regexp, rule.condition_path, rule.condition_filename]
    if rule.condition_exif:
        found.append(rule.condition_exif.partition("//")[2])
    return [pattern for pattern in found if pattern]


def _is_zone(zone: str | None) -> bool:
    if zone is None:
        return False
    if zone.startswith("name:"):
        return zone.removeprefix("name:") in available_timezones()
    return zone in set(ZoneSource)
