"""From request to preview while a library is imported, as by who scrolls through it.

A web process and workers, each as `librephotos serve` runs it, import new photos; a
client that has had the empty page open looks at screenfuls of photos that have no
previews yet, over six connections as a browser does, until all have. Prints how long
the first screen took from the start of the scan, and each preview from its request. In
the same run, the floor: the same requests once all previews are made.

Run: script/bench import_scroll [--count 10000] [--megapixels 12] [--workers N]
"""

from __future__ import annotations

import os

os.environ["VIPS_CONCURRENCY"] = "1"  # libvips reads it when it is loaded

import argparse  # noqa: E402
import http.client  # noqa: E402
import random  # noqa: E402
import statistics  # noqa: E402
import threading  # noqa: E402
import time  # noqa: E402
from collections import Counter  # noqa: E402
from collections.abc import Sequence  # noqa: E402
from concurrent.futures import ThreadPoolExecutor  # noqa: E402
from dataclasses import dataclass, field  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from benchmarks._pictures import warm, write_pictures  # noqa: E402
from benchmarks._temporary_server import (  # noqa: E402
    running_workers,
    temporary_server,
)
from benchmarks.web_server import web_server  # noqa: E402
from librephotos.cores import usable_cores  # noqa: E402

SCREEN = 30
CONNECTIONS = 6
LOOKS_S = 1.0
AIM_P95_S, AIM_FIRST_SCREEN_S = 1.0, 3.0
MOST_TRIES = 20
_PAGE = ("/api/sitesettings/", "/api/timeline/days/", "/api/rqavailable/", "/api/jobs/")
_SOURCE = Path(__file__).resolve().parents[1] / "src"
console = Console(width=120)


@dataclass
class Client:
    """Asks for previews over kept connections, one for each thread."""

    port: int
    token: str
    statuses: Counter[int] = field(default_factory=Counter)
    _own: threading.local = field(default_factory=threading.local)

    def preview(self, name: str) -> float:
        """Return the seconds until the preview was there, its new tries among them."""
        begin = time.perf_counter()
        for _ in range(MOST_TRIES):
            status, pause = self._ask(f"/media/square_thumbnails/{name}")
            self.statuses[status] += 1
            if status == 200:
                return time.perf_counter() - begin
            if status != 503:
                raise SystemExit(f"A preview is answered with {status}.")
            time.sleep(pause)
        raise SystemExit("A preview does not come.")

    def open_page(self) -> None:
        """Ask for what a page asks for that is open before the scan begins."""
        for path in _PAGE:
            status, _ = self._ask(path)
            if status != 200:
                raise SystemExit(f"{path} is answered with {status}.")

    def _ask(self, path: str) -> tuple[int, float]:
        if not hasattr(self._own, "connection"):
            self._own.connection = http.client.HTTPConnection("127.0.0.1", self.port)
        headers = {"Authorization": f"Bearer {self.token}"}
        self._own.connection.request("GET", path, headers=headers)
        answer = self._own.connection.getresponse()
        answer.read()
        return answer.status, float(answer.headers.get("Retry-After", 0))


def scroll(pool: ThreadPoolExecutor, client: Client, user: Any, *, count: int) -> Any:
    """Scan, and look at what has no previews until there is no such thing.

    Returns the seconds until the first screen was visible, until it had its previews,
    of each preview, and of all.
    """
    from librephotos.api.models import Photo
    from librephotos.api.pipeline.work import jobs

    chance = random.Random(SCREEN)
    visible = Photo.objects.owned_by(user).visible().order_by("-day", "-taken_at")
    begin = time.perf_counter()
    job = jobs.start_scan(user=user)
    while len(newest := names(visible[:SCREEN])) < min(SCREEN, count):
        time.sleep(0.05)
    visible_s = time.perf_counter() - begin
    list(pool.map(client.preview, newest))
    first_screen_s = time.perf_counter() - begin
    taken: list[float] = []
    while not job.finished:
        bare = names(visible.filter(preview_format=""))
        if bare:
            start = chance.randrange(max(1, len(bare) - SCREEN + 1))
            taken += pool.map(client.preview, bare[start : start + SCREEN])
        time.sleep(LOOKS_S)
        job.refresh_from_db()
    return visible_s, first_screen_s, taken, time.perf_counter() - begin


def names(photos: Any) -> list[str]:
    """Return the image hashes by which previews are asked for."""
    return list(photos.values_list("image_hash", flat=True))


def measure(paths: Sequence[Path], *, workers: int) -> Table:
    """Return the table of one import."""
    from librephotos.api.http.tokens import SignInToken
    from librephotos.api.models import Photo, User

    user = User.objects.create_user("bench")
    user.scan_directories.create(path=os.fsencode(paths[0].parents[1]))
    token = SignInToken.for_user(user).access_token
    token.set_exp(lifetime=24 * token.lifetime)
    with (
        running_workers(workers),
        web_server(_SOURCE) as (_, port),
        ThreadPoolExecutor(CONNECTIONS) as pool,
    ):
        client = Client(port, str(token))
        for opened in [pool.submit(client.open_page) for _ in range(CONNECTIONS)]:
            opened.result()
        visible_s, first_screen_s, taken, whole_s = scroll(
            pool, client, user, count=len(paths)
        )
        statuses = dict(client.statuses)
        made = names(Photo.objects.owned_by(user).visible())[: max(SCREEN, len(taken))]
        floor = list(pool.map(client.preview, made))
    table = Table("", "median s", "p95 s", "aim", "longest s", "requests")
    for name, times in (("to preview", taken), ("once they are made", floor)):
        p95 = statistics.quantiles(times, n=20)[-1]
        aim = "" if times is floor else f"p95 {AIM_P95_S:g}{missed(p95, AIM_P95_S)}"
        middle = statistics.median(times)
        row = (f"{middle:.3f}", f"{p95:.3f}", aim, f"{max(times):.3f}")
        table.add_row(name, *row, str(len(times)))
    aim = f"{AIM_FIRST_SCREEN_S:g}{missed(first_screen_s, AIM_FIRST_SCREEN_S)}"
    screen = f"{first_screen_s:.2f}"
    table.add_row("first screen visible", f"{visible_s:.2f}", "", "", "", "")
    table.add_row("first screen, from the start of the scan", screen, "", aim, "", "")
    table.add_row("import with all previews", f"{whole_s:.1f}", "", "", "", "")
    table.caption = f"Answers by status: {statuses}"
    return table


def missed(seconds: float, aim: float) -> str:
    """Return what to write beside an aim."""
    return "" if seconds <= aim else " (missed)"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=10_000, help="photos")
    parser.add_argument("--megapixels", type=float, default=12, help="of each")
    parser.add_argument("--workers", type=int, default=usable_cores())
    chosen = parser.parse_args()
    with temporary_server() as folder:
        console.print(f"Writing {chosen.count} JPEGs of {chosen.megapixels:g} MP …")
        paths = write_pictures(
            folder / "pictures", count=chosen.count, megapixels=chosen.megapixels
        )
        warm(paths)
        table = measure(paths, workers=chosen.workers)
    console.print(table)


if __name__ == "__main__":
    main()
