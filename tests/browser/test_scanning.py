"""Watching a scan, and what could not be read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.site import BROKEN, BROKEN_FILE, Site
from tests.browser.visitor import Visitor
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
    visitor.press("Scan now")
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
