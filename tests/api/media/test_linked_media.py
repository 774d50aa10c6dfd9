"""Pictures of what a link shows: as long as it does, and to whom it does."""

from __future__ import annotations

import os
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from librephotos.api.models import Link, Photo, ScanDirectory, User, UserAlbum
from tests.factories import (
    FileFactory,
    LinkFactory,
    PhotoFactory,
    UserFactory,
)
from tests.support.links import (
    ALL,
    ENDS,
    MOVES,
    PASSWORD,
    answer,
    shown,
    tag_of,
    with_previews,
)

pytestmark = pytest.mark.django_db
ORIGINAL = b"what stands on the disk"


@pytest.fixture
def it():
    return shown(UserFactory(), video=False)


def statuses(client: Any, paths: list[str]) -> set[int]:
    return {answer(client, path)[0] for path in paths}


def test_a_visitor_sees_everything_and_so_does_whoever_has_signed_in(client_of, it):
    for user in (None, UserFactory(), it.photo.owner):
        assert statuses(client_of(user), it.all()) == {200}


@pytest.mark.parametrize("end", ENDS)
def test_nothing_is_shown_from_the_moment_on_that_it_ends(client_of, it, end):
    others = (client_of(), client_of(UserFactory()))
    before = {path: tag_of(others[0], path) for path in it.media()}
    ENDS[end](it)
    whole = "/api/public/albums/s/"
    keeps_its_album = end not in (
        *("over for a second", "revoked"),
        "of somebody who was deactivated",
    )
    for client in others:
        for path in (*it.json(), *it.media()):
            status, body = answer(client, path)
            if path.startswith(whole) and "/photos/" not in path and keeps_its_album:
                assert (status, b'"grouped_photos":[]' in body) == (200, True)
                continue
            assert (status, b'"errors"' in body) == (404, True)
        assert statuses(client, it.hashed()) <= {403, 404}
    for path, tag in before.items():
        again = others[0].get(path, headers={"If-None-Match": tag})
        assert again.status_code == 404
        assert again["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("move", MOVES)
def test_nothing_is_shown_where_it_was_any_more(client_of, it, move):
    MOVES[move](it)
    expected = {"rotated": 404, "locked": 403}[move]
    client = client_of()
    assert statuses(client, [*it.json(), *it.media()]) == {expected}
    # Which hash is shown does not depend on the address of the album.
    assert statuses(client, it.hashed()) == {200 if move == "rotated" else 403}


def test_a_browser_proves_below_a_link_that_it_knows_the_password(client_of, it):
    MOVES["locked"](it)
    client = client_of()
    for start, link in (
        ("/api/public/albums/s", it.link),
        ("/api/public/photo", it.photo_link),
    ):
        path = f"{start}/{link.slug}/unlock/"
        wrong = client.post(path, {"password": "open barley"}, format="json")
        assert wrong.status_code == 400
        assert wrong.json()["errors"][0]["field"] == "password"
        assert not wrong.cookies
        as_form = client.post(path, {"password": PASSWORD})
        assert as_form.status_code == 415
        opened = client.post(path, {"password": PASSWORD}, format="json")
        assert opened.status_code == 204
        cookie = opened.cookies["unlocked"]
        assert cookie["path"] == f"{start}/{link.slug}"
        assert cookie["httponly"] and cookie["samesite"] == "Strict"
        mine = [path for path in (*it.json(), *it.media()) if link.slug in path]
        theirs = [path for path in (*it.json(), *it.media()) if link.slug not in path]
        assert statuses(client, mine) == {200}
        assert statuses(client, theirs) == {403}
        client.cookies.clear()
    assert statuses(client, it.hashed()) == {403}


@pytest.mark.parametrize("change", ["password", "slug", "forged"])
def test_the_proof_is_worth_nothing_once_password_or_address_are_others(
    client_of, it, change
):
    MOVES["locked"](it)
    client = client_of()
    path = f"/api/public/albums/s/{it.link.slug}/"
    client.post(f"{path}unlock/", {"password": PASSWORD}, format="json")
    assert client.get(path).status_code == 200
    if change == "password":
        MOVES["locked"](it)  # with another salt
    elif change == "slug":
        Link.objects.filter(pk=it.link.pk).update(slug="another-one")
        path = "/api/public/albums/s/another-one/"
    else:
        client.cookies["unlocked"] = client.cookies["unlocked"].value[:-1] + "\x7f"
    assert client.get(path).status_code == 403


def test_wrong_passwords_are_counted_by_link_and_address(client_of, it, settings):
    settings.REST_FRAMEWORK = {
        **settings.REST_FRAMEWORK,
        "DEFAULT_THROTTLE_RATES": {"login": "3/min", "sign_up": None},
    }
    MOVES["locked"](it)
    path = f"/api/public/albums/s/{it.link.slug}/unlock/"
    other = f"/api/public/photo/{it.photo_link.slug}/unlock/"

    def tried(path: str, password: str, address: str) -> int:
        options = {"format": "json", "REMOTE_ADDR": address}
        given = client_of().post(path, {"password": password}, **options)
        return int(given.status_code)

    here, there = "192.0.2.81", "192.0.2.82"
    assert [tried(path, "x", here) for _ in range(4)] == [400, 400, 400, 429]
    assert tried(path, PASSWORD, here) == 429
    assert tried(path, PASSWORD, there) == 204
    assert tried(other, PASSWORD, here) == 204


def test_an_album_vouches_for_its_owners_photos_alone(client_of, it):
    foreign = with_previews(PhotoFactory(owner=UserFactory()))
    it.album.members.create(photo=foreign)
    client = client_of()
    start = f"/api/public/albums/s/{it.link.slug}"
    for path in (
        f"{start}/photos/{foreign.pk}/",
        f"{start}/photos/{foreign.pk}/media/thumbnail/",
        f"/media/thumbnails_big/{foreign.image_hash}",
    ):
        assert answer(client, path)[0] in (403, 404)
    listed = client.get(f"{start}/").json()["results"]["grouped_photos"]
    assert [item["id"] for day in listed for item in day["items"]] == [str(it.photo.pk)]


def test_a_photo_link_opens_no_hash_and_tells_none(client_of, it):
    Link.objects.filter(pk=it.link.pk).delete()
    client, hash = client_of(), it.photo.image_hash
    assert statuses(client, it.hashed()) == {403}
    told = client.get(f"/api/public/photo/{it.photo_link.slug}/")
    assert hash[:32] not in told.content.decode()
    assert str(it.photo.pk) not in told.content.decode()
    picture = client.get(told.json()["results"]["thumbnail_url"])
    assert b"".join(picture) == b"big"
    assert hash[:32] not in str(picture.headers)
    known = client.get(
        told.json()["results"]["thumbnail_url"],
        headers={"If-None-Match": picture["ETag"]},
    )
    assert known.status_code == 304
    assert picture["Cache-Control"] == "private, no-cache"


def on_disk(photo: Photo, folder: Any, **values: Any) -> None:
    ScanDirectory.objects.get_or_create(user=photo.owner, path=os.fsencode(folder))
    path = folder / "Anna at the lake.jpg"
    path.write_bytes(ORIGINAL)
    facts = path.stat()
    FileFactory(
        photo=photo,
        path=os.fsencode(path),
        size=facts.st_size,
        mtime_ns=facts.st_mtime_ns,
        **values,
    )


def files(it: Any) -> list[str]:
    return [
        f"/api/public/albums/s/{it.link.slug}/photos/{it.photo.pk}/media/file/",
        f"/api/public/photo/{it.photo_link.slug}/media/file/",
        f"/media/photos/{it.photo.image_hash}",
    ]


@pytest.mark.parametrize("end", [*ENDS, *MOVES])
def test_no_file_is_sent_from_the_moment_on_that_it_ends(client_of, tmp_path, end):
    it = shown(UserFactory(), video=True, motion_photo=True)
    on_disk(it.photo, tmp_path, kind="video", mime="video/mp4")
    beside = it.photo.main_file
    FileFactory(
        photo=it.photo,
        path=bytes(beside.path),
        path_key=1,
        capture_key=1,
        size=beside.size,
        mtime_ns=beside.mtime_ns,
        kind="video",
        main=False,
    )
    start = f"/api/public/albums/s/{it.link.slug}/photos/{it.photo.image_hash}/media"
    single = f"/api/public/photo/{it.photo_link.slug}/media"
    below = [
        f"{place}/{kind}/"
        for place in (start, single)
        for kind in ("file", "video", "motion")
    ]
    hashed = [
        f"/media/{kind}/{it.photo.image_hash}"
        for kind in ("photos", "video", "embedded_media")
    ]
    client = client_of()
    assert statuses(client, [*below, *hashed]) == {200}
    (ENDS | MOVES)[end](it)
    assert statuses(client, below) == {403 if end == "locked" else 404}
    # Which hash is shown does not depend on the address of the album.
    assert statuses(client, hashed) == {200 if end == "rotated" else 403}
    stranger = client_of(UserFactory())
    assert statuses(stranger, hashed) == {200 if end == "rotated" else 404}


def test_a_bad_token_is_refused_although_nobody_needs_one(client_of, it):
    client = client_of()
    client.credentials(HTTP_AUTHORIZATION="Bearer nonsense")
    assert statuses(client, [*it.json(), *it.media()]) == {401}


def test_a_file_is_there_to_keep_if_the_link_says_so(client_of, it, tmp_path):
    on_disk(it.photo, tmp_path)
    client = client_of()
    for path in files(it):
        sent = client.get(path)
        assert b"".join(sent) == ORIGINAL
        assert "Anna" not in sent["Content-Disposition"]
        if "/public/" in path:
            assert sent["Content-Disposition"].startswith("attachment")
            assert it.photo.image_hash not in str(sent.headers)
    Link.objects.update(downloads=False)
    assert statuses(client, files(it)) == {404}
    album, photo = it.json()[1], it.json()[3]
    for path in (album, photo):
        assert client.get(path).json()["results"]["download_url"] is None
    assert statuses(client, [*it.media(), *it.hashed()]) == {200}


def test_a_video_is_looked_at_without_being_there_to_keep(client_of, tmp_path):
    it = shown(UserFactory(), video=True)
    on_disk(it.photo, tmp_path, kind="video", mime="video/mp4")
    Link.objects.update(downloads=False)
    start = f"/api/public/albums/s/{it.link.slug}/photos/{it.photo.pk}/media"
    client = client_of()
    for path in (
        f"{start}/video/",
        f"/api/public/photo/{it.photo_link.slug}/media/video/",
        f"/media/video/{it.photo.image_hash}",
    ):
        sent = client.get(path, headers={"Range": "bytes=0-3"})
        assert (sent.status_code, b"".join(sent)) == (206, ORIGINAL[:4])
    assert answer(client, f"{start}/file/")[0] == 404


@pytest.mark.parametrize("switch", ALL)
def test_by_the_hash_one_has_what_all_links_to_a_photo_allow(
    client_of, it, tmp_path, switch
):
    on_disk(it.photo, tmp_path)
    second = UserAlbum.objects.create(owner=it.photo.owner, title="Second")
    second.members.create(photo=it.photo)
    LinkFactory(album=second, sharing_options={**ALL, switch: False})
    face = f"/media/faces/{it.photo.image_hash}_{it.face}.jpg"
    original = f"/media/photos/{it.photo.image_hash}"
    told = [answer(client_of(), path)[0] for path in (face, original)]
    withheld = {"share_faces": [404, 200], "share_captions": [200, 200]}
    # No worker is there to make a copy without metadata.
    assert told == withheld.get(switch, [200, 503])
    if switch == "share_faces":
        assert answer(client_of(), it.media()[3])[0] == 200


def test_the_defaults_of_the_account_hold_where_the_link_says_nothing(client_of, it):
    Link.objects.update(sharing_options={})
    client = client_of()
    face = it.media()[3]
    assert answer(client, face)[0] == 404
    User.objects.update(public_sharing_defaults={"share_faces": True})
    assert answer(client, face)[0] == 200
    Link.objects.update(sharing_options={"share_faces": False})
    assert answer(client, face)[0] == 404


def test_links_do_not_open_the_details_that_those_who_sign_in_read(client_of, it):
    for user in (None, UserFactory()):
        client = client_of(user)
        for end in ("", "summary/"):
            assert client.get(f"/api/photos/{it.photo.pk}/{end}").status_code == 404


def test_a_preview_costs_as_many_queries_however_many_albums_show_it(client_of, it):
    path = it.hashed()[0]

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert answer(client_of(), path)[0] == 200
        return len(asked)

    once = queries()
    for number in range(20):
        album = UserAlbum.objects.create(owner=it.photo.owner, title=f"Album {number}")
        album.members.create(photo=it.photo)
        LinkFactory(album=album)
    assert queries() == once == 1


def test_who_may_see_a_picture_is_found_in_indexes(client_of, it):
    owner = it.photo.owner
    PhotoFactory.create_batch(200, owner=owner)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SET LOCAL enable_seqscan = off")
        with CaptureQueriesContext(connection) as asked:
            assert answer(client_of(), it.hashed()[0])[0] == 200
        cursor.execute(f"EXPLAIN {asked.captured_queries[-1]['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Seq Scan" not in plan, plan
