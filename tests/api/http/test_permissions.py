"""Every method of every route, tried by everybody: a new route needs its row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.test import APIClient

from librephotos.api.http.links import COOKIE, remember
from librephotos.api.models import AlbumShare, Upload, User, UserAlbum
from librephotos.api.services.sharing import share_album
from tests.api.http.permission_rows import Row, World
from tests.api.http.permission_rows_accounts import ACCOUNTS
from tests.api.http.permission_rows_corrections import CORRECTIONS
from tests.api.http.permission_rows_downloads import DOWNLOADS
from tests.api.http.permission_rows_grid import GRID
from tests.api.http.permission_rows_library import LIBRARY
from tests.api.http.permission_rows_links import LINKS, PASSWORD
from tests.api.http.permission_rows_people import PEOPLE
from tests.api.http.permission_rows_selection import SELECTION
from tests.api.http.permission_rows_settings import SETTINGS
from tests.api.http.permission_rows_sharing import SHARING
from tests.api.http.permission_rows_sync import SYNC
from tests.api.http.permission_rows_things import THINGS
from tests.api.http.permission_rows_uploads import UPLOADS
from tests.factories import FileFactory, JobFactory, LinkFactory, UserFactory
from tests.support.published import HeldToTheSchema

METHODS = ("get", "post", "put", "patch", "delete")
CALLERS = ("anonymous", "other", "viewer", "contributor", "owner", "staff", "visitor")
ROWS = [
    *ACCOUNTS,
    *CORRECTIONS,
    *PEOPLE,
    *THINGS,
    *SYNC,
    *GRID,
    *LIBRARY,
    *SHARING,
    *LINKS,
    *UPLOADS,
    *SELECTION,
    *DOWNLOADS,
    *SETTINGS,
]


def patterns(
    entries: list[URLPattern | URLResolver], prefix: str = ""
) -> Iterator[tuple[str, Any]]:
    """Yield each route with its view, but for Django's own pages."""
    for entry in entries:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            if entry.app_name not in ("admin", "silk"):
                yield from patterns(entry.url_patterns, route)
        else:
            yield route, entry.callback


def methods(view: Any) -> list[str]:
    """Return the methods that a class-based view answers, of a viewset too."""
    view_class = getattr(view, "view_class", None) or getattr(view, "cls", None)
    answered = getattr(view, "actions", None) or dir(view_class)
    return [method for method in METHODS if method in answered]


def path_of(row: Row, world: World) -> str:
    """Fill in the placeholders of a row's route."""
    values = row.parameters(world)
    return "/" + re.sub(
        r"<(?:\w+:)?(\w+)>", lambda found: str(values[found[1]]), row.route
    )


@pytest.fixture(scope="module")
def lasting_world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """A world that each test finds as it was: what it changes is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield new_world()
        transaction.set_rollback(True)


@pytest.fixture
def world(lasting_world, db, settings, tmp_path) -> World:
    """A world whose objects no other test has seen."""
    settings.SCAN_ROOTS = [tmp_path]
    return deepcopy(lasting_world)


def new_world() -> World:
    """Make a user and what they have, whom they show it, another and a superuser."""
    owner = UserFactory()
    photo = FileFactory(photo__owner=owner).photo
    album = UserAlbum.objects.create(owner=owner, title="Summer")
    album.members.create(photo=photo)
    viewer, contributor = UserFactory(), UserFactory()
    for recipient, role in ((viewer, "viewer"), (contributor, "contributor")):
        share_album(
            album,
            recipients=[recipient.pk],
            role=AlbumShare.Role(role),
            options={},
        )
    shown = UserAlbum.objects.create(owner=owner, title="Shown")
    shown.members.create(photo=photo)
    Upload.objects.create(owner=owner, received=1)
    return World(
        owner=owner,
        other=UserFactory(),
        staff=UserFactory(admin=True),
        photo=photo,
        job=JobFactory(started_by=owner),
        album=album,
        viewer=viewer,
        contributor=contributor,
        link=LinkFactory(album=shown, password=make_password(PASSWORD)),
        photo_link=LinkFactory(photo=photo, password=make_password(PASSWORD)),
    )


def browser_of_visitor(world: World) -> APIClient:
    """Return a browser that has opened the links of the table."""
    proofs = []
    for link in (world.link, world.photo_link):
        opened = HttpResponse()
        remember(opened, link)
        proofs.append(f"{COOKIE}={opened.cookies[COOKIE].value}")
    client = HeldToTheSchema()
    # The client itself keeps one cookie of a name, and sends it everywhere.
    client.credentials(HTTP_COOKIE="; ".join(proofs))
    return client


def read_whole(answer: Any) -> Any:
    """End a file's answer too; to close it would be to drop the lasting world."""
    if answer.streaming:
        b"".join(answer)
    return answer


def test_every_route_has_its_row():
    known = {(row.method, row.route) for row in ROWS}
    found = {
        (method, route)
        for route, view in patterns(get_resolver().url_patterns)
        for method in methods(view)
    }
    assert sorted(found - known) == []
    assert sorted(known - found) == []


@pytest.mark.django_db
@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.route}")
def test_each_caller_gets_the_status_of_the_table(client_of, world, row, caller):
    user: User | None = getattr(world, caller, None)
    client: APIClient = (
        browser_of_visitor(world) if caller == "visitor" else client_of(user)
    )
    path = path_of(row, world)
    answer = read_whole(getattr(client, row.method)(path, row.body, format="json"))
    assert answer.status_code == row.status_for(caller)
    if answer.status_code >= 400 and path.startswith("/api/"):
        assert answer.json()["errors"]


@pytest.mark.django_db
@pytest.mark.parametrize("row", ACCOUNTS, ids=lambda row: f"{row.method} {row.route}")
def test_the_final_slash_may_be_left_out(client_of, world, row):
    path = path_of(row, world).removesuffix("/")
    client = client_of(world.staff)
    answer = read_whole(getattr(client, row.method)(path, row.body, format="json"))
    assert answer.status_code == row.staff
