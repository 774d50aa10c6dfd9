"""Photos become vectors after a scan, once a model is there."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from django.core.files.storage import storages

from librephotos.api.models import Job, Photo, PhotoEmbedding, PhotoStage
from librephotos.api.pipeline.learning import following
from librephotos.api.pipeline.ml_models import watch as ml_models_watch
from librephotos.api.services.site_settings import change_site_settings
from librephotos.api.storage.previews import PreviewSize, preview_name
from tests.support.models.model_folders import CLIP, configure, install
from tests.support.models.tiny_clip import render, tiny_clip_folder  # noqa: F401
from tests.support.scanning import Library, work_until_idle

KEY = f"embeddings:{CLIP}"
OTHER = "somebody/other-clip"


def draw(library: Library, *names: str) -> list[Path]:
    """Draw shapes such as "red circle" into the library, a file each."""
    paths = []
    for number, name in enumerate(names):
        colour, shape = name.split()
        paths.append(library.root / f"{number}.png")
        render(shape, colour, number).save(paths[-1])
    return paths


@pytest.fixture
def clip(models: Path, tiny_clip_folder: Path) -> Path:  # noqa: F811
    """A small CLIP that is installed and wanted."""
    configure(semantic_search_model=CLIP)
    return install(models, CLIP, tiny_clip_folder)


def vectors(library: Library, model: str = CLIP) -> dict[str, PhotoEmbedding]:
    """Return the vectors of a model by the names of the main files."""
    rows = PhotoEmbedding.objects.filter(owner=library.owner, model=model)
    return {
        Path(bytes(row.photo.main_file.path).decode()).name: row
        for row in rows.select_related("photo__main_file").order_by("id")
    }


def states(library: Library, key: str = KEY) -> set[tuple[str, str]]:
    """Return the different states and errors of a stage."""
    rows = PhotoStage.objects.filter(photo__owner=library.owner, stage=key)
    return set(rows.values_list("state", "error"))


def test_every_photo_gets_a_vector_of_length_one_and_a_new_one_when_it_changes(
    photos: Library, clip: Path
) -> None:
    paths = draw(photos, "red circle", "blue star")
    scan = photos.scan()
    first = vectors(photos)
    assert sorted(first) == ["0.png", "1.png"]
    lengths = [np.linalg.norm(row.vector) for row in first.values()]
    assert lengths == pytest.approx([1, 1], abs=1e-3)
    job = Job.objects.get(kind=Job.Kind.CALCULATE_CLIP_EMBEDDINGS)
    assert job.finished and not job.failed and job.pk > scan.pk
    assert [(s.stage, s.total, s.done) for s in job.stages.all()] == [(KEY, 2, 2)]

    photos.scan()  # nothing has changed
    assert {name: row.pk for name, row in vectors(photos).items()} == {
        name: row.pk for name, row in first.items()
    }

    render("cross", "yellow", 7).save(paths[0])
    photos.scan()
    second = vectors(photos)
    assert second["1.png"].pk == first["1.png"].pk
    assert second["0.png"].pk > first["1.png"].pk
    assert np.dot(second["0.png"].vector, first["0.png"].vector) < 0.99


def test_what_waits_for_a_model_is_done_when_it_arrives(
    photos: Library,
    models: Path,
    tiny_clip_folder: Path,  # noqa: F811
) -> None:
    configure(semantic_search_model=CLIP)
    draw(photos, "red circle")
    photos.scan()
    ((state, reason),) = states(photos)
    assert state == "skipped"
    assert reason.startswith(f"Not yet: The model {CLIP} is not installed")
    assert f"librephotos models download {CLIP}" in reason
    assert not Job.objects.filter(kind=Job.Kind.CALCULATE_CLIP_EMBEDDINGS)

    watch = ml_models_watch.ModelWatch()
    watch.look()  # as a worker does when it starts
    work_until_idle()
    assert states(photos) == {("skipped", reason)}

    install(models, CLIP, tiny_clip_folder)
    watch.look()  # it may still be being copied
    work_until_idle()
    assert not vectors(photos)
    watch.look()
    work_until_idle()
    assert states(photos) == {("done", "")}
    assert len(vectors(photos)) == 1


def test_another_model_computes_what_it_lacks_and_the_first_keeps_its_own(
    photos: Library,
    clip: Path,
    models: Path,
    tiny_clip_folder: Path,  # noqa: F811
) -> None:
    draw(photos, "red circle", "blue star")
    photos.scan()
    first = {name: row.pk for name, row in vectors(photos).items()}
    install(models, OTHER, tiny_clip_folder)
    change_site_settings({"semantic_search_model": OTHER})
    work_until_idle()
    assert len(vectors(photos, OTHER)) == 2
    render("cross", "green", 9).save(photos.root / "later.png")
    photos.scan()
    assert len(vectors(photos, OTHER)) == 3

    change_site_settings({"semantic_search_model": CLIP})
    work_until_idle()
    again = {name: row.pk for name, row in vectors(photos).items()}
    assert again.items() > first.items() and sorted(again)[2:] == ["later.png"]
    last = Job.objects.filter(kind=Job.Kind.CALCULATE_CLIP_EMBEDDINGS).latest("pk")
    assert [stage.total for stage in last.stages.all()] == [1]


def test_a_batch_keeps_to_the_model_that_it_was_handed_out_for(
    photos: Library, clip: Path
) -> None:
    draw(photos, "red circle")
    configure(semantic_search_model="none")
    photos.scan()
    (photo,) = Photo.objects.filter(owner=photos.owner).values_list("pk", flat=True)
    following.learn(stage=KEY, photos=[photo])
    assert len(vectors(photos)) == 1
    assert states(photos) == {("done", "")}


def test_a_model_that_cannot_be_loaded_fails_the_job_and_no_photo(
    photos: Library, clip: Path
) -> None:
    weights = clip / "model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-100])
    draw(photos, "red circle")
    photos.scan()
    job = Job.objects.get(kind=Job.Kind.CALCULATE_CLIP_EMBEDDINGS)
    assert job.failed and "weights" in job.message
    assert states(photos) == {("pending", "")}

    weights.write_bytes(whole)
    photos.scan()
    assert states(photos) == {("done", "")}


def test_a_model_of_nonsense_fails_the_job_and_no_photo(
    photos: Library, clip: Path
) -> None:
    nonsense = {"model_type": "clip", "vision_config": {"image_size": "x"}}
    (clip / "config.json").write_text(json.dumps(nonsense))
    draw(photos, "red circle", "blue square")
    photos.scan()
    job = Job.objects.get(kind=Job.Kind.CALCULATE_CLIP_EMBEDDINGS)
    assert job.failed and CLIP in job.message
    assert states(photos) == {("pending", "")}


def test_a_preview_that_cannot_be_read_costs_itself_alone(
    photos: Library, clip: Path
) -> None:
    draw(photos, "red circle", "blue star", "white cross")
    configure(semantic_search_model="none")
    photos.scan()
    damaged, lost, _ = Photo.objects.filter(owner=photos.owner).order_by("pk")
    storage = storages["previews"]
    names = [
        preview_name(photo.pk, PreviewSize.MEDIUM, photo.preview_format)
        for photo in (damaged, lost)
    ]
    Path(storage.path(names[0])).write_bytes(b"no picture")
    storage.delete(names[1])
    configure(semantic_search_model=CLIP)
    following.catch_up()
    work_until_idle()
    assert dict(states(photos)) == {
        "done": "",
        "failed": "The preview is damaged; make it anew.",
        "pending": "The preview was lost and is made again.",
    }
    assert storage.exists(names[1])  # it was made again
    assert len(vectors(photos)) == 1
    photos.scan()
    assert len(vectors(photos)) == 2


def test_a_photo_whose_preview_is_being_made_anew_waits_for_it(
    photos: Library, clip: Path
) -> None:
    (path,) = draw(photos, "red circle")
    photos.scan()
    before = vectors(photos)[path.name]
    # As while a scan that has found another picture in the file is under way.
    stages = PhotoStage.objects.filter(photo__owner=photos.owner)
    stages.filter(stage__in=("thumbnails", KEY)).update(state="pending", job=None)
    render("cross", "yellow", 7).save(path)

    following.catch_up()
    work_until_idle()
    assert states(photos) == {("pending", "The preview is being made anew.")}
    assert vectors(photos)[path.name].pk == before.pk

    photos.scan()
    assert states(photos) == {("done", "")}
    after = vectors(photos)[path.name]
    assert np.dot(after.vector, before.vector) < 0.99


@pytest.mark.parametrize("others", [0, 1])  # with none, a drive may be unplugged
def test_a_preview_whose_file_is_away_is_as_good_as_any(
    photos: Library, clip: Path, others: int
) -> None:
    path, *_ = draw(photos, "red circle", *["blue star"] * others)
    photos.scan()
    path.unlink()
    photos.scan()
    # As by a new version of both stages.
    stages = PhotoStage.objects.filter(photo__owner=photos.owner)
    stages.filter(stage__in=("thumbnails", KEY)).update(state="pending", job=None)

    photos.scan()

    assert states(photos) == {("done", "")}


def test_what_was_learnt_stays_when_the_model_goes(photos: Library, clip: Path) -> None:
    draw(photos, "red circle")
    photos.scan()
    shutil.rmtree(clip)
    photos.scan()
    assert states(photos) == {("done", "")}
    assert len(vectors(photos)) == 1


def test_tags_are_made_again_when_a_former_model_comes_back(
    photos: Library,
    clip: Path,
    models: Path,
    tiny_clip_folder: Path,  # noqa: F811
) -> None:
    configure(tagging_model="siglip2")
    install(models, OTHER, tiny_clip_folder)
    draw(photos, "red circle")
    photos.scan()
    for model in (OTHER, CLIP):
        change_site_settings({"semantic_search_model": model})
        work_until_idle()
        assert states(photos, f"tags:{model}") == {("done", "")}
    assert states(photos, f"tags:{OTHER}") == {("pending", "")}
    jobs = Job.objects.filter(kind=Job.Kind.GENERATE_TAGS)
    assert [stage.done for job in jobs for stage in job.stages.all()] == [1, 1, 1]
