"""A person at a browser, and all that the browser complains of meanwhile."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Route,
    WebError,
    expect,
)

from tests.browser.accessibility import grave_findings
from tests.support.server import PASSWORD

PATIENCE_S = 120
"""What a browser has not done by then it will not do on a slow machine either."""
_OWN_SCHEMES = ("data:", "blob:")
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}
DESK = {"viewport": {"width": 1440, "height": 900}}
BOTH_WIDTHS = (1440, 390)
"""Of a screen at a desk and of a phone."""
_HEIGHTS = {1440: 900, 390: 844}

_ARE_READ = """
() => document.querySelector('[data-testid=photo-tile]') !== null
  && document.querySelector('[aria-busy=true]') === null
"""
_ARE_DRAWN = """
() => [...document.querySelectorAll('[data-testid=photo-tile]')].every(tile => {
  const image = tile.querySelector('img');
  return image !== null && image.complete && image.naturalWidth > 0;
})
"""
ANCHOR = """
() => {
  const view = document.querySelector('[data-testid=photo-grid]');
  const edge = view.getBoundingClientRect().top;
  const topOf = tile => tile.getBoundingClientRect().top - edge;
  const tiles = [...document.querySelectorAll('[data-testid=photo-tile]')];
  const first = tiles.find(tile => topOf(tile) >= 0);
  const row = tiles.filter(tile => topOf(tile) === topOf(first));
  const held = row[Math.floor(row.length / 2)];
  return [held.dataset.photoId, topOf(held)];
}
"""
"""The photo of the first whole row that stays where it is, and its top in the grid."""
TOP_OF = """
id => {
  const view = document.querySelector('[data-testid=photo-grid]');
  const tile = view.querySelector(`[data-testid=photo-tile][data-photo-id="${id}"]`);
  return tile && tile.getBoundingClientRect().top - view.getBoundingClientRect().top;
}
"""

_SCROLL = """
async (grid, views) => {
  const before = grid.scrollTop;
  grid.scrollTop += Math.round(grid.clientHeight * views);
  const hasMoved = grid.scrollTop !== before;
  // The page hears of it, and draws.
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
  return hasMoved;
}
"""

# Where a mouse rests for three seconds, as on a slow machine between two clicks, the
# viewer puts its buttons away.
RESTLESS_HAND = """
setInterval(() => {
  const moved = { bubbles: true, pointerType: 'mouse', pointerId: 99 };
  for (const open of document.querySelectorAll('.viewer-stage'))
    open.dispatchEvent(new PointerEvent('pointermove', moved));
}, 1000);
"""


class Held:
    """The requests of a page to some addresses, kept from the server until released."""

    def __init__(self, page: Page, addresses: str | re.Pattern[str]) -> None:
        self.routes: list[Route] = []
        self._is_released = False
        page.route(addresses, self._on_route)

    def _on_route(self, route: Route) -> None:
        if self._is_released:
            route.continue_()
        else:
            self.routes.append(route)

    def release(self) -> None:
        """Let those that wait go on, and all that come."""
        self._is_released = True
        for route in self.routes:
            route.continue_()


class Visitor:
    """One tab of a fresh browser profile that is opened at a site."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context = context
        self.address = address
        self.complaints: list[str] = []
        self._expected: list[str] = []
        context.on("console", self._on_console)
        context.on("weberror", self._on_error)
        context.on("request", self._on_request)
        self.page = context.new_page()

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            where = message.location.get("url", "")
            self.complaints.append(f"{message.type}: {message.text} ({where})")

    def _on_error(self, error: WebError) -> None:
        self.complaints.append(f"uncaught: {error.error}")

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.address}/", *_OWN_SCHEMES)):
            self.complaints.append(f"request to another host: {request.url}")

    def expect_complaint(self, text: str) -> None:
        """Allow complaints with this text in them, which the test provokes."""
        self._expected.append(text)

    def unexpected_complaints(self) -> list[str]:
        """Return what the browser has complained of without being provoked."""
        return [
            complaint
            for complaint in self.complaints
            if not any(text in complaint for text in self._expected)
        ]

    def check_accessibility(self, *rules: str) -> None:
        """Fail if axe finds anything serious or critical in the page as it is."""
        found = grave_findings(self.page, *rules)
        assert not found, "\n".join(found)

    def inspect(self, state: str, widths: Iterable[int] = ()) -> None:
        """Have axe look at a state of the page, light and dark, and keep pictures.

        `widths` are those of windows to look at it in, in place of the present one.
        What depends on the scheme is contrast alone, so the rest is looked at once.
        Pictures are kept where LIBREPHOTOS_SCREENSHOTS names a folder.
        """
        size = self.page.viewport_size
        assert size
        for width in widths or (size["width"],):
            height = _HEIGHTS.get(width, size["height"])
            self.page.set_viewport_size({"width": width, "height": height})
            self._inspect_schemes(f"{state}-{width}")
        self.page.set_viewport_size(size)

    def _inspect_schemes(self, state: str) -> None:
        is_dark = self.page.evaluate(
            "matchMedia('(prefers-color-scheme: dark)').matches"
        )
        own, other = ("dark", "light") if is_dark else ("light", "dark")
        found: list[str] = []
        for scheme, rules in ((other, ["color-contrast"]), (own, [])):
            self.page.emulate_media(color_scheme=scheme)
            for finding in grave_findings(self.page, *rules):
                found.append(f"{state}, {scheme}: {finding}")
            if folder := os.environ.get("LIBREPHOTOS_SCREENSHOTS"):
                file = Path(folder) / f"{state}-{scheme}.png"
                self.page.screenshot(path=file, animations="disabled")
        assert not found, "\n".join(found)

    def open(self, path: str = "/") -> None:
        """Load the page at a path."""
        self.page.goto(self.address + path)

    def sign_in(self, username: str = "admin", password: str = PASSWORD) -> None:
        """Fill in the form that is shown and send it."""
        self.page.get_by_label("User name").fill(username)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()

    def enter(self, path: str = "/", username: str = "admin") -> None:
        """Open a path and sign in."""
        self.open(path)
        self.sign_in(username)

    def keep_message(self, words: str) -> None:
        """Wait for the message with these words; be at it, so that it stays."""
        toast = self.page.get_by_test_id("toast").filter(has_text=words)
        toast.get_by_role("button", name="Undo").focus()

    def undo(self) -> None:
        """Take back what the newest message tells of."""
        toast = self.page.get_by_test_id("toast").last
        toast.get_by_role("button", name="Undo").click()
        message = self.page.get_by_test_id("toast").filter(has_text="Undone")
        expect(message.last).to_be_visible()

    def press(self, name: str) -> None:
        """Click the button of this name."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def log_out(self) -> None:
        """Leave, and wait until the server has taken the cookies back.

        What a tab is asking for as the visit ends is refused.
        """
        self.expect_complaint("status of 401")
        self.expect_complaint("status of 403")
        with self.page.expect_response("**/api/auth/token/blacklist/"):
            self.choose_of_account("Log out")
        expect(self.page.get_by_test_id("sign-in-form")).to_be_visible()

    @property
    def menu(self) -> Locator:
        """The menu beside the photos, or below them."""
        return self.page.get_by_role("navigation", name="Library")

    @property
    def account(self) -> Locator:
        """The button that opens the menu of the account."""
        return self.page.get_by_role("button", name=re.compile("^Account: "))

    def choose(self, choice: str) -> None:
        """Choose an entry of the menu that is open."""
        self.page.get_by_role("menuitem", name=choice, exact=True).click()

    def choose_of_account(self, choice: str) -> None:
        """Open the menu of the account and choose an entry."""
        self.account.click()
        self.choose(choice)

    def go_to(self, view: str) -> None:
        """Choose a view in the menu beside the photos."""
        self.menu.get_by_role("link", name=view, exact=True).click()
        region = self.page.get_by_role("heading", level=1, name=view)
        expect(region).to_be_attached()

    @property
    def tiles(self) -> Locator:
        """The photos that are drawn."""
        return self.page.get_by_test_id("photo-tile")

    @property
    def viewer(self) -> Locator:
        """The open photo."""
        return self.page.get_by_test_id("viewer")

    def photo_ids(self) -> list[str]:
        """Return the ids of the photos that are drawn, in reading order."""
        self.wait_until_read()
        ids = self.tiles.evaluate_all("tiles => tiles.map(t => t.dataset.photoId)")
        return [str(photo) for photo in ids]

    def tile(self, photo: str) -> Locator:
        """A photo that is drawn, by its id."""
        return self.page.locator(f"[data-photo-id='{photo}']")

    def scroll(self, views: float) -> bool:
        """Scroll the photos on by some times their view; False where they end."""
        grid = self.page.get_by_test_id("photo-grid")
        has_moved = bool(grid.evaluate(_SCROLL, views))
        self.wait_until_read()
        return has_moved

    def location(self) -> str:
        """Return the path in the address bar."""
        return str(self.page.evaluate("location.pathname + location.search"))

    def open_photo(self, number: int = 0) -> str:
        """Open one of the photos that are drawn; return its id."""
        photo = self.photo_ids()[number]
        self.tile(photo).click()
        expect(self.viewer).to_be_visible()
        return photo

    def show_facts(self) -> Locator:
        """Open the panel with the facts of the open photo."""
        self.press("Facts")
        panel = self.page.get_by_test_id("facts-panel")
        expect(panel.locator("dt").first).to_have_text("Date")
        return panel

    def wait_until(self, expression: str, argument: object = None) -> None:
        """Wait until a JavaScript expression or function is true."""
        self.page.wait_for_function(expression, arg=argument)

    def wait_for(self, condition: Callable[[], object], what: str) -> None:
        """Wait until the browser's events have told of something."""
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < deadline, f"not within {PATIENCE_S} s: {what}"
            self.page.wait_for_timeout(20)

    def answers_to(
        self, address: str | re.Pattern[str], *, method: str = "GET"
    ) -> list[tuple[str, Any]]:
        """Collect, from now on, address and JSON of each answer to such a request.

        The page reads answers as they flow, of which Chromium keeps none for others.
        """
        found: list[tuple[str, Any]] = []

        def pass_on(route: Route) -> None:
            if route.request.method != method:
                route.fallback()
                return
            answer = route.fetch()
            found.append((route.request.url, answer.json()))
            route.fulfill(response=answer)

        self.context.route(address, pass_on)
        return found

    def wait_until_read(self) -> None:
        """Wait until each day in view has its photos.

        Days are asked for side by side and drawn as they come: until then the first of
        the photos may be any.
        """
        self.wait_until(_ARE_READ)

    def wait_until_drawn(self) -> None:
        """Wait until every image of the grid is there."""
        self.wait_until_read()
        self.wait_until(_ARE_DRAWN)

    def statuses_of(self, paths: Iterable[str]) -> list[int]:
        """Return what the server answers to this browser, with its cookies."""
        return [self.context.request.get(self.address + p).status for p in paths]
