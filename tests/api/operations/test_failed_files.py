from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest

from librephotos.api.models import File, Job, PhotoStage
from tests.factories import FileFactory, JobFactory, PhotoFactory, UserFactory

pytestmark = pytest.mark.django_db

STAGES = ("metadata", "geocode", "dates", "thumbnails")


def unread(owner, **values):
    """Make a file that was never a photo."""
    return FileFactory(
        **{"photo": None, "owner": owner, "md5": "", "state": File.State.FAILED}
        | {"error": "No picture.", "stat_key": 7}
        | values
    )


def unprocessed(owner, *failed, **values):
    """Make a photo that failed in these stages and passed the others."""
    file = FileFactory(photo__owner=owner, **values)
    for stage in reversed(STAGES):
        state = PhotoStage.State.FAILED if stage in failed else PhotoStage.State.DONE
        PhotoStage.objects.create(
            photo=file.photo,
            stage=stage,
            version=1,
            state=state,
            error=f"No {stage}." if stage in failed else "",
        )
    return file


def listed(client):
    answer = client.get("/api/files/failed/")
    assert answer.status_code == 200
    return answer.json()["results"]


def test_both_kinds_of_failures_last_found_first(client_of):
    me = UserFactory()
    first = unread(me, path=b"/p/1\xff.jpg")
    second = unprocessed(me, "thumbnails", "geocode", path=b"/p/2.jpg")
    third = unread(me, path=b"/p/3.jpg", photo=PhotoFactory(owner=me), main=False)
    assert listed(client_of(me)) == [
        {
            "path": "/p/3.jpg",
            "stage": "files",
            "message": "No picture.",
            "photo": str(third.photo_id),
            "shown": False,
        },
        {
            "path": "/p/2.jpg",
            "stage": "geocode",
            "message": "No geocode.",
            "photo": str(second.photo_id),
            "shown": False,
        },
        {
            "path": "/p/1\ufffd.jpg",
            "stage": "files",
            "message": "No picture.",
            "photo": None,
            "shown": False,
        },
    ]
    assert first.pk < second.pk < third.pk


def test_the_order_of_the_stages_counts_not_that_of_their_names(client_of):
    me = UserFactory()
    for failed in (STAGES, STAGES[1:], STAGES[2:], STAGES[3:]):
        unprocessed(me, *failed)
    rows = listed(client_of(me))
    assert [row["stage"] for row in rows] == list(reversed(STAGES))


def test_a_photo_whose_file_cannot_be_read_any_more_is_listed_once(client_of):
    me = UserFactory()
    unprocessed(me, "thumbnails", state=File.State.FAILED, error="Cut short.")
    (row,) = listed(client_of(me))
    assert (row["stage"], row["message"]) == ("files", "Cut short.")


def test_what_is_gone_or_did_not_fail_is_left_out(client_of):
    me = UserFactory()
    gone = datetime.now(UTC)
    unread(me, missing_since=gone)
    unread(me, state=File.State.SKIPPED)
    unprocessed(me)
    unprocessed(me, "metadata", missing_since=gone)
    unprocessed(me, "metadata", photo__removed=True)
    unprocessed(me, "metadata", main=False)
    PhotoStage.objects.create(
        photo=FileFactory(photo__owner=me).photo, stage="abolished", state="failed"
    )
    assert listed(client_of(me)) == []


@pytest.mark.parametrize("staff", [False, True])
def test_nobody_sees_the_files_of_others(client_of, staff):
    owner = UserFactory()
    unread(owner)
    unprocessed(owner, "metadata")
    assert listed(client_of(UserFactory(admin=staff))) == []
    assert client_of().get("/api/files/failed/").status_code == 401


def test_a_hundred_rows_a_page(client_of):
    me = UserFactory()
    for number in range(70):
        unread(me, path=b"/p/%d" % number)
    for _ in range(35):
        unprocessed(me, "dates")
    client = client_of(me)
    first = client.get("/api/files/failed/").json()
    second = client.get("/api/files/failed/?page=2").json()
    assert (first["count"], first["previous"]) == (105, None)
    assert [len(page["results"]) for page in (first, second)] == [100, 5]
    assert second["results"][-1]["path"] == "/p/0"
    assert client.get("/api/files/failed/?page_size=1").json()["count"] == 105


@pytest.mark.parametrize("count", [1, 20])
def test_the_number_of_queries_does_not_grow(
    client_of, django_assert_num_queries, count
):
    me = UserFactory()
    for _ in range(count):
        unread(me)
        unprocessed(me, "metadata", "thumbnails")
    client = client_of(me)
    with django_assert_num_queries(4):
        assert len(listed(client)) == 2 * count


def test_trying_again_leaves_all_that_failed_to_a_scan(client_of):
    me, other = UserFactory(), UserFactory()
    files, photos = {}, {}
    for owner in (me, other):
        files[owner] = unread(owner)
        photos[owner] = unprocessed(owner, "thumbnails").photo
    answer = client_of(me).post("/api/files/failed/retry/")
    assert answer.status_code == 200
    assert answer.json()["status"] is True
    job = Job.objects.get(job_id=uuid.UUID(answer.json()["job_id"]))
    assert (job.kind, job.started_by) == (Job.Kind.SCAN_PHOTOS, me)
    for owner, stat_key, state in ((me, None, "pending"), (other, 7, "failed")):
        file = File.objects.get(pk=files[owner].pk)
        assert (file.stat_key, file.state, file.error) == (
            stat_key,
            File.State.FAILED,
            "No picture.",
        )
        states = photos[owner].stages.values_list("stage", "state")
        assert dict(states) == dict.fromkeys(STAGES, "done") | {"thumbnails": state}


def test_trying_again_forgets_which_job_failed(client_of):
    me = UserFactory()
    photo = unprocessed(me, "thumbnails").photo
    photo.stages.update(job=JobFactory(started_by=me, done=True))
    client_of(me).post("/api/files/failed/retry/")
    again = photo.stages.get(stage="thumbnails")
    assert (again.job, again.error) == (None, "")


def test_trying_again_joins_the_scan_that_runs(client_of):
    me = UserFactory()
    running = JobFactory(started_by=me, running=True)
    answer = client_of(me).post("/api/files/failed/retry/").json()
    assert answer == {"status": True, "job_id": str(running.job_id)}


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_looking_at_an_address_tries_nothing(client_of, method):
    me = UserFactory()
    assert getattr(client_of(me), method)("/api/files/failed/retry/").status_code == 405
    assert not Job.objects.exists()


def test_what_is_shown_in_part_is_counted_apart(client_of):
    """So that the number agrees with what the jobs call failed."""
    me = UserFactory()
    unread(me)
    unprocessed(me, "thumbnails", photo__damage="Half of it is missing.")
    unprocessed(me, photo__damage="Half of it is missing.")
    unprocessed(UserFactory(), photo__damage="Half of it is missing.")
    answer = client_of(me).get("/api/files/failed/?page_size=1").json()
    assert (answer["count"], answer["shown_in_part"]) == (3, 1)
