"""Captions by a model: in bulk when switched on, and one at a time on demand."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from PIL import Image
from procrastinate.contrib.django.models import ProcrastinateJob

from librephotos.api.models import Job, Photo, PhotoCaption, PhotoStage, User
from librephotos.api.pipeline.ml_models.download import start_download
from librephotos.api.pipeline.worker import loop
from librephotos.api.services import captions
from librephotos.api.services.site_settings import change_site_settings
from tests.factories import PhotoFactory, UserFactory
from tests.ml.im2txt import tiny_models
from tests.support.models.model_folders import BLIP, configure, install
from tests.support.scanning import Library, work_until_idle
from tests.support.workers import sign_of_life

GENERATE = "/api/photosedit/generateim2txt/"
KEY = f"captions:{BLIP}"


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait longer than users would: a busy machine starts children slowly."""
    monkeypatch.setattr(captions, "PATIENCE_S", 120.0)


@pytest.fixture(scope="session")
def blip_folder() -> Iterator[Path]:
    """A small BLIP that knows squares of three colours."""
    with tempfile.TemporaryDirectory(prefix="librephotos-captions-") as name:
        tiny_models.write_blip(Path(name), steps=100)
        yield Path(name)


@pytest.fixture
def squares(photos: Library) -> Library:
    """A red and a blue square, scanned without any model but faces' switched on."""
    configure(semantic_search_model="none")
    for colour in ("red", "blue"):
        picture = tiny_models.square(colour, 50, height=240, width=336)
        Image.fromarray(picture).save(photos.root / f"{colour}.png")
    photos.scan()
    return photos


def photo(library: Library, colour: str) -> Photo:
    return library.photo_of(library.root / f"{colour}.png")


def im2txt(client_of: Any, library: Library, colour: str) -> str:
    """Return the caption that the API shows."""
    name = photo(library, colour).pk
    said = client_of(library.owner).get(f"/api/photos/{name}/").json()
    return str(said["captions_json"]["im2txt"])


def with_worker(*requests: Callable[[], Any]) -> list[Any]:
    """Send requests at the same time while a worker runs; return their answers."""

    def ask(request: Callable[[], Any]) -> Any:
        try:
            return request()
        finally:
            connections.close_all()

    sign_of_life()
    with ThreadPoolExecutor(len(requests)) as threads:
        answers = [threads.submit(ask, request) for request in requests]
        while not all(answer.done() for answer in answers):
            loop.run(wait=False)
        return [answer.result() for answer in answers]


def test_a_caption_on_demand_is_written_once_however_often_it_is_asked_for(
    squares: Library, models: Path, blip_folder: Path, client_of: Any
) -> None:
    install(models, BLIP, blip_folder)

    def generate() -> Any:
        body = {"image_hash": photo(squares, "red").image_hash}
        return client_of(squares.owner).post(GENERATE, body, format="json")

    for answer in with_worker(generate, generate):
        assert (answer.status_code, answer.json()) == (200, {"status": True})
    assert "red" in im2txt(client_of, squares, "red")
    (caption,) = PhotoCaption.objects.all()

    assert generate().json() == {"status": True}  # without any worker
    assert not ProcrastinateJob.objects.filter(status="todo").exists()
    assert PhotoCaption.objects.get() == caption
    found = client_of(squares.owner).get("/api/photos/searchlist/?search=red square")
    assert len(found.json()["results"]) == 1


def test_captions_in_bulk_have_to_be_switched_on_and_a_persons_stands_above(
    squares: Library, models: Path, blip_folder: Path, client_of: Any
) -> None:
    install(models, BLIP, blip_folder)
    squares.scan()
    assert not PhotoCaption.objects.exists()
    red = photo(squares, "red")
    body = {"image_hash": red.image_hash, "caption": "My own words"}
    client_of(squares.owner).post("/api/photosedit/savecaption/", body, format="json")
    change_site_settings({"caption_automatically": True})
    work_until_idle()
    assert "blue" in im2txt(client_of, squares, "blue")
    said = client_of(squares.owner).get(f"/api/photos/{red.pk}/").json()
    assert said["captions_json"]["user_caption"] == "My own words"
    assert "red" in said["captions_json"]["im2txt"]
    (job,) = Job.objects.filter(kind=Job.Kind.GENERATE_CAPTIONS)
    assert [(s.done, s.failed) for s in job.stages.all()] == [(2, 0)]
    assert job.get_kind_display() == "Generate Captions"


def test_what_is_in_the_way_of_a_caption_is_said(
    squares: Library, models: Path, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"image_hash": photo(squares, "red").image_hash}
    client = client_of(squares.owner)
    answer = client.post(GENERATE, body, format="json")
    assert answer.status_code == 200
    assert answer.json()["status"] is False
    assert answer.json()["reason"] == "model_not_installed"
    assert f"librephotos models download {BLIP}" in answer.json()["message"]

    start_download(user=squares.owner, model=BLIP)
    answer = client.post(GENERATE, body, format="json")
    assert answer.status_code == 200
    assert answer.json()["status"] is False
    assert answer.json()["reason"] == "model_downloading" and answer.json()["message"]
    assert not PhotoStage.objects.filter(stage=KEY)

    configure(captioning_model="none")
    assert client.post(GENERATE, body, format="json").status_code == 403


@pytest.mark.parametrize(
    ("alive", "why"), [(False, "No worker"), (True, "not written")]
)
def test_without_a_worker_the_request_ends_and_the_caption_comes_later(
    squares: Library,
    models: Path,
    blip_folder: Path,
    client_of: Any,
    monkeypatch: pytest.MonkeyPatch,
    alive: bool,
    why: str,
) -> None:
    install(models, BLIP, blip_folder)
    if alive:
        sign_of_life()
        monkeypatch.setattr(captions, "PATIENCE_S", 0.2)
    body = {"image_hash": photo(squares, "blue").image_hash}
    answer = client_of(squares.owner).post(GENERATE, body, format="json").json()
    assert (answer["status"], answer["reason"]) == (False, "not_yet")
    assert why in answer["message"]
    work_until_idle()
    assert "blue" in im2txt(client_of, squares, "blue")


def test_who_asks_while_a_preview_is_made_anew_is_told_to_ask_again(
    squares: Library, models: Path, blip_folder: Path, client_of: Any
) -> None:
    install(models, BLIP, blip_folder)
    thumbnails = PhotoStage.objects.filter(stage="thumbnails")
    thumbnails.update(state="pending", job=None)

    def generate() -> Any:
        body = {"image_hash": photo(squares, "red").image_hash}
        return client_of(squares.owner).post(GENERATE, body, format="json").json()

    for _ in range(2):
        (answer,) = with_worker(generate)
        assert (answer["status"], answer["reason"]) == (False, "not_yet")
        assert "Ask again" in answer["message"]

    squares.scan()
    assert with_worker(generate) == [{"status": True}]
    assert "red" in im2txt(client_of, squares, "red")


def test_a_damaged_captioner_is_named_and_tried_again(
    squares: Library, models: Path, blip_folder: Path, client_of: Any
) -> None:
    folder = install(models, BLIP, blip_folder)
    weights = folder / "model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-100])

    def generate() -> Any:
        body = {"image_hash": photo(squares, "red").image_hash}
        return client_of(squares.owner).post(GENERATE, body, format="json").json()

    (answer,) = with_worker(generate)
    assert (answer["status"], answer["reason"]) == (False, "failed")
    assert "download the model again" in answer["message"]
    weights.write_bytes(whole)
    assert with_worker(generate) == [{"status": True}]


def test_only_the_owner_has_a_photo_captioned(
    squares: Library, models: Path, client_of: Any
) -> None:
    stranger = client_of(UserFactory())
    body = {"image_hash": photo(squares, "red").image_hash}
    assert stranger.post(GENERATE, body, format="json").status_code == 404
    User.objects.filter(pk=squares.owner.pk).update(public_sharing=True)
    public = PhotoFactory(owner=squares.owner, public=True)
    body = {"image_hash": public.image_hash}
    answer = stranger.post(GENERATE, body, format="json")
    assert answer.status_code == 400
    assert answer.json()["status"] is False and answer.json()["message"]
    assert not ProcrastinateJob.objects.filter(status="todo").exists()
