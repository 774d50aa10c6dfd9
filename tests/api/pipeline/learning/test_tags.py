"""Scenes and tags after a scan: in the details, as albums, in searches."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from librephotos.api.models import Job, Photo, PhotoStage, PhotoThing, Thing
from librephotos.api.pipeline.work.registry import learning_stage
from librephotos.api.services.site_settings import change_site_settings
from tests.factories import UserFactory
from tests.ml.places365 import published
from tests.support.models.model_folders import CLIP, ORDINARY, WIDE, configure, install
from tests.support.models.tiny_clip import tiny_clip_folder  # noqa: F401
from tests.support.scanning import Library, work_until_idle, write_jpeg

CATEGORY = 4  # /e/place_4/outside: shown as "place 4 outside"; indoor by the lists
TITLE = "place 4 outside"


@pytest.fixture(scope="session")
def scene_folder() -> Iterator[Path]:
    """The files of both published scene models, which know one category alone."""
    with tempfile.TemporaryDirectory(prefix="librephotos-scenes-") as name:
        folder = Path(name)
        state = published.random_state()
        state["fc.bias"][CATEGORY] += 1000 * torch.ones(())
        published.write_model(folder, state, variant="wideresnet18")
        wide = folder / "wideresnet18_places365.pth.tar"
        (folder / "resnet18_places365.pth.tar").hardlink_to(wide)
        yield folder


def details(client_of: Any, library: Library) -> dict[str, Any]:
    """Return what the API says of the library's only photo."""
    (name,) = Photo.objects.filter(owner=library.owner).values_list("pk", flat=True)
    return dict(client_of(library.owner).get(f"/api/photos/{name}/").json())


def albums(client_of: Any, library: Library) -> list[tuple[str, str, int, int]]:
    """Return type, title, size and number of covers of the thing albums."""
    answer = client_of(library.owner).get("/api/albums/thing/list/").json()
    return [
        (row["thing_type"], row["title"], row["photo_count"], len(row["cover_photos"]))
        for row in answer["results"]
    ]


def test_scenes_are_shown_listed_and_found(
    photos: Library, models: Path, scene_folder: Path, client_of: Any
) -> None:
    configure(semantic_search_model="none")
    install(models, WIDE, scene_folder)
    write_jpeg(photos.root / "a.jpg")
    photos.scan()
    said = details(client_of, photos)["captions_json"]["places365"]
    assert said["categories"] == [TITLE]
    assert said["environment"] in ("indoor", "outdoor")
    assert len(said["attributes"]) == 9
    listed = albums(client_of, photos)
    assert ("places365_category", TITLE, 1, 1) in listed
    titles = [title for kind, title, *_ in listed if kind == "places365_attribute"]
    assert sorted(titles) == sorted(said["attributes"])
    assert len(listed) == 10  # indoor or outdoor is no album
    found = client_of(photos.owner).get(
        "/api/photos/searchlist/", {"search": f"{said['environment']} {TITLE}"}
    )
    assert len(found.json()["results"]) == 1


def test_the_ordinary_model_stands_in_until_the_wide_one_is_there(
    photos: Library, models: Path, scene_folder: Path, client_of: Any
) -> None:
    configure(semantic_search_model="none")
    install(models, ORDINARY, scene_folder)
    write_jpeg(photos.root / "a.jpg")
    photos.scan()
    assert [row[0] for row in albums(client_of, photos)] == ["places365_category"]
    install(models, WIDE, scene_folder)
    photos.scan()
    assert len(albums(client_of, photos)) == 10
    photos.scan()
    assert Job.objects.filter(kind=Job.Kind.GENERATE_TAGS).count() == 2


def test_each_tagger_keeps_its_tags_and_shows_them_while_it_is_in_use(
    photos: Library,
    models: Path,
    scene_folder: Path,
    client_of: Any,
    tiny_clip_folder: Path,  # noqa: F811
) -> None:
    install(models, WIDE, scene_folder)
    install(models, CLIP, tiny_clip_folder)
    configure(semantic_search_model=CLIP)
    write_jpeg(photos.root / "a.jpg")
    photos.scan()
    scenes = albums(client_of, photos)
    change_site_settings({"tagging_model": "siglip2"})
    work_until_idle()
    key = f"tags:{CLIP}"
    assert PhotoStage.objects.get(stage=key).state == PhotoStage.State.DONE
    # The small model's vocabulary is of colours and shapes: what it says of noise
    # matters less than that it is kept apart.
    kinds = {kind for kind, *_ in albums(client_of, photos)}
    assert kinds <= {"siglip2_tag"}
    tags = Thing.objects.filter(kind=Thing.Kind.SIGLIP2_TAG)
    said = details(client_of, photos)["captions_json"]
    assert set(said.get("siglip2", {"tags": []})["tags"]) == {tag.title for tag in tags}
    assert said["places365"]["categories"] == [TITLE]

    before = PhotoThing.objects.count()
    change_site_settings({"tagging_model": "places365"})
    work_until_idle()
    assert albums(client_of, photos) == scenes
    assert PhotoThing.objects.count() == before


def test_tags_follow_a_new_vector(
    photos: Library,
    models: Path,
    tiny_clip_folder: Path,  # noqa: F811
) -> None:
    configure(semantic_search_model=CLIP, tagging_model="siglip2")
    install(models, CLIP, tiny_clip_folder)
    path = write_jpeg(photos.root / "a.jpg", seed=1)
    photos.scan()
    write_jpeg(path, seed=2)
    photos.scan()
    jobs = Job.objects.filter(kind=Job.Kind.GENERATE_TAGS)
    assert [stage.done for job in jobs for stage in job.stages.all()] == [1, 1]


def test_tags_wait_for_the_vector_of_a_photo(photos: Library, models: Path) -> None:
    write_jpeg(photos.root / "a.jpg")
    configure(semantic_search_model="none")
    photos.scan()
    (photo,) = Photo.objects.filter(owner=photos.owner).values_list("pk", flat=True)
    assert "no vector" in learning_stage(f"tags:{CLIP}").load([photo])[photo].reason


def test_a_scene_model_that_comes_back_has_its_say_again(
    photos: Library, models: Path, scene_folder: Path, client_of: Any
) -> None:
    configure(semantic_search_model="none")
    install(models, WIDE, scene_folder)
    write_jpeg(photos.root / "a.jpg")
    photos.scan()
    scenes = albums(client_of, photos)
    (models / WIDE).rename(models / "away")
    install(models, ORDINARY, scene_folder)
    photos.scan()
    assert len(albums(client_of, photos)) == 1
    (models / "away").rename(models / WIDE)
    photos.scan()
    assert albums(client_of, photos) == scenes


PROBABLE = {4: 0.6, 5: 0.25, 6: 0.08, 7: 0.04, 8: 0.02, 9: 0.01}


@pytest.fixture
def doubtful_scenes(models: Path, tmp_path: Path) -> None:
    """The wide model, which thinks the same of every picture."""
    folder = tmp_path / "doubtful"
    folder.mkdir()
    state = published.random_state()
    state["fc.weight"].zero_()
    state["fc.bias"].fill_(-1000)
    for category, probability in PROBABLE.items():
        state["fc.bias"][category] = torch.tensor(probability).log()
    published.write_model(folder, state, variant="wideresnet18")
    install(models, WIDE, folder)
    configure(semantic_search_model="none")


def categories(client_of: Any, library: Library) -> list[str]:
    """Return what the only photo is said to show, the most probable first."""
    return list(details(client_of, library)["captions_json"]["places365"]["categories"])


def test_the_confidence_of_the_owner_cuts_scenes(
    photos: Library, doubtful_scenes: None, client_of: Any
) -> None:
    write_jpeg(photos.root / "a.jpg")
    photos.scan()
    likely = [f"place {number} outside" for number in PROBABLE]
    assert categories(client_of, photos) == likely[:2]  # 0.1 by default
    for confidence, count in ((0.5, 1), (0.05, 3), (0, 5), (0.9, 0), (0.1, 2)):
        answer = client_of(photos.owner).patch(
            f"/api/user/{photos.owner.pk}/", {"confidence": confidence}, format="json"
        )
        assert answer.status_code == 200
        work_until_idle()
        assert categories(client_of, photos) == likely[:count]
    listed = [row[1] for row in albums(client_of, photos) if "category" in row[0]]
    assert sorted(listed) == sorted(likely[:2])


def test_the_confidence_of_another_user_cuts_nothing(
    photos: Library, doubtful_scenes: None, client_of: Any
) -> None:
    write_jpeg(photos.root / "a.jpg")
    photos.scan()
    known = Job.objects.count()
    other = UserFactory()
    client_of(other).patch(f"/api/user/{other.pk}/", {"confidence": 0.9}, format="json")
    work_until_idle()
    assert len(categories(client_of, photos)) == 2 and Job.objects.count() == known
