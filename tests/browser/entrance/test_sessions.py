"""A visit that ended elsewhere: nobody sees another's, and nothing is lost silently."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect

from tests.browser.site import Site
from tests.browser.visitor import Visitor
from tests.support.pictures.showcase import write_showcase
from tests.support.server import PASSWORD

pytestmark = pytest.mark.browser

UNSAVED = "You were signed out before your last change was saved."
MISSES_OTHER_TABS = """
for (const event of ['storage', 'focus', 'pageshow'])
  window.addEventListener(event, e => e.stopImmediatePropagation(), true);
document.addEventListener(
  'visibilitychange', e => e.stopImmediatePropagation(), true);
"""


@pytest.fixture(scope="module")
def accounts(site: Site, folder: Any) -> tuple[str, str]:
    """Two users: one with pictures, and one without."""
    pictures = folder / "shared-computer"
    write_showcase(pictures, pixels=20_000)
    site.add_user("first", pictures)
    site.add_user("second")
    return "first", "second"


def change_password(site: Site, name: str, password: str) -> None:
    """Have a user choose another password on another device."""
    token = site.server.sign_in(name)
    users = site.server.get("/api/user/", token)["results"]
    mine = next(user["id"] for user in users if user["username"] == name)
    request = urllib.request.Request(
        f"{site.address}/api/user/{mine}/",
        data=json.dumps({"current_password": PASSWORD, "password": password}).encode(),
        headers={
            "Content-Type": "application/json",
            "Authorization": f"Bearer {token}",
        },
        method="PATCH",
    )
    with urllib.request.urlopen(request, timeout=60):
        pass


def second_tab(visitor: Visitor, user: str) -> Page:
    """Return another tab of a user who has signed in and sees pictures.

    What it asks for as the next user comes is not that one's.
    """
    visitor.expect_complaint("status of 404")
    visitor.enter(username=user)
    expect(visitor.tiles.first).to_be_visible()
    return visitor.context.new_page()


def account_of(page: Page, user: str) -> Locator:
    """The button of a user's account, also behind an open photo."""
    return page.get_by_title(f"Account: {user}")


POLL = "/api/rqavailable/"


def rest(page: Page, load: Callable[[], object]) -> None:
    """Load a page, and wait until it has asked for nothing for a while, polls aside."""
    asked: list[Request] = []
    answered: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    for event in ("requestfinished", "requestfailed"):
        page.on(event, lambda request: answered.append(request))
    load()
    seen = -1
    while seen < len(asked) or any(
        request not in answered and POLL not in request.url for request in asked
    ):
        seen = len(asked)
        page.wait_for_timeout(500)


def hold(page: Page, addresses: str, **options: int) -> Callable[[], Route]:
    """Keep a page's requests from the server; what is returned waits for the first."""
    held: list[Route] = []
    page.route(addresses, lambda route: held.append(route), **options)

    def first() -> Route:
        while not held:
            page.wait_for_timeout(20)
        return held[0]

    return first


def pictures_of(page: Page) -> list[str]:
    """Return the addresses of all pictures that a page shows."""
    found = page.locator("img[src*='/media/']")
    return list(found.evaluate_all("all => all.map(image => image.src)"))


@pytest.mark.parametrize(
    "address",
    ["/", "/people", "/things", "/favourites", "/recent", "/search?q=zermatt"]
    + ["/places", "/albums"]
    + ["/problems", "/models", "/photo/"],
)
def test_another_tab_becomes_the_next_users(
    visitor: Visitor, accounts: tuple[str, str], address: str
) -> None:
    first, second = accounts
    other = second_tab(visitor, first)
    is_photo = address == "/photo/"
    if is_photo:
        address += visitor.photo_ids()[0]
    other.goto(visitor.address + address)
    expect(account_of(other, first)).to_be_attached()
    if is_photo:
        expect(other.get_by_test_id("viewer-image")).to_be_visible()
    visitor.log_out()
    expect(other.get_by_test_id("sign-in-form")).to_be_visible()
    assert pictures_of(other) == []
    visitor.sign_in(second)
    expect(visitor.page.get_by_text("No photos yet")).to_be_visible()
    expect(account_of(other, second)).to_be_attached()
    expect(account_of(other, first)).to_have_count(0)
    expect(other.get_by_text(first, exact=True)).to_have_count(0)
    expect(other.locator("img[src*='/media/thumb']")).to_have_count(0)
    if is_photo:
        expect(other.get_by_text("There is no such photo")).to_be_visible()


def test_what_a_tab_left_behind_does_is_not_done_by_the_next_user(
    visitor: Visitor, accounts: tuple[str, str], site: Site
) -> None:
    first, second = accounts
    other = second_tab(visitor, first)
    # A tab at rest is told of nothing, and asks nothing.
    other.add_init_script(MISSES_OTHER_TABS)
    other.route(f"**{POLL}", lambda route: None)
    rest(other, lambda: other.goto(f"{visitor.address}/photo/{visitor.photo_ids()[0]}"))
    expect(other.get_by_test_id("viewer-image")).to_be_visible()
    visitor.log_out()
    visitor.sign_in(second)
    expect(visitor.page.get_by_text("No photos yet")).to_be_visible()
    sent: list[str] = []
    other.on("request", lambda request: sent.append(f"{request.method} {request.url}"))
    other.get_by_role("button", name="Hide", exact=True).click()
    expect(other.get_by_test_id("toast")).to_have_text(UNSAVED)
    expect(other.get_by_text("There is no such photo")).to_be_visible()
    assert not [request for request in sent if "photosedit" in request]
    expect(account_of(other, second)).to_be_attached()
    token = site.server.sign_in(first)
    hidden = site.server.get("/api/albums/date/list/?hidden=true", token)
    assert hidden["results"] == []


def test_an_answer_that_comes_late_is_nobodys(
    visitor: Visitor, accounts: tuple[str, str]
) -> None:
    """Days of the first user that arrive when the second one is there already."""
    first, second = accounts
    other = second_tab(visitor, first)
    held = hold(other, "**/api/timeline/days/**", times=1)
    other.goto(visitor.address)
    answer = held().fetch()
    assert answer.json()["days"]
    visitor.log_out()
    visitor.sign_in(second)
    expect(account_of(other, second)).to_be_attached()
    expect(other.get_by_text("No photos yet")).to_be_visible()
    held().fulfill(response=answer)
    other.evaluate("() => new Promise(done => setTimeout(done, 0))")
    expect(other.get_by_text("No photos yet")).to_be_visible()
    assert pictures_of(other) == []


def test_a_renewal_that_crosses_a_sign_in_brings_nobody_back(
    visitor: Visitor, accounts: tuple[str, str]
) -> None:
    first, second = accounts
    other = second_tab(visitor, first)
    held = hold(other, "**/api/auth/token/refresh/", times=1)
    other.goto(visitor.address)
    answer = held().fetch()
    assert answer.ok
    visitor.log_out()
    visitor.sign_in(second)
    expect(visitor.page.get_by_text("No photos yet")).to_be_visible()
    held().fulfill(response=answer)
    expect(other.get_by_text("No photos yet")).to_be_visible()
    visitor.page.reload()
    expect(visitor.page.get_by_text("No photos yet")).to_be_visible()


@pytest.mark.parametrize("act", ["Favourite", "Hide", "Move to trash"])
def test_an_act_on_its_way_when_the_visit_ends_is_not_lost_silently(
    visitor: Visitor, accounts: tuple[str, str], act: str
) -> None:
    first, _ = accounts
    other = second_tab(visitor, first)
    photo = visitor.photo_ids()[0]
    held = hold(other, "**/api/photosedit/**")
    other.goto(f"{visitor.address}/photo/{photo}")
    other.get_by_role("button", name=act, exact=True).click()
    request = held()
    visitor.log_out()
    expect(other.get_by_test_id("sign-in-form")).to_be_visible()
    request.continue_()
    expect(other.get_by_role("alert")).to_contain_text(UNSAVED)
    visitor.sign_in(first)
    # The photo is still there, and its place in the address.
    expect(other.get_by_test_id("viewer-image")).to_be_visible()
    assert other.url.endswith(photo)
    button = other.get_by_role("button", name=act, exact=True)
    expect(button).to_be_enabled()


def test_a_password_changed_elsewhere_ends_the_visit_and_says_what_is_lost(
    visit: Callable[..., Visitor], site: Site, folder: Any
) -> None:
    (folder / "careful").mkdir()
    site.add_user("careful", folder / "careful")
    visitor = visit()
    visitor.expect_complaint("status of 401")
    # It asks nothing that would tell it.
    idle = {"status": True, "queue_can_accept_job": True, "job_detail": None}
    visitor.page.route(f"**{POLL}", lambda route: route.fulfill(json=idle))
    rest(visitor.page, lambda: visitor.enter("/people", "careful"))
    change_password(site, "careful", "another horse battery")
    visitor.choose_of_account("Scan now")
    expect(visitor.page.get_by_role("alert")).to_contain_text(UNSAVED)
    visitor.sign_in("careful", "another horse battery")
    expect(visitor.account).to_have_accessible_name("Account: careful")
    expect(visitor.page.get_by_test_id("toast")).to_have_count(0)


def test_a_caption_that_is_being_written_outlives_the_visit(
    visitor: Visitor, accounts: tuple[str, str]
) -> None:
    """It comes back to who wrote it, and to nobody else; once only."""
    first, second = accounts
    other = second_tab(visitor, first)
    other.goto(f"{visitor.address}/photo/{visitor.photo_ids()[0]}")
    other.get_by_role("button", name="Facts").click()
    other.get_by_role("button", name="Write caption").click()
    caption = other.get_by_role("textbox", name="Caption")
    caption.fill("Grandmother's garden, the summer before")
    visitor.log_out()
    visitor.sign_in(second)
    expect(other.get_by_text("There is no such photo")).to_be_visible()
    expect(caption).to_have_count(0)
    visitor.log_out()
    visitor.sign_in(first)
    expect(caption).to_have_value("Grandmother's garden, the summer before")
    other.get_by_role("button", name="Cancel").click()
    other.get_by_role("button", name="Facts").click()
    other.get_by_role("button", name="Facts").click()
    other.get_by_role("button", name="Write caption").click()
    expect(caption).to_have_value("")
