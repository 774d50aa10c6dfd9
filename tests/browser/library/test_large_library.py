"""Twenty thousand photos in twenty years: the page holds only those in view."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.site import Site
from tests.browser.visitor import Visitor
from tests.support.server import librephotos

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[3]
PHOTOS = 20_000
FILL = f"""
from benchmarks._rows import Library, fill
from librephotos.api.models import User
fill(User.objects.get(username="collector").pk, Library({PHOTOS}))
"""


@pytest.fixture(scope="module")
def collector(site: Site) -> str:
    """A user with rows of photos that have no files."""
    site.add_user("collector")
    filled = librephotos(
        *("shell", "--command", FILL), data=site.server.data, PYTHONPATH=str(ROOT)
    )
    assert filled.returncode == 0, filled.stderr
    return "collector"


def test_only_what_is_in_view_is_in_the_page(
    visit: Callable[..., Visitor], collector: str
) -> None:
    visitor = visit()
    visitor.expect_complaint("/media/")
    visitor.enter(username=collector)
    expect(visitor.tiles.first).to_be_visible()
    grid = visitor.page.get_by_test_id("photo-grid")
    assert grid.evaluate("grid => grid.scrollHeight") > 200_000
    scrubber = visitor.page.get_by_test_id("year-scrubber")
    for _ in range(5):
        scrubber.press("ArrowDown")
    for views in (4, 4, 4, -12):
        assert visitor.scroll(views)
    expect(visitor.tiles.first).to_be_visible()
    assert visitor.page.evaluate("document.querySelectorAll('*').length") < 1500
    assert visitor.tiles.count() < 200
    scrubber.press("End")
    expect(visitor.tiles.last).to_have_attribute("aria-label", re.compile("no date"))
    assert visitor.page.evaluate("document.querySelectorAll('*').length") < 1500
