"""What a page does while the server is away, the network is odd or a browser strict."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

PAGE_OF_A_HOTEL = "<!doctype html><title>Welcome</title>Please sign in."
CUT_SHORT = '{"results": [{"id": "7385", "da'
NO_STORAGE = """
Object.defineProperty(window, 'localStorage', {
  get() { throw new DOMException('denied', 'SecurityError'); },
});
"""
FULL_STORAGE = """
Storage.prototype.setItem = () => {
  throw new DOMException('full', 'QuotaExceededError');
};
"""
STAYS_WITHIN = (
    "[...document.querySelectorAll('main p')]"
    ".every(p => p.scrollWidth <= p.clientWidth && p.getBoundingClientRect().right"
    " <= innerWidth)"
)


def lose(visitor: Visitor) -> None:
    """Take the network away, and wait until the page has noticed."""
    visitor.expect_complaint("ERR_INTERNET_DISCONNECTED")
    visitor.context.set_offline(True)
    expect(visitor.page.get_by_test_id("connection-banner")).to_be_visible()


def find_again(visitor: Visitor) -> None:
    """Give the network back, and wait until the page has noticed."""
    visitor.context.set_offline(False)
    expect(visitor.page.get_by_test_id("connection-banner")).to_have_count(0)


@pytest.mark.parametrize("answer", [PAGE_OF_A_HOTEL, CUT_SHORT], ids=["hotel", "cut"])
def test_what_is_no_answer_counts_as_none(visitor: Visitor, answer: str) -> None:
    def garble(route: Route) -> None:
        route.fulfill(status=200, body=answer)

    visitor.page.route("**/api/timeline/days/**", garble)
    visitor.enter()
    expect(visitor.page.get_by_test_id("connection-banner")).to_be_visible()
    visitor.page.unroute("**/api/timeline/days/**")
    expect(visitor.tiles.first).to_be_visible()
    expect(visitor.page.get_by_test_id("connection-banner")).to_have_count(0)


@pytest.mark.parametrize("kind", ["js", "css"])
def test_a_page_of_which_a_part_is_gone_says_so(visitor: Visitor, kind: str) -> None:
    visitor.expect_complaint("404")
    visitor.expect_complaint("MIME type")
    parts = re.compile(rf"/assets/.*\.{kind}$")
    visitor.page.route(parts, lambda route: route.fulfill(status=404, body="Gone"))
    visitor.open("/search?q=sea")
    told = visitor.page.get_by_role("alert").filter(has_text="could not be loaded")
    expect(told).to_be_visible()
    visitor.page.unroute(parts)
    told.get_by_role("link").click()
    expect(visitor.page.get_by_test_id("sign-in-form")).to_be_visible()
    expect(told).to_have_count(0)
    assert visitor.location() == "/search?q=sea"


def test_silence_counts_as_no_answer(visitor: Visitor) -> None:
    """The clock of the page is wound on; nobody here waits for it."""
    visitor.page.clock.install()
    days, asked = "**/api/timeline/days/**", list[Route]()
    visitor.page.route(days, lambda route: asked.append(route))
    visitor.enter()
    banner = visitor.page.get_by_test_id("connection-banner")
    visitor.wait_for(lambda: asked, "a question")
    visitor.page.clock.run_for(20_000)
    expect(banner).to_have_count(0)
    visitor.page.clock.run_for(20_000)
    expect(banner).to_be_visible()
    visitor.page.unroute(days)
    visitor.page.clock.run_for(5_000)
    expect(banner).to_have_count(0)
    expect(visitor.tiles.first).to_be_visible()


def test_pictures_that_an_outage_cost_come_after_it(visitor: Visitor) -> None:
    visitor.expect_complaint("ERR_FAILED")
    visitor.page.route("**/media/**", lambda route: route.abort())
    visitor.enter()
    expect(visitor.tiles.first).to_be_visible()
    # All tries were in vain; nothing but the outage's end has them begin anew.
    visitor.wait_until(
        "() => document.querySelector('[data-testid=photo-tile]')"
        " && !document.querySelector('[data-testid=photo-tile] img')"
    )
    lose(visitor)
    visitor.page.unroute("**/media/**")
    find_again(visitor)
    visitor.wait_until_drawn()


def test_an_outage_changes_nothing_of_what_is_being_looked_at(visitor: Visitor) -> None:
    visitor.enter()
    visitor.wait_until_drawn()
    visitor.open_photo()
    image = visitor.page.get_by_test_id("viewer-image")
    visitor.wait_until(
        "() => document.querySelector('[data-testid=viewer-image]').naturalWidth > 0"
    )
    for _ in range(3):
        visitor.press("Zoom in")
    zoomed = image.evaluate("image => image.style.transform")
    assert "scale(1)" not in zoomed
    lose(visitor)
    with visitor.page.expect_response("**/api/photos/*/"):
        find_again(visitor)
    assert image.evaluate("image => image.style.transform") == zoomed


@pytest.mark.parametrize("hindrance", [NO_STORAGE, FULL_STORAGE], ids=["none", "full"])
def test_a_visit_needs_no_storage(visitor: Visitor, hindrance: str) -> None:
    visitor.context.add_init_script(hindrance)
    visitor.enter()
    visitor.wait_until_drawn()
    visitor.log_out()


def test_a_name_that_is_not_stored_is_kept_and_told(
    album: str, visit: Callable[..., Visitor]
) -> None:
    visitor = visit()
    visitor.enter("/people", album)
    box = visitor.page.get_by_test_id("face-group").first.get_by_role("combobox")
    box.fill("Ada")
    lose(visitor)
    box.press("Enter")
    told = visitor.page.get_by_test_id("toast").filter(has_text="cannot be reached")
    expect(told).to_be_visible()
    expect(box).to_have_value("Ada")
    find_again(visitor)


def test_that_cookies_are_blocked_is_told(visitor: Visitor) -> None:
    visitor.open()
    told = visitor.page.get_by_text("This browser blocks cookies")
    expect(visitor.page.get_by_test_id("sign-in-form")).to_be_visible()
    expect(told).to_have_count(0)
    browser = visitor.context.new_cdp_session(visitor.page)
    browser.send("Emulation.setDocumentCookieDisabled", {"disabled": True})
    visitor.page.reload()
    expect(told).to_be_visible()


def test_a_persons_page_says_that_it_loads(visitor: Visitor) -> None:
    held: list[Route] = []
    visitor.page.route("**/api/faces/incomplete/**", lambda route: held.append(route))
    visitor.enter("/people/1")
    expect(visitor.page.get_by_role("main").get_by_role("status")).to_be_visible()


def test_a_text_without_blanks_stays_in_the_window(
    visit: Callable[..., Visitor],
) -> None:
    visitor = visit(viewport={"width": 390, "height": 844})
    visitor.enter(f"/search?q={'a' * 300}")
    expect(visitor.page.get_by_role("heading", name="Nothing found")).to_be_visible()
    assert visitor.page.evaluate(STAYS_WITHIN)
