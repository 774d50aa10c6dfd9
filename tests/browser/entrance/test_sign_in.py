"""Coming in, and leaving nothing behind."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.site import Site
from tests.browser.visitor import BOTH_WIDTHS, Visitor
from tests.support.server import PASSWORD

pytestmark = pytest.mark.browser


def test_right_password_opens_the_library(visitor: Visitor) -> None:
    visitor.open()
    expect(visitor.page.get_by_test_id("sign-in-form")).to_be_visible()
    visitor.sign_in()
    expect(visitor.tiles.first).to_be_visible()


def test_enter_leads_to_the_photos(visitor: Visitor) -> None:
    visitor.open()
    visitor.page.get_by_label("User name").fill("admin")
    visitor.page.get_by_label("Password").fill(PASSWORD)
    visitor.page.keyboard.press("Enter")
    expect(visitor.tiles.first).to_be_visible()
    expect(visitor.page.get_by_test_id("photo-grid")).to_be_focused()
    expect(visitor.page.get_by_label("Suggestions")).to_have_count(0)


def test_other_tabs_leave_and_come_in_too(visitor: Visitor) -> None:
    visitor.enter()
    expect(visitor.tiles.first).to_be_visible()
    other = visitor.context.new_page()
    other.goto(f"{visitor.address}/recent")
    expect(other.get_by_test_id("photo-tile").first).to_be_visible()
    visitor.log_out()
    expect(other.get_by_test_id("sign-in-form")).to_be_visible()
    visitor.sign_in()
    expect(other.get_by_test_id("photo-tile").first).to_be_visible()
    expect(other).to_have_title("Recently added – LibrePhotos")


def test_wrong_password_is_refused_in_words(visitor: Visitor) -> None:
    visitor.expect_complaint("/api/auth/token/obtain/")
    visitor.open()
    visitor.sign_in(password="not the password")
    expect(visitor.page.get_by_role("alert")).to_have_text(
        "User name and password do not match."
    )
    visitor.inspect("sign-in-refused", BOTH_WIDTHS)
    expect(visitor.page.get_by_role("button", name="Sign in")).to_be_enabled()
    visitor.sign_in()
    expect(visitor.tiles.first).to_be_visible()


def test_visit_goes_on_after_reload(visitor: Visitor) -> None:
    visitor.enter()
    expect(visitor.tiles.first).to_be_visible()
    visitor.page.reload()
    expect(visitor.tiles.first).to_be_visible()
    assert visitor.page.get_by_test_id("sign-in-form").count() == 0


def test_link_to_a_photo_waits_for_signing_in(visitor: Visitor) -> None:
    visitor.enter()
    photo = visitor.open_photo(2)
    visitor.press("Close")
    visitor.log_out()
    visitor.open(f"/photo/{photo}")
    expect(visitor.page.get_by_test_id("sign-in-form")).to_be_visible()
    visitor.sign_in()
    expect(visitor.page.get_by_test_id("viewer-image")).to_be_visible()
    assert visitor.location() == f"/photo/{photo}"


def test_logging_out_leaves_nothing_behind(visitor: Visitor) -> None:
    visitor.enter()
    visitor.wait_until_drawn()
    photo = visitor.photo_ids()[0]
    source = str(visitor.tiles.first.locator("img").get_attribute("src"))
    addresses = [source, f"/media/photos/{photo}", f"/media/thumbnails_big/{photo}"]
    assert visitor.statuses_of(addresses) == [200, 200, 200]
    visitor.log_out()
    assert visitor.page.evaluate("localStorage.length + sessionStorage.length") == 0
    visitor.wait_until("() => document.querySelectorAll('img').length === 0")
    assert visitor.statuses_of(addresses) == [403, 403, 403]
    assert "jwt" not in {cookie["name"] for cookie in visitor.context.cookies()}
    visitor.page.reload()
    expect(visitor.page.get_by_test_id("sign-in-form")).to_be_visible()


def test_the_cache_shows_nothing_without_the_cookie(visitor: Visitor) -> None:
    """Also where a browser does not follow Clear-Site-Data, that is without HTTPS."""
    visitor.enter()
    visitor.wait_until_drawn()
    source = str(visitor.tiles.first.locator("img").get_attribute("src"))
    # Takes what the cache has, however old.
    kept = "path => fetch(path, {cache: 'force-cache'}).then(answer => answer.status)"
    assert visitor.page.evaluate(kept, source) == 200
    # The page itself would soon ask for the cookie again.
    visitor.open("/api/healthz")
    visitor.context.clear_cookies(name="jwt")
    visitor.expect_complaint("403")
    assert visitor.page.evaluate(kept, source) == 403


def test_other_user_sees_nothing_of_the_first(visitor: Visitor, site: Site) -> None:
    site.add_user("stranger")
    visitor.enter()
    visitor.wait_until_drawn()
    photo = visitor.photo_ids()[0]
    source = str(visitor.tiles.first.locator("img").get_attribute("src"))
    visitor.log_out()
    visitor.sign_in("stranger")
    expect(visitor.page.get_by_role("heading", name="No photos yet")).to_be_visible()
    assert visitor.tiles.count() == 0
    assert visitor.statuses_of([source, f"/media/photos/{photo}"]) == [404, 404]
    visitor.expect_complaint(f"/api/photos/{photo}/")
    visitor.open(f"/photo/{photo}")
    expect(visitor.page.get_by_role("alert")).to_have_text(
        "This photo does not exist, or is not yours to see."
    )


def test_a_server_without_accounts_asks_for_the_first(visitor: Visitor) -> None:
    visitor.page.route(
        "**/api/firsttimesetup/",
        lambda route: route.fulfill(json={"isFirstTimeSetup": True}),
    )
    visitor.open()
    expect(visitor.page.get_by_test_id("first-setup-form")).to_be_visible()
    visitor.inspect("first-setup", BOTH_WIDTHS)
