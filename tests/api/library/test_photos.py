from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from librephotos.api.models import Photo, Place, SiteSettings
from tests.factories import (
    FileFactory,
    PhotoFactory,
    PhotoMetadataFactory,
    PlaceFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

CONTRACT_KEYS = {
    *("image_hash", "image_path", "exif_timestamp", "exif_gps_lat", "exif_gps_lon"),
    *("search_captions", "search_location", "captions_json", "geolocation_json"),
    *("exif_json", "big_thumbnail_url", "small_square_thumbnail_url"),
    *("square_thumbnail_url", "people", "rating", "hidden", "public", "in_trashcan"),
    *("removed", "shared_to", "similar_photos", "video", "owner", "size", "height"),
    *("width", "focal_length", "fstop", "iso", "shutter_speed", "lens", "camera"),
    *("focalLength35Equivalent", "digitalZoomRatio", "subjectDistance"),
    *("embedded_media", "id", "is_screenshot", "is_document", "category_source"),
    *("file_variants", "stacks", "metadata"),
}


def florence():
    """A town in a region in a country."""
    country = PlaceFactory(name="Italy")
    region = PlaceFactory(name="Tuscany", parent=country, level=2)
    return PlaceFactory(name="Florence", parent=region, level=3)


def full_photo(owner, *, path=b"/pictures/secret folder/IMG_1.jpg", **values):
    """A photo about which everything is known that could be."""
    photo = PhotoFactory(
        owner=owner,
        place=Place.objects.filter(name="Florence").first() or florence(),
        latitude=43.77,
        longitude=11.25,
        user_caption="Grandmother's garden",
        search_text="grandmother's garden florence",
        motion_photo=True,
        **values,
    )
    FileFactory(photo=photo, path=path)
    PhotoMetadataFactory(
        photo=photo,
        camera_make="Canon",
        camera_model="Canon EOS R6",
        lens="RF50mm",
        fstop=2.8,
        shutter_speed="1/250",
        tags={"SerialNumber": "031021000123"},
    )
    return photo


def details(client, name):
    answer = client.get(f"/api/photos/{name}/")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_the_details_have_all_that_the_contract_names(client_of):
    me = UserFactory()
    photo = full_photo(me, file_rating=5)
    shown = details(client_of(me), photo.image_hash)
    assert CONTRACT_KEYS <= set(shown)
    assert shown["id"] == str(photo.pk)
    assert shown["image_path"] == ["/pictures/secret folder/IMG_1.jpg"]
    assert shown["camera"] == "Canon EOS R6"
    assert shown["rating"] == 5
    assert shown["size"] == 1_000_000
    assert shown["search_location"] == "Florence, Tuscany, Italy"
    assert shown["captions_json"]["user_caption"] == "Grandmother's garden"
    assert shown["geolocation_json"]["center"] == [43.77, 11.25]
    texts = [part["text"] for part in shown["geolocation_json"]["features"]]
    assert texts == ["Florence", "Tuscany", "Italy"]
    assert shown["embedded_media"] == [{"id": photo.image_hash, "type": "video"}]
    assert shown["big_thumbnail_url"] == f"/media/thumbnails_big/{photo.image_hash}"
    assert shown["metadata"]["megapixels"] == 12.0
    assert shown["file_variants"][0]["is_main"] is True


def test_a_photo_about_which_nothing_is_known(client_of):
    me = UserFactory()
    photo = PhotoFactory(
        owner=me, undated=True, width=None, height=None, aspect_ratio=None
    )
    shown = details(client_of(me), photo.pk)
    assert shown["image_path"] == [""]
    assert shown["exif_timestamp"] is None
    assert shown["geolocation_json"] == {}
    assert shown["captions_json"] == {
        "im2txt": "",
        "user_caption": "",
        "places365": {"attributes": [], "categories": [], "environment": ""},
    }
    assert shown["size"] == 0
    assert shown["camera"] is None


def test_a_city_state_still_has_three_levels(client_of):
    me = UserFactory()
    photo = PhotoFactory(owner=me, place=PlaceFactory(name="Singapore"))
    features = details(client_of(me), photo.pk)["geolocation_json"]["features"]
    assert [part["text"] for part in features] == ["Singapore"] * 3


def test_copies_are_paths_and_other_files_are_variants(client_of):
    me = UserFactory()
    photo = PhotoFactory(owner=me)
    md5 = photo.image_hash[:32]
    FileFactory(photo=photo, path=b"/p/b.jpg", md5=md5, main=False)
    FileFactory(
        photo=photo, path=b"/p/a.xmp", md5="1" * 32, kind="metadata", main=False
    )
    FileFactory(photo=photo, path=b"/p/a\xff.jpg", md5=md5)
    shown = details(client_of(me), photo.pk)
    assert shown["image_path"] == ["/p/a\ufffd.jpg", "/p/b.jpg"]
    assert [row["type_id"] for row in shown["file_variants"]] == [1, 1, 3]


def test_a_photo_has_two_names(client_of):
    me = UserFactory()
    photo = PhotoFactory(owner=me)
    client = client_of(me)
    for name in (photo.image_hash, str(photo.pk), str(photo.pk).upper()):
        assert details(client, name)["image_hash"] == photo.image_hash


@pytest.mark.parametrize("state", [{"hidden": True}, {"in_trashcan": True}])
def test_the_owner_sees_what_is_hidden_or_in_the_trash_and_nobody_else(
    client_of, state
):
    me = UserFactory(public_sharing=True)
    photo = PhotoFactory(owner=me, public=True, **state)
    assert details(client_of(me), photo.pk)["image_hash"] == photo.image_hash
    for client in (client_of(), client_of(UserFactory())):
        assert client.get(f"/api/photos/{photo.pk}").status_code == 404


def test_others_see_a_public_photo_without_anything_private(client_of):
    me = UserFactory(public_sharing=True)
    photo = full_photo(me, public=True)
    for client in (client_of(), client_of(UserFactory(admin=True))):
        answer = client.get(f"/api/photos/{photo.image_hash}/")
        assert CONTRACT_KEYS <= set(answer.json())
        for secret in (
            *("secret folder", "Grandmother", "grandmother", "Florence", "Tuscany"),
            *("43.77", "Canon", "RF50mm", "031021000123"),
        ):
            assert secret not in answer.content.decode()


@pytest.mark.parametrize("suffix", ["", "/summary"])
def test_private_removed_and_unknown_photos_are_404(client_of, suffix):
    me = UserFactory(public_sharing=True)
    private = PhotoFactory(owner=me)
    removed = PhotoFactory(owner=me, removed=True, public=True)
    names = [removed.pk, uuid.uuid4(), "f" * 32 + "1", "x", "%00", "a" * 300, "é"]
    cases = [(client_of(me), name) for name in names]
    cases += [(client_of(), private.pk), (client_of(UserFactory()), private.image_hash)]
    for client, name in cases:
        answer = client.get(f"/api/photos/{name}{suffix}/")
        assert answer.status_code == 404
        assert answer.json()["errors"][0]["field"] == "detail"


def test_a_summary_tells_the_day_and_whether_the_photo_is_ready(client_of):
    me = UserFactory()
    ready = PhotoFactory(owner=me)
    waiting = PhotoFactory(owner=me, aspect_ratio=None)
    client = client_of(me)
    summary = client.get(f"/api/photos/{ready.image_hash}/summary/").json()
    assert summary["photo_summary"]["id"] == str(ready.pk)
    assert (summary["album_date_id"], summary["processing"]) == (ready.day, False)
    summary = client.get(f"/api/photos/{waiting.image_hash}/summary").json()
    assert summary["processing"] is True
    assert summary["photo_summary"]["aspectRatio"] is None


def added(photo, moment):
    Photo.objects.filter(pk=photo.pk).update(added_on=moment)


def test_recently_added_are_those_of_the_latest_day_of_imports(client_of):
    me = UserFactory()
    old, first, second = PhotoFactory.create_batch(3, owner=me)
    midnight = datetime(2024, 5, 2, tzinfo=UTC)
    added(old, midnight - timedelta(seconds=1))
    added(first, midnight)
    added(second, midnight + timedelta(hours=23))
    added(PhotoFactory(owner=me, hidden=True), midnight + timedelta(days=3))
    for path in ("/api/photos/recentlyadded/", "/api/photos/recentlyadded"):
        answer = client_of(me).get(path).json()
        hashes = [item["image_hash"] for item in answer["results"]]
        assert hashes == [second.image_hash, first.image_hash]
        assert answer["date"] == "2024-05-02T23:00:00Z"


def test_recently_added_of_an_empty_library(client_of):
    PhotoFactory()
    answer = client_of(UserFactory()).get("/api/photos/recentlyadded/").json()
    assert answer["results"] == []
    assert datetime.fromisoformat(answer["date"])


def test_photos_without_a_date_by_import_and_narrowed_by_a_search(client_of):
    me = UserFactory()
    late, early = PhotoFactory.create_batch(2, owner=me, undated=True)
    added(late, datetime(2024, 1, 2, tzinfo=UTC))
    added(early, datetime(2024, 1, 1, tzinfo=UTC))
    Photo.objects.filter(pk=late.pk).update(search_text="a lake in munich")
    PhotoFactory(owner=me)
    PhotoFactory(undated=True)
    client = client_of(me)
    answer = client.get("/api/photos/notimestamp/?page=1").json()
    assert (answer["count"], answer["next"], answer["previous"]) == (2, None, None)
    hashes = [item["image_hash"] for item in answer["results"]]
    assert hashes == [early.image_hash, late.image_hash]
    found = client.get("/api/photos/notimestamp?search=MUNICH").json()["results"]
    assert [item["image_hash"] for item in found] == [late.image_hash]


def test_a_page_that_is_not_there(client_of):
    for page in ("0", "2", "x"):
        answer = client_of(UserFactory()).get(f"/api/photos/notimestamp/?page={page}")
        assert answer.status_code == 404
        assert answer.json() == {
            "errors": [{"field": "detail", "message": "Invalid page."}]
        }


def test_the_flat_list_holds_ones_own_photos_only(client_of):
    me = UserFactory()
    photo = PhotoFactory(owner=me)
    PhotoFactory(public=True, owner__public_sharing=True)
    PhotoFactory(owner=me, hidden=True)
    answer = client_of(me).get("/api/photos/").json()
    assert [row["image_hash"] for row in answer["results"]] == [photo.image_hash]
    assert CONTRACT_KEYS <= set(answer["results"][0])
    assert client_of().get("/api/photos/").status_code == 401


def test_whether_a_file_is_there_already(client_of):
    me, them = UserFactory(), UserFactory()
    photo = PhotoFactory(owner=me)
    FileFactory(photo=photo)
    gone = PhotoFactory(owner=me)
    FileFactory(photo=gone, missing_since=datetime(2024, 1, 1, tzinfo=UTC))
    variant = FileFactory(photo=photo, md5="a" * 32, main=False)

    def exists(user, name):
        return client_of(user).get(f"/api/exists/{name}").json()["exists"]

    assert exists(me, photo.image_hash)
    assert exists(me, f"{variant.md5}{me.pk}")
    assert not exists(me, gone.image_hash)
    assert not exists(them, photo.image_hash)
    assert not exists(them, f"{photo.image_hash[:32]}{them.pk}")
    assert not exists(me, f"{'f' * 32}{me.pk}")
    assert client_of().get(f"/api/exists/{photo.image_hash}").status_code == 401


@pytest.mark.parametrize("count", [1, 20])
def test_the_number_of_queries_does_not_grow(
    client_of, django_assert_num_queries, count
):
    me = UserFactory()
    SiteSettings.current()
    for number in range(count):
        full_photo(me, path=b"/pictures/%d.jpg" % number)
    PhotoFactory.create_batch(count, owner=me, undated=True)
    client = client_of(me)
    expected = {"/api/photos/": 8, "/api/photos/recentlyadded/": 3}
    for path, number in {**expected, "/api/photos/notimestamp/": 3}.items():
        with django_assert_num_queries(number):
            assert client.get(path).status_code == 200
