"""The OpenAPI description and its pages."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
from django.core.management import call_command

from tests.factories import UserFactory
from tests.support.server import PATIENCE_S

pytestmark = pytest.mark.django_db


def test_the_schema_is_valid_and_complete(tmp_path):
    target = tmp_path / "schema.yaml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(target))
    text = target.read_text()
    assert "/api/user/{id}/:" in text
    assert "bearerFormat: JWT" in text


@pytest.mark.parametrize("path", ["/api/schema", "/api/schema/"])
def test_the_schema_is_served(client_of, path):
    answer = client_of(UserFactory()).get(path)
    assert answer.status_code == 200
    assert answer.content.startswith(b"openapi: 3")


def test_the_schema_is_the_same_for_all_in_both_forms(client_of, me):
    forms = {}
    for client in (client_of(), client_of(me)):
        for accepted in ("application/vnd.oai.openapi+json", "*/*"):
            headers = {"accept": accepted}
            answer = client.get("/api/schema?version=x&lang=de", headers=headers)
            assert answer.status_code == 200
            forms.setdefault(answer["Content-Type"], set()).add(answer.content)
    assert [len(texts) for texts in forms.values()] == [1, 1]
    (text,) = forms["application/vnd.oai.openapi+json"]
    assert json.loads(text)["info"]["version"] == "0.1.0"


AT_ONCE = """
import logging, threading, django
django.setup()
logging.disable(logging.CRITICAL)
from django.test import Client

def ask():
    ready.wait()
    answer = Client(raise_request_exception=False).get("/api/schema")
    print(f"{answer.status_code}\\n", end="", flush=True)

ready = threading.Barrier(8)
for _ in range(8):
    threading.Thread(target=ask).start()
"""


def test_a_fresh_process_is_asked_eight_times_at_once():
    done = subprocess.run(
        [sys.executable, "-P", "-c", AT_ONCE],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert done.stdout.split() == ["200"] * 8, done.stderr


@pytest.mark.parametrize("page", ["swagger", "redoc"])
def test_the_pages_load_nothing_from_others(client_of, page):
    answer = client_of().get(f"/api/{page}")
    assert answer.status_code == 200
    loaded = re.findall(r"""(?:src|href)=["']([^"']+)""", answer.content.decode())
    assert loaded
    for address in loaded:
        assert address.startswith("/")
        if address.startswith("/static/"):
            static = client_of().get(address)
            static.close()
            assert static.status_code == 200
    assert (
        "'unsafe-inline'"
        not in re.search(
            "script-src[^;]*|default-src[^;]*", answer["Content-Security-Policy"]
        ).group()
    )


@pytest.mark.parametrize("method", ["options", "post", "put", "delete", "trace"])
@pytest.mark.parametrize("page", ["swagger", "redoc"])
def test_the_documentation_is_read_only(client_of, page, method):
    answer = getattr(client_of(), method)(f"/api/{page}/")
    assert answer.status_code == 405
