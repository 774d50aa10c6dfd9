"""What administrators read has the shape that the clients' validators demand."""

from __future__ import annotations

import json

import pytest

from librephotos.logs.log_file import current_log
from tests.contract import shapes

PATHS = [
    ("serverlogs/view?lines=100", shapes.SERVER_LOG),
    ("services/", shapes.SERVICES),
    ("services/web/", shapes.SERVICE),
    ("email-config/", shapes.MAIL_CONFIG),
    ("serverstats/", shapes.SERVER_STATISTICS),
]


@pytest.fixture
def log(settings, tmp_path):
    """A server that has logged something into a file."""
    settings.DATA = tmp_path
    (tmp_path / "logs").mkdir()
    current_log(tmp_path / "logs").write_text("an event\n")


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize(("path", "shape"), PATHS, ids=lambda value: str(value)[:20])
def test_answers_have_their_shape(library, client_of, path, shape):
    answer = client_of(library.admin).get(f"/api/{path}").json()
    assert shapes.violations(answer, shape) == []


@pytest.mark.parametrize(
    "path",
    [
        *("timezones/", "predefinedrules/", "defaultrules/"),
        *("predefinedburstrules/", "defaultburstrules/"),
    ],
)
def test_lists_that_are_decoded_twice(library, client_of, path):
    text = client_of(library.stranger).get(f"/api/{path}").json()
    assert isinstance(text, str) and isinstance(json.loads(text), list)
