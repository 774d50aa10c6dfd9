"""Time to find that nothing changed, beside a bare walk of the same folders.

The floor is os.scandir and one stat a file, which whoever wants to know must pay, and
one query for all that is known of the files. Ours is the whole scan of a library in
which every photo has passed every stage. The files are empty: nothing reads them.

Run: script/bench rescan [--count 100000] [--rounds 5]
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from benchmarks._temporary_server import temporary_server

if TYPE_CHECKING:
    from librephotos.api.models import User

AIM = 2.0
_BATCH = 10_000
console = Console()


def bare_walk(folder: str) -> int:
    """Stat every file below a folder; return how many there are."""
    count, pending = 0, [folder]
    while pending:
        with os.scandir(pending.pop()) as found:
            for item in found:
                if item.is_dir(follow_symlinks=False):
                    pending.append(item.path)
                else:
                    item.stat(follow_symlinks=False)
                    count += 1
    return count


def library_with_files(folder: Path, *, count: int) -> User:
    """Return a user with `count` files on disk, known as they are."""
    from benchmarks._rows import Library, fill
    from librephotos.api.models import File, ScanDirectory, User

    user = User.objects.create_user("bench")
    ScanDirectory.objects.create(user=user, path=os.fsencode(folder))
    fill(user.pk, Library(photos=count, folder=str(folder), stages=True))
    for path in File.objects.values_list("path", flat=True).iterator():
        try:
            open(path, "wb").close()
        except FileNotFoundError:
            os.makedirs(os.path.dirname(path))
            open(path, "wb").close()
    _register(folder)
    return user


def _register(folder: Path) -> None:
    """Store the state of the files on disk in their rows."""
    from librephotos.api.pipeline.scanning.walk import WalkReport, walk
    from librephotos.media.files.variants import capture_key
    from librephotos.media.fingerprint import key64

    entries = [
        entry
        for found in walk(os.fsencode(folder), report=WalkReport())
        for entry in found
    ]
    for start in range(0, len(entries), _BATCH):
        _store(
            [
                (os.fsdecode(e.path), key64(e.path), key64(capture_key(e.path)))
                + (e.stat_key, e.size, e.mtime_ns, e.ctime_ns, e.inode)
                for e in entries[start : start + _BATCH]
            ]
        )


def _store(rows: list[tuple[str | int, ...]]) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE api_file AS file SET path_key = known.path_key,"
            " capture_key = known.capture_key, stat_key = known.stat_key,"
            " size = known.size, mtime_ns = known.mtime_ns,"
            " ctime_ns = known.ctime_ns, inode = known.inode"
            " FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::bigint[],"
            " %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS known (path,"
            " path_key, capture_key, stat_key, size, mtime_ns, ctime_ns, inode)"
            " WHERE file.path = known.path",
            [list(column) for column in zip(*rows, strict=True)],
        )


def rescan(user: User) -> None:
    """Scan an unchanged library; the task is called here, without the queue."""
    from librephotos.api.models import Job
    from librephotos.api.pipeline.scanning.scan import scan

    job = Job.objects.create(kind=Job.Kind.SCAN_PHOTOS, started_by=user)
    scan(job.pk, full=False)
    job.refresh_from_db()
    if not job.finished or job.failed or job.stages.exists():
        raise SystemExit(f"The scan found something to do: {job.message}")


def seconds(function: Callable[[], object]) -> float:
    """Return how long a call takes."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def measure(folder: Path, user: User, *, rounds: int) -> dict[str, float]:
    """Return the median seconds of each part, all of them measured in turns."""
    from librephotos.api.pipeline.work.registry import stage_names
    from librephotos.api.writes import scanned_files, stage_jobs

    parts: dict[str, Callable[[], object]] = {
        "bare walk": lambda: bare_walk(str(folder)),
        "query of what is known": lambda: scanned_files.known_stat_keys(user.pk),
        "query of what is left over": lambda: stage_jobs.left_over(
            user.pk, stages=stage_names()
        ),
        "rescan": lambda: rescan(user),
    }
    for part in parts.values():
        part()
    taken = [
        {name: seconds(part) for name, part in parts.items()} for _ in range(rounds)
    ]
    return {name: statistics.median(turn[name] for turn in taken) for name in parts}


def main() -> None:
    """Build, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=100_000, help="files")
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    with temporary_server() as temporary:
        folder = temporary / "pictures"
        folder.mkdir()
        user = library_with_files(folder, count=chosen.count)
        if bare_walk(str(folder)) != chosen.count:
            raise SystemExit("Some files have the same name; choose another count.")
        found = measure(folder, user, rounds=chosen.rounds)
    table = Table("", "ms", "of the walk")
    for name, taken in found.items():
        table.add_row(name, f"{taken * 1000:.0f}", f"{taken / found['bare walk']:.2f}")
    console.print(table)
    allowed = AIM * found["bare walk"] + found["query of what is known"]
    console.print(
        f"Aim: {AIM:g} walks and the first query, {allowed * 1000:.0f} ms; "
        f"ours is {found['rescan'] / allowed:.2f} of that."
    )


if __name__ == "__main__":
    main()
