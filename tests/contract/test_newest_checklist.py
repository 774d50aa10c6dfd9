"""What breaks the newest clients without a word, a number each."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from librephotos.api.models import Face, Photo, UserAlbum
from tests.contract import shapes
from tests.contract.library import Library
from tests.contract.test_checklist import sign_in
from tests.factories import PASSWORD, FaceFactory, LinkFactory, PersonFactory
from tests.support.named_tests import not_tests, numbered, numbers_of
from tests.support.uploads import jpeg_of

ELSEWHERE = {
    12: (
        "tests/api/sync/test_photo_feed.py::test_each_change_is_told_once",
        "tests/api/sync/test_item_feeds.py::test_each_change_of_an_album_is_told_once",
        "tests/api/sync/test_item_feeds.py"
        "::test_albums_that_are_shown_to_one_are_told_until_they_are_not",
        "tests/api/sync/test_photo_feed.py"
        "::test_a_photo_that_is_gone_is_told_until_the_client_has_passed_it",
    ),
    13: (
        "tests/api/http/test_errors.py::test_a_database_that_is_away_is_said_so",
        "tests/api/http/test_errors.py"
        "::test_a_database_that_takes_no_changes_is_unavailable",
        "tests/api/sync/test_outbox.py"
        "::test_an_edit_that_is_sent_twice_is_done_once_and_never_refused",
        "tests/server/test_waiting_for_locks.py"
        "::test_requests_give_up_waiting_for_a_lock",
    ),
    19: ("tests/api/media/test_films.py::test_a_film_is_made_once_and_then_kept",),
}
"""Numbers that need more than the library of the contract, and what tries them."""

SWITCHES = ("allow_registration", "allow_upload")
TEXTS = (
    "skip_patterns",
    "map_api_key",
    "map_api_provider",
    "map_tile_provider",
    "captioning_model",
    "llm_model",
    "tagging_model",
    "face_recognition_model",
)
STACKS = ("burst", "bracket", "manual")
SYNC = tuple(shapes.SYNC_ITEMS)
FILTERS = (
    "",
    "favorite=true",
    "hidden=true",
    "in_trashcan=true",
    "public=true&username={owner}",
    "video=true",
    "media=photos",
    "hide_screenshots=true&hide_documents=true",
    "is_document=true",
    "is_screenshot=false",
    "apply_default=true",
)


def test_no_number_is_missing(contract: str) -> None:
    start = contract.index("### 26.32 ")
    named = numbers_of(contract[start : contract.index("### 26.33 ")])
    assert numbered(__file__) | ELSEWHERE.keys() == named


def test_what_is_tried_elsewhere_is() -> None:
    assert not_tests(name for names in ELSEWHERE.values() for name in names) == set()


@pytest.fixture
def me(library: Library, client_of: Any) -> Any:
    """The owner of the library, as a caller of the API."""
    return client_of(library.owner)


def got(client: Any, path: str) -> Any:
    """Return the decoded answer to a GET below /api/."""
    answer = client.get(f"/api/{path}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def grid_items(client: Any) -> list[dict[str, Any]]:
    """Return the items of all lists that show a grid."""
    days = got(client, "albums/date/list/")["results"]
    items = [
        item
        for day in days
        for item in got(client, f"albums/date/{day['id']}")["results"]["items"]
    ]
    items += got(client, "photos/recentlyadded/")["results"]
    items += got(client, "photos/notimestamp/?page=1")["results"]
    for group in got(client, "photos/searchlist/?search=.")["results"]:
        items += group["items"]
    assert len(items) > 20
    return items


def test_1_each_grid_item_has_a_uuid_and_a_hash(me: Any) -> None:
    for item in grid_items(me):
        assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", item["id"])
        assert re.fullmatch(r"[0-9a-f]{32}\d+", item["image_hash"])


def test_2_stacks_are_of_kinds_that_clients_know(me: Any) -> None:
    for item in grid_items(me):
        assert all(stack["type"] in STACKS for stack in item["stacks"] or ())


def test_3_settings_have_all_that_is_required(library: Library, client_of: Any) -> None:
    for caller in (None, library.owner, library.admin):
        told = got(client_of(caller), "sitesettings")
        assert all(type(told[key]) is bool for key in SWITCHES)
        assert all(type(told[key]) is str for key in TEXTS)


def test_4_json_is_called_json(library: Library, me: Any) -> None:
    for path in (
        "albums/date/list/",
        "photos/recentlyadded",
        "timezones",
        "sitesettings",
        "rqavailable/",
        "nothing/at/all",
        "photos/unknown/",
        "sync/photos/",
    ):
        answer = me.get(f"/api/{path}", HTTP_ACCEPT="*/*")
        assert answer["Content-Type"].startswith("application/json"), path


@pytest.mark.parametrize(
    ("field", "known", "unknown"),
    [
        ("text_alignment", "left", "centre"),
        ("header_size", "small", "huge"),
        ("duplicate_sensitivity", "loose", "lax"),
    ],
)
def test_5_settings_hold_what_clients_know_alone(library, me, field, known, unknown):
    path = f"/api/user/{library.owner.pk}/"
    assert me.patch(path, {field: known}, format="json").json()[field] == known
    assert me.patch(path, {field: unknown}, format="json").status_code == 400
    kept = me.patch(path, {"slideshow_interval": "7"}, format="json").json()
    assert (kept[field], kept["slideshow_interval"]) == (known, 7)
    assert type(kept["slideshow_interval"]) is int


@pytest.mark.parametrize("query", FILTERS)
def test_6_days_show_as_many_as_their_list_says(library, me, query):
    library.owner.default_timeline_filter = {"media": "videos"}
    library.owner.save()
    query = query.format(owner=library.owner.username)
    Photo.objects.filter(pk=library.photos["placed"].pk).update(
        user_category="document"
    )
    for day in got(me, f"albums/date/list/?{query}")["results"]:
        page = got(me, f"albums/date/{day['id']}?{query}")["results"]
        assert len(page["items"]) == page["numberOfItems"] == day["numberOfItems"]


def test_7_album_items_and_covers_have_no_nulls_where_none_may_be(library, me):
    photos = [str(library.photos["image"].pk)]
    body = {"title": "Summer", "photos": photos}
    made = me.post("/api/albums/user/edit/", body, format="json").json()
    details = got(me, f"albums/user/{made['id']}/")
    assert type(details["public_slug"]) is str
    for album in got(me, "albums/user/list/")["results"]:
        assert type(album["cover_photo"]["rating"]) is int
    assert isinstance(got(me, "albums/auto/list/")["results"], list)


def test_8_the_scatter_plot_is_the_array_of_2024(library: Library, me: Any) -> None:
    """Newer clients want an object at the same address, and show an empty plot.

    One answer cannot serve both; an array breaks nothing else of theirs, but an object
    breaks the page of 2024.
    """
    assert got(me, "clusterfaces") == []


def test_9_the_result_of_a_job_is_an_object(library: Library, me: Any) -> None:
    rows = got(me, "jobs/")["results"]
    assert rows
    assert all(isinstance(row["result"], dict | None) for row in rows)


@pytest.mark.parametrize("feed", SYNC)
def test_10_a_feed_ends_with_an_empty_page_alone(me: Any, feed: str) -> None:
    cursor, pages = "", []
    while len(pages) < 50:
        pages.append(got(me, f"sync/{feed}/?page_size=2&cursor={cursor}"))
        cursor = pages[-1]["next_cursor"]
        if cursor is None:
            break
    *told, last = pages
    assert not last["items"] and not last["tombstones"] and cursor is None
    assert all(page["items"] or page["tombstones"] for page in told)


def test_11_as_many_are_counted_as_feeds_deliver(library: Library, me: Any) -> None:
    FaceFactory(
        photo=library.photos["image"], person=PersonFactory(owner=library.owner)
    )
    counts = got(me, "sync/counts/")
    delivered = {
        feed: len(got(me, f"sync/{feed}/?page_size=1000")["items"]) for feed in SYNC
    }
    assert counts["photos"] == delivered["photos"] > 5
    assert counts["persons"] == delivered["persons"]
    for kind in ("user", "auto", "thing", "place"):
        assert counts[f"{kind}_albums"] == delivered[f"albums/{kind}"]
    assert counts["tags"] == delivered["albums/tag"]


@pytest.fixture
def uploader(library: Library, client_of: Any, settings: Any, tmp_path: Any) -> Any:
    """The owner, with room for uploads."""
    settings.DATA = tmp_path
    return client_of(library.owner)


def sent(client: Any, content: bytes, **more: Any) -> Any:
    """Send a file as one chunk."""
    form = {"file": SimpleUploadedFile("blob", content), "offset": "0"}
    return client.post("/api/upload/", form, format="multipart", **more)


@pytest.mark.parametrize("word", ["Bearer", "bearer", "BEARER"])
def test_14_a_file_comes_as_one_chunk_without_range(uploader, library, word):
    token = sign_in(library.owner)[1].json()["access"]
    phone = APIClient()
    phone.credentials(HTTP_AUTHORIZATION=f"{word} {token}")
    answer = sent(phone, jpeg_of(3_000_000))
    assert answer.status_code == 200, answer.content
    assert shapes.violations(answer.json(), shapes.UPLOAD_CHUNK) == []


def test_15_the_md5_has_32_digits_or_more_of_older_clients(uploader):
    content = jpeg_of(1000)
    md5 = hashlib.md5(content).hexdigest()
    for told in (md5, md5 + "7"):
        upload = sent(uploader, content).json()["upload_id"]
        form = {"upload_id": upload, "md5": told, "filename": "a.jpg"}
        answer = uploader.post("/api/upload/complete/", form, format="multipart")
        assert answer.status_code == 200, answer.content
    upload = sent(uploader, content).json()["upload_id"]
    form = {"upload_id": upload, "md5": md5[:31], "filename": "a.jpg"}
    refused = uploader.post("/api/upload/complete/", form, format="multipart")
    assert refused.status_code == 400


def test_16_names_are_compared_without_case(library: Library) -> None:
    for name in (library.owner.username.upper(), library.owner.username.title()):
        body = {"username": name, "password": PASSWORD}
        answer = APIClient().post("/api/auth/token/obtain/", body, format="json")
        assert answer.status_code == 200


def test_17_stars_are_kept(library: Library, me: Any) -> None:
    photo = library.photos["image"]
    body = {"rating": 4}
    answer = me.patch(f"/api/photos/edit/{photo.image_hash}/", body, format="json")
    assert answer.status_code == 200
    assert got(me, f"photos/{photo.pk}/")["rating"] == 4


def test_18_who_has_not_signed_in_is_told_so_and_not_of_files(library: Library) -> None:
    for kind in ("thumbnails_big", "photos", "embedded_media"):
        address = f"/media/{kind}/{library.photos['motion'].image_hash}"
        for method in ("get", "head"):
            answer = getattr(APIClient(), method)(address)
            assert answer.status_code == 403
            assert answer["X-Media-Error"] == "authentication"


def test_20_no_text_is_told_where_none_was_read(library: Library, me: Any) -> None:
    """Nothing reads text in pictures yet; whoever adds it adds its boxes here."""
    assert me.post("/api/generateocr", {}, format="json").status_code == 404
    assert got(me, f"photos/{library.photos['image'].pk}/").get("ocr") is None


def test_21_a_photo_by_link_has_the_addresses_of_its_pictures(library, client_of):
    for name in ("image", "video"):
        slug = LinkFactory(photo=library.photos[name]).slug
        told = got(client_of(), f"public/photo/{slug}/")["results"]
        assert told["thumbnail_url"].startswith(f"/api/public/photo/{slug}/")
        assert "video_url" in told
        assert (told["video_url"] is not None) == (name == "video")


def test_22_a_revoked_photo_is_not_found_in_json(library: Library, client_of: Any):
    link = LinkFactory(photo=library.photos["image"])
    address = f"/api/public/photo/{link.slug}/"
    assert client_of().get(address).status_code == 200
    link.delete()
    answer = client_of().get(address)
    assert answer.status_code == 404
    assert shapes.violations(answer.json(), shapes.ERRORS) == []


def test_23_an_unknown_slug_is_free(library: Library, client_of: Any) -> None:
    album = UserAlbum.objects.create(owner=library.owner, title="Ours")
    LinkFactory(album=album, slug="ours")
    assert client_of().get("/api/public/albums/s/ours/").status_code == 200
    assert client_of().get("/api/public/albums/s/theirs/").status_code == 404


def test_24_signing_out_takes_the_cookie_away(library: Library) -> None:
    browser, answer = sign_in(library.owner)
    address = f"/media/photos/{library.photos['image'].image_hash}"
    body = {"refresh": answer.json()["refresh"]}
    kept = answer.cookies["jwt"]
    out = browser.post("/api/auth/token/blacklist/", body, format="json")
    gone = out.cookies["jwt"]
    assert kept["httponly"] and (gone.value, gone["max-age"]) == ("", 0)
    assert gone["path"] == kept["path"]
    browser.cookies["jwt"] = kept.value
    assert browser.get(address).status_code == 403


def test_25_nobody_signs_in_elsewhere(library: Library, client_of: Any) -> None:
    """There is no single sign-on yet; whoever adds it adds its cookies here."""
    for path in ("auth/sso/config", "auth/sso/finish", "accounts/oidc/x/login"):
        answer = client_of().get(f"/api/{path}")
        assert answer.status_code == 404
        assert shapes.violations(answer.json(), shapes.ERRORS) == []


def test_26_the_filter_of_an_account_applies_where_it_is_asked_for(library, me):
    library.owner.default_timeline_filter = {"media": "videos"}
    library.owner.save()

    def shown(query: str) -> int:
        days = got(me, f"albums/date/list/?{query}")["results"]
        return sum(day["numberOfItems"] for day in days)

    assert shown("") > shown("apply_default=true") == 1
    assert len(got(me, "photos/recentlyadded/")["results"]) == shown("")


def test_27_a_face_is_drawn_in_shares_of_the_picture(library: Library, me: Any) -> None:
    photo = library.photos["image"]
    box = {"top": 0.25, "right": 0.75, "bottom": 0.5, "left": 0.5}
    body = {"photo": photo.image_hash, "person_name": "Ada", "box": box}
    answer = me.post("/api/addface", body, format="json")
    assert answer.status_code == 201, answer.content
    face = Face.objects.get(drawn=True)
    assert {side: getattr(face, side) for side in box} == box


@pytest.mark.parametrize(
    "path",
    [
        "albums/date/{day}",
        "sitesettings",
        "scanfaces",
        "clusterfaces",
        "photos/download?job_id=00000000-0000-0000-0000-000000000000",
        "downloads/00000000-0000-0000-0000-0000000000001",
        "photos/{photo}/metadata",
        "photo/share/list",
        "geocode/search?q=florence",
        "serverlogs/view",
        "sync/photos",
    ],
)
def test_28_nothing_is_redirected(library: Library, me: Any, path: str) -> None:
    photo = library.photos["image"]
    answer = me.get(f"/api/{path.format(day=photo.day, photo=photo.pk)}")
    assert answer.status_code in (200, 403, 404)
    assert answer["Content-Type"].startswith("application/json")


def test_29_lists_of_the_details_are_lists(library: Library, me: Any) -> None:
    for name, photo in library.photos.items():
        if name != "removed":
            told = got(me, f"photos/{photo.pk}/")
            for key in ("similar_photos", "people", "embedded_media"):
                assert isinstance(told[key], list), key


@pytest.mark.parametrize(
    "path", ["timezones/", "predefinedrules/", "predefinedburstrules/"]
)
def test_30_lists_of_choices_are_decoded_twice(me: Any, path: str) -> None:
    assert json.loads(got(me, path))
