"""What the runner makes of stages that fail, and of a stage that is run again."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from librephotos.api.models import File, Job, Photo, PhotoStage
from librephotos.api.pipeline.work.runner import run_stage, run_stages
from librephotos.api.pipeline.work.sandbox import Sandbox
from librephotos.api.pipeline.work.stage import Each, LearningStage, Runs, Skip, Stage
from librephotos.api.writes import stage_jobs
from librephotos.api.writes.invalidation import Reason, invalidate
from librephotos.full_disk import DataFolderFull
from librephotos.ml.errors import ModelUnusable
from tests.factories import FileFactory, JobFactory
from tests.support.pictures.hostile import size_of


class SizeStage(Stage[bytes, int]):
    """Measures the main file; files named after a trouble make it."""

    name = "size"
    version = 1
    runs = Runs.DECODER
    compute = Each(size_of)

    def __init__(self) -> None:
        self.saved: dict[UUID, int] = {}

    def load(self, photo_ids: Sequence[UUID]) -> dict[UUID, Any]:
        rows = Photo.objects.filter(pk__in=photo_ids).select_related("main_file")
        return {
            photo.pk: photo.main_file.path if photo.main_file else Skip("No file.")
            for photo in rows
        }

    def save(self, results: dict[UUID, int]) -> None:
        self.saved.update(results)


@pytest.fixture
def sandbox() -> Any:
    """A sandbox that loses patience soon."""
    sandbox = Sandbox(timeout_s=2, memory_bytes=2**32)
    yield sandbox
    sandbox.stop()


def photos_named(folder: Path, *names: str) -> list[UUID]:
    """Return photos whose main files have these names."""
    ids = []
    for name in names:
        path = folder / f"{name}.jpg"
        path.write_bytes(b"x" * 10)
        ids.append(FileFactory(path=os.fsencode(path)).photo.pk)
    return ids


@pytest.mark.django_db
def test_only_the_poison_files_fail(tmp_path: Path, sandbox: Sandbox) -> None:
    ids = photos_named(tmp_path, "a", "crash", "b", "hang", "c", "be-wrong")
    job = JobFactory()
    stage_jobs.mark_pending(ids, stages=["size"], job=job.pk)
    stage = SizeStage()
    run_stage(stage, ids, sandbox=sandbox)
    progress = job.stages.get()
    assert (progress.total, progress.done, progress.failed) == (6, 3, 3)
    assert stage.saved == dict.fromkeys([ids[0], ids[2], ids[4]], 10)
    reasons = dict(job.failures.values_list("photo_id", "message"))
    assert set(reasons) == {ids[1], ids[3], ids[5]}
    assert "crashed" in reasons[ids[1]] and "2 seconds" in reasons[ids[3]]
    assert "ZeroDivisionError" in reasons[ids[5]]


@pytest.mark.django_db
def test_a_model_that_is_at_fault_costs_no_photo(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    ids = photos_named(tmp_path, "a", "lack-weights", "b")
    job = JobFactory()
    stage_jobs.mark_pending(ids, stages=["size"], job=job.pk)
    with pytest.raises(ModelUnusable, match="weights"):
        run_stage(SizeStage(), ids, sandbox=sandbox)
    assert not PhotoStage.objects.exclude(state="pending").exists()
    assert not job.failures.exists()


@pytest.mark.django_db(transaction=True)
def test_a_photo_that_changes_meanwhile_passes_again(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    changed, same = photos_named(tmp_path, "a", "b")
    job = JobFactory()
    stage_jobs.mark_pending([changed, same], stages=["size"], job=job.pk)

    class Interrupted(SizeStage):
        def load(self, photo_ids: Sequence[UUID]) -> dict[UUID, Any]:
            inputs = super().load(photo_ids)
            invalidate(["size"], of=[changed], reason=Reason.INPUT)
            return inputs

    run_stage(Interrupted(), [changed, same], sandbox=sandbox)
    states = dict(PhotoStage.objects.values_list("photo", "state"))
    assert states == {changed: "pending", same: "done"}
    assert job.stages.get().done == 1
    run_stage(SizeStage(), [changed, same], sandbox=sandbox)
    assert set(PhotoStage.objects.values_list("state", flat=True)) == {"done"}


@pytest.mark.django_db
def test_a_photo_that_another_job_finds_changed_meanwhile_passes_again(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    ids = photos_named(tmp_path, "changed", "same")
    first, second = JobFactory(), JobFactory()
    stage_jobs.mark_pending(ids, stages=["size"], job=first.pk)

    class Interrupted(SizeStage):
        def load(self, photo_ids: Sequence[UUID]) -> dict[UUID, Any]:
            inputs = super().load(photo_ids)
            stage_jobs.mark_pending(ids[:1], stages=["size"], job=second.pk)
            return inputs

    run_stage(Interrupted(), ids, sandbox=sandbox)
    states = dict(PhotoStage.objects.values_list("photo", "state"))
    assert states == {ids[0]: "pending", ids[1]: "done"}
    run_stage(SizeStage(), ids, sandbox=sandbox)
    assert set(PhotoStage.objects.values_list("state", flat=True)) == {"done"}
    assert first.stages.get().done == first.stages.get().total == 2
    assert not second.stages.exists()


@pytest.mark.django_db
def test_a_second_run_does_and_counts_nothing(tmp_path: Path, sandbox: Sandbox) -> None:
    ids = photos_named(tmp_path, "a", "refuse")
    job = JobFactory()
    stage_jobs.mark_pending(ids, stages=["size"], job=job.pk)
    run_stage(SizeStage(), ids, sandbox=sandbox)
    again = SizeStage()
    run_stage(again, ids, sandbox=sandbox)
    assert again.saved == {}
    progress = job.stages.get()
    assert (progress.total, progress.done, progress.failed) == (2, 1, 1)
    assert job.failures.count() == 1


@pytest.mark.django_db
def test_a_batch_that_two_workers_have_is_stored_once(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    ids = photos_named(tmp_path, "a", "b", "c")
    job = JobFactory()
    stage_jobs.mark_pending(ids, stages=["size"], job=job.pk)
    other = SizeStage()

    class Overtaken(SizeStage):
        runs = Runs.WORKER

        @staticmethod
        def compute(paths: Sequence[bytes]) -> list[int]:
            run_stage(other, ids[:2], sandbox=sandbox)
            return [99]

    stage = Overtaken()
    run_stage(stage, ids, sandbox=sandbox)
    assert other.saved == dict.fromkeys(ids[:2], 10)
    assert stage.saved == {ids[2]: 99}
    progress = job.stages.get()
    assert (progress.total, progress.done) == (3, 3)


@pytest.mark.django_db
def test_a_new_version_takes_all_photos_again(tmp_path: Path, sandbox: Sandbox) -> None:
    ids = photos_named(tmp_path, "a")
    run_stage(SizeStage(), ids, sandbox=sandbox)
    newer = SizeStage()
    newer.version = 2
    run_stage(newer, ids, sandbox=sandbox)
    assert newer.saved == {ids[0]: 10}
    assert PhotoStage.objects.get().version == 2


@pytest.mark.django_db
def test_what_has_no_file_is_skipped_with_the_reason(sandbox: Sandbox) -> None:
    photo = FileFactory(main=False).photo
    run_stage(SizeStage(), [photo.pk], sandbox=sandbox)
    state = PhotoStage.objects.get(photo=photo)
    assert (state.state, state.error) == (PhotoStage.State.SKIPPED, "No file.")


@pytest.mark.django_db
def test_what_a_stage_puts_off_is_put_off_by_those_that_need_it(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    unplugged, there = photos_named(tmp_path, "a", "b")

    class Reading(SizeStage):
        name = "reading"
        unreadable = {unplugged}

        def load(self, photo_ids: Sequence[UUID]) -> dict[UUID, Any]:
            away = Skip("Not there.", for_now=True)
            return super().load(photo_ids) | dict.fromkeys(
                self.unreadable.intersection(photo_ids), away
            )

    class Telling(SizeStage):
        needs = ("reading",)

    job = JobFactory()
    names = ["reading", "size"]
    stage_jobs.mark_pending([unplugged, there], stages=names, job=job.pk)
    reading = Reading()
    run_stages([reading, Telling()], [unplugged, there], sandbox=sandbox)
    pending = PhotoStage.objects.filter(state="pending").order_by("stage")
    assert [*pending.values_list("photo", "stage", "job")] == [
        (unplugged, "reading", None),
        (unplugged, "size", None),
    ]
    assert {(row.done + row.skipped, row.total) for row in job.stages.all()} == {(2, 2)}
    reading.unreadable = set()
    telling = Telling()
    run_stages([reading, telling], [unplugged, there], sandbox=sandbox)
    assert set(telling.saved) == {unplugged}
    assert set(PhotoStage.objects.values_list("state", flat=True)) == {"done"}


@pytest.mark.django_db
def test_what_is_needed_has_to_be_settled_and_need_not_be_done(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    ids = photos_named(tmp_path, "refuse", "be-wrong", "a")

    class Reading(SizeStage):
        name = "reading"

        def load(self, photo_ids: Sequence[UUID]) -> dict[UUID, Any]:
            return super().load(photo_ids) | {ids[2]: Skip("Nothing to read.")}

    class Telling(SizeStage):
        needs = ("reading",)
        runs = Runs.WORKER
        compute = Each(len)

    telling = Telling()
    run_stages([Reading(), telling], ids, sandbox=sandbox)
    rows = PhotoStage.objects.filter(stage="reading")
    assert sorted(rows.values_list("state", flat=True)) == [
        "failed",
        "failed",
        "skipped",
    ]
    assert set(telling.saved) == set(ids)
    told = PhotoStage.objects.filter(stage="size").values_list("state", flat=True)
    assert set(told) == {"done"}


class LearningSize(SizeStage, LearningStage[bytes, int]):
    """Learns the size, once a stage is settled."""

    needs = ("reading",)
    batch_size = 2
    queue = "cpu"

    def enabled(self) -> bool:
        return True

    def missing(self) -> str:
        return ""


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["done", "failed", "skipped", None])
def test_a_stage_that_learns_takes_what_is_settled(
    tmp_path: Path, sandbox: Sandbox, state: str | None
) -> None:
    [photo] = photos_named(tmp_path, "a")
    if state:
        PhotoStage.objects.create(photo_id=photo, stage="reading", state=state)
    stage = LearningSize()
    run_stage(stage, [photo], sandbox=sandbox)
    assert stage.saved == {photo: 10}
    assert PhotoStage.objects.get(stage="size").state == "done"


@pytest.mark.django_db
def test_a_stage_that_learns_waits_for_what_is_under_way_and_not_in_vain(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    under_way, in_vain, gone = photos_named(tmp_path, "a", "b", "c")
    File.objects.filter(photo=gone).update(missing_since=timezone.now())
    for photo, error in ((under_way, ""), (in_vain, "Not there."), (gone, "")):
        PhotoStage.objects.create(photo_id=photo, stage="reading", error=error)
    job = JobFactory()
    ids = [under_way, in_vain, gone]
    stage_jobs.mark_pending(ids, stages=["size"], job=job.pk)
    stage = LearningSize()
    run_stage(stage, ids, sandbox=sandbox)
    assert stage.saved == {in_vain: 10, gone: 10}
    put_off = PhotoStage.objects.get(photo=under_way, stage="size")
    assert (put_off.state, put_off.job) == ("pending", None)
    assert put_off.error  # who waits for it is told why
    progress = job.stages.get()
    assert (progress.done, progress.skipped, progress.total) == (2, 1, 3)
    PhotoStage.objects.filter(photo=under_way, stage="reading").update(state="done")
    run_stage(stage, ids, sandbox=sandbox)
    assert stage.saved == {in_vain: 10, gone: 10, under_way: 10}


@pytest.mark.django_db
def test_a_photo_that_is_deleted_meanwhile_harms_no_other(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    gone, kept = photos_named(tmp_path, "a", "b")

    class DeletingStage(SizeStage):
        runs = Runs.WORKER

        @staticmethod
        def compute(paths: Sequence[bytes]) -> list[int]:
            Photo.objects.filter(pk=gone).delete()
            return [size_of(path) for path in paths]

    stage = DeletingStage()
    run_stage(stage, [gone, kept], sandbox=sandbox)
    assert stage.saved == {kept: 10}
    assert PhotoStage.objects.get().photo_id == kept


@pytest.mark.django_db
def test_pending_photos_of_an_unfinished_job_are_not_counted_twice() -> None:
    photo = FileFactory().photo
    first, second = JobFactory(), JobFactory()
    stage_jobs.mark_pending([photo.pk], stages=["size"], job=first.pk)
    stage_jobs.mark_pending([photo.pk], stages=["size"], job=second.pk)
    assert first.stages.get().total == 1
    assert not second.stages.exists()
    Job.objects.filter(pk=first.pk).update(finished_at=first.queued_at)
    stage_jobs.mark_pending([photo.pk], stages=["size"], job=second.pk)
    assert second.stages.get().total == 1


@pytest.mark.django_db
def test_a_full_data_folder_stops_the_work_before_it_begins(
    tmp_path: Path, sandbox: Sandbox, settings: Any
) -> None:
    settings.MIN_FREE_MIB = 2**40
    ids = photos_named(tmp_path, "a")
    stage = SizeStage()
    with pytest.raises(DataFolderFull, match="make room"):
        run_stage(stage, ids, sandbox=sandbox)
    assert stage.saved == {}


@pytest.mark.django_db
def test_a_photo_whose_rows_cannot_be_read_fails_alone(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    ids = photos_named(tmp_path, "a", "b", "c", "d", "e")
    job = JobFactory()
    stage_jobs.mark_pending(ids, stages=["size"], job=job.pk)

    class Choosy(SizeStage):
        def load(self, photo_ids: Sequence[UUID]) -> dict[UUID, Any]:
            if ids[3] in photo_ids:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT 1 / 0")
            if ids[1] in photo_ids:
                raise KeyError("orientation")
            return super().load(photo_ids)

    stage = Choosy()
    run_stage(stage, ids, sandbox=sandbox)
    assert stage.saved == dict.fromkeys([ids[0], ids[2], ids[4]], 10)
    reasons = dict(job.failures.values_list("photo_id", "message"))
    assert set(reasons) == {ids[1], ids[3]}
    assert all("cannot be read" in reason for reason in reasons.values())
    progress = job.stages.get()
    assert (progress.done, progress.failed) == (3, 2)
