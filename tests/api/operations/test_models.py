"""Settings of models over HTTP; downloads are in tests/pipeline."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any, get_args

import pytest
from django.core.management import call_command
from procrastinate.contrib.django.models import ProcrastinateJob

from librephotos.api.models import Job
from librephotos.api.pipeline.work import jobs
from librephotos.api.views.operations.models import PurposeName, StateName
from librephotos.ml.model_store import ModelState, Purpose
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

SETTINGS = "/api/sitesettings/"
CLIP = "clip-vit-base-patch32"


@pytest.fixture(autouse=True)
def models(settings: Any, tmp_path: Path) -> Path:
    """A folder of models that is not there."""
    settings.MODELS = tmp_path / "models"
    return Path(settings.MODELS)


def change(client: Any, **settings: Any) -> Any:
    return client.post(SETTINGS, settings, format="json")


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("semantic_search_model", CLIP, CLIP),
        ("semantic_search_model", "openai/clip-vit-base-patch32", CLIP),
        ("semantic_search_model", "somebody/her-clip", "somebody/her-clip"),
        ("semantic_search_model", "none", "none"),
        ("captioning_model", "im2txt_onnx", "im2txt_onnx"),
        ("captioning_model", "smolvlm-256m-instruct", "smolvlm-256m-instruct"),
        ("captioning_model", "none", "none"),
        ("tagging_model", "siglip2", "siglip2"),
        ("caption_automatically", True, True),
    ],
)
def test_models_by_name(client_of, name, value, kept):
    answer = change(client_of(UserFactory(staff=True)), **{name: value})
    assert (answer.status_code, answer.json()[name]) == (200, kept)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("semantic_search_model", "blip-image-captioning-base"),
        ("semantic_search_model", "../../etc"),
        ("semantic_search_model", ""),
        ("captioning_model", CLIP),
        ("captioning_model", "somebody/her-blip"),
        ("tagging_model", "places"),
    ],
)
def test_what_is_no_such_model_is_refused(client_of, name, value):
    answer = change(client_of(UserFactory(staff=True)), **{name: value})
    assert answer.status_code == 400 and answer.json()["errors"]


def test_a_change_names_the_models_that_are_missing(client_of):
    answer = change(client_of(UserFactory(staff=True)), semantic_search_model=CLIP)
    missing = ["blip-image-captioning-base", CLIP, "places365-wideresnet18"]
    assert sorted(answer.json()["missing_models"]) == missing
    assert not Job.objects.exists()  # nothing is downloaded unasked


def test_a_change_ends_the_jobs_of_the_former_model_and_no_others(client_of):
    user = UserFactory()
    embedding, captioning = (
        jobs.start(kind, user=user)
        for kind in (Job.Kind.CALCULATE_CLIP_EMBEDDINGS, Job.Kind.GENERATE_CAPTIONS)
    )
    staff = client_of(UserFactory(staff=True))
    change(staff, semantic_search_model="siglip2-base-patch16-224")  # as it is
    change(staff, allow_registration=True)
    waiting = ProcrastinateJob.objects.filter(task_name="librephotos.catch_up")
    assert not waiting.exists()
    change(staff, semantic_search_model=CLIP)
    change(staff, semantic_search_model="none")
    assert waiting.count() == 1
    embedding.refresh_from_db()
    captioning.refresh_from_db()
    assert embedding.cancelled and not captioning.finished


def test_everybody_sees_which_models_there_are(client_of):
    rows = client_of(UserFactory()).get("/api/models/").json()["results"]
    row = next(row for row in rows if row["name"] == CLIP)
    assert row.pop("about")
    assert row == {
        "name": CLIP,
        "purposes": ["semantic_search", "tagging"],
        "licence": "MIT",
        "repository": "openai/clip-vit-base-patch32",
        "state": "missing",
        "size": 0,
        "active": False,
        "job_id": None,
        "download_size": 580 * 2**20,
        "revision": "3d74acf9a28c67741b2f4f2ea7635f0aaf6f0268",
        "sources": ["https://huggingface.co/openai/clip-vit-base-patch32"],
    }
    active = {row["name"] for row in rows if row["active"]}
    assert "siglip2-base-patch16-224" in active


def test_the_list_says_where_models_come_from(client_of, settings):
    def sources(name: str) -> list[str]:
        rows = client_of(UserFactory()).get("/api/models/").json()["results"]
        (row,) = (row for row in rows if row["name"] == name)
        assert row["download_size"] > 2**20
        return list(row["sources"])

    assert sources("places365-wideresnet18") == [
        "http://places2.csail.mit.edu/models_places365",
        "https://raw.githubusercontent.com/CSAILVision/places365/master",
    ]
    settings.HF_ENDPOINT = "https://hub.example/"
    assert sources(CLIP) == ["https://hub.example/openai/clip-vit-base-patch32"]
    settings.MODEL_MIRROR = "http://10.0.0.5/models/"
    assert sources(CLIP) == [f"http://10.0.0.5/models/{CLIP}"]


def test_doctor_says_what_a_first_download_fetches(monkeypatch):
    monkeypatch.setenv("COLUMNS", "400")
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.suppress(SystemExit):
        call_command("doctor")
    (row,) = (line for line in output.getvalue().splitlines() if "siglip2" in line)
    assert "about 1,470 MiB from https://huggingface.co/google/siglip2" in row
    assert "revision 75de2d55ec2d" in row
    assert "librephotos models download siglip2-base-patch16-224" in row


def test_purposes_and_states_are_described_as_the_store_has_them() -> None:
    assert set(get_args(PurposeName)) == set(Purpose)
    assert set(get_args(StateName)) == set(ModelState)
