"""Photos are selected in any grid, with any hand, and many are changed at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.site import Site
from tests.browser.visitor import BOTH_WIDTHS, DESK, PHONE, Visitor
from tests.support.scanning import write_jpeg

pytestmark = pytest.mark.browser
PHOTOS = 40
FORMS = {
    "Rate": "Rate",
    "Add a tag": "Add a tag",
    "Shift dates": "Shift dates",
    "Place": "Place",
    "Kind of picture": "Kind of picture",
}
"""What the menu of the bar asks, and the names of the dialogs."""


@pytest.fixture(scope="module")
def hoard(site: Site, folder: Path) -> str:
    """A user with photos of some days, each of which can be spared."""
    from datetime import datetime, timedelta

    pictures = folder / "hoard"
    first = datetime(2021, 5, 1, 12)
    for number in range(PHOTOS):
        taken = first + timedelta(days=number // 8 * 9, minutes=number)
        write_jpeg(pictures / f"{number}.jpg", seed=number, taken_at=taken)
    site.add_user("hoard", pictures)
    return "hoard"


def bar(visitor: Visitor) -> Locator:
    return visitor.page.get_by_test_id("photo-selection-bar")


def selected(visitor: Visitor) -> Locator:
    """The check marks of selected photos that are drawn."""
    return visitor.page.locator(".check[aria-checked=true]")


def expect_count(visitor: Visitor, count: int) -> None:
    words = visitor.page.get_by_test_id("selection-count")
    expect(words).to_contain_text(f"{count} selected")


def test_at_a_desk(visit: Callable[..., Visitor], hoard: str) -> None:
    visitor = visit(**DESK)
    page = visitor.page
    visitor.enter(username=hoard)
    photos = visitor.photo_ids()
    first, fourth = visitor.tile(photos[0]), visitor.tile(photos[3])
    # One by its mark, some by Shift, one out again by a click.
    first.hover()
    page.get_by_role("checkbox", name="Select: Photo").first.click()
    expect_count(visitor, 1)
    fourth.click(modifiers=["Shift"])
    expect_count(visitor, 4)
    visitor.tile(photos[1]).click()
    expect_count(visitor, 3)
    expect(selected(visitor)).to_have_count(3)
    visitor.inspect("selection-some", BOTH_WIDTHS)
    # It stays while one looks at a photo, and scrolls.
    first.focus()
    page.keyboard.press("Enter")
    expect(visitor.viewer).to_be_visible()
    page.keyboard.press("Escape")
    expect(visitor.viewer).to_have_count(0)
    expect_count(visitor, 3)
    # A day, by its heading.
    page.get_by_role("checkbox", name="Select all of Sunday, 6 June 2021").click()
    expect_count(visitor, 8 if photos[3] in photos[:8] else 11)
    page.keyboard.press("Escape")
    expect(bar(visitor)).to_have_count(0)
    # The keyboard alone.
    first.focus()
    page.keyboard.press("x")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    expect_count(visitor, 3)
    page.keyboard.press("Control+a")
    expect_count(visitor, PHOTOS)
    page.keyboard.press("x")
    expect_count(visitor, PHOTOS - 1)
    visitor.inspect("selection-all")
    assert visitor_is_accessible(visitor)
    # An act on all but one, and taking it back.
    bar(visitor).get_by_role("button", name="Make favourites").click()
    visitor.keep_message("39 photos made favourites")
    visitor.inspect("selection-undo", BOTH_WIDTHS)
    visitor.undo()
    visitor.go_to("Favourites")
    expect(page.get_by_role("heading", name="No favourites yet")).to_be_visible()
    visitor.inspect("selection-favourites-empty", BOTH_WIDTHS)


def visitor_is_accessible(visitor: Visitor) -> bool:
    """Whether every control has a name, and those in the bar room for a finger."""
    unnamed = visitor.page.evaluate(
        """() => [...document.querySelectorAll('button, [role=checkbox]')].filter(
            each => !(each.ariaLabel || each.textContent.trim())).length"""
    )
    small = visitor.page.evaluate(
        """() => [...document.querySelectorAll('[role=toolbar] button')].filter(
            each => each.offsetHeight < 44 || each.offsetWidth < 44).length"""
    )
    assert (unnamed, small) == (0, 0)
    return True


def test_the_menu_rates_and_the_trash_gives_back(
    visit: Callable[..., Visitor], hoard: str
) -> None:
    visitor = visit()
    page = visitor.page
    visitor.enter(username=hoard)
    photos = visitor.photo_ids()
    visitor.tile(photos[0]).focus()
    page.keyboard.press("x")
    for act, form in FORMS.items():
        page.get_by_role("button", name="More for these photos").click()
        expect(page.get_by_role("menuitem", name=act)).to_be_visible()
        if act == "Rate":
            visitor.inspect("selection-menu")
        visitor.choose(act)
        expect(page.get_by_role("dialog", name=form)).to_be_visible()
        visitor.inspect(f"selection-{act.lower().replace(' ', '-')}", BOTH_WIDTHS)
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="More for these photos").click()
    visitor.choose("Rate")
    page.get_by_role("button", name="5 stars").click()
    visitor.keep_message("1 photo rated")
    visitor.go_to("Favourites")
    assert visitor.photo_ids() == [photos[0]]
    visitor.undo()
    expect(page.get_by_role("heading", name="No favourites yet")).to_be_visible()
    visitor.go_to("Photos")
    visitor.photo_ids()
    visitor.tile(photos[0]).focus()
    page.keyboard.press("x")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Delete")
    expect(page.get_by_test_id("toast").last).to_contain_text("moved to the trash")
    expect(visitor.tile(photos[0])).to_have_count(0)
    visitor.go_to("Trash")
    assert set(visitor.photo_ids()) == set(photos[:2])
    page.keyboard.press("Control+a")
    visitor.inspect("selection-trash", BOTH_WIDTHS)
    bar(visitor).get_by_role("button", name="Restore").click()
    expect(page.get_by_role("heading", name="The trash is empty")).to_be_visible()
    visitor.inspect("selection-trash-empty", BOTH_WIDTHS)
    visitor.go_to("Photos")
    assert set(photos[:2]) <= set(visitor.photo_ids())


def test_with_a_finger(visit: Callable[..., Visitor], hoard: str) -> None:
    visitor = visit(**PHONE, color_scheme="dark")
    page = visitor.page
    visitor.enter(username=hoard)
    photos = visitor.photo_ids()
    touch = page.context.new_cdp_session(page)

    def at(photo: str) -> list[dict[str, float]]:
        box = visitor.tile(photo).bounding_box()
        assert box
        return [{"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}]

    def send(kind: str, points: list[dict[str, float]]) -> None:
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    send("touchStart", at(photos[0]))
    expect(bar(visitor)).to_be_visible()
    send("touchMove", at(photos[1]))
    send("touchMove", at(photos[4]))
    expect(selected(visitor)).to_have_count(5)
    send("touchMove", at(photos[2]))
    expect(selected(visitor)).to_have_count(3)
    send("touchEnd", [])
    expect(selected(visitor)).to_have_count(3)
    visitor.tile(photos[5]).tap()
    expect(selected(visitor)).to_have_count(4)
    visitor.inspect("selection-finger")
    page.get_by_role("button", name="More for these photos").tap()
    expect(page.get_by_role("menuitem", name="Rate")).to_be_visible()
    visitor.inspect("selection-finger-menu")
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)
    assert visitor_is_accessible(visitor)
    page.get_by_role("button", name="Select all", exact=True).tap()
    expect_count(visitor, PHOTOS)
    page.get_by_role("button", name="End the selection").tap()
    expect(bar(visitor)).to_have_count(0)
    visitor.tile(photos[5]).tap()
    expect(visitor.viewer).to_be_visible()


def test_originals_are_erased_once_that_is_allowed(
    visit: Callable[..., Visitor], site: Site, folder: Path
) -> None:
    pictures = folder / "doomed"
    kept = write_jpeg(pictures / "kept.jpg", seed=101)
    doomed = write_jpeg(pictures / "doomed.jpg", seed=102)
    site.add_user("doomed", pictures)
    visitor = visit()
    page = visitor.page
    visitor.enter(username="doomed")
    photos = visitor.photo_ids()
    token = site.server.sign_in("doomed")
    name = next(
        photo
        for photo in photos
        if site.server.get(f"/api/photos/{photo}/", token)["image_path"]
        == [str(doomed)]
    )
    visitor.tile(name).focus()
    page.keyboard.press("x")
    page.keyboard.press("Delete")
    visitor.go_to("Trash")
    visitor.photo_ids()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Ask an administrator")
    visitor.inspect("selection-erase-off", BOTH_WIDTHS)
    dialog.get_by_role("button", name="Cancel").click()
    admin = site.server.sign_in("admin")
    site.server.post("/api/sitesettings/", {"delete_originals": True}, admin)
    try:
        bar(visitor).get_by_role("button", name="Delete for good").click()
        expect(dialog).to_contain_text("1 photo: 1 file on your disks")
        visitor.inspect("selection-erase-on", BOTH_WIDTHS)
        assert doomed.exists()
        dialog.get_by_role("button", name="Delete for good").click()
        expect(page.get_by_test_id("toast").last).to_contain_text("deleted for good")
    finally:
        site.server.post("/api/sitesettings/", {"delete_originals": False}, admin)
    assert not doomed.exists() and kept.exists()
    expect(page.get_by_role("heading", name="The trash is empty")).to_be_visible()
