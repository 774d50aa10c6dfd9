"""Photos a second from scan to visible, beside libvips alone.

The floor is what nobody can do without: one shrinking decode a photo and three JPEGs,
in as many processes as there are cores. Ours also hashes, reads metadata, finds place
and date, computes colours and placeholders and stores rows, in workers that were idle
before, with a PostgreSQL of its own. Both read the same files from the page cache and
take turns.

Run: script/bench scan [--count 300] [--megapixels 12] [--workers N] [--rounds 3]
"""

from __future__ import annotations

import os

os.environ["VIPS_CONCURRENCY"] = "1"  # libvips reads it when it is loaded

import argparse  # noqa: E402
import multiprocessing  # noqa: E402
import shutil  # noqa: E402
import statistics  # noqa: E402
import time  # noqa: E402
from collections.abc import Sequence  # noqa: E402
from dataclasses import dataclass  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

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

AIM = 0.85
HEIGHTS = (1080, 500, 250)
QUALITY = 82
_ANY_WIDTH = 10_000_000  # libvips' largest: the height alone decides
_POLL_S = 0.25
console = Console()


@dataclass(frozen=True)
class Round:
    """One measured run over all photos; `first_s` until the first was visible."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    first_s: float | None = None


def shrink(job: tuple[str, str]) -> None:
    """Write the three previews of a picture: the work of the floor."""
    source, target = job
    big = pyvips.Image.thumbnail(source, _ANY_WIDTH, height=HEIGHTS[0]).copy_memory()
    for height in HEIGHTS:
        image = big
        if height != HEIGHTS[0]:
            image = big.thumbnail_image(_ANY_WIDTH, height=height)
        image.jpegsave(f"{target}-{height}.jpg", Q=QUALITY, keep="none")


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


def scan_round(number: int, folder: Path, pids: Sequence[int], *, count: int) -> Round:
    """Let a new user's library be scanned; their photos are nobody's copies."""
    from librephotos.api.models import Photo, ScanDirectory, User
    from librephotos.api.pipeline.work import jobs

    user = User.objects.create_user(f"bench{number}")
    ScanDirectory.objects.create(user=user, path=os.fsencode(folder))
    visible = Photo.objects.owned_by(user).visible()
    first_s = None
    with Usage(pids) as usage:
        start = time.perf_counter()
        job = jobs.start_scan(user=user)
        while not job.finished:
            time.sleep(_POLL_S)
            if first_s is None and visible.exists():
                first_s = time.perf_counter() - start
            job.refresh_from_db()
    if visible.count() != count or job.failed:
        raise SystemExit(f"{visible.count()} of {count} photos visible: {job.message}")
    return Round(usage.seconds, usage.cpu_seconds, usage.peak_bytes, first_s)


def measure(paths: Sequence[Path], *, workers: int, rounds: int) -> dict[str, Any]:
    """Return the rounds of the floor and of ours, measured in turns."""
    found: dict[str, list[Round]] = {"libvips alone": [], "scan to visible": []}
    folder = paths[0].parents[1]
    context = multiprocessing.get_context("spawn")
    with context.Pool(usable_cores()) as pool, running_workers(workers) as pids:
        pool.map(abs, range(64))  # the processes are up before the clock runs
        floor_pids = [process.pid for process in multiprocessing.active_children()]
        ours_pids = [*pids, postgres_pid()]
        for number in range(rounds):
            turns = [
                ("libvips alone", lambda: floor_round(pool, floor_pids, paths)),
                (
                    "scan to visible",
                    lambda: scan_round(number, folder, ours_pids, count=len(paths)),
                ),
            ]
            for name, run in turns if number % 2 == 0 else reversed(turns):
                found[name].append(run())
                console.print(f"  {name}: {found[name][-1].seconds:.1f} s")
    return found


def report(found: dict[str, list[Round]], *, count: int) -> Table:
    """Return the table of medians; the ratio is of photos a second."""
    table = Table("", "photos/s", "of the floor", "CPU s", "peak MiB", "first after s")
    speeds = {
        name: count / statistics.median(r.seconds for r in rounds)
        for name, rounds in found.items()
    }
    floor = speeds["libvips alone"]
    for name, rounds in found.items():
        firsts = [r.first_s for r in rounds if r.first_s is not None]
        table.add_row(
            name,
            f"{speeds[name]:.1f}",
            f"{speeds[name] / floor:.2f}",
            f"{statistics.median(r.cpu_seconds for r in rounds):.1f}",
            f"{max(r.peak_bytes for r in rounds) / 2**20:.0f}",
            f"{statistics.median(firsts):.1f}" if firsts else "",
        )
    return table


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=300, help="photos")
    parser.add_argument("--megapixels", type=float, default=12, help="of each")
    parser.add_argument("--rounds", type=int, default=3, help="of each of the two")
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
    console.print(f"CPU and memory include PostgreSQL. Aim: {AIM} of the floor.")


if __name__ == "__main__":
    main()
