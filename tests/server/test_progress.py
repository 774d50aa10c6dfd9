"""What a terminal shows at the end of a job."""

from __future__ import annotations

import io

import pytest

from librephotos.api.models import File, Job, JobFailure, JobStage, PhotoStage, User
from librephotos.server.progress import JobProgress, LibraryProgress
from tests.factories import FileFactory, JobFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return UserFactory()


def shown(job: Job) -> str:
    """Return all that is shown of a finished job."""
    stream = io.StringIO()
    assert JobProgress(job, stream).refresh()
    return stream.getvalue()


def finished(owner: User, *, failed: int = 0, **values: object) -> Job:
    """Make a job that has ended, with files that failed in it."""
    job = JobFactory(started_by=owner, done=True, **values)
    for number in range(failed):
        path = b"/p/%d-%d.jpg" % (job.pk, number)
        failure = {"path": path, "job": job}
        FileFactory(photo=None, owner=owner, md5="", state=File.State.FAILED, **failure)
        JobFailure.objects.create(stage="files", message="Cut short.", **failure)
    return job


def test_the_first_scan_tells_only_of_its_own_failures(owner: User) -> None:
    text = shown(finished(owner, failed=2))
    assert text.endswith("Scan Photos: finished, 2 files failed\n")
    assert text.count("Cut short.") == 2


def test_a_later_scan_tells_of_earlier_failures_too(owner: User) -> None:
    first = finished(owner, failed=2)
    photo = FileFactory(photo__owner=owner).photo
    for stage in ("metadata", "thumbnails"):
        PhotoStage.objects.create(photo=photo, stage=stage, state="failed", job=first)
    finished(UserFactory(), failed=4)
    assert shown(finished(owner, failed=1, message="A note.")).endswith(
        "Scan Photos: finished, 1 file failed\n"
        "  A note.\n"
        "  3 files of earlier scans could not be read: see Problems on the page\n"
    )


def test_one_earlier_failure_whose_job_was_removed(owner: User) -> None:
    finished(owner, failed=1).delete()
    assert "  1 file of earlier scans could not be read" in shown(finished(owner))


@pytest.mark.parametrize(
    "values", [{"kind": Job.Kind.DELETE_MISSING_PHOTOS}, {"cancelled": True}]
)
def test_only_scans_that_ended_tell_of_earlier_failures(
    owner: User, values: dict[str, object]
) -> None:
    finished(owner, failed=1)
    assert "earlier" not in shown(finished(owner, **values))


@pytest.mark.parametrize("what", ["job", "account"])
def test_a_job_that_is_deleted_has_come_to_its_end(owner: User, what: str) -> None:
    job, stream = JobFactory(started_by=owner), io.StringIO()
    bars = JobProgress(Job.objects.get(pk=job.pk), stream)
    assert not bars.refresh()
    (job if what == "job" else owner).delete()
    assert bars.refresh() and bars.removed
    assert stream.getvalue() == "Scan Photos: removed\n"


def test_what_follows_a_deleted_job_is_shown(owner: User) -> None:
    stream = io.StringIO()
    bars = LibraryProgress(JobFactory(started_by=owner), stream)
    Job.objects.all().delete()
    faces = JobFactory(started_by=owner, kind=Job.Kind.SCAN_FACES, done=True)
    Job.objects.filter(pk=faces.pk).update(finished_at=None)
    assert not any(bars.refresh() for _ in range(3))
    Job.objects.filter(pk=faces.pk).update(finished_at=faces.finished_at)
    assert not bars.refresh()
    assert "Scan Faces: finished" in stream.getvalue()


def test_a_scan_is_shown_beside_what_learns_from_the_one_before(owner: User) -> None:
    stream = io.StringIO()
    faces = JobFactory(started_by=owner, kind=Job.Kind.SCAN_FACES)
    bars = LibraryProgress(faces, stream)
    assert not bars.refresh()
    scan = finished(owner, failed=1)
    Job.objects.filter(pk=scan.pk).update(finished_at=None)
    assert not bars.refresh()
    Job.objects.filter(pk=scan.pk).update(finished_at=scan.finished_at)
    assert not bars.refresh()
    assert "Scan Photos: finished, 1 file failed" in stream.getvalue()
    assert not bars.refresh()
    Job.objects.filter(pk=faces.pk).update(finished_at=scan.finished_at)
    assert not bars.refresh()
    assert "Scan Faces: finished" in stream.getvalue()


def test_the_jobs_that_follow_a_scan_are_shown_after_it(owner: User) -> None:
    stream = io.StringIO()
    bars = LibraryProgress(finished(owner), stream)
    faces = finished(owner, kind=Job.Kind.SCAN_FACES)
    Job.objects.filter(pk=faces.pk).update(finished_at=None)
    finished(UserFactory(), kind=Job.Kind.FIND_SIMILAR_FACES)
    key = "embeddings:a-model"
    JobStage.objects.create(job=faces, stage=key, total=3, done=1, failed=1)
    assert not bars.refresh()  # the scan, which is over
    assert not bars.refresh()  # what follows is found
    assert not bars.refresh()
    Job.objects.filter(pk=faces.pk).update(finished_at=faces.finished_at)
    assert not bars.refresh()
    shown = stream.getvalue()
    assert "embeddings 2/3" in shown and "a-model" not in shown
    assert shown.index("Scan Photos: finished") < shown.index("Scan Faces: finished")
    assert "Find Similar Faces" not in shown
