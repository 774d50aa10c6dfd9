"""Photos that the page reads in ranges across days, in a library with one long day."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Request, Route, expect

from tests.browser.layout import SOME_FRAMES
from tests.browser.site import Site
from tests.browser.visitor import ANCHOR, TOP_OF, Held, Visitor
from tests.support.server import librephotos

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[3]
LONG_DAY = 2500
FILL = f"""
from benchmarks._rows import Library, fill
from librephotos.api.models import User
user = User.objects.get(username="hoarder")
fill(user.pk, Library(3000, big_day={LONG_DAY}))
"""
PHOTOS, DAYS = "**/api/timeline/photos/**", "**/api/timeline/days/**"


@pytest.fixture(scope="module")
def hoarder(site: Site) -> str:
    """A user with rows of photos that have no files, many of them of the last day."""
    site.add_user("hoarder")
    filled = librephotos(
        *("shell", "--command", FILL), data=site.server.data, PYTHONPATH=str(ROOT)
    )
    assert filled.returncode == 0, filled.stderr
    return "hoarder"


class Reader:
    """A visitor at the hoarder's photos, and what the page has asked for."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.ranges: list[dict[str, list[str]]] = []
        visitor.expect_complaint("/media/")
        visitor.page.on("request", self._on_request)

    def _on_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        assert not address.path.startswith("/api/albums/date/")
        if address.path == "/api/timeline/photos/":
            self.ranges.append(parse_qs(address.query))


@pytest.fixture
def reader(visit: Callable[..., Visitor]) -> Reader:
    return Reader(visit())


def test_a_long_day_is_read_in_few_ranges_and_drawn_in_part(
    reader: Reader, hoarder: str
) -> None:
    visitor = reader.visitor
    visitor.enter(username=hoarder)
    visitor.wait_until_read()
    assert len(reader.ranges) == 1
    seen = set(visitor.photo_ids())
    for _ in range(12):
        visitor.scroll(0.9)
        seen |= set(visitor.photo_ids())
    assert len(seen) > 150
    assert len(reader.ranges) <= 4
    assert all(int(asked["limit"][0]) <= 1000 for asked in reader.ranges)
    assert visitor.page.evaluate("document.querySelectorAll('*').length") < 1500


def test_no_photo_moves_as_ranges_come_out_of_order(
    reader: Reader, hoarder: str
) -> None:
    visitor = reader.visitor
    visitor.enter(username=hoarder)
    visitor.wait_until_read()
    visitor.scroll(4)
    held = Held(visitor.page, PHOTOS)
    scrubber = visitor.page.get_by_test_id("year-scrubber")
    for _ in range(3):
        scrubber.press("ArrowDown")
    visitor.wait_for(lambda: held.routes, "what is there is asked for")
    held.release()
    visitor.wait_until_read()
    photo, top = visitor.page.evaluate(ANCHOR)
    visitor.page.evaluate(SOME_FRAMES)
    visitor.wait_until_read()
    assert visitor.page.evaluate(TOP_OF, photo) == pytest.approx(top, abs=1)


def test_scrubbing_asks_for_what_is_come_to_and_not_for_what_is_passed(
    reader: Reader, hoarder: str
) -> None:
    visitor = reader.visitor
    visitor.enter(username=hoarder)
    visitor.wait_until_read()
    box = visitor.page.get_by_test_id("year-scrubber").bounding_box()
    assert box is not None
    across, mouse = box["x"] + box["width"] / 2, visitor.page.mouse
    mouse.move(across, box["y"] + 2)
    mouse.down()
    mouse.move(across, box["y"] + box["height"] - 2, steps=40)
    mouse.up()
    visitor.wait_until_read()
    expect(visitor.tiles.last).to_have_attribute("aria-label", re.compile("no date"))
    assert len(reader.ranges) <= 12


def test_a_filter_is_a_part_of_each_range(reader: Reader, hoarder: str) -> None:
    visitor = reader.visitor
    visitor.enter("/favourites", username=hoarder)
    visitor.wait_until_read()
    assert visitor.scroll(3)
    assert reader.ranges
    assert all(asked["favorite"] == ["true"] for asked in reader.ranges)


def test_a_photo_hidden_elsewhere_leaves_the_view_where_it_is(
    reader: Reader, hoarder: str, site: Site
) -> None:
    visitor = reader.visitor
    visitor.enter(username=hoarder)
    visitor.wait_until_read()
    token = site.server.sign_in(hoarder)
    hidden = {"image_hashes": [visitor.photo_ids()[0]], "hidden": True}
    site.server.post("/api/photosedit/hide/", hidden, token)
    held = Held(visitor.page, DAYS)
    while not held.routes:
        assert visitor.scroll(2)
    photo, top = visitor.page.evaluate(ANCHOR)
    with visitor.page.expect_response(PHOTOS):
        held.release()
    visitor.wait_until_read()
    visitor.page.evaluate(SOME_FRAMES)
    assert visitor.page.evaluate(TOP_OF, photo) == pytest.approx(top, abs=1)
    site.server.post("/api/photosedit/hide/", hidden | {"hidden": False}, token)


def test_a_range_that_fails_is_asked_for_again(reader: Reader, hoarder: str) -> None:
    visitor = reader.visitor
    visitor.expect_complaint("/api/timeline/photos/")
    failed: list[str] = []

    def fail(route: Route) -> None:
        failed.append(route.request.url)
        route.fulfill(status=500, body="{}", content_type="application/json")

    visitor.page.route(PHOTOS, fail)
    visitor.enter(username=hoarder)
    visitor.wait_for(lambda: failed, "photos are asked for")
    visitor.page.unroute(PHOTOS)
    visitor.wait_until_read()
    asked = [parse_qs(urlsplit(url).query) for url in failed]
    assert asked[0] in reader.ranges[len(failed) :]
