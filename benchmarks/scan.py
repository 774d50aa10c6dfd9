"""Photos a second from scan to visible and to previews, beside what nobody can spare.

A photo is visible once it is known: the floor of that is to read each file, its MD5 and
what exiv2 finds in it, in as many processes as there are cores. The floor of previews
is one shrinking decode a photo and three JPEGs by libvips. Ours does all of both, finds
place and date, computes colours and placeholders and stores rows, in workers that were
idle before, with a PostgreSQL of its own. All read the same files from the page cache
and take turns.

Run: script/bench scan [--count 300] [--megapixels 12] [--workers N] [--rounds 3]
"""

from __future__ import annotations

import os

os.environ["VIPS_CONCURRENCY"] = "1"  # libvips reads it when it is loaded

import argparse  # noqa: E402
import hashlib  # noqa: E402
import multiprocessing  # noqa: E402
import shutil  # noqa: E402
import statistics  # noqa: E402
import time  # noqa: E402
from collections.abc import Sequence  # noqa: E402
from dataclasses import dataclass  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import exiv2  # noqa: E402
import pyvips  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from benchmarks._pictures import warm, write_pictures  # noqa: E402
from benchmarks._temporary_server import (  # noqa: E402
    postgres_pid,
    running_workers,
    temporary_server,
)
from benchmarks._usage import Usage  # noqa: E402
from librephotos.cores import usable_cores  # noqa: E402

READ, KNOWN = "read, MD5 and exiv2 alone", "scan to visible"
SHRUNK, SEEN = "libvips alone", "scan to all previews"
AIMS = {KNOWN: (READ, 0.6), SEEN: (SHRUNK, 0.85)}
AIM_FIRST_SCREEN_S = 3.0
FIRST_SCREEN = 100
HEIGHTS = (1080, 500, 250)
QUALITY = 82
_ANY_WIDTH = 10_000_000  # libvips' largest: the height alone decides
_POLL_S = 0.25
console = Console(width=120)


@dataclass(frozen=True)
class Round:
    """One measured run over all photos.

    first_screen_s is the time until the newest FIRST_SCREEN were visible.
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    first_screen_s: float | None = None


def shrink(job: tuple[str, str]) -> None:
    """Write the three previews of a picture: the work of the floor."""
    source, target = job
    big = pyvips.Image.thumbnail(source, _ANY_WIDTH, height=HEIGHTS[0]).copy_memory()
    for height in HEIGHTS:
        image = big
        if height != HEIGHTS[0]:
            image = big.thumbnail_image(_ANY_WIDTH, height=height)
        image.jpegsave(f"{target}-{height}.jpg", Q=QUALITY, keep="none")


def read(source: str) -> int:
    """Read a picture once, and what it says: the work of the other floor."""
    data = Path(source).read_bytes()
    hashlib.md5(data, usedforsecurity=False).hexdigest()
    image = exiv2.ImageFactory.open(data)
    image.readMetadata()
    return int(image.exifData().count())


def read_round(pool: Any, pids: Sequence[int], paths: Sequence[Path]) -> Round:
    """Let the processes of the pool read all pictures."""
    with Usage(pids) as usage:
        for _ in pool.imap_unordered(read, map(str, paths)):
            pass
    return Round(usage.seconds, usage.cpu_seconds, usage.peak_bytes)


def floor_round(pool: Any, pids: Sequence[int], paths: Sequence[Path]) -> Round:
    """Let the processes of the pool shrink all pictures."""
    folder = paths[0].parents[1].with_name("floor")
    folder.mkdir()
    jobs = [(str(path), str(folder / path.stem)) for path in paths]
    with Usage(pids) as usage:
        for _ in pool.imap_unordered(shrink, jobs):
            pass
    shutil.rmtree(folder)
    return Round(usage.seconds, usage.cpu_seconds, usage.peak_bytes)


def scan_rounds(
    number: int, folder: Path, pids: Sequence[int], *, count: int
) -> dict[str, Round]:
    """Let a new user's library be scanned; their photos are nobody's copies."""
    from librephotos.api.models import Photo, ScanDirectory, User
    from librephotos.api.pipeline.work import jobs

    user = User.objects.create_user(f"bench{number}")
    ScanDirectory.objects.create(user=user, path=os.fsencode(folder))
    visible = Photo.objects.owned_by(user).visible()
    with Usage(pids) as whole:
        with Usage(pids) as first:
            start = time.perf_counter()
            job = jobs.start_scan(user=user)
            screen_s = None
            while (shown := visible.count()) < count and not job.finished:
                if screen_s is None and shown >= min(FIRST_SCREEN, count):
                    screen_s = time.perf_counter() - start
                time.sleep(_POLL_S)
                job.refresh_from_db()
            screen_s = screen_s or time.perf_counter() - start
        while not job.finished:
            time.sleep(_POLL_S)
            job.refresh_from_db()
    seen = visible.exclude(preview_format="").count()
    if seen != count or job.failed:
        raise SystemExit(f"{seen} of {count} photos have previews: {job.message}")
    return {
        KNOWN: Round(first.seconds, first.cpu_seconds, first.peak_bytes, screen_s),
        SEEN: Round(whole.seconds, whole.cpu_seconds, whole.peak_bytes),
    }


def measure(paths: Sequence[Path], *, workers: int, rounds: int) -> dict[str, Any]:
    """Return the rounds of the floors and of ours, measured in turns."""
    found: dict[str, list[Round]] = {READ: [], KNOWN: [], SHRUNK: [], SEEN: []}
    folder = paths[0].parents[1]
    context = multiprocessing.get_context("spawn")
    with context.Pool(usable_cores()) as pool, running_workers(workers) as pids:
        pool.map(abs, range(64))  # the processes are up before the clock runs
        floor_pids = [process.pid for process in multiprocessing.active_children()]
        ours_pids = [*pids, postgres_pid()]
        for number in range(rounds):
            turns = [
                lambda: {READ: read_round(pool, floor_pids, paths)},
                lambda: {SHRUNK: floor_round(pool, floor_pids, paths)},
                lambda: scan_rounds(number, folder, ours_pids, count=len(paths)),
            ]
            for run in turns if number % 2 == 0 else reversed(turns):
                for name, one in run().items():
                    found[name].append(one)
                    console.print(f"  {name}: {one.seconds:.1f} s")
    return found


def report(found: dict[str, list[Round]], *, count: int) -> Table:
    """Return the table of medians; the ratio is of photos a second."""
    columns = ("", "photos/s", "of its floor", "aim", "CPU s", "of its floor")
    table = Table(*columns, "peak MiB", "first screen s")
    speeds = {
        name: count / statistics.median(r.seconds for r in rounds)
        for name, rounds in found.items()
    }
    cpu = {
        name: statistics.median(r.cpu_seconds for r in rounds)
        for name, rounds in found.items()
    }
    for name, rounds in found.items():
        floor, aim = AIMS.get(name, (name, 1.0))
        screens = [r.first_screen_s for r in rounds if r.first_screen_s is not None]
        table.add_row(
            name,
            f"{speeds[name]:.1f}",
            f"{speeds[name] / speeds[floor]:.2f}",
            (
                ""
                if floor == name
                else f"{aim}{_missed(speeds[name] / speeds[floor], aim)}"
            ),
            f"{cpu[name]:.1f}",
            f"{cpu[floor] / cpu[name]:.2f}",
            f"{max(r.peak_bytes for r in rounds) / 2**20:.0f}",
            f"{statistics.median(screens):.1f}" if screens else "",
        )
    return table


def _missed(ratio: float, aim: float) -> str:
    return "" if ratio >= aim else " (missed)"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=300, help="photos")
    parser.add_argument("--megapixels", type=float, default=12, help="of each")
    parser.add_argument("--rounds", type=int, default=3, help="of each")
    parser.add_argument("--workers", type=int, default=usable_cores())
    chosen = parser.parse_args()
    with temporary_server() as folder:
        console.print(f"Writing {chosen.count} JPEGs of {chosen.megapixels:g} MP …")
        paths = write_pictures(
            folder / "pictures", count=chosen.count, megapixels=chosen.megapixels
        )
        size = warm(paths) / len(paths) / 1e6
        console.print(f"{size:.1f} MB each, {chosen.workers} workers")
        found = measure(paths, workers=chosen.workers, rounds=chosen.rounds)
    console.print(report(found, count=chosen.count))
    console.print(
        "CPU and memory include PostgreSQL. The first screen are "
        f"{FIRST_SCREEN} photos; aim: {AIM_FIRST_SCREEN_S:g} s."
    )


if __name__ == "__main__":
    main()
