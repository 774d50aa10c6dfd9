"""A picture of which a part is gone, and what is said of it upon the picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import FloatRect, Locator, expect

from tests.browser.site import Site
from tests.browser.visitor import PHONE, Visitor
from tests.support.pictures.images import encoded, photograph

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def unlucky(site: Site, folder: Path) -> str:
    """A user with two pictures that are cut short."""
    pictures = folder / "unlucky"
    pictures.mkdir()
    for number, size in enumerate([(900, 600), (600, 900)]):
        whole = encoded(photograph().resize(size), "JPEG", quality=95)
        (pictures / f"cut-{number}.jpg").write_bytes(whole[: len(whole) // 2])
    site.add_user("unlucky", pictures)
    return "unlucky"


def area(element: Locator) -> FloatRect:
    """Where something that is shown stands."""
    found = element.bounding_box()
    assert found is not None
    return found


def are_apart(one: FloatRect, other: FloatRect) -> bool:
    """Whether two rectangles share no pixel."""
    return (
        one["x"] + one["width"] <= other["x"]
        or other["x"] + other["width"] <= one["x"]
        or one["y"] + one["height"] <= other["y"]
        or other["y"] + other["height"] <= one["y"]
    )


@pytest.mark.parametrize("width", [1440, 760, 600, 340])
def test_the_note_leaves_the_zoom_buttons_free(
    visit: Callable[..., Visitor], unlucky: str, width: int
) -> None:
    visitor = visit(viewport={"width": width, "height": 700})
    visitor.enter(username=unlucky)
    expect(visitor.tiles).to_have_count(2)
    visitor.open_photo()
    note = visitor.page.get_by_test_id("damage")
    expect(note).to_contain_text("can be shown")
    expect(note).to_be_in_viewport(ratio=1)
    buttons = visitor.page.get_by_role("group", name="Zoom")
    expect(buttons).to_be_in_viewport(ratio=1)
    assert are_apart(area(note), area(buttons))
    visitor.show_facts()
    assert are_apart(area(note), area(buttons))


def test_a_message_leaves_the_buttons_of_a_phone_free(
    visit: Callable[..., Visitor], unlucky: str
) -> None:
    visitor = visit(**PHONE)
    visitor.enter(username=unlucky)
    expect(visitor.tiles).to_have_count(2)
    visitor.open_photo()
    visitor.press("Hide")
    toast = visitor.page.get_by_test_id("toast")
    expect(toast).to_contain_text("1 photo hidden")
    visitor.keep_message("1 photo hidden")
    for name in ("Favourite", "Hide", "Move to trash", "Faces", "Facts"):
        button = visitor.page.get_by_role("button", name=name, exact=True)
        assert are_apart(area(toast), area(button)), name
    visitor.undo()
