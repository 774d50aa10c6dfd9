"""What is answered for clients that know more than this server does."""

from __future__ import annotations

import json

import pytest

from librephotos.api.models import Photo
from tests.factories import PhotoFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_rules_of_bursts_are_decoded_twice(client):
    known = json.loads(client.get("/api/predefinedburstrules/").json())
    assert [rule["id"] for rule in known] == [1, 2, 3, 101, 102, 4, 5, 103]
    assert [rule["id"] for rule in known if rule["enabled"]] == [1, 2, 3]
    assert {rule["category"] for rule in known if rule["id"] > 100} == {"soft"}
    chosen = json.loads(client.get("/api/defaultburstrules/").json())
    assert chosen == [rule for rule in known if rule["is_default"]]


def test_rules_of_bursts_are_kept_as_they_are_sent(client, me):
    known = client.get("/api/predefinedburstrules/").json()
    sent = {"burst_detection_rules": known}
    answer = client.patch(f"/api/user/{me.pk}/", sent, format="json")
    assert answer.json()["burst_detection_rules"] == known


def test_there_is_no_nextcloud(client):
    assert client.get("/api/nextcloud/listdir/?fpath=/").json() == []
    for method in (client.get, client.post):
        answer = method("/api/nextcloud/scanphotos/")
        assert answer.status_code == 400
        body = answer.json()
        assert body["status"] is False
        assert body["errors"] == [{"field": "detail", "message": body["message"]}]


@pytest.fixture
def days(client_of):
    """Ask for the number of photos on the days of a user with a saved filter."""
    user = UserFactory(
        default_timeline_filter={
            "media": "photos",
            "favorites": True,
            "hide_screenshots": True,
        }
    )
    for rating in (0, 5):
        PhotoFactory(owner=user, user_rating=rating)
        PhotoFactory(owner=user, user_rating=rating, video=True)
    client = client_of(user)
    [day] = set(Photo.objects.values_list("day", flat=True))

    def count(query: str) -> int:
        listed = client.get(f"/api/albums/date/list/?{query}").json()["results"]
        shown = client.get(f"/api/albums/date/{day}/?{query}").json()
        counted = [row["numberOfItems"] for row in listed]
        assert [shown["results"]["numberOfItems"]] == counted
        return counted[0]

    return count


@pytest.mark.parametrize(
    ("query", "photos"),
    [
        ("", 4),
        ("apply_default=true", 1),
        ("apply_default=false", 4),
        ("apply_default=true&favorite=false", 2),
        ("apply_default=true&media=all", 2),
        ("apply_default=true&video=true", 1),
        ("apply_default=true&media=all&favorite=false", 4),
        ("apply_default=true&favorite=", 1),
    ],
)
def test_a_saved_filter_applies_where_it_is_asked_for(days, query, photos):
    assert days(query) == photos


def test_a_saved_filter_is_nobody_elses(client_of):
    owner = UserFactory(
        public_sharing=True, default_timeline_filter={"media": "videos"}
    )
    PhotoFactory(owner=owner, public=True)
    query = f"public=true&username={owner.username}&apply_default=true"
    assert client_of().get(f"/api/albums/date/list/?{query}").json()["results"]
