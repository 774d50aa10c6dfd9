"""A large library is searched in files that a worker keeps in step."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from django.db import transaction

from librephotos.api.models import Photo, PhotoEmbedding, User
from librephotos.api.pipeline.learning import vector_index as writing
from librephotos.api.pipeline.learning.vector_index import refresh_vector_files
from librephotos.api.queries.search import semantic
from librephotos.api.queries.search.semantic import Wanted, rank
from librephotos.api.services.search import request_vector_file
from librephotos.api.storage import vector_folders
from librephotos.api.storage.vector_folders import Space, folder_of, open_file
from librephotos.api.writes import embeddings
from librephotos.ml.semantic_search.index_writer import writing as writing_to
from tests.factories import PhotoFactory, UserFactory
from tests.support.scanning import work_until_idle

MODEL = "some/model"
DIMENSIONS = 16


@pytest.fixture
def space(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Space:
    """A library of 60 photos, which is large enough for a file here."""
    settings.DATA = tmp_path
    for module in (vector_folders, semantic, writing):
        monkeypatch.setattr(module, "WORTH_A_FILE", 30)
    owner = UserFactory()
    embed(PhotoFactory.create_batch(60, owner=owner), seed=1)
    return Space(owner.pk, MODEL)


def embed(photos: list[Photo], *, seed: int) -> None:
    numbers = np.random.default_rng(seed).normal(size=(len(photos), DIMENSIONS))
    numbers /= np.linalg.norm(numbers, axis=1, keepdims=True)
    pairs = zip(photos, numbers.astype(np.float16), strict=True)
    vectors = {photo.pk: vector.tolist() for photo, vector in pairs}
    with transaction.atomic():
        embeddings.replace(vectors, model=MODEL)


def ranked(space: Space, *, narrowed: bool = False, **page: int) -> list[UUID]:
    owner = User.objects.get(pk=space.owner)
    photos = Photo.objects.owned_by(owner).visible()
    query = np.full(DIMENSIONS, DIMENSIONS**-0.5, np.float32)
    wanted = Wanted(photos, query, narrowed=narrowed)
    return [found.id for found in rank(wanted, space=space, **({"size": 99} | page))]


@pytest.mark.django_db
def test_the_file_ranks_as_the_database_does(space: Space) -> None:
    expected = ranked(space)
    refresh_vector_files(owner=space.owner, model=space.model)
    assert open_file(space)
    assert len(expected) == 60
    assert ranked(space) == ranked(space, narrowed=True) == expected
    pages = [ranked(space, start=start, size=7) for start in range(0, 63, 7)]
    assert [photo for page in pages for photo in page] == expected


@pytest.mark.django_db
def test_what_changed_since_the_file_was_written_counts_at_once(space: Space) -> None:
    refresh_vector_files(owner=space.owner, model=space.model)
    photos = list(Photo.objects.all())
    photos[0].delete()
    Photo.objects.filter(pk=photos[1].pk).update(hidden=True)
    embed(photos[2:5], seed=2)
    embed([PhotoFactory(owner_id=space.owner)], seed=3)
    found = ranked(space)
    shutil.rmtree(folder_of(space))
    assert found == ranked(space)
    assert len(found) == 59


@pytest.mark.django_db
def test_a_refreshed_file_has_what_is_new_and_lacks_what_is_gone(space: Space) -> None:
    refresh_vector_files(owner=space.owner, model=space.model)
    photos = list(Photo.objects.all())
    photos[0].delete()
    embed(photos[2:5], seed=2)
    refresh_vector_files(owner=space.owner, model=space.model)
    file = open_file(space)
    assert file and len(file.index) == 59
    assert file.watermark == PhotoEmbedding.objects.latest("id").pk
    found = ranked(space)
    refresh_vector_files(owner=space.owner, model=space.model)
    shutil.rmtree(folder_of(space))
    assert found == ranked(space)


@pytest.mark.django_db
def test_a_writer_that_died_is_made_good(space: Space) -> None:
    refresh_vector_files(owner=space.owner, model=space.model)
    expected = ranked(space)
    (folder_of(space) / "state.json").unlink()
    refresh_vector_files(owner=space.owner, model=space.model)
    assert ranked(space) == expected
    (folder_of(space) / "state.json").write_text("{")
    assert ranked(space) == expected
    refresh_vector_files(owner=space.owner, model=space.model)
    assert open_file(space)
    assert ranked(space) == expected


@pytest.mark.django_db
def test_a_file_that_lacks_rows_below_its_watermark_is_written_anew(
    space: Space,
) -> None:
    refresh_vector_files(owner=space.owner, model=space.model)
    expected = ranked(space)
    file = open_file(space)
    assert file
    with writing_to(file.index) as writer:
        writer.remove(file.index.snapshot().ids[:3])
    assert len(ranked(space)) == 57
    refresh_vector_files(owner=space.owner, model=space.model)
    assert ranked(space) == expected


@pytest.mark.django_db
def test_files_of_former_users_and_of_small_libraries_go(space: Space) -> None:
    refresh_vector_files(owner=space.owner, model=space.model)
    other = Space(UserFactory().pk, MODEL)
    User.objects.filter(pk=space.owner).delete()
    refresh_vector_files(owner=other.owner, model=other.model)
    assert not folder_of(space).exists()
    assert not folder_of(other).exists()


@pytest.mark.django_db
def test_what_somebody_else_keeps_beside_the_files_stays(space: Space) -> None:
    names = (
        "x-y",
        "-",
        "2024-01",
        "9" * 30 + "-0123456789abcdef",
        "1-0123456789ABCDEF",
    )
    for name in names:
        (vector_folders.root() / name).mkdir(parents=True)
    refresh_vector_files(owner=space.owner, model=space.model)
    assert folder_of(space).exists()
    assert all((vector_folders.root() / name).exists() for name in names)


def test_a_worker_writes_a_requested_file_once(empty_queue: None, space: Space) -> None:
    assert semantic.needs_file(space)
    for _ in range(2):
        request_vector_file(space)
    work_until_idle()
    assert open_file(space)
    assert not semantic.needs_file(space)
