"""Lists of rules as clients store them, and expressions of users."""

import json
from typing import Any

import pytest

from librephotos.media.dates import (
    DEFAULT_RULES,
    PREDEFINED_RULES,
    InvalidRules,
    parse_rules,
    rules_as_json,
    usable_rules,
)
from librephotos.media.dates.expressions import (
    InvalidExpression,
    compile_expression,
    search,
)


def test_rules_survive_json() -> None:
    assert parse_rules(rules_as_json(PREDEFINED_RULES)) == PREDEFINED_RULES
    marked = json.loads(rules_as_json(PREDEFINED_RULES, mark_default=True))
    assert [row["id"] for row in marked if row["is_default"]] == [
        rule.id for rule in DEFAULT_RULES
    ]


_EXIF_RULE = {"id": 1, "name": "", "rule_type": "exif", "exif_tag": "EXIF:DateTime"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not valid JSON"),
        ("{}", "must be a JSON array"),
        ("[1]", "not an object"),
        ("[" * 100_000, "not valid JSON"),
        ('[{"id": 1}]', "no rule_type"),
        ('[{"id": "x", "rule_type": "exif"}]', "id must be a whole number"),
        ('[{"id": 1e999, "rule_type": "exif"}]', "id must be a whole number"),
        ('[{"id": 1, "rule_type": "moon"}]', "'moon' is not a valid"),
        ('[{"id": 1, "rule_type": "exif"}]', "names no exif_tag"),
        ('[{"id": 1, "rule_type": "filesystem"}]', "names no file_property"),
        (json.dumps([{**_EXIF_RULE, "transform_tz": 1}]), "zones that are not known"),
        (json.dumps([{**_EXIF_RULE, "condition_path": 5}]), "must be a text"),
        (json.dumps([{**_EXIF_RULE, "condition_path": "("}]), "not valid"),
        (json.dumps([{**_EXIF_RULE, "condition_path": "a" * 501}]), "at most 500"),
        (
            json.dumps([{"id": 1, "rule_type": "path", "custom_regexp": r"(\d+)"}]),
            "six groups",
        ),
        (json.dumps([_EXIF_RULE] * 101), "at most 100"),
    ],
)
def test_bad_rules_are_refused_with_a_sentence(text: str, said: str) -> None:
    with pytest.raises(InvalidRules, match=said):
        parse_rules(text)


def _conditional(expression: str) -> str:
    return json.dumps([{**_EXIF_RULE, "condition_path": expression}])


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("id", 32_768, "whole number from 0 to 32767"),
        ("id", -1, "whole number"),
        ("id", True, "whole number"),
        ("id", 1.5, "whole number"),
        ("id", "9" * 5000, "whole number"),
        ("name", {"a": 1}, "name must be a text"),
        ("name", "n" * 501, "name may have at most 500"),
        ("exif_tag", ["EXIF:DateTime"], "exif_tag must be a text"),
        ("exif_tag", "-if", "no name of a tag"),
        ("exif_tag", "EXIF:Date Time", "no name of a tag"),
        ("condition_exif", ":Make//x", "no name of a tag"),
        ("condition_exif", 5, "must be a text"),
        ("custom_regexp", 5, "must be a text"),
        ("transform_tz", 2, "transform_tz must be"),
        ("transform_tz", [1], "transform_tz must be"),
        ("condition_filename", "a" * 1_000_000, "at most 200000 characters"),
        ("condition_filename", "\ud800", "half of a character"),
    ],
)
def test_bad_values_are_refused_with_a_sentence(
    key: str, value: Any, said: str
) -> None:
    with pytest.raises(InvalidRules, match=said):
        parse_rules(json.dumps([{**_EXIF_RULE, key: value}]))


@pytest.mark.parametrize(
    "expression",
    [
        r"(a)\1",
        "(?=a)",
        "(?<!a)b",
        "(?>a)",
        "(a{1000}){1000}",
        "a{1001}",
        r"\pL{1000}",
        r"(\p{L}*)" * 60,
        "[z-a]",
        "(",
        r"\Z",
    ],
)
def test_expressions_that_cannot_be_run_are_refused(expression: str) -> None:
    with pytest.raises(InvalidRules, match="Date rule 1 cannot be used: An expression"):
        parse_rules(_conditional(expression))


@pytest.mark.parametrize(
    "expression",
    [
        "(.*)" * 12 + "#",
        ".*.*.*.*#",
        "(a+)+#",
        "(a|a)*#",
        r"(\w+\s?)*#",
        "[ab]*a[ab]{1000}#",
        r"(\d{4})-(\d\d)",
        "a|b",
        r"\pL+",
    ],
)
def test_no_expression_takes_longer_than_its_text(expression: str) -> None:
    """With a matcher that tries all ways, most of these take years."""
    parse_rules(_conditional(expression))
    for text in ("a" * 1024, "ab" * 512, "é1a" * 341, "漢" * 1024):
        search(expression, text)


def test_many_and_large_expressions_are_refused() -> None:
    many = [{**_EXIF_RULE, "condition_path": f"a{at}"} for at in range(51)]
    with pytest.raises(InvalidRules, match="Date rule 51 .* at most 50"):
        parse_rules(json.dumps(many))
    large = [{**_EXIF_RULE, "condition_path": f"b{at}[^a]{{300}}"} for at in range(2)]
    with pytest.raises(InvalidRules, match="Date rule 2 .* too large together"):
        parse_rules(json.dumps(large))


def test_case_does_not_matter_and_only_the_end_is_looked_at() -> None:
    assert search("(b)C", "xbc") == ("b",)
    assert search("^b", "b" + "x" * 1024) is None
    assert search("\ufffd|\\?", "\udce9") is not None


def test_what_was_stored_before_is_applied_as_far_as_it_goes() -> None:
    rows = [
        {**_EXIF_RULE, "condition_path": "(?=a)"},
        {"id": 7, "rule_type": "filesystem", "file_property": "mtime"},
    ]
    found = usable_rules(json.dumps(rows))
    assert [rule.id for rule in found.rules] == [7]
    assert found.left_out[0].startswith("Date rule 1 cannot be used: An expression")
    with pytest.raises(InvalidRules):
        usable_rules("{")


def test_compiling_is_bounded() -> None:
    with pytest.raises(InvalidExpression, match="at most 500"):
        compile_expression("a" * 501)
