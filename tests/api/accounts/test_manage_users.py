"""The administration of accounts."""

from __future__ import annotations

import os

import pytest

from librephotos.api.models import SiteSettings, User
from tests.factories import PASSWORD, PhotoFactory, UserFactory

pytestmark = pytest.mark.django_db


def errors(answer):
    return {error["field"]: error["message"] for error in answer.json()["errors"]}


@pytest.fixture
def root(tmp_path, settings):
    """A scan root with two folders, and a folder beside it."""
    for name in ("root/ada", "root/bob", "outside"):
        (tmp_path / name).mkdir(parents=True)
    settings.SCAN_ROOTS = [tmp_path / "root"]
    return tmp_path / "root"


@pytest.fixture
def change(client_of):
    """Change an account as an administrator does."""
    client = client_of(UserFactory(admin=True))
    return lambda user, **changes: client.patch(
        f"/api/manage/user/{user.pk}/", changes, format="json"
    )


def test_row_of_an_account(client_of):
    user = PhotoFactory().owner
    row = client_of(UserFactory(staff=True)).get(f"/api/manage/user/{user.pk}/").json()
    assert row == {
        "id": user.pk,
        "username": user.username,
        "email": user.email,
        "first_name": "",
        "last_name": "",
        "is_active": True,
        "is_superuser": False,
        "scan_directory": "",
        "upload_directory": "",
        "skip_raw_files": False,
        "stack_raw_jpeg": True,
        "date_joined": row["date_joined"],
        "last_login": None,
        "photo_count": 1,
        "confidence": 0.1,
        "semantic_search_topk": 0,
        "favorite_min_rating": 4,
        "image_scale": 1.0,
        "save_metadata_to_disk": "OFF",
    }


def test_inactive_accounts_are_managed_too(client_of):
    gone = UserFactory(is_active=False)
    listed = client_of(UserFactory(staff=True)).get("/api/manage/user/").json()
    assert gone.pk in [row["id"] for row in listed["results"]]


def test_change_with_the_whole_row_sent_back(change, root):
    user = UserFactory()
    row = change(user).json()
    sent = {
        **row,
        "username": "Renamed",
        "password": "",
        "scan_directory": str(root / "ada"),
        "confidence": 0.9,
        "is_superuser": True,
    }
    answer = change(user, **sent)
    assert answer.status_code == 200
    expected = {**row, "username": "renamed", "scan_directory": str(root / "ada")}
    assert answer.json() == expected
    user.refresh_from_db()
    assert user.check_password(PASSWORD) and not user.is_superuser


def test_a_new_password(change):
    user = UserFactory()
    assert change(user, password="even longer").status_code == 200
    user.refresh_from_db()
    assert user.check_password("even longer")


def test_an_empty_scan_directory_changes_nothing(change, root):
    user = UserFactory()
    change(user, scan_directory=str(root / "ada"))
    assert change(user, scan_directory="").json()["scan_directory"] == str(root / "ada")


def test_a_scan_directory_is_replaced_not_added(change, root):
    user = UserFactory()
    user.scan_directories.create(path=os.fsencode(root / "ada"))
    user.scan_directories.create(path=os.fsencode(root / "bob"))
    change(user, scan_directory=str(root / "bob"))
    paths = [directory.path for directory in user.scan_directories.all()]
    assert paths == [os.fsencode(root / "bob")]


@pytest.mark.parametrize(
    "path", ["{}/missing", "{}/../outside", "/etc", "ada", "{}/link", "{}/ada\0"]
)
def test_a_scan_directory_lies_in_a_scan_root(change, root, path):
    (root / "link").symlink_to(root.parent / "outside")
    user = UserFactory()
    answer = change(user, scan_directory=path.format(root), first_name="Ada")
    assert answer.status_code == 400
    assert list(errors(answer)) == ["scan_directory"]
    user.refresh_from_db()
    assert (user.scan_directory, user.first_name) == ("", "")


def test_an_unchanged_scan_directory_may_be_gone(change, root):
    user = UserFactory()
    user.scan_directories.create(path=b"/once/mounted")
    answer = change(user, scan_directory="/once/mounted", first_name="Ada")
    assert answer.status_code == 200


def test_a_user_name_is_taken_once(change):
    UserFactory(username="taken")
    answer = change(UserFactory(), username="Taken")
    assert answer.status_code == 400
    assert errors(answer) == {"username": "A user with that username already exists."}


def test_staff_change_no_superuser(client_of):
    admin = UserFactory(admin=True)
    client = client_of(UserFactory(staff=True))
    path = f"/api/manage/user/{admin.pk}/"
    answer = client.patch(path, {"password": "taken over"}, format="json")
    assert answer.status_code == 403
    admin.refresh_from_db()
    assert admin.check_password(PASSWORD)


def test_settings_of_the_newer_row_are_changed(change):
    user = UserFactory()
    row = change(user, skip_raw_files=True, stack_raw_jpeg=False).json()
    assert (row["skip_raw_files"], row["stack_raw_jpeg"]) == (True, False)
    user.refresh_from_db()
    assert (user.skip_raw_files, user.stack_raw_jpeg) == (True, False)


NEW = {"username": "grace", "password": "rear admiral"}


def test_administrators_make_accounts_with_a_directory(client_of, root):
    UserFactory(admin=True)
    client = client_of(UserFactory(staff=True))
    sent = {**NEW, "scan_directory": str(root / "ada")}
    made = client.post("/api/user/", sent, format="json")
    assert made.status_code == 201
    assert made.json()["scan_directory"] == sent["scan_directory"]


def test_no_account_is_made_with_a_directory_that_is_refused(client_of, root):
    sent = {**NEW, "scan_directory": "/etc"}
    refused = client_of(UserFactory(admin=True)).post("/api/user/", sent, format="json")
    assert (refused.status_code, list(errors(refused))) == (400, ["scan_directory"])
    assert not User.objects.filter(username="grace").exists()


def test_superusers_make_superusers_and_nobody_else_does(client_of, root):
    sent = {**NEW, "is_superuser": True}
    SiteSettings.objects.update_or_create(defaults={"allow_registration": True})
    for number, caller in enumerate(
        (UserFactory(admin=True), UserFactory(staff=True), UserFactory(), None)
    ):
        sent["username"] = f"grace{number}"
        (root / str(number)).mkdir()
        sent["scan_directory"] = str(root / str(number))
        made = client_of(caller).post("/api/user/", sent, format="json")
        assert made.status_code == 201
        user = User.objects.get(username=sent["username"])
        assert user.is_superuser == user.is_staff == (number == 0)
        assert bool(user.scan_directory) == (number < 2)
