"""What breaks the clients without a word, a number each."""

from __future__ import annotations

import json
import time
from http import HTTPStatus

import jwt
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from librephotos.api.models import Photo, UserAlbum
from librephotos.api.storage.previews import PreviewSize, preview_name
from tests.contract.library import SHOWN
from tests.factories import PASSWORD, FileFactory, JobFactory, PhotoFactory
from tests.support.named_tests import not_tests, numbered, numbers_of
from tests.support.uploads import jpeg_of

ALLOWED_AT_SIGN_IN_S = 0.5
ELSEWHERE = {
    7: (
        "tests/contract/test_things.py::test_thing_albums_and_their_photos",
        "tests/contract/test_shapes.py::test_place_albums_and_pins",
        "tests/api/library/test_events.py::test_nobody_has_events",
    ),
    8: ("tests/contract/test_people_shapes.py::test_lists",),
}
"""Numbers that need people or things, and what tries them."""


def test_no_number_is_missing(contract):
    start = contract.index("## 24. ")
    named = numbers_of(contract[start : contract.index("## 25. ")])
    assert numbered(__file__) | ELSEWHERE.keys() == named


def test_what_is_tried_elsewhere_is():
    assert not_tests(name for names in ELSEWHERE.values() for name in names) == set()


def sign_in(user, password=PASSWORD):
    """Sign in as a browser does, which keeps the cookies."""
    browser = APIClient()
    credentials = {"username": user.username, "password": password}
    answer = browser.post("/api/auth/token/obtain/", credentials, format="json")
    return browser, answer


def test_1_the_user_id_of_the_token_is_a_number(library):
    tokens = sign_in(library.owner)[1].json()
    for token in tokens.values():
        claims = jwt.decode(token, options={"verify_signature": False})
        assert type(claims["user_id"]) is int


def test_2_rules_and_time_zones_are_json_in_a_text(library, client_of):
    client = client_of(library.owner)
    own = client.get(f"/api/user/{library.owner.pk}/").json()["datetime_rules"]
    defaults = client.get("/api/defaultrules/").json()
    ids = [rule["id"] for rule in json.loads(own)]
    assert ids[0] == 14 and set(ids) == {14, 15, 1, 2, 11, 3, 4, 5}
    assert json.loads(defaults) == json.loads(own)
    assert "Europe/Berlin" in json.loads(client.get("/api/timezones/").json())
    every = json.loads(client.get("/api/predefinedrules/").json())
    first = [rule["id"] for rule in every if rule["is_default"]]
    assert first == [rule["id"] for rule in every[: len(first)]]
    assert first == ids


def test_3_an_expired_or_wrong_token_is_told_in_the_envelope(library):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION="Bearer wrong")
    for path in ("rqavailable/", "jobs/", "user/", "firsttimesetup/", "storagestats"):
        answer = client.get(f"/api/{path}")
        assert answer.status_code == 401
        found = {error["field"]: error["message"] for error in answer.json()["errors"]}
        assert found["code"] == "token_not_valid" and found["detail"]


def test_4_no_grid_item_lacks_its_ratio_or_has_a_length_that_is_a_number(
    library, client_of
):
    answer = client_of(library.owner).get("/api/photos/recentlyadded/").json()
    assert len(answer["results"]) == len(SHOWN)
    for item in answer["results"]:
        assert type(item["aspectRatio"]) in (int, float)
        assert type(item["birthTime"]) is str and type(item["video_length"]) is str
    lengths = {item["url"]: item["video_length"] for item in answer["results"]}
    assert lengths[library.photos["video"].image_hash] == "12.5"


def test_5_no_listed_album_lacks_its_cover(library, client_of):
    client = client_of(library.owner)
    UserAlbum.objects.create(owner=library.owner, title="Empty")
    photos = library.hashes("image", "video")
    body = {"title": "Summer", "photos": photos}
    assert client.post("/api/albums/user/edit/", body, format="json").status_code == 201
    (album,) = client.get("/api/albums/user/list/").json()["results"]
    assert album["title"] == "Summer" and album["cover_photo"]["image_hash"] in photos
    places = client.get("/api/albums/place/list/").json()["results"]
    assert places and all(place["cover_photos"] for place in places)


def test_6_captions_and_place_are_objects_even_of_nothing(library, client_of):
    client = client_of(library.owner)
    for name, photo in library.photos.items():
        if name != "removed":
            shown = client.get(f"/api/photos/{photo.image_hash}/").json()
            assert shown["captions_json"]["places365"]["categories"] == []
            assert isinstance(shown["captions_json"]["im2txt"], str)
            assert isinstance(shown["geolocation_json"], dict)


def test_9_ordinary_users_get_full_rows_of_others(library, client_of):
    own, full = (
        {row["id"]: row for row in client_of(user).get("/api/user/").json()["results"]}
        for user in (library.stranger, library.admin)
    )
    assert {pk: set(row) for pk, row in own.items()} == {
        pk: set(row) for pk, row in full.items()
    }
    assert own[library.owner.pk]["email"] == "" != full[library.owner.pk]["email"]


def test_10_the_cookie_of_signing_in_opens_images(library):
    photo = library.photos["image"]
    name = preview_name(photo.pk, PreviewSize.BIG, photo.preview_format)
    storages["previews"].save(name, ContentFile(b"picture"))
    browser, answer = sign_in(library.owner)
    assert "/media/".startswith(answer.cookies["jwt"]["path"])
    shown = browser.get(f"/media/thumbnails_big/{photo.image_hash}")
    assert shown.status_code == 200
    assert shown.getvalue() == b"picture"
    browser.cookies.clear()
    refused = browser.get(f"/media/thumbnails_big/{photo.image_hash}")
    assert refused.status_code == 403
    assert refused["X-Media-Error"] == "authentication"


def test_11_place_ids_are_numbers_in_the_list_and_texts_in_the_details(
    library, client_of
):
    client = client_of(library.owner)
    for album in client.get("/api/albums/place/list/").json()["results"]:
        details = client.get(f"/api/albums/place/{album['id']}/").json()["results"]
        assert type(album["id"]) is int and details["id"] == str(album["id"])


def test_12_a_page_of_a_day_has_a_hundred_photos(library, client_of):
    day = library.photos["image"].day
    for number in range(200):
        PhotoFactory(owner=library.owner, md5=f"{number + 10**9:032x}", day=day)
    client = client_of(library.owner)
    pages = [
        client.get(f"/api/albums/date/{day}?page={page}").json()["results"]
        for page in (1, 2, 3)
    ]
    total = 200 + len(SHOWN) - 1
    assert [len(page["items"]) for page in pages] == [100, 100, total - 200]
    assert {page["numberOfItems"] for page in pages} == {total}
    shown = [item["id"] for page in pages for item in page["items"]]
    assert len(set(shown)) == total


def test_13_a_job_that_waits_is_not_shown_as_running(library, client_of):
    client = client_of(library.stranger)
    JobFactory(started_by=library.stranger)
    answer = client.get("/api/rqavailable/").json()
    assert (answer["queue_can_accept_job"], answer["job_detail"]) == (False, None)
    own = client_of(library.owner).get("/api/rqavailable/").json()
    assert own["job_detail"]["started_at"] is not None


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "albums/user/list"),
        ("get", "albums/thing/list"),
        ("get", "photos/recentlyadded"),
        ("get", "albums/date/list"),
        ("get", "exists/0123456789abcdef0123456789abcdef1"),
        ("get", "sitesettings"),
        ("get", "rqavailable"),
        ("get", "storagestats"),
        ("get", "imagetag"),
        ("post", "scanphotos"),
        ("post", "deletemissingphotos"),
        ("post", "photosedit/favorite"),
        ("delete", "jobs/{job}"),
    ],
)
@pytest.mark.parametrize("slash", ["", "/"])
def test_16_no_path_is_redirected(library, client_of, method, path, slash):
    path = f"/api/{path.format(job=library.job.pk)}{slash}"
    body = {"image_hashes": [], "favorite": True}
    answer = getattr(client_of(library.owner), method)(path, body, format="json")
    expected = HTTPStatus.NO_CONTENT if method == "delete" else HTTPStatus.OK
    assert answer.status_code == expected


def test_18_decimals_are_numbers_in_statistics_and_settings(library, client_of):
    client = client_of(library.owner)
    path = f"/api/user/{library.owner.pk}/"
    sent = {"confidence": "0.05", "cluster_selection_epsilon": "0.025"}
    kept = client.patch(path, sent, format="json").json()
    assert (kept["confidence"], kept["cluster_selection_epsilon"]) == (0.05, 0.025)
    (stay,) = client.get("/api/locationtimeline/").json()
    assert all(type(stay[key]) in (int, float) for key in ("start", "end"))
    assert all(type(seconds) in (int, float) for seconds in stay["data"])
    words = client.get("/api/wordcloud/").json()
    assert {word["label"]: word["y"] for word in words["locations"]}["Florence"] == 0.0


def test_19_a_refused_sign_in_is_quick_enough_for_mobile_clients(library, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    library.owner.set_password(PASSWORD)
    library.owner.save()
    for name in (library.owner.username, "nobody"):
        began = time.process_time()
        credentials = {"username": name, "password": "wrong"}
        answer = APIClient().post("/api/auth/token/obtain/", credentials, format="json")
        spent = time.process_time() - began
        assert answer.status_code == 401
        assert spent < ALLOWED_AT_SIGN_IN_S


def test_20_search_follows_the_setting_of_the_user(library, client_of):
    client = client_of(library.owner)

    def first_result():
        return client.get("/api/photos/searchlist/?search=boat").json()["results"][0]

    assert [item["type"] for item in first_result()["items"]] == ["image"]
    library.owner.semantic_search_topk = 10
    library.owner.save()
    assert first_result()["url"] == library.photos["image"].image_hash


@pytest.mark.parametrize("path", ["scanfaces", "autoalbumtitlegen"])
def test_14_clients_start_these_jobs_by_get(library, client_of, path):
    answer = client_of(library.owner).get(f"/api/{path}")
    assert answer.status_code == 200
    assert answer.json()["status"] is True and answer.json()["job_id"]


def test_15_the_total_of_content_range_is_not_validated(
    library, client_of, settings, tmp_path
):
    settings.DATA = tmp_path
    content = jpeg_of(1000)
    for total in (len(content), 7, 10**12, "*"):
        answer = client_of(library.owner).post(
            "/api/upload/",
            {"file": SimpleUploadedFile("blob", content), "offset": "0"},
            format="multipart",
            HTTP_CONTENT_RANGE=f"bytes 0-{len(content) - 1}/{total}",
        )
        # Of a file that the client says is so large it has to be said now.
        assert answer.status_code == (413 if total == 10**12 else 200), total


def test_17_downloads_are_refused_in_the_envelope(library, client_of):
    assert client_of(library.owner).get("/api/downloads/x").json()["errors"]


def test_a_name_that_is_not_utf8_can_be_shown_and_sent_back(library, client_of):
    photo = library.photos["badly_named"]
    client = client_of(library.owner)
    shown = client.get(f"/api/photos/{photo.image_hash}/").json()
    shown["image_path"][0].encode()
    assert shown["image_path"][0].endswith(".jpg")
    FileFactory(photo=Photo.objects.get(pk=photo.pk), main=False)
    assert client.get(f"/api/photos/{photo.pk}/").json()["image_path"]
