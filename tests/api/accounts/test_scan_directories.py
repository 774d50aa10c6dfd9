"""The directories of accounts, as administrators say."""

from __future__ import annotations

import os

import pytest

from librephotos.api.models import Job
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(tmp_path, settings):
    """Two scan roots with folders in them, and a folder beside them."""
    for name in ("root/ada/deep", "root/bob", "root/adam", "nas", "outside"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "root" / "link").symlink_to(tmp_path / "root" / "ada")
    settings.SCAN_ROOTS = [tmp_path / "root", tmp_path / "nas"]
    return tmp_path / "root"


@pytest.fixture
def admin(client_of):
    return client_of(UserFactory(admin=True))


def address(user):
    return f"/api/manage/user/{user.pk}/directories/"


def add(client, user, path):
    return client.post(address(user), {"path": str(path)}, format="json")


def upload_to(client, user, path):
    told = {"upload_directory": str(path)}
    return client.patch(f"/api/manage/user/{user.pk}/", told, format="json")


def errors(answer):
    return {error["field"]: error["message"] for error in answer.json()["errors"]}


def test_the_roots_are_listed(admin, root):
    rows = admin.get("/api/dirtree/roots/").json()["results"]
    assert rows == [
        {"title": path.name, "absolute_path": str(path), "children": []}
        for path in (root, root.parent / "nas")
    ]


def test_directories_are_added_and_removed(admin, client_of, root):
    user = UserFactory()
    first = add(admin, user, root / "ada").json()
    second = add(admin, user, root / "bob").json()
    assert first["path"] == str(root / "ada")
    assert add(admin, user, root / "ada").json() == first
    assert admin.get(address(user)).json()["results"] == [first, second]
    own = client_of(user).get("/api/scandirectories/").json()["results"]
    assert own == [first, second]
    assert admin.delete(f"{address(user)}{first['id']}/").status_code == 204
    assert admin.delete(f"{address(user)}{first['id']}/").status_code == 404
    assert admin.get(address(user)).json()["results"] == [second]


@pytest.mark.parametrize("path", ["{}/missing", "{}/../outside", "/etc", "bob", ""])
def test_a_directory_lies_in_a_scan_root(admin, root, path):
    answer = add(admin, UserFactory(), path.format(root))
    assert answer.status_code == 400
    assert set(errors(answer)) <= {"scan_directory", "path"}


@pytest.mark.parametrize("path", ["ada", "ada/deep", "", "link", "link/deep"])
def test_two_accounts_share_no_directory(admin, root, path):
    add(admin, UserFactory(), root / "ada")
    user = UserFactory()
    for answer in (
        add(admin, user, root / path),
        admin.patch(
            f"/api/manage/user/{user.pk}/",
            {"scan_directory": str(root / path)},
            format="json",
        ),
    ):
        assert answer.status_code == 400
        assert "another account" in errors(answer)["scan_directory"]
    assert not user.scan_directories.exists()


@pytest.mark.parametrize("path", ["ada", "ada/deep", "", "link", "link/deep"])
def test_nobody_uploads_into_a_directory_of_somebody_else(admin, root, path):
    """They would see each other's files, and erase them."""
    add(admin, UserFactory(), root / "ada")
    user = UserFactory()
    answer = upload_to(admin, user, root / path)
    assert answer.status_code == 400
    assert "another account" in errors(answer)["upload_directory"]
    user.refresh_from_db()
    assert user.upload_directory == b""


@pytest.mark.parametrize("path", ["ada", "ada/deep", "", "link"])
def test_where_somebody_uploads_nobody_else_scans_or_uploads(admin, root, path):
    assert upload_to(admin, UserFactory(), root / "ada").status_code == 200
    user = UserFactory()
    for answer in (add(admin, user, root / path), upload_to(admin, user, root / path)):
        assert answer.status_code == 400
    assert not user.scan_directories.exists()


def test_one_uploads_within_ones_own_directories(admin, root):
    user = UserFactory()
    add(admin, user, root / "ada")
    for path in ("ada", "ada/deep", "bob"):
        assert upload_to(admin, user, root / path).status_code == 200
    assert add(admin, user, root / "bob").status_code == 200


def test_a_directory_of_a_similar_name_is_another(admin, root):
    add(admin, UserFactory(), root / "ada")
    assert add(admin, UserFactory(), root / "adam").status_code == 200


def test_what_is_unchanged_is_not_refused(admin, root):
    """Folders that an operator has given to two accounts stay theirs."""
    path = os.fsencode(root / "ada")
    users = UserFactory.create_batch(2)
    for user in users:
        user.scan_directories.create(path=path)
    answer = admin.patch(
        f"/api/manage/user/{users[1].pk}/",
        {"scan_directory": str(root / "ada"), "first_name": "Ada"},
        format="json",
    )
    assert answer.status_code == 200


def test_a_directory_of_somebody_else_is_not_removed_by_the_way(admin, root):
    first, second = UserFactory.create_batch(2)
    directory = add(admin, first, root / "ada").json()["id"]
    assert admin.delete(f"{address(second)}{directory}/").status_code == 404
    assert first.scan_directories.exists()


def test_staff_says_nothing_of_superusers(client_of, root):
    staff, admin = client_of(UserFactory(staff=True)), UserFactory(admin=True)
    assert add(staff, admin, root / "ada").status_code == 403
    assert staff.get(address(admin)).status_code == 403
    scan = f"/api/manage/user/{admin.pk}/scan/"
    assert staff.post(scan, {}, format="json").status_code == 403


def test_a_library_is_scanned_for_its_account(admin, root):
    user = UserFactory()
    add(admin, user, root / "ada")
    scan = f"/api/manage/user/{user.pk}/scan/"
    answer = admin.post(scan, {"full": True}, format="json")
    job = Job.objects.get(job_id=answer.json()["job_id"])
    assert (job.started_by, job.kind) == (user, Job.Kind.SCAN_PHOTOS)


def test_nothing_is_scanned_for_who_has_no_folder(admin, root):
    user = UserFactory()
    answer = admin.post(f"/api/manage/user/{user.pk}/scan/", {}, format="json")
    assert answer.status_code == 400
    assert "folder" in answer.json()["errors"][0]["message"]


def test_nothing_is_scanned_for_who_is_inactive(admin, root):
    user = UserFactory(is_active=False)
    answer = admin.post(f"/api/manage/user/{user.pk}/scan/", {}, format="json")
    assert answer.status_code == 400
    assert "inactive" in answer.json()["errors"][0]["message"]
