"""Films that a browser does not play as they are, and motion photos that move."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.site import Site
from tests.browser.visitor import DESK, PHONE, Visitor
from tests.support.pictures.images import google_motion_photo
from tests.support.pictures.videos import video

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def films(site: Site, folder: Path) -> str:
    """A user with a film, and a motion photo, that no browser plays."""
    pictures = folder / "films"
    pictures.mkdir()
    film = video(format="avi", codec="mpeg4", seconds=6, width=640, height=480)
    (pictures / "film.avi").write_bytes(film)
    clip = video(codec="mpeg4", seconds=2)
    (pictures / "motion.jpg").write_bytes(google_motion_photo(clip))
    site.add_user("films", pictures)
    return "films"


@pytest.mark.parametrize("look", ["desk", "phone"])
def test_a_film_that_the_browser_does_not_know_plays(
    visit: Callable[..., Visitor], films: str, look: str
) -> None:
    visitor = visit(**(DESK if look == "desk" else PHONE))
    visitor.enter("/search?q=film.avi", films)
    expect(visitor.tiles).to_have_count(1)
    visitor.open_photo()
    player = visitor.viewer.locator("video")
    visitor.wait_until(
        "() => { const video = document.querySelector('dialog video');"
        " return video?.currentSrc.includes('/media/playable/')"
        " && video.readyState >= 2 }"
    )
    player.evaluate("video => { video.muted = true; return video.play() }")
    visitor.wait_until("() => document.querySelector('dialog video').currentTime > 0.2")
    expect(visitor.viewer.get_by_text("The video is being prepared")).to_have_count(0)
    visitor.inspect("film")
    if look == "phone":
        visitor.wait_until(
            "() => { const { seekable } = document.querySelector('dialog video');"
            " return seekable.length > 0 && seekable.end(seekable.length - 1) > 5 }"
        )
        player.evaluate("video => { video.pause(); video.currentTime = 4 }")
        visitor.wait_until(
            "() => { const video = document.querySelector('dialog video');"
            " return !video.seeking && Math.abs(video.currentTime - 4) < 0.3 }"
        )
        duration = player.evaluate("video => video.duration")
        assert duration == pytest.approx(6, abs=0.3)


def test_a_motion_photo_moves_below_the_pointer_and_on_a_press(
    visit: Callable[..., Visitor], films: str
) -> None:
    visitor = visit()
    visitor.enter("/search?q=motion.jpg", films)
    expect(visitor.tiles).to_have_count(1)
    visitor.tiles.first.hover()
    visitor.wait_until(
        "() => document.querySelector('[data-testid=photo-tile] video')"
        "?.currentTime > 0.1"
    )
    visitor.check_accessibility()
    visitor.page.mouse.move(0, 0)
    expect(visitor.tiles.first.locator("video")).to_have_count(0)
    visitor.open_photo()
    visitor.press("Play motion")
    visitor.wait_until("() => document.querySelector('video.motion')?.currentTime > 0")
    expect(visitor.viewer.locator("video")).to_have_count(0)


def test_a_visitor_of_a_link_sees_it_too_until_the_link_is_revoked(
    visit: Callable[..., Visitor], films: str, site: Site
) -> None:
    token = site.server.sign_in(films)
    found = site.server.get("/api/photos/searchlist/?search=film.avi", token)
    (photo,) = (item["id"] for day in found["results"] for item in day["items"])
    body = {"photo_id": photo, "downloads": False}
    link = site.server.post("/api/photo/share/", body, token)["link"]
    stranger = visit(**PHONE)
    stranger.expect_complaint("status of 503")  # until there is a copy of the film
    stranger.open(link["url"])
    stranger.wait_until(
        "() => { const video = document.querySelector('main video');"
        " return video?.currentSrc.includes('/media/playable/')"
        " && video.readyState >= 2 && video.seekable.length > 0 }"
    )
    player = stranger.page.locator("main video")
    player.evaluate("video => { video.muted = true; return video.play() }")
    stranger.wait_until("() => document.querySelector('main video').currentTime > 0.2")
    if folder := os.environ.get("SHOTS"):
        stranger.page.screenshot(path=f"{folder}/film-visitor.png")
    playable = f"/api/public/photo/{link['slug']}/media/playable/"
    assert stranger.statuses_of([playable]) == [200]
    site.delete(f"/api/links/{link['id']}/", films)
    assert stranger.statuses_of([playable]) == [404]
