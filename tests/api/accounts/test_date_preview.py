"""What other date rules would change."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from librephotos.api.models import Photo
from librephotos.api.pipeline.scanning import date_preview
from librephotos.media.dates import PREDEFINED_RULES, rules_as_json
from tests.factories import FileFactory, PhotoMetadataFactory, UserFactory

pytestmark = pytest.mark.django_db
PATH = "/api/datetimerules/preview/"
TAKEN = datetime(2021, 7, 5, 10, 4, tzinfo=UTC)


def rules(*numbers: int) -> str:
    """Return some of the predefined rules, in this order."""
    known = {rule.id: rule for rule in PREDEFINED_RULES}
    return rules_as_json([known[number] for number in numbers])


def photos(owner, count: int, *, edited: str = "2024:01:02 03:04:05") -> None:
    """Have photos that were taken on a day and edited on another."""
    for _ in range(count):
        file = FileFactory(photo__owner=owner, photo__taken_at=TAKEN)
        dates = {
            "EXIF:DateTimeOriginal": TAKEN.strftime("%Y:%m:%d %H:%M:%S"),
            "EXIF:DateTime": edited,
        }
        PhotoMetadataFactory(photo=file.photo, dates=dates)


@pytest.fixture
def preview(client, me):
    def ask(**body):
        answer = client.post(PATH, body, format="json")
        assert answer.status_code == 200, answer.json()
        return answer.json()

    return ask


def test_the_rules_in_force_change_nothing(preview, me):
    photos(me, 3)
    assert preview() == {
        "photos": 3,
        "examined": 3,
        "changed": 0,
        "undecided": 0,
        "samples": [],
    }


def test_another_order_of_rules(preview, me):
    photos(me, 2)
    photos(UserFactory(), 1)
    found = preview(datetime_rules=rules(15, 1))
    assert (found["photos"], found["changed"]) == (2, 2)
    sample = found["samples"][0]
    assert sample["before"] == "2021-07-05T10:04:00"
    assert sample["after"] == "2024-01-02T03:04:05"
    assert "DateTime" in sample["rule"] and sample["rule_id"] == 15
    photo = Photo.objects.get(pk=sample["id"])
    assert photo.owner == me and photo.taken_at.year == 2021


def test_rules_that_find_no_date(preview, me):
    photos(me, 1)
    found = preview(datetime_rules=rules(2))
    assert [found["changed"], found["samples"][0]["after"]] == [1, None]


def test_another_time_zone(preview, me):
    photos(me, 1)
    zoned = rules(7)  # the time of the file, which is that of the photo in UTC
    assert preview(datetime_rules=zoned, default_timezone="UTC")["changed"] == 0
    found = preview(datetime_rules=zoned, default_timezone="Asia/Tokyo")
    assert found["samples"][0]["after"] == "2021-07-05T19:04:00"


def test_expressions_are_left_to_the_workers(preview, me):
    photos(me, 2)
    own = {**json.loads(rules(1))[0], "condition_path": "(a+)+b"}
    found = preview(datetime_rules=json.dumps([own]))
    assert (found["undecided"], found["changed"]) == (2, 0)


def test_of_a_large_library_a_part_is_examined(preview, me, monkeypatch):
    monkeypatch.setattr(date_preview, "EXAMINED", 4)
    photos(me, 9)
    found = preview(datetime_rules=rules(15))
    assert (found["photos"], found["examined"], found["changed"]) == (9, 3, 3)


def test_only_so_long_is_examined(preview, me, monkeypatch):
    monkeypatch.setattr(date_preview, "BATCH", 1)
    monkeypatch.setattr(date_preview, "PATIENCE_S", -1.0)
    photos(me, 3)
    assert preview(datetime_rules=rules(15))["examined"] == 1


def test_as_many_queries_for_twenty_photos(client, me, django_assert_num_queries):
    photos(me, 1)
    client.post(PATH, {}, format="json")
    for more in (0, 19):
        photos(me, more)
        with django_assert_num_queries(4):
            client.post(PATH, {}, format="json")


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("datetime_rules", {"datetime_rules": "no JSON"}),
        ("datetime_rules", {"datetime_rules": '[{"id": 1, "rule_type": "exif"}]'}),
        ("default_timezone", {"default_timezone": "Mars/Olympus"}),
    ],
)
def test_what_cannot_be_is_refused(client, field, body):
    answer = client.post(PATH, body, format="json")
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
