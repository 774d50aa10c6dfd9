"""The page in larger letters and in colours of one's own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.layout import covered
from tests.browser.visitor import PHONE, Visitor

pytestmark = pytest.mark.browser

FACES_OF_THUMB = """
() => {
  const thumb = document.querySelector('[data-testid=year-scrubber] .thumb');
  return [thumb, document.body].map(each => getComputedStyle(each).backgroundColor);
}
"""
CUT_WITHOUT_A_WORD = """
() => [...document.querySelectorAll('[data-testid=day-block] :is(h2, h3) > *')].filter(
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


CUT_WORDS = """
() => [...document.querySelectorAll('header *, nav *, aside *, dialog *')].filter(
  element => {
    if (!element.checkVisibility() || element.closest('.visually-hidden, svg'))
      return false;
    const { overflowX, textOverflow } = getComputedStyle(element);
    const words = [...element.childNodes].some(
      node => node.nodeType === Node.TEXT_NODE && node.data.trim() !== '');
    const isCut = element.scrollWidth > element.clientWidth + 1
      && overflowX !== 'visible' && textOverflow !== 'ellipsis';
    return isCut || words && element.getBoundingClientRect().right > innerWidth + 1;
  }
).map(element => element.outerHTML.slice(0, 100))
"""


@pytest.mark.parametrize("size", [(1440, 900), (1280, 720), (390, 844)])
def test_the_text_is_as_large_as_the_browser_is_told(
    visit: Callable[..., Visitor], size: tuple[int, int]
) -> None:
    visitor = visit(viewport={"width": size[0], "height": size[1]})
    page = visitor.page
    browser = visitor.context.new_cdp_session(page)
    browser.send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
    visitor.enter()
    visitor.wait_until_drawn()
    entry = visitor.menu.get_by_role("link", name="Photos", exact=True)
    expect(entry).to_have_css("font-size", "24px")
    assert page.evaluate(CUT_WORDS) == []
    icons = page.locator("nav svg:visible").evaluate_all(
        "icons => icons.map(icon => icon.getBoundingClientRect().width)"
    )
    assert set(icons) == {22}
    visitor.open("/people")
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    assert page.evaluate(CUT_WORDS) == []
    assert covered(page) == []
    visitor.open("/")
    visitor.open_photo()
    visitor.show_facts()
    assert page.evaluate(CUT_WORDS) == []
    assert covered(page) == []
