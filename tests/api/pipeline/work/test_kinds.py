"""The tables of what workers do and of the kinds of jobs hold together."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils.module_loading import import_string
from procrastinate.contrib.django import app
from rest_framework.test import APIClient

from librephotos.api.models import Job, SiteSettings
from librephotos.api.models.operations.job import FILES
from librephotos.api.models.operations.photo_stage import stage_name
from librephotos.api.pipeline.ml_models.download import stage_of
from librephotos.api.pipeline.work import children
from librephotos.api.pipeline.work.kinds import KINDS, Who, following
from librephotos.api.pipeline.work.queue import LANES, Task
from librephotos.api.pipeline.work.registry import LEARNING_STAGES, STAGES
from librephotos.api.pipeline.work.sandbox import Sandbox
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

GIVEN = {"sandbox", "should_abort"}
PAGE = Path(__file__).parents[4] / "ui" / "src" / "lib" / "jobs" / "progress.ts"


@pytest.mark.parametrize("task", Task, ids=lambda task: task.name)
def test_a_task_names_a_function_that_takes_what_it_is_given(task: Task) -> None:
    taken = inspect.signature(import_string(task.function)).parameters
    wanted = {"sandbox"} if task.child else set()
    wanted |= {"should_abort"} if task.stoppable else set()
    assert GIVEN & taken.keys() == wanted
    if task.child:
        assert isinstance(getattr(children, task.child)(), Sandbox)


@pytest.mark.parametrize("task", [row for row in Task if row.batch])
def test_a_batch_is_given_up_by_what_takes_the_same(task: Task) -> None:
    taken = inspect.signature(import_string(task.function)).parameters
    given_up = inspect.signature(import_string(task.give_up)).parameters
    assert task.batch in given_up
    assert list(given_up.values()) == [p for p in taken.values() if p.name not in GIVEN]


def test_the_queue_knows_all_tasks_and_no_others() -> None:
    app.perform_import_paths()
    ours = {name: task for name, task in app.tasks.items() if "librephotos" in name}
    assert {name: task.queue for name, task in ours.items()} == {
        task.in_queue: task.lane for task in Task
    }
    assert {task.lane for task in Task} <= {"io", "cpu", "ml", *LANES}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_kind_begins_with_its_number(kind: Job.Kind) -> None:
    function = import_string(KINDS[kind].task.function)
    first = next(iter(inspect.signature(function).parameters.values()))
    assert first.name == "job_id" and first.default is first.empty


def test_what_is_handed_out_is_what_stages_learn() -> None:
    handed_out = {kind for kind, row in KINDS.items() if row.task is Task.HAND_OUT}
    assert handed_out == {row.kind for row in LEARNING_STAGES}


def test_what_follows_comes_to_an_end() -> None:
    def after(kind: Job.Kind, seen: tuple[Job.Kind, ...]) -> None:
        assert kind not in seen, [*seen, kind]
        for each in following(kind):
            after(each, (*seen, kind))

    for kind in KINDS:
        after(kind, ())


def test_kinds_learn_with_settings_that_there_are() -> None:
    named = {name for row in KINDS.values() for name in row.learns_with}
    assert named <= {field.name for field in SiteSettings._meta.get_fields()}


ASKED_AT = {
    Job.Kind.SCAN_PHOTOS: "/api/scanphotos/",
    Job.Kind.SCAN_FACES: "/api/scanfaces/",
    Job.Kind.GENERATE_FACE_EMBEDDINGS: "/api/trainfaces/",
    Job.Kind.DELETE_MISSING_PHOTOS: "/api/deletemissingphotos/",
    Job.Kind.CLASSIFY_MEDIA_CATEGORIES: "/api/classifymedia/",
    Job.Kind.DOWNLOAD_MODELS: "/api/models/clip-vit-base-patch32/download/",
}


def test_what_somebody_may_ask_for_has_an_address() -> None:
    asked = {kind for kind, row in KINDS.items() if row.asked_by is not Who.NOBODY}
    assert asked == ASKED_AT.keys()


@pytest.mark.parametrize("kind", ASKED_AT, ids=lambda kind: kind.name)
def test_who_may_ask_for_a_job(
    kind: Job.Kind, client_of: Callable[..., APIClient]
) -> None:
    owner, administrator = UserFactory(), UserFactory(is_staff=True)
    allowed = {
        Who.OWNER: [owner, administrator],
        Who.STAFF: [administrator],
    }[KINDS[kind].asked_by]
    for user in (owner, administrator):
        user.scan_directories.create(path=f"/photos/{user.pk}".encode())
        answer = client_of(user).post(ASKED_AT[kind])
        assert answer.status_code == (200 if user in allowed else 403)
        mine = Job.objects.filter(started_by=user, kind=kind)
        assert mine.exists() == (user in allowed)
    assert APIClient().post(ASKED_AT[kind]).status_code == 401


def test_the_page_has_words_for_all_kinds_and_for_what_jobs_count() -> None:
    script = PAGE.read_text()
    kinds = re.findall(r"^  (\d+): m\.jobs_kind_", script, flags=re.MULTILINE)
    assert sorted(map(int, kinds)) == sorted(KINDS)
    counted = {row.name for row in (*STAGES, *LEARNING_STAGES)}
    counted |= {FILES, stage_name(stage_of("a model"))}
    titled = re.findall(r"^  '?([\w ]+)'?: m\.jobs_stage_", script, flags=re.MULTILINE)
    assert counted <= set(titled)
