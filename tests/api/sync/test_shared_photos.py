"""Photos that others show to one, in the feed of one's own clients."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event
from typing import Any

import pytest
from django.db import connections, transaction

from librephotos.api.models import (
    AlbumShare,
    Photo,
    PhotoRemoval,
    PhotoShare,
    Shown,
    User,
    UserAlbum,
    UserAlbumPhoto,
)
from librephotos.api.services import sharing
from librephotos.api.services.users import delete_user, set_active
from librephotos.api.writes import shares
from tests.api.library.test_user_albums_at_once import waiting
from tests.api.sync.test_photo_feed import FEED, Mirror
from tests.factories import FileFactory, PhotoFactory, PlaceFactory, UserFactory

COUNTS = "/api/sync/counts/"


@pytest.fixture
def me(transactional_db: None) -> User:
    """Somebody whose changes are committed, as a feed has to see them."""
    return UserFactory()


@pytest.fixture
def anna(me: User) -> User:
    """Somebody who shows photos to `me`."""
    return UserFactory()


@pytest.fixture
def mirror(client_of: Any, me: User) -> Mirror:
    """A client of `me`."""
    return Mirror(client_of(me))


def show(photo: Photo, *recipients: User, **options: bool) -> None:
    sharing.share_photos(
        Photo.objects.filter(pk=photo.pk),
        owner=photo.owner,
        recipients=[user.pk for user in recipients],
        options=options,
    )


def unshow(photo: Photo, *recipients: User) -> None:
    users = [user.pk for user in recipients]
    sharing.unshare_photos(Photo.objects.filter(pk=photo.pk), recipients=users)


def numbers_agree(mirror: Mirror) -> bool:
    """Whether a client that was told of all has as many photos as it is to have."""
    count = mirror.client.get(COUNTS).json()["photos"]
    total = Mirror(mirror.client).ask()["total"]
    return bool(len(mirror.photos) == count == total)


@pytest.fixture
def shown(anna: User, me: User) -> Photo:
    """A photo of Anna's with all that an item tells, shown to `me`."""
    photo = PhotoFactory(
        owner=anna,
        taken_at=datetime(2020, 5, 3, 12, tzinfo=UTC),
        user_rating=4,
        latitude=43.5,
        longitude=11.25,
        place=PlaceFactory(name="Tuscany", parent=PlaceFactory(name="Italy")),
    )
    show(photo, me)
    photo.refresh_from_db()
    return photo


def test_a_shown_photo_is_told_as_the_owner_tells_it(
    me: User, shown: Photo, mirror: Mirror
) -> None:
    (item,) = mirror.ask()["items"]
    share = PhotoShare.objects.get()
    assert item == {
        "id": str(shown.pk),
        "image_hash": shown.image_hash,
        "owner_id": shown.owner_id,
        "timestamp": 1588507200000,
        "added_on": round(shown.added_on.timestamp() * 1000),
        "last_modified": round(share.changed_at.timestamp() * 1000),
        "type": "image",
        "video_length_ms": None,
        "rating": 4,
        "is_favorite": True,
        "hidden": False,
        "in_trashcan": False,
        "removed": False,
        "is_public": False,
        "aspect_ratio": shown.aspect_ratio,
        "latitude": 43.5,
        "longitude": 11.25,
        "search_location": "Tuscany, Italy",
        "dominant_color": "#405060",
    }


WITHHELD = {
    "share_location": {"latitude", "longitude", "search_location"},
    "share_timestamps": {"timestamp", "added_on"},
    "share_camera_info": set(),
    "share_captions": set(),
}


def test_what_is_told_no_longer_is_forgotten(
    me: User, shown: Photo, mirror: Mirror
) -> None:
    id = str(shown.pk)
    mirror.update()
    before = mirror.photos[id]
    for option, withheld in WITHHELD.items():
        show(shown, me, **{option: False})
        assert mirror.update() == {id}, option
        after = mirror.photos[id]
        missing = {name for name in after if after[name] is None}
        assert missing - {"video_length_ms"} == withheld
        assert after["last_modified"] > before["last_modified"]
        show(shown, me, **{option: False})
        assert mirror.update() == set()
        show(shown, me, **{option: True})
        assert mirror.update() == {id}
        again = mirror.photos[id]
        assert again | {"last_modified": 0} == before | {"last_modified": 0}


def test_only_whom_a_photo_is_shown_to_is_told(
    client_of: Any, anna: User, me: User, shown: Photo
) -> None:
    viewer, contributor, stranger = UserFactory.create_batch(3)
    album = UserAlbum.objects.create(owner=anna, title="Summer")
    UserAlbumPhoto.objects.create(album=album, photo=shown)
    for user, role in (
        (viewer, AlbumShare.Role.VIEWER),
        (contributor, AlbumShare.Role.CONTRIBUTOR),
    ):
        sharing.share_album(album, recipients=[user.pk], role=role, options={})
    told = {}
    for user in (anna, me, viewer, contributor, stranger):
        mirror = Mirror(client_of(user))
        told[user] = mirror.update()
        assert numbers_agree(mirror)
    photo = {str(shown.pk)}
    assert (told[anna], told[me]) == (photo, photo)
    # Photos of albums come with the album, and are told by its own addresses.
    assert told[viewer] == told[contributor] == told[stranger] == set()
    albums = client_of(viewer).get("/api/sync/albums/user/").json()["items"]
    assert [album["photo_ids"] for album in albums] == [[str(shown.pk)]]
    assert client_of(None).get(FEED).status_code == 401


def test_photos_that_are_not_to_be_seen_are_not_told(
    anna: User, me: User, mirror: Mirror
) -> None:
    states: list[dict[str, Any]] = [
        {"hidden": True},
        {"in_trashcan": True},
        {"removed": True},
        {"aspect_ratio": None},
    ]
    for state in states:
        show(PhotoFactory(owner=anna, **state), me)
    assert mirror.update() == set()
    assert mirror.ask()["tombstones"] == []
    assert numbers_agree(mirror)
    processed = Photo.objects.get(aspect_ratio=None)
    Photo.objects.filter(pk=processed.pk).update(aspect_ratio=1.5)
    assert mirror.update() == {str(processed.pk)}
    assert numbers_agree(mirror)


CHANGES: dict[str, Callable[[Any, Photo], Any]] = {
    "threshold": lambda client, photo: client.patch(
        f"/api/user/{photo.owner_id}/", {"favorite_min_rating": 5}
    ),
    "favorite": lambda client, photo: client.post(
        "/api/photosedit/favorite/",
        {"image_hashes": [photo.image_hash], "favorite": True},
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
        dominant_color="#010203"
    ),
}


def test_each_change_by_the_owner_is_told_once(
    client_of: Any, anna: User, shown: Photo, mirror: Mirror
) -> None:
    FileFactory(photo=shown)
    id = str(shown.pk)
    mirror.update()
    for name, change in CHANGES.items():
        before = mirror.photos[id]
        change(client_of(anna), shown)
        assert mirror.update() == {id}, name
        after = mirror.photos[id]
        assert after["last_modified"] > before["last_modified"]
        assert after | {"last_modified": 0} != before | {"last_modified": 0}
        assert mirror.update() == set()


def test_what_is_no_change_is_not_told(shown: Photo, mirror: Mirror) -> None:
    mirror.update()
    Photo.objects.filter(pk=shown.pk).update(search_text="lake", phash=1)
    PhotoShare.objects.update(shown=Shown(PhotoShare.objects.get().shown))
    assert mirror.update() == set()


def posted(path: str, **body: Any) -> Callable[[Any, Photo, User], Any]:
    """Return what posts to one of the acts on photos."""
    return lambda client, photo, me: client.post(
        f"/api/photosedit/{path}/",
        {"image_hashes": [photo.image_hash], **body},
        format="json",
    )


# How a photo ceases to be shown, and how it is shown again if it can be.
ENDS: dict[str, tuple[Callable[..., Any], Callable[..., Any] | None]] = {
    "unshare": (
        lambda client, photo, me: posted(
            "share", val_shared=False, target_user_id=me.pk
        )(client, photo, me),
        lambda client, photo, me: posted(
            "share", val_shared=True, target_user_id=me.pk
        )(client, photo, me),
    ),
    "hide": (posted("hide", hidden=True), posted("hide", hidden=False)),
    "trash": (posted("setdeleted", deleted=True), posted("setdeleted", deleted=False)),
    "deactivate": (
        lambda client, photo, me: set_active(photo.owner, False, by=me),
        lambda client, photo, me: set_active(photo.owner, True, by=me),
    ),
    "erase": (
        lambda client, photo, me: Photo.objects.filter(pk=photo.pk).update(
            removed=True
        ),
        None,
    ),
    "delete": (lambda client, photo, me: photo.delete(), None),
    "delete account": (lambda client, photo, me: delete_user(photo.owner), None),
    "leave": (
        lambda client, photo, me: sharing.leave_photos(
            Photo.objects.filter(pk=photo.pk), recipient=me
        ),
        None,
    ),
}


def test_what_is_shown_no_longer_is_gone_until_it_is_shown_again(
    client_of: Any, me: User, mirror: Mirror
) -> None:
    for name, (over, again) in ENDS.items():
        owner = UserFactory()
        photo = PhotoFactory(owner=owner)
        show(photo, me)
        id = str(photo.pk)
        PhotoFactory(owner=me)
        mirror.update()
        assert id in mirror.photos and numbers_agree(mirror)
        over(client_of(owner), photo, me)
        assert mirror.ask()["tombstones"] == [id], name
        assert mirror.update() == set()
        assert id not in mirror.photos and numbers_agree(mirror)
        assert id not in Mirror(mirror.client).update()
        if again is None:
            continue
        owner.refresh_from_db()
        photo.refresh_from_db()
        again(client_of(owner), photo, me)
        page = mirror.ask(size=1000)
        # Whichever of the two a client heeds last, it is not to lose the photo.
        assert page["tombstones"] == [], name
        assert [item["id"] for item in page["items"]] == [id]
        mirror.update()
        assert id in mirror.photos and numbers_agree(mirror)
        assert mirror.update() == set()
        PhotoFactory(owner=me)
        mirror.update()


def test_others_are_not_told_of_what_is_shown_no_longer(
    client_of: Any, me: User, shown: Photo
) -> None:
    ben, stranger = UserFactory.create_batch(2)
    show(shown, ben)
    mirrors = {user: Mirror(client_of(user)) for user in (me, ben, stranger)}
    for user, mirror in mirrors.items():
        PhotoFactory(owner=user)
        mirror.update()
    unshow(shown, me)
    gone = {user: mirror.ask()["tombstones"] for user, mirror in mirrors.items()}
    assert gone == {me: [str(shown.pk)], ben: [], stranger: []}


@pytest.mark.parametrize("told_before", [True, False])
def test_a_share_that_ends_between_two_pages_of_one_pass(
    anna: User, me: User, mirror: Mirror, told_before: bool
) -> None:
    photos = PhotoFactory.create_batch(6, owner=anna)
    for photo in photos:
        show(photo, me)
    page = mirror.ask()
    mirror.photos = {item["id"]: item for item in page["items"]}
    mirror.cursor = page["next_cursor"]
    ended = next(p for p in photos if (str(p.pk) in mirror.photos) == told_before)
    unshow(ended, me)
    assert mirror.ask()["tombstones"] == [str(ended.pk)]
    mirror.update()
    assert set(mirror.photos) == {str(p.pk) for p in photos} - {str(ended.pk)}
    assert numbers_agree(mirror)


def test_a_photo_that_is_hidden_in_a_second_statement_is_gone(
    shown: Photo, mirror: Mirror
) -> None:
    mirror.update()
    with transaction.atomic():
        Photo.objects.filter(pk=shown.pk).update(user_rating=1)
        Photo.objects.filter(pk=shown.pk).update(hidden=True)
    assert mirror.update() == set()
    assert mirror.photos == {}
    with transaction.atomic():
        Photo.objects.filter(pk=shown.pk).update(user_rating=2)
        Photo.objects.filter(pk=shown.pk).update(hidden=False)
        Photo.objects.filter(pk=shown.pk).update(hidden=True)
    assert mirror.update() == set()
    assert mirror.photos == {}


def test_shares_that_are_committed_late_are_not_lost(
    anna: User, me: User, mirror: Mirror
) -> None:
    late, other, doomed, third = PhotoFactory.create_batch(4, owner=anna)
    show(doomed, me)
    mirror.update()
    changed, go_on = Event(), Event()

    def change() -> None:
        try:
            with transaction.atomic():
                # As the service does, which would have the others wait for `me`.
                rows = Photo.objects.filter(pk=late.pk)
                shares.share(rows, [me.pk], shown=Shown.all())
                unshow(doomed, me)
                changed.set()
                assert go_on.wait(30)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as thread:
        ending = thread.submit(change)
        try:
            assert changed.wait(30)
            show(other, me)
            assert mirror.update() == {str(other.pk)}
            PhotoFactory(owner=me)
            show(third, me)
            assert len(mirror.update()) == 2
            assert str(doomed.pk) in mirror.photos
        finally:
            go_on.set()
        ending.result(30)
    assert mirror.update() == {str(late.pk)}
    assert str(doomed.pk) not in mirror.photos
    assert numbers_agree(mirror)
    assert mirror.update() == set()


def test_a_photo_that_is_being_hidden_is_not_shown_in_the_meantime(
    client_of: Any, anna: User, me: User, mirror: Mirror
) -> None:
    photo = PhotoFactory(owner=anna)
    body = {
        "image_hashes": [photo.image_hash],
        "val_shared": True,
        "target_user_id": me.pk,
    }
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            Photo.objects.filter(pk=photo.pk).update(hidden=True)
            share = client_of(anna).post
            answer = waiting(
                other, share, "/api/photosedit/share/", body, format="json"
            )
        assert answer.result().status_code == 200
    assert PhotoShare.objects.get().visible is False
    assert mirror.update() == set()


def test_a_share_that_begins_while_its_owner_is_deactivated_is_gone(
    anna: User, me: User, mirror: Mirror
) -> None:
    photo = PhotoFactory(owner=anna)
    with ThreadPoolExecutor(1) as other, transaction.atomic():
        set_active(anna, False, by=me)
        other.submit(_shown_elsewhere, photo, me).result()
        # Nobody knows of the deactivation yet.
        told = other.submit(_told_elsewhere, mirror).result()
    assert told == {str(photo.pk)}
    assert mirror.update() == set()
    assert mirror.photos == {}


def _shown_elsewhere(photo: Photo, me: User) -> None:
    try:
        show(photo, me)
    finally:
        connections.close_all()


def _told_elsewhere(mirror: Mirror) -> set[str]:
    try:
        return mirror.update()
    finally:
        connections.close_all()


@pytest.mark.parametrize("seed", range(3))
def test_a_client_keeps_up_with_whatever_happens_between_its_pages(
    anna: User, me: User, mirror: Mirror, seed: int
) -> None:
    chance = random.Random(seed)
    ben = UserFactory()
    photos = [PhotoFactory(owner=user) for user in (anna, ben, me) for _ in range(4)]

    def anything() -> None:
        photo = chance.choice(photos)
        row = Photo.objects.filter(pk=photo.pk)
        change = chance.randrange(5)
        if change < 2 and photo.owner != me:
            unshow(photo, me) if change else show(photo, me)
        elif change == 2:
            row.update(hidden=not row.get().hidden)
        elif change == 3:
            row.update(user_rating=chance.randrange(6))
        else:
            owner = User.objects.get(pk=chance.choice((anna, ben)).pk)
            set_active(owner, not owner.is_active, by=me)

    for _ in range(25):
        for _ in range(chance.randrange(4)):
            anything()
        page = mirror.ask()
        for gone in page["tombstones"]:
            mirror.photos.pop(gone, None)
        mirror.photos |= {item["id"]: item for item in page["items"]}
        mirror.cursor = page["next_cursor"] or mirror.cursor
    User.objects.exclude(is_active=True).update(is_active=True)
    mirror.update()
    seen = Photo.objects.filter(owner=me) | Photo.objects.filter(
        visible=True, shares__recipient=me
    )
    told = {id: (item["rating"], item["hidden"]) for id, item in mirror.photos.items()}
    assert told == {str(row.pk): (row.rating, row.hidden) for row in seen}
    assert numbers_agree(mirror)


def test_shares_of_before_a_client_asked_first_come_in_pages(
    anna: User, me: User, mirror: Mirror
) -> None:
    photos = PhotoFactory.create_batch(3, owner=me)
    for photo in PhotoFactory.create_batch(4, owner=anna):
        show(photo, me)
        photos.append(photo)
    PhotoFactory(owner=me)
    pages = []
    for _ in range(4):
        page = mirror.ask()
        pages.append([item["id"] for item in page["items"]])
        mirror.cursor = page["next_cursor"]
    assert sum(pages, [])[:7] == [str(photo.pk) for photo in photos]
    assert mirror.ask()["next_cursor"] is None


def test_removals_of_what_was_never_to_be_seen_are_not_written(
    anna: User, me: User
) -> None:
    photo = PhotoFactory(owner=anna, hidden=True)
    show(photo, me)
    unshow(photo, me)
    Photo.objects.filter(pk=photo.pk).update(in_trashcan=True)
    assert not PhotoRemoval.objects.exists()


@pytest.mark.parametrize("count", [1, 20])
def test_the_number_of_queries_does_not_grow(
    anna: User,
    me: User,
    mirror: Mirror,
    django_assert_num_queries: Any,
    count: int,
) -> None:
    for number in range(count):
        country = PlaceFactory(name=f"Country {number}")
        owner = UserFactory()
        show(PhotoFactory(owner=owner, place=PlaceFactory(parent=country)), me)
    mirror.ask()
    with django_assert_num_queries(6):
        page = mirror.ask(size=500)
    assert len(page["items"]) == count
    mirror.cursor = page["next_cursor"]
    PhotoShare.objects.all().delete()
    with django_assert_num_queries(9):  # with the number of photos, noted for counts
        assert len(mirror.ask(size=500)["tombstones"]) == count
