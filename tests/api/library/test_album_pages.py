"""Albums of places, things and people come in pages that cost what they show."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from librephotos.api.http.pagination import AlbumPagination
from librephotos.api.models import Photo, Place, Thing
from librephotos.api.queries.library.photos import grid_rows, newest_first
from librephotos.api.queries.library.places import Places
from librephotos.api.writes import things
from librephotos.api.writes.things import Tag
from tests.factories import (
    FaceFactory,
    PersonFactory,
    PhotoFactory,
    PlaceFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

ALBUMS = ["place", "thing", "person"]
LISTS = {"place": "list/", "thing": "list/", "person": ""}
START = datetime(2021, 7, 5, tzinfo=UTC)


def album_of(owner: Any, kind: str, count: int, **values: Any) -> tuple[str, list[str]]:
    """The address of an album of so many photos, and their ids, newest first."""
    photos = [
        PhotoFactory(
            owner=owner,
            # Ties: two photos a second, five seconds a day.
            taken_at=START + timedelta(days=n // 10, seconds=n % 10 // 2),
            **values,
        )
        for n in range(count)
    ]
    number = _gathered(owner, kind, photos)
    photos.sort(key=lambda photo: str(photo.id))
    photos.sort(key=lambda photo: photo.taken_at, reverse=True)
    return f"/api/albums/{kind}/{number}/", [str(photo.id) for photo in photos]


def _gathered(owner: Any, kind: str, photos: list[Photo]) -> int:
    if kind == "place":
        country = PlaceFactory()
        town = PlaceFactory(parent=country, level=2)
        Photo.objects.filter(pk__in=[photo.pk for photo in photos]).update(place=town)
        return country.pk
    if kind == "thing":
        tags = {
            photo.pk: [Tag(Thing.Kind.HASHTAG_ATTRIBUTE, "#sea")] for photo in photos
        }
        things.replace(tags, kinds=[Thing.Kind.HASHTAG_ATTRIBUTE])
        return Thing.objects.get(owner=owner).pk
    person = PersonFactory(owner=owner)
    for photo in photos:
        FaceFactory(photo=photo, person=person)
    return person.pk


def ids(answer: dict[str, Any]) -> list[str]:
    groups = answer["results"]["grouped_photos"]
    return [item["id"] for group in groups for item in group["items"]]


@pytest.mark.parametrize("kind", ALBUMS)
def test_the_pages_of_an_album_together_are_the_album(client, me, kind):
    url, expected = album_of(me, kind, 25)
    found, address = [], f"{url}?page=1&page_size=7"
    addresses = []
    while address:
        addresses.append(address)
        answer = client.get(address).json()
        assert len(ids(answer)) <= 7
        assert answer["results"]["id"] == url.split("/")[-2]
        found += ids(answer)
        address = answer["next"]
    assert found == expected
    assert len(addresses) == 4
    assert "page=3" in client.get(addresses[3]).json()["previous"]
    assert client.get(addresses[0]).json()["previous"] is None


@pytest.mark.parametrize("kind", ALBUMS)
def test_a_client_that_knows_no_pages_gets_all_that_lists_give_at_once(
    client, me, kind
):
    url, expected = album_of(me, kind, 105)
    for address in (url, url.rstrip("/")):
        answer = client.get(address).json()
        assert ids(answer) == expected
        assert answer["next"] is answer["previous"] is None
    assert AlbumPagination.unpaged_size == 50_000
    assert ids(client.get(url, {"page": 1}).json()) == expected[:100]
    assert ids(client.get(url, {"page_size": 3}).json()) == expected[:3]


@pytest.mark.parametrize("kind", ALBUMS)
@pytest.mark.parametrize(
    "page", ["0", "-1", "3", "x", "1.5", "９", "9" * 9, "9" * 30, "9" * 5000]
)
def test_a_page_that_is_none_is_404(client, me, kind, page):
    url, _ = album_of(me, kind, 2)
    answer = client.get(url, {"page": page, "page_size": 1})
    assert answer.status_code == 404
    assert answer.json()["errors"] == [{"field": "detail", "message": "Invalid page."}]


@pytest.mark.parametrize(
    ("asked", "shown"), [("2", 2), ("0", 3), ("x", 3), ("9" * 5000, 3), ("6000", 3)]
)
def test_sizes_that_are_none_are_as_in_other_lists(client, me, asked, shown):
    url, expected = album_of(me, "place", 3)
    answer = client.get(url, {"page": 1, "page_size": asked})
    assert ids(answer.json()) == expected[:shown]


@pytest.mark.parametrize("kind", ALBUMS)
def test_an_album_of_videos_or_of_stills_alone(client, me, kind):
    url, expected = album_of(me, kind, 4)
    Photo.objects.filter(id__in=expected[:1]).update(video=True)
    assert ids(client.get(url, {"video": "true"}).json()) == expected[:1]
    assert ids(client.get(url, {"photo": "true", "page": 1}).json()) == expected[1:]


@pytest.mark.parametrize("kind", ALBUMS)
def test_a_page_holds_nothing_of_others_and_nothing_hidden(client, client_of, me, kind):
    other = UserFactory()
    url, _ = album_of(other, kind, 2, public=True)
    assert client.get(url, {"page": 1}).status_code == 404
    mine, expected = album_of(me, kind, 3)
    Photo.objects.filter(id=expected[0]).update(hidden=True)
    if kind == "place":
        Photo.objects.filter(owner=other).update(place=Place.objects.last())
    assert ids(client.get(mine, {"page": 1}).json()) == expected[1:]
    assert client_of().get(mine, {"page": 1}).status_code == 401


@pytest.mark.parametrize("kind", ALBUMS)
@pytest.mark.parametrize(("part", "found"), [("", 1), ("{}", 1), ("no such", 0)])
def test_every_list_of_albums_is_searched_by_title(client, me, kind, part, found):
    url, _ = album_of(me, kind, 1)
    album = client.get(url).json()["results"]
    title = album.get("title") or album["name"]
    asked = {"search": part.format(title[1:].upper()) + "\0"}
    listed = client.get(f"/api/albums/{kind}/{LISTS[kind]}", asked).json()["results"]
    assert [str(row["id"]) for row in listed].count(album["id"]) == found
    assert found or not listed


@pytest.mark.parametrize("count", [1, 25])
@pytest.mark.parametrize(
    ("kind", "queries"), [("place", 4), ("thing", 3), ("person", 4)]
)
def test_the_number_of_queries_does_not_grow(
    client, me, kind, queries, count, django_assert_num_queries
):
    url, expected = album_of(me, kind, count)
    for asked in ({}, {"page": 1, "page_size": 20}):
        with django_assert_num_queries(queries):
            assert ids(client.get(url, asked).json()) == expected[: 20 if asked else 25]


def test_a_page_of_a_country_is_read_from_the_newest_photos_alone(me):
    """However many there are: the plan reads no more rows than the page has."""
    country = PlaceFactory()
    rows = [
        PhotoFactory.build(owner=me, place=country, taken_at=START + timedelta(hours=n))
        for n in range(3_000)
    ]
    Photo.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE api_photo")
    albums = Places(me)
    album = albums.album(country.pk)
    assert album is not None
    page = grid_rows(newest_first(albums.photos(album)))[:20]
    plan = page.explain(analyze=True, format="json")
    assert _rows_read(plan) < 200


def _rows_read(plan: str) -> int:
    def widest(node: dict[str, Any]) -> int:
        below = [widest(child) for child in node.get("Plans", [])]
        return max([int(node["Actual Rows"] * node["Actual Loops"]), *below])

    return widest(json.loads(plan)[0]["Plan"])
