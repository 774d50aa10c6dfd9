"""The page with a large library in Chromium: tasks, frames, memory, requests.

A web process serves synthetic photos, of which `--big-day` are of the newest day, and
one small picture for all of them. Chromium opens the timeline, drags the scrubber from
end to end and scrolls through the long day. The floor is a bare page in the same
browser that shows as many plain `img` elements, and others in their place.

Run: script/bench page [--photos 50000] [--big-day 10000] [--explain]
The full size, which fills for minutes: --photos 1000000 --big-day 100000
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Request
from rich.console import Console
from rich.table import Table

from benchmarks._temporary_server import temporary_server
from tests.support.chromium import running_chromium

MOST_MS = 100
_ROOT = Path(__file__).resolve().parents[1]
_STEPS, _STEP_MS = 120, 40
_REST_MS = 250  # after which the page asks for what is in view
console = Console()

_WATCH = """
window.bench = { tasks: [], gaps: [], first: null };
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) bench.tasks.push(entry.duration);
}).observe({ type: 'longtask', buffered: true });
let last = performance.now();
const frame = now => {
  bench.gaps.push(now - last);
  last = now;
  if (bench.first === null) {
    const image = document.querySelector('[data-testid=photo-tile] img, img.bare');
    if (image?.complete && image.naturalWidth > 0) bench.first = now;
  }
  requestAnimationFrame(frame);
};
requestAnimationFrame(frame);
"""
_TAKE = """() => {
  const { tasks, gaps } = bench;
  bench.tasks = [];
  bench.gaps = [];
  return { tasks, gaps };
}"""
_SCROLL = """async ([steps, pause, views]) => {
  const grid = document.querySelector('[data-testid=photo-grid]');
  for (let step = 0; step < steps; step++) {
    grid.scrollTop += grid.clientHeight * views;
    await new Promise(resolve => setTimeout(resolve, pause));
  }
}"""
_SHOWN = """() => {
  const grid = document.querySelector('[data-testid=photo-grid]');
  const view = grid.getBoundingClientRect();
  const tiles = [...document.querySelectorAll('[data-testid=photo-tile]')];
  const seen = tiles.filter(tile => {
    const { top, bottom } = tile.getBoundingClientRect();
    return bottom > view.top && top < view.bottom;
  });
  const images = seen.map(tile => tile.querySelector('img'));
  const isThere = image => image?.complete && image.naturalWidth > 0;
  return seen.length > 0 && images.every(isThere);
}"""
_BARE = """<!doctype html><style>img { width: 200px; height: 150px }</style><body>"""
_CHANGE = """async ([steps, pause, hashes, count]) => {
  const images = [...document.images];
  for (let step = 0; step < steps; step++) {
    images.forEach((image, index) => {
      const at = (step * count + index) % hashes.length;
      image.src = `/media/square_thumbnails/${hashes[at]}`;
    });
    await new Promise(resolve => setTimeout(resolve, pause));
  }
}"""


@dataclass
class Phase:
    """What one thing that a person does has cost; durations in milliseconds."""

    name: str
    tasks: list[float]
    gaps: list[float]
    api: int
    media: int
    seconds: float

    @property
    def longest_ms(self) -> float:
        """The longest task; one below 50 ms is none that a browser tells of."""
        return max(self.tasks, default=0)

    @property
    def frames_per_s(self) -> float:
        return len(self.gaps) / self.seconds


@dataclass
class Measured:
    """One page, from its opening on."""

    name: str
    first_ms: float = 0
    heap_mib: float = 0
    nodes: int = 0
    tiles: int = 0
    phases: list[Phase] = field(default_factory=list)


class Watch:
    """A page whose tasks, frames and requests are counted."""

    def __init__(self, browser: Browser, token: str, refresh: str, url: str) -> None:
        self.context = browser.new_context(viewport={"width": 1440, "height": 900})
        self.context.add_cookies([{"name": "jwt", "value": token, "url": url}])
        stored = f"localStorage.setItem('librephotos.refresh', '{refresh}')"
        self.page: Page = self.context.new_page()
        self.page.add_init_script(f"{stored}; {_WATCH}")
        self.page.on("request", self._on_request)
        self.api: list[str] = []
        self.media = 0

    def _on_request(self, request: Request) -> None:
        path = request.url.split("/", 3)[-1]
        if path.startswith("api/timeline/") or path.startswith("api/albums/date/"):
            self.api.append(path)
        self.media += path.startswith("media/")

    @contextmanager
    def phase(self, name: str, measured: Measured) -> Iterator[None]:
        """Count what happens meanwhile."""
        self.api, self.media, start = [], 0, time.monotonic()
        yield
        seconds = time.monotonic() - start
        taken = self.page.evaluate(_TAKE)
        counted = len(self.api), self.media, seconds
        measured.phases.append(Phase(name, taken["tasks"], taken["gaps"], *counted))

    def memory(self, measured: Measured) -> None:
        """Note the heap and the nodes after a collection of garbage."""
        session = self.context.new_cdp_session(self.page)
        session.send("HeapProfiler.collectGarbage")
        session.send("Performance.enable")
        metrics = session.send("Performance.getMetrics")["metrics"]
        values = {metric["name"]: metric["value"] for metric in metrics}
        measured.heap_mib = values["JSHeapUsedSize"] / 2**20
        measured.nodes = int(values["Nodes"])


def library_page(watch: Watch, url: str) -> Measured:
    """Open the timeline, drag the scrubber from end to end, scroll the long day."""
    measured, page = Measured("timeline"), watch.page
    with watch.phase("open", measured):
        page.goto(url)
        page.wait_for_function("() => bench.first !== null", timeout=120_000)
        page.wait_for_load_state("networkidle")
    measured.first_ms = page.evaluate("bench.first")
    measured.tiles = page.get_by_test_id("photo-tile").count()
    box = page.get_by_test_id("year-scrubber").bounding_box()
    assert box is not None
    across = box["x"] + box["width"] / 2
    with watch.phase("scrub end to end, a look half-way", measured):
        page.mouse.move(across, box["y"] + 1)
        page.mouse.down()
        for step in range(_STEPS + 1):
            page.mouse.move(across, box["y"] + 1 + (box["height"] - 2) * step / _STEPS)
            page.wait_for_timeout(_STEP_MS)
            if step in (_STEPS // 2, _STEPS):
                _await_pictures(page)
        page.mouse.up()
    with watch.phase("back, a jump", measured):
        page.get_by_test_id("year-scrubber").press("Home")
        _await_pictures(page)
    with watch.phase("scroll the long day", measured):
        page.evaluate(_SCROLL, [_STEPS, _STEP_MS, 0.25])
        _await_pictures(page)
    watch.memory(measured)
    return measured


def _await_pictures(page: Page) -> None:
    """Wait until the view has come to rest, and all in it have their pictures."""
    page.wait_for_timeout(_REST_MS)
    page.wait_for_function(_SHOWN)


def bare_page(watch: Watch, url: str, hashes: list[str], count: int) -> Measured:
    """Show so many plain pictures, and others in their place at the same pace."""
    measured, page = Measured("bare img elements"), watch.page
    images = "".join(
        f'<img class="bare" src="/media/square_thumbnails/{name}">'
        for name in hashes[:count]
    )
    page.route(
        "**/bare",
        lambda route: route.fulfill(body=_BARE + images, content_type="text/html"),
    )
    with watch.phase("open", measured):
        page.goto(f"{url}/bare")
        page.wait_for_function("() => bench.first !== null", timeout=120_000)
        page.wait_for_load_state("networkidle")
    measured.first_ms, measured.tiles = page.evaluate("bench.first"), count
    with watch.phase("others in their place", measured):
        page.evaluate(_CHANGE, [_STEPS, _STEP_MS, hashes[count:], count // 8])
        page.wait_for_load_state("networkidle")
    watch.memory(measured)
    return measured


@contextmanager
def web_process() -> Iterator[str]:
    """Run a web process whose previews are all one file; yield its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "librephotos", "web"]
            + ["--descriptor", str(listener.fileno())],
            env=os.environ
            | {"DJANGO_SETTINGS_MODULE": "benchmarks._one_preview"}
            | {"PYTHONPATH": f"{_ROOT / 'src'}:{_ROOT}"},
            pass_fds=(listener.fileno(),),
            stdin=subprocess.DEVNULL,
        )
        try:
            _await_answer(address)
            yield address
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def _await_answer(address: str) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(f"{address}/api/healthz").close()
            return
        except urllib.error.URLError:
            time.sleep(0.1)
    raise SystemExit("The web process does not answer; its messages say why.")


def filled(folder: Path, chosen: argparse.Namespace) -> tuple[str, str, list[str]]:
    """Fill the database; return tokens of its user and some names of pictures."""
    import pyvips

    from benchmarks._rows import Library, fill
    from librephotos.api.http.tokens import SignInToken
    from librephotos.api.models import Photo, User

    picture = folder / "preview.jpg"
    pyvips.Image.gaussnoise(320, 240, mean=128, sigma=30).cast("uchar").jpegsave(
        picture
    )
    os.environ["LIBREPHOTOS_BENCH_PREVIEW"] = str(picture)
    user = User.objects.create_user("bench", password="bench")
    user.scan_directories.create(path=os.fsencode(folder))
    fill(user.pk, Library(photos=chosen.photos, big_day=chosen.big_day))
    if chosen.explain:
        explain(user)
    refresh = SignInToken.for_user(user)
    access = refresh.access_token
    access.set_exp(lifetime=24 * access.lifetime)
    shown = Photo.objects.owned_by(user).visible().order_by("-day", "-taken_at", "id")
    hashes = list(shown.values_list("image_hash", flat=True)[:5000])
    return str(access), str(refresh), hashes


def explain(user: Any) -> None:
    """Print what a thousand photos cost the database at some places."""
    from librephotos.api.queries.library.grid_columns import tiles_from
    from librephotos.api.queries.library.timeline import Days, TimelineFilter

    days = Days(user, TimelineFilter())
    rows = days.rows()
    middle = rows[len(rows) // 2].key
    places = ((rows[0].key, 0), (rows[0].key, rows[0].photo_count // 2), (middle, 0))
    for day, offset in places:
        ids = days.from_day(day).values("pk")[offset : offset + 1000]
        console.print(f"day {day}, offset {offset}:", markup=False)
        console.print(ids.explain(analyze=True, buffers=True), markup=False)
        start = time.perf_counter()
        tiles_from(days, day=day, offset=offset, limit=1000)
        console.print(
            f"a thousand tiles: {(time.perf_counter() - start) * 1000:.0f} ms"
        )


def main() -> None:
    """Fill, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=int, default=50_000)
    parser.add_argument("--big-day", type=int, default=10_000)
    parser.add_argument("--explain", action="store_true", help="print query plans")
    chosen = parser.parse_args()
    with temporary_server() as folder:
        access, refresh, hashes = filled(folder, chosen)
        with web_process() as url, running_chromium() as browser:
            ours = library_page(Watch(browser, access, refresh, url), url)
            watch = Watch(browser, access, refresh, url)
            floor = bare_page(watch, url, hashes, max(1, ours.tiles))
    report([ours, floor])


def report(pages: list[Measured]) -> None:
    """Print a table, and which aim is missed."""
    table = Table(
        *("page", "phase", "longest task ms", "tasks > 50 ms", "frames/s"),
        *("longest gap ms", "requests for rows", "for pictures"),
    )
    for page in pages:
        for phase in page.phases:
            table.add_row(
                *(page.name, phase.name, f"{phase.longest_ms:.0f}"),
                *(str(len(phase.tasks)), f"{phase.frames_per_s:.0f}"),
                *(f"{max(phase.gaps, default=0):.0f}", str(phase.api)),
                str(phase.media),
            )
    console.print(table)
    for page in pages:
        console.print(
            f"{page.name}: first picture after {page.first_ms:.0f} ms, {page.tiles}"
            f" pictures; at the end {page.heap_mib:.1f} MiB of heap, {page.nodes} nodes"
        )
    ours, floor = pages
    console.print(f"first picture: {ours.first_ms / floor.first_ms:.1f} of the floor")
    longest = max(phase.longest_ms for phase in ours.phases)
    met = "met" if longest <= MOST_MS else "MISSED"
    console.print(f"no task above {MOST_MS} ms: {longest:.0f} ms, {met}")


if __name__ == "__main__":
    main()
