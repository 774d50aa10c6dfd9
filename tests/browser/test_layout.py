"""Nothing that speaks lies upon anything that speaks or can be pressed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.browser.layout import SIZES, covered
from tests.browser.site import Site
from tests.browser.visitor import Visitor
from tests.support.pictures.images import encoded, photograph

pytestmark = pytest.mark.browser

ROOM_AND_WORDS = """
button => {
  const words = new Range();
  words.selectNodeContents(button);
  const { paddingLeft, paddingRight } = getComputedStyle(button);
  const room = button.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
  return [room, words.getBoundingClientRect().width];
}
"""


@pytest.fixture(scope="module")
def cut_short(site: Site, folder: Path) -> str:
    """A user with pictures of which a part is missing."""
    pictures = folder / "cut-short"
    pictures.mkdir()
    for number, size in enumerate([(900, 600), (600, 900), (800, 800), (700, 500)]):
        whole = encoded(photograph().resize(size), "JPEG", quality=95)
        (pictures / f"cut-{number}.jpg").write_bytes(whole[: len(whole) // 2])
    site.add_user("cut-short", pictures)
    return "cut-short"


def screen(name: str) -> dict[str, Any]:
    """Return the options of a browser of a size; the small ones have fingers."""
    width, height = SIZES[name]
    fingers = {"has_touch": True, "is_mobile": True} if width < 500 else {}
    return {"viewport": {"width": width, "height": height}, **fingers}


@pytest.mark.parametrize("size", SIZES)
def test_nothing_lies_upon_anything_in_an_open_photo(
    visit: Callable[..., Visitor], cut_short: str, size: str
) -> None:
    visitor = visit(**screen(size))
    visitor.enter(username=cut_short)
    expect(visitor.tiles).to_have_count(4)
    visitor.open_photo()
    page, toasts = visitor.page, visitor.page.get_by_test_id("toast")
    note = page.get_by_test_id("damage")
    expect(note).to_contain_text("can be shown")
    assert covered(page) == []
    # Two messages at a time are the most there are.
    for said in ("1 photo hidden", "1 photo moved to the trash"):
        before = visitor.location()
        visitor.press("Hide" if "hidden" in said else "Move to trash")
        expect(toasts.last).to_contain_text(said)
        visitor.wait_until("before => location.pathname !== before", before)
        expect(note).to_be_in_viewport(ratio=1)
        assert covered(page) == []
    visitor.show_facts()
    assert covered(page) == []
    favourite = page.get_by_role("button", name="Favourite", exact=True)
    expect(favourite).to_be_enabled()
    visitor.expect_complaint("ERR_")
    page.route("**/api/**", lambda route: route.abort())
    expect(page.get_by_test_id("connection-banner")).to_be_visible()
    favourite.click()
    expect(visitor.viewer.get_by_role("alert").first).to_be_visible()
    expect(note).to_be_in_viewport(ratio=1)
    assert covered(page) == []
    page.unroute("**/api/**")
    expect(page.get_by_test_id("connection-banner")).to_have_count(0)
    expect(toasts).to_have_count(0)
    for folder, way_back in (("hidden", "Show in timeline"), ("trash", "Restore")):
        visitor.open(f"/{folder}")
        visitor.open_photo()
        page.get_by_role("button", name=way_back).click()
        expect(toasts.last).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
def test_nothing_lies_upon_anything_on_a_page(
    visit: Callable[..., Visitor], album: str, site: Site, size: str
) -> None:
    visitor = visit(**screen(size))
    visitor.enter("/people", album)
    page = visitor.page
    groups = page.get_by_test_id("face-group")
    expect(groups.first).to_be_visible()

    def refuse(route: Route) -> None:
        said = (
            "The disk that the previews are on has no room left for one more of them."
        )
        errors = [{"field": "detail", "message": said}]
        route.fulfill(status=400, json={"errors": errors})

    visitor.expect_complaint("400")
    page.route("**/api/scanphotos/", refuse)
    visitor.choose_of_account("Scan now")
    expect(page.get_by_test_id("scan-problem")).to_be_visible()
    name = "Nebuchadnezzar the elder of Babylon, a name of some length " * 3
    box = groups.first.get_by_role("combobox")
    box.fill(name[:200])
    box.press("Enter")
    expect(page.get_by_test_id("toast")).to_contain_text("named")
    assert covered(page) == []
    page.get_by_role("searchbox").click()
    suggestions = page.get_by_label("Suggestions")
    expect(suggestions).to_be_visible()
    assert covered(page) == []
    page.keyboard.press("Escape")
    expect(suggestions).to_have_count(0)
    visitor.expect_complaint("ERR_")
    page.route("**/api/**", lambda route: route.abort())
    expect(page.get_by_test_id("connection-banner")).to_be_visible()
    assert covered(page) == []
    page.get_by_test_id("scan-problem").get_by_role("button").click()
    expect(page.get_by_test_id("scan-problem")).to_have_count(0)
    page.unroute("**/api/**")
    expect(page.get_by_test_id("connection-banner")).to_have_count(0)
    site.faces_as_found(album)


@pytest.mark.parametrize("size", [(568, 320), (667, 375), (320, 256)])
def test_facts_have_room_beside_a_photo_where_there_is_none_below(
    visit: Callable[..., Visitor], size: tuple[int, int]
) -> None:
    visitor = visit(viewport={"width": size[0], "height": size[1]})
    visitor.enter()
    visitor.open_photo()
    panel = visitor.show_facts()
    area = panel.bounding_box()
    picture = visitor.page.get_by_test_id("viewer-image").bounding_box()
    assert area and area["height"] > size[1] / 2 and area["width"] > 180
    assert picture and picture["height"] > size[1] / 2
    assert covered(visitor.page) == []


def test_all_of_the_menu_can_be_reached_on_a_phone_held_aslant(
    visit: Callable[..., Visitor],
) -> None:
    visitor = visit(viewport={"width": 844, "height": 390})
    visitor.enter()
    expect(visitor.tiles.first).to_be_visible()
    for entry in visitor.menu.get_by_role("link").all():
        expect(entry).to_be_in_viewport(ratio=1)
    visitor.account.click()
    for entry in visitor.page.get_by_role("menuitem").all():
        entry.scroll_into_view_if_needed()  # what is too long is moved within itself
        expect(entry).to_be_in_viewport(ratio=1)
    visitor.choose("Log out")
    expect(visitor.page.get_by_test_id("sign-in-form")).to_be_visible()


def test_a_long_message_takes_no_room_from_its_buttons(
    visit: Callable[..., Visitor], cut_short: str
) -> None:
    visitor = visit(**screen("phone"))
    visitor.enter(username=cut_short)
    expect(visitor.tiles).to_have_count(4)
    visitor.choose_of_account("Deutsch")
    expect(visitor.page.locator("html")).to_have_attribute("lang", "de")
    visitor.open_photo()
    visitor.press("In den Papierkorb verschieben")
    toasts = visitor.page.get_by_test_id("toast")
    undo = toasts.last.get_by_role("button", name="Rückgängig")
    room, words = undo.evaluate(ROOM_AND_WORDS)
    assert words <= room + 1
    undo.click()
    expect(toasts.last).to_contain_text("Rückgängig gemacht")
