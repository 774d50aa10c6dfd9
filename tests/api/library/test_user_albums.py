"""Albums that people make, over HTTP."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from librephotos.api.models import Photo, UserAlbum
from tests.factories import PhotoFactory, UserFactory
from tests.support.locks import somebody_waits

pytestmark = pytest.mark.django_db

LIST = "/api/albums/user/list/"
EDIT = "/api/albums/user/edit/"


def made(client: Any, title: str, *photos: Photo, **more: Any) -> dict[str, Any]:
    body = {"title": title, "photos": [str(photo.pk) for photo in photos], **more}
    answer = client.post(EDIT, body, format="json")
    assert answer.status_code == 201, answer.json()
    return dict(answer.json())


def edited(client: Any, album: dict[str, Any], **change: Any) -> Any:
    return client.patch(f"{EDIT}{album['id']}/", change, format="json")


def listed(client: Any, **query: str) -> list[dict[str, Any]]:
    return list(client.get(LIST, query).json()["results"])


def shown(client: Any, album: dict[str, Any], **query: str) -> list[str]:
    answer = client.get(f"/api/albums/user/{album['id']}/", query).json()
    groups = answer["grouped_photos"]
    return [item["id"] for group in groups for item in group["items"]]


def ids(*photos: Photo) -> set[str]:
    return {str(photo.pk) for photo in photos}


def test_an_album_is_made_and_shown(client_of):
    me = UserFactory(username="anna")
    photos = PhotoFactory.create_batch(3, owner=me)
    album = made(client_of(me), "Summer", *photos)
    assert (album["title"], set(album["photos"])) == ("Summer", ids(*photos))
    (row,) = listed(client_of(me))
    assert (row["id"], row["photo_count"]) == (album["id"], 3)
    assert row["cover_photo"]["image_hash"] == photos[-1].image_hash
    assert row["cover_photo"]["shown_orientation"] == 1
    Photo.objects.update(shown_orientation=6)
    (row,) = listed(client_of(me))
    assert row["cover_photo"]["shown_orientation"] == 6
    assert row["owner"]["username"] == "anna"
    answer = client_of(me).get(f"/api/albums/user/{album['id']}/").json()
    assert (answer["id"], answer["title"]) == (str(album["id"]), "Summer")
    assert set(shown(client_of(me), album)) == ids(*photos)
    assert client_of(me).get("/api/stats/").json()["num_albumuser"] == 1


def test_photos_for_a_title_that_there_is_go_into_that_album(client_of):
    me = UserFactory()
    first, second = PhotoFactory.create_batch(2, owner=me)
    album = made(client_of(me), "Summer", first)
    again = made(client_of(me), " Summer ", second, first)
    assert again["id"] == album["id"]
    assert set(again["photos"]) == ids(first, second)
    other = UserFactory()
    theirs = made(client_of(other), "Summer", PhotoFactory(owner=other))
    assert theirs["id"] != album["id"]


def test_photos_are_added_and_removed_by_either_name(client_of):
    me = UserFactory()
    first, second, third = PhotoFactory.create_batch(3, owner=me)
    album = made(client_of(me), "Summer", first)
    answer = edited(
        client_of(me),
        album,
        photos=[second.image_hash, str(third.pk).upper()],
        removedPhotos=[first.image_hash, "gone"],
    )
    assert set(answer.json()["photos"]) == ids(second, third)
    (row,) = listed(client_of(me))
    assert row["photo_count"] == 2


def test_all_photos_of_a_query_but_some_are_added(client_of):
    me = UserFactory()
    liked = PhotoFactory.create_batch(3, owner=me, user_rating=5)
    PhotoFactory(owner=me)
    theirs = PhotoFactory(
        owner=UserFactory(public_sharing=True), user_rating=5, public=True
    )
    album = made(
        client_of(me),
        "Best",
        select_all=True,
        query={"favorite": True},
        excluded_hashes=[liked[0].image_hash],
    )
    assert set(shown(client_of(me), album)) == ids(*liked[1:])
    assert str(theirs.pk) not in album["photos"]


def test_a_cover_is_chosen_and_given_back(client_of):
    me = UserFactory()
    first, second = PhotoFactory.create_batch(2, owner=me)
    album = made(client_of(me), "Summer", first, second)

    def cover() -> str:
        return str(listed(client_of(me))[0]["cover_photo"]["image_hash"])

    assert cover() == second.image_hash
    answer = edited(client_of(me), album, cover_photo=first.image_hash)
    assert answer.json()["cover_photo"] == str(first.pk)
    assert cover() == first.image_hash
    Photo.objects.filter(pk=first.pk).update(hidden=True)
    assert cover() == second.image_hash
    Photo.objects.filter(pk=first.pk).update(hidden=False)
    assert cover() == first.image_hash
    assert edited(client_of(me), album, cover_photo=None).status_code == 200
    assert cover() == second.image_hash


def test_what_is_hidden_or_in_the_trash_is_neither_counted_nor_shown(client_of):
    me = UserFactory()
    photos = PhotoFactory.create_batch(3, owner=me)
    album = made(client_of(me), "Summer", *photos)
    Photo.objects.filter(pk=photos[0].pk).update(hidden=True)
    Photo.objects.filter(pk=photos[1].pk).update(in_trashcan=True)
    assert listed(client_of(me))[0]["photo_count"] == 1
    assert shown(client_of(me), album) == [str(photos[2].pk)]
    Photo.objects.filter(pk=photos[2].pk).update(removed=True)
    assert listed(client_of(me)) == []
    Photo.objects.update(hidden=False, in_trashcan=False, removed=False)
    assert listed(client_of(me))[0]["photo_count"] == 3


def test_a_photo_that_is_put_into_an_album_while_it_is_hidden_is_counted_later(
    client_of,
):
    me = UserFactory()
    photo = PhotoFactory(owner=me, hidden=True)
    made(client_of(me), "Summer", photo)
    assert listed(client_of(me)) == []
    Photo.objects.filter(pk=photo.pk).update(hidden=False)
    assert listed(client_of(me))[0]["photo_count"] == 1


def test_photos_of_others_are_refused_and_nothing_is_made(client_of):
    me, other = UserFactory(), UserFactory(public_sharing=True)
    mine, theirs = PhotoFactory(owner=me), PhotoFactory(owner=other, public=True)
    for name in (str(theirs.pk), theirs.image_hash, str(uuid4()), "x\0y"):
        body = {"title": "Summer", "photos": [str(mine.pk), name]}
        answer = client_of(me).post(EDIT, body, format="json")
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == "photos"
    assert not UserAlbum.objects.exists()
    album = made(client_of(me), "Summer", mine)
    answer = edited(client_of(me), album, cover_photo=str(theirs.pk))
    assert answer.status_code == 400


def undone(client: Any, edit: Any) -> Any:
    return client.post(f"/api/photosedit/edits/{edit}/undo/")


@pytest.mark.parametrize("every", [False, True])
def test_what_is_taken_out_is_put_back_where_it_was(client_of, every):
    me, ben = UserFactory(), UserFactory()
    first, second, third, stays = PhotoFactory.create_batch(4, owner=me)
    outside, foreign = PhotoFactory(owner=me), PhotoFactory(owner=ben)
    client = client_of(me)
    album = made(client, "Summer", first, second, third, stays)
    shares = {"album_id": album["id"], "shared": True, "target_user_id": ben.pk}
    client.post(
        "/api/useralbum/share/", {**shares, "role": "contributor"}, format="json"
    )
    edited(client_of(ben), album, photos=[foreign.image_hash])
    order = [str(photo.pk) for photo in (third, foreign, first, stays, second)]
    edited(client, album, moved=order, cover_photo=first.image_hash)
    gone = [str(photo.pk) for photo in (first, third, foreign, outside)]
    said = {"removedPhotos": gone}
    if every:
        named = [stays.image_hash, str(second.pk)]
        said = {"remove_all": True, "excluded_hashes": named}
    answer = edited(client, album, **said).json()
    assert answer["removed"] == 3
    assert shown(client, album) == ids_in_order(stays, second)
    assert shown(client_of(ben), album) == ids_in_order(stays, second)
    for other in (client_of(ben), client_of(UserFactory()), client_of()):
        assert undone(other, answer["undo"]).status_code in (401, 404)
    back = undone(client, answer["undo"])
    assert (back.status_code, back.json()["count"], back.json()["kept"]) == (200, 3, 0)
    assert shown(client, album) == order
    assert shown(client_of(ben), album) == order
    (row,) = listed(client)
    assert row["photo_count"] == 5
    assert row["cover_photo"]["image_hash"] == first.image_hash
    # The photo of another is still theirs to take out.
    assert edited(client_of(ben), album, remove_all=True).json()["removed"] == 1
    assert undone(client, answer["undo"]).status_code == 409
    nothing = edited(client, album, removedPhotos=[str(outside.pk)]).json()
    assert (nothing["removed"], nothing["undo"]) == (0, None)


def test_what_is_put_in_is_taken_out_again_and_nothing_else(client_of):
    me, ben = UserFactory(), UserFactory()
    first, second, third = PhotoFactory.create_batch(3, owner=me)
    foreign = PhotoFactory(owner=ben)
    client, other = client_of(me), client_of(ben)
    album = made(client, "Summer", first)
    share = {"album_id": album["id"], "target_user_id": ben.pk, "shared": True}
    url = "/api/useralbum/share/"
    client.post(url, {**share, "role": "contributor"}, format="json")
    named = [photo.image_hash for photo in (first, second, third)]
    mine = edited(client, album, photos=named).json()
    theirs = edited(other, album, photos=[foreign.image_hash]).json()
    assert (mine["added"], theirs["added"]) == (2, 1)
    again = edited(client, album, photos=named).json()
    assert (again["added"], again["undo"]) == (0, None)
    for caller in (other, client_of(UserFactory()), client_of()):
        assert undone(caller, mine["undo"]).status_code in (401, 404)
    edited(client, album, removedPhotos=[third.image_hash])
    back = undone(client, mine["undo"]).json()
    assert (back["count"], back["kept"]) == (1, 1)
    assert set(shown(client, album)) == {str(first.pk), str(foreign.pk)}
    edited(client, album, locked=True)
    assert undone(other, theirs["undo"]).status_code == 409
    edited(client, album, locked=False)
    assert undone(other, theirs["undo"]).json()["count"] == 1
    assert shown(client, album) == [str(first.pk)]
    assert listed(client)[0]["photo_count"] == 1


def ids_in_order(*photos: Photo) -> list[str]:
    return [str(photo.pk) for photo in photos]


@pytest.mark.parametrize("change", ["locked", "left", "viewer", "deleted", "erased"])
def test_what_was_taken_out_stays_out_where_it_has_no_place(client_of, change):
    me, ben = UserFactory(), UserFactory()
    photo, foreign = PhotoFactory(owner=me), PhotoFactory(owner=ben)
    client, other = client_of(me), client_of(ben)
    album = made(client, "Summer", photo)
    share = {"album_id": album["id"], "target_user_id": ben.pk, "shared": True}
    url = "/api/useralbum/share/"
    client.post(url, {**share, "role": "contributor"}, format="json")
    edited(other, album, photos=[foreign.image_hash])
    theirs = edited(other, album, removedPhotos=[foreign.image_hash]).json()["undo"]
    mine = edited(client, album, remove_all=True).json()["undo"]
    if change == "locked":
        edited(client, album, locked=True)
        assert undone(client, mine).status_code == 409
        assert undone(other, theirs).status_code == 409
        edited(client, album, locked=False)
    elif change in ("left", "viewer"):
        now = {"shared": False} if change == "left" else {"role": "viewer"}
        client.post(url, {**share, **now}, format="json")
        back = undone(other, theirs).json()
        assert (back["count"], back["kept"]) == (0, 1)
        assert shown(client, album) == []
    elif change == "deleted":
        client.delete(f"/api/albums/user/{album['id']}/")
        assert undone(client, mine).status_code == 404
        return
    else:
        Photo.objects.filter(pk=photo.pk).delete()
        back = undone(client, mine).json()
        assert (back["count"], back["kept"]) == (0, 1)
        return
    assert undone(client, mine).json()["count"] == 1
    assert shown(client, album) == ids_in_order(photo)


@pytest.mark.parametrize("order", ["newest", "oldest", "hand"])
def test_what_was_moved_goes_back(client_of, order):
    me = UserFactory()
    photos = PhotoFactory.create_batch(4, owner=me)
    client = client_of(me)
    album = made(client, "Summer", *photos)
    if order == "hand":
        edited(client, album, moved=[str(photos[2].pk)])
    edited(client, album, photo_order=order)
    before = shown(client, album)
    moved = [before[3], before[1]]
    answer = edited(client, album, moved=moved, before=before[0]).json()
    assert shown(client, album) == [*moved, before[0], before[2]]
    edited(client, album, locked=True)  # it keeps its photos, not where they stand
    edited(client, album, favorited=True)
    assert undone(client, answer["undo"]).json()["count"] == 4
    assert shown(client, album) == before
    head = client.get(f"/api/albums/user/{album['id']}/").json()
    assert (head["photo_order"], head["favorited"]) == (order, True)


def test_taking_out_many_costs_as_many_queries_as_few(client_of):
    me = UserFactory()
    client, counts = client_of(me), []
    for number in (1, 20):
        photos = PhotoFactory.create_batch(number, owner=me)
        album = made(client, f"Of {number}", *photos)
        with CaptureQueriesContext(connection) as queries:
            answer = edited(client, album, remove_all=True).json()
            assert undone(client, answer["undo"]).json()["count"] == number
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_locked_album_keeps_its_photos_until_it_is_unlocked(client_of):
    me = UserFactory()
    first, second = PhotoFactory.create_batch(2, owner=me)
    album = made(client_of(me), "Summer", first)
    assert edited(client_of(me), album, locked=True).json()["locked"] is True
    for change in (
        {"photos": [str(second.pk)]},
        {"removedPhotos": [first.image_hash]},
        {"photos": [str(second.pk)], "locked": True},
    ):
        assert edited(client_of(me), album, **change).status_code == 400
    body = {"title": "Summer", "photos": [str(second.pk)]}
    assert client_of(me).post(EDIT, body, format="json").status_code == 400
    assert shown(client_of(me), album) == [str(first.pk)]
    assert edited(client_of(me), album, title="Winter").json()["title"] == "Winter"
    unlocked = edited(client_of(me), album, photos=[str(second.pk)], locked=False)
    assert set(unlocked.json()["photos"]) == ids(first, second)


def test_an_album_is_renamed_but_not_to_the_title_of_another(client_of):
    me = UserFactory()
    album = made(client_of(me), "Summer", PhotoFactory(owner=me))
    made(client_of(me), "Winter", PhotoFactory(owner=me))
    address = f"/api/albums/user/{album['id']}/"
    renamed = client_of(me).patch(address, {"title": "Spring"}, format="json")
    assert (renamed.status_code, renamed.json()["title"]) == (200, "Spring")
    for title in ("Winter", "", "\u200b", "x" * 513):
        answer = client_of(me).patch(address, {"title": title}, format="json")
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == "title"
    assert [row["title"] for row in listed(client_of(me))] == ["Spring", "Winter"]
    assert [row["title"] for row in listed(client_of(me), search="WIN")] == ["Winter"]


def test_an_album_is_deleted_and_its_photos_stay(client_of):
    me = UserFactory()
    photo = PhotoFactory(owner=me)
    album = made(client_of(me), "Summer", photo)
    address = f"/api/albums/user/{album['id']}/"
    assert client_of(me).delete(address, {}, format="json").status_code == 204
    assert client_of(me).get(address).status_code == 404
    assert listed(client_of(me)) == []
    assert client_of(me).get(f"/api/photos/{photo.pk}/").status_code == 200


def test_albums_of_others_are_as_if_there_were_none(client_of):
    me, other = UserFactory(), UserFactory(admin=True)
    photo = PhotoFactory(owner=me, public=True)
    album = made(client_of(me), "Summer", photo)
    address = f"/api/albums/user/{album['id']}/"
    client = client_of(other)
    assert listed(client) == []
    assert client.get(address).status_code == 404
    assert client.patch(address, {"title": "Mine"}, format="json").status_code == 404
    assert client.delete(address).status_code == 404
    assert edited(client, album, title="Mine").status_code == 404
    assert UserAlbum.objects.get().title == "Summer"
    assert client.get(f"/api/photos/{photo.pk}/albums/").status_code == 404


def test_a_photo_tells_which_albums_it_is_in(client_of):
    me = UserFactory(public_sharing=True)
    first, second = PhotoFactory.create_batch(2, owner=me, public=True)
    made(client_of(me), "Winter", first)
    made(client_of(me), "Summer", first, second)
    for name, titles in (
        (first.image_hash, ["Summer", "Winter"]),
        (str(second.pk), ["Summer"]),
    ):
        rows = client_of(me).get(f"/api/photos/{name}/albums/").json()["results"]
        assert [row["title"] for row in rows] == titles
    for caller in (None, UserFactory()):
        answer = client_of(caller).get(f"/api/photos/{first.pk}/albums/")
        assert (answer.status_code, answer.json()) == (200, {"results": []})


def test_an_album_shows_films_or_stills_alone_and_a_page_at_a_time(client_of):
    me = UserFactory()
    still, film = PhotoFactory(owner=me), PhotoFactory(owner=me, video=True)
    album = made(client_of(me), "Summer", still, film)
    assert shown(client_of(me), album, video="true") == [str(film.pk)]
    assert shown(client_of(me), album, photo="true") == [str(still.pk)]
    assert len(shown(client_of(me), album, page="1", page_size="1")) == 1


def test_a_list_of_albums_takes_as_many_queries_as_one(
    client_of, django_assert_max_num_queries
):
    me = UserFactory()
    photos = PhotoFactory.create_batch(3, owner=me)
    for number in range(5):
        made(client_of(me), f"Album {number}", *photos)
    client = client_of(me)
    client.get(LIST)
    with django_assert_max_num_queries(5):
        assert len(listed(client)) == 5


def test_a_photo_that_is_hidden_while_it_is_put_into_an_album_is_not_counted(
    transactional_db: None, client_of
) -> None:
    me = UserFactory()
    photo = PhotoFactory(owner=me)
    client = client_of(me)

    def put() -> dict[str, Any]:
        try:
            return made(client, "Summer", photo)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            Photo.objects.filter(pk=photo.pk).update(hidden=True)
            putting = other.submit(put)
            while not somebody_waits():
                assert not putting.done()
        assert putting.result()["photos"] == [str(photo.pk)]
    assert UserAlbum.objects.get().photo_count == 0
    Photo.objects.filter(pk=photo.pk).update(hidden=False)
    assert UserAlbum.objects.get().photo_count == 1


def test_two_who_make_the_same_album_at_once_fill_one(
    transactional_db: None, client_of
) -> None:
    me = UserFactory()
    photos = PhotoFactory.create_batch(8, owner=me)
    together = Barrier(len(photos))
    clients = [client_of(me) for _ in photos]

    def make(number: int) -> int:
        try:
            together.wait()
            return int(made(clients[number], "Summer", photos[number])["id"])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(photos)) as pool:
        assert len(set(pool.map(make, range(len(photos))))) == 1
    assert UserAlbum.objects.get().photo_count == len(photos)


def test_administrators_are_told_how_large_albums_are(client_of) -> None:
    me = UserFactory(staff=True)
    still, film = PhotoFactory(owner=me), PhotoFactory(owner=me, video=True)
    made(client_of(me), "Summer", still)
    made(client_of(me), "Winter", still, film)
    (row,) = client_of(me).get("/api/serverstats").json()["users"]
    sizes = {"count": 2, "min": 1, "max": 2, "mean": 1.5, "median": 1.5}
    videos = {"min": 0, "max": 1, "mean": 0.5, "median": 0.5}
    assert row["album"] == {
        **sizes,
        **{f"{key}_videos": number for key, number in videos.items()},
    }
