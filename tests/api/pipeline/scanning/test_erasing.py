"""Erasing originals: nothing that was not asked for, all that was, whatever dies."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from librephotos import silent_disk as patience
from librephotos.api.models import File, Photo, ScanDirectory, SiteSettings
from librephotos.api.services import erasing
from librephotos.api.storage import erasing as disk
from tests.contract import shapes
from tests.factories import FileFactory, PhotoFactory, UserFactory
from tests.support.mounts import mounted_memory, silent_disk
from tests.support.scanning import Library, work_until_idle, write_jpeg

ERASE = "/api/photosedit/delete/"
COPY = "/api/photosedit/duplicate/delete/"


@pytest.fixture(autouse=True)
def allowed(transactional_db: None) -> None:
    """Have the server delete originals."""
    SiteSettings.current()
    SiteSettings.objects.update(delete_originals=True)


@pytest.fixture
def client(client_of: Callable[..., Any], photos: Library) -> Any:
    """A client that calls as the owner of the library."""
    return client_of(photos.owner)


def erase(client: Any, **body: Any) -> Any:
    return client.delete(ERASE, body, format="json")


def everything(client: Any, **more: Any) -> dict[str, Any]:
    answer = erase(client, select_all=True, query={}, **more)
    assert answer.status_code == 200
    return dict(answer.json())


def trash(*photos: Photo) -> None:
    Photo.objects.filter(pk__in=[photo.pk for photo in photos]).update(in_trashcan=True)


def family(library: Library) -> dict[str, Path]:
    """Put a capture of four files, two of them equal, and another photo on the disk."""
    root = library.root
    paths = {
        "jpeg": write_jpeg(root / "a" / "IMG_1.jpg", seed=1),
        "copy": write_jpeg(root / "b" / "copy.jpg", seed=1),
        "xmp": root / "a" / "IMG_1.xmp",
        "other": write_jpeg(root / "a" / "IMG_2.jpg", seed=2),
        "beside": write_jpeg(root / "b" / "IMG_3.jpg", seed=3),
    }
    paths["xmp"].write_text(
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf='
        '"http://www.w3.org/1999/02/22-rdf-syntax-ns#"></rdf:RDF></x:xmpmeta>'
    )
    library.scan()
    assert library.photo_of(paths["jpeg"]).files.count() == 3
    return paths


OF_PHOTO = ("jpeg", "copy", "xmp")


def test_all_files_of_a_photo_go_and_nothing_else(photos: Library, client: Any) -> None:
    paths = family(photos)
    photo = photos.photo_of(paths["jpeg"])
    trash(photo)
    other = photos.photo_of(paths["other"])
    told = erase(client, image_hashes=[photo.image_hash, other.image_hash, "x"]).json()
    assert shapes.violations(told, shapes.ERASED) == []
    assert told["deleted"] == told["results"] == [photo.image_hash]
    assert told["not_deleted"] == [other.image_hash]
    assert [row["reason"] for row in told["reasons"]] == ["not_in_trash"]
    assert (told["count"], told["failed_count"], told["unknown"]) == (1, 1, 1)
    assert {name for name, path in paths.items() if path.exists()} == {
        "other",
        "beside",
    }
    assert not Photo.objects.filter(pk=photo.pk).exists()
    assert not File.objects.filter(photo=None).exists()
    job = photos.scan()
    assert (job.message, Photo.objects.count(), File.objects.count()) == ("", 2, 2)


def test_the_trash_is_emptied_and_only_the_trash(photos: Library, client: Any) -> None:
    paths = family(photos)
    trash(photos.photo_of(paths["jpeg"]), photos.photo_of(paths["other"]))
    hidden = photos.photo_of(paths["other"])
    Photo.objects.filter(pk=hidden.pk).update(hidden=True)  # not in the view
    told = everything(client)
    assert shapes.violations(told, shapes.ERASED_QUERY) == []
    assert told == {
        **{"status": True, "count": 1, "failed_count": 0, "reasons": [], "next": None}
    }
    assert paths["other"].exists() and paths["beside"].exists()
    excluded = photos.photo_of(paths["beside"])
    trash(excluded)
    told = everything(client, excluded_hashes=[excluded.image_hash])
    assert told["count"] == 0 and paths["beside"].exists()


def test_nothing_is_erased_unless_the_server_allows_it(
    photos: Library, client: Any
) -> None:
    SiteSettings.objects.update(delete_originals=False)
    paths = family(photos)
    photo = photos.photo_of(paths["jpeg"])
    trash(photo)
    assert erase(client, image_hashes=[photo.image_hash]).status_code == 403
    answer = erase(client, select_all=True, query={})
    assert answer.status_code == 403
    assert "delete_originals" in answer.json()["errors"][0]["message"]
    body = {"image_hash": photo.image_hash, "path": str(paths["copy"])}
    assert client.delete(COPY, body, format="json").status_code == 403
    assert all(path.exists() for path in paths.values())


def test_nobody_erases_what_is_somebody_elses(
    photos: Library, client_of: Callable[..., Any]
) -> None:
    paths = family(photos)
    photo = photos.photo_of(paths["jpeg"])
    trash(photo)
    body = {"image_hash": photo.image_hash, "path": str(paths["copy"])}
    for other in (UserFactory(), UserFactory(admin=True)):
        stranger = client_of(other)
        told = erase(stranger, image_hashes=[photo.image_hash, str(photo.pk)]).json()
        assert (told["deleted"], told["not_deleted"], told["unknown"]) == ([], [], 2)
        query = {"public": True, "username": photos.owner.username}
        assert erase(stranger, select_all=True, query=query).json()["count"] == 0
        assert client_of(other).delete(COPY, body, format="json").status_code == 404
    assert all(path.exists() for path in paths.values())


class PowerCut(BaseException):
    """The machine loses power."""


@pytest.fixture
def power(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Have the power fail at the nth step that changes the disk or the database.

    A transaction that is open then is rolled back, as PostgreSQL does it.
    """
    steps = {"left": -1}

    def failing(of: Any, name: str) -> None:
        real = getattr(of, name)

        def step(*given: Any, **more: Any) -> Any:
            steps["left"] -= 1
            if steps["left"] == 0:
                raise PowerCut
            return real(*given, **more)

        monkeypatch.setattr(of, name, step)

    failing(disk, "_erase")
    failing(disk.os, "fsync")
    for name in ("_give_up_files", "_mark_missing", "_remove_rows", "lock_to_delete"):
        failing(erasing, name)
    for name in ("preview_names", "request_clean_up", "delete_previews"):
        failing(erasing, name)
    return lambda at: steps.update(left=at)


def _settle_with_everything(outcome: Any, look: Callable[[], Any]) -> None:
    """Take a power cut from the thread at the disk to the one that waits for it."""
    try:
        outcome.set_result(look())
    except BaseException as error:
        outcome.set_exception(error)


STEPS = 15


@pytest.mark.parametrize("step", range(1, STEPS + 2))
def test_a_power_cut_at_any_step_is_mended(
    photos: Library,
    client: Any,
    power: Callable[[int], None],
    monkeypatch: pytest.MonkeyPatch,
    step: int,
) -> None:
    monkeypatch.setattr(patience, "_settle", _settle_with_everything)
    paths = family(photos)
    asked = [photos.photo_of(paths["jpeg"]), photos.photo_of(paths["beside"])]
    trash(*asked)
    other = photos.photo_of(paths["other"])
    own = Photo.objects.filter(owner=photos.owner)
    power(step)
    try:
        list(erasing.erase_photos(own.filter(in_trashcan=True), owner=photos.owner.pk))
        finished = True
    except PowerCut:
        finished = False
    power(-1)
    assert paths["other"].exists()
    # Whoever scans finds every file that is left in the row that it had.
    photos.scan()
    assert {photo.pk for photo in own} <= {photo.pk for photo in (*asked, other)}
    for path in paths.values():
        if path.exists():
            file = File.objects.get(path=os.fsencode(path))
            assert file.missing_since is None and file.state == File.State.READY
            assert file.photo_id in {photo.pk for photo in (*asked, other)}
    for file in File.objects.filter(missing_since=None):
        assert os.path.exists(file.path)
    # And whoever asks again gets what was asked for.
    told = everything(client)
    assert told["failed_count"] == 0, told["reasons"]
    work_until_idle()
    assert {name for name, path in paths.items() if path.exists()} == {"other"}
    assert list(own.all()) == [other]
    assert File.objects.count() == 1
    assert finished == (step > STEPS)


def test_what_cannot_be_erased_is_named_and_stays_whole(
    photos: Library, client: Any, tmp_path: Path
) -> None:
    paths = family(photos)
    changed, replaced = photos.photo_of(paths["other"]), photos.photo_of(
        paths["beside"]
    )
    whole = photos.photo_of(paths["jpeg"])
    trash(changed, replaced, whole)
    paths["other"].write_bytes(b"something else by now")
    paths["beside"].unlink()
    paths["beside"].symlink_to(write_jpeg(tmp_path / "elsewhere.jpg", seed=9))
    told = everything(client)
    assert (told["count"], told["failed_count"]) == (1, 2)
    assert {row["image_hash"]: row["reason"] for row in told["reasons"]} == {
        changed.image_hash: "changed",
        replaced.image_hash: "changed",
    }
    assert paths["other"].exists() and (tmp_path / "elsewhere.jpg").exists()
    assert not File.objects.filter(missing_since__isnull=False).exists()


def test_a_file_outside_the_scan_directories_stays(
    photos: Library, client: Any
) -> None:
    paths = family(photos)
    trash(photos.photo_of(paths["other"]))
    ScanDirectory.objects.update(path=os.fsencode(photos.root / "b"))
    told = everything(client)
    assert [row["reason"] for row in told["reasons"]] == ["outside"]
    assert paths["other"].exists()


@pytest.fixture
def nas(photos: Library) -> Iterator[Path]:
    """A disk of its own in the library."""
    folder = photos.root / "nas"
    folder.mkdir()
    with mounted_memory(folder, size="4m"):
        yield folder


def test_a_read_only_disk_keeps_what_is_on_it(
    photos: Library, client: Any, nas: Path
) -> None:
    write_jpeg(nas / "far.jpg", seed=4)
    write_jpeg(photos.root / "near.jpg", seed=5)
    photos.scan()
    trash(*Photo.objects.all())
    subprocess.run(["mount", "-o", "remount,ro", nas], check=True)
    told = everything(client)
    subprocess.run(["mount", "-o", "remount,rw", nas], check=True)
    assert (told["count"], told["failed_count"]) == (1, 1)
    (kept,) = told["reasons"]
    assert kept["reason"] == "not_permitted"
    assert "read-only" in kept["message"]
    assert (nas / "far.jpg").exists()
    assert File.objects.get().missing_since is None


def test_a_disk_that_is_away_keeps_its_rows(photos: Library, client: Any) -> None:
    path = write_jpeg(photos.root / "nas" / "far.jpg", seed=4)
    write_jpeg(photos.root / "near.jpg", seed=5)
    photos.scan()
    photo = photos.photo_of(path)
    trash(photo)
    (photos.root / "nas").rename(photos.root.parent / "unplugged")
    assert everything(client)["reasons"][0]["reason"] == "folder_away"
    (photos.root / "nas").mkdir()
    assert everything(client)["reasons"][0]["reason"] == "folder_away"
    (photos.root / "nas").rmdir()
    (photos.root.parent / "unplugged").rename(photos.root / "nas")
    assert everything(client)["count"] == 1
    assert not path.exists()


def test_a_silent_disk_keeps_what_is_on_it(
    photos: Library, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "PATIENCE_S", 0.5)
    monkeypatch.setattr(patience, "_silent", {})
    path = write_jpeg(photos.root / "nas" / "far.jpg", seed=4)
    write_jpeg(photos.root / "near.jpg", seed=5)
    photos.scan()
    trash(*Photo.objects.all())
    with silent_disk(photos.root / "nas"):
        told = everything(client)
        assert (told["count"], told["failed_count"]) == (1, 1)
        assert told["reasons"][0]["reason"] == "disk_silent"
    monkeypatch.setattr(patience, "_silent", {})
    assert path.exists()
    assert everything(client)["count"] == 1


def test_what_is_missing_already_goes_with_its_row(
    photos: Library, client: Any
) -> None:
    paths = family(photos)
    photo = photos.photo_of(paths["other"])
    trash(photo)
    paths["other"].unlink()
    photos.scan()
    assert everything(client)["count"] == 1
    assert not Photo.objects.filter(pk=photo.pk).exists()


def test_a_long_erasing_is_done_in_parts(photos: Library, client: Any) -> None:
    for number in range(5):
        write_jpeg(photos.root / f"{number}.jpg", seed=number)
    photos.scan()
    trash(*Photo.objects.all())
    protected = Photo.objects.order_by("pk").first()
    assert protected and protected.main_file
    (photos.root / os.fsdecode(protected.main_file.path)).write_bytes(b"changed")
    told = everything(client, limit=2)
    counts, after = [(told["count"], told["failed_count"])], told["next"]
    while after:
        told = everything(client, limit=2, after=after)
        counts.append((told["count"], told["failed_count"]))
        after = told["next"]
    assert counts == [(1, 1), (2, 0), (1, 0)]
    assert list(Photo.objects.all()) == [protected]


@pytest.mark.parametrize("which", ["jpeg", "copy"])
def test_one_of_two_equal_files_can_be_erased(
    photos: Library, client: Any, which: str
) -> None:
    paths = family(photos)
    photo = photos.photo_of(paths["jpeg"])
    body = {"image_hash": photo.image_hash, "path": str(paths[which])}
    assert client.delete(COPY, body, format="json").status_code == 200
    kept = {name for name in OF_PHOTO if paths[name].exists()}
    assert kept == set(OF_PHOTO) - {which}
    photo.refresh_from_db()
    assert photo.main_file and os.path.exists(photo.main_file.path)
    assert photo.files.count() == 2
    # The last of them stays.
    body["path"] = str(paths["jpeg" if which == "copy" else "copy"])
    answer = client.delete(COPY, body, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "path"
    assert client.delete(COPY, {**body, "path": "/x"}, format="json").status_code == 400
    body["path"] = str(paths["xmp"])
    assert client.delete(COPY, body, format="json").status_code == 400
    photos.scan()
    assert Photo.objects.count() == 3


def test_a_copy_stays_while_the_other_one_is_away(photos: Library, client: Any) -> None:
    paths = family(photos)
    photo = photos.photo_of(paths["jpeg"])
    paths["jpeg"].rename(photos.root / "a" / "moved away.txt")
    body = {"image_hash": photo.image_hash, "path": str(paths["copy"])}
    assert client.delete(COPY, body, format="json").status_code == 400
    assert paths["copy"].exists()


def test_the_number_of_statements_does_not_grow_with_a_batch(
    client_of: Callable[..., Any], django_assert_max_num_queries: Any
) -> None:
    for count in (1, 20):
        me = UserFactory()
        for photo in PhotoFactory.create_batch(count, owner=me, in_trashcan=True):
            FileFactory(photo=photo, missing_since=photo.added_on)
        ScanDirectory.objects.create(user=me, path=b"/pictures")
        with django_assert_max_num_queries(60):
            assert everything(client_of(me))["count"] == count


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"image_hashes": "x"},
        {"select_all": True},
        {"select_all": True, "query": {}, "limit": 0},
        {"select_all": True, "query": {}, "after": "x"},
        {"select_all": True, "query": {"nothing": 1}},
    ],
    ids=str,
)
def test_a_body_that_makes_no_sense_erases_nothing(
    client_of: Callable[..., Any], body: dict[str, Any]
) -> None:
    photo = PhotoFactory(in_trashcan=True)
    answer = client_of(photo.owner).delete(ERASE, body, format="json")
    assert answer.status_code == 400
    assert Photo.objects.filter(pk=photo.pk).exists()
