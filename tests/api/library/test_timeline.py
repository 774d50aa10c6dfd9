from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from librephotos.api.models import Photo, User
from librephotos.api.services.sharing import share_photos
from tests.factories import PhotoFactory, PlaceFactory, UserFactory

pytestmark = pytest.mark.django_db

DAYS = "/api/albums/date/list/"
GRID_KEYS = {
    "shared_to",
    "id",
    "image_hash",
    "url",
    "dominantColor",
    "placeholder",
    "location",
    "date",
    "birthTime",
    "aspectRatio",
    "type",
    "video_length",
    "rating",
    "owner",
    "exif_gps_lat",
    "exif_gps_lon",
    "removed",
    "in_trashcan",
    "has_raw_variant",
    "stacks",
    "damaged",
    "shown_orientation",
}


def at(year, month=1, day=1, hour=12):
    return datetime(year, month, day, hour, tzinfo=UTC)


def days(client, **query):
    answer = client.get(DAYS, query)
    assert answer.status_code == 200, answer.content
    return [(day["date"], day["numberOfItems"]) for day in answer.json()["results"]]


def items(client, day, **query):
    answer = client.get(f"/api/albums/date/{day}", query)
    assert answer.status_code == 200, answer.content
    return [item["image_hash"] for item in answer.json()["results"]["items"]]


def test_the_days_come_newest_first_and_the_undated_one_last(client_of):
    me = UserFactory()
    PhotoFactory(owner=me, taken_at=at(2020))
    PhotoFactory.create_batch(2, owner=me, taken_at=at(2021, 7, 5))
    PhotoFactory(owner=me, undated=True)
    answer = client_of(me).get(DAYS).json()["results"]
    assert [(day["date"], day["numberOfItems"]) for day in answer] == [
        ("2021-07-05", 2),
        ("2020-01-01", 1),
        (None, 1),
    ]
    assert answer[0] == {
        "id": str(datetime(2021, 7, 5).toordinal()),
        "date": "2021-07-05",
        "location": "",
        "incomplete": True,
        "numberOfItems": 2,
        "items": [],
    }


def test_a_day_shows_its_photos_newest_first(client_of):
    me = UserFactory(first_name="Ann")
    early = PhotoFactory(owner=me, taken_at=at(2021, hour=8))
    late = PhotoFactory(
        owner=me,
        taken_at=at(2021, hour=9),
        video=True,
        duration_s=12.5,
        placeholder=b"tiny",
        latitude=48.1,
        longitude=11.6,
        place=PlaceFactory(name="Munich"),
        file_rating=3,
        has_raw=True,
    )
    day = client_of(me).get(f"/api/albums/date/{late.day}").json()["results"]
    assert day["id"] == str(late.day)
    assert (day["incomplete"], day["numberOfItems"]) == (False, 2)
    assert [item["id"] for item in day["items"]] == [str(late.pk), str(early.pk)]
    assert set(day["items"][0]) == GRID_KEYS
    assert day["items"][0] == {
        "id": str(late.pk),
        "image_hash": late.image_hash,
        "url": late.image_hash,
        "dominantColor": "#405060",
        "placeholder": "data:image/webp;base64,dGlueQ==",
        "location": "Munich",
        "date": "2021-01-01T09:00:00+00:00",
        "birthTime": "2021-01-01T09:00:00Z",
        "aspectRatio": pytest.approx(4 / 3),
        "type": "video",
        "video_length": "12.5",
        "rating": 3,
        "owner": {
            "id": me.pk,
            "username": me.username,
            "first_name": "Ann",
            "last_name": "",
        },
        "shared_to": [],
        "exif_gps_lat": 48.1,
        "exif_gps_lon": 11.6,
        "removed": False,
        "in_trashcan": False,
        "has_raw_variant": True,
        "stacks": None,
        "damaged": False,
        "shown_orientation": 1,
    }


def test_an_undated_photo_has_empty_dates_and_a_still_no_length(client_of):
    me = UserFactory()
    PhotoFactory(owner=me, undated=True, motion_photo=True, duration_s=2.0)
    (item,) = client_of(me).get("/api/albums/date/0/").json()["results"]["items"]
    assert (item["date"], item["birthTime"], item["video_length"]) == ("", "", "")
    assert item["type"] == "motion_photo"
    assert item["placeholder"] == ""


@pytest.fixture
def library():
    """One photo of each state, each on a day of its own."""
    me = UserFactory(favorite_min_rating=4)
    rows = {
        "plain": {},
        "favorite": {"user_rating": 4},
        "below": {"user_rating": 3},
        "video": {"video": True},
        "hidden": {"hidden": True},
        "trash": {"in_trashcan": True},
        "hidden trash": {"hidden": True, "in_trashcan": True},
        "removed": {"in_trashcan": True, "removed": True},
        "public": {"public": True},
        "unprocessed": {"aspect_ratio": None},
    }
    for number, values in enumerate(rows.values(), start=1):
        PhotoFactory(owner=me, taken_at=at(2020, 1, number), **values)
    PhotoFactory(taken_at=at(2020, 2), public=True, owner__public_sharing=True)
    names = {f"2020-01-{number:02}": name for number, name in enumerate(rows, start=1)}
    return me, names


VIEWS = [
    ({}, {"plain", "favorite", "below", "video", "public"}),
    ({"favorite": "true"}, {"favorite"}),
    ({"hidden": "true"}, {"hidden"}),
    ({"in_trashcan": "true"}, {"trash"}),
    ({"hidden": "true", "in_trashcan": "true"}, {"hidden trash"}),
    ({"video": "true"}, {"video"}),
    ({"photo": "1"}, {"plain", "favorite", "below", "public"}),
    ({"media": "videos"}, {"video"}),
    ({"person": "7"}, set()),
    ({"is_screenshot": "true"}, set()),
    (
        {"hidden": "false", "video": "0"},
        {"plain", "favorite", "below", "video", "public"},
    ),
    (
        {"last_modified": "2020-01-01T00:00:00+00:00"},
        {
            *("plain", "favorite", "below", "video", "public"),
            *("hidden", "trash", "hidden trash"),
        },
    ),
    ({"last_modified": "2999-01-01"}, set()),
    ({"last_modified": "2999-01-01T00:00:00-18:00"}, set()),
    ({"last_modified": "2999-01-01T00:00:00+23:59"}, set()),
]


# Sets have no order, and the processes that share the tests must agree on names.
@pytest.mark.parametrize(
    ("query", "expected"),
    VIEWS,
    ids=lambda value: str(value if isinstance(value, dict) else sorted(value)),
)
def test_a_filter_shows_the_same_photos_in_the_list_and_in_the_days(
    client_of, library, query, expected
):
    me, names = library
    client = client_of(me)
    listed = days(client, **query)
    assert {names[date] for date, _ in listed} == expected
    for date, count in listed:
        day = datetime.fromisoformat(date).toordinal()
        assert len(items(client, day, **query)) == count == 1


def test_an_empty_flag_is_no_flag(client_of, library):
    me, names = library
    assert days(client_of(me), hidden="") == days(client_of(me))


@pytest.mark.parametrize(
    "query",
    [
        {"last_modified": "yesterday"},
        {"last_modified": "2020-13-45"},
        {"last_modified": "9999-12-31T23:59:59-23:59"},
        {"last_modified": "0001-01-01T00:00:00+23:59"},
        {"person": "Ann"},
        {"folder": "relative/path"},
        {"media": "sounds"},
        {"username": "a\x00b"},
    ],
)
def test_a_filter_that_makes_no_sense_is_refused_by_name(client_of, query):
    answer = client_of(UserFactory()).get(DAYS, query)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] in query


def test_the_filter_of_a_folder(client_of):
    from tests.factories import FileFactory

    me = UserFactory()
    inside = PhotoFactory(owner=me)
    FileFactory(photo=inside, path=b"/pictures/2021/a.jpg")
    FileFactory(photo=PhotoFactory(owner=me), path=b"/pictures/2021b/b.jpg")
    assert items(client_of(me), inside.day, folder="/pictures/2021/") == [
        inside.image_hash
    ]


def test_anybody_sees_the_public_photos_of_a_user_but_not_where_they_were_taken(
    client_of,
):
    place = PlaceFactory(name="Munich")
    them = UserFactory(username="ann", public_sharing=True)
    shown = PhotoFactory(
        owner=them, public=True, place=place, latitude=48.1, longitude=11.6
    )
    PhotoFactory(owner=them, taken_at=shown.taken_at)
    PhotoFactory(owner=them, taken_at=shown.taken_at, public=True, hidden=True)
    PhotoFactory(owner=them, taken_at=shown.taken_at, public=True, in_trashcan=True)
    for client in (client_of(), client_of(UserFactory())):
        query = {"public": "true", "username": "Ann"}
        (day,) = client.get(DAYS, query).json()["results"]
        assert (day["numberOfItems"], day["location"]) == (1, "")
        answer = client.get(f"/api/albums/date/{shown.day}", query)
        (item,) = answer.json()["results"]["items"]
        assert item["image_hash"] == shown.image_hash
        assert item["owner"]["username"] == "ann"
        assert item["location"] == ""
        assert item["exif_gps_lat"] is item["exif_gps_lon"] is None


@pytest.mark.parametrize("extra", [{"hidden": "true"}, {"in_trashcan": "true"}])
def test_no_other_flag_widens_the_public_page(client_of, extra):
    them = UserFactory(username="ann", public_sharing=True)
    PhotoFactory(owner=them, public=True, hidden=True)
    PhotoFactory(owner=them, public=True, in_trashcan=True)
    assert days(client_of(), public="true", username="ann", **extra) == []


def test_a_public_page_has_nothing_that_is_only_shown_to_who_asks(client_of):
    me, them = UserFactory(), UserFactory(username="ann")
    photo = PhotoFactory(owner=them, public=True)  # but Ann publishes nothing
    share_photos(
        Photo.objects.filter(pk=photo.pk),
        owner=them,
        recipients=[me.pk],
        options={"share_timestamps": False},
    )
    page = {"public": "true", "username": "ann"}
    for viewer, count in ((me, 0), (None, 0), (them, 1)):
        assert len(days(client_of(viewer), **page)) == count
        grid = client_of(viewer).get("/api/timeline/days/", page).json()
        assert len(grid["days"]) == count


def test_last_modified_shows_nobody_elses_photos_on_a_public_page(client_of):
    PhotoFactory(owner=UserFactory(username="ann", public_sharing=True))
    assert (
        days(client_of(), public="1", username="ann", last_modified="2000-01-01") == []
    )


def test_the_public_page_of_nobody_is_empty(client_of):
    PhotoFactory(public=True, owner__public_sharing=True)
    assert days(client_of(), public="true") == []
    assert days(client_of(), public="true", username="nobody") == []


@pytest.mark.parametrize(
    "path", [DAYS, DAYS[:-1], "/api/albums/date/5", "/api/photos/hidden"]
)
def test_the_timeline_is_for_those_who_are_signed_in(client_of, path):
    answer = client_of().get(path)
    assert answer.status_code == 401
    assert answer.json()["errors"]


def test_a_day_has_pages_of_a_hundred_and_ends_with_the_last_one(client_of):
    me = UserFactory()
    photos = [
        PhotoFactory(owner=me, taken_at=at(2021) - timedelta(seconds=second))
        for second in range(103)
    ]
    hashes = [photo.image_hash for photo in photos]
    client, day = client_of(me), photos[0].day
    assert items(client, day) == hashes[:100]
    assert items(client, day, page="nonsense") == hashes[:100]
    assert items(client, day, page=2) == hashes[100:]
    assert items(client, day, page=99) == hashes[100:]
    assert items(client, day, page=2, size=10) == hashes[10:20]


@pytest.mark.parametrize(
    "day", ["1", "abc", "99999999999999999999", "3652060", "-1", "²"]
)
def test_a_day_without_photos_is_404(client_of, day):
    answer = client_of(UserFactory()).get(f"/api/albums/date/{day}")
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["field"] == "detail"


def test_nobody_sees_a_day_of_somebody_else(client_of):
    photo = PhotoFactory()
    assert days(client_of(UserFactory())) == []
    answer = client_of(UserFactory()).get(f"/api/albums/date/{photo.day}/")
    assert answer.status_code == 404


def test_the_aliases_of_mobile_clients(client_of, library):
    me, names = library

    def named(path, client=client_of(me)):
        rows = client.get(path).json()["results"]
        assert all(row["items"] == [] for row in rows)
        return {names[row["date"]] for row in rows}

    assert named("/api/photos/favorites/") == {"favorite"}
    assert named("/api/photos/hidden") == {"hidden"}
    public = f"/api/photos/public/?username={me.username}"
    assert named(public, client_of()) == set()
    assert named(public) == {"public"}
    User.objects.filter(pk=me.pk).update(public_sharing=True)
    assert named(public, client_of()) == {"public"}


@pytest.mark.parametrize("count", [1, 20])
@pytest.mark.parametrize("query", ["", "?favorite=1", "?hidden=1"])
def test_the_number_of_queries_does_not_grow(
    client_of, django_assert_num_queries, count, query
):
    me = UserFactory()
    states = {"?favorite=1": {"user_rating": 5}, "?hidden=1": {"hidden": True}}
    photos = PhotoFactory.create_batch(count, owner=me, **states.get(query, {}))
    client = client_of(me)
    with django_assert_num_queries(3 if query else 2):
        client.get(DAYS + query)
    with django_assert_num_queries(3):
        client.get(f"/api/albums/date/{photos[0].day}{query}")
