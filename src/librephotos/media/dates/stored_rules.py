"""Reading lists of date rules that users have stored, or want to."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

from librephotos.media.dates.expressions import (
    InvalidExpression,
    compile_expression,
    cost_of,
)
from librephotos.media.dates.rules import (
    FileProperty,
    NamedPattern,
    PathPart,
    Rule,
    RuleType,
    ZoneSource,
)
from librephotos.time_zones import time_zones

MAX_RULES: Final = 100
MAX_EXPRESSIONS: Final = 50
"""In one list; with the bound on each, compiling all of them takes half a second."""

MAX_COST: Final = 5_000
"""Steps for each character of a path, of all expressions of a list together.

Usual ones have some twenty to a hundred. At the worst, this takes a quarter of a second
for a photo.
"""

MAX_TEXT: Final = 200_000
MAX_ID: Final = 32_767  # of the column that keeps which rule dated a photo
MAX_NAME: Final = 500

# The contract's letters (26.25.2): such a name can be no option of a program.
_TAG = re.compile(r"[A-Za-z0-9_*?#][A-Za-z0-9_:*?#-]*\Z")
_TEXTS: Final = ("name", "exif_tag", "custom_regexp", "source_tz", "report_tz")
_CONDITIONS: Final = ("condition_path", "condition_filename", "condition_exif")
_ENUMS: Final[dict[str, type[StrEnum]]] = {
    "rule_type": RuleType,
    "file_property": FileProperty,
    "path_part": PathPart,
    "predefined_regexp": NamedPattern,
}


class InvalidRules(ValueError):
    """A text that is no list of date rules; the message says what is wrong."""


@dataclass(frozen=True)
class StoredRules:
    """The rules of a list that can be applied, and a sentence for each that cannot."""

    rules: tuple[Rule, ...]
    left_out: tuple[str, ...] = ()


def parse_rules(text: str) -> tuple[Rule, ...]:
    """Return the rules in a JSON text such as rules_as_json writes.

    Unknown keys are left out. Raises InvalidRules with a sentence if the text is no
    JSON array of rules, a rule has an unknown type or zone, or an expression is not
    one that media.dates.expressions takes.
    """
    rules: list[Rule] = []
    for found in _read(text):
        if isinstance(found, InvalidRules):  # the first is enough; each costs time
            raise found
        rules.append(found)
    return tuple(rules)


@lru_cache(maxsize=64)
def usable_rules(text: str) -> StoredRules:
    """Return what can be applied of a stored list; says what cannot, and why.

    For lists that were stored before parse_rules refused something in them. Raises
    InvalidRules if there is no list at all.
    """
    found = list(_read(text))
    return StoredRules(
        tuple(rule for rule in found if isinstance(rule, Rule)),
        tuple(str(error) for error in found if isinstance(error, InvalidRules)),
    )


def _read(text: str) -> Iterator[Rule | InvalidRules]:
    expressions: set[str] = set()
    for number, row in enumerate(_rows(text), start=1):
        try:
            rule = _rule(row, number)
            _check_sum(expressions.union(patterns_of(rule)), number)
        except InvalidRules as error:
            yield error
        else:
            expressions.update(patterns_of(rule))
            yield rule


def _check_sum(expressions: set[str], number: int) -> None:
    if len(expressions) > MAX_EXPRESSIONS:
        raise InvalidRules(
            f"Date rule {number} cannot be used: the rules may hold at most "
            f"{MAX_EXPRESSIONS} different expressions."
        )
    if sum(map(cost_of, expressions)) > MAX_COST:
        raise InvalidRules(
            f"Date rule {number} cannot be used: with it, the expressions of the rules "
            "are too large together. Repeat less, and less often."
        )


def patterns_of(rule: Rule) -> list[str]:
    """Return the expressions that a rule brings along, conditions included."""
    found = [rule.custom_regexp, rule.condition_path, rule.condition_filename]
    if rule.condition_exif:
        found.append(rule.condition_exif.partition("//")[2])
    return [pattern for pattern in found if pattern]


def _rows(text: str) -> list[Any]:
    if len(text) > MAX_TEXT:
        raise InvalidRules(f"The date rules may have at most {MAX_TEXT} characters.")
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidRules("The date rules are not valid JSON.") from error
    if not isinstance(rows, list):
        raise InvalidRules("The date rules must be a JSON array of rule objects.")
    if len(rows) > MAX_RULES:
        raise InvalidRules(f"There may be at most {MAX_RULES} date rules.")
    return rows


def _rule(row: Any, number: int) -> Rule:
    if not isinstance(row, dict):
        raise InvalidRules(f"Date rule {number} is not an object.")
    known = {key: row[key] for key in Rule.__dataclass_fields__ if row.get(key)}
    _check_texts(known, number)
    try:
        enums = {key: kind(known[key]) for key, kind in _ENUMS.items() if key in known}
        if "rule_type" not in enums:
            raise ValueError("it has no rule_type")
        rule = Rule(
            **{
                "name": "",
                **known,
                **enums,
                "id": _whole(row.get("id"), "id", MAX_ID),
                "transform_tz": _whole(row.get("transform_tz") or 0, "transform_tz", 1),
            }
        )
        _check(rule)
    except (TypeError, ValueError) as error:
        said = str(error).rstrip(".")
        raise InvalidRules(f"Date rule {number} cannot be used: {said}.") from error
    return rule


def _check_texts(row: dict[str, Any], number: int) -> None:
    for key in (*_TEXTS, *_CONDITIONS):
        value = row.get(key, "")
        if not isinstance(value, str):
            raise InvalidRules(f"Date rule {number}: {key} must be a text.")
        if len(value) > MAX_NAME and key not in ("custom_regexp", *_CONDITIONS):
            raise InvalidRules(
                f"Date rule {number}: {key} may have at most {MAX_NAME} characters."
            )


def _whole(value: Any, name: str, most: int) -> int:
    if isinstance(value, str) and value.isdecimal() and len(value) < 10:
        value = int(value)
    if isinstance(value, bool) and name != "id":
        value = int(value)
    if type(value) is not int or not 0 <= value <= most:
        raise ValueError(f"{name} must be a whole number from 0 to {most}")
    return value


def _check(rule: Rule) -> None:
    for check in (_check_expressions, _check_tags, _check_source, _check_zones):
        check(rule)


def _check_expressions(rule: Rule) -> None:
    for pattern in patterns_of(rule):
        compile_expression(pattern)
    if rule.custom_regexp and compile_expression(rule.custom_regexp).groups < 6:
        raise InvalidExpression("custom_regexp needs six groups, year to second")


def _check_tags(rule: Rule) -> None:
    for tag in (rule.exif_tag, (rule.condition_exif or "").partition("//")[0]):
        if tag and not _TAG.match(tag):
            raise ValueError(
                f"{tag[:40]!r} is no name of a tag; it may hold letters, digits and "
                "_ : * ? # -, and not begin with - or :"
            )


def _check_source(rule: Rule) -> None:
    if rule.rule_type is RuleType.EXIF and not rule.exif_tag:
        raise ValueError("it names no exif_tag")
    if rule.rule_type is RuleType.FILESYSTEM and not rule.file_property:
        raise ValueError("it names no file_property")


def _check_zones(rule: Rule) -> None:
    zones = (rule.source_tz, rule.report_tz)
    if rule.transform_tz and not all(map(_is_zone, zones)):
        raise ValueError("it converts between zones that are not known")


def _is_zone(zone: str | None) -> bool:
    if zone is None:
        return False
    if zone.startswith("name:"):
        return zone.removeprefix("name:") in time_zones()
    return zone in set(ZoneSource)
