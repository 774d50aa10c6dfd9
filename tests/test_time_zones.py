"""The time zones that may be chosen."""

from __future__ import annotations

import json
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from rest_framework.test import APIClient

from librephotos.geo.timezones import timezone_at
from librephotos.media.dates import InvalidRules, parse_rules
from librephotos.time_zones import time_zones
from tests.factories import UserFactory

NO_ZONES = [
    *("localtime", "Factory", "posixrules", "posix/Europe/Berlin", "right/UTC"),
    *("", " ", "Europe", "europe/berlin", "Europe/ Berlin"),
    *("../Europe/Berlin", "/usr/share/zoneinfo/UTC", "tzdata.zi", "zone.tab"),
    *("UTC+1", "+01:00", "EST6", "<+03>-3", "Mars/Olympus", "Europe\\Berlin"),
    *("leapseconds", "Etc/Unknown", "SystemV/EST5", "\u200bUTC", "ＵＴＣ"),
]
ZONES = ["UTC", "Europe/Berlin", "Asia/Kathmandu", "Etc/GMT+3", "US/Pacific", "CET"]


def test_every_zone_can_be_used() -> None:
    assert all(ZoneInfo(name).key == name for name in time_zones())
    assert {timezone_at(52.5, 13.4), timezone_at(0, -160)} <= time_zones()


@pytest.mark.parametrize("name", NO_ZONES)
def test_what_is_no_zone(
    db: None, client_of: Callable[..., APIClient], name: str
) -> None:
    user = UserFactory(default_timezone="Asia/Tokyo")
    client, address = client_of(user), f"/api/user/{user.pk}/"
    answer = client.patch(address, {"default_timezone": name}, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "default_timezone"
    user.refresh_from_db()
    assert user.default_timezone == "Asia/Tokyo"
    with pytest.raises(InvalidRules):
        parse_rules(converting_to(name))
    assert name not in json.loads(client.get("/api/timezones/").json())


@pytest.mark.parametrize("name", ZONES)
def test_what_is_a_zone(
    db: None, client_of: Callable[..., APIClient], name: str
) -> None:
    user = UserFactory()
    client, address = client_of(user), f"/api/user/{user.pk}/"
    answer = client.patch(address, {"default_timezone": name}, format="json")
    assert answer.json()["default_timezone"] == name
    assert parse_rules(converting_to(name))
    assert name in json.loads(client.get("/api/timezones/").json())


def test_a_name_that_was_taken_once_may_be_sent_back(
    db: None, client_of: Callable[..., APIClient]
) -> None:
    user = UserFactory(default_timezone="localtime")
    sent = {"default_timezone": "localtime", "first_name": "Anna"}
    answer = client_of(user).patch(f"/api/user/{user.pk}/", sent, format="json")
    assert answer.json()["first_name"] == "Anna"


def converting_to(zone: str) -> str:
    rule = {"id": 1, "name": "one", "rule_type": "exif", "exif_tag": "EXIF:DateTime"}
    zones = {"transform_tz": 1, "source_tz": "utc", "report_tz": f"name:{zone}"}
    return json.dumps([rule | zones])
