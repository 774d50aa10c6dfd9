"""Why an original is not served, told to who runs the server."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from librephotos.api.models import Photo
from librephotos.api.storage import diagnostics
from librephotos.api.storage.diagnostics import Blocking, Cause, Mount, Remedy
from tests.contract import shapes
from tests.factories import FileFactory, PhotoFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client_of: Callable[..., APIClient]) -> APIClient:
    return client_of(UserFactory(staff=True))


def told(staff: APIClient, photo: Photo) -> Any:
    answer = staff.get(f"/api/media/diagnostics/{photo.image_hash}/")
    assert answer.status_code == 200
    assert staff.get(f"/api/media/diagnostics/{photo.pk}").json() == answer.json()
    assert shapes.violations(answer.json(), shapes.MEDIA_DIAGNOSIS) == []
    return answer.json()


def test_a_file_that_is_there_and_one_that_is_not(
    staff: APIClient, tmp_path: Path
) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"picture")
    photo = FileFactory(path=os.fsencode(path)).photo
    found = told(staff, photo)
    assert (found["exists"], found["readable_by_webserver"]) == (True, True)
    assert (found["cause"], found["remedies"]) == ("unknown", [])
    assert found["path"] == str(path)
    assert found["mount"]["point"]
    path.unlink()
    gone = told(staff, photo)
    assert (gone["exists"], gone["cause"]) == (False, "missing")
    assert gone["blocking"] is None


def test_a_photo_without_a_file_and_an_unknown_one(staff: APIClient) -> None:
    found = told(staff, PhotoFactory())
    assert (found["path"], found["cause"]) == (None, "missing")
    assert staff.get("/api/media/diagnostics/unknown/").status_code == 404


@pytest.mark.parametrize("what, bits", [("file", 0o000), ("directory", 0o600)])
def test_the_step_that_refuses_is_named(
    staff: APIClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
    bits: int,
) -> None:
    folder = tmp_path / "closed"
    folder.mkdir()
    path = folder / "a.jpg"
    path.write_bytes(b"picture")
    photo = FileFactory(path=os.fsencode(path)).photo
    refused = path if what == "file" else folder
    refused.chmod(bits)
    if os.geteuid() == 0:  # whom no mode keeps out

        def access(step: bytes, wanted: int, **_: Any) -> bool:
            return os.fsdecode(step) != str(refused)

        monkeypatch.setattr(diagnostics.os, "access", access)
    try:
        found = told(staff, photo)
    finally:
        refused.chmod(0o700)
    assert found["cause"] == "mode_bits"
    assert found["remedies"] == ["chmod"]
    assert found["blocking"]["path"] == str(refused)
    assert found["blocking"]["kind"] == what
    assert found["blocking"]["mode"] == f"{bits:04o}"


DISK = Mount(b"/mnt/disk", "ext4", ("rw",))
STEP = Blocking(b"/mnt/disk/a", True, 0o700, 7, 7)


@pytest.mark.parametrize(
    "cause, step, mount, remedies",
    [
        (Cause.MODE_BITS, STEP, DISK, [Remedy.CHMOD]),
        (
            Cause.MODE_BITS,
            STEP,
            Mount(b"/mnt/disk", "exfat", ("rw",)),
            [Remedy.MOUNT_OPTIONS],
        ),
        (
            Cause.MODE_BITS,
            STEP,
            Mount(b"/mnt/disk", "ext4", ("ro",)),
            [Remedy.READ_ONLY],
        ),
        (
            Cause.MODE_BITS,
            Blocking(b"/mnt", True, 0o700, 7, 7),
            DISK,
            [Remedy.MOUNT_DEEPER, Remedy.CHMOD],
        ),
        (Cause.NOT_MODE_BITS, STEP, DISK, [Remedy.LABELS]),
        (
            Cause.NOT_MODE_BITS,
            STEP,
            Mount(b"/mnt/disk", "nfs4", ("rw",)),
            [Remedy.NETWORK_FS],
        ),
    ],
)
def test_what_may_help(
    cause: Cause, step: Blocking, mount: Mount, remedies: list[Remedy]
) -> None:
    assert list(diagnostics._remedies(cause, step, mount)) == remedies


def test_a_file_that_the_server_may_not_read_is_told_from_one_that_is_gone(
    client_of: Callable[..., APIClient],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"picture")
    photo = FileFactory(path=os.fsencode(path)).photo
    photo.owner.scan_directories.create(path=os.fsencode(tmp_path))
    opened = os.open

    def refusing(name: Any, *rest: Any, **more: Any) -> int:  # root is never refused
        if os.fsdecode(name).endswith("a.jpg"):
            raise PermissionError(13, "Permission denied")
        return opened(name, *rest, **more)

    client = client_of(photo.owner)
    monkeypatch.setattr(os, "open", refusing)
    refused = client.get(f"/media/photos/{photo.image_hash}")
    monkeypatch.undo()
    assert refused.status_code == 403
    assert "X-Media-Error" not in refused
    path.unlink()
    assert client.get(f"/media/photos/{photo.image_hash}").status_code == 404
