"""Correcting photos in the page: what is said shows at once, and can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from tests.browser.site import Site
from tests.browser.visitor import BOTH_WIDTHS, DESK, PHONE, Visitor
from tests.support.pictures.images import photograph

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def corrector(site: Site, folder: Path) -> str:
    """A user with two pictures, one of which is wide."""
    pictures = folder / "corrector"
    pictures.mkdir()
    wide = photograph().resize((1200, 600))
    wide.paste(Image.new("RGB", (300, 600), "red"), (0, 0))
    wide.save(pictures / "IMG_20200102_030405.jpg", quality=90)
    photograph().resize((600, 400)).save(pictures / "b.png")
    site.add_user("corrector", pictures)
    return "corrector"


def question(visitor: Visitor, name: str) -> Locator:
    """Open one of the forms of the panel."""
    panel = visitor.page.get_by_test_id("edit")
    panel.get_by_role("button", name=name, exact=True).click()
    return visitor.page.get_by_role("dialog", name=name, exact=True)


def test_a_photo_is_corrected(visit: Callable[..., Visitor], corrector: str) -> None:
    visitor = visit(**DESK)
    visitor.enter(username=corrector)
    expect(visitor.tiles).to_have_count(2)
    visitor.open_photo(0)
    panel = visitor.show_facts()
    expect(panel).to_contain_text("From the file's name")

    form = question(visitor, "Date and time")
    form.get_by_label("Date and time on the clock there").fill("1999-05-06T07:08:09")
    form.get_by_label("Time zone", exact=True).fill("Asia/Tokyo")
    visitor.inspect("edits-date", BOTH_WIDTHS)
    form.get_by_role("button", name="Save").click()
    expect(panel).to_contain_text("6 May 1999")
    expect(panel).to_contain_text("Asia/Tokyo · Entered by you")

    form = question(visitor, "Place")
    form.get_by_role("combobox").fill("florence")
    form.get_by_role("option", name="Florence, Tuscany, Italy").click()
    visitor.inspect("edits-place", BOTH_WIDTHS)
    form.get_by_role("button", name="Save").click()
    expect(panel).to_contain_text("43.7")
    visitor.undo()
    expect(panel).not_to_contain_text("43.7")

    form = question(visitor, "Title and words")
    form.get_by_label("Title").fill("Grandmother's garden")
    form.get_by_label("Keywords").fill("garden, roses")
    visitor.inspect("edits-words", BOTH_WIDTHS)
    form.get_by_role("button", name="Save").click()
    expect(panel).to_contain_text("Grandmother's garden")
    tags = panel.get_by_test_id("user-tags")
    expect(tags.get_by_role("link", name="roses")).to_be_visible()
    tags.get_by_role("combobox").fill("summer")
    tags.get_by_role("combobox").press("Enter")
    expect(tags.get_by_role("link", name="summer")).to_be_visible()

    panel.get_by_role("button", name="Turn right").click()
    visitor.wait_until(
        "() => { const i = document.querySelector('[data-testid=viewer-image]');"
        " return i.src.includes('v=6') && i.naturalWidth < i.naturalHeight; }"
    )
    visitor.inspect("edits-turned", BOTH_WIDTHS)

    form = question(visitor, "History")
    form.get_by_role("button", name="Undo: Title").click()
    facts = panel.locator("dl").first
    expect(facts).not_to_contain_text("Grandmother's garden")
    visitor.inspect("edits-history", BOTH_WIDTHS)
    form.get_by_role("button", name="Undo all edits").click()
    expect(facts).to_contain_text("2 January 2020")
    form.get_by_role("button", name="Close").click()
    visitor.page.keyboard.press("Escape")

    visitor.go_to("Albums")
    visitor.page.get_by_role("link", name="Tags").click()
    expect(visitor.page.get_by_text("summer", exact=True)).to_be_visible()
    visitor.inspect("edits-tags", BOTH_WIDTHS)
    visitor.press("Rename, merge and delete")
    manage = visitor.page.get_by_test_id("manage-tags")
    visitor.inspect("edits-manage-tags", BOTH_WIDTHS)
    manage.get_by_label("Name of the tag summer").fill("Summer 1999")
    manage.get_by_role("button", name="Rename").and_(manage.locator(":enabled")).click()
    expect(manage.get_by_label("Name of the tag Summer 1999")).to_be_visible()
    manage.get_by_role("button", name="Delete the tag Summer 1999").click()
    expect(visitor.page.get_by_role("dialog")).to_be_visible()
    visitor.inspect("edits-delete-tag", BOTH_WIDTHS)
    visitor.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(manage.get_by_label("Name of the tag Summer 1999")).to_have_count(0)


def test_a_phone_has_the_forms_too(
    visit: Callable[..., Visitor], corrector: str
) -> None:
    visitor = visit(**PHONE, color_scheme="dark")
    visitor.enter(username=corrector)
    expect(visitor.tiles).to_have_count(2)
    visitor.open_photo(1)
    panel = visitor.show_facts()
    visitor.inspect("edits-finger-facts")
    form = question(visitor, "Kind of picture")
    form.get_by_label("Kind of picture").select_option(label="Document")
    visitor.inspect("edits-finger-category")
    form.get_by_role("button", name="Save").click()
    visitor.undo()
    question(visitor, "Date and time")
    visitor.inspect("edits-finger-date")
    visitor.page.keyboard.press("Escape")
    expect(panel).to_be_visible()
