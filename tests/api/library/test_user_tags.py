"""Tags that people make, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from librephotos.api.models import Photo, Thing
from tests.factories import PhotoFactory, UserFactory

pytestmark = pytest.mark.django_db


def made(client: Any, name: str) -> int:
    answer = client.post("/api/tags/", {"name": name}, format="json")
    assert answer.status_code == 201, answer.json()
    return int(answer.json()["id"])


def act(client: Any, number: int, path: str, **body: Any) -> Any:
    return client.post(f"/api/tags/{number}/{path}/", body, format="json")


def names(client: Any, **query: Any) -> list[tuple[str, int]]:
    rows = client.get("/api/tags/", query).json()["results"]
    return [(row["name"], row["photo_count"]) for row in rows]


def found(client: Any, text: str) -> int:
    answer = client.get("/api/photos/searchlist/", {"search": text})
    return sum(len(day["items"]) for day in answer.json()["results"])


def test_a_tag_is_made_given_found_and_taken(client_of: Any) -> None:
    me = UserFactory()
    first, second, hidden = PhotoFactory.create_batch(3, owner=me)
    Photo.objects.filter(pk=hidden.pk).update(hidden=True)
    client = client_of(me)
    tag = made(client, "  Grandparents ")
    again = client.post("/api/tags/", {"name": "Grandparents"}, format="json")
    assert (again.status_code, again.json()["id"]) == (200, tag)
    sent = [str(first.pk), second.image_hash, hidden.image_hash]
    answer = act(client, tag, "add", photos=sent).json()
    assert isinstance(answer.pop("undo"), int)
    assert answer == {"id": tag, "name": "Grandparents", "photo_count": 2}
    assert found(client, "grandparents") == 2
    album = client.get(f"/api/tags/{tag}/").json()["results"]
    assert (album["id"], album["name"]) == (tag, "Grandparents")
    items = [item["id"] for group in album["grouped_photos"] for item in group["items"]]
    assert set(items) == {str(first.pk), str(second.pk)}
    assert client.get("/api/tags/").json()["results"][0]["cover_photos"]
    details = client.get(f"/api/photos/{first.pk}/").json()
    assert details["user_tags"] == [{"id": tag, "name": "Grandparents"}]
    days = client.get("/api/albums/date/list/", {"tag": tag}).json()["results"]
    assert sum(day["numberOfItems"] for day in days) == 2
    day = client.get(f"/api/albums/date/{first.day}", {"tag": tag}).json()["results"]
    assert day["numberOfItems"] == 2
    assert names(client, photo=first.image_hash) == [("Grandparents", 2)]
    answer = act(client, tag, "remove", photos=[str(first.pk)]).json()
    assert answer["photo_count"] == 1
    assert found(client, "grandparents") == 1
    assert names(client, photo=str(first.pk)) == []
    assert not client.get("/api/albums/thing/list/").json()["results"]


def test_a_tag_is_taken_from_those_alone_that_were_given_it(client_of: Any) -> None:
    me = UserFactory()
    had, lacked, freed = PhotoFactory.create_batch(3, owner=me)
    client, other = client_of(me), client_of(UserFactory())
    tag = made(client, "garden")
    act(client, tag, "add", photos=[str(had.pk)])
    everything = [str(photo.pk) for photo in (had, lacked, freed)]
    undo = act(client, tag, "add", photos=everything).json()["undo"]
    assert act(client, tag, "add", photos=everything).json()["undo"] is None
    act(client, tag, "remove", photos=[str(freed.pk)])
    url = f"/api/photosedit/edits/{undo}/undo/"
    assert other.post(url).status_code == 404
    back = client.post(url).json()
    assert (back["count"], back["kept"]) == (1, 1)
    assert names(client) == [("garden", 1)]
    assert names(client, photo=str(had.pk)) == [("garden", 1)]
    assert found(client, "garden") == 1
    assert client.post(url).status_code == 409
    gone = act(client, tag, "add", photos=everything).json()["undo"]
    client.delete(f"/api/tags/{tag}/")
    assert client.post(f"/api/photosedit/edits/{gone}/undo/").status_code in (404, 409)


def test_tags_are_renamed_merged_and_deleted(client_of: Any) -> None:
    me = UserFactory()
    first, second = PhotoFactory.create_batch(2, owner=me)
    client = client_of(me)
    beach, coast = made(client, "beach"), made(client, "coast")
    act(client, beach, "add", photos=[str(first.pk), str(second.pk)])
    act(client, coast, "add", photos=[str(second.pk)])
    url = f"/api/tags/{coast}/"
    taken = client.patch(url, {"name": "beach"}, format="json")
    assert (taken.status_code, taken.json()["errors"][0]["field"]) == (400, "name")
    renamed = client.patch(url, {"name": "shore"}, format="json").json()
    assert renamed["name"] == "shore" and found(client, "shore") == 1
    for body, status in (({"tag": coast}, 400), ({}, 400), ({"tag": 10**9}, 404)):
        assert act(client, coast, "merge", **body).status_code == status
    assert act(client, coast, "merge", tag=beach).json()["photo_count"] == 2
    assert names(client) == [("shore", 2)]
    assert found(client, "shore") == 2 and found(client, "beach") == 0
    assert client.delete(url).status_code == 204
    assert (names(client), found(client, "shore")) == ([], 0)
    assert Photo.objects.filter(owner=me).count() == 2


def test_a_whole_selection_is_tagged_and_set_apart_by_its_tag(client_of: Any) -> None:
    me = UserFactory()
    photos = PhotoFactory.create_batch(3, owner=me)
    client = client_of(me)
    tag = made(client, "all")
    every = {"select_all": True, "query": {}, "excluded_hashes": [photos[0].image_hash]}
    assert act(client, tag, "add", **every).json()["photo_count"] == 2
    tagged = {"select_all": True, "query": {"tag": tag}}
    hide = client.post(
        "/api/photosedit/hide/", {**tagged, "hidden": True}, format="json"
    )
    assert hide.json()["count"] == 2
    nothing = act(client, tag, "add")
    assert (nothing.status_code, nothing.json()["error"]) == (400, "No photos provided")
    assert act(client, tag, "add", select_all=True).status_code == 400
    for name in ("", "   ", "\u200b", "x" * 513, None, 5.5):
        answer = client.post("/api/tags/", {"name": name}, format="json")
        assert answer.status_code == (201 if name == 5.5 else 400), name
    assert client.get("/api/albums/date/list/?tag=abc").status_code == 400


def test_tags_are_their_owners_alone(client_of: Any) -> None:
    me, other = UserFactory(), UserFactory()
    mine, theirs = PhotoFactory(owner=me), PhotoFactory(owner=other)
    tag = made(client_of(me), "secret")
    act(client_of(me), tag, "add", photos=[str(mine.pk)])
    stranger = client_of(other)
    own = made(stranger, "own")
    assert names(stranger) == [("own", 0)]
    assert stranger.get(f"/api/tags/{tag}/").status_code == 404
    assert stranger.delete(f"/api/tags/{tag}/").status_code == 404
    assert act(stranger, tag, "add", photos=[str(theirs.pk)]).status_code == 404
    assert act(stranger, own, "merge", tag=tag).status_code == 404
    assert act(stranger, own, "add", photos=[str(mine.pk)]).status_code == 404
    assert stranger.get("/api/tags/", {"photo": str(mine.pk)}).status_code == 404
    assert stranger.get("/api/albums/date/list/", {"tag": tag}).json()["results"] == []
    assert client_of().get("/api/tags/").status_code == 401
    assert Thing.objects.get(pk=tag).photo_count == 1


def test_the_list_costs_as_many_queries_for_many(client_of: Any) -> None:
    me = UserFactory()
    photo = PhotoFactory(owner=me)
    client = client_of(me)
    counts = []
    client.get(f"/api/photos/{photo.pk}/")
    for number in (1, 20):
        for at in range(number):
            act(client, made(client, f"{number}-{at}"), "add", photos=[str(photo.pk)])
        with CaptureQueriesContext(connection) as queries:
            assert len(names(client)) >= number
            client.get(f"/api/photos/{photo.pk}/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
