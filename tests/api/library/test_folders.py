from __future__ import annotations

import pytest

from librephotos.api.models import ScanDirectory
from tests.factories import FileFactory, PhotoFactory, UserFactory

pytestmark = pytest.mark.django_db

PATH = "/api/folders/subfolders/"


@pytest.fixture
def me():
    me = UserFactory()
    ScanDirectory.objects.create(user=me, path=b"/pictures")
    paths = [
        *(b"/pictures/loose.jpg", b"/pictures/2021/a.jpg", b"/pictures/2021/07/b.jpg"),
        *(b"/pictures/2020/c.jpg", b"/pictures/caf\xe9/d.jpg", b"/pictures2/e.jpg"),
    ]
    for path in paths:
        FileFactory(photo=PhotoFactory(owner=me), path=path)
    FileFactory(photo=PhotoFactory(owner=me, hidden=True), path=b"/pictures/x/f.jpg")
    FileFactory(path=b"/pictures/theirs/g.jpg")
    return me


def names(answer):
    return [(row["name"], row["photo_count"]) for row in answer["subfolders"]]


def test_a_folder_lists_those_below_it_with_all_their_photos(client_of, me):
    client = client_of(me)
    top = client.get(PATH).json()
    assert (top["current_path"], top["parent_path"]) == ("/pictures", None)
    assert names(top) == [("2020", 1), ("2021", 2), ("caf\ufffd", 1)]
    assert top["pagination"] == {
        "page": 1,
        "page_size": 100,
        "total_folders": 3,
        "total_pages": 1,
        "has_next": False,
        "has_previous": False,
    }
    below = client.get(PATH, {"path": top["subfolders"][1]["path"]}).json()
    assert below["parent_path"] == "/pictures"
    assert names(below) == [("07", 1)]


def test_a_folder_whose_name_is_not_utf8_can_be_opened_and_filtered_by(client_of, me):
    client = client_of(me)
    path = client.get(PATH).json()["subfolders"][2]["path"]
    assert client.get(PATH, {"path": path}).status_code == 200
    days = client.get("/api/albums/date/list/", {"folder": path}).json()["results"]
    assert [day["numberOfItems"] for day in days] == [1]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 403),
        ("/etc", 403),
        ("/pictures2", 403),
        ("/pictures/../etc", 403),
        ("pictures", 400),
        ("/pictures/\x00", 400),
        ("/pictures/nowhere", 200),
    ],
)
def test_nobody_looks_outside_their_directories(client_of, me, path, status):
    assert client_of(me).get(PATH, {"path": path}).status_code == status


def test_an_administrator_moves_within_the_scan_roots(client_of, settings):
    settings.SCAN_ROOTS = ["/archive"]
    admin = UserFactory(staff=True)
    FileFactory(photo=PhotoFactory(owner=admin), path=b"/archive/a/b.jpg")
    assert names(client_of(admin).get(PATH).json()) == [("a", 1)]
    assert client_of(admin).get(PATH, {"path": "/etc"}).status_code == 403


def test_folders_of_somebody_without_any(client_of):
    answer = client_of(UserFactory()).get(PATH)
    assert answer.status_code == 200
    assert answer.json()["subfolders"] == []
    assert client_of().get(PATH).status_code == 401


@pytest.mark.parametrize("count", [1, 20])
def test_the_number_of_queries_does_not_grow(
    client_of, django_assert_num_queries, count
):
    me = UserFactory()
    ScanDirectory.objects.create(user=me, path=b"/pictures")
    for number in range(count):
        FileFactory(photo=PhotoFactory(owner=me), path=b"/pictures/%d/a.jpg" % number)
    client = client_of(me)
    with django_assert_num_queries(3):
        client.get(PATH)
