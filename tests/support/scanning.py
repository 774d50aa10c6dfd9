"""Libraries of files, and scans of them as a worker does them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from django.utils.timezone import now
from PIL import Image
from procrastinate.contrib.django.models import ProcrastinateJob

from librephotos.api.models import Job, Photo, ScanDirectory, User
from librephotos.api.pipeline.work import jobs
from librephotos.api.pipeline.work.queue import Task
from librephotos.api.pipeline.worker import loop


def write_jpeg(
    path: Path,
    *,
    seed: int = 0,
    size: tuple[int, int] = (96, 64),
    taken_at: datetime | None = None,
    camera: str = "",
    description: str = "",
) -> Path:
    """Write a small JPEG of noise; equal seeds and facts give equal bytes."""
    pixels = np.random.default_rng(seed).integers(0, 256, (*size[::-1], 3), np.uint8)
    exif = Image.Exif()
    if taken_at:
        exif.get_ifd(0x8769)[0x9003] = f"{taken_at:%Y:%m:%d %H:%M:%S}"
    if camera:
        exif[0x0110] = camera
    if description:
        exif[0x010E] = description
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, "JPEG", exif=exif)
    return path


@dataclass
class Library:
    """A user with a scan directory."""

    owner: User
    root: Path

    def scan(self, *, full: bool = False) -> Job:
        """Scan to the end, as workers do, and return the finished job."""
        job = jobs.start_scan(user=self.owner, full=full)
        work_until_idle()
        job.refresh_from_db()
        assert job.finished, [str(stage) for stage in job.stages.all()]
        return job

    def photo_of(self, path: Path) -> Photo:
        """Return the photo that the file at this path belongs to."""
        return Photo.objects.get(owner=self.owner, files__path=os.fsencode(path))

    def failures(self, job: Job) -> dict[str, str]:
        """Return the reason of each failed file by its name."""
        return {
            os.path.basename(os.fsdecode(failure.path)): failure.message
            for failure in job.failures.all()
        }


def work_until_idle() -> None:
    """Have a worker in this process do all that is queued, but for much later."""
    queued = ProcrastinateJob.objects.filter(status="todo")
    later = {"task_name": Task.FOLLOW_UPLOADS.in_queue, "scheduled_at__gt": now()}
    while queued.exclude(**later).exists():
        loop.run(wait=False)


def library(owner: User, root: Path) -> Library:
    """Make a folder the scan directory of a user."""
    root.mkdir(parents=True, exist_ok=True)
    ScanDirectory.objects.create(user=owner, path=os.fsencode(root))
    return Library(owner, root)
