"""What each reason to pass a stage again concerns, keeps and forgets."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from librephotos.api.models import PhotoStage
from librephotos.api.pipeline.work.registry import LEARNING_STAGES, STAGES
from librephotos.api.writes.invalidation import EVERYBODY, OfOwner, Reason, invalidate
from tests.factories import FileFactory, JobFactory

State = PhotoStage.State

ROWS = {
    "done": (State.DONE, ""),
    "noted": (State.DONE, "Something was left out."),
    "failed": (State.FAILED, "It is broken."),
    "skipped": (State.SKIPPED, "There is nothing to do."),
    "pending": (State.PENDING, ""),
    "put off": (State.PENDING, "It is not there."),
}
SETTLED = {"done", "noted", "failed", "skipped"}
KEEPS, FORGETS = False, True

TABLE = {
    Reason.SETTINGS: (SETTLED, KEEPS),
    Reason.REPLACED: (SETTLED, KEEPS),
    Reason.VERSION: (SETTLED, FORGETS),
    Reason.INPUT: (set(ROWS), FORGETS),
    Reason.FILES_READ: ({"failed"}, FORGETS),
    Reason.PROBLEMS: ({"failed", "noted"}, FORGETS),
    Reason.ASKED_FOR: ({"failed", "noted", "skipped", "put off"}, FORGETS),
    Reason.LOST: ({"done", "noted"}, KEEPS),
    Reason.PUT_OFF: (set(ROWS), KEEPS),
}


def photos_in(stage: str, *names: str, **photo: Any) -> dict[str, UUID]:
    """Return photos that are in the states of these names, under a job."""
    job = JobFactory()
    photos = {name: FileFactory(**photo).photo.pk for name in names}
    for name, pk in photos.items():
        state, error = ROWS[name]
        PhotoStage.objects.create(
            photo_id=pk, stage=stage, version=3, state=state, error=error, job=job
        )
    return photos


def again(photos: dict[str, UUID]) -> dict[str, str]:
    """Return, by name, what the photos tell that no job has any more."""
    rows = PhotoStage.objects.filter(job=None, state=State.PENDING)
    told = dict(rows.values_list("photo", "error"))
    return {name: told[pk] for name, pk in photos.items() if pk in told}


@pytest.mark.django_db
@pytest.mark.parametrize("reason", Reason, ids=lambda reason: reason.name)
def test_a_reason_concerns_its_states_alone(reason: Reason) -> None:
    concerned, forgets = TABLE[reason]
    photos, others = photos_in("size", *ROWS), photos_in("size", *ROWS)
    unseen = photos_in("weight", *ROWS)
    invalidate(["size"], of=photos.values(), reason=reason)
    assert again(photos) == {
        name: "" if forgets else ROWS[name][1] for name in concerned
    }
    assert again(others) == again(unseen) == {}
    left = PhotoStage.objects.filter(photo__in=photos.values()).exclude(job=None)
    assert {(row.state, row.error) for row in left} == {
        ROWS[name] for name in ROWS.keys() - concerned
    }
    assert not PhotoStage.objects.exclude(version=3).exists()


@pytest.mark.django_db
def test_a_name_means_every_model_and_a_key_its_own() -> None:
    rows = {key: photos_in(key, "done") for key in ("tags:a", "tags:b", "tags", "tag")}

    def found() -> set[str]:
        return {key for key, photos in rows.items() if again(photos)}

    of = [photos["done"] for photos in rows.values()]
    invalidate(["tags:a"], of=of, reason=Reason.REPLACED)
    assert found() == {"tags:a"}
    PhotoStage.objects.update(state=State.DONE)
    invalidate(["tags"], of=of, reason=Reason.REPLACED, but="tags:b")
    assert found() == {"tags:a", "tags"}


@pytest.mark.django_db
def test_photos_are_meant_one_by_one_by_their_owner_or_all() -> None:
    mine, yours = photos_in("size", "done"), photos_in("size", "done")
    invalidate(["size"], of=[], reason=Reason.INPUT)
    invalidate([], of=EVERYBODY, reason=Reason.INPUT)
    assert again(mine) == again(yours) == {}
    photo = PhotoStage.objects.select_related("photo").get(photo=mine["done"]).photo
    invalidate(["size"], of=OfOwner(photo.owner_id), reason=Reason.SETTINGS)
    assert (len(again(mine)), len(again(yours))) == (1, 0)
    invalidate(["size"], of=EVERYBODY, reason=Reason.INPUT)
    assert len(again(yours)) == 1


@pytest.mark.django_db
def test_only_what_an_older_version_has_passed_is_outdated() -> None:
    photos = photos_in("size", "done")
    invalidate(["size"], of=EVERYBODY, reason=Reason.VERSION, older_than=3)
    assert again(photos) == {}
    invalidate(["size"], of=EVERYBODY, reason=Reason.VERSION, older_than=4)
    assert again(photos) == {"done": ""}


def test_no_stage_is_named_like_a_key() -> None:
    assert not [row.name for row in (*STAGES, *LEARNING_STAGES) if ":" in row.name]
