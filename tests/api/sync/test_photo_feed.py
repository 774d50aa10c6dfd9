"""The feed of photos: everything once, every change again, nothing lost."""

from __future__ import annotations

import json
import tracemalloc
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from librephotos.api.models import Photo, PhotoRemoval, SyncEpoch, User
from librephotos.api.queries.sync.photos import changed_photos
from librephotos.api.services.users import delete_user
from librephotos.api.writes.sync_items import forget_old_removals
from tests.factories import FileFactory, PhotoFactory, PlaceFactory, UserFactory

FEED = "/api/sync/photos/"


@pytest.fixture
def me(transactional_db: None) -> User:
    """Somebody whose changes are committed, as a feed has to see them."""
    return UserFactory()


class Mirror:
    """A client that keeps what it is told, and asks until it is told no more."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.cursor: str | None = None
        self.photos: dict[str, Any] = {}

    def ask(self, size: int = 2) -> Any:
        asked = {"page_size": size} | ({"cursor": self.cursor} if self.cursor else {})
        answer = self.client.get(FEED, asked)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def update(self) -> set[str]:
        """Ask for all that has changed; return the ids that were told."""
        told: set[str] = set()
        for _ in range(100):
            page = self.ask()
            for gone in page["tombstones"]:
                self.photos.pop(gone, None)
            for item in page["items"]:
                self.photos[item["id"]] = item
                told.add(item["id"])
            if page["next_cursor"] is None:
                assert page["items"] == []
                return told
            assert page["items"]
            self.cursor = page["next_cursor"]
        raise AssertionError("it never ends")


@pytest.fixture
def mirror(client_of: Any, me: User) -> Mirror:
    """A client of `me`."""
    return Mirror(client_of(me))


def test_a_photo_is_told_in_full(client_of: Any, me: User, mirror: Mirror) -> None:
    tuscany = PlaceFactory(name="Tuscany", parent=PlaceFactory(name="Italy"))
    photo = PhotoFactory(
        owner=me,
        video=True,
        duration_s=12.5,
        taken_at=datetime(2020, 5, 3, 12, tzinfo=UTC),
        user_rating=4,
        latitude=43.5,
        longitude=11.25,
        place=tuscany,
        dominant_color="",
        public=True,
    )
    photo.refresh_from_db()
    page = mirror.ask()
    assert page["v"] == 1 and page["tombstones"] == [] and page["total"] == 1
    assert datetime.fromisoformat(page["server_time"])
    (item,) = page["items"]
    assert item == {
        "id": str(photo.pk),
        "image_hash": photo.image_hash,
        "owner_id": me.pk,
        "timestamp": 1588507200000,
        "added_on": round(photo.added_on.timestamp() * 1000),
        "last_modified": round(photo.last_modified.timestamp() * 1000),
        "type": "video",
        "video_length_ms": 12500,
        "rating": 4,
        "is_favorite": True,
        "hidden": False,
        "in_trashcan": False,
        "removed": False,
        "is_public": True,
        "aspect_ratio": photo.aspect_ratio,
        "latitude": 43.5,
        "longitude": 11.25,
        "search_location": "Tuscany, Italy",
        "dominant_color": None,
    }


def test_photos_of_all_states_come_once_and_only_ones_own(
    me: User, mirror: Mirror
) -> None:
    PhotoFactory(public=True)
    states: list[dict[str, Any]] = [
        {},
        {"hidden": True},
        {"in_trashcan": True},
        {"in_trashcan": True, "removed": True},
        {"aspect_ratio": None},
        {"undated": True, "motion_photo": True},
    ]
    photos = [PhotoFactory(owner=me, **state) for state in states]
    first = mirror.ask()
    assert first["total"] == len(first["items"]) + 4 == 6
    assert mirror.update() == {str(photo.pk) for photo in photos}
    assert "total" not in mirror.ask()
    assert mirror.update() == set()
    types = {item["type"] for item in mirror.photos.values()}
    assert types == {"image", "motion"}


CHANGES: dict[str, Callable[[Any, Photo], Any]] = {
    "favorite": lambda client, photo: client.post(
        "/api/photosedit/favorite/",
        {"image_hashes": [photo.image_hash], "favorite": True},
        format="json",
    ),
    "hide": lambda client, photo: client.post(
        "/api/photosedit/hide/",
        {"image_hashes": [photo.image_hash], "hidden": True},
        format="json",
    ),
    "trash": lambda client, photo: client.post(
        "/api/photosedit/setdeleted/",
        {"image_hashes": [photo.image_hash], "deleted": True},
        format="json",
    ),
    "publish": lambda client, photo: client.post(
        "/api/photosedit/makepublic/",
        {"image_hashes": [photo.image_hash], "val_public": True},
        format="json",
    ),
    "rate": lambda client, photo: client.patch(
        f"/api/photos/edit/{photo.image_hash}/", {"rating": 2}, format="json"
    ),
    "date": lambda client, photo: client.patch(
        f"/api/photos/edit/{photo.image_hash}/",
        {"exif_timestamp": "2001-02-03T04:05:06Z"},
        format="json",
    ),
    "process": lambda client, photo: Photo.objects.filter(pk=photo.pk).update(
        aspect_ratio=2, dominant_color="#010203"
    ),
    "locate": lambda client, photo: Photo.objects.filter(pk=photo.pk).update(
        place=PlaceFactory()
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_each_change_is_told_once(
    client_of: Any, me: User, mirror: Mirror, change: str
) -> None:
    photo = FileFactory(photo=PhotoFactory(owner=me)).photo
    PhotoFactory(owner=me)
    mirror.update()
    before = mirror.photos[str(photo.pk)]
    CHANGES[change](client_of(me), photo)
    assert mirror.update() == {str(photo.pk)}
    after = mirror.photos[str(photo.pk)]
    assert after["last_modified"] > before["last_modified"]
    assert after | {"last_modified": 0} != before | {"last_modified": 0}
    assert mirror.update() == set()


def test_what_is_no_change_is_not_told(
    client_of: Any, me: User, mirror: Mirror
) -> None:
    photo = PhotoFactory(owner=me, hidden=True)
    mirror.update()
    CHANGES["hide"](client_of(me), photo)
    Photo.objects.filter(pk=photo.pk).update(search_text="lake", phash=1)
    assert mirror.update() == set()


def test_another_threshold_makes_other_favourites(
    client_of: Any, me: User, mirror: Mirror
) -> None:
    photos = {
        rating: PhotoFactory(owner=me, user_rating=rating) for rating in (1, 3, 5)
    }
    mirror.update()
    client_of(me).patch(f"/api/user/{me.pk}/", {"favorite_min_rating": 2})
    assert mirror.update() == {str(photos[3].pk)}
    assert mirror.photos[str(photos[3].pk)]["is_favorite"] is True


def test_a_photo_that_is_gone_is_told_until_the_client_has_passed_it(
    me: User, mirror: Mirror
) -> None:
    first, second = PhotoFactory.create_batch(2, owner=me)
    PhotoFactory().delete()
    mirror.update()
    gone = str(first.pk)
    first.delete()
    assert mirror.ask()["tombstones"] == mirror.ask()["tombstones"] == [gone]
    assert mirror.update() == set()
    assert set(mirror.photos) == {str(second.pk)}
    assert mirror.ask()["tombstones"] == [gone]
    Photo.objects.filter(pk=second.pk).update(hidden=True)
    mirror.update()
    assert mirror.ask()["tombstones"] == []
    fresh = Mirror(mirror.client)
    assert fresh.ask()["tombstones"] == []


def test_what_is_long_gone_is_forgotten(me: User) -> None:
    PhotoFactory.create_batch(2, owner=me)
    Photo.objects.all().delete()
    old = PhotoRemoval.objects.order_by("pk").first()
    assert old is not None
    PhotoRemoval.objects.filter(pk=old.pk).update(
        removed_at=timezone.now() - timedelta(days=91)
    )
    forget_old_removals()
    assert PhotoRemoval.objects.count() == 1


def test_what_is_gone_is_read_once_and_not_with_each_photo(me: User) -> None:
    Photo.objects.bulk_create(PhotoFactory.build_batch(300, owner=me))
    before = changed_photos(me, None, size=1).cursor
    removed = [PhotoRemoval(user=me.pk, photo=uuid.uuid4()) for _ in range(1000)]
    PhotoRemoval.objects.bulk_create(removed)
    tracemalloc.start()
    page = changed_photos(me, before, size=300)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (len(page.ids), len(page.removed)) == (299, 1000)
    assert peak < 2**22


def test_an_account_that_is_deleted_takes_its_photos_along(me: User) -> None:
    PhotoFactory.create_batch(2, owner=me)
    delete_user(me)
    assert not User.objects.filter(pk=me.pk).exists()


def test_a_change_that_is_committed_late_is_not_lost(me: User, mirror: Mirror) -> None:
    late, other, third = PhotoFactory.create_batch(3, owner=me)
    doomed = PhotoFactory(owner=me)
    mirror.update()
    changed, go_on = Event(), Event()

    def change() -> None:
        try:
            with transaction.atomic():
                Photo.objects.filter(pk=late.pk).update(user_rating=5)
                Photo.objects.filter(pk=doomed.pk).delete()
                changed.set()
                assert go_on.wait(30)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as thread:
        ending = thread.submit(change)
        try:
            assert changed.wait(30)
            Photo.objects.filter(pk=other.pk).update(user_rating=4)
            assert mirror.update() == {str(other.pk)}
            Photo.objects.filter(pk=third.pk).update(user_rating=4)
            assert mirror.update() == {str(third.pk)}
        finally:
            go_on.set()
        ending.result(30)
    assert mirror.update() == {str(late.pk)}
    assert mirror.photos[str(late.pk)]["rating"] == 5
    assert str(doomed.pk) not in mirror.photos
    assert mirror.update() == set()


def test_a_client_keeps_up_with_a_library_that_changes_between_its_pages(
    me: User, mirror: Mirror
) -> None:
    photos = PhotoFactory.create_batch(9, owner=me)
    for photo in photos[:4]:
        page = mirror.ask()
        mirror.photos |= {item["id"]: item for item in page["items"]}
        mirror.cursor = page["next_cursor"]
        Photo.objects.filter(pk=photo.pk).update(user_rating=3)
        PhotoFactory(owner=me)
    mirror.update()
    told = {id: item["rating"] for id, item in mirror.photos.items()}
    assert told == {str(row.pk): row.rating for row in Photo.objects.all()}


def test_photos_of_before_there_were_numbers_are_read_from_where_one_stopped(
    me: User, mirror: Mirror
) -> None:
    PhotoFactory.create_batch(7, owner=me)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE api_photo SET changed_in = 0")
    assert len(mirror.update()) == 7
    assert mirror.update() == set()


def test_numbers_of_another_database_do_not_make_a_client_ask_for_ever(
    me: User, mirror: Mirror
) -> None:
    photo = PhotoFactory.create_batch(3, owner=me)[0]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE api_photo SET changed_in = 9000000000 + changed_in")
    assert len(mirror.update()) == 3
    Photo.objects.filter(pk=photo.pk).update(user_rating=3)
    assert mirror.update() == {str(photo.pk)}
    assert mirror.update() == set()


def rewritten(cursor: str, **values: Any) -> str:
    """Return a cursor with another feed, epoch or time."""
    content = json.loads(urlsafe_b64decode(cursor))
    for place, name in enumerate(("feed", "epoch", "issued")):
        content[place] = values.get(name, content[place])
    content += values.get("more", [])
    return urlsafe_b64encode(json.dumps(content).encode()).decode()


def test_a_cursor_that_is_too_old_or_of_another_time_has_expired(
    me: User, mirror: Mirror
) -> None:
    PhotoFactory(owner=me)
    cursor = mirror.ask()["next_cursor"]
    issued = int((timezone.now() - timedelta(days=91)).timestamp())
    old = rewritten(cursor, issued=issued)
    foreign = rewritten(cursor, epoch="0" * 32)
    for text in (old, foreign):
        answer = mirror.client.get(FEED, {"cursor": text})
        assert answer.status_code == 410
        assert answer.json()["error"] == "cursor_expired"
        assert "Begin anew" in answer.json()["errors"][0]["message"]
    SyncEpoch.objects.all().delete()
    assert mirror.client.get(FEED, {"cursor": cursor}).status_code == 410


def test_what_is_no_cursor_is_refused(me: User, mirror: Mirror) -> None:
    PhotoFactory(owner=me)
    cursor = mirror.ask()["next_cursor"]
    wrong = [
        *("x", "bm9uZQ==", "=", "é", "9" * 30_000, cursor[:-9], f"{cursor}{cursor}"),
        rewritten(cursor, feed="persons"),
        rewritten(cursor, more=[1]),
        rewritten(cursor, issued=-1),
        rewritten(cursor, issued=2**63),
        rewritten(cursor, issued="now"),
        *(
            urlsafe_b64encode(json.dumps(content).encode()).decode()
            for content in (
                [],
                {},
                1,
                ["photos"],
                ["photos", SyncEpoch.current(), 1],
                ["photos", SyncEpoch.current(), 4102444800],
                ["photos", SyncEpoch.current(), 4102444800, 1, 2, 3, 4, 5],
                ["photos", SyncEpoch.current(), 4102444800, 1, "x", 3, 4, [5]],
                ["photos", SyncEpoch.current(), 4102444800, 1, "0" * 32, 3, 4, ["5"]],
                ["photos", SyncEpoch.current(), 4102444800, 2**70, "0" * 32, 3, 4, []],
            )
        ),
    ]
    for text in wrong:
        answer = mirror.client.get(FEED, {"cursor": text})
        if answer.status_code != 410:
            assert answer.status_code == 400, text
            assert answer.json()["error"] == "invalid_cursor"


@pytest.mark.parametrize(
    ("asked", "given"), [("1", 1), ("0", 1), ("-1", 3), ("x", 3), ("9" * 30, 3)]
)
def test_the_size_of_a_page(me: User, mirror: Mirror, asked: str, given: int) -> None:
    PhotoFactory.create_batch(3, owner=me)
    answer = mirror.client.get(FEED, {"page_size": asked})
    assert len(answer.json()["items"]) == given


@pytest.mark.parametrize("count", [1, 20])
def test_the_number_of_queries_does_not_grow(
    me: User, mirror: Mirror, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count):
        country = PlaceFactory(name=f"Country {number}")
        PhotoFactory(owner=me, place=PlaceFactory(parent=country))
    mirror.ask()
    with django_assert_num_queries(6):
        mirror.ask(size=500)
