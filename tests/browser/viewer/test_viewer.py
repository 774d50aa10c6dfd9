"""One photo, its facts and its neighbours."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browser.visitor import Held, Visitor

pytestmark = pytest.mark.browser


def fact(panel: Locator, name: str) -> Locator:
    """The text beside the name of a fact."""
    return panel.locator(f"dt:text-is('{name}') + dd")


def open_result(visitor: Visitor, name: str) -> None:
    """Sign in, search for a file and open it."""
    visitor.enter(f"/search?q={name}")
    expect(visitor.tiles).to_have_count(1)
    visitor.open_photo()


def test_facts_of_a_photo(visitor: Visitor) -> None:
    open_result(visitor, "zermatt-morning-1.jpg")
    panel = visitor.show_facts()
    why = "Europe/Zurich · From the camera"
    expect(fact(panel, "Date")).to_have_text(f"14 September 2024 at 06:52 {why}")
    expect(fact(panel, "Place")).to_contain_text("Zermatt")
    expect(fact(panel, "Place")).to_contain_text("Switzerland")
    expect(fact(panel, "Camera")).to_have_text("FUJIFILM X-T4")
    expect(fact(panel, "Lens")).to_have_text("XF16-55mmF2.8 R LM WR")
    expect(fact(panel, "Exposure")).to_have_text("1/250 s · f/2.8 · ISO 200 · 35 mm")
    expect(fact(panel, "File")).to_contain_text("zermatt-morning-1.jpg")


def test_a_picture_that_is_not_made_yet_is_waited_for(visitor: Visitor) -> None:
    visitor.expect_complaint("503")
    visitor.enter()
    visitor.wait_until_drawn()
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.method)
        if len(asked) > 6:
            route.continue_()
        else:
            route.fulfill(status=503, headers={"Retry-After": "1"})

    visitor.page.route(f"**/media/thumbnails_big/{visitor.photo_ids()[1]}*", answer)
    visitor.open_photo(1)
    said = visitor.page.get_by_text("The picture is being prepared")
    expect(said).to_be_visible()
    visitor.wait_until(
        "() => document.querySelector('[data-testid=viewer-image]')?.naturalWidth > 0"
    )
    expect(said).to_have_count(0)
    expect(visitor.page.get_by_text("The preview could not")).to_have_count(0)
    assert asked[:7] == ["GET", "HEAD"] * 3 + ["GET"]


def test_keys_turn_the_pages_and_close(visitor: Visitor) -> None:
    visitor.enter()
    visitor.wait_until_drawn()
    first, second, third = visitor.photo_ids()[:3]
    visitor.open_photo(1)
    expect(visitor.page.get_by_role("button", name="Next photo")).to_be_visible()
    visitor.page.keyboard.press("ArrowRight")
    visitor.wait_until("id => location.pathname === `/photo/${id}`", third)
    expect(visitor.page.get_by_role("button", name="Previous photo")).to_be_visible()
    visitor.page.keyboard.press("ArrowLeft")
    visitor.wait_until("id => location.pathname === `/photo/${id}`", second)
    expect(visitor.page.get_by_test_id("viewer-image")).to_be_visible()
    visitor.page.keyboard.press("ArrowLeft")
    visitor.wait_until("id => location.pathname === `/photo/${id}`", first)
    expect(visitor.page.get_by_role("button", name="Previous photo")).to_have_count(0)
    visitor.page.keyboard.press("Escape")
    expect(visitor.viewer).to_have_count(0)
    expect(visitor.page.locator(f"[data-photo-id='{first}']")).to_be_focused()
    assert visitor.location() == "/"


DAYS = re.compile(r"/api/timeline/photos/")


def test_the_way_on_is_waited_for(visitor: Visitor) -> None:
    """The days around the open photo are read after somebody wants to go on."""
    visitor.enter()
    second, third = visitor.photo_ids()[1:3]
    held = Held(visitor.page, DAYS)
    visitor.open(f"/photo/{second}")
    hide = visitor.page.get_by_role("button", name="Hide", exact=True)
    expect(hide).to_be_enabled()
    visitor.wait_for(lambda: held.routes, "the days are asked for")
    visitor.page.keyboard.press("ArrowRight")
    held.release()
    visitor.wait_until("id => location.pathname === `/photo/${id}`", third)


def test_original_is_downloaded_unchanged(visitor: Visitor) -> None:
    open_result(visitor, "ghent-spring-2.jpg")
    with visitor.page.expect_download() as started:
        visitor.page.get_by_role("link", name="Download original").click()
    assert started.value.suggested_filename == "ghent-spring-2.jpg"
    assert started.value.failure() is None


def test_video_plays_and_seeks(visitor: Visitor) -> None:
    visitor.enter("/search?q=clip.mp4")
    expect(visitor.tiles).to_have_count(1)
    expect(visitor.tiles).to_contain_text("0:04")
    with visitor.page.expect_response("**/media/video/**") as answered:
        visitor.open_photo()
    assert answered.value.status == 206
    player = visitor.viewer.locator("video")
    player.evaluate("video => { video.muted = true; return video.play() }")
    visitor.wait_until("() => document.querySelector('video').currentTime > 0.2")
    player.evaluate("video => { video.pause(); video.currentTime = 3 }")
    visitor.wait_until(
        "() => { const video = document.querySelector('video');"
        " return !video.seeking && Math.abs(video.currentTime - 3) < 0.2 }"
    )
    assert player.evaluate("video => video.duration") == pytest.approx(4, abs=0.2)


def test_motion_photo_plays_once(visitor: Visitor) -> None:
    open_result(visitor, "motion.jpg")
    expect(visitor.page.get_by_test_id("viewer-image")).to_be_visible()
    visitor.press("Play motion")
    visitor.wait_until("() => document.querySelector('video.motion')?.currentTime > 0")
    # It ends by itself, and the still is shown again.
    expect(visitor.viewer.locator("video")).to_have_count(0)


@pytest.mark.parametrize("name", ["animation.gif", "cutout.png"])
def test_other_pictures_are_shown(visitor: Visitor, name: str) -> None:
    visitor.enter(f"/search?q={name}")
    visitor.wait_until_drawn()
    visitor.open_photo()
    visitor.wait_until(
        "() => document.querySelector('[data-testid=viewer-image]')?.naturalWidth > 0"
    )


def test_a_caption_that_is_being_written_survives_reloads_and_steps(
    visitor: Visitor,
) -> None:
    visitor.enter()
    visitor.wait_until_drawn()
    first, second = visitor.photo_ids()[:2]
    visitor.open_photo()
    visitor.show_facts()
    visitor.press("Write caption")
    caption = visitor.page.get_by_role("textbox", name="Caption")
    caption.fill("Half a sen")
    visitor.page.reload()
    expect(caption).to_have_value("Half a sen")
    caption.press_sequentially("t", delay=0)
    visitor.press("Next photo")
    visitor.wait_until("id => location.pathname === `/photo/${id}`", second)
    expect(caption).to_have_count(0)
    visitor.press("Facts")  # closed; the draft opens them where it was left
    visitor.press("Previous photo")
    visitor.wait_until("id => location.pathname === `/photo/${id}`", first)
    expect(caption).to_have_value(re.compile("Half a sen"))
    visitor.press("Cancel")
    visitor.page.reload()
    expect(visitor.viewer).to_be_visible()
    expect(caption).to_have_count(0)
