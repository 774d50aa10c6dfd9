"""The bars of the viewer leave the picture alone while nobody needs them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.visitor import PHONE, Visitor

pytestmark = pytest.mark.browser

LONG_MS = 60_000


@pytest.fixture
def looking(visit: Callable[..., Visitor]) -> Callable[..., Visitor]:
    """Open a photo; its clock is in the hand of the test, fingers need the true one."""

    def opened(*, clock: bool = True, **options: object) -> Visitor:
        visitor = visit(rests=True, **options)
        if clock:
            visitor.page.clock.install()
        visitor.enter()
        visitor.open_photo(0)
        image = visitor.page.get_by_test_id("viewer-image")
        expect(image).to_have_js_property("complete", True)
        return visitor

    return opened


def bar(visitor: Visitor) -> Locator:
    return visitor.viewer.locator(".actions")


def rest(visitor: Visitor) -> None:
    """Move the mouse once over the picture and then leave it for a long time."""
    visitor.page.mouse.move(500, 400)
    visitor.page.mouse.move(520, 410)
    visitor.page.clock.fast_forward(LONG_MS)


def test_they_go_while_a_mouse_rests_and_come_when_it_moves(
    looking: Callable[..., Visitor],
) -> None:
    visitor = looking()
    expect(bar(visitor)).to_have_css("opacity", "1")
    rest(visitor)
    for part in (".bar", ".actions", ".turn", "[aria-label=Zoom]"):
        expect(visitor.viewer.locator(part).first).to_have_css("opacity", "0")
    visitor.page.mouse.move(300, 300)
    expect(bar(visitor)).to_have_css("opacity", "1")
    rest(visitor)
    expect(bar(visitor)).to_have_css("opacity", "0")
    visitor.page.keyboard.press("ArrowRight")
    expect(bar(visitor)).to_have_css("opacity", "1")


def test_what_is_worked_with_stays(looking: Callable[..., Visitor]) -> None:
    visitor = looking()
    visitor.page.keyboard.press("i")
    rest(visitor)
    expect(bar(visitor)).to_have_css("opacity", "1")
    visitor.page.keyboard.press("i")
    visitor.page.keyboard.press("Tab")
    visitor.page.keyboard.press("Shift+Tab")
    rest(visitor)
    expect(bar(visitor)).to_have_css("opacity", "0")
    with_focus = visitor.viewer.locator(".bar:has(:focus-visible)")
    expect(with_focus).to_have_css("opacity", "1")


def test_a_finger_has_them_go_and_come(looking: Callable[..., Visitor]) -> None:
    visitor = looking(clock=False, **PHONE)
    expect(bar(visitor)).to_have_css("opacity", "1")
    visitor.page.touchscreen.tap(195, 400)
    expect(bar(visitor)).to_have_css("opacity", "0")
    # Where a button was one presses none.
    close = visitor.viewer.get_by_role("button", name="Close").bounding_box()
    assert close is not None
    visitor.page.touchscreen.tap(close["x"] + 20, close["y"] + 20)
    expect(visitor.viewer).to_be_visible()
    visitor.page.touchscreen.tap(195, 400)
    expect(bar(visitor)).to_have_css("opacity", "1")


def test_a_phone_has_a_menu_for_what_is_done_more_rarely(
    looking: Callable[..., Visitor],
) -> None:
    visitor = looking(clock=False, **PHONE)
    address = visitor.location()
    more = visitor.viewer.get_by_role("button", name="More for this photo")
    more.tap()
    menu = visitor.page.get_by_role("menu")
    menu.get_by_role("menuitem", name="Add to album", exact=True).tap()
    question = visitor.page.get_by_role("dialog", name="Add to album")
    expect(question).to_be_visible()
    visitor.page.keyboard.press("Escape")
    expect(question).to_be_hidden()

    more.tap()
    expect(menu).to_be_visible()
    visitor.wait_until("() => document.activeElement.closest('[role=menu]') !== null")
    # Keys are the menu's as long as it is open: they turn no page, and show no facts.
    for key in ("ArrowRight", "ArrowDown", "i", "Escape"):
        visitor.page.keyboard.press(key)
    expect(menu).to_be_hidden()
    expect(more).to_be_focused()
    expect(visitor.viewer).to_be_visible()
    expect(visitor.page.get_by_test_id("facts-panel")).to_be_hidden()
    assert visitor.location() == address
