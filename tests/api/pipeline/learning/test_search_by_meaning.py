"""From files to a ranking, with a small model that knows shapes and colours."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from procrastinate.contrib.django.models import ProcrastinateJob

from librephotos.api.models import Photo, TextEmbedding
from librephotos.api.pipeline.worker import loop
from librephotos.api.services import search as searching
from tests.factories import FaceFactory, PersonFactory
from tests.support.models.model_folders import CLIP, configure, install
from tests.support.models.tiny_clip import (  # noqa: F401
    COMBINATIONS,
    HELD_OUT,
    one_of_each,
    tiny_clip_folder,
)
from tests.support.scanning import Library


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait longer than users would: a busy machine starts children slowly."""
    monkeypatch.setattr(searching, "WAIT_S", 120.0)


@pytest.fixture
def shapes(photos: Library, models: Path, tiny_clip_folder: Path) -> Library:  # noqa
    """Every shape in every colour, scanned, in turn of July and of February 2019."""
    install(models, CLIP, tiny_clip_folder)
    configure(semantic_search_model=CLIP)
    for number, image in enumerate(one_of_each()):
        exif = image.getexif()
        taken_at = datetime(2019, 2 if number % 2 else 7, 5, 12)
        exif.get_ifd(0x8769)[0x9003] = f"{taken_at:%Y:%m:%d %H:%M:%S}"
        # Names that tell nothing, or the exact search would find the shapes.
        image.save(photos.root / f"{number}.jpg", exif=exif, quality=95)
    photos.scan()
    return photos


def shown(item: dict[str, Any]) -> tuple[str, str]:
    """Return the colour and shape on a photo."""
    photo = Photo.objects.select_related("main_file").get(pk=item["id"])
    assert photo.main_file
    return COMBINATIONS[int(Path(os.fsdecode(photo.main_file.path)).stem)]


def search(client: Any, text: str) -> dict[str, Any]:
    asked = {"search": text, "ranking": "meaning"}
    answer = client.get("/api/photos/searchlist/", asked)
    assert answer.status_code == 200
    return dict(answer.json())


def with_worker(client: Any, text: str) -> dict[str, Any]:
    """Search while a worker runs, as a user's request does."""

    def ask() -> dict[str, Any]:
        try:
            return search(client, text)
        finally:
            connections.close_all()

    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    with ThreadPoolExecutor(1) as thread:
        answer = thread.submit(ask)
        while not answer.done():
            loop.run(wait=False)
        return answer.result()


def test_what_is_searched_for_comes_first(shapes: Library, client_of: Any) -> None:
    client = client_of(shapes.owner)
    # The model has never seen the latter three.
    for pair in (("yellow", "star"), ("red", "circle"), *HELD_OUT):
        results = with_worker(client, f"{pair[0]} {pair[1]}")["results"]
        assert shown(results[0]) == pair
        assert len(results) == len(COMBINATIONS)

    # The words of a known text are not kept, and no worker is asked for it again.
    red_circle = TextEmbedding.hash_of("red circle")
    assert TextEmbedding.objects.filter(text_hash=red_circle).exists()
    assert not ProcrastinateJob.objects.exists()
    everything = search(client, "Red  Circle")["results"]
    assert TextEmbedding.objects.count() == 5

    # A person and a time hold, however far down the ranking that is.
    anna = PersonFactory(owner=shapes.owner, name="Anna")
    last = everything[-12:]
    for item in last:
        FaceFactory(photo=Photo.objects.get(pk=item["id"]), person=anna)
    found = search(client, "Anna with a red circle in July 2019")["results"]
    wanted = [item["id"] for item in last if item["date"].startswith("2019-07")]
    assert [item["id"] for item in found] == wanted
    assert 0 < len(wanted) < len(last)


def test_a_model_that_is_gone_leaves_the_exact_results(
    photos: Library, models: Path, client_of: Any
) -> None:
    configure(semantic_search_model=CLIP)
    photo = FaceFactory(owner=photos.owner, photo__owner=photos.owner).photo
    photo.embeddings.create(owner=photos.owner, model=CLIP, vector=[1, 0])
    answer = with_worker(client_of(photos.owner), "red circle")
    assert answer["meaning"]["state"] == "model_unusable"
    assert answer["results"] == []
    assert not ProcrastinateJob.objects.exists()
