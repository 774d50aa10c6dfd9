"""Naming faces, and taking it back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browser.site import PEOPLE, PICTURES_EACH, Site, write_portraits
from tests.browser.visitor import PHONE, Held, Visitor

pytestmark = pytest.mark.browser

USER = "family"


@pytest.fixture(scope="module")
def grouped(site: Site, corpus: Path, folder: Path) -> str:
    """A user with some portraits of each of three people, grouped by a scan."""
    site.add_user(USER, write_portraits(corpus, folder / "portraits"))
    return USER


@pytest.fixture
def family(grouped: str, site: Site) -> str:
    """The same, and nothing is said of the people, whatever an earlier test said."""
    site.faces_as_found(grouped)
    return grouped


@pytest.fixture
def visit_family(family: str, visit: Callable[..., Visitor]) -> Callable[..., Visitor]:
    """Open the user's people in a browser; nothing is said of them yet."""

    def visitor(**options: object) -> Visitor:
        opened = visit(**options)
        opened.enter("/people", family)
        expect(groups(opened)).to_have_count(len(PEOPLE))
        return opened

    return visitor


def groups(visitor: Visitor) -> Locator:
    """The groups of like faces that nobody has named."""
    return visitor.page.get_by_test_id("face-group")


def person(visitor: Visitor, name: str) -> Locator:
    """Somebody in the list of people."""
    return visitor.page.get_by_test_id("person").filter(has_text=name)


def faces(visitor: Visitor) -> Locator:
    return visitor.page.get_by_test_id("face")


def name_group(visitor: Visitor, name: str, *, keep_message: bool = False) -> None:
    """Name the first group, and wait until it stands among the people only."""
    count = groups(visitor).count()
    box = groups(visitor).first.get_by_role("combobox", name="Who is this?")
    box.fill(name)
    box.press("Enter")
    if keep_message:
        visitor.keep_message(f"named {name}")
    expect(person(visitor, name)).to_be_visible()
    expect(groups(visitor)).to_have_count(count - 1)


def open_faces(visitor: Visitor, name: str) -> None:
    """Show the faces of somebody in the list."""
    person(visitor, name).click()
    visitor.page.get_by_role("link", name="Faces", exact=False).click()
    expect(faces(visitor).first).to_be_visible()


def select(visitor: Visitor, number: int) -> None:
    faces(visitor).nth(number).get_by_role("checkbox").click()


def test_a_group_gets_a_name_and_loses_it_again(
    visit_family: Callable[..., Visitor],
) -> None:
    visitor = visit_family()
    name_group(visitor, "Ada", keep_message=True)
    expect(person(visitor, "Ada")).to_contain_text(f"{PICTURES_EACH} faces")
    expect(groups(visitor)).to_have_count(len(PEOPLE) - 1)
    visitor.undo()
    expect(groups(visitor)).to_have_count(len(PEOPLE))
    expect(person(visitor, "Ada")).to_have_count(0)


def test_a_known_name_is_suggested_for_another_group(
    visit_family: Callable[..., Visitor],
) -> None:
    visitor = visit_family()
    name_group(visitor, "Ada")
    box = groups(visitor).first.get_by_role("combobox")
    box.fill("ad")
    visitor.page.get_by_role("option", name="Ada").click()
    expect(groups(visitor)).to_have_count(len(PEOPLE) - 2)
    expect(person(visitor, "Ada")).to_contain_text(f"{2 * PICTURES_EACH} faces")


def test_the_photos_of_a_person(visit_family: Callable[..., Visitor]) -> None:
    visitor = visit_family()
    name_group(visitor, "Ada")
    person(visitor, "Ada").click()
    expect(visitor.tiles).to_have_count(PICTURES_EACH)
    visitor.wait_until_drawn()
    visitor.open_photo()
    panel = visitor.show_facts()
    expect(panel.get_by_test_id("people-fact")).to_contain_text("Ada")
    panel.get_by_role("button", name="Ada").click()
    expect(visitor.page.get_by_test_id("person-head")).to_contain_text("Ada")


def test_a_new_name_that_is_not_stored_is_kept(
    visit_family: Callable[..., Visitor],
) -> None:
    visitor = visit_family()
    name_group(visitor, "Ada")
    person(visitor, "Ada").click()
    visitor.press("Rename")
    box = visitor.page.get_by_role("combobox", name="New name of Ada")
    expect(box).to_be_focused()
    visitor.expect_complaint("ERR_INTERNET_DISCONNECTED")
    visitor.context.set_offline(True)
    box.fill("Ada Lovelace")
    box.press("Enter")
    told = visitor.page.get_by_test_id("toast").filter(has_text="cannot be reached")
    expect(told).to_be_visible()
    expect(box).to_have_value("Ada Lovelace")
    visitor.context.set_offline(False)
    expect(visitor.page.get_by_test_id("connection-banner")).to_have_count(0)
    box.press("Enter")
    head = visitor.page.get_by_test_id("person-head")
    expect(head.get_by_role("heading")).to_contain_text("Ada Lovelace")


def test_a_face_that_is_somebody_else(visit_family: Callable[..., Visitor]) -> None:
    visitor = visit_family()
    name_group(visitor, "Ada")
    open_faces(visitor, "Ada")
    select(visitor, 1)
    visitor.press("Not Ada")
    visitor.keep_message("Not Ada")
    expect(faces(visitor)).to_have_count(PICTURES_EACH - 1)
    visitor.undo()
    expect(faces(visitor)).to_have_count(PICTURES_EACH)
    select(visitor, 0)
    faces(visitor).nth(2).locator("a").click(modifiers=["Shift"])
    visitor.press("More for these faces")
    visitor.choose("A new person …")
    name = visitor.page.get_by_role("combobox", name="Name")
    name.fill("Grace")
    name.press("Enter")
    expect(faces(visitor)).to_have_count(PICTURES_EACH - 3)
    visitor.go_to("People")
    expect(person(visitor, "Grace")).to_contain_text("3 faces")


def test_a_name_that_somebody_has_asks_before_it_merges(
    visit_family: Callable[..., Visitor],
) -> None:
    visitor = visit_family()
    name_group(visitor, "Ada")
    name_group(visitor, "Ada Lovelace")
    visitor.page.get_by_role("link", name="Ada Lovelace").click()
    visitor.press("Rename")
    name = visitor.page.get_by_role("combobox")
    name.fill("ada")
    name.press("Enter")
    question = visitor.page.get_by_role("dialog", name="Merge Ada Lovelace into Ada?")
    question.get_by_role("button", name="Merge").click()
    head = visitor.page.get_by_test_id("person-head")
    visitor.keep_message("merged into Ada")
    expect(head).to_contain_text(f"{2 * PICTURES_EACH} faces")
    visitor.undo()
    expect(head).to_contain_text(f"{PICTURES_EACH} faces")


def test_hidden_people_are_shown_on_request(
    visit_family: Callable[..., Visitor],
) -> None:
    visitor = visit_family()
    name_group(visitor, "Ada")
    person(visitor, "Ada").click()
    visitor.press("More about Ada")
    visitor.choose("Hide")
    expect(visitor.page.get_by_test_id("person-head")).to_contain_text("hidden")
    visitor.go_to("People")
    expect(person(visitor, "Ada")).to_have_count(0)
    visitor.press("Show hidden people (1)")
    expect(person(visitor, "Ada")).to_be_visible()


def test_a_menu_that_was_opened_early_stays_when_the_photos_come(
    visit_family: Callable[..., Visitor],
) -> None:
    visitor = visit_family()
    name_group(visitor, "Ada")
    held = Held(visitor.page, "**/api/timeline/days/**")
    person(visitor, "Ada").click()
    visitor.press("More about Ada")
    visitor.wait_for(lambda: bool(held.routes), "the person's days are asked for")
    held.release()
    expect(visitor.tiles).to_have_count(PICTURES_EACH)
    visitor.choose("Hide")
    expect(visitor.page.get_by_test_id("person-head")).to_contain_text("hidden")


def test_a_face_is_named_and_drawn_on_its_photo(
    visit_family: Callable[..., Visitor],
) -> None:
    visitor = visit_family()
    # A crop that a worker has yet to make is asked for again.
    visitor.expect_complaint("/media/faces/")
    page = visitor.page
    groups(visitor).first.get_by_role("link").click()
    faces(visitor).first.locator("a").click()
    expect(visitor.viewer).to_be_visible()
    page.keyboard.press("f")
    page.get_by_role("button", name="Face: Who is this?").first.click()
    name = page.get_by_test_id("face-card").get_by_role("combobox", name="Name")
    name.fill("Ada")
    name.press("Enter")
    expect(page.get_by_role("button", name="Face: Ada")).to_be_visible()
    visitor.show_facts()
    visitor.press("Add a face")
    drawing = page.get_by_test_id("face-drawing")
    drawing.hover(position={"x": 20, "y": 20})
    page.mouse.down()
    drawing.hover(position={"x": 120, "y": 140})
    page.mouse.up()
    name.fill("Grace")
    name.press("Enter")
    expect(page.get_by_role("button", name="Face: Grace")).to_be_visible()
    expect(page.get_by_test_id("people-fact")).to_contain_text("Grace")
    page.keyboard.press("Escape")
    expect(visitor.viewer).to_have_count(0)


def test_a_face_that_looks_like_no_other_is_named_on_its_photo(
    visit_family: Callable[..., Visitor],
) -> None:
    visitor = visit_family()
    page = visitor.page
    groups(visitor).first.get_by_role("link").click()
    stranger = faces(visitor).first.get_attribute("data-face-id")
    select(visitor, 0)
    visitor.press("More for these faces")
    visitor.choose("Not like the others")
    expect(faces(visitor)).to_have_count(PICTURES_EACH - 1)
    visitor.go_to("People")
    page.get_by_role("link", name="like no other").click()
    page.locator(f"[data-face-id='{stranger}'] a").click()
    panel = visitor.show_facts()
    expect(panel.get_by_test_id("people-fact")).to_contain_text("Unknown")
    visitor.press("Faces")
    page.get_by_role("button", name="Face: Who is this?").first.click()
    name = page.get_by_test_id("face-card").get_by_role("combobox", name="Name")
    name.fill("Ada")
    name.press("Enter")
    expect(page.get_by_role("button", name="Face: Ada")).to_be_visible()
    panel.get_by_role("button", name="Ada").click()
    expect(page.get_by_test_id("person-head")).to_contain_text("Ada")


@pytest.mark.parametrize("screen", [{}, PHONE], ids=["desk", "phone"])
def test_known_names_cover_nothing_of_the_card_of_a_face(
    visit_family: Callable[..., Visitor], screen: dict[str, object]
) -> None:
    visitor = visit_family(**screen)
    name_group(visitor, "Ada")
    groups(visitor).first.get_by_role("link").click()
    faces(visitor).first.locator("a").click()
    visitor.press("Faces")
    visitor.page.get_by_role("button", name="Face: Who is this?").first.click()
    card = visitor.page.get_by_test_id("face-card")
    expect(card.get_by_role("option", name="Ada")).to_be_in_viewport(ratio=1)
    card.get_by_role("button", name="Not a face").click(trial=True)


def test_an_ignored_face_is_restored(visit_family: Callable[..., Visitor]) -> None:
    visitor = visit_family()
    groups(visitor).first.get_by_role("link").click()
    select(visitor, 0)
    visitor.press("More for these faces")
    visitor.choose("Ignore")
    expect(faces(visitor)).to_have_count(PICTURES_EACH - 1)
    visitor.go_to("People")
    visitor.page.get_by_role("link", name="Faces not shown").click()
    expect(faces(visitor)).to_have_count(1)
    visitor.press("Not a face")
    expect(faces(visitor)).to_have_count(0)
    visitor.press("Ignored")
    select(visitor, 0)
    visitor.press("Restore")
    expect(faces(visitor)).to_have_count(0)
    visitor.go_to("People")
    expect(groups(visitor).filter(has_text=f"{PICTURES_EACH} faces")).to_have_count(
        len(PEOPLE)
    )


def test_escape_closes_the_menu_and_keeps_the_selected_faces(
    visit_family: Callable[..., Visitor],
) -> None:
    visitor = visit_family()
    groups(visitor).first.get_by_role("link").click()
    select(visitor, 0)
    visitor.press("More for these faces")
    expect(visitor.page.get_by_role("menuitem").first).to_be_visible()
    visitor.page.keyboard.press("Escape")
    expect(visitor.page.get_by_role("menuitem")).to_have_count(0)
    bar = visitor.page.get_by_test_id("selection-bar")
    expect(bar).to_contain_text("1 face")
    visitor.page.keyboard.press("Escape")
    expect(bar).to_have_count(0)


def test_on_a_phone(visit_family: Callable[..., Visitor]) -> None:
    visitor = visit_family(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    name_group(visitor, "Ada")
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390
    person(visitor, "Ada").tap()
    visitor.page.get_by_role("link", name="Faces", exact=False).tap()
    faces(visitor).first.get_by_role("checkbox").tap()
    # Once one is selected, a tap selects others instead of opening their photo.
    faces(visitor).nth(PICTURES_EACH - 1).locator("a").tap()
    bar = visitor.page.get_by_test_id("selection-bar")
    expect(bar).to_contain_text("2 faces")
    box = bar.get_by_role("button", name="Somebody else …").bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390
    visitor.press("Not Ada")
    visitor.keep_message("Not Ada")
    expect(faces(visitor)).to_have_count(PICTURES_EACH - 2)
    visitor.undo()
    expect(faces(visitor)).to_have_count(PICTURES_EACH)


def test_it_is_told_that_face_recognition_is_switched_off(
    family: str, visit: Callable[..., Visitor]
) -> None:
    visitor = visit()

    def switched_off(route: Route) -> None:
        settings = route.fetch().json()
        route.fulfill(json={**settings, "face_recognition_enabled": False})

    told = visitor.page.get_by_text("Face recognition is switched off on this server")
    visitor.enter("/people", family)
    expect(visitor.page.get_by_role("heading", name="People")).to_be_visible()
    expect(told).to_have_count(0)
    visitor.page.route("**/api/sitesettings/", switched_off)
    visitor.page.reload()
    expect(told).to_be_visible()


def test_thousands_of_groups_are_drawn_as_far_as_one_looks(
    family: str, visit: Callable[..., Visitor]
) -> None:
    visitor = visit()
    many = [
        {"id": n, "name": f"Unknown {n}", "kind": "CLUSTER", "face_count": 9}
        for n in range(1, 5001)
    ]
    asked: list[str] = []

    def no_faces(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(json={"count": 0, "next": None, "previous": None, "results": []})

    visitor.page.route("**/api/faces/?**", no_faces)
    visitor.page.route(
        "**/api/faces/incomplete/**", lambda route: route.fulfill(json=many)
    )
    visitor.enter("/people", family)
    expect(groups(visitor).first).to_be_visible()
    drawn = groups(visitor).count()
    assert drawn <= 48
    groups(visitor).last.scroll_into_view_if_needed()
    expect(groups(visitor).nth(drawn)).to_be_attached()
    assert groups(visitor).count() <= 2 * drawn
    assert len(asked) <= 2 * drawn


def test_undo_takes_back_what_was_done_here_not_in_another_tab(
    family: str, visit_family: Callable[..., Visitor], visit: Callable[..., Visitor]
) -> None:
    here, elsewhere = visit_family(), visit()
    name_group(here, "Ada", keep_message=True)
    elsewhere.enter("/people", family)
    expect(groups(elsewhere)).to_have_count(len(PEOPLE) - 1)
    name_group(elsewhere, "Grace")
    here.undo()
    here.go_to("Albums")
    here.go_to("People")
    expect(person(here, "Grace")).to_be_visible()
    expect(person(here, "Ada")).to_have_count(0)


def test_a_group_that_was_named_in_another_tab_is_not_named_again(
    family: str, visit_family: Callable[..., Visitor], visit: Callable[..., Visitor]
) -> None:
    here, elsewhere = visit_family(), visit()
    held = Held(here.page, "**/api/faces/incomplete/**")
    elsewhere.enter("/people", family)
    expect(groups(elsewhere)).to_have_count(len(PEOPLE))
    name_group(elsewhere, "Ada")
    box = groups(here).first.get_by_role("combobox", name="Who is this?")
    box.fill("Grace")
    box.press("Enter")
    told = here.page.get_by_test_id("toast").filter(has_text="Nothing was changed")
    expect(told).to_be_visible()
    held.release()
    expect(person(here, "Ada")).to_contain_text(f"{PICTURES_EACH} faces")
    expect(person(here, "Grace")).to_have_count(0)
    expect(groups(here)).to_have_count(len(PEOPLE) - 1)


def test_a_forgotten_name_comes_back(visit_family: Callable[..., Visitor]) -> None:
    visitor = visit_family()
    name_group(visitor, "Ada")
    person(visitor, "Ada").click()
    visitor.press("More about Ada")
    visitor.choose("Forget this name")
    visitor.press("Forget")
    visitor.keep_message("Ada forgotten")
    expect(groups(visitor)).to_have_count(len(PEOPLE))
    visitor.undo()
    expect(person(visitor, "Ada")).to_be_visible()


def test_enter_saves_a_date_of_birth(visit_family: Callable[..., Visitor]) -> None:
    visitor = visit_family()
    name_group(visitor, "Ada")
    person(visitor, "Ada").click()
    visitor.press("More about Ada")
    visitor.choose("Add date of birth")
    date = visitor.page.get_by_label("Date of birth")
    expect(date).to_be_focused()
    date.fill("1815-12-10")
    visitor.page.keyboard.press("Enter")
    expect(date).to_have_count(0)
    expect(visitor.page.get_by_test_id("person-head")).to_contain_text("born 10 Dec")


def test_what_was_done_is_listed_and_can_be_taken_back_later(
    visit_family: Callable[..., Visitor],
) -> None:
    visitor = visit_family()
    name_group(visitor, "Ada")
    visitor.page.get_by_role("link", name="Changes").click()
    change = visitor.page.get_by_role("listitem").filter(has_text="Named").first
    change.get_by_role("button", name="Undo").click()
    expect(change).to_contain_text("Taken back")
    visitor.go_to("People")
    expect(groups(visitor)).to_have_count(len(PEOPLE))
