"""The processes behind the web server over HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from librephotos.api.queries.operations.health import WORKER_SILENCE
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client_of):
    return client_of(UserFactory(staff=True))


def worker(silent_for: timedelta = timedelta()) -> str:
    """Have a worker that gave its last sign of life some time ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)"
            " RETURNING id",
            [timezone.now() - silent_for],
        )
        return f"worker-{cursor.fetchone()[0]}"


def test_what_there_is_is_listed(staff):
    names = {worker(), worker()}
    services = staff.get("/api/services/").json()["services"]
    assert services == dict.fromkeys({"web", "database", *names}, 0)


@pytest.mark.parametrize(
    ("silent_for", "healthy"),
    [(timedelta(), True), (WORKER_SILENCE + timedelta(seconds=1), False)],
)
def test_health_of_a_worker_is_its_heartbeat(staff, silent_for, healthy):
    name = worker(silent_for)
    assert staff.get(f"/api/services/{name}/").json() == {
        "service_name": name,
        "healthy": healthy,
        "enabled": True,
        "feature_flag": None,
    }


@pytest.mark.parametrize("action", ["start", "stop"])
def test_processes_of_others_are_left_alone(staff, action):
    answer = staff.post(f"/api/services/{worker()}/{action}/")
    assert answer.status_code == 409
    body = answer.json()
    assert "librephotos serve" in body["error"]
    assert body["feature_flag"] is None
    assert body["errors"][0]["message"] == body["error"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("get", "thumbnail/"), ("post", "thumbnail/start/"), ("post", "worker-0/stop/")],
)
def test_what_is_not_there_is_not_found(staff, method, path):
    answer = getattr(staff, method)(f"/api/services/{path}")
    assert answer.status_code == 404
    body = answer.json()
    assert body["error"] == body["errors"][0]["message"] == "There is no such service."


def test_the_list_takes_as_many_queries_for_twenty_workers(
    staff, django_assert_num_queries
):
    worker()
    staff.get("/api/services/")
    with django_assert_num_queries(2):
        staff.get("/api/services/")
    for _ in range(19):
        worker()
    with django_assert_num_queries(2):
        staff.get("/api/services/")
