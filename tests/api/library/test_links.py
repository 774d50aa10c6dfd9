"""Links over HTTP: what their owners do with them, and what visitors are told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connections, transaction

from librephotos.api.models import Link, Photo, User, UserAlbum
from librephotos.api.models.sharing.links import is_slug, new_slug
from librephotos.api.models.sharing.shown import OPTIONS
from librephotos.api.services import links as service
from librephotos.api.services.users import delete_user
from librephotos.api.writes import search_document
from tests.factories import (
    FaceFactory,
    FileFactory,
    LinkFactory,
    PersonFactory,
    PhotoFactory,
    PhotoMetadataFactory,
    PlaceFactory,
    UserFactory,
)
from tests.support.links import ALL

pytestmark = pytest.mark.django_db

PUBLISH = "/api/useralbum/makepublic"
SHARE = "/api/photo/share"


def album_of(user: User, *photos: Photo, title: str = "Summer") -> UserAlbum:
    album = UserAlbum.objects.create(owner=user, title=title)
    for photo in photos:
        album.members.create(photo=photo)
    return album


def published(client: Any, album: UserAlbum, **body: Any) -> dict[str, Any]:
    sent = {"album_id": album.pk, "val_public": True, **body}
    answer = client.post(PUBLISH, sent, format="json")
    assert answer.status_code == 200, answer.json()
    assert answer.json()["status"] is True
    return dict(answer.json())


def shared(client: Any, photo: Photo, **body: Any) -> dict[str, Any]:
    sent = {"photo_id": str(photo.pk), **body}
    answer = client.post(SHARE, sent, format="json")
    assert answer.status_code == 200, answer.json()
    return dict(answer.json())


def refused(client: Any, path: str, body: dict[str, Any], status: int = 400) -> str:
    """Return the field that is to blame; what is told is told in both forms."""
    answer = client.post(path, body, format="json")
    assert answer.status_code == status, answer.json()
    told = answer.json()
    assert told["status"] is False and told["message"]
    return str(told["errors"][0]["field"])


def seen(client: Any, slug: str, **query: Any) -> dict[str, Any]:
    answer = client.get(f"/api/public/albums/s/{slug}/", query)
    assert answer.status_code == 200, answer.json()
    return dict(answer.json())


def test_an_album_gets_a_link_and_anybody_sees_it(client_of):
    me = UserFactory(username="ada")
    photos = PhotoFactory.create_batch(3, owner=me)
    album = album_of(me, *photos)
    made = published(client_of(me), album)
    slug = made["album"]["public_slug"]
    assert len(slug) == 22 and made["album"]["public"] is True
    assert made["link"]["url"] == f"/public/a/{slug}"
    told = seen(client_of(), slug)
    assert (told["results"]["title"], told["photo_count"]) == ("Summer", 3)
    assert told["results"]["owner"]["username"] == "ada"
    items = [item for day in told["results"]["grouped_photos"] for item in day["items"]]
    assert {item["id"] for item in items} == {str(photo.pk) for photo in photos}
    assert told["sharing_settings"] == dict.fromkeys(OPTIONS, False)


def test_a_link_that_is_there_stays_and_each_new_one_is_another(client_of):
    me = UserFactory()
    album, client = album_of(me, PhotoFactory(owner=me)), client_of(me)
    first = published(client, album)["album"]["public_slug"]
    assert published(client, album)["album"]["public_slug"] == first
    ended = published(client, album, val_public=False)
    assert ended["link"] is None
    assert ended["album"]["public"] is False
    assert ended["album"]["public_slug"] == ""
    assert ended["album"]["public_sharing_options"] is None
    assert client_of().get(f"/api/public/albums/s/{first}/").status_code == 404
    second = published(client, album)["album"]["public_slug"]
    third = published(client, album, slug="")["album"]["public_slug"]
    Link.objects.update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    (row,) = client.get("/api/albums/user/list/").json()["results"]
    assert (row["public"], row["public_slug"]) == (False, "")
    again = published(client, album)["album"]
    assert again["public_expires_at"] is None
    assert len({first, second, third, again["public_slug"]}) == 4


def test_what_is_not_sent_stays(client_of):
    me = UserFactory()
    album, client = album_of(me, PhotoFactory(owner=me)), client_of(me)
    until = (datetime.now(UTC) + timedelta(days=7)).replace(microsecond=0)
    published(
        client,
        album,
        slug="Our-summer_21",
        expires_at=until.isoformat(),
        password="1234",
        downloads=False,
        sharing_options={"share_location": True, "share_faces": False},
    )
    kept = published(client, album, sharing_options={"share_faces": None})["link"]
    assert kept["slug"] == "Our-summer_21"
    assert kept["expires_at"] == until.isoformat().replace("+00:00", "Z")
    assert kept["has_password"] is True and kept["downloads"] is False
    assert kept["sharing_options"]["share_location"] is True
    assert kept["sharing_options"]["share_faces"] is None
    for never in (None, ""):
        published(client, album, expires_at=until.isoformat())
        assert published(client, album, expires_at=never)["link"]["expires_at"] is None
    for none in (None, ""):
        published(client, album, password="5678")
        assert not published(client, album, password=none)["link"]["has_password"]
    stored = Link.objects.get()
    published(client, album, password="5678")
    assert "5678" not in Link.objects.get().password
    assert stored.slug not in str(stored) + repr(stored)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"slug": "ab"}, "slug"),
        ({"slug": "x" * 65}, "slug"),
        ({"slug": "-ab"}, "slug"),
        ({"slug": "a/../b"}, "slug"),
        ({"slug": "größe"}, "slug"),
        ({"slug": "a\0bc"}, "slug"),
        ({"slug": "Photos"}, "slug"),
        ({"expires_at": "soon"}, "expires_at"),
        ({"expires_at": "2021-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "9999-12-31T23:59:59-12:00"}, "expires_at"),
        ({"password": "123"}, "password"),
        ({"password": "x" * 129}, "password"),
        ({"downloads": "yes"}, "downloads"),
        ({"sharing_options": {"share_faces": 1}}, "sharing_options"),
    ],
    ids=str,
)
def test_what_no_link_can_be_is_refused_with_the_field(client_of, body, field):
    me = UserFactory()
    photo = PhotoFactory(owner=me)
    album, client = album_of(me, photo), client_of(me)
    sent = {"album_id": str(album.pk), "val_public": True, **body}
    assert refused(client, PUBLISH, sent) == field
    assert refused(client, SHARE, {"photo_id": str(photo.pk), **body}) == field
    assert not Link.objects.exists()


def test_an_address_that_is_taken_is_refused_whoever_has_it(client_of):
    me, other = UserFactory(), UserFactory()
    LinkFactory(album=album_of(other), slug="summer")
    album = album_of(me)
    sent = {"album_id": album.pk, "val_public": True, "slug": "summer"}
    assert refused(client_of(me), PUBLISH, sent) == "slug"
    assert not Link.objects.owned_by(me).exists()


def test_a_photo_gets_a_link_another_one_and_none(client_of):
    me = UserFactory()
    photo, client = PhotoFactory(owner=me), client_of(me)
    first = shared(client, photo)["share"]
    assert first["enabled"] is True
    assert first["url"] == f"/public/p/{first['slug']}"
    assert shared(client, photo, photo_id=photo.image_hash)["share"] == first
    (row,) = client.get("/api/photo/share/list").json()["results"]
    assert row == {**first, "photo_id": str(photo.pk), "image_hash": photo.image_hash}
    second = shared(client, photo, action="rotate")["share"]
    assert second["slug"] != first["slug"]
    for share, status in ((first, 404), (second, 200)):
        path = f"/api/public/photo/{share['slug']}/"
        assert client_of().get(path).status_code == status
    off = shared(client, photo, action="disable")
    assert off["share"] == {"enabled": False, "slug": None, "url": None}
    assert client.get("/api/photo/share/list").json()["results"] == []
    assert shared(client, photo)["share"]["slug"] not in (first["slug"], second["slug"])
    assert (
        refused(client, SHARE, {"photo_id": str(photo.pk), "action": "x"}) == "action"
    )
    assert refused(client, SHARE, {}) == "photo_id"


def test_a_random_address_is_asked_for_where_there_is_no_link_yet(client_of):
    me = UserFactory()
    client, photo = client_of(me), PhotoFactory(owner=me)
    first = shared(client, photo, action="rotate")["share"]
    assert is_slug(first["slug"])
    shared(client, photo, action="disable")
    again = shared(client, photo, action="rotate")["share"]
    assert is_slug(again["slug"]) and again["slug"] != first["slug"]
    link = published(client, album_of(me, photo), slug="")["link"]
    assert is_slug(link["slug"])


def test_what_is_somebody_elses_is_not_there(client_of):
    other = UserFactory(public_sharing=True)
    photo = PhotoFactory(owner=other, public=True)
    link = LinkFactory(album=album_of(other, photo))
    client = client_of(UserFactory())
    for on in (True, False):
        sent = {"album_id": link.album_id, "val_public": on}
        assert refused(client, PUBLISH, sent, 404) == "detail"
    for action in ("enable", "rotate", "disable"):
        sent = {"photo_id": str(photo.pk), "action": action}
        assert refused(client, SHARE, sent, 404) == "detail"
    assert client.delete(f"/api/links/{link.pk}/").status_code == 404
    assert client.get("/api/links/").json()["results"] == []
    assert client.get(f"/api/links/?album={link.album_id}").json()["results"] == []
    assert Link.objects.get() == link


def test_all_my_links_in_one_place_and_each_is_revocable(
    client_of, django_assert_num_queries
):
    me = UserFactory()
    photos = PhotoFactory.create_batch(20, owner=me)
    client = client_of(me)

    def listed(queries: int) -> list[dict[str, Any]]:
        with django_assert_num_queries(queries):
            return list(client.get("/api/links/").json()["results"])

    LinkFactory(photo=photos[0])
    LinkFactory(album=album_of(me, photos[1]))
    assert len(listed(5)) == 2
    for photo in photos[2:]:
        LinkFactory(photo=photo)
        LinkFactory(album=album_of(me, photo, title=str(photo)))
    rows = listed(5)
    assert len(rows) == 38
    assert {row["image_hash"] for row in rows} == {photo.image_hash for photo in photos}
    assert client.get("/api/links/?album=x").status_code == 400
    for name in ("album", "photo"):
        row = next(row for row in rows if row[f"{name}_id"] is not None)
        path = f"/api/links/?{name}={row[f'{name}_id']}"
        assert client.get(path).json()["results"] == [row]
        assert client.delete(f"/api/links/{row['id']}/").status_code == 204
        assert client.get(path).json()["results"] == []


def test_a_link_that_shows_nothing_now_says_so(client_of):
    me = UserFactory()
    photo = PhotoFactory(owner=me)
    LinkFactory(photo=photo)
    LinkFactory(album=album_of(me, photo))

    def empty() -> list[bool]:
        rows = client_of(me).get("/api/links/").json()["results"]
        return [row["empty"] for row in rows]

    assert empty() == [False, False]
    Photo.objects.update(hidden=True)
    assert empty() == [True, True]
    Photo.objects.update(removed=True)
    assert empty() == [True]


def whole_photo(owner: User) -> Photo:
    """A photo of which everything is known."""
    country = PlaceFactory(name="Italy")
    photo = FileFactory(
        photo__owner=owner,
        photo__place=PlaceFactory(name="Florence", parent=country, level=2),
        photo__latitude=43.77,
        photo__longitude=11.25,
        photo__user_caption="A boat",
        path=b"/pictures/secret-folder/boat.jpg",
    ).photo
    PhotoMetadataFactory(photo=photo, lens="RF50mm", fstop=2.8, keywords=["secret"])
    anna = PersonFactory(owner=owner, name="Anna")
    FaceFactory(photo=photo, person=anna, person_source="user")
    bert = PersonFactory(owner=owner, name="Bert")
    FaceFactory(photo=photo, guess=bert, guess_probability=0.99)
    FaceFactory(photo=photo, person=bert, dismissed="ignored")
    search_document.refresh([photo.pk])
    return Photo.objects.get(pk=photo.pk)


MARKS = {
    "share_location": ("Florence", "Italy", "43.77", "11.25"),
    "share_camera_info": ("Canon", "RF50mm", "2.8", "4000"),
    "share_timestamps": ("2021-07",),
    "share_captions": ("A boat",),
    "share_faces": ("Anna",),
}


@pytest.mark.parametrize("only", [*OPTIONS, None])
def test_each_switch_shows_its_own_and_nothing_else(client_of, only):
    photo = whole_photo(UserFactory())
    switches = {only: True} if only else {}
    album = LinkFactory(album=album_of(photo.owner, photo), sharing_options=switches)
    alone = LinkFactory(photo=photo, sharing_options=switches)
    start = f"/api/public/albums/s/{album.slug}/"
    paths = (
        start,
        f"{start}photos/{photo.pk}/",
        f"{start}photos/{photo.image_hash}/",
        f"/api/public/photo/{alone.slug}/",
    )
    told = [client_of().get(path) for path in paths]
    for answer in told:
        assert answer.json()["sharing_settings"] == {
            name: name == only for name in OPTIONS
        }
        for switch, marks in MARKS.items():
            for mark in marks:
                assert switch == only or mark not in answer.content.decode()
        for never in ("Bert", "secret", "boat.jpg", photo.owner.email):
            assert never not in answer.content.decode()
    if only:
        for mark in MARKS[only]:
            assert mark in told[1].content.decode()
            assert mark in told[3].content.decode()
    details = told[1].json()["results"]
    assert {"exif_timestamp", "geolocation_json", "camera", "people"} <= set(details)
    if only != "share_captions":
        assert details["captions_json"] == {"im2txt": ""}
    if only == "share_faces":
        (anna,) = details["people"]
        assert anna["face_url"].startswith(start)
        assert told[3].json()["results"]["people"] == [{"name": "Anna"}]


def test_without_days_all_photos_are_one_group(client_of):
    me = UserFactory()
    photos = [PhotoFactory(owner=me, day=day) for day in (700_000, 700_001)]
    link = LinkFactory(album=album_of(me, *photos))
    (group,) = seen(client_of(), link.slug)["results"]["grouped_photos"]
    assert group["date"] is None and len(group["items"]) == 2
    assert {item["date"] for item in group["items"]} == {""}
    Link.objects.update(sharing_options={"share_timestamps": True})
    groups = seen(client_of(), link.slug)["results"]["grouped_photos"]
    assert [group["date"] for group in groups] == ["1917-07-16", "1917-07-15"]


def test_an_album_comes_in_pages_and_costs_as_much_however_long_it_is(
    client_of, django_assert_num_queries
):
    me = UserFactory()
    photos = PhotoFactory.create_batch(20, owner=me)
    short = LinkFactory(album=album_of(me, photos[0], title="One"))
    long = LinkFactory(album=album_of(me, *photos))
    for link in (short, long):
        seen(client_of(), link.slug)  # the visit is counted
        with django_assert_num_queries(4):
            seen(client_of(), link.slug)
    page = seen(client_of(), long.slug, page=1, page_size=15)
    rest = client_of().get(page["next"]).json()
    items = [
        item["id"]
        for part in (page, rest)
        for day in part["results"]["grouped_photos"]
        for item in day["items"]
    ]
    assert len(set(items)) == len(items) == 20 and rest["next"] is None
    beyond = client_of().get(f"/api/public/albums/s/{long.slug}/?page=9")
    assert beyond.status_code == 404
    PhotoFactory(owner=me, video=True)
    assert seen(client_of(), long.slug, video=1)["results"]["grouped_photos"] == []


def test_visits_are_counted_not_requests(client_of):
    me = UserFactory()
    photo = PhotoFactory(owner=me)
    link = LinkFactory(album=album_of(me, photo))

    def come(
        address: str = "192.0.2.1", user: User | None = None, path: str = ""
    ) -> int:
        start = f"/api/public/albums/s/{link.slug}/{path}"
        assert client_of(user).get(start, REMOTE_ADDR=address).status_code == 200
        return Link.objects.get(pk=link.pk).views

    assert come() == come() == 1
    assert come(path=f"photos/{photo.pk}/") == come(path="?page=1") == 1
    assert come(user=me, address="192.0.2.9") == 1
    assert come("192.0.2.2") == 2
    published(client_of(me), link.album, downloads=False)
    assert Link.objects.get().views == 2
    assert published(client_of(me), link.album, slug="")["link"]["views"] == 0


@pytest.mark.django_db(transaction=True)
def test_a_visitor_does_not_wait_for_an_owner_who_changes_the_link(client_of):
    me = UserFactory()
    link = LinkFactory(album=album_of(me, PhotoFactory(owner=me)))
    held, done = Barrier(2), Barrier(2)

    def hold() -> None:
        with transaction.atomic():
            Link.objects.select_for_update().get(pk=link.pk)
            held.wait(10)
            done.wait(10)
        connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold)
        held.wait(10)
        seen(client_of(), link.slug)
        done.wait(10)
        holding.result()
    assert Link.objects.get().views == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["album", "photo"])
def test_two_who_give_the_same_a_link_at_once_get_one(what):
    me = UserFactory()
    photo = PhotoFactory(owner=me)
    album = album_of(me, photo)
    start = Barrier(2)

    def give(_: int) -> str:
        start.wait(10)
        try:
            if what == "album":
                return service.link_album(album, {}).slug
            return service.link_photo(photo, {}).slug
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(give, range(2)))) == 1
    assert Link.objects.count() == 1


def test_links_go_with_what_they_show(client_of):
    me = UserFactory()
    photo, other = PhotoFactory.create_batch(2, owner=me)
    album = album_of(me, photo, title="Gone")
    kept = LinkFactory(album=album_of(me, other))
    gone = [LinkFactory(album=album).slug, LinkFactory(photo=photo).slug]
    assert client_of(me).delete(f"/api/albums/user/{album.pk}/").status_code == 204
    photo.delete()
    assert Link.objects.get() == kept
    for path in (f"albums/s/{gone[0]}", f"photo/{gone[1]}"):
        assert client_of().get(f"/api/public/{path}/").status_code == 404
    for linked in (service.link_album, service.link_photo):
        row = album if linked == service.link_album else photo
        with pytest.raises(service.NothingToLink):
            linked(row, {})
    delete_user(me)
    assert not Link.objects.exists()
    assert client_of().get(f"/api/public/albums/s/{kept.slug}/").status_code == 404


def test_every_dead_address_is_answered_alike(client_of):
    me = UserFactory()
    dead = {
        "unknown": new_slug(),
        "short": "x",
        "odd": "%00",
        "reserved": "photos",
        "of a photo": LinkFactory(photo=PhotoFactory(owner=me)).slug,
        "over": LinkFactory(
            album=album_of(me, title="Over"),
            expires_at=datetime.now(UTC) - timedelta(seconds=1),
        ).slug,
        "of nobody active": LinkFactory(
            album=album_of(UserFactory(is_active=False))
        ).slug,
    }
    told = set()
    for slug in dead.values():
        answer = client_of().get(f"/api/public/albums/s/{slug}/")
        assert answer.status_code == 404
        told.add((answer.content, str(sorted(answer.headers.items()))))
    assert len(told) == 1


def test_an_album_by_its_number_is_for_its_owner_and_who_has_the_slug(client_of):
    me = UserFactory(username="ada", public_sharing=True)
    photo = whole_photo(me)
    link = LinkFactory(album=album_of(me, photo))
    path = f"/api/albums/user/{link.album_id}/"
    for client in (client_of(), client_of(UserFactory())):
        assert client.get(path, {"public": "true"}).status_code == 404
        asked = {"public": "1", "username": "ADA", "slug": link.slug}
        told = client.get(path, asked)
        assert told.status_code == 200
        assert (told.json()["id"], told.json()["location"]) == (str(link.album_id), "")
        assert "Florence" not in told.content.decode()
        assert client.get(path, {**asked, "username": "bob"}).status_code == 404
        assert client.get(path, {**asked, "slug": new_slug()}).status_code == 404
    assert client_of().get(path).status_code == 401
    own = client_of(me)
    assert "Florence" in own.get(path).content.decode()
    assert "Florence" not in own.get(path, {"public": "true"}).content.decode()
    Link.objects.update(password="hash")
    assert client_of().get(path, asked).status_code == 404
    Link.objects.all().delete()
    assert own.get(path, {"public": "true"}).status_code == 404


def test_slugs_are_drawn_from_what_slugs_may_be():
    slugs = {new_slug() for _ in range(1000)}
    assert len(slugs) == 1000 and all(map(is_slug, slugs))


def test_what_a_link_shows_is_in_no_signed_in_list_of_others(client_of):
    me = UserFactory()
    photo = whole_photo(me)
    LinkFactory(album=album_of(me, photo))
    LinkFactory(photo=photo)
    for path in ("albums/user/list/", "photos/", "photo/share/list", "links/"):
        told = client_of(UserFactory()).get(f"/api/{path}").content.decode()
        assert photo.image_hash not in told and "Summer" not in told


def test_all_that_is_shared_is_told(client_of):
    photo = whole_photo(UserFactory())
    link = LinkFactory(photo=photo, sharing_options=ALL)
    told = client_of().get(f"/api/public/photo/{link.slug}/").json()["results"]
    assert told["search_location"] == "Florence, Italy"
    assert told["captions_json"] == {"im2txt": "A boat"}
    assert (told["width"], told["height"]) == (4000, 3000)
    assert told["video_url"] is None and told["motion_url"] is None
