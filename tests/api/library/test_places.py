from __future__ import annotations

from datetime import UTC, datetime

import pytest

from librephotos.api.models import Photo
from librephotos.api.writes.places import ensure_places
from tests.factories import PhotoFactory, PlaceFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def travels():
    """Two photos in Florence, one somewhere in Italy, one in Singapore."""
    me = UserFactory()
    italy = PlaceFactory(name="Italy", latitude=42.0, longitude=12.0)
    tuscany = PlaceFactory(name="Tuscany", parent=italy, level=2)
    florence = PlaceFactory(name="Florence", parent=tuscany, level=3)
    singapore = PlaceFactory(name="Singapore", latitude=1.3, longitude=103.8)
    days = [(florence, 1), (florence, 2), (singapore, 3), (italy, 4)]
    photos = [
        PhotoFactory(owner=me, place=place, taken_at=datetime(2021, 7, day, tzinfo=UTC))
        for place, day in days
    ]
    PhotoFactory(owner=me, place=florence, hidden=True)
    PhotoFactory(place=PlaceFactory(name="Atlantis"))
    return me, italy, photos


def test_a_country_counts_what_lies_in_its_towns(client_of, travels):
    me, _, photos = travels
    answer = client_of(me).get("/api/albums/place/list/").json()
    shown = [
        (row["title"], row["geolocation_level"], row["photo_count"])
        for row in answer["results"]
    ]
    assert shown == [
        ("Florence", 3, 2),
        ("Italy", 1, 3),
        ("Singapore", 1, 1),
        ("Tuscany", 2, 2),
    ]
    italy = answer["results"][1]
    assert isinstance(italy["id"], int)
    assert {cover["image_hash"] for cover in italy["cover_photos"]} == {
        photos[n].image_hash for n in (0, 1, 3)
    }
    assert italy["cover_photos"][0]["video"] is False
    # By which a client asks for the preview as it is turned by now (`?v=`).
    turned = {cover["shown_orientation"] for cover in italy["cover_photos"]}
    assert turned == {1}
    Photo.objects.update(shown_orientation=6)
    rows = client_of(me).get("/api/albums/place/list/").json()["results"]
    covers = [cover for row in rows for cover in row["cover_photos"]]
    assert {cover["shown_orientation"] for cover in covers} == {6}


def test_a_place_has_four_covers_at_most_and_a_search_narrows_the_list(client_of):
    me = UserFactory()
    place = PlaceFactory(name="München")
    PhotoFactory.create_batch(6, owner=me, place=place)
    PhotoFactory(owner=me, place=PlaceFactory(name="Berlin"))
    answer = client_of(me).get("/api/albums/place/list", {"search": "MÜN"}).json()
    (row,) = answer["results"]
    assert len(row["cover_photos"]) == 4


def test_one_place_shows_the_photos_in_it_and_below_it(client_of, travels):
    me, italy, photos = travels
    album = client_of(me).get(f"/api/albums/place/{italy.pk}/").json()["results"]
    assert (album["id"], album["title"]) == (str(italy.pk), "Italy")
    dates = [group["date"] for group in album["grouped_photos"]]
    assert dates == ["2021-07-04", "2021-07-02", "2021-07-01"]


def test_a_place_without_own_photos_is_404(client_of, travels):
    _, italy, _ = travels
    for name in (italy.pk, 999_999, "x", "9" * 30):
        answer = client_of(UserFactory()).get(f"/api/albums/place/{name}")
        assert answer.status_code == 404
        assert answer.json()["errors"]


def test_map_pins_give_the_longitude_first(client_of, travels):
    me, _, _ = travels
    PhotoFactory(owner=me, place=PlaceFactory(name="80331"))
    pins = client_of(me).get("/api/locclust/").json()
    assert [pin[2] for pin in pins] == ["Florence", "Italy", "Singapore", "Tuscany"]
    assert pins[2] == [103.8, 1.3, "Singapore"]


def test_no_place_tells_where_others_were(client_of):
    """Rows of places are shared, and new ones take the position of their first town."""

    def imported(user, town, *position):
        names = ("Italy", "Tuscany", town)
        photo = PhotoFactory(owner=user)
        photo.place_id = ensure_places({names: position})[names]
        photo.save()
        return photo

    imported(UserFactory(), "Pisa", 43.71, 10.4)
    me = UserFactory()
    mine = imported(me, "Florence", 43.77, 11.25)
    client = client_of(me)
    pins = client.get("/api/locclust/").json()
    assert pins == [[11.25, 43.77, name] for name in ("Florence", "Italy", "Tuscany")]
    place = client.get(f"/api/photos/{mine.image_hash}/").json()["geolocation_json"]
    assert [part["center"] for part in place["features"]] == [[43.77, 11.25]] * 3


def test_the_time_line_joins_what_was_taken_in_one_country(client_of, travels):
    me, _, _ = travels
    entries = client_of(me).get("/api/locationtimeline/").json()
    day = 24 * 60 * 60
    assert [(row["loc"], row["data"]) for row in entries] == [
        ("Italy", [2 * day]),
        ("Singapore", [day]),
        ("Italy", [0]),
    ]
    assert entries[0]["end"] == entries[1]["start"]
    assert entries[0]["start"] == datetime(2021, 7, 1, tzinfo=UTC).timestamp()


def test_the_time_line_of_a_single_photo(client_of):
    me = UserFactory()
    PhotoFactory(owner=me, place=PlaceFactory(name="Italy"))
    (entry,) = client_of(me).get("/api/locationtimeline").json()
    assert (entry["loc"], entry["data"]) == ("Italy", [0])


def test_the_tree_has_three_levels_and_counts_every_photo(client_of, travels):
    me, _, _ = travels
    tree = client_of(me).get("/api/locationsunburst/").json()

    def leaves(node, depth=0):
        if "value" in node:
            assert depth == 3
            return [(node["name"], node["value"])]
        return [leaf for child in node["children"] for leaf in leaves(child, depth + 1)]

    assert sorted(leaves(tree)) == [("Florence", 2), ("Italy", 1), ("Singapore", 1)]


PATHS = {
    "/api/albums/place/list/": [],
    "/api/locclust/": [],
    "/api/locationtimeline/": [],
    "/api/locationsunburst/": {"name": "Places", "children": []},
}


@pytest.mark.parametrize("path", PATHS)
def test_places_of_nobody_and_for_nobody(client_of, travels, path):
    answer = client_of(UserFactory()).get(path).json()
    assert (answer["results"] if "list" in path else answer) == PATHS[path]
    assert client_of().get(path).status_code == 401


@pytest.mark.parametrize("count", [1, 20])
def test_the_number_of_queries_does_not_grow(
    client_of, django_assert_num_queries, count
):
    me = UserFactory()
    for _ in range(count):
        PhotoFactory(owner=me, place=PlaceFactory(parent=PlaceFactory(), level=2))
    client = client_of(me)
    numbers = {
        "/api/albums/place/list/": 4,
        "/api/locclust/": 3,
        "/api/locationtimeline/": 2,
        "/api/locationsunburst/": 3,
    }
    for path, number in numbers.items():
        with django_assert_num_queries(number):
            assert client.get(path).status_code == 200
