"""One photo, larger: by wheel, double click, keys, buttons and fingers."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import CDPSession, expect

from tests.browser.site import Site
from tests.browser.visitor import PHONE, Visitor
from tests.support.pictures.images import encoded, photograph

pytestmark = pytest.mark.browser

WIDTH, HEIGHT = 4500, 3000
COUNT = 3
PICTURE = """
() => {
  const image = document.querySelector('[data-testid=viewer-image]');
  const area = image.getBoundingClientRect();
  const { naturalWidth, naturalHeight } = image;
  const fit = Math.min(area.width / naturalWidth, area.height / naturalHeight);
  const width = naturalWidth * fit, height = naturalHeight * fit;
  return {
    left: area.left + (area.width - width) / 2,
    top: area.top + (area.height - height) / 2,
    width, height, scale: fit,
  };
}
"""
ZOOM = "() => parseInt(document.querySelector('[data-testid=zoom]').textContent)"
NOTE_GLIDES = """
() => {
  window.glided = [];
  document.addEventListener('transitionrun', ({ target, propertyName }) => {
    if (propertyName === 'transform') glided.push(target.getAttribute('src'));
  });
}
"""


@pytest.fixture(scope="module")
def onlooker(site: Site, folder: Path) -> str:
    """A user with some photos that are larger than a preview, one with a face drawn."""
    pictures = folder / "onlooker"
    pictures.mkdir()
    for number in range(COUNT):
        turned = photograph().resize((WIDTH, HEIGHT)).rotate(180 * (number % 2))
        turned.putpixel((0, 0), (number, 0, 0))
        (pictures / f"large-{number}.jpg").write_bytes(encoded(turned, "JPEG"))
    site.add_user("onlooker", pictures)
    return "onlooker"


@pytest.fixture
def looking(visit: Callable[..., Visitor], onlooker: str) -> Callable[..., Visitor]:
    """Open the middle one of the large photos, at a desk or on a phone."""

    def opened(**options: Any) -> Visitor:
        visitor = visit(**options)
        visitor.enter(username=onlooker)
        expect(visitor.tiles).to_have_count(COUNT)
        visitor.open_photo(1)
        wait_for_picture(visitor)
        # A phone hides these buttons; its fingers go the same ways.
        for way in ("Previous photo", "Next photo"):
            expect(visitor.viewer.locator(f"[aria-label='{way}']")).to_be_attached()
        return visitor

    return opened


def wait_for_picture(visitor: Visitor) -> None:
    """Wait until the preview is there and stands still."""
    visitor.wait_until(
        "() => { const image = document.querySelector('[data-testid=viewer-image]');"
        " return image?.naturalWidth > 0 && image.complete"
        " && image.getAnimations().length === 0; }"
    )


def share_at(visitor: Visitor, x: float, y: float) -> tuple[float, float]:
    """Return which point of the picture (0 to 1) is at a point of the window."""
    picture = visitor.page.evaluate(PICTURE)
    return (
        (x - picture["left"]) / picture["width"],
        (y - picture["top"]) / picture["height"],
    )


def test_wheel_keeps_what_is_at_the_pointer(looking: Callable[..., Visitor]) -> None:
    visitor = looking()
    x, y = 800, 500
    visitor.page.mouse.move(x, y)
    before = share_at(visitor, x, y)
    visitor.page.mouse.wheel(0, -400)
    visitor.wait_until(f"() => ({ZOOM})() > 150")
    assert share_at(visitor, x, y) == pytest.approx(before, abs=0.004)
    visitor.page.mouse.wheel(0, 4000)
    visitor.wait_until(f"() => ({ZOOM})() === 100")


def test_double_click_shows_the_original_and_the_whole(
    looking: Callable[..., Visitor],
) -> None:
    visitor = looking()
    expect(visitor.page.get_by_test_id("viewer-original")).to_have_count(0)
    before = share_at(visitor, 500, 350)
    visitor.page.mouse.dblclick(500, 350)
    visitor.wait_until(f"() => ({ZOOM})() === 250")
    assert share_at(visitor, 500, 350) == pytest.approx(before, abs=0.004)
    visitor.wait_until(
        "width => document.querySelector('.original.shown')?.naturalWidth === width",
        WIDTH,
    )
    visitor.page.mouse.move(600, 400)
    visitor.page.mouse.down()
    visitor.page.mouse.move(660, 430, steps=5)
    visitor.page.mouse.up()
    dragged = share_at(visitor, 500 + 60, 350 + 30)
    assert dragged == pytest.approx(before, abs=0.02)
    visitor.page.mouse.dblclick(500, 350)
    visitor.wait_until(f"() => ({ZOOM})() === 100")


def test_keys_and_buttons(looking: Callable[..., Visitor]) -> None:
    visitor = looking()
    address = visitor.location()
    keyboard = visitor.page.keyboard
    for key, percent in [("+", 150), ("=", 225), ("-", 150), ("0", 100), ("-", 100)]:
        keyboard.press(key)
        visitor.wait_until(f"() => ({ZOOM})() === {percent}")
    visitor.press("Zoom in")
    visitor.wait_until(f"() => ({ZOOM})() === 150")
    before = visitor.page.evaluate(PICTURE)["left"]
    keyboard.press("Shift+ArrowRight")
    visitor.wait_until(f"before => ({PICTURE})().left < before - 50", before)
    assert visitor.location() == address
    keyboard.press("ArrowRight")
    visitor.wait_until("before => location.pathname !== before", address)
    # Another photo begins whole.
    visitor.wait_until(f"() => ({ZOOM})() === 100")


def test_faces_stay_upon_the_picture(
    looking: Callable[..., Visitor], site: Site
) -> None:
    visitor = looking()
    photo = visitor.location().rsplit("/", 1)[1]
    box = {"left": 700, "top": 480, "right": 820, "bottom": 620}
    body = {"photo": photo, "location": box, "person_name": "Zoë"}
    site.server.post("/api/addface", body, site.server.sign_in("onlooker"))
    visitor.page.reload()
    wait_for_picture(visitor)
    visitor.press("Faces")
    face = visitor.page.get_by_test_id("face-box").first
    for percent in (100, 150, 225):
        visitor.wait_until(f"() => ({ZOOM})() === {percent}")
        expect(face).to_be_visible()
        picture = visitor.page.evaluate(PICTURE)
        area = face.bounding_box()
        assert area is not None
        left = picture["left"] + box["left"] * picture["scale"]
        top = picture["top"] + box["top"] * picture["scale"]
        assert (area["x"], area["y"]) == pytest.approx((left, top), abs=2)
        width = (box["right"] - box["left"]) * picture["scale"]
        assert area["width"] == pytest.approx(width, abs=2)
        visitor.page.keyboard.press("+")
    face.click()
    expect(visitor.page.get_by_test_id("face-card")).to_be_in_viewport(ratio=1)


def test_a_card_of_large_words_is_seen_whole(
    looking: Callable[..., Visitor], site: Site
) -> None:
    visitor = looking()
    photo = visitor.location().rsplit("/", 1)[1]
    box = {"left": 1300, "top": 300, "right": 1450, "bottom": 1060}
    body = {"photo": photo, "location": box, "person_name": "Zoë " * 12}
    site.server.post("/api/addface", body, site.server.sign_in("onlooker"))
    visitor.page.reload()
    wait_for_picture(visitor)
    visitor.page.evaluate("document.documentElement.style.fontSize = '48px'")
    visitor.press("Faces")
    visitor.page.get_by_role("button", name="Face: Zoë Zoë").click()
    expect(visitor.page.get_by_test_id("face-card")).to_be_in_viewport(ratio=1)


def touch(
    cdp: CDPSession, kind: str, *points: tuple[float, float], at: float | None = None
) -> None:
    """Put fingers on the screen, move them, or take them away; at a time (s)."""
    fingers = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
    when = {} if at is None else {"timestamp": at}
    cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers, **when})


def move(
    cdp: CDPSession, *ways: tuple[tuple[float, float], tuple[float, float]]
) -> None:
    """Move one finger or two from place to place, and leave them there."""
    for step in range(1, 11):
        places = [
            (a[0] + (b[0] - a[0]) * step / 10, a[1] + (b[1] - a[1]) * step / 10)
            for a, b in ways
        ]
        touch(cdp, "touchMove", *places)


def test_fingers_pinch_drag_and_turn(looking: Callable[..., Visitor]) -> None:
    visitor = looking(**PHONE)
    cdp = visitor.context.new_cdp_session(visitor.page)
    address = visitor.location()
    whole = visitor.page.evaluate(PICTURE)
    touch(cdp, "touchStart", (170, 400), (220, 400))
    move(cdp, ((170, 400), (95, 400)), ((220, 400), (295, 400)))
    touch(cdp, "touchEnd")
    zoomed = visitor.page.evaluate(PICTURE)
    assert zoomed["width"] / whole["width"] > 2.5
    assert visitor.page.evaluate("visualViewport.scale") == 1
    # A finger moves the enlarged picture, and does not turn the page.
    touch(cdp, "touchStart", (200, 400))
    move(cdp, ((200, 400), (120, 400)))
    touch(cdp, "touchEnd")
    moved = visitor.page.evaluate(PICTURE)
    assert moved["left"] == pytest.approx(zoomed["left"] - 80, abs=8)
    assert visitor.location() == address
    touch(cdp, "touchStart", (100, 400), (300, 400))
    move(cdp, ((100, 400), (190, 400)), ((300, 400), (210, 400)))
    touch(cdp, "touchEnd")
    wait_for_picture(visitor)
    assert visitor.page.evaluate(PICTURE)["width"] == pytest.approx(
        whole["width"], abs=2
    )
    # The whole picture follows the finger, and glides back from a short way.
    touch(cdp, "touchStart", (300, 400))
    move(cdp, ((300, 400), (240, 402)))
    # Less the few pixels that a finger may tremble by.
    visitor.wait_until(f"most => ({PICTURE})().left <= most", whole["left"] - 55)
    assert visitor.page.evaluate(PICTURE)["left"] >= whole["left"] - 60
    move(cdp, ((240, 402), (300, 402)))
    touch(cdp, "touchEnd")
    wait_for_picture(visitor)
    assert visitor.location() == address
    visitor.page.evaluate(NOTE_GLIDES)
    touch(cdp, "touchStart", (320, 400))
    move(cdp, ((320, 400), (120, 405)))
    touch(cdp, "touchEnd")
    visitor.wait_until("before => location.pathname !== before", address)
    # The neighbour glided to where it now stands as the open photo.
    shown = visitor.page.get_by_test_id("viewer-image").get_attribute("src")
    assert shown in visitor.page.evaluate("glided")
    wait_for_picture(visitor)
    touch(cdp, "touchStart", (200, 300))
    move(cdp, ((200, 300), (205, 560)))
    touch(cdp, "touchEnd")
    expect(visitor.viewer).to_have_count(0)


def test_double_tap(looking: Callable[..., Visitor]) -> None:
    visitor = looking(**PHONE)
    whole = visitor.page.evaluate(PICTURE)["width"]
    cdp = visitor.context.new_cdp_session(visitor.page)
    start = time.time()
    for number in range(2):
        touch(cdp, "touchStart", (200, 400), at=start + number * 0.1)
        touch(cdp, "touchEnd", at=start + number * 0.1 + 0.05)
    visitor.wait_until(f"whole => ({PICTURE})().width > whole * 2", whole)
