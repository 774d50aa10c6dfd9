"""Things, captions and models in the contract's shapes."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from librephotos.api.models import Photo, PhotoCaption, Thing
from librephotos.api.writes import things
from librephotos.api.writes.things import Tag
from tests.contract import shapes
from tests.contract.library import Library

TAGS = {
    Thing.Kind.PLACES365_CATEGORY: "beach",
    Thing.Kind.PLACES365_ATTRIBUTE: "open area",
    Thing.Kind.PLACES365_ENVIRONMENT: "outdoor",
    Thing.Kind.SIGLIP2_TAG: "dog",
}
GENERATED = shapes.record(status=shapes.SWITCH, **shapes.texts("reason", "message"))


@pytest.fixture
def tagged(library: Library) -> Library:
    """The library, with something on each photo."""
    for photo in Photo.objects.all():
        tags = [Tag(kind, title, 0.5) for kind, title in TAGS.items()]
        with transaction.atomic():
            things.replace({photo.pk: tags}, kinds=list(TAGS))
        PhotoCaption.objects.create(photo=photo, model="some-model", text="A dog")
    return library


def fetched(client: Any, path: str) -> Any:
    answer = client.get(f"/api/{path}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_thing_albums_and_their_photos(tagged: Library, client_of: Any) -> None:
    client = client_of(tagged.owner)
    albums = fetched(client, "albums/thing/list/")
    assert shapes.violations(albums, shapes.page(shapes.THING_ALBUM)) == []
    assert [row["title"] for row in albums["results"]] == ["open area", "beach"]
    for row in albums["results"]:
        album = fetched(client, f"albums/thing/{row['id']}/")
        assert shapes.violations(album, shapes.PLACE_DETAILS) == []
        groups = album["results"]["grouped_photos"]
        assert sum(len(group["items"]) for group in groups) == row["photo_count"]


def test_what_is_known_of_a_photo_is_told_to_its_owner(
    tagged: Library, client_of: Any
) -> None:
    client = client_of(tagged.owner)
    photos = fetched(client, "photos/")
    assert shapes.violations(photos, shapes.page(shapes.PHOTO)) == []
    said = photos["results"][0]["captions_json"]
    assert said["places365"] == {
        "attributes": ["open area"],
        "categories": ["beach"],
        "environment": "outdoor",
    }
    assert (said["im2txt"], said["siglip2"]) == ("A dog", {"tags": ["dog"]})
    stranger = client_of(tagged.stranger)
    for photo in Photo.objects.filter(owner=tagged.owner, public=True, visible=True):
        public = fetched(stranger, f"photos/{photo.image_hash}/")
        assert "beach" not in str(public) and "dog" not in str(public)


def test_captions_that_cannot_be_written(tagged: Library, client_of: Any) -> None:
    photo = Photo.objects.filter(owner=tagged.owner, visible=True)[0]
    body = {"image_hash": photo.image_hash}
    path = "/api/photosedit/generateim2txt/"
    answer = client_of(tagged.owner).post(path, body, format="json")
    assert answer.status_code == 200
    assert shapes.violations(answer.json(), GENERATED) == []
    settings = {"captioning_model": "none"}
    client_of(tagged.admin).post("/api/sitesettings", settings, format="json")
    answer = client_of(tagged.owner).post(path, body, format="json")
    assert answer.status_code == 403
    assert shapes.violations(answer.json(), shapes.ERRORS) == []
