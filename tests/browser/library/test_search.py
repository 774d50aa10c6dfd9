"""Finding photos by what is known of them."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import Visitor
from tests.support.pictures.showcase import OUTINGS

pytestmark = pytest.mark.browser


def pictures(name: str) -> int:
    """How many pictures an outing has, or all outings with a camera of this model."""
    return sum(
        len(outing.pictures)
        for outing in OUTINGS
        if name in (outing.name, outing.camera.model)
    )


@pytest.mark.parametrize(
    "words, count",
    [
        ("Tromsø", pictures("tromso-night")),
        ("switzerland", pictures("zermatt-morning")),
        ("X-T4", pictures("X-T4")),
        ("cape-launch-2.jpg", 1),
    ],
)
def test_place_camera_and_file_name(visitor: Visitor, words: str, count: int) -> None:
    visitor.enter()
    expect(visitor.tiles.first).to_be_visible()
    box = visitor.page.get_by_role("searchbox")
    box.fill(words)
    box.press("Enter")
    visitor.wait_until("() => location.pathname === '/search'")
    expect(visitor.page.get_by_role("region", name=f"Search: {words}")).to_be_visible()
    expect(visitor.tiles).to_have_count(count)
    visitor.wait_until_drawn()


def test_a_season_is_told_for_both_halves_of_the_earth(visitor: Visitor) -> None:
    visitor.enter("/search?q=summer 2019")
    remarks = visitor.page.get_by_test_id("search-remarks")
    expect(remarks).to_contain_text("June – August 2019")
    expect(remarks).to_contain_text(
        "December 2019 – February 2020 south of the equator"
    )


def test_nothing_found_is_said(visitor: Visitor) -> None:
    visitor.enter("/search?q=zanzibar")
    expect(visitor.page.get_by_role("heading", name="Nothing found")).to_be_visible()
    visitor.go_to("Photos")
    expect(visitor.tiles.first).to_be_visible()


def test_pages_are_turned_among_the_results(visitor: Visitor) -> None:
    visitor.enter("/search?q=vienna")
    expect(visitor.tiles).to_have_count(pictures("vienna-coffee"))
    photos = visitor.photo_ids()
    visitor.open_photo(len(photos) - 2)
    visitor.press("Next photo")
    visitor.wait_until("id => location.pathname === `/photo/${id}`", photos[-1])
    expect(visitor.page.get_by_role("button", name="Next photo")).to_have_count(0)
    visitor.page.go_back()
    visitor.wait_until("() => location.search === '?q=vienna'")


def test_suggestions_are_passed_with_tab(visitor: Visitor) -> None:
    visitor.enter()
    expect(visitor.tiles.first).to_be_visible()
    keyboard = visitor.page.keyboard
    keyboard.press("/")
    suggestions = visitor.page.get_by_label("Suggestions").get_by_role("button")
    expect(suggestions.first).to_be_visible()
    for number in range(suggestions.count()):
        keyboard.press("Tab")
        expect(suggestions.nth(number)).to_be_focused()
    keyboard.press("Tab")
    expect(visitor.page.get_by_test_id("upload-button")).to_be_focused()
    expect(suggestions).to_have_count(0)


def test_suggestions_are_closed_by_escape_and_by_going_back(visitor: Visitor) -> None:
    visitor.enter()
    expect(visitor.tiles.first).to_be_visible()
    visitor.go_to("People")
    keyboard = visitor.page.keyboard
    suggestions = visitor.page.get_by_label("Suggestions")
    box = visitor.page.get_by_role("searchbox")
    keyboard.press("/")
    expect(suggestions).to_be_visible()
    keyboard.press("Tab")
    keyboard.press("Escape")
    expect(suggestions).to_have_count(0)
    expect(box).to_be_focused()
    keyboard.type("x")
    keyboard.press("Backspace")
    expect(suggestions).to_be_visible()
    visitor.page.go_back()
    expect(visitor.tiles.first).to_be_visible()
    expect(suggestions).to_have_count(0)
    box.click()
    expect(suggestions).to_be_visible()


def test_what_is_said_of_nothing_found_stands_in_the_middle(visitor: Visitor) -> None:
    visitor.enter("/search?q=zanzibar")
    remarks = visitor.page.get_by_test_id("search-remarks").locator("p").first
    expect(remarks).to_be_visible()
    middle = "it => { const a = it.getBoundingClientRect(); return a.left + a.right; }"
    heading = visitor.page.get_by_role("heading", name="Nothing found")
    assert abs(remarks.evaluate(middle) - heading.evaluate(middle)) <= 2


@pytest.mark.parametrize("address", ["/search", "/search?q=", "/search?q=%20"])
def test_a_search_without_words_asks_for_some(visitor: Visitor, address: str) -> None:
    visitor.enter(address)
    heading = visitor.page.get_by_role("heading", name="What are you looking for?")
    expect(heading).to_be_visible()
    expect(visitor.page).to_have_title("Search – LibrePhotos")
