"""Nothing that the page shows makes it ask, or work, without end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Request, Route, expect

from tests.browser.site import Site
from tests.browser.visitor import Visitor
from tests.support.pictures.images import encoded, photograph, with_metadata

pytestmark = pytest.mark.browser

SPANS = (1, 4, 5, 6, 30, 100, 200)
NEWEST = datetime(2020, 12, 31, 12)
WATCH = """
window.busy = [];
new PerformanceObserver(list => {
  for (const task of list.getEntries()) window.busy.push(task.duration);
}).observe({ type: 'longtask', buffered: true });
"""
RESTS = """
async () => {
  const start = performance.now();
  const before = window.busy.length;
  for (let frame = 0; frame < 30; frame += 1) await new Promise(requestAnimationFrame);
  const long = window.busy.slice(before).reduce((sum, each) => sum + each, 0);
  return long < (performance.now() - start) / 2;
}
"""


def write_days(folder: Path, days: int) -> Path:
    """Write a picture of each day; its name tells in which of the spans it is."""
    folder.mkdir()
    picture = encoded(photograph().resize((48, 32)), "JPEG")
    for number in range(days):
        names = "-".join(f"within{span}d" for span in SPANS if number < span)
        moment = NEWEST - timedelta(days=number)
        exif = {"Exif.Photo.DateTimeOriginal": f"{moment:%Y:%m:%d %H:%M:%S}"}
        file = folder / f"{names}-{number}.jpg"
        file.write_bytes(with_metadata(picture, exif=exif))
    return folder


@pytest.fixture(scope="module")
def wanderer(site: Site, folder: Path) -> str:
    """A user with a picture of each of many days."""
    site.add_user("wanderer", write_days(folder / "wanderer", SPANS[-1]))
    return "wanderer"


@pytest.mark.parametrize("days", SPANS)
def test_a_search_over_many_days_comes_to_rest(
    visit: Callable[..., Visitor], wanderer: str, days: int
) -> None:
    visitor = visit()
    asked: list[str] = []
    visitor.context.add_init_script(WATCH)
    visitor.context.on("request", lambda request: asked.append(request.url))
    visitor.enter(f"/search?q=within{days}d", wanderer)
    photos = set(visitor.photo_ids())
    while visitor.scroll(0.8):
        photos |= set(visitor.photo_ids())
    assert len(photos) == days
    visitor.wait_until(RESTS)
    searches = [url for url in asked if "/searchlist/" in url]
    assert len(searches) <= 2 * (days // 100 + 1)


def test_one_question_that_always_fails_causes_no_storm(visitor: Visitor) -> None:
    visitor.expect_complaint("503")
    visitor.enter()
    expect(visitor.tiles.first).to_be_visible()
    asked: list[str] = []

    def refuse(route: Route) -> None:
        route.fulfill(status=503, body="")

    def note(request: Request) -> None:
        asked.append(request.url)

    visitor.context.route("**/api/timeline/days/**", refuse)
    visitor.context.on("request", note)
    visitor.go_to("Favourites")
    for _ in range(4):
        with visitor.page.expect_request("**/api/rqavailable/"):
            pass
    polls = sum("/api/rqavailable/" in url for url in asked)
    tries = sum("/api/firsttimesetup/" in url for url in asked)
    lists = sum("/api/timeline/days/" in url for url in asked)
    # Each question of the clock, and each try of the banner, may ask once more.
    assert 1 <= lists <= 2 * (polls + tries) + 2
    visitor.context.unroute("**/api/timeline/days/**")
    empty = visitor.page.get_by_role("heading", name="No favourites yet")
    expect(empty).to_be_visible()
