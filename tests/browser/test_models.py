"""Which models there are, and fetching them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.site import CLIP, Site
from tests.browser.visitor import Visitor
from tests.support.models.model_hub import ModelHub
from tests.support.server import wait_for

pytestmark = pytest.mark.browser


@pytest.fixture
def visitor(learning_site: Site, visit_learning: Callable[..., Visitor]) -> Visitor:
    """An administrator in front of the models, of which none is installed."""
    if learning_site.model_state(CLIP.name) != "missing":
        learning_site.delete(f"/api/models/{CLIP.name}/")
    opened = visit_learning()
    opened.enter()
    opened.choose_of_account("Models")
    return opened


def model(visitor: Visitor, name: str) -> Locator:
    return visitor.page.get_by_role("article", name=name)


def state(visitor: Visitor, name: str) -> Locator:
    return model(visitor, name).get_by_test_id("model-state")


def test_a_download_is_cancelled_and_goes_on(visitor: Visitor, hub: ModelHub) -> None:
    hub.misbehave("model.safetensors", cut_after=70_000, stall=True)
    expect(state(visitor, CLIP.name)).to_have_text("Not installed")
    told = model(visitor, CLIP.name).get_by_test_id("model-download")
    expect(told).to_contain_text("A download of about 6")
    expect(told).to_contain_text("from 127.0.0.1")
    model(visitor, CLIP.name).get_by_role("button", name="Download").click()
    expect(model(visitor, CLIP.name).get_by_role("progressbar")).to_be_attached()
    # Cancelled before anything is here, it would begin anew.
    wait_for(hub.stalling.is_set, "a part of the model is here")
    model(visitor, CLIP.name).get_by_role("button", name="Cancel").click()
    again = model(visitor, CLIP.name).get_by_role("button", name="Go on")
    again.click()
    expect(state(visitor, CLIP.name)).to_contain_text("Installed")
    model(visitor, CLIP.name).get_by_role("button", name="Remove").click()
    expect(state(visitor, CLIP.name)).to_have_text("Not installed")


def test_a_model_that_cannot_be_had_says_why(visitor: Visitor) -> None:
    name = "smolvlm-256m-instruct"
    model(visitor, name).get_by_role("button", name="Download").click()
    complaint = visitor.page.get_by_test_id("toast")
    expect(complaint).to_contain_text("HuggingFaceTB/SmolVLM-256M-Instruct")
    expect(state(visitor, name)).to_have_text("Not installed")


def test_a_photo_is_not_described_without_its_model(visitor: Visitor) -> None:
    visitor.go_to("Photos")
    visitor.open_photo()
    panel = visitor.show_facts()
    visitor.press("Describe")
    problem = panel.get_by_role("alert")
    expect(problem).to_contain_text("is not installed")
    way = problem.get_by_role("link", name="Look after the models")
    # It has the colour of the problem, and so must lie upon what that does.
    expect(way).to_have_css("background-color", "rgba(0, 0, 0, 0)")
    way.click()
    expect(visitor.page).to_have_title("Models – LibrePhotos")


def test_what_is_learnt_is_chosen(visitor: Visitor) -> None:
    choice = visitor.page.get_by_role("combobox", name="Things")
    expect(choice).to_have_value("places365")
    changes = visitor.answers_to("**/api/sitesettings/", method="POST")
    choice.select_option("siglip2")
    visitor.wait_for(lambda: changes, "the first choice")
    visitor.page.reload()
    expect(choice).to_have_value("siglip2")
    choice.select_option("places365")
    visitor.wait_for(lambda: len(changes) == 2, "the second choice")
    chosen = [answer["tagging_model"] for _, answer in changes]
    assert chosen == ["siglip2", "places365"]


def test_only_administrators_are_offered_models(
    learning_site: Site, visit_learning: Callable[..., Visitor]
) -> None:
    learning_site.add_user("reader")
    visitor = visit_learning()
    visitor.enter("/models", "reader")
    expect(state(visitor, CLIP.name)).to_be_visible()
    visitor.account.click()
    expect(visitor.page.get_by_role("menuitem", name="Log out")).to_be_visible()
    expect(visitor.page.get_by_role("menuitem", name="Models")).to_have_count(0)
    visitor.page.keyboard.press("Escape")
    expect(visitor.page.get_by_role("button", name="Download")).to_have_count(0)
    expect(visitor.page.get_by_test_id("learning-choices")).to_have_count(0)
