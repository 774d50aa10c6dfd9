from __future__ import annotations

from base64 import b64decode
from datetime import UTC, datetime, timedelta
from math import exp, log
from struct import unpack
from uuid import UUID

import pytest

from librephotos.api.models import Photo, PhotoShare, PhotoThing, Shown, Thing
from tests.factories import PhotoFactory, PlaceFactory, UserFactory
from tests.support.links import shown_by_links

pytestmark = pytest.mark.django_db

DAYS, PHOTOS = "/api/timeline/days/", "/api/timeline/photos/"
JULY = datetime(2021, 7, 5, 12, tzinfo=UTC)


def at(day, minute=0):
    """Noon of a day of July, and some minutes."""
    return JULY.replace(day=day) + timedelta(minutes=minute)


def asked(client, **query):
    answer = client.get(PHOTOS, query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def ids_of(columns):
    packed = b64decode(columns["ids"])
    return [UUID(bytes=packed[at : at + 16]) for at in range(0, len(packed), 16)]


def kinds_of(columns):
    packed = b64decode(columns["kinds"])
    return list(unpack(f">{len(packed) // 2}H", packed))


def runs_of(columns):
    numbers = columns["days"]
    return [tuple(numbers[at : at + 4]) for at in range(0, len(numbers), 4)]


@pytest.fixture
def summer(me):
    """Three photos of 6 July, two of 5 July, an undated one, in their order."""
    photos = [PhotoFactory(owner=me, taken_at=at(6, minute)) for minute in (2, 1, 0)]
    photos += [PhotoFactory(owner=me, taken_at=at(5, minute)) for minute in (1, 0)]
    return [*photos, PhotoFactory(owner=me, undated=True)]


def test_all_photos_across_days_in_the_order_of_the_timeline(client, summer):
    columns = asked(client)
    assert ids_of(columns) == [photo.pk for photo in summer]
    sixth = at(6).toordinal()
    assert runs_of(columns) == [(sixth, 0, 3, 3), (sixth - 1, 0, 2, 2), (0, 0, 1, 1)]
    assert len(columns["placeholders"]) == len(summer)


def test_pages_from_any_place_are_the_whole_list(client, summer):
    by_two = [
        asked(client, day=at(6).toordinal(), offset=offset, limit=2)
        for offset in range(0, 6, 2)
    ]
    found = [photo for columns in by_two for photo in ids_of(columns)]
    assert found == [photo.pk for photo in summer]
    sixth = at(6).toordinal()
    assert runs_of(by_two[0]) == [(sixth, 0, 2, 3)]
    assert runs_of(by_two[1]) == [(sixth, 2, 1, 3), (sixth - 1, 0, 1, 2)]


def test_what_is_added_to_other_days_moves_nothing(client, me, summer):
    fifth = {"day": at(5).toordinal(), "offset": 1, "limit": 1}
    before = asked(client, **fifth)
    PhotoFactory.create_batch(3, owner=me, taken_at=at(9))
    assert asked(client, **fifth) == before
    PhotoFactory(owner=me, taken_at=at(5, minute=30))
    after = asked(client, **fifth)
    assert runs_of(after)[0][3] == runs_of(before)[0][3] + 1


@pytest.mark.parametrize("left", [0, 2])
def test_an_offset_that_a_day_no_longer_reaches(client, summer, left):
    for photo in summer[left:3]:
        photo.hidden = True
        photo.save()
    columns = asked(client, day=at(6).toordinal(), offset=left + 1, limit=9)
    assert ids_of(columns) == [summer[4].pk, summer[5].pk]
    assert runs_of(columns) == [(at(5).toordinal(), 1, 1, 2), (0, 0, 1, 1)]
    past_all = asked(client, day=at(6).toordinal(), offset=9)
    assert (past_all["ids"], past_all["days"]) == ("", [])


def test_the_days_with_their_numbers(client, me, summer):
    PlaceFactory()
    answer = client.get(DAYS).json()
    sixth = at(6).toordinal()
    assert answer == {
        "days": [sixth, sixth - 1, 0],
        "counts": [3, 2, 1],
        "places": ["", "", ""],
    }


def test_a_column_has_what_a_tile_draws(client, me):
    photo = PhotoFactory(
        owner=me,
        taken_at=at(6, 75),
        aspect_ratio=1.78,
        video=True,
        duration_s=12.6,
        has_raw=True,
        user_rating=5,
        damage="Its lower half is grey.",
        user_orientation=6,
        shown_orientation=6,
        place=PlaceFactory(name="Rome"),
        placeholder=b"tiny",
    )
    columns = asked(client)
    assert b64decode(columns["hashes"]).hex() == photo.image_hash[:6]
    (ratio,) = b64decode(columns["ratios"])
    assert abs(log(exp(ratio / 100 - 1) / 1.78)) <= 0.005
    assert kinds_of(columns) == [13 * 60 + 15 + (1 << 11) + (0b111 << 13)]
    assert columns["durations"] == [13]
    assert columns["turned"] == [0, 6]
    assert (columns["places"], columns["place_runs"]) == (["Rome"], [0, 1])
    assert b64decode(columns["placeholders"][0]) == b"tiny"


def test_a_motion_photo_of_no_known_time_and_shape(client, me):
    PhotoFactory(owner=me, undated=True, motion_photo=True, aspect_ratio=0.01)
    columns = asked(client)
    assert kinds_of(columns) == [2047 + (2 << 11)]
    assert b64decode(columns["ratios"]) == b"\x01"


def test_few_bytes_a_photo(client, me):
    rome = PlaceFactory()
    for number in range(200):
        taken_at = at(1 + number // 50, number)
        kind = {"video": True, "duration_s": 9.4} if number % 10 == 0 else {}
        PhotoFactory(owner=me, taken_at=taken_at, place=rome, **kind)
    answer = client.get(PHOTOS)
    placeholders = len(answer.json()["placeholders"]) * len('"",')
    assert (len(answer.content) - placeholders) / 200 <= 31
    thousand = len(answer.content) - placeholders
    # What each answer has once counts less the more it holds.
    PhotoFactory.create_batch(200, owner=me, taken_at=at(9), place=rome)
    more = len(client.get(PHOTOS).content) - 2 * placeholders
    assert (more - thousand) / 200 <= 30


FILTERS = {
    "favorite": {"user_rating": 5},
    "hidden": {"hidden": True},
    "in_trashcan": {"in_trashcan": True},
    "video": {"video": True},
    "is_screenshot": {"found_category": "screenshot"},
}


@pytest.mark.parametrize("name", FILTERS)
def test_filters(client, me, summer, name):
    photo = PhotoFactory(owner=me, taken_at=at(5), **FILTERS[name])
    columns = asked(client, **{name: "true"})
    assert ids_of(columns) == [photo.pk]
    assert runs_of(columns) == [(at(5).toordinal(), 0, 1, 1)]
    assert client.get(DAYS, {name: "true"}).json()["counts"] == [1]


def test_photos_that_leave_a_category_out(client, me, summer):
    PhotoFactory(owner=me, taken_at=at(5), found_category="screenshot")
    query = {"hide_screenshots": "true", "day": at(5).toordinal(), "limit": 1}
    assert runs_of(asked(client, **query))[0][3] == 2


def test_a_place_and_a_thing(client, me, summer):
    rome = PlaceFactory()
    Photo.objects.filter(pk=summer[3].pk).update(place=rome)
    thing = Thing.objects.create(owner=me, title="dog", kind=Thing.Kind.USER_TAG)
    PhotoThing.objects.create(photo=summer[0], thing=thing, score=1)
    assert ids_of(asked(client, place=rome.pk)) == [summer[3].pk]
    assert client.get(DAYS, {"place": rome.pk}).json()["counts"] == [1]
    assert asked(client, place=rome.pk, video="true")["ids"] == ""


@pytest.mark.parametrize(
    "query", [{"offset": "-1"}, {"day": "x"}, {"place": "Rome"}, {"limit": "9" * 30}]
)
def test_what_is_no_number_is_refused(client, query):
    assert client.get(PHOTOS, query).status_code == 400


@pytest.mark.parametrize(
    "beside", [{"favorite": "true"}, {"tag": "1"}, {"thing": "1"}, {"hidden": "1"}]
)
def test_filters_that_a_place_has_not_are_refused_and_not_dropped(client, beside):
    rome = PlaceFactory(name="Rome")
    for address in (DAYS, PHOTOS):
        answer = client.get(address, {"place": rome.pk, **beside})
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] in ("place", "thing")


def test_nobody_gets_the_photos_of_others(client_of, summer, me):
    """Shared ones and those of a shared album are no part of one's own timeline."""
    other = UserFactory()
    PhotoShare.objects.create(photo=summer[0], recipient=other, shown=Shown.all())
    assert asked(client_of(other))["ids"] == ""
    assert client_of(other).get(DAYS).json()["days"] == []
    public = {"public": "true", "username": me.username}
    assert asked(client_of(None), **public)["ids"] == ""
    for address in (DAYS, PHOTOS):
        assert client_of(None).get(address).status_code == 401


def test_what_is_shown_by_an_album_or_a_link_opens_no_timeline(client_of, me, summer):
    other, rome = UserFactory(), PlaceFactory(name="Rome")
    Photo.objects.filter(owner=me).update(place=rome)
    tag = Thing.objects.create(owner=me, kind=Thing.Kind.USER_TAG, title="sea")
    PhotoThing.objects.create(photo=summer[0], thing=tag, score=1, visible=True)
    links = shown_by_links(summer[0])
    links.album.shares.create(
        recipient=other, shown=Shown.all(), shown_back=Shown.all()
    )
    asks = ({"place": rome.pk}, {"thing": tag.pk}, {"username": me.username})
    for query in ({}, *asks, {"public": "true", "username": me.username}):
        assert asked(client_of(other), **query)["ids"] == ""
        assert client_of(other).get(DAYS, query).json()["days"] == []
        code = 200 if "public" in query else 401
        for address in (DAYS, PHOTOS):
            answer = client_of(None).get(address, query)
            assert answer.status_code == code
            assert code == 401 or answer.json()["days"] == []


def test_a_public_page_tells_no_places(client_of, me, summer):
    rome = PlaceFactory(name="Rome")
    type(me).objects.filter(pk=me.pk).update(public_sharing=True)
    Photo.objects.filter(pk=summer[1].pk).update(public=True, place=rome)
    public = {"public": "true", "username": me.username}
    for caller in (None, UserFactory()):
        columns = asked(client_of(caller), **public)
        assert ids_of(columns) == [summer[1].pk]
        assert columns["places"] == [""]
        assert kinds_of(columns) == [12 * 60 + 1]
        days = client_of(caller).get(DAYS, public).json()
        assert days["places"] == [""]
        there = client_of(caller).get(PHOTOS, {**public, "place": rome.pk})
        assert there.status_code == 400


@pytest.mark.parametrize("count", [1, 20])
@pytest.mark.parametrize("query", ["", "?favorite=1", "?limit=1&offset=0"])
def test_the_number_of_queries(client_of, django_assert_num_queries, count, query):
    me = UserFactory()
    PhotoFactory.create_batch(count, owner=me, user_rating=5, taken_at=at(5))
    client = client_of(me)
    with django_assert_num_queries(4 if "limit" in query else 3):
        client.get(PHOTOS + query)
    with django_assert_num_queries(3 if "favorite" in query else 2):
        client.get(DAYS + query)
