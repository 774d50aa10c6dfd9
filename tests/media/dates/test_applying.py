"""The date rules, their order, and what each of them yields."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from librephotos.media.dates import (
    DEFAULT_RULES,
    PREDEFINED_RULES,
    DateFacts,
    DateResult,
    Rule,
    local_time,
    parse_rules,
)
from librephotos.media.dates.rules import RuleType

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


def test_digitising_ahead_of_our_clock_leaves_the_edit() -> None:
    tags = {
        "EXIF:DateTimeDigitized": "2199:05:05 10:00:00",
        "EXIF:DateTime": "2013:03:03 03:03:03",
    }
    assert _local(_facts(tags=tags)) == datetime(2013, 3, 3, 3, 3, 3)


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


def test_file_times() -> None:
    facts = _facts(mtime_s=1_500_000_000.5, ctime_s=0.0)
    assert _local(facts, 7) == datetime(2017, 7, 14, 4, 40, 0, 500_000)
    assert _local(facts, 8) == datetime(2017, 7, 14, 2, 40, 0, 500_000)
    assert _local(facts, 10) is None  # nobody set that clock
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


def test_digitised_is_between_the_shutter_and_the_edit() -> None:
    tags = {
        "EXIF:DateTimeOriginal": "1965:07:01 12:00:00",
        "EXIF:DateTimeDigitized": "2003:06:07 08:09:10",
        "EXIF:DateTime": "2022:01:01 00:00:00",
    }
    assert _date(_facts(tags=tags)).rule_id == 1
    del tags["EXIF:DateTimeOriginal"]
    assert _local(_facts(tags=tags)) == datetime(2003, 6, 7, 8, 9, 10)
    in_name = _facts("/p/2001-02-03 04.05.06.jpg", tags=tags)
    assert _date(in_name).rule_id == 3
    del tags["EXIF:DateTimeDigitized"]
    assert _local(_facts(tags=tags)) == datetime(2022, 1, 1)


@pytest.mark.parametrize(
    ("shutter", "expected"),
    [
        ("1965", datetime(1965, 1, 1)),
        ("1965-07", datetime(1965, 7, 14, 8, 9, 10)),
        ("1965:07:14", datetime(1965, 7, 14, 8, 9, 10)),
        ("1965:07:15", datetime(1965, 7, 15)),
        ("1965:07:14 00:00:00", datetime(1965, 7, 14)),
    ],
)
def test_a_part_of_a_date_is_completed_by_what_agrees_with_it(
    shutter: str, expected: datetime
) -> None:
    tags = {
        "EXIF:DateTimeOriginal": shutter,
        "EXIF:DateTime": "1965:07:14 08:09:10",
    }
    if shutter == "1965":
        tags["EXIF:DateTimeDigitized"] = "2003:06:07 08:09:10"
    assert _local(_facts(tags=tags)) == expected


def test_day_of_a_name_takes_its_time_from_a_tag_of_that_day() -> None:
    tags = {"EXIF:DateTime": "2018:05:06 07:08:09"}
    facts = _facts("/p/IMG-20180506-WA0012.jpg", tags=tags)
    assert _date(facts) == DateResult(
        datetime(2018, 5, 6, 7, 8, 9), 15, "EXIF:DateTime", None
    )
    other = _facts("/p/IMG-20180507-WA0012.jpg", tags=tags)
    assert _local(other) == datetime(2018, 5, 7)


@pytest.mark.parametrize(
    ("text", "expected", "zone"),
    [
        ("2019-07-08T23:10:11Z", datetime(2019, 7, 9, 1, 10, 11), "Europe/Berlin"),
        ("2019-07-08T23:10:11+05:30", datetime(2019, 7, 8, 23, 10, 11), "+05:30"),
        ("2019-07-08T23:10:11-03:30", datetime(2019, 7, 8, 23, 10, 11), "-03:30"),
        ("2019-07-08T23:10:11+00:00", datetime(2019, 7, 8, 23, 10, 11), "+00:00"),
        ("2019-07-08T23:10:11", datetime(2019, 7, 8, 23, 10, 11), None),
        ("2019-03-31T00:59:59Z", datetime(2019, 3, 31, 1, 59, 59), "Europe/Berlin"),
        ("2019-03-31T01:00:00Z", datetime(2019, 3, 31, 3, 0), "Europe/Berlin"),
        ("2019-10-27T01:30:00Z", datetime(2019, 10, 27, 2, 30), "Europe/Berlin"),
    ],
)
def test_the_clock_that_a_text_names_is_kept(
    text: str, expected: datetime, zone: str | None
) -> None:
    result = _date(_facts(tags={"EXIF:DateTimeOriginal": text}))
    assert (result.local, result.timezone) == (expected, zone)


def test_utc_by_definition_stands_where_the_rule_wants_it() -> None:
    tags = {
        "Composite:GPSDateTime": "2017:02:22 23:20:28Z",
        "QuickTime:CreateDate": "2017:02:22 23:20:28",
    }
    for rule in (6, 13):
        assert _local(_facts(tags=tags), rule) == datetime(2017, 2, 22, 23, 20, 28)


@pytest.mark.parametrize(
    "name", ["PXL_20210506_235959123.jpg", "pxl_20210506_235959123.MP.jpg"]
)
def test_names_of_google_s_camera_are_utc(name: str) -> None:
    facts = _facts(f"/p/{name}")
    assert _local(facts) == datetime(2021, 5, 7, 1, 59, 59)
    there = _facts(f"/p/{name}", gps_timezone="America/New_York")
    result = _date(there)
    assert result.local == datetime(2021, 5, 6, 19, 59, 59)
    assert result.timezone == "America/New_York"


@pytest.mark.parametrize(
    "unset",
    [
        "1904:01:01 00:00:00",
        "1970:01:01 00:00:00",
        "1970:01:01 01:00:07",
        "1969:12:31 19:00:00",
        "1980:01:01 00:03:12",
        "1980:01:06 00:00:00",
        "2000:01:01 00:00:00",
        "2036:02:07 06:28:16",
        "0000:00:00 00:00:00",
    ],
)
@pytest.mark.parametrize(
    "tag", ["EXIF:DateTimeOriginal", "QuickTime:CreateDate", "Composite:GPSDateTime"]
)
def test_a_clock_that_was_never_set_has_no_say(unset: str, tag: str) -> None:
    tags = {tag: unset, "EXIF:DateTime": "2018:05:06 07:08:09"}
    facts = _facts(tags=tags, gps_timezone="Europe/Berlin")
    assert _date(facts).rule_id == 15


@pytest.mark.parametrize(
    "text",
    [
        "1970",
        "1970-01-01",
        "1980:01:02 00:00:00",
        "1999:12:31 23:59:59",
        "2000:01:01 00:01:00",
        "2001:01:01 00:00:00",
        "1970:07:01 12:00:00",
        "1826:06:01 12:00:00",
    ],
)
def test_what_looks_like_an_unset_clock_but_is_none(text: str) -> None:
    assert _local(_facts(tags={"EXIF:DateTimeOriginal": text})) is not None


def test_dates_before_the_first_photograph_are_none() -> None:
    assert _local(_facts(tags={"EXIF:DateTimeOriginal": "1825:12:31 00:00:00"})) is None


def test_a_condition_may_name_any_tag_of_the_file() -> None:
    row = {
        "id": 100,
        "rule_type": "exif",
        "exif_tag": "EXIF:DateTime",
        "condition_exif": "EXIF:Make//epson",
    }
    rules = parse_rules(json.dumps([row]))
    tags = {"EXIF:DateTime": "2018:05:06 07:08:09"}
    facts = _facts(tags=tags, other_tags={"EXIF:Make": "EPSON"})
    assert local_time(facts, rules, user_timezone="UTC", now=NOW)
    facts = _facts(tags=tags, other_tags={"EXIF:Make": 7})
    assert local_time(facts, rules, user_timezone="UTC", now=NOW) is None


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
