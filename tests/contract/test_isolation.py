"""Nobody reads or changes what is somebody else's, by whatever route or trick."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.contrib.auth.hashers import make_password
from rest_framework.test import APIClient

from librephotos.api.http.tokens import SignInToken
from librephotos.api.models import (
    AlbumShare,
    Face,
    FaceRejection,
    File,
    Job,
    Link,
    PeopleEdit,
    Person,
    Photo,
    PhotoCaption,
    PhotoDay,
    PhotoMetadata,
    PhotoShare,
    ScanDirectory,
    Thing,
    Upload,
    User,
    UserAlbum,
    UserAlbumPhoto,
)
from librephotos.api.services.sharing import share_album, share_photos
from librephotos.api.writes import search_document
from tests.api.http.permission_rows import Row, World
from tests.api.http.permission_rows_accounts import ACCOUNTS
from tests.api.http.permission_rows_corrections import CORRECTIONS
from tests.api.http.permission_rows_downloads import DOWNLOADS
from tests.api.http.permission_rows_library import LIBRARY
from tests.api.http.permission_rows_links import LINKS, PASSWORD
from tests.api.http.permission_rows_people import PEOPLE
from tests.api.http.permission_rows_selection import SELECTION
from tests.api.http.permission_rows_settings import SETTINGS
from tests.api.http.permission_rows_sharing import SHARING
from tests.api.http.permission_rows_sync import SYNC
from tests.api.http.permission_rows_things import THINGS
from tests.api.http.permission_rows_uploads import UPLOADS
from tests.api.http.test_permissions import path_of
from tests.contract.library import Library
from tests.contract.test_shapes import ACTIONS
from tests.factories import (
    FaceFactory,
    FileFactory,
    JobFactory,
    LinkFactory,
    PersonFactory,
    PhotoMetadataFactory,
    PlaceFactory,
    UserFactory,
)

ROWS = [
    *ACCOUNTS,
    *CORRECTIONS,
    *PEOPLE,
    *THINGS,
    *SYNC,
    *LIBRARY,
    *SHARING,
    *LINKS,
    *UPLOADS,
    *SELECTION,
    *DOWNLOADS,
    *SETTINGS,
]
CANARY = "canary"
TRICKS = [
    {},
    {"public": "1", "username": "victim"},
    {"public": "true", "username": "victim", "hidden": "1", "in_trashcan": "1"},
    {"username": "victim", "user": "VICTIM", "owner": "VICTIM", "user_id": "VICTIM"},
    {"last_modified": "2000-01-01", "public": "1", "username": "victim"},
    {"search": CANARY, "path": f"/{CANARY}", "folder": f"/{CANARY}"},
]


@pytest.fixture
def world(db, settings, tmp_path) -> World:
    """A victim whose private things all say `canary`, and two who look for them."""
    root = tmp_path / CANARY
    root.mkdir()
    settings.SCAN_ROOTS = [tmp_path / "elsewhere"]
    victim = UserFactory(
        username="victim",
        email=f"{CANARY}@example.org",
        nextcloud_server_address=f"https://{CANARY}.example.org",
        nextcloud_username=CANARY,
        nextcloud_scan_directory=CANARY,
        nextcloud_app_password=CANARY,
        default_timeline_filter={"media": CANARY},
        burst_detection_rules=f'[{{"name": "{CANARY}"}}]',
    )
    victim.scan_directories.create(path=os.fsencode(root))
    path = os.fsencode(root / "a.jpg")
    photo = FileFactory(
        photo__owner=victim,
        photo__user_caption=CANARY,
        photo__place=PlaceFactory(name=CANARY),
        photo__latitude=43.77,
        photo__longitude=11.25,
        path=path,
    ).photo
    PhotoMetadataFactory(photo=photo, lens=CANARY, keywords=[CANARY])
    anna = PersonFactory(owner=victim, name=f"Anna {CANARY}")
    FaceFactory(photo=photo, person=anna, person_source="user")
    FaceFactory(photo=photo, guess=anna, guess_probability=0.95)
    search_document.refresh([photo.pk])
    album = UserAlbum.objects.create(
        owner=victim, title=CANARY, description=CANARY, favorited=True
    )
    album.members.create(photo=photo)
    friend = UserFactory()
    share_album(album, recipients=[friend.pk], options={})
    mine = Photo.objects.filter(pk=photo.pk)
    share_photos(mine, owner=victim, recipients=[friend.pk], options={})
    Upload.objects.create(owner=victim, received=1, file_name=CANARY)
    job = JobFactory(started_by=victim, running=True, message=CANARY)
    return World(
        owner=victim,
        other=UserFactory(),
        staff=UserFactory(admin=True),
        photo=photo,
        job=job,
        album=album,
        link=LinkFactory(album=album, password=make_password(PASSWORD)),
        photo_link=LinkFactory(photo=photo, password=make_password(PASSWORD)),
    )


def everything_of(victim: User) -> list[list[dict[str, Any]]]:
    """Return all rows of the victim, to be compared with those afterwards."""
    rows = (
        User.objects.filter(pk=victim.pk),
        Upload.objects.filter(owner=victim),
        Photo.objects.filter(owner=victim),
        File.objects.filter(owner=victim),
        PhotoMetadata.objects.filter(photo__owner=victim),
        PhotoDay.objects.filter(owner=victim),
        Face.objects.filter(owner=victim),
        Person.objects.filter(owner=victim),
        UserAlbum.objects.filter(owner=victim),
        UserAlbumPhoto.objects.filter(album__owner=victim),
        AlbumShare.objects.filter(album__owner=victim),
        PhotoShare.objects.filter(photo__owner=victim),
        FaceRejection.objects.filter(face__owner=victim),
        PeopleEdit.objects.filter(owner=victim),
        Thing.objects.filter(owner=victim),
        PhotoCaption.objects.filter(photo__owner=victim),
        ScanDirectory.objects.filter(user=victim),
        Job.objects.filter(started_by=victim),
        Link.objects.filter(owner=victim),
    )
    return [list(table.order_by("pk").values()) for table in rows]


def body_of(answer) -> str:
    """Return what an answer says, headers included."""
    content = b"".join(answer) if answer.streaming else answer.content
    return f"{dict(answer.headers)} {content.decode(errors='replace')}"


def with_tricks(row: Row, victim: User, trick: dict[str, str]) -> str:
    """Return a query string that tries to name the victim."""
    pairs = {
        key: value.replace("VICTIM", str(victim.pk)) for key, value in trick.items()
    }
    return "&".join(f"{key}={value}" for key, value in pairs.items())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.route}")
def test_no_route_tells_or_changes_what_is_private(client_of, world, row):
    path = path_of(row, world)
    before = everything_of(world.owner)
    for caller in (None, world.other):
        client = client_of(caller)
        for trick in TRICKS:
            address = f"{path}?{with_tricks(row, world.owner, trick)}"
            answer = getattr(client, row.method)(address, row.body, format="json")
            told = body_of(answer)
            assert answer.status_code < 500 or "healthz" in path
            assert world.photo.image_hash not in told, address
            assert str(world.photo.pk) not in told, address
            assert str(world.job.job_id) not in told, address
            # Links to other pages repeat what was asked.
            assert CANARY in address or CANARY not in told, address
    assert everything_of(world.owner) == before


def test_the_owner_is_told_all_of_it(client_of, world):
    client = client_of(world.owner)
    for path in (
        f"photos/{world.photo.pk}/",
        "photos/",
        "photos/recentlyadded/",
        f"photos/searchlist/?search={CANARY}",
        "albums/place/list/",
        f"user/{world.owner.pk}/",
        f"jobs/{world.job.pk}/",
    ):
        assert CANARY in body_of(client.get(f"/api/{path}"))


@pytest.mark.parametrize(("action", "flag"), ACTIONS)
@pytest.mark.parametrize("named", [True, False])
def test_no_bulk_action_becomes_anybodys_by_a_query_parameter(
    library: Library, client_of, action, flag, named
):
    before = everything_of(library.owner)
    query = {"public": True, "username": library.owner.username}
    body: dict[str, Any] = {"select_all": True, "query": query}
    if named:
        body = {"image_hashes": [str(row.pk) for row in library.photos.values()]}
    address = f"/api/photosedit/{action}/?public=1&username={library.owner.username}"
    for wanted in (True, False):
        sent = {**body, flag: wanted, "owner": library.owner.pk, "public": True}
        assert client_of().post(address, sent, format="json").status_code == 401
        for caller in (library.stranger, library.admin):
            answer = client_of(caller).post(address, sent, format="json")
            assert (answer.status_code, answer.json()["count"]) == (200, 0)
    assert everything_of(library.owner) == before


def test_a_public_page_does_not_tell_in_which_folders_its_photos_lie(
    library: Library, client_of
):
    query = {
        "public": "1",
        "username": library.owner.username,
        "folder": str(library.root),
    }
    for caller in (None, library.stranger, library.admin):
        answer = client_of(caller).get("/api/albums/date/list/", query)
        assert answer.json()["results"] == []
    own = client_of(library.owner).get("/api/albums/date/list/", query)
    assert [day["numberOfItems"] for day in own.json()["results"]] == [1]


def refresh_token(user: User) -> str:
    """A refresh token where an access token is due."""
    return str(SignInToken.for_user(user))


def expired(user: User) -> str:
    """An access token that has run out."""
    token = SignInToken.for_user(user).access_token
    token.set_exp(lifetime=-timedelta(seconds=1))
    return str(token)


def unsigned(user: User) -> str:
    """A token that claims to need no signature."""
    claims = SignInToken.for_user(user).access_token.payload
    return jwt.encode(claims, key="", algorithm="none")


def signed_by_another(user: User) -> str:
    """A token that somebody else has signed."""
    claims = SignInToken.for_user(user).access_token.payload
    return jwt.encode(claims, key="x" * 32, algorithm="HS256")


def signed_out(user: User) -> str:
    """An access token of a sign-in that has been ended."""
    token = SignInToken.for_user(user)
    token.blacklist()
    return str(token.access_token)


def before_the_new_password(user: User) -> str:
    """An access token from before the password was changed."""
    token = SignInToken.for_user(user).access_token
    user.set_password("changed")
    user.save()
    return str(token)


@pytest.mark.parametrize(
    "token_of",
    [
        refresh_token,
        expired,
        unsigned,
        signed_by_another,
        signed_out,
        before_the_new_password,
    ],
)
def test_a_token_that_does_not_hold_opens_nothing(library: Library, token_of):
    token = token_of(library.owner)
    photo = library.photos["image"].image_hash
    bearer, browser = APIClient(), APIClient()
    bearer.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    browser.cookies["jwt"] = token
    for path in ("/api/user/", "/api/sitesettings", f"/media/photos/{photo}"):
        assert bearer.get(path).status_code == 401
    assert browser.get(f"/media/photos/{photo}").status_code == 403
    assert browser.get("/media/avatars/me.png").status_code == 403
