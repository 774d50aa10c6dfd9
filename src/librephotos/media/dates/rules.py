"""The rules by which a photo's date is found, as users pick, order and store them.

The numbers and keys are those of LibrePhotos' API; clients store a chosen list as JSON
text. Why the default order differs: docs/adr/0008-date-rules.md.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum


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

    Zones are ZoneSource values or `name:<IANA name>`. Expressions are those of
    media.dates.expressions.
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


ENTERED_BY_USER = Rule(14, "Date entered by the user", RuleType.USER_DEFINED)

_MTIME, _CTIME = FileProperty.MTIME, FileProperty.CTIME
_BUILT_IN = (
    ENTERED_BY_USER,
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
    _in_name(5, "Day in a file name, of WhatsApp and others", NamedPattern.WHATSAPP),
    # Last: the time of an edit must not outrank the shutter's.
    Rule(
        15,
        "EXIF:DateTimeDigitized or else EXIF:DateTime, as it stands",
        RuleType.EXIF,
        exif_tag="EXIF:DateTime",
    ),
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
