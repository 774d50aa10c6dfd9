"""A running server with a library, and more users when a test needs them."""

from __future__ import annotations

from pathlib import Path

from tests.support.images import (
    animated,
    encoded,
    google_motion_photo,
    photograph,
)
from tests.support.server import PASSWORD, RunningServer, librephotos, wait_for
from tests.support.showcase import OUTINGS, write_showcase
from tests.support.videos import video

OTHER_FILES = ("animation.gif", "clip.mp4", "cutout.png", "motion.jpg")
BROKEN_FILE = "broken.jpg"
BROKEN = b"\xff\xd8\xff no picture"


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
        """Wait until the user's last job is finished."""
        token = self.server.sign_in(name)
        wait_for(lambda: self._is_idle(token), f"the end of the scan for {name}")

    def _is_idle(self, token: str) -> bool:
        jobs = self.server.get("/api/jobs/?page=1&page_size=10", token)["results"]
        return bool(jobs) and all(job["finished"] for job in jobs)
