"""Search by meaning keeps to the shapes that the clients' validators demand."""

from __future__ import annotations

import pytest

from librephotos.api.models import Photo, TextEmbedding
from tests.contract import shapes
from tests.contract.library import SHOWN
from tests.contract.test_shapes import fetched
from tests.support.models.model_folders import CLIP, configure


@pytest.fixture
def embedded(library):
    """The library, with a vector for each photo and for the text "sunset"."""
    configure(semantic_search_model=CLIP)
    TextEmbedding.objects.keep("sunset", [1, 0], model=CLIP)
    for photo in Photo.objects.all():
        photo.embeddings.create(owner=photo.owner, model=CLIP, vector=[0.6, 0.8])
    return library


def test_hits_by_meaning_are_grid_items(embedded, client_of):
    client = client_of(embedded.owner)
    asked = "photos/searchlist/?search=sunset"
    ranked = fetched(client, f"{asked}&ranking=meaning")
    assert shapes.violations(ranked, shapes.SEARCH_FLAT) == []
    assert len(ranked["results"]) == len(SHOWN)
    grouped = fetched(client, asked)
    assert shapes.violations(grouped, shapes.SEARCH_GROUPED) == []
    assert grouped["results"] == []


def test_similar_photos_are_named_by_hash_and_type(embedded, client_of):
    photo = embedded.photos["image"]
    details = fetched(client_of(embedded.owner), f"photos/{photo.image_hash}/")
    assert shapes.violations(details, shapes.PHOTO) == []
    kinds = {item["type"] for item in details["similar_photos"]}
    assert kinds == {"image", "video", "motion_photo"}
