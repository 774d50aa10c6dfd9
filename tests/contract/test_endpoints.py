"""Every endpoint that clients call is there, and works for somebody.

That it does is what the table of permissions is tried for: the row of an endpoint has
to name a caller who gets what is asked for, with real data.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.api.http.permission_rows import Row
from tests.contract.test_isolation import ROWS

ENDPOINTS = [
    tuple(line.split())
    for line in (Path(__file__).parent / "endpoints.txt").read_text().splitlines()
]

LATER = (
    "/api/memories",
    "/api/stacks",
    "/api/duplicates",
    "/api/generateocr",
    "/api/auth/password",
    "/api/auth/sso",
    "/api/accounts/oidc",
)
"""What this server does not have yet."""

DEVELOPMENT = ("/api/silk",)
"""What is there in development alone."""

TRIED_ELSEWHERE = (
    "/api/addface",
    "/api/albums/auto/{id}",  # nobody has events yet
    "/api/albums/place/{id}",
    "/api/albums/thing/{id}",
    "/api/auth/token",
    "/api/delete/zip",
    "/api/downloads",
    "/api/email-config/test",
    "/api/faces",
    "/api/healthz/queue",
    "/api/nextcloud",  # nobody has one yet
    "/api/photo/share",
    "/api/photos/download",
    "/api/photosedit/delete",
    "/api/photosedit/duplicate",
    "/api/photosedit/generateim2txt",
    "/api/photosedit/savecaption",
    "/api/public",
    "/api/serverlogs",
    "/api/services/{name}/",  # are refused: nobody but the supervisor starts them
    "/api/upload",
    "/api/useralbum",
    "/media/",
)
"""What needs more than the world of that table has, and has tests of its own."""


def segment(text: str) -> str:
    """Return a segment of an address, the same one for all placeholders."""
    return "*" if text[:1] in "{<" else text


def shape(path: str) -> tuple[str, ...]:
    """Return the segments of an address or of a route."""
    typed = re.sub(r"<[^>]*>", "<>", path)
    return tuple(segment(part) for part in typed.strip("/").split("/"))


def fits(route: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """Whether a route has an address, whose placeholders may stand for words."""
    if len(route) != len(path):
        return False
    return all(one == other or "*" == other for one, other in zip(route, path))


def rows_of(method: str, path: str) -> list[Row]:
    """Return the rows of the table of permissions for an endpoint."""
    return [
        row
        for row in ROWS
        if row.method == method.lower() and fits(shape(row.route), shape(path))
    ]


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_each_endpoint_works_for_somebody(method: str, path: str) -> None:
    if path.startswith(DEVELOPMENT):
        return
    rows = rows_of(method, path)
    if path.startswith(LATER):
        assert rows == [], "it is there by now: take it out of LATER"
        return
    assert rows, "no route has this method"
    statuses = {status for row in rows for status in row[2:6]}
    works = any(200 <= status < 300 for status in statuses)
    assert works or path.startswith(TRIED_ELSEWHERE)


def test_the_list_has_every_endpoint_of_the_contract(contract: str) -> None:
    tables = (
        contract[contract.index("### 1.1") : contract.index("\n## 2. ")],
        contract[contract.index("### 26.2 ") : contract.index("### 26.3 ")],
    )
    listed = {shape(path) for _, path in ENDPOINTS}
    for table in tables:
        for cells in re.findall(r"^\| [A-Z, ]+ \| (.+?) \|", table, re.M):
            for path in re.findall(r"`(/(?:api|media)/[^`?]+)", cells):
                known = [at for at in listed if at[: len(shape(path))] == shape(path)]
                assert known or "…" in path, path
