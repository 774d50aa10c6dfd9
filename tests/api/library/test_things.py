"""Albums of things over HTTP: what is on photos, and what captions say by hashtags."""

from __future__ import annotations

from typing import Any

import pytest

from librephotos.api.models import Photo, SiteSettings, Thing
from librephotos.api.serializers.library.photo_edit import MOST_HASHTAGS
from librephotos.api.writes import things
from librephotos.api.writes.things import Tag
from tests.factories import FileFactory, PhotoFactory, UserFactory

pytestmark = pytest.mark.django_db

LIST = "/api/albums/thing/list/"
CATEGORY, SIGLIP2 = Thing.Kind.PLACES365_CATEGORY, Thing.Kind.SIGLIP2_TAG
INDOORS = Thing.Kind.PLACES365_ENVIRONMENT


def tag(photo: Photo, *titles: str, kind: Thing.Kind = CATEGORY) -> None:
    tags = [Tag(kind, title, 0.5) for title in titles]
    things.replace({photo.pk: tags}, kinds=[kind])


def listed(client: Any, **query: str) -> dict[str, dict[str, Any]]:
    return {row["title"]: row for row in client.get(LIST, query).json()["results"]}


def save_caption(client: Any, photo: Photo, caption: str) -> None:
    body = {"image_hash": photo.image_hash, "caption": caption}
    answer = client.post("/api/photosedit/savecaption/", body, format="json")
    assert answer.json() == {"status": True}


def test_albums_come_by_title_descending_with_covers_of_visible_photos(client_of):
    me = UserFactory()
    photos = PhotoFactory.create_batch(6, owner=me)
    for photo in photos:
        tag(photo, "beach", "kitchen")
    tag(photos[0], "attic", "beach")
    Photo.objects.filter(pk=photos[0].pk).update(hidden=True)
    Photo.objects.filter(pk=photos[1].pk).update(in_trashcan=True)
    rows = client_of(me).get(LIST).json()["results"]
    assert [row["title"] for row in rows] == ["kitchen", "beach"]
    newest = [photo.image_hash for photo in reversed(photos[2:])]
    for row in rows:
        assert row["photo_count"] == 4
        assert row["thing_type"] == "places365_category"
        assert [cover["image_hash"] for cover in row["cover_photos"]] == newest
    assert list(listed(client_of(me), search="KITCH")) == ["kitchen"]

    Photo.objects.filter(pk=photos[0].pk).update(hidden=False)
    assert listed(client_of(me))["attic"]["photo_count"] == 1


def test_an_album_shows_its_visible_photos_by_day(client_of):
    me = UserFactory()
    beach, hidden, other = PhotoFactory.create_batch(3, owner=me)
    tag(beach, "beach")
    tag(hidden, "beach")
    tag(other, "kitchen")
    Photo.objects.filter(pk=hidden.pk).update(hidden=True)
    number = listed(client_of(me))["beach"]["id"]
    album = client_of(me).get(f"/api/albums/thing/{number}/").json()["results"]
    assert (album["id"], album["title"]) == (str(number), "beach")
    (group,) = album["grouped_photos"]
    assert [item["image_hash"] for item in group["items"]] == [beach.image_hash]

    Photo.objects.filter(pk=beach.pk).update(in_trashcan=True)
    assert client_of(me).get(f"/api/albums/thing/{number}/").status_code == 404


def test_things_of_others_are_neither_listed_nor_shown(client_of):
    me, other = UserFactory(), UserFactory(admin=True, public_sharing=True)
    mine, theirs = PhotoFactory(owner=me), PhotoFactory(owner=other, public=True)
    tag(mine, "beach")
    tag(theirs, "beach", "kitchen")
    rows = listed(client_of(me))
    assert list(rows) == ["beach"] and rows["beach"]["photo_count"] == 1
    for caller, expected in ((me, 200), (other, 404)):
        answer = client_of(caller).get(f"/api/albums/thing/{rows['beach']['id']}/")
        assert answer.status_code == expected
    details = client_of(me).get(f"/api/photos/{theirs.image_hash}/").json()
    assert details["captions_json"]["places365"]["categories"] == []


def test_only_the_tagger_in_use_and_hashtags_make_albums(client_of):
    me = UserFactory()
    photo = PhotoFactory(owner=me)
    tag(photo, "beach")
    tag(photo, "indoor", kind=INDOORS)
    tag(photo, "dog", kind=SIGLIP2)
    save_caption(client_of(me), photo, "with #friends")
    assert set(listed(client_of(me))) == {"beach", "#friends"}
    SiteSettings.objects.update(tagging_model="siglip2")
    assert set(listed(client_of(me))) == {"dog", "#friends"}


def test_a_caption_makes_a_limited_number_of_albums(client_of):
    me = UserFactory()
    photo = PhotoFactory(owner=me)
    tags = [f"#tag{number}" for number in range(MOST_HASHTAGS + 1)]
    body = {"image_hash": photo.image_hash, "caption": " ".join(tags)}
    path = "/api/photosedit/savecaption/"
    answer = client_of(me).post(path, body, format="json")
    assert answer.status_code == 400
    assert f"at most {MOST_HASHTAGS} hashtags" in answer.json()["errors"][0]["message"]
    assert not listed(client_of(me))
    save_caption(client_of(me), photo, " ".join(tags[1:] + tags[1:]))
    assert len(listed(client_of(me))) == MOST_HASHTAGS


def test_hashtags_of_a_caption_come_and_go_with_it(client_of):
    me = UserFactory()
    first, second = (FileFactory(photo__owner=me).photo for _ in range(2))
    client = client_of(me)
    save_caption(client, first, "#Sea, (#no) a#b #sea and #grand-canyon. # ##")
    save_caption(client, second, "the #SEA")
    rows = listed(client)
    assert {title: row["photo_count"] for title, row in rows.items()} == {
        "#Sea": 2,
        "#grand-canyon": 1,
    }
    assert rows["#Sea"]["thing_type"] == "hashtag_attribute"
    tag(first, "beach")
    save_caption(client, first, "nothing")
    assert {title: row["photo_count"] for title, row in listed(client).items()} == {
        "#Sea": 1,
        "beach": 1,
    }


def test_things_are_in_the_word_cloud_and_among_the_examples(client_of):
    me = UserFactory()
    for _ in range(3):
        tag(PhotoFactory(owner=me, search_text="beach"), "beach")
    words = client_of(me).get("/api/wordcloud/").json()["captions"]
    assert [word["label"] for word in words] == ["beach"]
    assert words[0]["y"] == pytest.approx(1.0986, abs=1e-3)
    assert "beach" in client_of(me).get("/api/searchtermexamples/").json()["results"]


@pytest.mark.parametrize("count", [1, 20])
def test_the_number_of_queries_does_not_grow(
    client_of, django_assert_num_queries, count
):
    me = UserFactory()
    SiteSettings.current()
    for number in range(count):
        tag(PhotoFactory(owner=me), "beach", f"place {number}")
    client = client_of(me)
    number = listed(client)["beach"]["id"]
    with django_assert_num_queries(5):
        assert client.get(LIST).json()["count"] == count + 1
    with django_assert_num_queries(3):
        assert client.get(f"/api/albums/thing/{number}/").status_code == 200
