"""Photos of an album taken out, moved and turned: by mouse, keyboard and finger."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.site import Site
from tests.browser.visitor import DESK, PHONE, Visitor

pytestmark = pytest.mark.browser


@pytest.fixture
def album(site: Site) -> Iterator[int]:
    """An album of a dozen photos, by its id."""
    token = site.server.sign_in()
    photos = site.server.get("/api/photos/?page_size=12", token)["results"]
    names = [photo["image_hash"] for photo in photos]
    body = {"title": "Exhibition", "photos": names}
    made = int(site.server.post("/api/albums/user/edit/", body, token)["id"])
    yield made
    site.delete(f"/api/albums/user/{made}/")


def expect_order(visitor: Visitor, photos: list[str]) -> None:
    """Wait until the tiles stand in this order."""
    visitor.wait_until(
        "ids => [...document.querySelectorAll('[data-testid=photo-tile]')]"
        ".map(tile => tile.dataset.photoId).join() === ids.join()",
        photos,
    )


def assert_named(visitor: Visitor) -> None:
    """Each button has a name, and those of the bar are seen, large enough to press."""
    found = visitor.page.evaluate("""() => [
            ...[...document.querySelectorAll('button')].filter(
                each => !(each.ariaLabel || each.textContent.trim())),
            ...[...document.querySelectorAll('[role=toolbar] button')].filter(
                each => each.offsetHeight < 44 || each.offsetWidth < 44),
            ...[...document.querySelectorAll('[role=toolbar] button')].filter(
                each => each.getBoundingClientRect().right > innerWidth),
        ].map(each => each.outerHTML)""")
    assert found == []


def arrange(visitor: Visitor) -> None:
    """Choose in the album's menu to arrange it by hand."""
    visitor.press("More about Exhibition")
    visitor.choose("Arrange by hand")
    expect(visitor.page.get_by_test_id("toast").last).to_contain_text("Drag photos")
    # It stands below no days then.
    expect(visitor.page.get_by_role("heading", level=3)).to_have_count(0)
    expect(visitor.tiles).to_have_count(12)


def select(visitor: Visitor, *photos: str) -> None:
    """Select photos by keyboard."""
    for photo in photos:
        visitor.tile(photo).focus()
        visitor.page.keyboard.press("x")


def test_at_a_desk(visit: Callable[..., Visitor], album: int) -> None:
    visitor = visit(**DESK)
    visitor.enter(f"/albums/{album}")
    arrange(visitor)
    photos = visitor.photo_ids()
    assert len(photos) == 12
    mouse = visitor.page.mouse

    start, end = (visitor.tile(photos[at]).bounding_box() for at in (5, 1))
    assert start and end
    mouse.move(start["x"] + 70, start["y"] + 70)
    mouse.down()
    mouse.move(end["x"] + 60, end["y"] + 50, steps=4)
    mouse.move(end["x"] + 8, end["y"] + 50, steps=4)
    expect(visitor.page.get_by_test_id("arrange-mark")).to_be_visible()
    visitor.inspect("arrange-desk")
    mouse.up()
    moved = [photos[0], photos[5], *photos[1:5], *photos[6:]]
    expect_order(visitor, moved)
    assert visitor.location() == f"/albums/{album}"  # no photo was opened
    visitor.undo()
    expect_order(visitor, photos)

    # What is let go outside, or given up, moves nothing.
    mouse.move(start["x"] + 70, start["y"] + 70)
    mouse.down()
    mouse.move(end["x"] + 60, end["y"] + 50, steps=4)
    visitor.page.keyboard.press("Escape")
    mouse.up()
    expect(visitor.page.get_by_test_id("arrange-mark")).to_have_count(0)
    expect_order(visitor, photos)

    select(visitor, photos[3], photos[2])
    bar = visitor.page.get_by_test_id("photo-selection-bar")
    bar.get_by_role("button", name="Move", exact=True).click()
    expect(bar.get_by_text("Choose the photo that they go before")).to_be_visible()
    assert_named(visitor)
    visitor.inspect("move-desk")
    visitor.tile(photos[8]).focus()
    visitor.page.keyboard.press("Enter")
    moved = [*photos[:2], *photos[4:8], photos[3], photos[2], *photos[8:]]
    expect_order(visitor, moved)
    visitor.undo()
    expect_order(visitor, photos)

    select(visitor, photos[0], photos[11])
    bar.get_by_role("button", name="Take out of this album").click()
    expect_order(visitor, photos[1:11])
    expect(visitor.page.get_by_test_id("toast").last).to_contain_text("2 photos taken")
    visitor.undo()
    expect_order(visitor, photos)

    # Turned photos are shown so as soon as a worker has made their previews.
    wide = visitor.tile(photos[4])
    before = wide.bounding_box()
    assert before and before["width"] > before["height"]
    select(visitor, photos[4])
    bar.get_by_role("button", name="More for these photos").click()
    visitor.inspect("acts-desk")
    visitor.choose("Turn left")
    expect(visitor.page.get_by_test_id("toast").last).to_contain_text("1 photo turned")
    is_high = """id => {
      const box = document.querySelector(`[data-photo-id='${id}']`)
        .getBoundingClientRect();
      return box.height > box.width;
    }"""
    visitor.wait_until(is_high, photos[4])
    visitor.undo()
    visitor.wait_until(is_high.replace("height >", "height <"), photos[4])


def test_on_a_phone(visit: Callable[..., Visitor], album: int) -> None:
    visitor = visit(**PHONE, color_scheme="dark")
    visitor.enter(f"/albums/{album}")
    arrange(visitor)
    photos = visitor.photo_ids()
    select(visitor, photos[4])
    bar = visitor.page.get_by_test_id("photo-selection-bar")
    visitor.inspect("bar-phone-dark")
    assert_named(visitor)
    bar.get_by_role("button", name="Move", exact=True).tap()
    assert_named(visitor)
    visitor.inspect("move-phone-dark")
    bar.get_by_role("button", name="Cancel").tap()
    expect(visitor.page.get_by_test_id("selection-count")).to_contain_text("1")
    bar.get_by_role("button", name="Move", exact=True).tap()
    bar.get_by_role("button", name="To the start").tap()
    shown = len(photos)
    order = [photos[4], *photos[:4], *photos[5:]]
    expect_order(visitor, order[:shown])
    select(visitor, photos[4])
    bar.get_by_role("button", name="Move", exact=True).tap()
    visitor.tile(photos[3]).tap()
    expect_order(visitor, [*photos[:3], photos[4], photos[3], *photos[5:]][:shown])
    select(visitor, photos[0])
    bar.get_by_role("button", name="Take out of this album").tap()
    expect(visitor.tile(photos[0])).to_have_count(0)
    visitor.undo()
    expect(visitor.tile(photos[0])).to_be_visible()
