"""The language of the page: the reader's own, or the one that they choose."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.browser.visitor import Visitor
from tests.support.server import PASSWORD

MESSAGES = Path(__file__).parents[2] / "ui" / "messages"
VIEWS = (
    ("/", "Fotos"),
    ("/people", "Personen"),
    ("/people/changes", "Änderungen an Personen"),
    ("/people/dismissed", "Nicht gezeigte Gesichter"),
    ("/places", "Orte"),
    ("/albums", "Alben"),
    ("/things", "Dinge"),
    ("/recent", "Zuletzt hinzugefügt"),
    ("/favourites", "Favoriten"),
    ("/hidden", "Ausgeblendet"),
    ("/trash", "Papierkorb"),
    ("/models", "Modelle"),
    ("/problems", "Probleme"),
    ("/search?q=a%20cat%20in%202021", "a cat in 2021"),
    ("/no-such-view", "Hier ist nichts"),
)
_SAID = """
() => {
  const said = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) said.add(walker.currentNode.data.trim());
  for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
    for (const element of document.querySelectorAll(`[${name}]`))
      said.add(element.getAttribute(name));
  return [...said];
}
"""


def texts(language: str) -> dict[str, str]:
    """Return the texts of a language without placeholders, by their keys."""
    found: dict[str, Any] = {}
    for file in sorted((MESSAGES / language).glob("*.json")):
        found |= json.loads(file.read_text(encoding="utf-8"))
    return {
        key: text
        for key, text in found.items()
        if isinstance(text, str) and "{" not in text
    }


def only_english() -> set[str]:
    """Return the texts that no German one is."""
    return set(texts("en").values()) - set(texts("de").values())


def sign_in_german(visitor: Visitor) -> None:
    visitor.page.get_by_label("Benutzername").fill("admin")
    visitor.page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    visitor.page.get_by_role("button", name="Anmelden").click()
    visitor.wait_until_drawn()


def test_a_reader_of_german_is_spoken_to_in_german(
    visit: Callable[..., Visitor],
) -> None:
    visitor = visit(locale="de-DE")
    english = only_english()
    assert len(english) > 200
    visitor.open()
    expect(visitor.page.get_by_label("Benutzername")).to_be_visible()
    assert set(visitor.page.evaluate(_SAID)) & english == set()
    sign_in_german(visitor)
    for address, title in VIEWS:
        visitor.open(address)
        heading = visitor.page.get_by_role("heading", level=1)
        expect(heading).to_contain_text(title)
        visitor.wait_until("() => document.querySelector('[aria-busy=true]') === null")
        assert set(visitor.page.evaluate(_SAID)) & english == set(), address
    assert visitor.page.evaluate("document.documentElement.lang") == "de"


def test_an_open_photo_speaks_german(visit: Callable[..., Visitor]) -> None:
    visitor = visit(locale="de-CH")
    visitor.open()
    sign_in_german(visitor)
    visitor.open_photo()
    visitor.page.keyboard.press("i")
    panel = visitor.page.get_by_test_id("facts-panel")
    expect(panel.locator("dt").first).to_have_text("Datum")
    assert set(visitor.page.evaluate(_SAID)) & only_english() == set()


def test_the_language_is_chosen_in_the_menu_of_the_account_and_kept(
    visit: Callable[..., Visitor],
) -> None:
    visitor = visit(locale="en-GB")
    visitor.enter()
    visitor.wait_until_drawn()
    visitor.choose_of_account("Deutsch")
    heading = visitor.page.get_by_role("heading", level=1, name="Fotos")
    expect(heading).to_be_attached()
    visitor.open("/people")
    people = visitor.page.get_by_role("heading", level=1, name="Personen")
    expect(people).to_be_attached()
    visitor.page.get_by_role("button", name="Konto: admin").click()
    visitor.choose("English")
    expect(visitor.page.get_by_role("heading", level=1, name="People")).to_be_attached()
