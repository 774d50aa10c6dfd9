"""Which stages learn again after a scan: those whose input is another, no others."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.db import transaction

from librephotos.api.models import Face, Job, Photo, PhotoEmbedding, PhotoStage
from librephotos.api.pipeline.learning.embeddings import EmbeddingsStage
from librephotos.api.pipeline.learning.faces import FacesStage
from librephotos.api.pipeline.scanning.metadata import MetadataStage
from librephotos.api.pipeline.scanning.thumbnails import ThumbnailsStage
from librephotos.api.pipeline.work.children import sandbox
from librephotos.api.pipeline.work.registry import stages
from librephotos.api.pipeline.work.runner import run_stage
from librephotos.api.services import faces as faces_service
from librephotos.api.storage.previews import PreviewSize, preview_name
from librephotos.ml.face_recognition.boxes import Box
from tests.support.models.model_folders import CLIP, configure, install
from tests.support.models.tiny_clip import tiny_clip_folder  # noqa: F401
from tests.support.scanning import Library, write_jpeg

FACES, EMBEDDINGS = Job.Kind.SCAN_FACES, Job.Kind.CALCULATE_CLIP_EMBEDDINGS
PICTURES = 3

REGION = """
 <rdf:li rdf:parseType="Resource">
  <mwg-rs:Name>{name}</mwg-rs:Name><mwg-rs:Type>Face</mwg-rs:Type>
  <mwg-rs:Area stArea:x="{x}" stArea:y="0.5" stArea:w="0.2" stArea:h="0.2"
   stArea:unit="normalized"/>
 </rdf:li>
"""
SIDECAR = """<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"
 xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#" xmp:Rating="{rating}">
 <mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:RegionList><rdf:Bag>
 {regions}
 </rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>
</rdf:Description></rdf:RDF></x:xmpmeta>
"""


def sidecar(picture: Path, *, rating: int = 3, **people: float) -> Path:
    """Write a sidecar that marks people, each at a distance from the left."""
    marked = [REGION.format(name=name, x=x) for name, x in people.items()]
    text = SIDECAR.format(rating=rating, regions="".join(marked))
    path = Path(f"{picture}.xmp")
    path.write_text(text)
    return path


@pytest.fixture
def learnt(
    photos: Library,
    models: Path,
    tiny_clip_folder: Path,  # noqa: F811
    settings: Any,
) -> Library:
    """A library from which faces and vectors have been learnt."""
    settings.FACE_RECOGNITION = True
    configure(semantic_search_model=CLIP)
    install(models, CLIP, tiny_clip_folder)
    for number in range(PICTURES):
        write_jpeg(photos.root / f"{number}.jpg", seed=number)
    sidecar(photos.root / "1.jpg", Ada=0.3)
    assert learning(photos) == {FACES: PICTURES, EMBEDDINGS: PICTURES}
    return photos


def learning(library: Library, *, full: bool = False) -> dict[int, int]:
    """Scan; return how many photos passed which kind of learning after it."""
    known = list(Job.objects.values_list("pk", flat=True))
    assert not library.scan(full=full).failed
    later = Job.objects.exclude(pk__in=known).filter(kind__in=(FACES, EMBEDDINGS))
    return {
        job.kind: sum(stage.done for stage in job.stages.all())
        for job in later.prefetch_related("stages")
    }


def touch(root: Path) -> None:
    os.utime(root / "0.jpg", ns=(1, 1_600_000_000_000_000_000))


def describe(root: Path) -> None:
    write_jpeg(root / "0.jpg", seed=0, description="the same pixels")


def edit(root: Path) -> None:
    write_jpeg(root / "0.jpg", seed=77)


def move(root: Path) -> None:
    (root / "0.jpg").rename(root / "moved.jpg")


def rate(root: Path) -> None:
    sidecar(root / "0.jpg", rating=5)
    sidecar(root / "1.jpg", rating=5, Ada=0.3)


def mark(root: Path) -> None:
    sidecar(root / "0.jpg", Grace=0.6)


def move_mark(root: Path) -> None:
    sidecar(root / "1.jpg", Ada=0.7)


def rename_mark(root: Path) -> None:
    sidecar(root / "1.jpg", Lovelace=0.3)


def unmark(root: Path) -> None:
    (root / "1.jpg.xmp").unlink()


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda root: None, {}),
        (touch, {}),
        (describe, {}),
        (move, {}),
        (rate, {}),
        (edit, {FACES: 1, EMBEDDINGS: 1}),
        (mark, {FACES: 1}),
        (move_mark, {FACES: 1}),
        (rename_mark, {FACES: 1}),
        (unmark, {FACES: 1}),
    ],
)
def test_what_is_learnt_again_is_what_was_read_from(
    learnt: Library,
    change: Callable[[Path], None],
    expected: dict[int, int],
    full: bool,
) -> None:
    vectors = set(PhotoEmbedding.objects.values_list("pk", flat=True))
    change(learnt.root)
    assert learning(learnt, full=full) == expected
    kept = set(PhotoEmbedding.objects.values_list("pk", flat=True)) & vectors
    assert len(kept) == PICTURES - expected.get(EMBEDDINGS, 0)
    assert learning(learnt) == {}
    assert not PhotoStage.objects.filter(state="pending").exists()


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        (ThumbnailsStage, {FACES: PICTURES, EMBEDDINGS: PICTURES}),
        (FacesStage, {FACES: PICTURES}),
        (EmbeddingsStage, {EMBEDDINGS: PICTURES}),
        (MetadataStage, {}),  # its regions are the same as before
    ],
)
def test_a_new_version_reaches_the_stages_that_need_it(
    learnt: Library,
    monkeypatch: pytest.MonkeyPatch,
    stage: Any,
    expected: dict[int, int],
) -> None:
    monkeypatch.setattr(stage, "version", stage.version + 1)
    for made in stages():  # which a process makes once
        if isinstance(made, stage):
            monkeypatch.setattr(made, "version", stage.version, raising=False)
    assert learning(learnt) == expected
    assert learning(learnt, full=True) == {}


def write_previews_and_die(photo: Photo) -> None:
    """Leave what a worker leaves that is killed before it commits."""
    with transaction.atomic():
        run_stage(NewThumbnails(), [photo.pk], sandbox=sandbox())
        transaction.set_rollback(True)


class NewThumbnails(ThumbnailsStage):
    """Takes every photo, as if its file had been found to be another."""

    version = 99


def test_a_worker_that_dies_after_writing_previews_does_not_hide_the_edit(
    learnt: Library,
) -> None:
    before = {row.photo_id: row.pk for row in PhotoEmbedding.objects.all()}
    photo = learnt.photo_of(learnt.root / "0.jpg")
    name = preview_name(photo.pk, PreviewSize.BIG, photo.preview_format)
    edit(learnt.root)
    write_previews_and_die(photo)
    with storages["previews"].open(name) as file:
        written = file.read()
    assert learning(learnt) == {FACES: 1, EMBEDDINGS: 1}
    with storages["previews"].open(name) as file:
        assert file.read() == written  # so the files had told nothing
    after = {row.photo_id: row.pk for row in PhotoEmbedding.objects.all()}
    assert {photo for photo in before if before[photo] != after[photo]} == {photo.pk}


def test_photos_from_before_the_digest_are_learnt_from_where_they_changed(
    learnt: Library,
) -> None:
    Photo.objects.update(preview_digest=None)
    assert learning(learnt, full=True) == {}
    assert not Photo.objects.filter(preview_digest=None).exists()
    Photo.objects.update(preview_digest=None)
    edit(learnt.root)
    assert learning(learnt, full=True) == {FACES: 1, EMBEDDINGS: 1}


def test_what_failed_is_tried_again_by_a_full_scan_alone(learnt: Library) -> None:
    failed = PhotoStage.objects.filter(
        photo=learnt.photo_of(learnt.root / "2.jpg"), stage="faces"
    )
    failed.update(state="failed", error="The program crashed on this file.")
    assert learning(learnt) == {}
    assert learning(learnt, full=True) == {FACES: 1}
    assert failed.get().state == "done"


def test_what_people_said_of_faces_outlasts_every_kind_of_scan(
    learnt: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = learnt.photo_of(learnt.root / "0.jpg")
    drawn, _ = faces_service.draw(photo, box=Box(0.1, 0.1, 0.4, 0.5), name="Grace")
    ada = Face.objects.get(person__name="Ada")
    faces_service.label(learnt.owner.pk, [ada.pk], name="Countess")
    said = Face.objects.filter(pk__in=[drawn.pk, ada.pk]).order_by("pk")
    columns = ("pk", "person__name", "person_source", "drawn")
    learning(learnt)
    before = list(said.values(*columns))
    for change in (touch, describe, rate, mark, edit, unmark):
        change(learnt.root)
        learning(learnt, full=change is rate)
    monkeypatch.setattr(FacesStage, "version", FacesStage.version + 1)
    learning(learnt)
    assert list(said.values(*columns)) == before
