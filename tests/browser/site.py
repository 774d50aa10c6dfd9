"""A running server with a library, and more users when a test needs them."""

from __future__ import annotations

import shutil
import urllib.request
from pathlib import Path
from typing import Any, NamedTuple

from tests.support.models.tiny_clip import COMBINATIONS, render
from tests.support.pictures.images import (
    animated,
    encoded,
    google_motion_photo,
    photograph,
)
from tests.support.pictures.showcase import OUTINGS, write_showcase
from tests.support.pictures.videos import video
from tests.support.server import (
    PASSWORD,
    PATIENCE_S,
    RunningServer,
    librephotos,
    wait_for,
)

OTHER_FILES = ("animation.gif", "clip.mp4", "cutout.png", "motion.jpg")
BROKEN_FILE = "broken.jpg"
BROKEN = b"\xff\xd8\xff no picture"


class HubModel(NamedTuple):
    """A model by its name in our list and by its repository."""

    name: str
    repository: str


SHAPES = COMBINATIONS[:15]
"""All shapes, in red, green and blue."""
CLIP = HubModel("clip-vit-base-patch32", "openai/clip-vit-base-patch32")
PEOPLE = ("John_Salley", "John_Savage", "John_Schneider")
PICTURES_EACH = 4
LOOKS = 15  # in about a second


def write_library(folder: Path) -> Path:
    """Write the showcase, a file of each other kind and a broken one."""
    write_showcase(folder, pixels=60_000)
    clip = video(seconds=4)
    cutout = photograph().convert("RGBA")
    cutout.putalpha(128)
    (folder / "clip.mp4").write_bytes(clip)
    (folder / "motion.jpg").write_bytes(google_motion_photo(clip))
    (folder / "animation.gif").write_bytes(animated())
    (folder / "cutout.png").write_bytes(encoded(cutout, "PNG"))
    (folder / BROKEN_FILE).write_bytes(BROKEN)
    return folder


def pictures_written() -> int:
    """How many photos the library of `write_library` has."""
    return sum(len(outing.pictures) for outing in OUTINGS) + len(OTHER_FILES)


def write_shapes(folder: Path) -> Path:
    """Write a picture of each shape in some colours; the names tell neither."""
    folder.mkdir()
    for number, (colour, shape) in enumerate(SHAPES):
        render(shape, colour, number).save(folder / f"{number}.jpg", quality=95)
    return folder


def write_portraits(corpus: Path, folder: Path) -> Path:
    """Copy a few pictures of each of the people whom the sample files show."""
    folder.mkdir()
    for person in PEOPLE:
        for source in sorted((corpus / "faces" / person).iterdir())[:PICTURES_EACH]:
            shutil.copy(source, folder / f"{person}-{source.name}")
    return folder


class Site:
    """The address of a running server, and ways to prepare it for a test."""

    def __init__(self, server: RunningServer) -> None:
        self.server = server
        self.address = f"http://127.0.0.1:{server.port}"

    def add_user(self, name: str, pictures: Path | None = None) -> None:
        """Make an account; with a folder of pictures, scan that to the end."""
        folder = ("--scan", str(pictures)) if pictures else ()
        made = librephotos(
            *("createuser", name, *folder), data=self.server.data, given=f"{PASSWORD}\n"
        )
        assert made.returncode == 0, made.stderr
        if pictures:
            self.server.post("/api/scanphotos/", {}, self.server.sign_in(name))
            self.wait_for_scan(name)

    def wait_for_scan(self, name: str) -> None:
        """Wait until the user's scan is finished, and what was learnt after it."""
        token = self.server.sign_in(name)
        quiet = 0

        def is_quiet() -> bool:
            # A moment passes between a job and the one that follows it.
            nonlocal quiet
            quiet = quiet + 1 if self._is_idle(token) else 0
            return quiet >= LOOKS

        wait_for(is_quiet, f"the end of the scan for {name}")

    def _is_idle(self, token: str) -> bool:
        jobs = self.server.get("/api/jobs/?page=1&page_size=10", token)["results"]
        return bool(jobs) and all(job["finished"] for job in jobs)

    def delete(self, path: str, name: str = "admin") -> None:
        """Have a user delete something that is there."""
        request = urllib.request.Request(self.address + path, method="DELETE")
        token = self.server.sign_in(name)
        request.add_header("Authorization", f"Bearer {token}")
        with urllib.request.urlopen(request, timeout=PATIENCE_S):
            pass

    def model_state(self, model: str) -> str:
        """Return how much of a model the server has."""
        models = self.server.get("/api/models/", self.server.sign_in())["results"]
        return str(next(row["state"] for row in models if row["name"] == model))

    def faces_as_found(self, name: str) -> None:
        """Take back all that a user has said of people."""
        token = self.server.sign_in(name)
        edits: list[dict[str, Any]] = self.server.get(
            "/api/people/edits/?page_size=1000", token
        )["results"]
        for edit in edits:
            if edit["undone_at"] is None:
                self.server.post(f"/api/people/edits/{edit['id']}/undo/", {}, token)
