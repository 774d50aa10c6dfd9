"""A worker is killed while somebody waits for a preview: they get an answer."""

from __future__ import annotations

import urllib.error
import urllib.request
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image

from tests.support.pictures.images import encoded
from tests.support.server import PATIENCE_S, RunningServer, wait_for

pytestmark = [pytest.mark.server, pytest.mark.usefixtures("with_tables")]

PHOTOS = 40


def write_large(folder: Path) -> Path:
    """Write pictures that take a worker some time."""
    folder.mkdir()
    noise = Image.effect_noise((1000, 750), 60).convert("RGB").resize((4000, 3000))
    whole = encoded(noise, quality=60)
    for number in range(PHOTOS):
        mark = b"\xff\xfe" + (6).to_bytes(2, "big") + b"%04d" % number
        (folder / f"{number:02}.jpg").write_bytes(whole[:2] + mark + whole[2:])
    return folder


def test_a_worker_that_is_killed_leaves_nobody_waiting(
    data: Path, tmp_path: Path
) -> None:
    pictures = write_large(tmp_path / "pictures")
    with RunningServer(data, pictures, faces=False) as server:
        token = server.sign_in()

        def names() -> list[str]:
            packed = b64decode(server.get("/api/timeline/photos/", token)["ids"])
            starts = range(0, len(packed), 16)
            return [str(UUID(bytes=packed[at : at + 16])) for at in starts]

        def status_of(name: str) -> int:
            request = urllib.request.Request(
                f"http://127.0.0.1:{server.port}/media/thumbnails_big/{name}",
                headers={"Authorization": f"Bearer {token}"},
            )
            try:
                with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                    answer.read()
                    return int(answer.status)
            except urllib.error.HTTPError as error:
                assert int(error.headers["Retry-After"]) > 0
                return error.code

        wait_for(lambda: len(names()) == PHOTOS, "photos without previews")
        with ThreadPoolExecutor(6) as six:
            answers = [six.submit(status_of, name) for name in reversed(names())]
            wait_for(lambda: any(each.done() for each in answers), "the first of them")
            for worker in server.children("worker"):
                worker.kill()
            assert {each.result() for each in answers} <= {200, 503}
        for name in names():
            wait_for(lambda name=name: status_of(name) == 200, "each preview")
