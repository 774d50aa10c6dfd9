"""What a person says of a photo stays said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.site import Site
from tests.browser.visitor import Visitor
from tests.support.server import write_pictures

pytestmark = pytest.mark.browser
COUNT = 4


@pytest.fixture(scope="module")
def editor(site: Site, folder: Path) -> str:
    """A user with a few photos, whose changes disturb nobody."""
    site.add_user("editor", write_pictures(folder / "editor", COUNT))
    return "editor"


@pytest.fixture
def at_work(visit: Callable[..., Visitor], editor: str) -> Visitor:
    """A visitor who sees all of these photos in the timeline."""
    visitor = visit()
    visitor.enter(username=editor)
    expect(visitor.tiles).to_have_count(COUNT)
    return visitor


def change(visitor: Visitor, name: str) -> None:
    """Press a button of the viewer and wait for the server's answer."""
    with visitor.page.expect_response("**/api/photosedit/**") as answered:
        visitor.press(name)
    assert answered.value.ok


def test_favourite_is_listed_and_kept(at_work: Visitor) -> None:
    photo = at_work.open_photo(1)
    change(at_work, "Favourite")
    pressed = at_work.page.get_by_role("button", name="Favourite", pressed=True)
    expect(pressed).to_be_visible()
    at_work.press("Close")
    at_work.go_to("Favourites")
    expect(at_work.tiles).to_have_count(1)
    at_work.page.reload()
    expect(at_work.tiles).to_have_count(1)
    assert at_work.open_photo() == photo
    expect(pressed).to_be_visible()
    change(at_work, "Favourite")
    expect(
        at_work.page.get_by_role("heading", name="No favourites yet")
    ).to_be_visible()


@pytest.mark.parametrize(
    "away, back, view, empty",
    [
        ("Hide", "Show in timeline", "Hidden", "Nothing is hidden"),
        ("Move to trash", "Restore from trash", "Trash", "The trash is empty"),
    ],
)
def test_put_away_and_fetched_back(
    at_work: Visitor, away: str, back: str, view: str, empty: str
) -> None:
    photo = at_work.open_photo(1)
    change(at_work, away)
    # The next photo takes its place.
    at_work.wait_until("id => location.pathname !== `/photo/${id}`", photo)
    at_work.press("Close")
    expect(at_work.tiles).to_have_count(COUNT - 1)
    at_work.go_to(view)
    expect(at_work.tiles).to_have_count(1)
    assert at_work.open_photo() == photo
    change(at_work, back)
    expect(at_work.viewer).to_have_count(0)
    expect(at_work.page.get_by_role("heading", name=empty)).to_be_visible()
    at_work.go_to("Photos")
    expect(at_work.tiles).to_have_count(COUNT)


@pytest.mark.parametrize(
    "button, words, view",
    [
        ("Hide", "1 photo hidden", "Hidden"),
        ("Move to trash", "1 photo moved to the trash", "Trash"),
    ],
)
def test_put_away_is_said_and_undone_and_keeps_the_focus(
    at_work: Visitor, button: str, words: str, view: str
) -> None:
    photo = at_work.open_photo(1)
    pressed = at_work.page.get_by_role("button", name=button, exact=True)
    expect(pressed).to_be_enabled()
    pressed.press("Enter")
    at_work.wait_until("id => location.pathname !== `/photo/${id}`", photo)
    toast = at_work.page.get_by_role("status").get_by_text(words, exact=True)
    expect(toast).to_be_visible()
    expect(pressed).to_be_focused()
    at_work.undo()
    at_work.press("Close")
    expect(at_work.tiles).to_have_count(COUNT)
    at_work.go_to(view)
    expect(at_work.page.get_by_test_id("photo-tile")).to_have_count(0)


def test_the_last_photo_of_a_view_leaves_the_focus_on_the_page(
    at_work: Visitor,
) -> None:
    at_work.open_photo(0)
    change(at_work, "Favourite")
    at_work.press("Close")
    at_work.go_to("Favourites")
    expect(at_work.tiles).to_have_count(1)
    at_work.open_photo()
    change(at_work, "Favourite")
    expect(at_work.viewer).to_have_count(0)
    at_work.wait_until("() => document.activeElement !== document.body")
