"""Albums of what photos show."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


def test_a_hashtag_in_a_caption_makes_an_album(visitor: Visitor) -> None:
    # Its album is open behind the photo that is the last one to leave it.
    visitor.expect_complaint("/api/albums/thing/")
    visitor.enter()
    expect(visitor.tiles.first).to_be_visible()
    photo = visitor.open_photo(3)
    visitor.show_facts()
    visitor.press("Write caption")
    caption = visitor.page.get_by_role("textbox", name="Caption")
    caption.fill("Seen on the way #holiday")
    # The keys of the viewer are letters while one writes.
    caption.press("i")
    caption.press("Backspace")
    caption.press("Control+Enter")
    expect(visitor.page.get_by_test_id("caption")).to_contain_text("Seen on the way")
    visitor.page.keyboard.press("Escape")
    visitor.go_to("Things")
    thing = visitor.page.get_by_test_id("thing").filter(has_text="holiday")
    expect(thing).to_contain_text("1 photo")
    thing.click()
    expect(visitor.tiles).to_have_count(1)
    assert visitor.photo_ids() == [photo]
    visitor.open_photo()
    visitor.show_facts()
    visitor.press("Edit caption")
    visitor.page.get_by_role("textbox", name="Caption").fill("")
    visitor.press("Save")
    expect(visitor.page.get_by_role("button", name="Write caption")).to_be_visible()
    visitor.page.keyboard.press("Escape")
    visitor.go_to("Things")
    expect(thing).to_have_count(0)
