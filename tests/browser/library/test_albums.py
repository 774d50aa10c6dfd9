"""Albums that make themselves: places, and what leads to all others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.layout import SIZES, covered
from tests.browser.site import Site
from tests.browser.visitor import PHONE, Visitor
from tests.support.pictures.showcase import OUTINGS

pytestmark = pytest.mark.browser

THINGS = [
    {
        "id": number,
        "title": f"thing {number}",
        "photo_count": number,
        "cover_photos": [],
        "thing_type": "places365_category",
    }
    for number in range(1, 21)
]


def cards(visitor: Visitor, kind: str) -> Locator:
    """The cards of a kind of album."""
    return visitor.page.get_by_role("list", name=kind).get_by_test_id("album")


def test_places_are_listed_and_lead_to_their_photos(visitor: Visitor) -> None:
    visitor.enter()
    expect(visitor.tiles.first).to_be_visible()
    visitor.go_to("Places")
    countries = cards(visitor, "Countries")
    expect(countries.first).to_be_visible()
    counts = [int(re.findall(r"\d+", text)[-1]) for text in countries.all_inner_texts()]
    assert counts == sorted(counts, reverse=True)
    norway = countries.filter(has_text="Norway")
    expect(norway.locator("img")).to_be_visible()
    told = int(re.findall(r"\d+", norway.inner_text())[-1])
    assert told == sum(len(o.pictures) for o in OUTINGS if o.name.startswith("tromso"))
    tromso = cards(visitor, "Regions and towns").filter(has_text="Tromsø")
    expect(tromso.first).to_be_visible()
    norway.click()
    expect(visitor.page).to_have_title("Norway – LibrePhotos")
    expect(visitor.page.get_by_role("heading", level=1, name="Norway")).to_be_attached()
    expect(visitor.tiles).to_have_count(told)
    days = visitor.page.get_by_role("heading", level=3)
    expect(days.first).to_have_accessible_name("Saturday, 10 February 2024, Tromsø")
    current = visitor.menu.locator("[aria-current=page]")
    expect(current).to_have_text("Places")
    photos = visitor.photo_ids()
    visitor.open_photo()
    visitor.press("Next photo")
    visitor.wait_until("id => location.pathname === `/photo/${id}`", photos[1])
    visitor.page.keyboard.press("Escape")
    visitor.page.go_back()
    expect(norway).to_be_visible()


def test_a_place_is_found_by_its_name(visitor: Visitor) -> None:
    visitor.enter("/places")
    box = visitor.page.get_by_role("searchbox", name="Find a place")
    box.fill("TROMS")
    expect(cards(visitor, "Countries")).to_have_count(0)
    found = cards(visitor, "Regions and towns").filter(has_text="Tromsø")
    expect(found.first).to_be_visible()
    box.fill("atlantis")
    expect(visitor.page.get_by_text("No place is called “atlantis”.")).to_be_visible()


def test_who_has_been_nowhere_is_told_what_gathers_here(
    visit: Callable[..., Visitor], album: str
) -> None:
    visitor = visit()
    visitor.enter("/places", album)
    heading = visitor.page.get_by_role("heading", name="No places yet")
    expect(heading).to_be_visible()


def test_albums_lead_to_what_was_added_last_and_to_things(visitor: Visitor) -> None:
    visitor.page.route(
        "**/api/albums/thing/list/**",
        lambda route: route.fulfill(json={"count": 20, "results": THINGS}),
    )
    visitor.enter("/albums")
    visitor.page.get_by_role("link", name="Recently added").click()
    expect(visitor.tiles.first).to_be_visible()
    assert visitor.location() == "/recent"
    expect(visitor.menu.locator("[aria-current=page]")).to_have_text("Albums")
    visitor.page.go_back()
    things = cards(visitor, "Things")
    expect(things).to_have_count(12)
    expect(things.first).to_contain_text("20 photos")
    expect(things.first).to_have_attribute("href", "/things/20")
    visitor.page.get_by_role("link", name="All 20 things").click()
    expect(things).to_have_count(20)
    assert visitor.location() == "/things"
    expect(visitor.menu.locator("[aria-current=page]")).to_have_text("Albums")


@pytest.fixture
def summer(site: Site) -> Iterator[int]:
    """An album of three photos, by its id."""
    token = site.server.sign_in()
    photos = site.server.get("/api/photos/?page_size=3", token)["results"]
    names = [photo["image_hash"] for photo in photos]
    body = {"title": "Summer", "photos": names}
    album = int(site.server.post("/api/albums/user/edit/", body, token)["id"])
    yield album
    site.server.delete(f"/api/albums/user/{album}/", token)


def test_an_album_that_one_has_made_leads_to_its_photos(
    visitor: Visitor, summer: int
) -> None:
    visitor.enter("/albums")
    own = cards(visitor, "Your albums")
    expect(own).to_have_count(1)
    expect(own).to_contain_text("Summer")
    expect(own).to_contain_text("3 photos")
    expect(own.locator("img")).to_be_visible()
    own.click()
    expect(visitor.page).to_have_title("Summer – LibrePhotos")
    expect(visitor.tiles).to_have_count(3)
    assert visitor.location() == f"/albums/{summer}"
    expect(visitor.menu.locator("[aria-current=page]")).to_have_text("Albums")


@pytest.mark.parametrize("address", ["/places", "/albums"])
@pytest.mark.parametrize("size", SIZES)
def test_nothing_lies_upon_anything_among_albums(
    visit: Callable[..., Visitor], size: str, address: str
) -> None:
    width, height = SIZES[size]
    fingers = {} if width > 500 else {**PHONE}
    visitor = visit(**{**fingers, "viewport": {"width": width, "height": height}})
    visitor.enter(address)
    expect(visitor.page.get_by_role("heading", level=1)).to_be_visible()
    visitor.wait_until("() => !document.querySelector('[aria-label^=Loading]')")
    assert covered(visitor.page) == []
    visitor.check_accessibility()
