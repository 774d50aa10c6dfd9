"""Watching a scan, and what could not be read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.site import BROKEN, BROKEN_FILE, Site
from tests.browser.visitor import Visitor
from tests.support.pictures.images import encoded, picture
from tests.support.server import write_pictures

pytestmark = pytest.mark.browser


def test_new_files_appear_while_one_watches(
    visit: Callable[..., Visitor], site: Site, folder: Path
) -> None:
    pictures = write_pictures(folder / "watcher", 2)
    site.add_user("watcher", pictures)
    visitor = visit()
    visitor.enter(username="watcher")
    expect(visitor.tiles).to_have_count(2)
    visitor.page.evaluate("window.sameDocument = true")
    write_pictures(pictures, 5)
    (pictures / BROKEN_FILE).write_bytes(BROKEN)
    visitor.choose_of_account("Scan now")
    expect(visitor.page.get_by_test_id("job-progress")).to_be_visible()
    expect(visitor.tiles).to_have_count(5)
    expect(visitor.page.get_by_test_id("job-progress")).to_contain_text("finished")
    visitor.wait_until_drawn()
    link = visitor.page.get_by_test_id("job-failures-link")
    expect(link).to_have_text("1 file failed")
    link.click()
    failed = visitor.page.get_by_test_id("failure-list").locator("li")
    expect(failed).to_have_count(1)
    expect(failed).to_contain_text(str(pictures / BROKEN_FILE))
    expect(failed).to_contain_text("damaged or cut short")
    assert visitor.page.evaluate("window.sameDocument") is True


def test_what_failed_is_found_long_after_the_scan_and_can_be_tried_again(
    visit: Callable[..., Visitor], site: Site, folder: Path
) -> None:
    pictures = write_pictures(folder / "mender", 2)
    broken, mended = pictures / BROKEN_FILE, pictures / "mended.jpg"
    broken.write_bytes(BROKEN)
    mended.write_bytes(b"")
    site.add_user("mender", pictures)
    visitor = visit()
    visitor.enter(username="mender")
    expect(visitor.tiles).to_have_count(2)
    expect(visitor.account).to_have_accessible_name("Account: mender, 2 problems")
    visitor.choose_of_account("Problems 2")
    expect(
        visitor.page.get_by_role("heading", level=1, name="Problems")
    ).to_be_visible()
    failed = visitor.page.get_by_test_id("failure-list").locator("li")
    expect(failed).to_have_count(2)
    expect(failed.filter(has_text=str(broken))).to_contain_text("damaged or cut short")
    mended.write_bytes(encoded(picture(400)))
    visitor.press("Try again")
    expect(failed).to_have_count(1)
    expect(failed).to_contain_text(str(broken))
    assert visitor.location() == "/problems"
    expect(visitor.account).to_have_accessible_name("Account: mender, 1 problem")
    visitor.account.click()
    entry = visitor.page.get_by_role("menuitem", name="Problems 1")
    expect(entry).to_have_attribute("aria-current", "page")
    visitor.page.keyboard.press("Escape")
    broken.write_bytes(encoded(picture(500)))
    visitor.press("Try again")
    expect(visitor.page.get_by_role("heading", name="Nothing failed")).to_be_visible()
    expect(visitor.account).to_have_accessible_name("Account: mender")
    visitor.go_to("Photos")
    expect(visitor.tiles).to_have_count(4)
