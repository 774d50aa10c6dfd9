"""Another revision of a model makes vectors of its own; two are never compared."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from rest_framework.test import APIClient
from safetensors.torch import load_file, save_file

from librephotos.api.models import (
    Job,
    ModelRevision,
    PhotoEmbedding,
    PhotoStage,
    TextEmbedding,
)
from librephotos.api.pipeline.learning.following import catch_up, follow_up, hand_out
from librephotos.api.pipeline.learning.text_encoding import encode_text
from librephotos.api.pipeline.ml_models.installed import model_files
from librephotos.api.pipeline.sandboxed.predictions import embed_pictures, embed_texts
from librephotos.api.pipeline.work import jobs
from librephotos.api.writes import revisions
from librephotos.ml.model_store.record import Record, RecordedFile, write_record
from tests.support.models.model_folders import CLIP, configure, install
from tests.support.models.tiny_clip import render, tiny_clip_folder  # noqa: F401
from tests.support.scanning import Library, work_until_idle
from tests.support.workers import sign_of_life

WEIGHTS = "model.safetensors"


@pytest.fixture
def first(
    photos: Library,
    models: Path,
    tiny_clip_folder: Path,  # noqa: F811
) -> Library:
    """Two photos with vectors of the first revision, and a text of it."""
    configure(semantic_search_model=CLIP)
    install(models, CLIP, tiny_clip_folder)
    for number, colour in enumerate(("red", "blue")):
        render("circle", colour, number).save(photos.root / f"{number}.png")
    photos.scan()
    encode_text(text="red circle", model=CLIP)
    assert keys() == {CLIP: 2} and TextEmbedding.objects.get().model == CLIP
    return photos


def keys() -> dict[str, int]:
    """Return how many vectors there are of each revision."""
    rows = list(PhotoEmbedding.objects.values_list("model", flat=True))
    return {key: rows.count(key) for key in set(rows)}


def revise(models: Path, source: Path, *, commit: str = "") -> None:
    """Put other weights of the same architecture in place of those that are there."""
    folder = models / CLIP
    shutil.rmtree(folder)
    shutil.copytree(source, folder)
    torch.manual_seed(1)
    tensors = {
        name: value + 0.3 * torch.randn_like(value) if value.ndim > 1 else value
        for name, value in load_file(folder / WEIGHTS).items()
    }
    save_file(tensors, folder / WEIGHTS, metadata={"format": "pt"})
    if commit:
        record(folder, commit)


def record(folder: Path, commit: str) -> None:
    """Write down that a folder was downloaded at a commit."""
    files = tuple(map(RecordedFile.of, sorted(folder.iterdir())))
    write_record(folder, Record(CLIP, "the hub", commit, True, files))


def learn() -> int:
    """Do what follows from a change of the models; return how many vectors it made."""
    known = set(Job.objects.values_list("pk", flat=True))
    catch_up()
    work_until_idle()
    later = Job.objects.exclude(pk__in=known).prefetch_related("stages")
    return sum(s.done for job in later for s in job.stages.all())


def search(client_of: Callable[..., APIClient], library: Library, text: str) -> Any:
    asked = {"search": text, "ranking": "meaning"}
    return client_of(library.owner).get("/api/photos/searchlist/", asked).json()


@pytest.mark.parametrize("commit", ["", 40 * "b"])
def test_a_new_revision_makes_new_vectors_and_the_old_ones_go(
    first: Library, models: Path, tiny_clip_folder: Path, commit: str  # noqa: F811
) -> None:
    old = {row.photo_id: np.array(row.vector) for row in PhotoEmbedding.objects.all()}
    revise(models, tiny_clip_folder, commit=commit)
    assert learn() == 2
    (key,) = keys()
    assert key.startswith(f"{CLIP}@{commit[:12]}")
    for row in PhotoEmbedding.objects.all():
        assert np.dot(row.vector, old[row.photo_id]) < 0.99
    assert not TextEmbedding.objects.exists()
    stages = set(PhotoStage.objects.values_list("stage", flat=True))
    assert f"embeddings:{key}" in stages and f"embeddings:{CLIP}" not in stages
    assert learn() == 0


def test_old_vectors_stay_while_a_job_that_has_not_ended_makes_the_new_ones(
    first: Library, models: Path, tiny_clip_folder: Path  # noqa: F811
) -> None:
    revise(models, tiny_clip_folder)
    kind = Job.Kind.CALCULATE_CLIP_EMBEDDINGS
    under_way = jobs.start(kind, user=first.owner)
    hand_out(under_way.pk)
    idle = jobs.start(kind, user=first.owner)
    hand_out(idle.pk)
    idle.refresh_from_db()
    assert idle.finished
    before = PhotoEmbedding.objects.count()
    follow_up(finished=idle.pk)
    assert PhotoEmbedding.objects.count() == before > 0
    work_until_idle()
    (key,) = keys()
    assert key != CLIP and PhotoEmbedding.objects.count() == before


def test_until_they_are_replaced_old_vectors_are_compared_with_old_texts_alone(
    first: Library,
    models: Path,
    tiny_clip_folder: Path,  # noqa: F811
    client_of: Callable[..., APIClient],
) -> None:
    revise(models, tiny_clip_folder)
    known = search(client_of, first, "red circle")
    assert known["meaning"]["state"] == "ranked"
    sign_of_life()
    encode_text(text="blue circle", model=CLIP)  # as a worker does for a search by now
    assert TextEmbedding.objects.count() == 1
    learn()
    (key,) = keys()
    encode_text(text="blue circle", model=key)
    encode_text(text="blue circle", model=CLIP)
    assert set(TextEmbedding.objects.values_list("model", flat=True)) == {key}
    assert search(client_of, first, "blue circle")["meaning"]["state"] == "ranked"


def test_the_same_files_are_the_same_revision(
    first: Library, models: Path, tiny_clip_folder: Path  # noqa: F811
) -> None:
    shutil.rmtree(models / CLIP)
    shutil.copytree(tiny_clip_folder, models / CLIP)
    os.utime(models / CLIP / WEIGHTS, (1, 1))
    (models / CLIP / "README.md").write_text("A model of shapes.")
    assert learn() == 0 and keys() == {CLIP: 2}


def test_what_was_learnt_before_revisions_were_told_apart_stays(
    first: Library, models: Path
) -> None:
    ModelRevision.objects.all().delete()
    assert learn() == 0 and keys() == {CLIP: 2}
    assert ModelRevision.objects.get().key == CLIP


def test_a_model_that_is_gone_for_a_while_keeps_its_revision(
    first: Library, models: Path, tiny_clip_folder: Path  # noqa: F811
) -> None:
    revise(models, tiny_clip_folder)
    learn()
    before = keys()
    (models / CLIP).rename(models / "away")
    assert learn() == 0
    (models / "away").rename(models / CLIP)
    assert learn() == 0 and keys() == before


def test_going_back_to_a_former_revision_learns_with_it_again(
    first: Library, models: Path, tiny_clip_folder: Path  # noqa: F811
) -> None:
    revise(models, tiny_clip_folder)
    assert learn() == 2
    shutil.rmtree(models / CLIP)
    install(models, CLIP, tiny_clip_folder)
    assert learn() == 2 and keys() == {CLIP: 2}


def test_a_model_in_memory_is_not_taken_for_its_next_revision(
    first: Library, models: Path, tiny_clip_folder: Path  # noqa: F811
) -> None:
    before = embed_texts(model_files(CLIP), ["red circle"])[0]
    revise(models, tiny_clip_folder, commit=40 * "c")
    key = revisions.remember(CLIP, 40 * "c")
    after = embed_texts(model_files(key), ["red circle"])[0]
    assert np.dot(before, after) < 0.99
    assert embed_pictures(model_files(key), []) == []


def test_a_damaged_copy_is_no_revision(
    photos: Library, models: Path, tiny_clip_folder: Path  # noqa: F811
) -> None:
    configure(semantic_search_model=CLIP)
    weights = install(models, CLIP, tiny_clip_folder) / WEIGHTS
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-100])
    render("star", "green", 3).save(photos.root / "a.png")
    photos.scan()
    assert keys() == {} and not ModelRevision.objects.exists()
    weights.write_bytes(whole)
    assert learn() == 1 and keys() == {CLIP: 1}
