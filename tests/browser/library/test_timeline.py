"""All photos by day, the newest first, on any screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.layout import NOTE_MOVES
from tests.browser.site import pictures_written
from tests.browser.visitor import PHONE, Held, Visitor
from tests.support.pictures.showcase import OUTINGS

pytestmark = pytest.mark.browser


def read_to_the_end(visitor: Visitor) -> tuple[list[str], list[str]]:
    """Scroll down screen by screen; return the names of days and photos, each once."""
    headings: dict[str, None] = {}
    photos: dict[str, None] = {}
    while True:
        photos |= dict.fromkeys(visitor.photo_ids())
        drawn = visitor.page.get_by_test_id("day-block").get_by_role("heading", level=3)
        names = drawn.evaluate_all("all => all.map(heading => heading.ariaLabel)")
        headings |= dict.fromkeys(names)
        if not visitor.scroll(0.8):
            return list(headings), list(photos)


@pytest.mark.parametrize("screen", [{}, PHONE], ids=["desk", "phone"])
def test_all_photos_by_day_newest_first(
    visit: Callable[..., Visitor], screen: dict[str, object]
) -> None:
    visitor = visit(**screen)
    visitor.enter()
    headings, photos = read_to_the_end(visitor)
    days = [
        f"{outing.start:%A}, {outing.start.day} {outing.start:%B %Y}"
        for outing in OUTINGS
    ]
    assert len(headings) >= len(days)
    for heading, day in zip(headings, days, strict=False):
        assert heading.startswith(day)
    assert len(photos) == pictures_written()


def test_no_photo_moves_as_days_come_in(visitor: Visitor) -> None:
    page = visitor.page
    page.add_init_script(NOTE_MOVES)
    held = Held(page, "**/api/timeline/photos/**")
    visitor.enter()
    visitor.wait_for(lambda: held.routes, "the days are asked for")
    held.release()
    visitor.wait_until_drawn()
    assert page.evaluate("window.moved") == []


def test_days_name_their_place(visitor: Visitor) -> None:
    visitor.enter()
    first = visitor.page.get_by_test_id("day-block").first
    expect(first.locator("h3 small")).to_have_text("Zermatt")
    expect(visitor.tiles.first).to_have_attribute(
        "aria-label", "Photo, 14 September 2024 at 07:25, Zermatt"
    )


def test_scrubber_reaches_the_last_year(visitor: Visitor) -> None:
    visitor.enter()
    scrubber = visitor.page.get_by_test_id("year-scrubber")
    expect(scrubber).to_have_attribute("aria-valuetext", "September 2024")
    newest = visitor.photo_ids()[0]
    scrubber.press("ArrowDown")
    expect(scrubber).to_have_attribute("aria-valuetext", "December 2023")
    scrubber.press("End")
    expect(scrubber).to_have_attribute("aria-valuenow", "100")
    expect(visitor.page.locator(f"[data-photo-id='{newest}']")).to_have_count(0)
    scrubber.press("Home")
    expect(visitor.page.locator(f"[data-photo-id='{newest}']")).to_be_visible()


MONTHS_IN_VIEW = """
() => {
const grid = document.querySelector('[data-testid=photo-grid]');
const { top, bottom } = grid.getBoundingClientRect();
return [...grid.querySelectorAll('[data-testid=day-block]')].filter(block => {
  const area = block.getBoundingClientRect();
  return area.bottom > top && area.top < bottom;
}).map(block => block.querySelector('h3')?.ariaLabel
  ?? block.querySelector('h2')?.textContent ?? '');
}
"""


@pytest.mark.parametrize("height", [420, 560])
def test_the_scrubber_names_what_it_leads_to(
    visit: Callable[..., Visitor], height: int
) -> None:
    """From the first day to those without a date, which never get to the top."""
    visitor = visit(viewport={"width": 900, "height": height})
    visitor.enter()
    # Days that come in while one points at the scrubber change what stands there.
    read_to_the_end(visitor)
    page, scrubber = visitor.page, visitor.page.get_by_test_id("year-scrubber")
    box = scrubber.bounding_box()
    assert box is not None
    named: list[str] = []
    for step in range(21):
        where = box["y"] + 1 + (box["height"] - 2) * step / 20
        page.mouse.move(box["x"] + 20, where)
        name = scrubber.locator(".bubble").inner_text()
        page.mouse.down()
        shown = scrubber.locator(".bubble").inner_text()
        assert shown == name
        page.mouse.up()
        expect(scrubber.locator(".bubble")).to_have_count(0)
        page.mouse.move(10, 10)
        assert any(shown in heading for heading in page.evaluate(MONTHS_IN_VIEW))
        named.append(shown)
    assert named[0] == "September 2024"
    assert named[-1] == "No date"


def test_pictures_are_loaded(visitor: Visitor) -> None:
    visitor.enter()
    visitor.wait_until_drawn()


def test_phone_has_a_menu_and_a_viewer(visit: Callable[..., Visitor]) -> None:
    visitor = visit(**PHONE)
    visitor.enter()
    visitor.wait_until_drawn()
    width = "document.documentElement.scrollWidth"
    assert visitor.page.evaluate(width) == 390
    visitor.open_photo()
    visitor.show_facts()
    expect(visitor.page.get_by_test_id("viewer-image")).to_be_in_viewport()
    visitor.press("Close")
    expect(visitor.viewer).to_have_count(0)
    visitor.press("More")
    visitor.choose("Trash")
    heading = visitor.page.get_by_role("heading", level=1, name="Trash")
    expect(heading).to_be_attached()
    assert visitor.location() == "/trash"
    assert visitor.page.evaluate(width) == 390


def test_what_is_hidden_in_one_tab_leaves_the_others(visitor: Visitor) -> None:
    visitor.enter()
    visitor.wait_until_drawn()
    other = visitor.context.new_page()
    other.goto(visitor.address)
    chosen = visitor.photo_ids()[1]
    expect(other.locator(f"[data-photo-id='{chosen}']")).to_be_visible()
    visitor.open_photo(1)
    visitor.press("Hide")
    visitor.keep_message("1 photo hidden")
    expect(other.locator(f"[data-photo-id='{chosen}']")).to_have_count(0)
    visitor.undo()
    expect(other.locator(f"[data-photo-id='{chosen}']")).to_be_visible()


def test_the_timeline_is_read_again_when_one_comes_back_to_it(visitor: Visitor) -> None:
    visitor.enter()
    visitor.wait_until_drawn()
    with visitor.page.expect_response("**/api/timeline/days/**"):
        # What a browser says when its window is brought to the front.
        visitor.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
