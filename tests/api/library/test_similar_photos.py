from __future__ import annotations

import pytest

from librephotos.api.models import Photo, User
from librephotos.api.queries.search.similar_photos import MOST
from tests.factories import PhotoFactory, UserFactory
from tests.support.models.model_folders import CLIP, configure


@pytest.fixture(autouse=True)
def model(db):
    configure(semantic_search_model=CLIP)


def photo(owner: User, likeness: float, **facts: object) -> Photo:
    """Add a photo that is so much like any of likeness 1."""
    added = PhotoFactory(owner=owner, **facts)
    vector = [likeness, (1 - likeness**2) ** 0.5]
    added.embeddings.create(owner=owner, model=CLIP, vector=vector)
    return added


def similar(client, photo: Photo) -> list[dict[str, str]]:
    return client.get(f"/api/photos/{photo.pk}/").json()["similar_photos"]


def test_the_most_alike_visible_photos_come_first_and_are_few(client_of):
    me = UserFactory()
    this = photo(me, 1.0)
    others = [photo(me, likeness / 20) for likeness in range(MOST + 2)]
    clip = photo(me, 0.99, video=True)
    photo(me, 0.999, hidden=True)
    photo(me, 0.999, in_trashcan=True)
    photo(UserFactory(public_sharing=True), 0.999, public=True)
    found = similar(client_of(me), this)
    assert found[0] == {"image_hash": clip.image_hash, "type": "video"}
    expected = [other.image_hash for other in others[::-1]][: MOST - 1]
    assert [item["image_hash"] for item in found[1:]] == expected


def test_they_are_the_owners_business(client_of):
    me = UserFactory(public_sharing=True)
    this, _ = photo(me, 1.0, public=True), photo(me, 0.9, public=True)
    assert len(similar(client_of(me), this)) == 1
    assert similar(client_of(UserFactory()), this) == []
    assert similar(client_of(), this) == []


def test_without_a_vector_nothing_is_alike(client_of):
    me = UserFactory()
    this = PhotoFactory(owner=me)
    photo(me, 0.9)
    assert similar(client_of(me), this) == []
