"""Forms of uploads, taken apart while they come."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from librephotos.api.http.upload_form import Trouble, UploadForm
from librephotos.api.storage import uploads
from librephotos.api.storage.uploads import Spool
from librephotos.full_disk import DataFolderFull
from tests.support.uploads import Web2024, blob

MIB = 2**20
MORE_THAN_ANY_DISK_MIB = 2**40


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> Path:
    """A data folder of one's own."""
    settings.DATA = tmp_path
    settings.MIN_FREE_MIB = 0
    return tmp_path


def left() -> list[str]:
    """Return what lies in the data folder of uploads."""
    return sorted(os.listdir(uploads.part_path(uuid4()).parent))


def test_room_that_is_used_up_while_a_file_comes(settings: Any) -> None:
    """There was room for all of it when it began, but others were sent beside it."""
    client = Web2024(1, "")
    body = client.form(blob(b"\1" * 4 * MIB))
    form = UploadForm(client.headers()["Content-Type"])
    form.take(body[:MIB])
    assert form.trouble is None
    settings.MIN_FREE_MIB = MORE_THAN_ANY_DISK_MIB
    form.take(body[MIB : 3 * MIB])
    form.take(body[3 * MIB :])
    form.end()
    assert form.trouble is Trouble.FULL
    assert form.file is None
    assert left() == []


def test_room_that_is_used_up_while_a_chunk_is_added(settings: Any) -> None:
    chunk = Spool()
    chunk.write(b"\1" * 2 * MIB)
    chunk.finish()
    upload = uuid4()
    uploads.append(upload, chunk, at=0)
    assert uploads.part_size(upload) == 2 * MIB
    settings.MIN_FREE_MIB = MORE_THAN_ANY_DISK_MIB
    with pytest.raises(DataFolderFull):
        uploads.append(upload, chunk, at=2 * MIB)
    assert uploads.part_size(upload) == 2 * MIB
