"""The directory picker."""

from __future__ import annotations

import os
from contextlib import ExitStack

import pytest

from librephotos.api.models.fields import text_to_path
from librephotos.api.services.waiting import PLACES, Caller
from librephotos.api.storage import directories
from tests.factories import UserFactory
from tests.support.mounts import silent_disk

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(tmp_path, settings):
    """A scan root with folders in it, and a folder beside it."""
    for name in ("root/b/c/d", "root/A", "root/.hidden", "outside/secret"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "root" / "photo.jpg").touch()
    (tmp_path / "root" / "link").symlink_to(tmp_path / "outside")
    settings.SCAN_ROOTS = [tmp_path / "root"]
    return tmp_path / "root"


@pytest.fixture
def tree(client_of):
    """Ask for a tree as an administrator does."""
    client = client_of(UserFactory(staff=True))
    return lambda path="": client.get("/api/dirtree/", {"path": path} if path else {})


def node(path, *children):
    title = path.name
    return {"title": title, "absolute_path": str(path), "children": list(children)}


def test_two_levels_below_the_first_root(tree, root):
    expected = node(root, node(root / "A"), node(root / "b", node(root / "b" / "c")))
    assert tree().json() == [expected]


def test_a_directory_in_the_root(tree, root):
    below = node(root / "b" / "c", node(root / "b" / "c" / "d"))
    assert tree(str(root / "b")).json() == [node(root / "b", below)]


def test_names_that_are_no_utf8_can_be_chosen(tree, root):
    os.mkdir(os.fsencode(root / "b" / "c") + b"/gr\xfc\xdfe")
    [found] = tree(str(root / "b" / "c")).json()
    odd = next(child for child in found["children"] if child["title"] != "d")
    assert text_to_path(odd["absolute_path"]).endswith(b"/gr\xfc\xdfe")
    assert tree(odd["absolute_path"]).json() == [odd]


@pytest.mark.parametrize(
    "path",
    ["/", "/etc", "{}/..", "{}/link", "{}/missing", "{}x", "b", "{}/photo.jpg", "{}\0"],
)
def test_nothing_outside_is_shown(tree, root, path):
    answer = tree(path.format(root))
    assert answer.status_code == 404
    [error] = answer.json()["errors"]
    assert error["field"] == "detail"
    assert error["message"].startswith("There is no directory")


def test_a_disk_that_does_not_answer_is_shown_and_not_chosen(tree, root, monkeypatch):
    monkeypatch.setattr(directories, "BRIEF_S", 1.0)
    with silent_disk(root / "A"):
        [found] = tree().json()
        assert [child["title"] for child in found["children"]] == ["A", "b"]
        answer = tree(str(root / "A"))
    assert answer.status_code == 404
    assert "does not answer" in answer.json()["errors"][0]["message"]


def test_a_root_that_does_not_answer_hides_no_other(tree, root, settings, monkeypatch):
    monkeypatch.setattr(directories, "BRIEF_S", 1.0)
    settings.SCAN_ROOTS = [root / "A", root]
    with silent_disk(root / "A"):
        assert tree().status_code == 404
        assert tree(str(root / "b")).status_code == 200


def test_who_has_no_place_to_wait_in_does_not_wait(client_of, root, monkeypatch):
    monkeypatch.setattr(directories, "BRIEF_S", 3600.0)
    administrator = UserFactory(staff=True)
    with ExitStack() as others, silent_disk(root / "A"):
        while others.enter_context(PLACES.take(Caller.account(administrator.pk))):
            pass
        [found] = client_of(administrator).get("/api/dirtree/").json()
    assert [child["title"] for child in found["children"]] == ["A", "b"]


def test_without_a_root_the_mend_is_named(tree, settings):
    settings.SCAN_ROOTS = []
    answer = tree()
    assert answer.status_code == 404
    assert "LIBREPHOTOS_SCAN_ROOTS" in answer.json()["errors"][0]["message"]


def test_administrators_only(client_of, root):
    assert client_of().get("/api/dirtree/").status_code == 401
    assert client_of(UserFactory()).get("/api/dirtree/").status_code == 403
