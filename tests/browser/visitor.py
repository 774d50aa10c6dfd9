"""A person at a browser, and all that the browser complains of meanwhile."""

from __future__ import annotations

from collections.abc import Iterable

from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Locator,
    Request,
    WebError,
    expect,
)

from tests.support.server import PASSWORD

_OWN_SCHEMES = ("data:", "blob:")
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}


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

    def undo(self) -> None:
        """Take back what the newest message tells of."""
        toast = self.page.get_by_test_id("toast").last
        toast.get_by_role("button", name="Undo").click()
        message = self.page.get_by_test_id("toast").filter(has_text="Undone")
        expect(message).to_be_visible()

    def press(self, name: str) -> None:
        """Click the button of this name."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def log_out(self) -> None:
        """Leave, and wait until the server has taken the cookies back."""
        with self.page.expect_response("**/api/auth/token/blacklist/"):
            self.page.get_by_role("button", name="Log out").click()
        expect(self.page.get_by_test_id("sign-in-form")).to_be_visible()

    def go_to(self, view: str) -> None:
        """Choose a view in the menu beside the photos."""
        self.page.get_by_role("link", name=view, exact=True).click()
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
        ids = self.tiles.evaluate_all("tiles => tiles.map(t => t.dataset.photoId)")
        return [str(photo) for photo in ids]

    def location(self) -> str:
        """Return the path in the address bar."""
        return str(self.page.evaluate("location.pathname + location.search"))

    def open_photo(self, number: int = 0) -> str:
        """Open one of the photos that are drawn; return its id."""
        tile = self.tiles.nth(number)
        photo = tile.get_attribute("data-photo-id")
        tile.click()
        expect(self.viewer).to_be_visible()
        return photo or ""

    def show_facts(self) -> Locator:
        """Open the panel with the facts of the open photo."""
        self.press("Facts")
        panel = self.page.get_by_test_id("facts-panel")
        expect(panel.locator("dt").first).to_have_text("Date")
        return panel

    def wait_until(self, expression: str, argument: object = None) -> None:
        """Wait until a JavaScript expression or function is true."""
        self.page.wait_for_function(expression, arg=argument)

    def wait_until_drawn(self) -> None:
        """Wait until every image of the grid is there."""
        self.wait_until(
            "() => { const all = [...document.querySelectorAll("
            "'[data-testid=photo-tile] img')]; return all.length > 0"
            " && all.every(i => i.complete && i.naturalWidth > 0); }"
        )

    def statuses_of(self, paths: Iterable[str]) -> list[int]:
        """Return what the server answers to this browser, with its cookies."""
        return [self.context.request.get(self.address + p).status for p in paths]
