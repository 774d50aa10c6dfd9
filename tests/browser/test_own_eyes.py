"""The page in larger letters and in colours of one's own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import PHONE, Visitor

pytestmark = pytest.mark.browser

FACES_OF_THUMB = """
() => {
  const thumb = document.querySelector('[data-testid=year-scrubber] .thumb');
  return [thumb, document.body].map(each => getComputedStyle(each).backgroundColor);
}
"""
CUT_WITHOUT_A_WORD = """
() => [...document.querySelectorAll('[data-testid=day-block] h2 span')].filter(
  title => title.getBoundingClientRect().right > innerWidth + 1
).map(title => title.textContent)
"""


def test_where_one_is_shows_in_colours_of_ones_own(
    visit: Callable[..., Visitor],
) -> None:
    visitor = visit(forced_colors="active")
    visitor.enter()
    visitor.wait_until_drawn()
    thumb, paper = visitor.page.evaluate(FACES_OF_THUMB)
    assert thumb != paper
    current = visitor.menu.get_by_role("link", name="Photos", exact=True)
    expect(current).to_have_css("outline-style", "solid")


def test_titles_of_days_in_large_letters_are_cut_with_dots(
    visit: Callable[..., Visitor],
) -> None:
    visitor = visit(**PHONE)
    visitor.enter()
    visitor.wait_until_drawn()
    visitor.page.evaluate("document.documentElement.style.fontSize = '32px'")
    assert visitor.page.evaluate(CUT_WITHOUT_A_WORD) == []
