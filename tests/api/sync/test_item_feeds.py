"""The feeds of people, albums, things and places, and the numbers of all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from librephotos.api.models import (
    AlbumShare,
    Photo,
    SyncItem,
    Thing,
    User,
    UserAlbum,
)
from librephotos.api.services.sharing import share_album
from librephotos.api.writes import things
from librephotos.api.writes.things import Tag
from tests.factories import (
    FaceFactory,
    PersonFactory,
    PhotoFactory,
    PlaceFactory,
    UserFactory,
)

FEEDS = {
    "persons": "persons",
    "albums/user": "user_albums",
    "albums/auto": "auto_albums",
    "albums/thing": "thing_albums",
    "albums/place": "place_albums",
    "albums/tag": "tags",
}

pytestmark = pytest.mark.django_db


class Mirror:
    """A client that keeps what one feed tells, and asks until it tells no more."""

    def __init__(self, client: Any, feed: str) -> None:
        self.client, self.path = client, f"/api/sync/{feed}/"
        self.cursor: str | None = None
        self.items: dict[int, Any] = {}

    def update(self) -> tuple[set[int], set[int]]:
        """Ask for all that has changed; return what was told and what was gone."""
        told: set[int] = set()
        gone: set[int] = set()
        for _ in range(100):
            asked = {"page_size": 2} | ({"cursor": self.cursor} if self.cursor else {})
            answer = self.client.get(self.path, asked)
            assert answer.status_code == 200, answer.content
            page = answer.json()
            gone |= set(page["tombstones"])
            for key in page["tombstones"]:
                self.items.pop(key, None)
            told |= {item["id"] for item in page["items"]}
            self.items |= {item["id"]: item for item in page["items"]}
            assert ("total" in page) == (self.cursor is None)
            if page["next_cursor"] is None:
                assert page["items"] == []
                return told, gone
            self.cursor = page["next_cursor"]
        raise AssertionError("it never ends")


def make_album(client: Any, title: str, *photos: Photo) -> int:
    body = {"title": title, "photos": [str(photo.pk) for photo in photos]}
    made = client.post("/api/albums/user/edit/", body, format="json")
    return int(made.json()["id"])


def edit_album(client: Any, album: int, **change: Any) -> Any:
    path = f"/api/albums/user/edit/{album}/"
    return client.patch(path, change, format="json")


def test_an_album_is_told_with_its_photos(client: Any, me: User) -> None:
    photo, hidden = PhotoFactory(owner=me), PhotoFactory(owner=me, hidden=True)
    album, empty = make_album(client, "Sun", photo, hidden), make_album(client, "No")
    mirror = Mirror(client, "albums/user")
    assert mirror.update() == ({album, empty}, set())
    row = UserAlbum.objects.get(pk=album)
    told = mirror.items[album]
    assert isinstance(told.pop("last_modified"), int)
    assert told == {
        "id": album,
        "title": "Sun",
        "owner_id": me.pk,
        "favorited": False,
        "shared": 0,
        "cover_hash": photo.image_hash,
        "photo_count": 1,
        "created_on": round(row.created_on.timestamp() * 1000),
        "photo_ids": [str(photo.pk)],
    }
    assert mirror.items[empty]["cover_hash"] is None
    assert mirror.items[empty]["photo_ids"] == []


def rename(client: Any, album: int, photos: list[Photo]) -> None:
    edit_album(client, album, title="Moon")


def cover(client: Any, album: int, photos: list[Photo]) -> None:
    edit_album(client, album, cover_photo=str(photos[0].pk))


def add(client: Any, album: int, photos: list[Photo]) -> None:
    edit_album(client, album, photos=[str(photos[2].pk)])


def exchange(client: Any, album: int, photos: list[Photo]) -> None:
    removed = [photos[0].image_hash]
    edit_album(client, album, photos=[str(photos[2].pk)], removedPhotos=removed)


def hide(client: Any, album: int, photos: list[Photo]) -> None:
    body = {"image_hashes": [photos[0].image_hash], "hidden": True}
    client.post("/api/photosedit/hide/", body, format="json")


@pytest.mark.parametrize("change", [rename, cover, add, exchange, hide])
def test_each_change_of_an_album_is_told_once(
    client: Any, me: User, change: Callable[[Any, int, list[Photo]], None]
) -> None:
    photos = PhotoFactory.create_batch(3, owner=me)
    album = make_album(client, "Sun", *photos[:2])
    make_album(client, "Other", photos[2])
    mirror = Mirror(client, "albums/user")
    mirror.update()
    change(client, album, photos)
    assert mirror.update() == ({album}, set())
    assert mirror.update() == (set(), set())
    shown = Photo.objects.visible().filter(memberships__album=album)
    assert set(mirror.items[album]["photo_ids"]) == {str(p.pk) for p in shown}


def test_an_album_that_is_gone_is_told_and_may_come_back(client: Any, me: User) -> None:
    album, other = make_album(client, "Sun"), make_album(client, "Moon")
    mirror = Mirror(client, "albums/user")
    mirror.update()
    client.delete(f"/api/albums/user/{album}/")
    assert mirror.update() == (set(), {album})
    assert set(mirror.items) == {other}
    late = Mirror(client, "albums/user")
    assert late.update()[0] == {other}
    again = make_album(client, "Sun")
    assert mirror.update() == ({again}, {album})
    assert mirror.update() == (set(), set())


def test_albums_that_are_shown_to_one_are_told_until_they_are_not(
    client_of: Any, client: Any, me: User
) -> None:
    friend = UserFactory()
    photo, hidden = PhotoFactory(owner=friend), PhotoFactory(owner=friend, hidden=True)
    album = make_album(client_of(friend), "Theirs", photo, hidden)
    mirror = Mirror(client, "albums/user")
    assert mirror.update() == (set(), set())
    row = UserAlbum.objects.get(pk=album)
    share_album(row, recipients=[me.pk], options={})
    assert mirror.update() == ({album}, set())
    told = mirror.items[album]
    assert (told["shared"], told["owner_id"]) == (1, friend.pk)
    assert told["photo_ids"] == [str(photo.pk)]
    AlbumShare.objects.filter(recipient=me).delete()
    assert mirror.update() == (set(), {album})


def test_people_things_and_places_are_told(client: Any, me: User) -> None:
    italy = PlaceFactory(name="Italy")
    rome = PlaceFactory(name="Rome", parent=italy, level=3)
    photo = PhotoFactory(owner=me, place=rome)
    anna = PersonFactory(owner=me, name="Anna")
    PersonFactory(name="Somebody else's")
    FaceFactory(photo=photo, person=anna, person_source="user")
    kind = Thing.Kind.PLACES365_CATEGORY
    things.replace({photo.pk: [Tag(kind, "beach", 0.5)]}, kinds=[kind])
    told = {}
    for feed in FEEDS:
        mirror = Mirror(client, feed)
        mirror.update()
        told[feed] = list(mirror.items.values())
        for item in told[feed]:
            assert isinstance(item.pop("last_modified"), int)
            item.pop("id")
    hash = photo.image_hash
    assert told["persons"] == [
        {"name": "Anna", "kind": "USER", "face_count": 1, "cover_photo_hash": hash}
    ]
    assert told["albums/thing"] == [
        {"title": "beach", "photo_count": 1, "cover_hashes": [hash]}
    ]
    places = {place["title"]: place for place in told["albums/place"]}
    assert set(places) == {"Italy", "Rome"}
    assert places["Rome"]["geolocation_level"] == 3
    assert places["Rome"]["cover_hashes"] == []
    assert told["albums/auto"] == told["albums/tag"] == []
    counts = client.get("/api/sync/counts/").json()
    assert {name: counts[name] for name in FEEDS.values()} == {
        name: len(told[feed]) for feed, name in FEEDS.items()
    }
    assert counts["photos"] == 1 and counts["server_time"]


def test_a_face_and_a_name_change_what_is_told_of_a_person(
    client: Any, me: User
) -> None:
    anna, ben = PersonFactory(owner=me), PersonFactory(owner=me)
    mirror = Mirror(client, "persons")
    mirror.update()
    face = FaceFactory(photo=PhotoFactory(owner=me), person=anna, person_source="user")
    assert mirror.update() == ({anna.pk}, set())
    assert mirror.items[anna.pk]["face_count"] == 1
    name = {"newPersonName": "Anna"}
    client.patch(f"/api/persons/{anna.pk}/", name, format="json")
    assert mirror.update() == ({anna.pk}, set())
    client.patch(f"/api/persons/{ben.pk}/", {"hidden": True}, format="json")
    assert mirror.update() == (set(), {ben.pk})
    Photo.objects.filter(pk=face.photo_id).update(hidden=True)
    assert mirror.update()[0] == {anna.pk}
    assert mirror.items[anna.pk]["face_count"] == 0


def test_the_numbers_are_those_of_what_was_told(client: Any, me: User) -> None:
    make_album(client, "Sun")
    assert client.get("/api/sync/counts/").json()["user_albums"] == 1
    make_album(client, "Moon")
    assert client.get("/api/sync/counts/").json()["user_albums"] == 1
    Mirror(client, "albums/user").update()
    assert client.get("/api/sync/counts/").json()["user_albums"] == 2


def test_a_number_of_photos_stands_while_the_client_compares_it(
    client: Any, me: User
) -> None:
    assert client.get("/api/sync/counts/").json()["photos"] == 0
    PhotoFactory(owner=me)
    assert client.get("/api/sync/counts/").json()["photos"] == 1
    client.get("/api/sync/photos/")


def test_versions_that_clients_know_are_not_given_anew(client: Any, me: User) -> None:
    make_album(client, "Sun")
    album = make_album(client, "Moon")
    mirror = Mirror(client, "albums/user")
    mirror.update()
    client.delete(f"/api/albums/user/{album}/")
    mirror.update()
    SyncItem.objects.exclude(withdrawn_at=None).update(
        withdrawn_at="2020-01-01T00:00:00Z"
    )
    new = make_album(client, "Stars")
    assert new in mirror.update()[0]
    client.get("/api/sync/albums/user/")
    assert not SyncItem.objects.filter(key=album).exists()


@pytest.mark.parametrize("feed", FEEDS)
@pytest.mark.parametrize("count", [1, 20])
def test_the_number_of_queries_does_not_grow(
    client: Any, me: User, django_assert_max_num_queries: Any, feed: str, count: int
) -> None:
    kind = Thing.Kind.PLACES365_CATEGORY
    for number in range(count):
        photo = PhotoFactory(owner=me, place=PlaceFactory(name=f"Town {number}"))
        make_album(client, f"Album {number}", photo)
        FaceFactory(photo=photo, person=PersonFactory(owner=me), person_source="user")
        things.replace({photo.pk: [Tag(kind, f"{number}", 0.5)]}, kinds=[kind])
    client.get(f"/api/sync/{feed}/")
    with django_assert_max_num_queries(16):
        answer = client.get(f"/api/sync/{feed}/", {"page_size": 1000})
    if feed not in ("albums/auto", "albums/tag"):
        assert len(answer.json()["items"]) == count


def test_a_cursor_of_another_feed_is_refused(client: Any, me: User) -> None:
    make_album(client, "Sun")
    cursor = client.get("/api/sync/albums/user/").json()["next_cursor"]
    for feed in ("persons", "photos", "albums/place"):
        answer = client.get(f"/api/sync/{feed}/", {"cursor": cursor})
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_cursor")
