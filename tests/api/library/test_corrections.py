"""What people say of photos with a history, over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from librephotos.api.models import Photo, PhotoEdit, Thing
from tests.factories import (
    FileFactory,
    PhotoFactory,
    PhotoMetadataFactory,
    PlaceFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def act(client: Any, path: str, **body: Any) -> Any:
    return client.post(f"/api/photosedit/{path}", body, format="json")


def fields(client: Any, photo: Photo) -> dict[str, Any]:
    answer = client.get(f"/api/photos/{photo.pk}/metadata")
    assert answer.status_code == 200, answer.json()
    return dict(answer.json())


def correct(client: Any, photo: Photo, **said: Any) -> Any:
    return client.patch(f"/api/photos/{photo.pk}/metadata", said, format="json")


def undo(client: Any, edit: str) -> Any:
    return act(client, "revert", edit=edit)


def now(photo: Photo) -> Photo:
    return Photo.objects.get(pk=photo.pk)


def test_words_stand_above_the_file_and_are_found_until_they_are_taken_back(
    client_of: Any,
) -> None:
    me = UserFactory()
    photo = PhotoFactory(owner=me)
    PhotoMetadataFactory(photo=photo, title="IMG 1", keywords=["sea"], creator="Canon")
    client = client_of(me)
    before = fields(client, photo)
    assert (before["title"], before["keywords"]) == ("IMG 1", ["sea"])
    assert (before["source"], before["version"]) == ("embedded", 1)
    said = {"title": "Grandmother", "creator": None, "location_city": "Venedig"}
    answer = correct(client, photo, **said).json()
    assert (answer["title"], answer["creator"]) == ("Grandmother", None)
    assert (answer["source"], answer["version"]) == ("user_edit", 2)
    assert {row["field_name"] for row in answer["edit_history"]} == {
        *("title", "creator", "location_city")
    }
    assert answer["said"] == ["creator", "location_city", "title"]
    for text, found in (("grandmother", 1), ("venedig", 1), ("img 1", 0)):
        results = client.get("/api/photos/searchlist/", {"search": text}).json()
        assert len(results["results"]) == found, text
    # The same again is no edit.
    assert correct(client, photo, **said).json()["version"] == 2
    title = next(row for row in answer["edit_history"] if row["field_name"] == "title")
    assert (title["old_value"], title["new_value"]) == (None, "Grandmother")
    assert (title["user"], title["user_name"]) == (me.pk, me.username)
    url = f"/api/photos/{photo.image_hash}/metadata"
    reverted = client.post(f"{url}/revert/{title['id']}").json()
    assert reverted["title"] == "IMG 1"
    assert reverted["location_city"] == "Venedig"
    everything = client.post(f"{url}/revert-all").json()
    assert everything["creator"] == "Canon" and everything["said"] == []
    assert everything["edit_history"][0]["field_name"] == "_all"
    again = client.post(f"{url}/revert/{everything['edit_history'][0]['id']}").json()
    assert again["location_city"] == "Venedig"
    assert client.post(f"{url}/revert/{uuid4()}").status_code == 404
    assert client.post(f"{url}/revert/nonsense").status_code == 404
    other = PhotoFactory(owner=me)
    elsewhere = f"/api/photos/{other.pk}/metadata/revert/{title['id']}"
    assert client.post(elsewhere).status_code == 404


def test_the_history_comes_in_pages(client_of: Any) -> None:
    me = UserFactory()
    photo = PhotoFactory(owner=me)
    client = client_of(me)
    for number in range(12):
        correct(client, photo, title=f"Title {number}")
    assert len(fields(client, photo)["edit_history"]) == 10
    url = f"/api/photos/{photo.pk}/metadata/history"
    page = client.get(url, {"page": 3, "page_size": 5}).json()
    assert (page["count"], page["page"], page["page_size"]) == (12, 3, 5)
    assert [row["new_value"] for row in page["results"]] == ["Title 1", "Title 0"]
    assert client.get(url, {"page": 99}).json()["results"] == []


BAD = [
    ("title", "x" * 501),
    ("creator", "x" * 201),
    ("keywords", "sea"),
    ("keywords", [{}]),
    ("rating", 6),
    ("rating", "many"),
    ("gps_latitude", 91),
    ("gps_longitude", "east"),
    ("date_taken", "yesterday"),
    ("date_taken", "1500-01-01T00:00:00Z"),
    ("date_taken", "2900-01-01T00:00:00Z"),
    ("timezone_offset", "Mars/Olympus"),
]


@pytest.mark.parametrize(("name", "value"), BAD, ids=str)
def test_what_cannot_be_is_refused(client_of: Any, name: str, value: Any) -> None:
    me = UserFactory()
    photo = PhotoFactory(owner=me)
    answer = correct(client_of(me), photo, **{"copyright": "Me", name: value})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == name
    assert not PhotoEdit.objects.exists() and now(photo).user_facts == {}


def test_nobody_reads_or_changes_the_fields_of_others(client_of: Any) -> None:
    photo = PhotoFactory(public=True, owner__public_sharing=True)
    url = f"/api/photos/{photo.pk}/metadata"
    for client in (client_of(UserFactory()), client_of(UserFactory(admin=True))):
        assert client.get(url).status_code == 404
        assert correct(client, photo, title="Mine").status_code == 404
        assert client.get(f"{url}/history").status_code == 404
        assert client.post(f"{url}/revert-all").status_code == 404
        bulk = {"photo_ids": [str(photo.pk)], "updates": {"title": "Mine"}}
        answer = client.patch("/api/photos/metadata/bulk", bulk, format="json")
        assert answer.json()["updated_count"] == 0
        named = {"image_hashes": [photo.image_hash]}
        every = {"select_all": True, "query": {"public": True}}
        for selection in (named, every):
            for path, said in (
                ("shift", {"seconds": 60}),
                ("place", {"latitude": 1, "longitude": 1}),
                ("category", {"category": "document"}),
                ("turn", {"angle": 90}),
            ):
                assert act(client, path, **selection, **said).json()["count"] == 0
        assert act(client, "rotate", image_hash=photo.image_hash).status_code == 404
    assert not PhotoEdit.objects.exists()


def test_an_act_of_somebody_else_cannot_be_undone(client_of: Any) -> None:
    photo = PhotoFactory()
    answer = act(
        client_of(photo.owner),
        "category",
        image_hashes=[photo.image_hash],
        category="document",
    ).json()
    stranger = client_of(UserFactory())
    assert undo(stranger, answer["edit"]).json()["count"] == 0
    assert now(photo).category == "document"
    assert undo(client_of(photo.owner), answer["edit"]).json()["count"] == 1
    assert now(photo).category == "photo"


def test_the_place_of_a_photo_is_said_cleared_and_left_to_the_file(
    client_of: Any,
) -> None:
    me = UserFactory()
    photo = PhotoFactory(
        owner=me, latitude=43.77, longitude=11.25, place=PlaceFactory(name="Italy")
    )
    client = client_of(me)
    url = f"/api/photos/edit/{photo.pk}/"
    body = {"exif_gps_lat": "48.1", "exif_gps_lon": 11.6}
    answer = client.patch(url, body, format="json").json()
    assert (answer["exif_gps_lat"], answer["exif_gps_lon"]) == (48.1, 11.6)
    ignored = {"exif_gps_lat": None, "exif_gps_lon": None}
    assert client.patch(url, ignored, format="json").json()["exif_gps_lat"] == 48.1
    cleared = correct(client, photo, gps_latitude=None, gps_longitude=None).json()
    assert (cleared["gps_latitude"], cleared["has_location"]) == (None, False)
    assert now(photo).place is None
    # One of two numbers is not enough where there is no other.
    assert correct(client, photo, gps_latitude=3).status_code == 400
    by_file = act(client, "place", image_hashes=[str(photo.pk)], from_file=True)
    assert by_file.json()["count"] == 1
    assert (now(photo).latitude, now(photo).longitude) == (43.77, 11.25)
    assert correct(client, photo, gps_latitude=44).json()["gps_longitude"] == 11.25


def test_a_selection_is_moved_in_time_and_back(client_of: Any) -> None:
    me = UserFactory()
    photos = PhotoFactory.create_batch(3, owner=me)
    undated = PhotoFactory(owner=me, undated=True)
    for photo in [*photos, undated]:
        FileFactory(photo=photo, path=f"/pictures/{photo.pk}.jpg".encode())
    client = client_of(me)
    # The dates of the factory are of no rule: say them first.
    for photo in photos:
        correct(client, photo, date_taken=photo.taken_at.isoformat())
    excluded = [photos[2].image_hash]
    answer = act(
        client,
        "shift",
        select_all=True,
        query={},
        excluded_hashes=excluded,
        seconds=-86_400,
    ).json()
    assert answer["count"] == 2
    for photo, days in zip(photos, (1, 1, 0), strict=True):
        assert now(photo).taken_at == photo.taken_at - timedelta(days=days)
        assert now(photo).day == photo.day - days
    assert now(undated).user_taken_at is None
    # What was said since stays.
    correct(client, photos[0], date_taken="2001-02-03T04:05:06")
    assert undo(client, answer["edit"]).json()["count"] == 1
    assert now(photos[0]).taken_at == datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert now(photos[1]).taken_at == photos[1].taken_at


def test_no_date_is_moved_to_where_no_photo_is(client_of: Any) -> None:
    me = UserFactory()
    photo = PhotoFactory(owner=me)
    FileFactory(photo=photo)
    client, names = client_of(me), [photo.image_hash]
    for days in (365 * 100, -365 * 199):
        answer = act(client, "shift", image_hashes=names, seconds=days * 86_400)
        assert answer.json()["count"] == 0, days
    assert now(photo).taken_at == photo.taken_at
    for body in ({}, {"seconds": 10**12}, {"seconds": 1, "timezone": "UTC"}):
        assert act(client, "shift", image_hashes=names, **body).status_code == 400


def test_many_are_turned_each_from_where_it_was_and_back(client_of: Any) -> None:
    me = UserFactory()
    turned = [PhotoFactory(owner=me, user_orientation=n) for n in range(1, 9)]
    video = PhotoFactory(owner=me, video=True)
    client = client_of(me)
    answer = act(
        client,
        "turn",
        select_all=True,
        query={},
        excluded_hashes=[turned[0].image_hash],
        angle=-90,
    ).json()
    assert (answer["status"], answer["count"]) == (True, 7)
    # As EXIF numbers them, a quarter counter-clockwise after each of the others.
    orientations = [now(photo).user_orientation for photo in (*turned, video)]
    assert orientations == [1, 5, 6, 7, 4, 1, 2, 3, 1]
    act(client, "rotate", image_hash=turned[2].image_hash, angle=90)
    assert undo(client, answer["edit"]).json()["count"] == 6
    orientations = [now(photo).user_orientation for photo in turned]
    assert orientations == [1, 2, 3, 4, 5, 6, 7, 8]
    queued = ProcrastinateJob.objects.filter(task_name="librephotos.run_stages")
    assert {len(job.args["photos"]) for job in queued} == {7, 1, 6}
    named = {"image_hashes": [video.image_hash]}
    assert act(client, "turn", **named, angle=90).json()["count"] == 0
    for body in ({"angle": 45}, {"angle": "left"}, {"angle": None}):
        assert act(client, "turn", **named, **body).status_code == 400


def test_many_photos_cost_as_many_queries_as_few(client_of: Any) -> None:
    me = UserFactory()
    counts = []
    for number in (1, 20):
        photos = PhotoFactory.create_batch(number, owner=me)
        names = [photo.image_hash for photo in photos]
        client = client_of(me)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            place = {"latitude": 48.1, "longitude": 11.6}
            assert (
                act(client, "place", image_hashes=names, **place).json()["count"]
                == number
            )
        with CaptureQueriesContext(connection) as more:
            path = "/api/photos/metadata/bulk"
            said = {"title": "Summer", "caption": "#beach #sun", "keywords": ["sea"]}
            body = {"photo_ids": names, "updates": said}
            client.patch(path, body, format="json")
            client.get(path, {"photo_ids": ",".join(names)})
        counts.append((len(queries), len(more)))
    assert counts[0] == counts[1]


def test_fields_of_many_at_once(client_of: Any) -> None:
    me = UserFactory()
    photos = PhotoFactory.create_batch(2, owner=me)
    client = client_of(me)
    url = "/api/photos/metadata/bulk"
    body = {
        "photo_ids": [str(photos[0].pk), photos[1].image_hash],
        "updates": {"rating": 4, "keywords": ["sea"]},
    }
    assert client.patch(url, body, format="json").json()["updated_count"] == 2
    names = ",".join(str(photo.pk) for photo in photos)
    rows = client.get(url, {"photo_ids": names}).json()
    assert [rows[str(photo.pk)]["rating"] for photo in photos] == [4, 4]
    assert Thing.objects.tags().get().photo_count == 2
    for updates in ({"gps_latitude": 1}, {"rating": 9}, {"nonsense": 1}, None, "x"):
        bad = client.patch(url, {**body, "updates": updates}, format="json")
        assert bad.status_code == 400, updates
    assert client.patch(url, {"photo_ids": []}, format="json").status_code == 400
    assert client.get(url).status_code == 400
    assert client.get(url, {"photo_ids": "a," * 101}).status_code == 400


def test_keywords_and_tags_go_together(client_of: Any) -> None:
    me = UserFactory()
    photo = PhotoFactory(owner=me)
    PhotoMetadataFactory(photo=photo, keywords=["sea", "sun"])
    client = client_of(me)
    correct(client, photo, keywords=["sea", "sand", "sand", " "])
    tags = client.get("/api/tags/", {"photo": str(photo.pk)}).json()["results"]
    assert [tag["name"] for tag in tags] == ["sand"]
    edit = fields(client, photo)["edit_history"][0]
    client.post(f"/api/photos/{photo.pk}/metadata/revert/{edit['id']}")
    tags = client.get("/api/tags/", {"photo": str(photo.pk)}).json()["results"]
    assert tags == []


def test_offsets_are_told_to_the_minute_however_old_the_photo(client_of: Any) -> None:
    me = UserFactory()
    client = client_of(me)
    for zone, year, offset in (
        ("Europe/Berlin", 2020, "+02:00"),
        ("Europe/Paris", 1905, "+00:09"),  # 9 minutes and 21 seconds
        ("America/New_York", 1880, "-04:56"),  # 4 hours, 56 minutes and 2 seconds
        ("Asia/Kolkata", 1880, "+05:21"),
        ("-03:30", 1905, "-03:30"),
    ):
        moment = datetime(year, 7, 1, 12, tzinfo=UTC)
        photo = PhotoFactory(owner=me, taken_at=moment, timezone=zone)
        assert fields(client, photo)["timezone_offset"] == offset, zone


def test_a_turn_is_said_at_once_and_made_by_a_worker(client_of: Any) -> None:
    me = UserFactory()
    photo = PhotoFactory(owner=me)
    client = client_of(me)
    name = photo.image_hash
    for angle, flip, orientation in (
        (90, False, 6),
        (-90, False, 1),
        (450, False, 6),
        (0, True, 5),
        (180, True, 8),
    ):
        sent = {"image_hash": name, "angle": angle, "flip_horizontal": flip}
        answer = act(client, "rotate", **sent)
        assert answer.status_code == 200, answer.json()
        assert answer.json()["local_orientation"] == orientation
        assert answer.json()["shown_orientation"] == 1
    first = ProcrastinateJob.objects.filter(task_name="librephotos.run_stages").first()
    assert first is not None and first.args["photos"] == [str(photo.pk)]
    assert first.queue_name == "interactive_pictures"
    assert first.priority == 0  # after all that somebody waits for
    details = client.get(f"/api/photos/{name}/").json()
    assert (details["local_orientation"], details["shown_orientation"]) == (8, 1)
    for body, status in (
        ({"image_hash": name, "angle": 45}, 400),
        ({"angle": 90}, 400),
        ({"image_hash": str(uuid4()), "angle": 90}, 404),
        ({"image_hash": PhotoFactory(owner=me, video=True).image_hash}, 400),
    ):
        answer = act(client, "rotate", **body)
        assert answer.status_code == status
        assert answer.json()["status"] is False and answer.json()["message"]


def days(client: Any, **query: Any) -> int:
    """Return how many photos the days have, once lists and pages agree."""
    listed = client.get("/api/albums/date/list/", query).json()["results"]
    for day in listed:
        page = client.get(f"/api/albums/date/{day['id']}", query).json()["results"]
        assert page["numberOfItems"] == day["numberOfItems"] == len(page["items"])
    return sum(day["numberOfItems"] for day in listed)


def test_categories_are_said_left_to_the_machine_and_filtered_by(
    client_of: Any,
) -> None:
    me = UserFactory()
    plain, said, found = PhotoFactory.create_batch(3, owner=me)
    video = PhotoFactory(owner=me, video=True)
    Photo.objects.filter(pk=found.pk).update(found_category="screenshot")
    client = client_of(me)
    names = [said.image_hash, video.image_hash]
    answer = act(client, "category", image_hashes=names, category="document").json()
    assert answer["updated_hashes"] == [said.image_hash]
    assert answer["not_updated_hashes"] == [video.image_hash]
    assert answer["updated"][0]["is_document"] is True
    assert answer["updated"][0]["category_source"] == "user"
    for query, count in (
        ({}, 4),
        ({"hide_screenshots": "true"}, 3),
        ({"hide_screenshots": "true", "media": "photos"}, 2),
        ({"hide_documents": "true", "hide_screenshots": "true"}, 2),
        ({"is_screenshot": "true"}, 1),
        ({"is_document": "true"}, 1),
        ({"is_document": "false"}, 3),
        ({"is_screenshot": "true", "is_document": "true"}, 0),
        ({"is_screenshot": "false", "hide_screenshots": "false"}, 3),
        ({"favorite": "true", "hide_documents": "true"}, 0),
    ):
        assert days(client, **query) == count, query
    # A word of the user is above the machine's, until it is handed back.
    act(client, "category", image_hashes=[found.image_hash], category="photo")
    assert days(client, is_screenshot="true") == 0
    every = {"select_all": True, "query": {"is_document": True}}
    assert act(client, "category", **every, category="screenshot").json()["count"] == 1
    assert days(client, is_screenshot="true") == 1
    assert act(client, "category", **every, category="auto").status_code == 400
    assert act(client, "category", **every, category="else").status_code == 400
    both = [said.image_hash, found.image_hash]
    act(client, "category", image_hashes=both, category="auto")
    assert {now(said).category, now(found).category} == {"photo", "screenshot"}
    back = {"category": "document", "category_source": "auto"}
    act(client, "category", image_hashes=[said.image_hash], **back)
    assert now(said).user_category == ""
    edit = f"/api/photos/edit/{plain.pk}/"
    flagged = client.patch(edit, {"is_screenshot": True}, format="json").json()
    assert (flagged["is_screenshot"], flagged["category_source"]) == (True, "user")
    flagged = client.patch(edit, {"is_screenshot": False}, format="json").json()
    assert (flagged["is_screenshot"], flagged["is_document"]) == (False, False)


def test_photos_that_leave_the_view_by_their_category_count_as_selected(
    client_of: Any,
) -> None:
    me = UserFactory()
    PhotoFactory.create_batch(2, owner=me, found_category="screenshot")
    PhotoFactory(owner=me, found_category="screenshot", video=True)
    PhotoFactory(owner=me)
    every = {"select_all": True, "query": {"is_screenshot": True}}
    answer = act(client_of(me), "category", **every, category="document").json()
    counts = answer["selected"], answer["count"], answer["unchanged"]
    assert counts == (3, 2, 1)
    others = {"select_all": True, "query": {"is_document": False}}
    answer = act(client_of(me), "category", **others, category="photo").json()
    counts = answer["selected"], answer["count"], answer["unchanged"]
    assert counts == (2, 2, 0)


def test_towns_are_found_by_name(client_of: Any) -> None:
    client = client_of(UserFactory())
    found = client.get("/api/geocode/search", {"q": "florence", "limit": 1}).json()
    assert [row["display_name"] for row in found] == ["Florence, Tuscany, Italy"]
    assert client.get("/api/geocode/search").json() == []
    assert client_of().get("/api/geocode/search?q=rome").status_code == 401


def test_files_are_not_written(client_of: Any) -> None:
    answer = client_of(UserFactory()).post("/api/savemetadata/", {"types": ["ratings"]})
    assert answer.status_code == 403
    assert answer.json()["status"] is False and answer.json()["errors"]
