"""What a client has queued while it was offline, sent again after a lost answer."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from librephotos.api.models import Person, Photo, User, UserAlbum
from tests.factories import PersonFactory, PhotoFactory

pytestmark = pytest.mark.django_db


class World(NamedTuple):
    """What the client edits."""

    photo: Photo
    album: UserAlbum
    person: Person


@pytest.fixture
def world(me: User) -> World:
    """A photo, an album that has it, and somebody."""
    photo = PhotoFactory(owner=me)
    album = UserAlbum.objects.create(owner=me, title="Sun")
    return World(photo, album, PersonFactory(owner=me, name="Ann"))


def request_of(edit: str, world: World) -> tuple[str, str, dict[str, Any]]:
    """Return method, path and body of an edit."""
    hash, id = world.photo.image_hash, str(world.photo.pk)
    album = f"/api/albums/user/edit/{world.album.pk}/"
    flags: dict[str, tuple[str, dict[str, Any]]] = {
        "favorite": ("favorite", {"favorite": True}),
        "hide": ("hide", {"hidden": True}),
        "trash": ("setdeleted", {"deleted": True}),
    }
    if edit in flags:
        path, flag = flags[edit]
        body = {"image_hashes": [hash], **flag}
        return "post", f"/api/photosedit/{path}/", body
    return {
        "rate": ("patch", f"/api/photos/edit/{hash}/", {"rating": 4}),
        "caption": (
            "post",
            "/api/photosedit/savecaption/",
            {"image_hash": hash, "caption": "A boat"},
        ),
        "album_add": ("patch", album, {"title": "Sun", "photos": [id]}),
        "album_remove": ("patch", album, {"removedPhotos": [hash]}),
        "album_rename": (
            "patch",
            f"/api/albums/user/{world.album.pk}/",
            {"title": "Moon"},
        ),
        "album_create": (
            "post",
            "/api/albums/user/edit/",
            {"title": "New", "photos": [id]},
        ),
        "person_rename": (
            "patch",
            f"/api/persons/{world.person.pk}/",
            {"newPersonName": "Anna"},
        ),
    }[edit]


def state(world: World) -> dict[str, Any]:
    """Return all that the edits change."""
    photo = Photo.objects.get(pk=world.photo.pk)
    return {
        "photo": (photo.rating, photo.hidden, photo.in_trashcan, photo.user_caption),
        "albums": sorted(UserAlbum.objects.values_list("title", "photo_count")),
        "person": Person.objects.get(pk=world.person.pk).name,
    }


EDITS = (
    *("favorite", "hide", "trash", "rate", "caption"),
    *("album_add", "album_create", "album_rename", "person_rename"),
)


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_that_is_sent_twice_is_done_once_and_never_refused(
    client: Any, world: World, edit: str
) -> None:
    before = state(world)
    method, path, body = request_of(edit, world)
    first = getattr(client, method)(path, body, format="json")
    after = state(world)
    again = getattr(client, method)(path, body, format="json")
    assert first.status_code == again.status_code
    assert 200 <= again.status_code < 300, again.content
    assert state(world) == after != before
    if edit == "album_create":
        assert isinstance(again.json()["id"], int)
        assert first.json()["id"] == again.json()["id"]


def test_a_photo_that_was_taken_out_of_an_album_may_be_taken_out_again(
    client: Any, world: World
) -> None:
    for edit in ("album_add", "album_remove", "album_remove"):
        method, path, body = request_of(edit, world)
        answer = getattr(client, method)(path, body, format="json")
        assert answer.status_code == 200
    assert UserAlbum.objects.get(pk=world.album.pk).photo_count == 0
