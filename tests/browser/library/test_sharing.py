"""Albums that people make and what they share, at a desk and on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.layout import covered
from tests.browser.site import Site
from tests.browser.visitor import PHONE, Visitor

pytestmark = pytest.mark.browser

DESK = {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"}
POCKET = {**PHONE, "color_scheme": "dark"}
BEN = "ben"


@pytest.fixture
def ben(site: Site) -> Iterator[str]:
    """Another user, without photos."""
    site.add_user(BEN)
    yield BEN
    token = site.server.sign_in()
    for album in site.server.get("/api/albums/user/list/?empty=1", token)["results"]:
        site.server.delete(f"/api/albums/user/{album['id']}/", token)


def cards(visitor: Visitor, kind: str) -> Locator:
    """The cards of a kind of album."""
    return visitor.page.get_by_role("list", name=kind).get_by_test_id("album")


def toast(visitor: Visitor, words: str) -> Locator:
    """The newest message with these words."""
    return visitor.page.get_by_test_id("toast").filter(has_text=words).last


def more(visitor: Visitor, title: str, choice: str) -> None:
    """Choose from the menu of an album."""
    visitor.press(f"More about {title}")
    visitor.choose(choice)


def looked_at(visitor: Visitor, name: str) -> None:
    """Nothing lies upon anything else."""
    assert covered(visitor.page) == [], name


def test_an_album_is_made_filled_and_shared_and_left(
    visit: Callable[..., Visitor], ben: str
) -> None:
    anna, guest = visit(**DESK), visit(**POCKET)
    page = anna.page
    anna.enter("/albums")
    anna.press("New album")
    page.get_by_label("Title").fill("Summer")
    anna.press("Make album")
    head = page.get_by_test_id("album-head")
    expect(head).to_contain_text("0 photos")
    expect(page.get_by_text("No photos in this album yet")).to_be_visible()

    anna.go_to("Photos")
    photo = anna.open_photo()
    anna.press("Add to album")
    looked_at(anna, "add to album")
    page.get_by_test_id("albums-to-fill").get_by_text("Summer").click()
    toast(anna, "1 photo added to “Summer”").get_by_role("button", name="Undo").click()
    expect(toast(anna, "Undone")).to_be_visible()
    anna.press("Add to album")
    page.get_by_test_id("albums-to-fill").get_by_text("Summer").click()
    expect(toast(anna, "1 photo added to “Summer”")).to_be_visible()
    anna.press("Add to album")
    page.get_by_role("searchbox", name="Find an album or name a new one").fill("Winter")
    expect(page.get_by_role("button", name="New album")).to_be_visible()
    page.keyboard.press("Enter")
    expect(toast(anna, "added to “Winter”")).to_be_visible()
    page.keyboard.press("Escape")
    anna.go_to("Albums")
    own = cards(anna, "Your albums")
    expect(own).to_have_count(2)
    own.filter(has_text="Summer").click()
    expect(head).to_contain_text("1 photo")
    assert anna.photo_ids() == [photo]

    more(anna, "Summer", "Title and description")
    page.get_by_label("Title").fill("Summer 2024")
    page.get_by_label("Description").fill("A week at the sea")
    anna.press("Save")
    expect(head).to_contain_text("A week at the sea")
    more(anna, "Summer 2024", "Mark as favourite")
    more(anna, "Summer 2024", "Lock")
    expect(toast(anna, "keeps its photos now")).to_be_visible()
    expect(head).to_contain_text("Locked")
    anna.undo()
    expect(head).not_to_contain_text("Locked")

    anna.press("Share")
    role = page.get_by_label("What ben may do")
    role.select_option(label="May add photos")
    expect(role).to_be_enabled()
    page.get_by_label("Place").click()
    expect(page.get_by_label("Place")).not_to_be_checked()
    expect(role).to_be_enabled()
    looked_at(anna, "share album")
    anna.press("Done")
    expect(head).to_contain_text("Shared with ben")

    guest.enter("/albums", ben)
    guest.page.get_by_role("link", name="Shared with me").click()
    shared = cards(guest, "Shared albums")
    expect(shared).to_have_count(1)
    expect(shared.locator("img")).to_be_visible()
    looked_at(guest, "shared with me")
    shared.click()
    theirs = guest.page.get_by_test_id("album-head")
    expect(theirs).to_contain_text("Shared by admin")
    expect(theirs).to_contain_text("you may add photos")
    looked_at(guest, "album that is shared")
    more(guest, "Summer 2024", "What admin is told")
    place = guest.page.get_by_role("switch", name="Place")
    expect(place).to_be_checked()
    place.click()
    expect(place).not_to_be_checked()
    looked_at(guest, "what the owner is told")
    guest.press("Done")
    assert guest.photo_ids() == [photo]
    guest.open_photo()
    expect(guest.viewer.locator("img").first).to_be_visible()
    for action in ("Favourite", "Move to trash", "Share", "Add to album"):
        button = guest.page.get_by_role("button", name=action, exact=True)
        expect(button).to_have_count(0)
    facts = guest.show_facts()
    expect(facts).to_contain_text(re.compile(r"20\d\d"))
    guest.page.keyboard.press("Escape")
    guest.page.keyboard.press("Escape")

    anna.open_photo()
    anna.viewer.get_by_role("button", name="Share", exact=True).click()
    box = page.get_by_label("What ben may do")
    box.check()
    expect(box).to_be_enabled()
    anna.press("Done")
    page.keyboard.press("Escape")
    anna.go_to("Albums")
    page.get_by_role("link", name="Shared by me").click()
    expect(cards(anna, "Shared albums")).to_have_count(1)
    expect(anna.tiles).to_have_count(1)
    looked_at(anna, "shared by me")

    more(guest, "Summer 2024", "Leave album")
    guest.press("Leave album")
    expect(toast(guest, "You have left “Summer 2024”")).to_be_visible()
    expect(cards(guest, "Shared albums")).to_have_count(0)
    expect(guest.tiles).to_have_count(1)
    guest.open_photo()
    guest.press("Remove from “Shared with me”")
    nothing = guest.page.get_by_text("Nobody has shared anything with you yet")
    expect(nothing).to_be_visible()

    anna.go_to("Albums")
    cards(anna, "Your albums").filter(has_text="Summer").click()
    more(anna, "Summer 2024", "Take out all photos")
    anna.press("Take out")
    expect(head).to_contain_text("0 photos")
    more(anna, "Summer 2024", "Delete album")
    anna.press("Delete album")
    expect(toast(anna, "was deleted")).to_be_visible()
    expect(cards(anna, "Your albums")).to_have_count(1)
