"""Links: made by who owns the photos, opened by a stranger, and revoked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.layout import covered
from tests.browser.site import Site
from tests.browser.visitor import BOTH_WIDTHS, DESK, PHONE, Visitor

pytestmark = pytest.mark.browser

PASSWORD = "open sesame"


@pytest.fixture
def album(site: Site) -> Iterator[int]:
    """An album of dozens of photos, a video among them, by its id."""
    token = site.server.sign_in()
    photos = site.server.get("/api/photos/?page_size=60", token)["results"]
    clips = site.server.get("/api/photos/searchlist/?search=clip.mp4", token)["results"]
    names = [photo["image_hash"] for photo in photos] + [
        item["image_hash"] for group in clips for item in group.get("items", [])
    ]
    body = {"title": "A summer of light", "photos": names}
    made = int(site.server.post("/api/albums/user/edit/", body, token)["id"])
    yield made
    site.delete(f"/api/albums/user/{made}/")


def dialog(visitor: Visitor) -> Locator:
    """The form of a link."""
    return visitor.page.get_by_test_id("link-dialog")


def make_link(visitor: Visitor) -> str:
    """Press the button in the dialog; return where the link leads."""
    dialog(visitor).get_by_role("button", name="Make link").click()
    return address_in(dialog(visitor))


def address_in(place: Locator) -> str:
    """Return the path that is offered to be copied."""
    field = place.get_by_test_id("link-address")
    expect(field).to_be_visible()
    return re.sub(r"^https?://[^/]+", "", field.input_value())


def own_code(visitor: Visitor) -> list[str]:
    """Collect the addresses that a page asks for."""
    asked: list[str] = []
    visitor.context.on("request", lambda request: asked.append(request.url))
    return asked


def test_a_stranger_sees_an_album_until_its_link_is_revoked(
    visit: Callable[..., Visitor], album: int
) -> None:
    owner = visit(**DESK)
    owner.enter(f"/albums/{album}")
    owner.page.get_by_test_id("link-button").click()
    form = dialog(owner)
    expect(form.get_by_text("Whoever has the link sees")).to_be_visible()
    form.get_by_label("When photos were taken").check()
    form.get_by_label("Where photos were taken").check()
    assert covered(owner.page) == []
    owner.inspect("links-form", BOTH_WIDTHS)
    path = make_link(owner)
    assert re.fullmatch(r"/public/a/\w{22}", path)
    expect(form.get_by_text("Nobody has come by it yet")).to_be_visible()
    form.get_by_role("button", name="QR code").click()
    expect(form.get_by_test_id("link-qr")).to_be_visible()
    owner.inspect("links-dialog", BOTH_WIDTHS)

    stranger = visit(**PHONE)
    asked = own_code(stranger)
    stranger.open(path)
    title = stranger.page.get_by_role("heading", level=1, name="A summer of light")
    expect(title).to_be_visible()
    expect(stranger.page).to_have_title("A summer of light – LibrePhotos")
    stranger.wait_until_drawn()
    assert covered(stranger.page) == []
    stranger.inspect("links-album", BOTH_WIDTHS)
    photos = stranger.photo_ids()
    stranger.open_photo()
    expect(stranger.page.get_by_test_id("viewer-image")).to_be_visible()
    stranger.wait_until("() => document.querySelector('.loaded') !== null")
    stranger.inspect("links-photo")
    assert stranger.location() == f"{path}/photo/{photos[0]}"
    swipe(stranger)
    stranger.wait_until("id => location.pathname.endsWith(id)", photos[1])
    with stranger.page.expect_download() as download:
        stranger.page.get_by_test_id("link-download").click()
    assert re.fullmatch(r"photo-[0-9a-f]{8}\.\w+", download.value.suggested_filename)
    stranger.page.reload()
    expect(stranger.viewer).to_be_visible()
    stranger.press("Close")
    expect(title).to_be_visible()
    assert stranger.location() == path
    foreign = [url for url in asked if "/media/" in url and path[10:] not in url]
    assert foreign == []
    assert not any("/index-" in url or "/api/user" in url for url in asked)

    expect(form).to_be_visible()
    form.get_by_role("button", name="Revoke").click()
    expect(form.get_by_role("button", name="Make link")).to_be_visible()
    stranger.expect_complaint("status of 404")
    stranger.page.reload()
    expect(stranger.page.get_by_test_id("link-gone")).to_be_visible()
    stranger.inspect("links-gone", BOTH_WIDTHS)
    assert stranger.statuses_of([f"/api/public/albums/s/{path[10:]}/"]) == [404]


def swipe(visitor: Visitor) -> None:
    """Draw the next photo in with a finger."""
    session = visitor.context.new_cdp_session(visitor.page)

    def touch(kind: str, *xs: int) -> None:
        points = [{"x": x, "y": 420} for x in xs]
        event: dict[str, Any] = {"type": kind, "touchPoints": points}
        session.send("Input.dispatchTouchEvent", event)

    touch("touchStart", 320)
    for x in (260, 200, 140, 80):
        touch("touchMove", x)
    touch("touchEnd")


def test_a_photo_is_shown_alone_behind_a_password_and_listed(
    visit: Callable[..., Visitor],
) -> None:
    owner = visit(**DESK, color_scheme="dark")
    owner.enter()
    photo = owner.open_photo()
    owner.viewer.get_by_test_id("link-button").click()
    form = dialog(owner)
    form.get_by_label("Asks for a password").check()
    form.get_by_label("Password", exact=True).fill(PASSWORD)
    form.get_by_label("Captions").check()
    form.get_by_label("Visitors may download").uncheck()
    form.get_by_text("End of the address").click()
    form.get_by_label("End of the address").fill("photos")
    owner.expect_complaint("status of 400")
    form.get_by_role("button", name="Make link").click()
    expect(form.get_by_role("alert")).to_contain_text("Choose 3 to 64")
    owner.inspect("links-refused", BOTH_WIDTHS)
    form.get_by_label("End of the address").fill("my-best-photo")
    path = make_link(owner)
    assert path == "/public/p/my-best-photo"
    owner.inspect("links-dialog", BOTH_WIDTHS)
    form.get_by_role("button", name="Close").click()
    assert owner.location() == f"/photo/{photo}"

    stranger = visit(**DESK, color_scheme="dark")
    stranger.expect_complaint("status of 403")
    stranger.expect_complaint("status of 400")
    stranger.open(path)
    field = stranger.page.get_by_label("Password")
    field.fill("open barley")
    stranger.inspect("links-password", BOTH_WIDTHS)
    stranger.press("Open")
    expect(stranger.page.get_by_role("alert")).to_have_text("This is not the password.")
    stranger.inspect("links-wrong-password", BOTH_WIDTHS)
    field.fill(PASSWORD)
    stranger.press("Open")
    expect(stranger.page.get_by_test_id("photo-alone")).to_be_visible()
    stranger.wait_until("() => document.querySelector('.loaded') !== null")
    stranger.inspect("links-photo-alone", BOTH_WIDTHS)
    assert stranger.page.get_by_test_id("link-download").count() == 0
    assert covered(stranger.page) == []

    owner.press("Close")
    owner.choose_of_account("Links")
    row = owner.page.get_by_test_id("links").get_by_role("listitem")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Visited once")
    assert address_in(row) == path
    owner.inspect("links-links", BOTH_WIDTHS)
    row.get_by_role("button", name="Change").click()
    form.get_by_label("Valid until").select_option("30")
    form.get_by_role("button", name="Save").click()
    expect(row).to_contain_text(re.compile(r"20\d\d"))
    form.get_by_role("button", name="New address").click()
    expect(row.get_by_test_id("link-address")).not_to_have_value(re.compile("my-best"))
    form.get_by_role("button", name="Close").click()
    owner.page.set_viewport_size({"width": 390, "height": 844})
    expect(row).to_be_visible()
    assert covered(owner.page) == []
    owner.inspect("links-links")
    row.get_by_role("button", name="Revoke").click()
    question = owner.page.get_by_role("dialog", name=re.compile("^Revoke the link"))
    expect(question).to_be_visible()
    owner.inspect("links-revoke", BOTH_WIDTHS)
    question.get_by_role("button", name="Revoke").click()
    expect(owner.page.get_by_text("You share nothing by a link")).to_be_visible()
    owner.inspect("links-none", BOTH_WIDTHS)
    stranger.expect_complaint("status of 404")
    stranger.page.reload()
    expect(stranger.page.get_by_test_id("link-gone")).to_be_visible()
