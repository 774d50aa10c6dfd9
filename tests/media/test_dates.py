"""The date rules, their order and their JSON."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from librephotos.media.date_rules import RuleType, compile_pattern
from librephotos.media.dates import (
    DEFAULT_RULES,
    PREDEFINED_RULES,
    DateFacts,
    DateResult,
    InvalidRules,
    Rule,
    local_time,
    parse_date,
    parse_rules,
    rules_as_json,
)

NOW = datetime(2026, 6, 1, 12, 0)
BY_ID = {rule.id: rule for rule in PREDEFINED_RULES}


def _facts(path: str = "/p/a.jpg", **more: Any) -> DateFacts:
    return DateFacts(path, **{"tags": {}, "mtime_s": 0.0, "ctime_s": 0.0, **more})


def _date(
    facts: DateFacts, *ids: int, user_timezone: str = "Europe/Berlin"
) -> DateResult | None:
    rules = [BY_ID[id] for id in ids] if ids else DEFAULT_RULES
    return local_time(facts, rules, user_timezone=user_timezone, now=NOW)


def _local(facts: DateFacts, *ids: int) -> datetime | None:
    result = _date(facts, *ids)
    return result.local if result else None


def test_numbers_and_default_order() -> None:
    assert sorted(BY_ID) == list(range(1, 16))
    assert [rule.id for rule in DEFAULT_RULES] == [14, 1, 2, 11, 3, 4, 5, 15]
    assert PREDEFINED_RULES[: len(DEFAULT_RULES)] == DEFAULT_RULES


def test_time_of_an_edit_does_not_outrank_the_shutter() -> None:
    tags = {
        "EXIF:DateTime": "2024:01:01 00:00:00",
        "EXIF:DateTimeOriginal": "2019:07:08 09:10:11",
    }
    assert _local(_facts(tags=tags)) == datetime(2019, 7, 8, 9, 10, 11)
    del tags["EXIF:DateTimeOriginal"]
    assert _date(_facts(tags=tags)).rule_id == 15


def test_what_a_person_entered_comes_first() -> None:
    entered = datetime(1975, 3, 4)
    facts = _facts(
        tags={"EXIF:DateTimeOriginal": "2019:07:08 09:10:11"}, user_date=entered
    )
    assert _date(facts) == DateResult(entered, 14, "user", None)


def test_subseconds_and_the_camera_s_own_offset_are_kept() -> None:
    tags = {
        "EXIF:DateTimeOriginal": "2019:07:08 09:10:11",
        "EXIF:SubSecTimeOriginal": "25",
        "EXIF:OffsetTimeOriginal": "+09:00",
    }
    result = _date(_facts(tags=tags, gps_timezone="Europe/Rome"))
    assert result.local == datetime(2019, 7, 8, 9, 10, 11, 250_000)
    assert result.timezone == "+09:00"


def test_zone_of_the_position_names_the_clock_without_an_offset() -> None:
    tags = {"EXIF:DateTimeOriginal": "2019:07:08 09:10:11"}
    assert _date(_facts(tags=tags, gps_timezone="Asia/Tokyo")).timezone == "Asia/Tokyo"


@pytest.mark.parametrize("tag", ["QuickTime:CreateDate", "Composite:GPSDateTime"])
def test_utc_is_told_in_the_zone_of_the_position(tag: str) -> None:
    facts = _facts(tags={tag: "2017:02:22 23:20:28"}, gps_timezone="Asia/Tokyo")
    result = _date(facts)
    assert result.local == datetime(2017, 2, 23, 8, 20, 28)
    assert result.timezone == "Asia/Tokyo"


def test_video_without_a_position_is_told_in_the_user_s_zone() -> None:
    facts = _facts("/p/clip.mp4", tags={"QuickTime:CreateDate": "2017:07:22 08:20:28"})
    result = _date(facts)
    assert (result.rule_id, result.local) == (4, datetime(2017, 7, 22, 10, 20, 28))


def test_zone_rule_yields_nothing_without_a_zone() -> None:
    facts = _facts(tags={"QuickTime:CreateDate": "2017:07:22 08:20:28"})
    assert _date(facts, 2) is None
    assert _date(facts, 4, user_timezone="Nowhere/Town") is None
    assert _date(facts, 4, user_timezone="../etc/passwd") is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("IMG_20190708_091011.jpg", datetime(2019, 7, 8, 9, 10, 11)),
        ("PXL_20210304_050607123.jpg", datetime(2021, 3, 4, 5, 6, 7)),
        ("Screenshot 2020-01-02 at 03.04.05.png", datetime(2020, 1, 2, 3, 4, 5)),
        ("2019-07-08T09-10-11.jpg", datetime(2019, 7, 8, 9, 10, 11)),
        ("20190708091011.jpg", datetime(2019, 7, 8, 9, 10, 11)),
        ("IMG-20180506-WA0012.jpg", datetime(2018, 5, 6)),
        ("VID-20180506-WA0012.mp4", datetime(2018, 5, 6)),
        ("20191308_091011.jpg", None),
        ("20190230_091011.jpg", None),
        ("DSC01234.jpg", None),
        ("9920190708091011.jpg", None),
    ],
)
def test_dates_in_file_names(name: str, expected: datetime | None) -> None:
    assert _local(_facts(f"/2001-02-03 04.05.06/{name}")) == expected


def test_file_times() -> None:
    facts = _facts(mtime_s=1_500_000_000.5, ctime_s=0.0)
    assert _local(facts, 7) == datetime(2017, 7, 14, 4, 40, 0, 500_000)
    assert _local(facts, 8) == datetime(2017, 7, 14, 2, 40, 0, 500_000)
    assert _local(facts, 10) == datetime(1970, 1, 1)
    assert _local(_facts(mtime_s=float("nan")), 8) is None
    assert _local(_facts(mtime_s=1e30), 8) is None


def test_far_future_is_rejected_and_the_next_rule_tried() -> None:
    tags = {
        "EXIF:DateTimeOriginal": "2026:08:01 00:00:00",
        "EXIF:DateTime": "2020:01:01 00:00:00",
    }
    assert _date(_facts(tags=tags)).rule_id == 15
    tags["EXIF:DateTimeOriginal"] = "2026:06:20 00:00:00"
    assert _date(_facts(tags=tags)).rule_id == 1
    aware = datetime(2026, 6, 1, tzinfo=UTC)
    facts = _facts(tags=tags)
    assert local_time(facts, DEFAULT_RULES, user_timezone="UTC", now=aware)


def test_conditions_decide_whether_a_rule_applies() -> None:
    rule = {
        "id": 100,
        "name": "scans",
        "rule_type": "path",
        "path_part": "full_path",
        "custom_regexp": r"(\d{4})/(\d\d)/(\d\d)/()()()",
        "condition_path": "scans",
        "condition_exif": "EXIF:Make//epson",
    }
    rules = parse_rules(json.dumps([rule]))
    tags = {"EXIF:Make": "EPSON"}

    def date(path: str, tags: dict[str, str]) -> DateResult | None:
        facts = _facts(path, tags=tags)
        return local_time(facts, rules, user_timezone="UTC", now=NOW)

    assert date("/scans/1970/05/06/a.jpg", tags).local == datetime(1970, 5, 6)
    assert date("/other/1970/05/06/a.jpg", tags) is None
    assert date("/scans/1970/05/06/a.jpg", {"EXIF:Make": "HP"}) is None
    assert date("/scans/1970/05/06/a.jpg", {}) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019:07:08 09:10:11", datetime(2019, 7, 8, 9, 10, 11)),
        ("2019-07-08T09:10:11.5", datetime(2019, 7, 8, 9, 10, 11, 500_000)),
        ("2019:07:08 09:10:60", datetime(2019, 7, 8, 9, 10, 59)),
        ("2019-07-08", datetime(2019, 7, 8)),
        ("2019:07:08 09:10:11Z", datetime(2019, 7, 8, 9, 10, 11, tzinfo=UTC)),
        ("0000:00:00 00:00:00", None),
        ("    :  :     :  :  ", None),
        ("2019", None),
        ("2019:02:30 00:00:00", None),
        ("٢٠١٩:07:08 09:10:11", None),
    ],
)
def test_texts_of_dates(text: str, expected: datetime | None) -> None:
    assert parse_date(text) == expected


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
        ('[{"id": 1}]', "lacks or misstates"),
        ('[{"id": "x", "rule_type": "exif"}]', "lacks or misstates"),
        ('[{"id": 1e999, "rule_type": "exif"}]', "lacks or misstates"),
        ('[{"id": 1, "rule_type": "moon"}]', "lacks or misstates"),
        ('[{"id": 1, "rule_type": "exif"}]', "names no exif_tag"),
        ('[{"id": 1, "rule_type": "filesystem"}]', "names no file_property"),
        (json.dumps([{**_EXIF_RULE, "transform_tz": 1}]), "zones that are not known"),
        (json.dumps([{**_EXIF_RULE, "condition_path": 5}]), "must be a text"),
        (json.dumps([{**_EXIF_RULE, "condition_path": "("}]), "not valid"),
        (json.dumps([{**_EXIF_RULE, "condition_path": "(a+)+$"}]), "may not repeat"),
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


@pytest.mark.parametrize(
    "pattern", ["(a+)+", "(a|a)*b", "((a*)b)*", r"(\w+\s?)*$", "(a+){2,}"]
)
def test_expressions_that_can_run_for_hours_are_refused(pattern: str) -> None:
    with pytest.raises(InvalidRules):
        compile_pattern(pattern)


@pytest.mark.parametrize("pattern", [r"(\d{4})-(\d\d)", r"[(+*)]+x", r"\(a+\)+", "a|b"])
def test_harmless_expressions_are_accepted(pattern: str) -> None:
    assert compile_pattern(pattern).pattern == pattern


_texts = st.text(max_size=40) | st.from_regex(
    r"[0-9]{4}[:\-][0-9]{2}[:\-][0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}"
    r"(\.[0-9]+)?(Z|[+\-][0-9]{2}:[0-9]{2})?",
    fullmatch=True,
)
_tag_names = st.sampled_from(
    [rule.exif_tag for rule in PREDEFINED_RULES if rule.exif_tag]
    + ["EXIF:SubSecTimeOriginal", "EXIF:OffsetTimeOriginal", "EXIF:Make"]
)
_zones = st.sampled_from(["utc", "gps_timezonefinder", "server_local", "user_default"])
_rules = st.sampled_from(PREDEFINED_RULES) | st.builds(
    Rule,
    id=st.integers(),
    name=st.text(max_size=5),
    rule_type=st.sampled_from(RuleType),
    exif_tag=st.none() | _tag_names,
    custom_regexp=st.none() | st.text(alphabet=r"()[]\d+*?{}|4a", max_size=12),
    transform_tz=st.integers(0, 1),
    source_tz=st.none() | _zones | st.text(max_size=9),
    report_tz=st.none() | _zones | st.text(max_size=9),
    condition_path=st.none() | st.text(alphabet=r"()[]\d+*?", max_size=9),
    condition_exif=st.none() | st.text(alphabet="/a(", max_size=9),
)


@given(
    path=st.text(max_size=80),
    tags=st.dictionaries(_tag_names, _texts),
    mtime=st.floats(),
    zone=st.none() | st.sampled_from(["Asia/Tokyo", "", "..", "\0"]),
    user_zone=st.sampled_from(["UTC", "America/Lima", "", "\0", "a" * 300]),
    user_date=st.none() | st.datetimes(),
    rules=st.lists(_rules, max_size=6),
    now=st.datetimes(
        timezones=st.none() | st.just(UTC), max_value=datetime(9999, 1, 1)
    ),
)
def test_no_input_makes_the_rules_raise(
    path: str,
    tags: dict[str, str],
    mtime: float,
    zone: str | None,
    user_zone: str,
    user_date: datetime | None,
    rules: list[Rule],
    now: datetime,
) -> None:
    facts = DateFacts(path, tags, mtime, mtime, zone, user_date)
    result = local_time(facts, rules, user_timezone=user_zone, now=now)
    assert result is None or result.local.tzinfo is None
