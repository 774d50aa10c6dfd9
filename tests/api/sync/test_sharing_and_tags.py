"""The feeds of those with whom one shares, and of the tags that one has given."""

from __future__ import annotations

from typing import Any

import pytest

from librephotos.api.models import (
    AlbumShare,
    Photo,
    PhotoShare,
    Shown,
    Thing,
    User,
    UserAlbum,
)
from tests.api.sync.test_item_feeds import Mirror
from tests.factories import PhotoFactory, UserFactory

pytestmark = pytest.mark.django_db


def show(photo: Photo, recipient: User) -> PhotoShare:
    return PhotoShare.objects.create(
        photo=photo, recipient=recipient, shown=Shown.all()
    )


def show_album(owner: User, recipient: User) -> AlbumShare:
    album = UserAlbum.objects.create(owner=owner, title=f"For {recipient}")
    return AlbumShare.objects.create(
        album=album, recipient=recipient, shown=Shown.all(), shown_back=Shown.all()
    )


def test_those_with_whom_one_shares_anything_are_told(client: Any, me: User) -> None:
    anna, ben, cleo, dora = users = [
        UserFactory(username="anna", first_name="Anna", last_name="Arendt"),
        *UserFactory.create_batch(3),
    ]
    User.objects.filter(pk=anna.pk).update(avatar="avatars/anna.png")
    show(PhotoFactory(owner=anna), me)
    show(PhotoFactory(owner=me), ben)
    show_album(cleo, me)
    show_album(me, dora)
    for stranger in UserFactory.create_batch(2):
        show(PhotoFactory(owner=anna), stranger)  # which is no business of mine
    gone = UserFactory(is_active=False)
    show(PhotoFactory(owner=gone), me)
    show_album(me, gone)
    mirror = Mirror(client, "sharing")
    assert mirror.update() == ({user.pk for user in users}, set())
    item = mirror.items[anna.pk]
    assert isinstance(item.pop("last_modified"), int)
    assert item == {
        "id": anna.pk,
        "username": "anna",
        "first_name": "Anna",
        "last_name": "Arendt",
        "avatar_url": "/media/avatars/anna.png",
    }
    assert mirror.items[ben.pk]["avatar_url"] is None
    assert mirror.update() == (set(), set())


def test_each_side_of_a_share_is_told_of_the_other_and_nobody_else(
    client_of: Any, me: User
) -> None:
    anna, stranger = UserFactory.create_batch(2)
    show(PhotoFactory(owner=anna), me)
    show_album(anna, me)
    told = {
        user: Mirror(client_of(user), "sharing").update()[0]
        for user in (me, anna, stranger)
    }
    assert told == {me: {anna.pk}, anna: {me.pk}, stranger: set()}
    assert client_of(None).get("/api/sync/sharing/").status_code == 401


def test_a_change_of_who_shares_is_told_once_and_no_end_of_it(
    client: Any, client_of: Any, me: User
) -> None:
    anna, ben = UserFactory.create_batch(2)
    share = show(PhotoFactory(owner=anna), me)
    mirror = Mirror(client, "sharing")
    mirror.update()
    name = {"first_name": "Anna"}
    client_of(anna).patch(f"/api/user/{anna.pk}/", name, format="json")
    assert mirror.update() == ({anna.pk}, set())
    assert mirror.items[anna.pk]["first_name"] == "Anna"
    client_of(anna).patch(f"/api/user/{anna.pk}/", {"image_scale": 2}, format="json")
    assert mirror.update() == (set(), set())
    share.delete()
    assert mirror.update() == (set(), set())  # the contract has no tombstones here
    assert Mirror(client, "sharing").update() == (set(), set())
    show(PhotoFactory(owner=ben), me)
    assert mirror.update() == ({ben.pk}, set())


def test_who_shows_what_is_not_to_be_seen_is_not_told(client: Any, me: User) -> None:
    anna = UserFactory()
    photo = PhotoFactory(owner=anna, hidden=True)
    show(photo, me)
    mirror = Mirror(client, "sharing")
    assert mirror.update() == (set(), set())
    Photo.objects.filter(pk=photo.pk).update(hidden=False)
    assert mirror.update() == ({anna.pk}, set())


def give(client: Any, name: str, *photos: Photo) -> int:
    """Make a tag and give it to photos."""
    tag = client.post("/api/tags/", {"name": name}, format="json").json()["id"]
    if photos:
        body = {"photos": [str(photo.pk) for photo in photos]}
        client.post(f"/api/tags/{tag}/add/", body, format="json")
    return int(tag)


def test_tags_that_one_has_given_are_told_and_no_others(
    client: Any, client_of: Any, me: User
) -> None:
    garden = give(client, "garden", *PhotoFactory.create_batch(2, owner=me))
    unused = give(client, "lake")
    Thing.objects.create(owner=me, kind=Thing.Kind.HASHTAG_ATTRIBUTE, title="#sea")
    other = UserFactory()
    give(client_of(other), "secret", PhotoFactory(owner=other))
    mirror = Mirror(client, "albums/tag")
    assert mirror.update() == ({garden, unused}, set())
    item = mirror.items[garden]
    assert isinstance(item.pop("last_modified"), int)
    assert item == {
        "id": garden,
        "title": "garden",
        "photo_count": 2,
        "cover_hashes": [],
    }
    assert mirror.items[unused]["photo_count"] == 0
    assert client.get("/api/sync/counts/").json()["tags"] == 2
    assert client_of(None).get("/api/sync/albums/tag/").status_code == 401


def test_each_change_of_a_tag_is_told_once(client: Any, me: User) -> None:
    photos = PhotoFactory.create_batch(3, owner=me)
    garden, lake = give(client, "garden", *photos[:1]), give(client, "lake", photos[1])
    mirror = Mirror(client, "albums/tag")
    mirror.update()

    def told_after(method: str, path: str, body: dict[str, Any]) -> Any:
        answer = getattr(client, method)(path, body, format="json")
        assert answer.status_code in (200, 204), answer.content
        told = mirror.update()
        assert mirror.update() == (set(), told[1])
        return told

    path = f"/api/tags/{garden}/"
    renamed = told_after("patch", path, {"name": "park"})
    assert renamed == ({garden}, set())
    assert mirror.items[garden]["title"] == "park"
    given = told_after("post", f"{path}add/", {"photos": [str(photos[2].pk)]})
    assert given == ({garden}, set())
    hidden = {"image_hashes": [photos[2].image_hash], "hidden": True}
    assert told_after("post", "/api/photosedit/hide/", hidden) == ({garden}, set())
    assert mirror.items[garden]["photo_count"] == 1
    merged = told_after("post", f"{path}merge/", {"tag": lake})
    assert merged == ({garden}, {lake})
    assert mirror.items[garden]["photo_count"] == 2
    assert told_after("delete", path, {})[1] == {garden, lake}
    assert mirror.items == {}


@pytest.mark.parametrize("count", [1, 20])
def test_the_number_of_queries_does_not_grow(
    client: Any, me: User, django_assert_max_num_queries: Any, count: int
) -> None:
    for number in range(count):
        show(PhotoFactory(), me)
        give(client, f"tag {number}", PhotoFactory(owner=me))
    for feed in ("sharing", "albums/tag"):
        client.get(f"/api/sync/{feed}/")
        with django_assert_max_num_queries(13):
            page = client.get(f"/api/sync/{feed}/", {"page_size": 1000}).json()
        assert len(page["items"]) == page["total"] == count
