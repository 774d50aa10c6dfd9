"""The OpenAPI description and its pages."""

from __future__ import annotations

import re

import pytest
from django.core.management import call_command

from tests.factories import UserFactory

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
