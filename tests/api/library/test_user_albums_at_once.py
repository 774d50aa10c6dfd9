"""Changes to albums while somebody else changes the same ones, or their photos."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections, transaction

from librephotos.api.locks import lock_account, lock_albums
from librephotos.api.models import Photo, User, UserAlbum
from librephotos.api.services import user_albums
from librephotos.api.services.users import delete_user
from tests.factories import PhotoFactory, UserFactory
from tests.support.locks import somebody_waits

EDIT = "/api/albums/user/edit/"


@pytest.fixture
def me(transactional_db: None) -> User:
    """An ordinary user, of whom other connections know."""
    return UserFactory()


def album_of(me: User, title: str, *photos: Photo) -> UserAlbum:
    added = Photo.objects.filter(pk__in=[photo.pk for photo in photos])
    return user_albums.make(me, title, user_albums.AlbumEdit(added=added)).album


def edit(client: Any, album: UserAlbum, **change: Any) -> Any:
    return client.patch(f"{EDIT}{album.pk}/", change, format="json")


def make(client: Any, title: str, *photos: Photo) -> Any:
    body = {"title": title, "photos": [str(photo.pk) for photo in photos]}
    return client.post(EDIT, body, format="json")


def sent(
    other: ThreadPoolExecutor, request: Callable[..., Any], *given: Any, **more: Any
) -> Future[Any]:
    """Send a request from another thread, and do not wait for its answer."""

    def send() -> Any:
        try:
            return request(*given, **more)
        finally:
            connections.close_all()

    return other.submit(send)


def waiting(other: ThreadPoolExecutor, *given: Any, **more: Any) -> Future[Any]:
    """Send a request from another thread; return once it waits for this one."""
    answer = sent(other, *given, **more)
    while not somebody_waits():
        assert not answer.done(), answer.result()
    return answer


def fill(client: Any, album: UserAlbum, photo: Photo) -> Any:
    return edit(client, album, photos=[str(photo.pk)])


def empty(client: Any, album: UserAlbum, photo: Photo) -> Any:
    return edit(client, album, removedPhotos=[photo.image_hash])


def cover(client: Any, album: UserAlbum, photo: Photo) -> Any:
    return edit(client, album, cover_photo=str(photo.pk))


def lock(client: Any, album: UserAlbum, photo: Photo) -> Any:
    return edit(client, album, locked=True)


def rename(client: Any, album: UserAlbum, photo: Photo) -> Any:
    body = {"title": "Winter"}
    return client.patch(f"/api/albums/user/{album.pk}/", body, format="json")


def delete(client: Any, album: UserAlbum, photo: Photo) -> Any:
    return client.delete(f"/api/albums/user/{album.pk}/")


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("change", [fill, empty, cover, lock, rename, delete])
def test_an_album_that_is_deleted_meanwhile_is_not_found(
    client_of: Any, me: User, change: Callable[..., Any], full: bool
) -> None:
    photo = PhotoFactory(owner=me)
    album = album_of(me, "Summer", *([photo] if full else []))
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            lock_albums(me.pk)
            answer = waiting(other, change, client_of(me), album, photo)
            user_albums.delete(album)
        refused = answer.result(30)
    assert refused.status_code == 404
    assert refused.json()["errors"][0]["message"] == "You have no such album."
    assert not UserAlbum.objects.exists()
    assert Photo.objects.get() == photo


def test_photos_for_a_title_whose_album_is_deleted_meanwhile_go_into_a_new_one(
    client_of: Any, me: User
) -> None:
    photo = PhotoFactory(owner=me)
    album = album_of(me, "Summer")
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            lock_albums(me.pk)
            answer = waiting(other, make, client_of(me), "Summer", photo)
            user_albums.delete(album)
        made = answer.result(30)
    assert made.status_code == 201
    assert made.json()["id"] == UserAlbum.objects.get().pk != album.pk


def test_a_photo_that_is_removed_meanwhile_is_no_cover(
    client_of: Any, me: User
) -> None:
    photo = PhotoFactory(owner=me)
    album = album_of(me, "Summer", photo)
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            Photo.objects.select_for_update().get()
            answer = waiting(other, cover, client_of(me), album, photo)
            photo.delete()
        refused = answer.result(30)
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == "cover_photo"
    assert UserAlbum.objects.get().photo_count == 0


@pytest.mark.parametrize("request_of", ["make", "fill"])
def test_an_account_that_is_deleted_meanwhile_has_no_albums(
    client_of: Any, me: User, request_of: str
) -> None:
    photo = PhotoFactory(owner=me)
    album = album_of(me, "Summer")
    client = client_of(me)
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            lock_account(me)
            if request_of == "make":
                answer = waiting(other, make, client, "Winter", photo)
            else:
                answer = waiting(other, fill, client, album, photo)
            delete_user(me)
        assert answer.result(30).status_code == 404
    assert not UserAlbum.objects.exists()


def test_who_waits_for_a_title_holds_no_photo(client_of: Any, me: User) -> None:
    photo = PhotoFactory(owner=me)
    album = album_of(me, "Summer")
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            added = Photo.objects.filter(pk=photo.pk)
            user_albums.make(me, "Winter", user_albums.AlbumEdit())
            answer = waiting(
                other,
                edit,
                client_of(me),
                album,
                title="Winter",
                photos=[str(photo.pk)],
            )
            user_albums.make(me, "Winter", user_albums.AlbumEdit(added=added))
        refused = answer.result(30)
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == "title"
    counts = dict(UserAlbum.objects.values_list("title", "photo_count"))
    assert counts == {"Summer": 0, "Winter": 1}


@pytest.mark.parametrize("change", ["photos", "cover_photo"])
def test_photos_of_a_change_are_taken_in_the_order_of_all_their_ids(
    client_of: Any, me: User, change: str
) -> None:
    photos = PhotoFactory.create_batch(2, owner=me)
    first, last = sorted(photos, key=lambda photo: photo.pk)
    album = album_of(me, "Summer", first)
    body = {"removedPhotos": [last.image_hash], change: str(first.pk)}
    if change == "photos":
        body = {"removedPhotos": [first.image_hash], "photos": [str(last.pk)]}
    else:
        user_albums.edit(
            album,
            user_albums.AlbumEdit(added=Photo.objects.filter(pk=last.pk)),
        )
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            Photo.objects.select_for_update().get(pk=first.pk)
            answer = waiting(other, edit, client_of(me), album, **body)
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '5s'")
            Photo.objects.filter(pk=last.pk).update(hidden=True)
        changed = answer.result(30)
    assert changed.status_code == 200, changed.json()
