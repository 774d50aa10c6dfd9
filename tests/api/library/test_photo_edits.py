from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime

import pytest

from librephotos.api.models import Photo, SiteSettings
from tests.api.library.test_photos import CONTRACT_KEYS
from tests.factories import FileFactory, PhotoFactory, UserFactory

pytestmark = pytest.mark.django_db

ACTIONS = [
    ("favorite", "favorite", "rating", 4, 0),
    ("hide", "hidden", "hidden", True, False),
    ("makepublic", "val_public", "public", True, False),
    ("setdeleted", "deleted", "in_trashcan", True, False),
]
ACTION = pytest.mark.parametrize(("path", "flag", "field", "on", "off"), ACTIONS)


def post(client, path, **body):
    return client.post(f"/api/photosedit/{path}/", body, format="json")


def value(photo, field):
    return getattr(Photo.objects.get(pk=photo.pk), field)


@ACTION
def test_an_action_goes_on_and_off_by_hash_and_by_uuid(
    client_of, path, flag, field, on, off
):
    me = UserFactory()
    photo = PhotoFactory(owner=me)
    client = client_of(me)
    before = value(photo, "last_modified")
    for wanted, expected, name in (
        (True, on, photo.image_hash),
        (False, off, str(photo.pk)),
    ):
        answer = post(client, path, image_hashes=[name], **{flag: wanted})
        assert answer.status_code == 200
        body = answer.json()
        assert body["status"] is True
        assert body["results"] == body["updated"]
        assert [row["image_hash"] for row in body["updated"]] == [photo.image_hash]
        assert CONTRACT_KEYS <= set(body["updated"][0])
        assert body["updated"][0][field] == expected
        assert body["not_updated"] == body["not_updated_hashes"] == []
        assert (body["count"], body["updated_hashes"]) == (1, [photo.image_hash])
        assert value(photo, field) == expected
    assert value(photo, "last_modified") > before


@ACTION
def test_what_is_so_already_is_not_updated(client_of, path, flag, field, on, off):
    me = UserFactory()
    photo = PhotoFactory(owner=me)
    before = value(photo, "last_modified")
    body = post(client_of(me), path, image_hashes=[photo.image_hash], **{flag: False})
    body = body.json()
    assert (body["count"], body["updated"]) == (0, [])
    assert body["not_updated_hashes"] == [photo.image_hash]
    assert CONTRACT_KEYS <= set(body["not_updated"][0])
    assert value(photo, "last_modified") == before


SELECTIONS = [
    {"image_hashes": ["HASH"]},
    {"image_hashes": ["UUID"]},
    {"select_all": True, "query": {}},
    {"select_all": True, "query": {"public": True, "username": "ann"}},
    {"select_all": True, "query": {"public": True}},
    {"select_all": True, "query": {"username": "ann"}},
    {"select_all": True, "query": {"favorite": True}},
]


@ACTION
@pytest.mark.parametrize("selection", SELECTIONS, ids=str)
def test_nobody_changes_the_photos_of_others(
    client_of, path, flag, field, on, off, selection
):
    them = UserFactory(username="ann", public_sharing=True)
    photo = PhotoFactory(owner=them, public=True, user_rating=5)
    rows = list(Photo.objects.filter(pk=photo.pk).values())
    names = {"HASH": photo.image_hash, "UUID": str(photo.pk)}
    if "image_hashes" in selection:
        selection = {"image_hashes": [names[selection["image_hashes"][0]]]}
    for caller in (UserFactory(), UserFactory(admin=True)):
        for wanted in (True, False):
            body = {**selection, flag: wanted}
            answer = post(client_of(caller), path, **body)
            assert answer.status_code == 200
            assert answer.json()["count"] == 0
            assert not answer.json().get("not_updated")
    assert list(Photo.objects.filter(pk=photo.pk).values()) == rows
    assert post(client_of(), path, **{**selection, flag: True}).status_code == 401


@ACTION
def test_a_query_selects_what_the_timeline_shows_less_what_is_excluded(
    client_of, path, flag, field, on, off
):
    me = UserFactory()
    kept, video, excluded = PhotoFactory.create_batch(3, owner=me)
    Photo.objects.filter(pk__in=[video.pk, excluded.pk]).update(video=True)
    answer = post(
        client_of(me),
        path,
        select_all=True,
        query={"video": True},
        excluded_hashes=[excluded.image_hash],
        **{flag: True},
    )
    told = answer.json()
    assert told.pop("undo") is not None
    assert told == {"status": True, "count": 1, "selected": 1, "unchanged": 0}
    states = [value(photo, field) for photo in (kept, video, excluded)]
    assert states == [off, on, off]


BAD_BODIES = [
    {},
    {"image_hashes": []},
    {"image_hashes": "abc", "FLAG": True},
    {"image_hashes": [{}], "FLAG": True},
    {"image_hashes": [], "FLAG": "true"},
    {"image_hashes": [], "FLAG": 1},
    {"image_hashes": [], "FLAG": None},
    {"FLAG": True},
    {"select_all": True, "FLAG": True},
    {"select_all": "yes", "query": {}, "FLAG": True},
    {"select_all": True, "query": [], "FLAG": True},
    {"select_all": True, "query": {"video": "true"}, "FLAG": True},
    {"select_all": True, "query": {"camera": "canon"}, "FLAG": True},
    {"select_all": True, "query": {"username": "\ud800"}, "FLAG": True},
    {"select_all": True, "query": {"folder": "relative"}, "FLAG": True},
]


@ACTION
@pytest.mark.parametrize("body", BAD_BODIES, ids=str)
def test_a_body_that_makes_no_sense_changes_nothing(
    client_of, path, flag, field, on, off, body
):
    me = UserFactory()
    photo = PhotoFactory(owner=me, video=True)
    body = {flag if key == "FLAG" else key: given for key, given in body.items()}
    answer = client_of(me).post(
        f"/api/photosedit/{path}",
        json.dumps(body),
        content_type="application/json",
    )
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] in {
        *(flag, *body, "image_hashes", "query", "username", "folder")
    }
    assert value(photo, field) == off


def test_unknown_names_are_skipped_and_removed_photos_stay(client_of):
    me = UserFactory()
    removed = PhotoFactory(owner=me, removed=True)
    names = [str(uuid.uuid4()), "0" * 33, "&", "", removed.image_hash, "é" * 40]
    answer = post(client_of(me), "hide", image_hashes=names, hidden=True)
    assert answer.status_code == 200
    assert answer.json()["count"] == 0
    assert not value(removed, "hidden")


def test_a_favourite_keeps_a_higher_rating_and_the_files_own_rating_is_overruled(
    client_of,
):
    me = UserFactory(favorite_min_rating=3)
    photo = PhotoFactory(owner=me, file_rating=5)
    client = client_of(me)
    answer = post(client, "favorite", image_hashes=[photo.image_hash], favorite=True)
    assert answer.json()["count"] == 0
    post(client, "favorite", image_hashes=[photo.image_hash], favorite=False)
    assert value(photo, "rating") == 0
    assert value(photo, "file_rating") == 5
    post(client, "favorite", image_hashes=[photo.image_hash], favorite=True)
    assert value(photo, "rating") == 3


def test_hiding_moves_a_photo_from_one_day_list_to_the_other(client_of):
    me = UserFactory()
    photo = PhotoFactory(owner=me)
    client = client_of(me)
    post(client, "hide", image_hashes=[photo.image_hash], hidden=True)
    assert client.get("/api/albums/date/list/").json()["results"] == []
    (day,) = client.get("/api/albums/date/list/?hidden=1").json()["results"]
    assert day["numberOfItems"] == 1


def edit_date(client, name, timestamp):
    body = {"exif_timestamp": timestamp, "image_hash": "ignored"}
    return client.patch(f"/api/photos/edit/{name}/", body, format="json")


@pytest.mark.parametrize(
    "timestamp",
    ["2019-03-04T05:06:07Z", "2019-03-04T05:06:07+09:00", "2019-03-04T05:06:07"],
)
def test_a_date_is_the_time_on_the_clock_and_moves_the_photo(client_of, timestamp):
    me = UserFactory()
    photo = PhotoFactory(owner=me)
    FileFactory(photo=photo)
    client = client_of(me)
    answer = edit_date(client, photo.image_hash, timestamp)
    assert answer.status_code == 200
    assert answer.json() == {
        "image_hash": photo.image_hash,
        "hidden": False,
        "rating": 0,
        "in_trashcan": False,
        "removed": False,
        "video": False,
        "exif_timestamp": "2019-03-04T05:06:07Z",
        "timestamp": "2019-03-04T05:06:07Z",
        "exif_gps_lat": None,
        "exif_gps_lon": None,
        "is_screenshot": False,
        "is_document": False,
        "category_source": "auto",
        "timezone": "",
    }
    (day,) = client.get("/api/albums/date/list/").json()["results"]
    assert day["date"] == "2019-03-04"
    found = client.get("/api/photos/searchlist/?search=2019-03").json()["results"]
    assert len(found) == 1


def test_taking_a_date_back_lets_the_rules_decide(client_of):
    me = UserFactory()
    photo = PhotoFactory(owner=me, user_taken_at=datetime(2019, 3, 4, tzinfo=UTC))
    FileFactory(photo=photo, path=b"/pictures/IMG_20200506_070809.jpg")
    answer = edit_date(client_of(me), photo.pk, None)
    assert answer.json()["timestamp"] == "2020-05-06T07:08:09Z"
    assert value(photo, "user_taken_at") is None


def test_who_may_change_a_date_and_of_what(client_of):
    me = UserFactory()
    photo = PhotoFactory(owner=me, public=True)
    hidden = PhotoFactory(owner=me, hidden=True)
    cases = [
        (client_of(), photo, 401),
        (client_of(UserFactory()), photo, 404),
        (client_of(me), hidden, 404),
    ]
    for client, target, status in cases:
        answer = edit_date(client, target.pk, "2019-03-04T05:06:07Z")
        assert answer.status_code == status
        assert value(target, "user_taken_at") is None


@pytest.mark.parametrize("timestamp", ["yesterday", "2019-99-99T00:00:00Z", 5, "", {}])
def test_a_date_that_is_none_is_refused(client_of, timestamp):
    me = UserFactory()
    answer = edit_date(client_of(me), PhotoFactory(owner=me).pk, timestamp)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "exif_timestamp"


def edit(client, photo, **body):
    return client.patch(f"/api/photos/edit/{photo.pk}/", body, format="json")


@pytest.mark.parametrize("rating", [5, 1, 0, "3"])
def test_a_rating_is_applied_and_the_date_kept(client_of, rating):
    me = UserFactory()
    dated = datetime(2019, 3, 4, tzinfo=UTC)
    photo = PhotoFactory(owner=me, user_taken_at=dated, file_rating=2)
    before = value(photo, "last_modified")
    answer = edit(client_of(me), photo, rating=rating)
    assert (answer.status_code, answer.json()["rating"]) == (200, int(rating))
    assert value(photo, "rating") == int(rating)
    assert value(photo, "user_taken_at") == dated
    assert value(photo, "last_modified") > before


def test_a_date_and_a_rating_at_once(client_of):
    me = UserFactory()
    photo = PhotoFactory(owner=me)
    FileFactory(photo=photo)
    sent = {"rating": 4, "exif_timestamp": "2019-03-04T05:06:07Z", "is_document": True}
    answer = edit(client_of(me), photo, **sent).json()
    assert (answer["rating"], answer["timestamp"]) == (4, "2019-03-04T05:06:07Z")


def test_an_edit_that_says_nothing_changes_nothing(client_of):
    me = UserFactory()
    photo = PhotoFactory(owner=me, user_rating=3)
    before = value(photo, "last_modified")
    ignored = {"exif_gps_lat": 1.5, "exif_gps_lon": None, "hidden": True}
    for body in ({}, ignored):
        answer = edit(client_of(me), photo, **body)
        assert (answer.status_code, answer.json()["rating"]) == (200, 3)
    assert value(photo, "last_modified") == before
    assert value(photo, "hidden") is False and value(photo, "latitude") is None


@pytest.mark.parametrize("rating", [-1, 6, 2.5, "many", None, True, [3], 2**60])
def test_a_rating_that_is_none_is_refused(client_of, rating):
    me = UserFactory()
    photo = PhotoFactory(owner=me)
    sent = {"rating": rating, "exif_timestamp": "2019-03-04T05:06:07Z"}
    answer = edit(client_of(me), photo, **sent)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "rating"
    assert value(photo, "user_taken_at") is None


def test_who_may_rate_which_photo(client_of):
    me = UserFactory()
    photo = PhotoFactory(owner=me, public=True)
    hidden = PhotoFactory(owner=me, hidden=True)
    assert edit(client_of(), photo, rating=5).status_code == 401
    assert edit(client_of(UserFactory()), photo, rating=5).status_code == 404
    assert value(photo, "rating") == 0
    assert edit(client_of(me), hidden, rating=5).status_code == 200
    assert value(hidden, "rating") == 5


def caption(client, photo, text):
    return post(client, "savecaption", image_hash=photo.image_hash, caption=text)


def test_a_caption_is_kept_and_found(client_of):
    me = UserFactory()
    photo = PhotoFactory(owner=me)
    client = client_of(me)
    answer = caption(client, photo, "Grandmother's Ümläut\n#garden")
    assert answer.json() == {"status": True}
    assert value(photo, "user_caption") == "Grandmother's Ümläut\n#garden"
    found = client.get("/api/photos/searchlist/", {"search": "ÜMLÄUT"}).json()
    assert found["results"][0]["items"][0]["id"] == str(photo.pk)
    assert caption(client, photo, "").json() == {"status": True}
    assert value(photo, "user_caption") == ""


def test_a_caption_for_somebody_elses_photo_is_refused(client_of):
    photo = PhotoFactory(public=True, owner__public_sharing=True, user_caption="mine")
    assert caption(client_of(UserFactory()), photo, "yours").status_code == 400
    assert caption(client_of(), photo, "yours").status_code == 401
    assert value(photo, "user_caption") == "mine"


@pytest.mark.parametrize("text", ["\x00", "\ud800", "a" * 20_001, None])
def test_a_caption_that_cannot_be_kept(client_of, text):
    me = UserFactory()
    body = {"image_hash": PhotoFactory(owner=me).image_hash, "caption": text}
    answer = client_of(me).post(
        "/api/photosedit/savecaption",
        json.dumps(body),
        content_type="application/json",
    )
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "caption"


@pytest.mark.parametrize("count", [1, 20])
def test_the_number_of_queries_does_not_grow(
    client_of, django_assert_max_num_queries, count
):
    me = UserFactory()
    SiteSettings.current()
    files = [FileFactory(photo=PhotoFactory(owner=me)) for _ in range(count)]
    names = [file.photo.image_hash for file in files]
    with django_assert_max_num_queries(13):
        post(client_of(me), "hide", image_hashes=names, hidden=True)
