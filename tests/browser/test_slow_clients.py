"""A visitor opens the page while others hold up what they can."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import visitors_of
from tests.browser.site import Site
from tests.support.server import RunningServer, write_pictures
from tests.support.slow_clients import slow_clients, write_large_picture

pytestmark = pytest.mark.browser


def test_the_page_opens_beside_slow_clients(folder: Path, chromium: Browser) -> None:
    pictures = write_pictures(folder / "many", 20)
    write_large_picture(pictures)
    with RunningServer(folder / "slow-data", pictures, faces=False) as server:
        site = Site(server)
        site.wait_for_scan("admin")
        token = server.sign_in()
        with slow_clients(server, token), visitors_of(chromium, site) as visit:
            visitor = visit()
            visitor.enter()
            expect(visitor.tiles.nth(15)).to_be_visible()
            visitor.page.reload()
            expect(visitor.tiles.nth(15)).to_be_visible()
            assert server.answers()
