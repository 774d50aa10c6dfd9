"""Events, which nothing finds yet: as of somebody who has none."""

from __future__ import annotations

from typing import Any

import pytest

from librephotos.api.models import Job
from tests.factories import PhotoFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_nobody_has_events(client_of: Any) -> None:
    client = client_of(PhotoFactory().owner)
    nothing = {"count": 0, "next": None, "previous": None, "results": []}
    assert client.get("/api/albums/auto/list/").json() == nothing
    for method in (client.get, client.delete):
        answer = method("/api/albums/auto/1/")
        assert answer.status_code == 404
        assert answer.json()["errors"][0]["message"] == "You have no such event."
    assert client.post("/api/albums/auto/delete_all/").json() == "success"


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("post", "autoalbumgen", Job.Kind.GENERATE_EVENT_ALBUMS),
        ("post", "autoalbumtitlegen", Job.Kind.REGENERATE_EVENT_TITLES),
        ("get", "autoalbumtitlegen", Job.Kind.REGENERATE_EVENT_TITLES),
    ],
)
def test_who_looks_for_events_is_told_that_nothing_does(
    client_of: Any, method: str, path: str, kind: Job.Kind
) -> None:
    client = client_of(UserFactory())
    started = getattr(client, method)(f"/api/{path}/").json()
    assert started["status"] is True
    job = client.get(f"/api/jobs/{started['job_id']}/").json()
    assert (job["job_type"], job["finished"], job["failed"]) == (kind, True, False)
    assert job["result"]["message"] == "This server does not find events yet."
    assert client.get("/api/rqavailable/").json()["queue_can_accept_job"] is True
