"""The menus: where each entry leads, on a desk, a tablet and a phone, and by keys."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.layout import covered
from tests.browser.site import Site
from tests.browser.visitor import PHONE, Held, Visitor
from tests.support.pictures.images import encoded, picture

pytestmark = pytest.mark.browser

LIBRARY = {"Photos": "/", "People": "/people", "Places": "/places", "Albums": "/albums"}
APART = {"Favourites": "/favourites", "Hidden": "/hidden", "Trash": "/trash"}
ROOMS = {"Settings": "/settings", "Administration": "/admin"}
ACCOUNT = {"Models": "/models", "Problems 1": "/problems", "Links": "/links"}
IN_MENU = "() => document.activeElement.closest('[role=menu]') !== null"
IN_MAIN = "() => document.activeElement.closest('main') !== null"
CUT_OFF = """
words => words.filter(word => word.scrollWidth > word.clientWidth)
  .map(word => word.textContent)
"""


def arrived(visitor: Visitor, title: str, address: str) -> None:
    """Wait until a view is shown, and the keys act on it."""
    heading = visitor.page.get_by_role("heading", level=1, name=title.split()[0])
    expect(heading).to_be_attached()
    assert visitor.location() == address
    visitor.wait_until(IN_MAIN)


@pytest.mark.parametrize("width", [1440, 800])
def test_the_menu_beside_the_photos_leads_to_each_view(
    visit: Callable[..., Visitor], width: int
) -> None:
    visitor = visit(viewport={"width": width, "height": 900})
    visitor.enter("/recent")
    expect(visitor.tiles.first).to_be_visible()
    links = visitor.menu.get_by_role("link")
    assert links.all_inner_texts() == [*LIBRARY, *APART]
    for title, address in {**LIBRARY, **APART}.items():
        visitor.go_to(title)
        arrived(visitor, title, address)
        current = visitor.menu.locator("[aria-current=page]")
        expect(current).to_have_text(title)
    expect(visitor.menu.get_by_role("button", name="More")).to_have_count(0)


def test_a_phone_has_a_bar_below_the_photos(visit: Callable[..., Visitor]) -> None:
    visitor = visit(**PHONE)
    visitor.enter()
    visitor.wait_until_drawn()
    bar = visitor.menu.bounding_box()
    main = visitor.page.locator("main").bounding_box()
    scrubber = visitor.page.get_by_test_id("year-scrubber").bounding_box()
    assert bar and main and scrubber
    assert bar["y"] + bar["height"] == 844 and bar["width"] == 390
    assert main["y"] + main["height"] <= bar["y"]
    assert scrubber["y"] + scrubber["height"] <= bar["y"]
    assert visitor.menu.get_by_role("link").all_inner_texts() == [*LIBRARY]
    visitor.open("/recent")
    expect(visitor.tiles.first).to_be_visible()
    for title, address in LIBRARY.items():
        visitor.menu.get_by_role("link", name=title).tap()
        arrived(visitor, title, address)
    more = visitor.menu.get_by_role("button", name="More")
    for title, address in APART.items():
        more.tap()
        entry = visitor.page.get_by_role("menuitem", name=title)
        expect(entry).to_be_in_viewport(ratio=1)
        entry.tap()
        arrived(visitor, title, address)
        expect(more).to_have_attribute("aria-current", "true")


@pytest.mark.parametrize("width", [1440, 800, 360])
def test_no_word_of_the_menu_is_cut_off_in_a_language_of_longer_ones(
    visit: Callable[..., Visitor], width: int
) -> None:
    visitor = visit(viewport={"width": width, "height": 900})
    visitor.enter()
    visitor.choose_of_account("Deutsch")
    menu = visitor.page.get_by_role("navigation", name="Bibliothek")
    expect(menu.get_by_role("link").first).to_have_text("Fotos")
    visitor.wait_until("() => document.fonts.status === 'loaded'")
    words = menu.locator("span")
    assert "Ausgeblendet" in words.all_text_contents()
    assert words.evaluate_all(CUT_OFF) == []


def test_a_message_stands_above_the_bar_of_a_phone(
    visit: Callable[..., Visitor],
) -> None:
    visitor = visit(**PHONE)
    visitor.enter()
    visitor.wait_until_drawn()
    before = visitor.menu.bounding_box()
    visitor.open_photo()
    visitor.press("Hide")
    visitor.keep_message("1 photo hidden")
    visitor.press("Close")
    toast = visitor.page.get_by_test_id("toast")
    box = toast.bounding_box()
    assert before and box and box["y"] + box["height"] <= before["y"]
    assert visitor.menu.bounding_box() == before
    assert covered(visitor.page) == []
    visitor.undo()


def test_the_menu_of_the_account_leads_where_it_says(visitor: Visitor) -> None:
    visitor.enter()
    visitor.wait_until_drawn()
    expect(visitor.page.get_by_test_id("problem-dot")).to_be_visible()
    expect(visitor.account).to_have_accessible_name("Account: admin, 1 problem")
    visitor.account.click()
    entries = visitor.page.get_by_role("menuitem")
    names = [text.replace("\n", " ") for text in entries.all_inner_texts()]
    assert names == [*ROOMS, *ACCOUNT, "Scan now", "Deutsch", "Log out"]
    expect(visitor.page.get_by_role("menu")).to_contain_text("admin")
    visitor.page.keyboard.press("Escape")
    for title, address in ACCOUNT.items():
        visitor.choose_of_account(title)
        arrived(visitor, title, address)
        expect(visitor.page.get_by_role("menu")).to_have_count(0)
    for title, address in ROOMS.items():
        visitor.choose_of_account(title)
        heading = visitor.page.get_by_role("heading", level=1, name=title)
        expect(heading).to_be_visible()
        assert visitor.location() == address


def test_an_entry_of_the_account_opens_in_a_new_tab_on_request(
    visitor: Visitor,
) -> None:
    visitor.enter()
    visitor.wait_until_drawn()
    visitor.account.click()
    with visitor.context.expect_page() as opened:
        entry = visitor.page.get_by_role("menuitem", name="Models")
        entry.click(modifiers=["ControlOrMeta"])
    expect(opened.value).to_have_url(f"{visitor.address}/models")
    assert visitor.location() == "/"


def test_the_menu_of_the_account_is_used_with_keys(visitor: Visitor) -> None:
    visitor.enter()
    visitor.wait_until_drawn()
    page, keyboard = visitor.page, visitor.page.keyboard
    menu = page.get_by_role("menu")
    visitor.account.focus()
    for opener in ("Enter", "ArrowDown", "Space"):
        keyboard.press(opener)
        expect(page.get_by_role("menuitem", name="Settings")).to_be_focused()
        keyboard.press("Escape")
        expect(menu).to_have_count(0)
        expect(visitor.account).to_be_focused()
    keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Settings")).to_be_focused()
    keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Administration")).to_be_focused()
    keyboard.press("End")
    expect(page.get_by_role("menuitem", name="Log out")).to_be_focused()
    keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Settings")).to_be_focused()
    keyboard.press("p")
    expect(page.get_by_role("menuitem", name="Problems")).to_be_focused()
    keyboard.press("Enter")
    arrived(visitor, "Problems", "/problems")
    expect(menu).to_have_count(0)


def test_a_press_elsewhere_closes_a_menu(visitor: Visitor) -> None:
    visitor.enter("/people")
    expect(visitor.page.get_by_role("heading", level=1)).to_be_visible()
    visitor.account.click()
    menu = visitor.page.get_by_role("menu")
    expect(menu).to_be_visible()
    visitor.page.get_by_role("heading", level=1).click()
    expect(menu).to_have_count(0)
    visitor.account.click()
    expect(menu).to_be_visible()
    visitor.account.click()
    expect(menu).to_have_count(0)


@pytest.mark.parametrize("by", ["pointer", "key"])
def test_a_menu_that_is_asked_for_early_opens_as_soon_as_it_can(
    visitor: Visitor, by: str
) -> None:
    held = Held(visitor.page, re.compile(r"/DropdownList-[^/]+\.js$"))
    visitor.enter()
    visitor.wait_until_drawn()
    if by == "pointer":
        visitor.account.click()
    else:
        visitor.account.press("Enter")
    expect(visitor.page.get_by_role("menu")).to_have_count(0)
    held.release()
    expect(visitor.page.get_by_role("menu")).to_be_visible()
    visitor.wait_until(IN_MENU)
    visitor.page.keyboard.press("Escape")
    expect(visitor.account).to_be_focused()


def test_a_menu_that_cannot_be_loaded_says_so(visitor: Visitor) -> None:
    visitor.expect_complaint("ERR_FAILED")
    visitor.page.route("**/DropdownList-*.js", lambda route: route.abort())
    visitor.enter()
    visitor.wait_until_drawn()
    visitor.account.click()
    toast = visitor.page.get_by_test_id("toast")
    expect(toast).to_contain_text("Please load the page again")


def test_the_button_of_the_account_shows_its_picture(
    visit: Callable[..., Visitor], site: Site
) -> None:
    site.add_user("painter")
    token = site.server.sign_in("painter")
    headers = {"Authorization": f"Bearer {token}"}
    users: list[dict[str, Any]] = site.server.get("/api/user/", token)["results"]
    mine = next(user["id"] for user in users if user["username"] == "painter")
    visitor = visit()
    visitor.enter("/people", "painter")
    avatar = visitor.page.get_by_test_id("avatar")
    expect(avatar).to_have_text("P")
    expect(visitor.page.get_by_test_id("problem-dot")).to_have_count(0)
    answer = requests.patch(
        f"{site.address}/api/user/{mine}/",
        data={"first_name": "Berthe", "last_name": "Morisot"},
        files={"avatar": ("me.png", BytesIO(encoded(picture(64), "PNG")))},
        headers=headers,
        timeout=60,
    )
    assert answer.status_code == 200, answer.text
    visitor.page.reload()
    expect(visitor.account).to_have_accessible_name("Account: Berthe Morisot")
    image = avatar.locator("img")
    expect(image).to_have_js_property("complete", True)
    visitor.wait_until(
        "() => document.querySelector('[data-testid=avatar] img')?.naturalWidth > 0"
    )
