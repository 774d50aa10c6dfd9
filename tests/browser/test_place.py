"""Where one was is kept: the place in a list, the focus, the way on from a photo."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.site import Site
from tests.browser.visitor import Held, Visitor

pytestmark = pytest.mark.browser

FOCUSED = "document.activeElement.dataset.photoId ?? document.activeElement.tagName"
FIRST_IN_VIEW = """
() => {
  const grid = document.querySelector('[data-testid=photo-grid]');
  const top = grid?.getBoundingClientRect().top ?? 0;
  const tiles = [...document.querySelectorAll('[data-testid=photo-tile]')];
  const first = tiles.find(tile => tile.getBoundingClientRect().bottom > top + 4);
  const place = first?.getBoundingClientRect().top ?? 0;
  return first !== undefined && `${first.dataset.photoId}/${Math.round(place)}`;
}
"""


@pytest.fixture
def beholder(
    visit: Callable[..., Visitor], site: Site, album: str
) -> Iterator[Visitor]:
    """A visitor among the faces of people who have no name yet."""
    visitor = visit()
    visitor.enter("/people", album)
    expect(visitor.page.get_by_test_id("face-group").first).to_be_visible()
    yield visitor
    visitor.page.close()
    site.faces_as_found(album)


def scroll(visitor: Visitor, views: float) -> str:
    """Scroll the grid down; return what is first in view once that is kept."""
    visitor.scroll(views)
    visitor.wait_until("() => history.state?.place?.anchor != null")
    return str(visitor.page.evaluate(FIRST_IN_VIEW))


@pytest.mark.parametrize("address", ["/", "/search?q=jpg"])
def test_back_and_reload_find_the_place_again(visitor: Visitor, address: str) -> None:
    visitor.enter(address)
    visitor.wait_until_drawn()
    seen = scroll(visitor, 1.2)
    visitor.page.get_by_role("link", name="People", exact=True).click()
    expect(visitor.page.get_by_role("heading", level=1, name="People")).to_be_visible()
    visitor.page.go_back()
    visitor.wait_until(f"seen => ({FIRST_IN_VIEW})() === seen", seen)
    visitor.page.reload()
    visitor.wait_until(f"seen => ({FIRST_IN_VIEW})() === seen", seen)
    # A new visit begins at the top.
    visitor.go_to("Favourites")
    visitor.go_to("Photos")
    expect(visitor.tiles.first).to_be_visible()
    grid = visitor.page.get_by_test_id("photo-grid")
    assert grid.evaluate("grid => grid.scrollTop") == 0


@pytest.mark.parametrize(
    "address, scrolls",
    [("/", "[data-testid=photo-grid]"), ("/models", "main [data-scrolls]")],
)
def test_who_leaves_before_the_view_has_come_to_rest_finds_the_place_again(
    visit: Callable[..., Visitor], address: str, scrolls: str
) -> None:
    visitor = visit(viewport={"width": 1000, "height": 420})
    visitor.enter(address)
    shown = visitor.page.get_by_test_id(
        "photo-tile" if address == "/" else "model-state"
    )
    expect(shown.first).to_be_visible()
    visitor.page.evaluate(
        "scrolls => { document.querySelector(scrolls).scrollTop = 200;"
        " document.querySelector('nav a[href=\"/albums\"]').click() }",
        scrolls,
    )
    expect(visitor.page.get_by_role("heading", level=1, name="Albums")).to_be_attached()
    visitor.page.go_back()
    visitor.wait_until(
        "scrolls => document.querySelector(scrolls)?.scrollTop > 100", scrolls
    )


def test_a_list_is_found_where_it_was_left(visit: Callable[..., Visitor]) -> None:
    visitor = visit(viewport={"width": 1000, "height": 420})
    visitor.enter("/models")
    page = visitor.page.locator("main [data-scrolls]")
    expect(page.get_by_role("button", name="Download").first).to_be_visible()
    # What comes above would move the page on.
    expect(page.get_by_test_id("learning-choices")).to_be_visible()
    page.evaluate("page => { page.scrollTop = 260 }")
    visitor.wait_until("() => history.state?.place?.scrolled === 260")
    visitor.go_to("Photos")
    expect(visitor.tiles.first).to_be_visible()
    visitor.page.go_back()
    visitor.wait_until(
        "() => document.querySelector('main [data-scrolls]')?.scrollTop === 260"
    )


def test_arrow_keys_walk_through_the_grid(visitor: Visitor) -> None:
    visitor.enter()
    visitor.wait_until_drawn()
    keyboard = visitor.page.keyboard
    keyboard.press("Tab")
    skip = visitor.page.get_by_role("link", name="Skip to the photos")
    visitor.page.evaluate("document.querySelector('.skip').focus()")
    expect(skip).to_be_in_viewport()
    keyboard.press("Enter")
    expect(visitor.page.get_by_test_id("photo-grid")).to_be_focused()
    photos = visitor.photo_ids()

    def press(key: str, photo: str) -> None:
        keyboard.press(key)
        visitor.wait_until(f"photo => {FOCUSED} === photo", photo)

    press("ArrowRight", photos[0])
    press("ArrowRight", photos[1])
    press("ArrowLeft", photos[0])
    keyboard.press("ArrowDown")
    visitor.wait_until(f"photo => {FOCUSED} !== photo", photos[0])
    below = str(visitor.page.evaluate(FOCUSED))
    assert below in photos
    press("ArrowUp", photos[0])
    keyboard.press("End")
    visitor.wait_until(
        "photos => { const photo = document.activeElement.dataset.photoId;"
        " return photo !== undefined && !photos.includes(photo) }",
        photos,
    )
    last = str(visitor.page.evaluate(FOCUSED))
    assert last == visitor.photo_ids()[-1]
    press("ArrowRight", last)
    press("Home", photos[0])
    keyboard.press("PageDown")
    visitor.wait_until(f"photo => {FOCUSED} !== photo", photos[0])
    keyboard.press("PageUp")
    visitor.wait_until(f"photo => {FOCUSED} !== 'BODY'")
    press("Home", photos[0])
    keyboard.press("Enter")
    expect(visitor.viewer).to_be_visible()
    keyboard.press("Escape")
    expect(visitor.page.locator(f"[data-photo-id='{photos[0]}']")).to_be_focused()


def test_a_named_and_an_ignored_group_leave_the_focus_on_the_next(
    beholder: Visitor,
) -> None:
    groups = beholder.page.get_by_test_id("face-group")
    count = groups.count()
    assert count >= 3
    box = groups.first.get_by_role("combobox")
    box.fill("Zoë")
    box.press("Enter")
    expect(groups).to_have_count(count - 1)
    beholder.wait_until("() => document.activeElement.matches('[role=combobox]')")
    expect(groups.first.get_by_role("combobox")).to_be_focused()
    groups.first.get_by_role("button", name="Ignore").press("Enter")
    expect(groups).to_have_count(count - 2)
    expect(groups.first.get_by_role("button", name="Ignore")).to_be_focused()


def test_the_rest_of_a_name_is_none_for_the_next_group(beholder: Visitor) -> None:
    """The group in whose box somebody writes is taken away by another tab."""
    groups = beholder.page.get_by_test_id("face-group")
    count = groups.count()
    other = beholder.context.new_page()
    other.goto(f"{beholder.address}/people")
    groups.first.get_by_role("combobox").press_sequentially("Gra")
    other.get_by_test_id("face-group").first.get_by_role(
        "button", name="Ignore"
    ).click()
    expect(other.get_by_test_id("face-group")).to_have_count(count - 1)
    beholder.expect_complaint("ERR_INTERNET_DISCONNECTED")
    beholder.context.set_offline(True)
    banner = beholder.page.get_by_test_id("connection-banner")
    expect(banner).to_be_visible()
    beholder.context.set_offline(False)
    expect(groups).to_have_count(count - 1)
    beholder.wait_until("() => document.activeElement !== document.body")
    beholder.page.keyboard.type("ce")
    for box in groups.get_by_role("combobox").all():
        expect(box).to_have_value("")


@pytest.mark.parametrize(
    "address",
    ["/people", "/people/changes", "/people/dismissed", "/people/0/faces", "/things"]
    + ["/places", "/albums"]
    + ["/problems", "/models", "/favourites", "/trash", "/search?q=zzzq", "/nowhere"],
)
def test_keys_act_on_a_page_from_the_start(visitor: Visitor, address: str) -> None:
    visitor.enter()
    expect(visitor.tiles.first).to_be_visible()
    visitor.open(address)
    visitor.wait_until("() => document.activeElement.closest('main') !== null")
    # What scrolls in it comes with the page; keys go there rather than around it.
    visitor.wait_until(
        "() => { const scrolls = document.querySelector('main [data-scrolls]');"
        " return !scrolls || scrolls.contains(document.activeElement) }"
    )


def test_an_open_menu_keeps_the_focus_when_the_photos_come(
    visit: Callable[..., Visitor],
) -> None:
    visitor = visit(viewport={"width": 390, "height": 844})
    held = Held(visitor.page, "**/api/timeline/days/**")
    visitor.enter()
    visitor.wait_for(lambda: bool(held.routes), "the days are asked for")
    visitor.press("More")
    menu = visitor.page.get_by_role("menu", name="More")
    expect(menu).to_be_visible()
    held.release()
    expect(visitor.tiles.first).to_be_visible()
    expect(menu).to_be_visible()
    visitor.wait_until("() => document.activeElement.closest('[role=menu]') !== null")
    visitor.page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    more = visitor.page.get_by_role("button", name="More", exact=True)
    expect(more).to_be_focused()


def test_a_link_keeps_the_focus_when_the_photos_come(
    visitor: Visitor,
) -> None:
    held = Held(visitor.page, "**/api/timeline/days/**")
    visitor.enter()
    visitor.wait_for(lambda: bool(held.routes), "the days are asked for")
    link = visitor.page.get_by_role("link", name="Albums", exact=True)
    link.focus()
    held.release()
    expect(visitor.tiles.first).to_be_visible()
    expect(link).to_be_focused()


def test_a_persons_faces_turn_in_their_order(beholder: Visitor) -> None:
    groups = beholder.page.get_by_test_id("face-group")
    told = groups.first.locator("p span").first.inner_text()
    groups.first.get_by_role("link").click()
    beholder.page.get_by_role("link", name="Faces").click()
    faces = beholder.page.get_by_test_id("face")
    expect(faces).to_have_count(int(told.split()[0]))
    photos = faces.evaluate_all("faces => faces.map(face => face.dataset.photo)")
    faces.first.get_by_role("link").click()
    expect(beholder.viewer).to_be_visible()
    for photo in photos[1:]:
        beholder.press("Next photo")
        beholder.wait_until("photo => location.pathname === `/photo/${photo}`", photo)
    expect(beholder.page.get_by_role("button", name="Next photo")).to_have_count(0)
    beholder.page.reload()
    beholder.press("Previous photo")
    beholder.wait_until("photo => location.pathname === `/photo/${photo}`", photos[-2])
    beholder.page.keyboard.press("Escape")
    expect(beholder.viewer).to_have_count(0)
    tile = beholder.page.locator(f"[data-photo='{photos[-2]}'] a")
    expect(tile).to_be_focused()


def test_a_photo_is_closed_before_the_faces_behind_it_are_read(
    beholder: Visitor,
) -> None:
    beholder.page.get_by_test_id("face-group").first.get_by_role("link").click()
    beholder.page.get_by_role("link", name="Faces").click()
    first = beholder.page.get_by_test_id("face").first
    photo = first.get_attribute("data-photo")
    first.get_by_role("link").click()
    expect(beholder.viewer).to_be_visible()
    held = Held(beholder.page, "**/api/faces/?**")
    with beholder.page.expect_request("**/api/faces/?**"):
        beholder.page.reload()
    expect(beholder.viewer).to_be_visible()
    beholder.page.keyboard.press("Escape")
    expect(beholder.viewer).to_have_count(0)
    expect(beholder.page.get_by_test_id("face")).to_have_count(0)
    held.release()
    tile = beholder.page.locator(f"[data-photo='{photo}'] a").first
    expect(tile).to_be_focused()


def test_a_direct_link_turns_within_its_day(visitor: Visitor) -> None:
    visitor.enter()
    visitor.wait_until_drawn()
    first, second, third = visitor.photo_ids()[:3]
    visitor.open(f"/photo/{second}")
    visitor.press("Next photo")
    visitor.wait_until("id => location.pathname === `/photo/${id}`", third)
    visitor.press("Previous photo")
    visitor.press("Previous photo")
    visitor.wait_until("id => location.pathname === `/photo/${id}`", first)


def test_the_focus_comes_back_from_a_message(visitor: Visitor) -> None:
    visitor.enter()
    visitor.open_photo(1)
    page = visitor.page
    trash = page.get_by_role("button", name="Move to trash", exact=True)
    for _ in range(2):
        expect(trash).to_be_enabled()
        trash.press("Enter")
        expect(page.get_by_test_id("toast").last).to_contain_text("moved to the trash")
        expect(trash).to_be_enabled()
        expect(trash).to_be_focused()
        toast = page.get_by_test_id("toast").last
        toast.get_by_role("button", name="Undo").press("Enter")
        expect(page.get_by_test_id("toast").last).to_contain_text("Undone")
        expect(trash).to_be_focused()
        page.get_by_role("button", name="Dismiss message").last.press("Enter")
        expect(trash).to_be_focused()


@pytest.mark.parametrize("held_by", ["focus", "pointer"])
def test_a_message_does_not_leave_from_under_the_hand(
    visitor: Visitor, held_by: str
) -> None:
    visitor.page.clock.install()
    visitor.enter()
    visitor.open_photo(1)
    visitor.press("Hide")
    toasts = visitor.page.get_by_test_id("toast")
    undo = toasts.get_by_role("button", name="Undo")
    undo.focus() if held_by == "focus" else toasts.hover()
    visitor.page.clock.fast_forward(60_000)
    visitor.page.clock.fast_forward(60_000)
    expect(undo).to_be_visible()
    if held_by == "focus":
        expect(undo).to_be_focused()
    undo.click()
    expect(toasts).to_have_text("Undone")
    visitor.page.get_by_role("button", name="Facts").hover()
    visitor.page.clock.fast_forward(60_000)
    expect(toasts).to_have_count(0)
