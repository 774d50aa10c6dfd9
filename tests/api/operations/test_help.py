"""What the server tells of itself."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_image_tag(client_of, settings):
    settings.IMAGE_TAG = "2026w48"
    answer = client_of(UserFactory()).get("/api/imagetag")
    assert answer.json()["image_tag"] == "2026w48"
    assert re.fullmatch("[0-9a-f]*", answer.json()["git_hash"])
    assert answer["Cache-Control"] == "private, max-age=7200"


def test_help_explains_each_way_to_sign_in(client_of):
    ways = client_of().get("/api/help").json()["authentication"]
    assert set(ways) == {"bearer", "basic", "cookie"}
    assert "http://testserver/api/auth/token/obtain/" in ways["bearer"]["obtain"]


@pytest.mark.parametrize("probe", ["", "/postgresql", "/ready"])
def test_a_well_server(client_of, probe):
    answer = client_of().get(f"/api/healthz{probe}")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_the_queue_is_well_while_a_worker_shows_signs_of_life(client_of):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")  # of earlier tests
        assert client_of().get("/api/healthz/queue").status_code == 503
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
        assert client_of().get("/api/healthz/queue").status_code == 200
        silent = timezone.now() - timedelta(minutes=2)
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = %s", [silent])
    refused = client_of().get("/api/healthz/queue")
    assert refused.status_code == 503
    assert "librephotos worker" in refused.json()["errors"][0]["message"]


def test_not_ready_before_all_migrations(client_of):
    [newest] = MigrationLoader(connection).graph.leaf_nodes("api")
    MigrationRecorder(connection).record_unapplied(*newest)
    refused = client_of().get("/api/healthz/ready")
    assert refused.status_code == 503
    assert "librephotos migrate" in refused.json()["errors"][0]["message"]
    assert client_of().get("/api/healthz").status_code == 200
