"""The typeface of the page: served by us, and no other host is asked for anything."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

LOADED = """
async () => {
  await document.fonts.ready;
  return [...document.fonts].filter(face => face.status === 'loaded')
    .map(face => face.family);
}
"""


def test_the_typeface_is_ours_and_nobody_else_is_asked(visitor: Visitor) -> None:
    asked: list[str] = []
    visitor.context.on("request", lambda request: asked.append(request.url))
    with visitor.page.expect_response("**/*.woff2") as answer:
        visitor.open()
    assert answer.value.status == 200
    headers = answer.value.all_headers()
    assert headers["content-type"] == "font/woff2"
    assert "immutable" in headers["cache-control"]
    visitor.sign_in()
    visitor.wait_until_drawn()
    assert "Inter Variable" in {
        str(family).strip('"') for family in visitor.page.evaluate(LOADED)
    }
    for title in ("People", "Places", "Albums"):
        visitor.go_to(title)
    visitor.account.click()
    expect(visitor.page.get_by_role("menu")).to_be_visible()
    hosts = {
        urlsplit(url).netloc for url in asked if not url.startswith(("data:", "blob:"))
    }
    assert hosts == {urlsplit(visitor.address).netloc}
    # Text is read in another typeface until this one is there.
    shown = "() => [...document.fonts].every(face => face.display === 'swap')"
    assert visitor.page.evaluate(shown) is True
