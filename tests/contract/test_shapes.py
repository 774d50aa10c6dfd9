"""Every answer has the shape that the clients' validators demand."""

from __future__ import annotations

import json

import jwt
import pytest
from rest_framework.test import APIClient

from tests.contract import shapes
from tests.contract.library import SHOWN
from tests.factories import PASSWORD, UserFactory

EVERYWHERE = "."
"""What the names of all files hold."""
LISTS = [
    ("albums/date/list/", shapes.TIMELINE),
    ("albums/date/list/?favorite=true", shapes.TIMELINE),
    ("albums/date/list/?hidden=true", shapes.TIMELINE),
    ("albums/date/list/?in_trashcan=true", shapes.TIMELINE),
    ("photos/favorites/", shapes.TIMELINE),
    ("photos/hidden/", shapes.TIMELINE),
    ("photos/recentlyadded/", shapes.RECENTLY_ADDED),
    ("photos/notimestamp/?page=1", shapes.page(shapes.GRID_ITEM)),
    (f"photos/searchlist/?search={EVERYWHERE}", shapes.SEARCH_GROUPED),
    ("photos/", shapes.page(shapes.PHOTO)),
    ("searchtermexamples/", shapes.SEARCH_EXAMPLES),
    ("albums/place/list/", shapes.page(shapes.PLACE_ALBUM)),
    ("albums/thing/list/", shapes.page(shapes.THING_ALBUM)),
    ("albums/user/list/", shapes.page(shapes.USER_ALBUM)),
    ("persons/?page_size=1000", shapes.page(shapes.PERSON)),
    ("locclust/", shapes.MAP_PINS),
    ("folders/subfolders/", shapes.SUBFOLDERS),
    ("user/", shapes.page(shapes.USER)),
    ("sitesettings", shapes.SITE_SETTINGS),
    ("jobs/?page_size=10&page=1", shapes.page(shapes.JOB)),
    ("rqavailable/", shapes.WORKER_AVAILABILITY),
    ("stats/", shapes.TOTALS),
    ("photomonthcounts/", shapes.MONTH_COUNTS),
    ("wordcloud/", shapes.WORD_CLOUD),
    ("locationtimeline/", shapes.PLACE_TIMELINE),
    ("locationsunburst/", shapes.PLACE_TREE),
    ("storagestats", shapes.STORAGE),
    ("imagetag", shapes.IMAGE_TAG),
    *(
        (f"sync/{feed}/", shapes.sync_page(item))
        for feed, item in shapes.SYNC_ITEMS.items()
    ),
]
ACTIONS = [
    ("favorite", "favorite"),
    ("hide", "hidden"),
    ("makepublic", "val_public"),
    ("setdeleted", "deleted"),
]


def fetched(client, path):
    """Return the decoded answer to a GET below /api/."""
    answer = client.get(f"/api/{path}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def days(client):
    """Return all days of the timeline with their photos."""
    listed = fetched(client, "albums/date/list/")["results"]
    return [
        fetched(client, f"albums/date/{day['id']}?page=1")["results"] for day in listed
    ]


@pytest.mark.parametrize(("path", "shape"), LISTS, ids=lambda value: str(value)[:40])
@pytest.mark.parametrize("who", ["owner", "stranger", "admin", "newcomer"])
def test_answers_have_their_shape_for_everybody(library, client_of, path, shape, who):
    caller = UserFactory() if who == "newcomer" else getattr(library, who)
    assert shapes.violations(fetched(client_of(caller), path), shape) == []


def test_an_album_that_a_person_has_made_has_its_shapes(library, client_of):
    client = client_of(library.owner)
    body = {"title": "Everything", "select_all": True, "query": {}}
    made = client.post("/api/albums/user/edit/", body, format="json").json()
    assert shapes.violations(made, shapes.EDITED_USER_ALBUM) == []
    address = f"albums/user/{made['id']}"
    whole = fetched(client, address)
    assert shapes.violations(whole, shapes.USER_ALBUM_DETAILS) == []
    items = [item for group in whole["grouped_photos"] for item in group["items"]]
    assert {item["url"] for item in items} == set(library.hashes(*SHOWN))
    listed = fetched(client, "albums/user/list/")
    assert listed["count"] == 1
    assert shapes.violations(listed, shapes.page(shapes.USER_ALBUM)) == []
    photo = library.photos["video"].image_hash
    holding = fetched(client, f"photos/{photo}/albums/")["results"]
    assert [album["id"] for album in holding] == [made["id"]]
    renamed = client.patch(f"/api/{address}", {"title": "All"}, format="json").json()
    assert shapes.violations(renamed, shapes.USER_ALBUM_DETAILS) == []


def test_each_day_has_its_shape_and_the_grid_shows_what_is_processed(
    library, client_of
):
    shown = days(client_of(library.owner))
    for day in shown:
        assert shapes.violations({"results": day}, shapes.TIMELINE_DAY) == []
        assert day["numberOfItems"] == len(day["items"])
    urls = {item["url"] for day in shown for item in day["items"]}
    assert urls == set(library.hashes(*SHOWN))
    types = {item["url"]: item["type"] for day in shown for item in day["items"]}
    assert types[library.photos["video"].image_hash] == "video"
    assert types[library.photos["motion"].image_hash] == "motion_photo"


@pytest.mark.parametrize(
    "path",
    [
        "photos/recentlyadded/",
        "photos/notimestamp/",
        f"photos/searchlist/?search={EVERYWHERE}",
        "photos/",
        "albums/date/list/?last_modified=2000-01-01",
    ],
)
def test_what_failed_or_is_unprocessed_appears_in_no_list(library, client_of, path):
    text = json.dumps(fetched(client_of(library.owner), path))
    for name in ("unprocessed", "failed", "removed"):
        photo = library.photos[name]
        assert photo.image_hash not in text and str(photo.pk) not in text


@pytest.mark.parametrize("name", [*sorted(SHOWN), "unprocessed", "failed", "hidden"])
def test_the_details_of_each_sort_of_photo(library, client_of, name):
    photo = library.photos[name]
    client = client_of(library.owner)
    for identifier in (photo.pk, photo.image_hash):
        shown = fetched(client, f"photos/{identifier}/")
        assert shapes.violations(shown, shapes.PHOTO) == []
        summary = fetched(client, f"photos/{identifier}/summary/")
        assert shapes.violations(summary, shapes.SUMMARY) == []
        assert summary["processing"] is (name in ("unprocessed", "failed"))


@pytest.mark.parametrize("who", ["nobody", "stranger", "admin"])
def test_the_details_of_a_public_photo_of_somebody_else(library, client_of, who):
    client = client_of(None if who == "nobody" else getattr(library, who))
    shown = fetched(client, f"photos/{library.photos['public'].image_hash}/")
    assert shapes.violations(shown, shapes.PHOTO) == []
    path = f"albums/date/list/?public=true&username={library.owner.username}"
    listed = fetched(client, path)
    assert shapes.violations(listed, shapes.TIMELINE) == []
    assert [day["numberOfItems"] for day in listed["results"]] == [1]


@pytest.mark.parametrize(("path", "flag"), ACTIONS)
def test_bulk_actions_satisfy_old_and_new_clients(library, client_of, path, flag):
    client = client_of(library.owner)
    names = [*sorted(SHOWN), "failed"]
    body = {
        "image_hashes": [*library.hashes(*names), "unknown"],
        flag: True,
    }
    answer = client.post(f"/api/photosedit/{path}/", body, format="json").json()
    assert shapes.violations(answer, shapes.BULK_ACTION) == []
    assert answer["results"] == answer["updated"]
    expected = set(library.hashes(*names))
    if path == "makepublic":
        assert answer["not_updated_hashes"] == library.hashes("public")
        expected -= set(library.hashes("public"))
    assert set(answer["updated_hashes"]) == expected
    assert {photo["image_hash"] for photo in answer["updated"]} == expected

    query = {"select_all": True, "query": {}, flag: False}
    answer = client.post(f"/api/photosedit/{path}/", query, format="json").json()
    assert shapes.violations(answer, shapes.BULK_QUERY) == []


def test_search_takes_the_shape_that_the_setting_announces(library, client_of):
    client, own = client_of(library.owner), f"/api/user/{library.owner.pk}/"
    found = fetched(client, f"photos/searchlist/?search={EVERYWHERE}")
    assert shapes.violations(found, shapes.SEARCH_GROUPED) == []
    assert found["results"][-1]["date"] == "No timestamp"

    client.patch(own, {"semantic_search_topk": "50"}, format="json")
    flat = fetched(client, f"photos/searchlist/?search={EVERYWHERE}")
    assert shapes.violations(flat, shapes.SEARCH_FLAT) == []
    assert len(flat["results"]) == len(SHOWN)


def test_place_albums_and_pins(library, client_of):
    client = client_of(library.owner)
    albums = fetched(client, "albums/place/list/")["results"]
    levels = {album["title"]: album["geolocation_level"] for album in albums}
    assert levels == {"Italy": 1, "Tuscany": 2, "Florence": 3}
    for album in albums:
        place = fetched(client, f"albums/place/{album['id']}/")
        assert shapes.violations(place, shapes.PLACE_DETAILS) == []
    pins = fetched(client, "locclust/")
    assert {pin[2] for pin in pins} == set(levels)
    assert all(type(pin[0]) is float and type(pin[1]) is float for pin in pins)


def test_accounts_for_oneself_for_others_and_for_nobody(library, client_of):
    path = f"user/{library.owner.pk}/"
    for caller in (library.owner, library.stranger, library.admin):
        assert shapes.violations(fetched(client_of(caller), path), shapes.USER) == []
    for shown in (
        fetched(client_of(), path),
        *fetched(client_of(), "user/")["results"],
    ):
        assert shapes.violations(shown, shapes.PROFILE) == []
        assert "email" not in shown
    own = fetched(client_of(library.owner), path)
    assert own["public_photo_count"] == len(own["public_photo_samples"]) == 1
    sent_back = client_of(library.owner).patch(f"/api/{path}", own, format="json")
    assert shapes.violations(sent_back.json(), shapes.USER) == []


def test_administration_of_accounts(library, client_of):
    client = client_of(library.admin)
    listed = fetched(client, "manage/user/")
    assert shapes.violations(listed, shapes.page(shapes.MANAGED_USER)) == []
    row = listed["results"][0]
    path = f"/api/manage/user/{row['id']}/"
    changed = client.patch(path, {**row, "password": ""}, format="json")
    assert shapes.violations(changed.json(), shapes.MANAGED_USER) == []
    assert shapes.violations(fetched(client, "dirtree/"), shapes.DIRECTORIES) == []
    settings = client.post("/api/sitesettings", {"skip_patterns": "a"}, format="json")
    assert shapes.violations(settings.json(), shapes.SITE_SETTINGS) == []


@pytest.mark.parametrize(
    "path",
    ["scanphotos/", "fullscanphotos/", "scanuploadedphotos/", "deletemissingphotos"],
)
def test_jobs_are_started_and_shown(library, client_of, path):
    client = client_of(library.owner)
    started = client.post(f"/api/{path}", {}, format="json").json()
    assert shapes.violations(started, shapes.STARTED_JOB) == []
    listed = fetched(client, "jobs/")
    assert shapes.violations(listed, shapes.page(shapes.JOB)) == []
    assert started["job_id"] in [row["job_id"] for row in listed["results"]]


def test_the_claims_of_both_tokens(library):
    credentials = {"username": library.owner.username, "password": PASSWORD}
    tokens = APIClient().post("/api/auth/token/obtain/", credentials, format="json")
    renewed = APIClient().post(
        "/api/auth/token/refresh/", {"refresh": tokens.json()["refresh"]}, format="json"
    )
    for token in (*tokens.json().values(), renewed.json()["access"]):
        claims = jwt.decode(token, options={"verify_signature": False})
        assert shapes.violations(claims, shapes.TOKEN_CLAIMS) == []
        assert claims["user_id"] == library.owner.pk


REFUSALS = [
    ("get", "nowhere/", {}, 404),
    ("get", "photos/unknown/", {}, 404),
    ("get", "albums/date/list/?person=x", {}, 400),
    ("get", "jobs/?page=99", {}, 404),
    ("get", "manage/user/", {}, 403),
    ("get", "dirtree/?path=/etc", {}, 403),
    ("get", "serverstats", {}, 403),
    ("put", "user/", {}, 405),
    ("post", "user/", {"username": "x"}, 400),
    ("post", "sitesettings", {}, 403),
    ("post", "photosedit/hide/", {}, 400),
    ("post", "photosedit/hide/", [], 400),
    ("post", "auth/token/obtain/", {"username": "x", "password": "y"}, 401),
    ("post", "auth/token/obtain/", {}, 400),
    ("post", "auth/token/refresh/", {"refresh": "x"}, 401),
    ("post", "auth/token/blacklist/", {"refresh": "x"}, 401),
    ("delete", "delete/user/0/", {"id": 0}, 403),
]


@pytest.mark.parametrize(("method", "path", "body", "status"), REFUSALS)
def test_every_refusal_has_the_envelope(library, client_of, method, path, body, status):
    client = client_of(library.owner)
    answer = getattr(client, method)(f"/api/{path}", body or None, format="json")
    assert answer.status_code == status
    assert shapes.violations(answer.json(), shapes.ERRORS) == []


def test_a_request_that_is_no_json_has_the_envelope(library, client_of):
    for body in (b"{", b"\xff", b'{"image_hashes": ["\\ud800"], "hidden": true}'):
        answer = client_of(library.owner).post(
            "/api/photosedit/hide/", body, content_type="application/json"
        )
        assert answer.status_code == 400
        assert shapes.violations(answer.json(), shapes.ERRORS) == []
