from __future__ import annotations

import uuid

import pytest

from librephotos.api.models import Job, JobFailure, JobStage
from tests.factories import FileFactory, JobFactory, UserFactory

pytestmark = pytest.mark.django_db

ROW_KEYS = {
    *("id", "job_id", "queued_at", "started_at", "finished_at", "finished", "failed"),
    *("job_type", "job_type_str", "started_by", "progress_current", "progress_target"),
    *("error", "cancelled", "progress_step", "result"),
}


def with_stages(job):
    JobStage.objects.create(
        job=job, stage="metadata", position=0, total=10, done=7, failed=2, skipped=1
    )
    JobStage.objects.create(job=job, stage="thumbnails", position=1, total=10, done=3)
    for number in range(2):
        JobFailure.objects.create(
            job=job, stage="metadata", path=b"/p/%d\xff.jpg" % number, message="Broken."
        )
    return job


def test_a_row_shows_the_progress_by_stage(client_of):
    me = UserFactory(first_name="Ann")
    job = with_stages(JobFactory(started_by=me, running=True))
    (row,) = client_of(me).get("/api/jobs/?page_size=10&page=1").json()["results"]
    assert ROW_KEYS == set(row)
    assert (row["id"], row["job_id"]) == (job.pk, str(job.job_id))
    assert (row["job_type"], row["job_type_str"]) == (1, "Scan Photos")
    assert row["started_by"]["first_name"] == "Ann"
    assert (row["progress_current"], row["progress_target"]) == (13, 20)
    assert row["progress_step"] == "thumbnails"
    assert (row["finished"], row["failed"], row["cancelled"]) == (False,) * 3
    assert row["error"] is None
    assert row["result"]["failures"] == 2
    assert row["result"]["stages"][0] == {
        "stage": "metadata",
        "done": 7,
        "failed": 2,
        "skipped": 1,
        "total": 10,
    }


def test_a_failed_job_says_why(client_of):
    me = UserFactory()
    JobFactory(started_by=me, done=True, failed=True, message="No such folder.")
    (row,) = client_of(me).get("/api/jobs").json()["results"]
    assert (row["finished"], row["failed"]) == (True, True)
    assert row["error"] == row["result"]["message"] == "No such folder."
    assert row["progress_step"] is None


def test_everybody_sees_their_own_jobs_and_staff_all(client_of):
    me, staff = UserFactory(), UserFactory(staff=True)
    mine, theirs = JobFactory(started_by=me), JobFactory(started_by=staff)

    def seen(user, query=""):
        rows = client_of(user).get(f"/api/jobs/{query}").json()["results"]
        return [row["id"] for row in rows]

    assert seen(me) == [mine.pk]
    assert seen(staff) == [theirs.pk, mine.pk]
    assert seen(staff, "?mine") == seen(staff, "?mine=true") == [theirs.pk]
    assert client_of().get("/api/jobs/").status_code == 401


def test_pages_have_twenty_rows_and_fifty_at_most(client_of):
    me = UserFactory()
    JobFactory.create_batch(55, started_by=me)
    client = client_of(me)
    assert len(client.get("/api/jobs/").json()["results"]) == 20
    assert len(client.get("/api/jobs/?page_size=100").json()["results"]) == 50


def test_the_failures_of_a_job_by_number_and_by_uuid(client_of):
    me = UserFactory()
    job = with_stages(JobFactory(started_by=me))
    for name in (job.pk, job.job_id):
        answer = client_of(me).get(f"/api/jobs/{name}/failures/").json()
        assert answer["count"] == 2
        assert answer["results"][0] == {
            "path": "/p/0\ufffd.jpg",
            "stage": "metadata",
            "message": "Broken.",
        }


def test_a_job_can_be_cancelled_and_removed(client_of):
    me = UserFactory()
    job = JobFactory(started_by=me, running=True)
    client = client_of(me)
    answer = client.post(f"/api/jobs/{job.job_id}/cancel/")
    assert answer.status_code == 200
    assert (answer.json()["job"]["cancelled"], answer.json()["job"]["finished"]) == (
        True,
        True,
    )
    assert client.delete(f"/api/jobs/{job.pk}/").status_code == 204
    assert not Job.objects.filter(pk=job.pk).exists()


@pytest.mark.parametrize(
    ("method", "suffix"),
    [("delete", ""), ("get", ""), ("post", "/cancel"), ("get", "/failures")],
)
def test_nobody_touches_the_jobs_of_others(client_of, method, suffix):
    job = JobFactory(running=True)
    stranger = client_of(UserFactory())
    names = (job.pk, job.job_id, uuid.uuid4(), 10**30, "x")
    for name in names:
        answer = getattr(stranger, method)(f"/api/jobs/{name}{suffix}/")
        assert answer.status_code == 404
        assert answer.json()["errors"]
    anonymous = getattr(client_of(), method)(f"/api/jobs/{job.pk}{suffix}/")
    assert anonymous.status_code == 401
    assert not Job.objects.get(pk=job.pk).finished


def available(client):
    answer = client.get("/api/rqavailable/")
    assert answer.status_code == 200
    return answer.json()


def test_the_queue_is_free_until_a_job_waits_and_shows_it_once_it_runs(client_of):
    me = UserFactory()
    client = client_of(me)
    JobFactory(running=True)
    JobFactory(started_by=me, done=True)
    free = {"status": True, "queue_can_accept_job": True, "job_detail": None}
    assert available(client) == free
    JobFactory(started_by=me)
    assert available(client) == {**free, "queue_can_accept_job": False}
    running = with_stages(JobFactory(started_by=me, running=True))
    answer = available(client)
    assert answer["queue_can_accept_job"] is False
    assert answer["job_detail"]["id"] == running.pk
    assert answer["job_detail"]["started_at"]


def test_a_scan_goes_before_what_learns_from_the_one_before_it(client_of):
    me = UserFactory()
    JobFactory(started_by=me, kind=Job.Kind.SCAN_FACES, running=True)
    scan = with_stages(JobFactory(started_by=me, running=True))
    assert available(client_of(me))["job_detail"]["id"] == scan.pk


STARTERS = [
    ("scanphotos", Job.Kind.SCAN_PHOTOS),
    ("fullscanphotos", Job.Kind.SCAN_PHOTOS),
    ("scanuploadedphotos", Job.Kind.SCAN_PHOTOS),
    ("deletemissingphotos", Job.Kind.DELETE_MISSING_PHOTOS),
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(("path", "kind"), STARTERS)
def test_a_job_is_started_for_the_caller(client_of, path, kind, method):
    me = UserFactory()
    me.scan_directories.create(path=b"/photos")
    for slash in ("", "/"):
        answer = getattr(client_of(me), method)(f"/api/{path}{slash}")
        assert answer.status_code == 200
        assert answer.json()["status"] is True
        job = Job.objects.get(job_id=answer.json()["job_id"])
        assert (job.kind, job.started_by) == (kind, me)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("path", [path for path, kind in STARTERS if "scan" in path])
def test_who_has_no_folder_is_told_so(client_of, path, method):
    me = UserFactory()
    answer = getattr(client_of(me), method)(f"/api/{path}/")
    told = answer.json()
    assert answer.status_code == 400 and told["status"] is False
    assert "administrator" in told["message"] == told["errors"][0]["message"]
    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_files_of_a_folder_that_was_taken_away_are_looked_for(client_of):
    me = UserFactory()
    FileFactory(photo__owner=me)
    assert client_of(me).post("/api/scanphotos/").status_code == 200
    assert Job.objects.filter(started_by=me).exists()


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(("path", "kind"), STARTERS)
def test_no_job_is_started_before_somebody_signed_in(client_of, path, kind, method):
    assert getattr(client_of(), method)(f"/api/{path}/").status_code == 401
    assert not Job.objects.exists()


@pytest.mark.parametrize("count", [1, 20])
def test_the_number_of_queries_does_not_grow(
    client_of, django_assert_num_queries, count
):
    me = UserFactory()
    for _ in range(count):
        job = with_stages(JobFactory(started_by=me, running=True))
    client = client_of(me)
    numbers = {"jobs": 4, f"jobs/{job.pk}/failures": 5, "rqavailable": 3}
    for path, number in numbers.items():
        with django_assert_num_queries(number):
            assert client.get(f"/api/{path}/").status_code == 200


def test_polling_an_idle_queue_costs_one_query(client_of, django_assert_num_queries):
    client = client_of(UserFactory())
    with django_assert_num_queries(2):
        available(client)
