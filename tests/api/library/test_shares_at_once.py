"""Shares that begin and end while somebody else works on the same albums."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import transaction

from librephotos.api.locks import lock_account, lock_albums
from librephotos.api.models import AlbumShare, Photo, PhotoShare, User, UserAlbum
from librephotos.api.services import sharing
from librephotos.api.services.users import delete_user
from tests.api.library.test_user_albums_at_once import EDIT, waiting
from tests.factories import PhotoFactory, UserFactory

CONTRIBUTOR = AlbumShare.Role.CONTRIBUTOR


@pytest.fixture
def anna(transactional_db: None) -> User:
    """The owner of an album, of whom other connections know."""
    return UserFactory()


@pytest.fixture
def album(anna: User) -> UserAlbum:
    """An album of hers."""
    return UserAlbum.objects.create(owner=anna, title="Summer")


def share(album: UserAlbum, recipient: User) -> None:
    sharing.share_album(album, recipients=[recipient.pk], role=CONTRIBUTOR, options={})


def test_what_is_added_while_a_share_ends_is_not_there(
    client_of: Any, album: UserAlbum
) -> None:
    ben = UserFactory()
    photo = PhotoFactory(owner=ben)
    share(album, ben)
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            lock_albums(album.owner_id)
            body = {"photos": [str(photo.pk)]}
            address = f"{EDIT}{album.pk}/"
            answer = waiting(other, client_of(ben).patch, address, body, format="json")
            sharing.unshare_album(album, recipients=[ben.pk])
        assert answer.result().status_code == 404
    assert not album.members.exists()


def test_a_share_that_ends_waits_for_what_is_added(
    client_of: Any, anna: User, album: UserAlbum
) -> None:
    ben = UserFactory()
    photo = PhotoFactory(owner=ben)
    share(album, ben)
    body = {"album_id": album.pk, "shared": False, "target_user_id": ben.pk}
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            lock_albums(anna.pk)
            address = "/api/useralbum/share/"
            answer = waiting(other, client_of(anna).post, address, body, format="json")
            added = client_of(ben).patch(
                f"{EDIT}{album.pk}/", {"photos": [str(photo.pk)]}, format="json"
            )
            assert added.status_code == 200
        assert answer.result().status_code == 200
    assert not album.members.exists()
    assert not AlbumShare.objects.exists()


@pytest.mark.parametrize("of", ["photo", "album"])
def test_nothing_is_shared_with_an_account_that_is_being_deleted(
    client_of: Any, anna: User, album: UserAlbum, of: str
) -> None:
    ben, photo = UserFactory(), PhotoFactory(owner=anna)
    address, body = {
        "photo": (
            "/api/photosedit/share/",
            {"image_hashes": [str(photo.pk)], "val_shared": True},
        ),
        "album": ("/api/useralbum/share/", {"album_id": album.pk, "shared": True}),
    }[of]
    sent = {**body, "target_user_id": ben.pk}
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            lock_account(ben)
            answer = waiting(other, client_of(anna).post, address, sent, format="json")
            delete_user(ben)
        assert answer.result().status_code == 400
    assert not AlbumShare.objects.exists() and not PhotoShare.objects.exists()
    assert Photo.objects.count() == 1


def test_an_account_is_deleted_while_what_it_is_shown_changes(anna: User) -> None:
    ben = UserFactory()
    first, second = sorted(PhotoFactory.create_batch(2, owner=anna), key=lambda p: p.pk)
    for photo in (second, first):  # the order in which they lie in the table
        PhotoShare.objects.create(photo=photo, recipient=ben, shown=0)
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            for photo in (first, second):
                Photo.objects.filter(pk=photo.pk).update(user_rating=5)
                if photo == first:
                    deleted = waiting(other, delete_user, ben)
        deleted.result()
    assert not PhotoShare.objects.exists()
