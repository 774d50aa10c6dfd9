from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest

from librephotos.api.models import PhotoCaption, PhotoThing, SiteSettings, Thing
from tests.factories import (
    FaceFactory,
    FileFactory,
    PersonFactory,
    PhotoFactory,
    PhotoMetadataFactory,
    PlaceFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

GONE = datetime(2024, 1, 1, tzinfo=UTC)


def test_the_counters(client_of):
    me = UserFactory()
    FileFactory(photo=PhotoFactory(owner=me))
    FileFactory(photo=PhotoFactory(owner=me), missing_since=GONE)
    kept = PhotoFactory(owner=me, undated=True)
    FileFactory(photo=kept, missing_since=GONE)
    FileFactory(photo=kept, main=False)
    FileFactory(photo=PhotoFactory(owner=me, hidden=True))
    FileFactory(missing_since=GONE)
    counters = client_of(me).get("/api/stats/").json()
    assert counters == {
        "num_photos": 3,
        "num_missing_photos": 1,
        "num_albumdate": 1,
        "num_faces": 0,
        "num_people": 0,
        "num_unknown_faces": 0,
        "num_labeled_faces": 0,
        "num_inferred_faces": 0,
        "num_albumauto": 0,
        "num_albumuser": 0,
    }
    assert client_of(UserFactory()).get("/api/stats").json()["num_photos"] == 0


def test_months_have_no_gaps(client_of):
    me = UserFactory()
    for date in (
        (1999, 12, 31),
        (2020, 11, 3),
        (2020, 11, 30),
        (2021, 2, 1),
        (2999, 1, 1),
    ):
        PhotoFactory(owner=me, taken_at=datetime(*date, tzinfo=UTC))
    PhotoFactory(owner=me, undated=True)
    PhotoFactory(owner=me, video=True, taken_at=datetime(2020, 11, 3, tzinfo=UTC))
    months = client_of(me).get("/api/photomonthcounts/").json()
    assert [(row["month"], row["count"]) for row in months] == [
        ("2020-11", 3),
        ("2020-12", 0),
        ("2021-1", 0),
        ("2021-2", 1),
    ]
    assert client_of(UserFactory()).get("/api/photomonthcounts/").json() == []


def test_words_are_keywords_and_places_by_the_logarithm_of_their_photos(client_of):
    me = UserFactory()
    country = PlaceFactory(name="Italy")
    town = PlaceFactory(name="Florence", parent=country, level=2)
    for keywords in (["garden", "rose", "rose"], ["garden"]):
        photo = PhotoFactory(owner=me, place=town)
        PhotoMetadataFactory(photo=photo, keywords=keywords)
    hidden = PhotoFactory(owner=me, hidden=True)
    PhotoMetadataFactory(photo=hidden, keywords=["secret"])
    words = client_of(me).get("/api/wordcloud/").json()
    assert words == {
        "captions": [
            {"label": "garden", "y": pytest.approx(math.log(2))},
            {"label": "rose", "y": 0},
        ],
        "people": [],
        "locations": [
            {"label": "Florence", "y": pytest.approx(math.log(2))},
            {"label": "Italy", "y": pytest.approx(math.log(2))},
        ],
    }


def test_storage_adds_up(client_of):
    storage = client_of(UserFactory()).get("/api/storagestats").json()
    assert set(storage) == {"total_storage", "used_storage", "free_storage"}
    assert (
        storage["total_storage"]
        >= storage["used_storage"] + storage["free_storage"]
        > 0
    )


def test_server_statistics_are_for_administrators(client_of):
    me = UserFactory(staff=True)
    assert client_of(UserFactory()).get("/api/serverstats").status_code == 403
    assert client_of().get("/api/serverstats").status_code == 401
    country = PlaceFactory()
    FileFactory(photo=PhotoFactory(owner=me, place=country), size=3 * 2**20)
    PhotoFactory(owner=me, place=country, video=True, user_caption="A", public=True)
    PhotoFactory(owner=me, place=PlaceFactory(), hidden=True, user_rating=5)
    answer = client_of(me).get("/api/serverstats").json()
    assert answer["available_ram_in_mb"] > 0
    assert answer["number_of_users"] == len(answer["users"])
    row = next(row for row in answer["users"] if row["number_of_videos"])
    assert row["date_joined"] == me.date_joined.strftime("%d-%m-%Y")
    keys = ("total_file_size_in_mb", "number_of_photos", "number_of_videos")
    assert [row[key] for key in keys] == [3, 2, 1]
    keys = ("captions", "favorites", "hidden", "public")
    assert [row[f"number_of_{key}"] for key in keys] == [1, 1, 1, 1]
    assert row["places"] == {
        "count": 2,
        "min": 1,
        "max": 2,
        "mean": 1.5,
        "median": 1.5,
        "min_videos": 0,
        "max_videos": 1,
        "mean_videos": 0.5,
        "median_videos": 0.5,
    }
    assert row["events"]["count"] == 0


def test_server_statistics_tell_things_people_and_captions_of_models(client_of):
    me = UserFactory(staff=True)
    first, second = PhotoFactory(owner=me), PhotoFactory(owner=me, video=True)
    for title, photos in (("tree", [first, second]), ("lake", [first])):
        thing = Thing.objects.create(
            owner=me, kind=Thing.Kind.PLACES365_CATEGORY, title=title
        )
        for photo in photos:
            PhotoThing.objects.create(thing=thing, photo=photo)
    PhotoCaption.objects.create(photo=first, model="blip", text="A tree")
    PersonFactory(owner=me, cluster=True)
    FaceFactory.create_batch(3, photo=first, person=PersonFactory(owner=me))
    FaceFactory(photo=second, person=PersonFactory(owner=me))
    FaceFactory(photo=second)
    answer = client_of(me).get("/api/serverstats").json()
    row = next(row for row in answer["users"] if row["number_of_videos"])
    keys = ("number_of_generated_captions", "number_of_clusters")
    assert [row[key] for key in keys] == [1, 1]
    sizes = {"count": 2, "min": 1, "max": 2, "mean": 1.5, "median": 1.5}
    videos = {"min": 0, "max": 1, "mean": 0.5, "median": 0.5}
    assert row["album"]["count"] == 0
    assert row["things"] == {
        **sizes,
        **{f"{key}_videos": number for key, number in videos.items()},
    }
    assert row["person"] == {"count": 2, "min": 1, "max": 3, "mean": 2, "median": 2}


@pytest.mark.parametrize(
    "path", ["stats", "photomonthcounts", "wordcloud", "storagestats", "serverstats"]
)
def test_statistics_are_for_those_who_are_signed_in(client_of, path):
    for slash in ("", "/"):
        answer = client_of().get(f"/api/{path}{slash}")
        assert answer.status_code == 401
        assert answer.json()["errors"]


@pytest.mark.parametrize("count", [1, 20])
def test_the_number_of_queries_does_not_grow(
    client_of, django_assert_num_queries, count
):
    me = UserFactory(staff=True)
    SiteSettings.current()
    UserFactory.create_batch(count)
    for _ in range(count):
        PhotoMetadataFactory(photo=PhotoFactory(owner=me, place=PlaceFactory()))
    client = client_of(me)
    numbers = {"stats": 6, "photomonthcounts": 2, "wordcloud": 7, "serverstats": 6}
    for path, number in numbers.items():
        with django_assert_num_queries(number):
            assert client.get(f"/api/{path}/").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["albums/thing/list", "albums/user/list", "persons", "persons/?page_size=1000"],
)
def test_what_does_not_exist_yet_is_an_empty_list(client_of, path):
    empty = {"count": 0, "next": None, "previous": None, "results": []}
    assert client_of(UserFactory()).get(f"/api/{path}").json() == empty
    assert client_of().get(f"/api/{path}").status_code == 401
