"""Finding photos by what they show."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.site import CLIP, SHAPES, Site
from tests.browser.visitor import Visitor
from tests.support.server import wait_for

pytestmark = pytest.mark.browser


@pytest.fixture
def meaning(learning_site: Site) -> None:
    """The server has a model, and has looked at the administrator's shapes with it."""
    server, token = learning_site.server, learning_site.server.sign_in()
    server.post("/api/sitesettings/", {"semantic_search_model": CLIP.name}, token)
    if learning_site.model_state(CLIP.name) != "installed":
        server.post(f"/api/models/{CLIP.name}/download/", {}, token)
    wait_for(
        lambda: learning_site.model_state(CLIP.name) == "installed",
        "the model is downloaded",
    )
    # Also the first search, which has the model loaded, is behind us then.
    wait_for(lambda: _ranked(learning_site, token), "the photos are ranked")


def _ranked(site: Site, token: str) -> bool:
    path = "/api/photos/searchlist/?search=green+star&ranking=meaning"
    answer = site.server.get(path, token)
    by_meaning = [item for item in answer["results"] if item["match"] == "meaning"]
    return len(by_meaning) == len(SHAPES)


def shape_of(site: Site, photo: str) -> tuple[str, str]:
    """Return the colour and the shape on a photo, by the name of its file."""
    details = site.server.get(f"/api/photos/{photo}/", site.server.sign_in())
    name = str(details["image_path"][0]).rpartition("/")[2]
    return SHAPES[int(name.removesuffix(".jpg"))]


@pytest.mark.usefixtures("meaning")
def test_the_ranking_is_whole_and_the_best_comes_first(
    learning_site: Site, visit_learning: Callable[..., Visitor]
) -> None:
    # Tall enough to draw them all: what is out of sight is not.
    visitor = visit_learning(viewport={"width": 1280, "height": 2400})
    visitor.enter("/search?q=red circle")
    expect(visitor.page.get_by_text("Looks like “red circle”")).to_be_visible()
    expect(visitor.tiles).to_have_count(len(SHAPES))
    assert shape_of(learning_site, visitor.photo_ids()[0]) == ("red", "circle")


@pytest.mark.usefixtures("meaning")
def test_similar_photos_are_a_step_away(
    visit_learning: Callable[..., Visitor],
) -> None:
    visitor = visit_learning()
    visitor.enter()
    expect(visitor.tiles.first).to_be_visible()
    first = visitor.open_photo()
    visitor.show_facts()
    similar = visitor.page.get_by_test_id("similar-photos").get_by_role("link")
    expect(similar).to_have_count(10)
    similar.first.click()
    visitor.wait_until("id => location.pathname !== `/photo/${id}`", first)
    expect(visitor.page.get_by_test_id("viewer-image")).to_be_visible()
    visitor.page.go_back()
    visitor.wait_until("id => location.pathname === `/photo/${id}`", first)
    similar.nth(1).click()
    visitor.wait_until("id => location.pathname !== `/photo/${id}`", first)
    visitor.press("Close")
    expect(visitor.viewer).to_have_count(0)
    assert visitor.location() == "/"


def test_without_a_model_it_is_said_that_only_words_were_searched(
    learning_site: Site, visit_learning: Callable[..., Visitor]
) -> None:
    if learning_site.model_state(CLIP.name) != "missing":
        learning_site.delete(f"/api/models/{CLIP.name}/")
    visitor = visit_learning()
    visitor.enter("/search?q=blue star")
    expect(visitor.page.get_by_role("heading", name="Nothing found")).to_be_visible()
    expect(visitor.page.get_by_text("Only words were searched")).to_be_visible()
