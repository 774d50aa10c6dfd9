"""What the page says: titles, numbers, names of any length, and its own state."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Route, expect

from tests.browser.site import Site
from tests.browser.visitor import PHONE, Visitor

pytestmark = pytest.mark.browser

NAMES = (
    "Wolfeschlegelsteinhausenbergerdorff" * 5,
    "عبد الرحمن بن محمد بن عبد الله " * 5,
    "👩‍👩‍👧‍👦" * 12,
    "Z̸͇̈́a̷͎͝l̵̯̇g̶̺͊o̸" * 6,
    "<img src=x onerror=alert(1)>" * 6,
)
TOO_WIDE = """
() => {
const inside = 'main *, header *, nav *, dialog *, [role=menu] *';
return [...document.querySelectorAll(inside)].filter(element => {
  const area = element.getBoundingClientRect();
  return area.width > 0 && area.right > innerWidth + 1 && element.checkVisibility()
    && !element.closest('.scroller, [hidden], .visually-hidden');
}).map(element => element.outerHTML.slice(0, 120));
}
"""
TOO_SMALL = """
() => [...document.querySelectorAll(
  'a[href], button, input, select, textarea,'
  + '[role=slider], [role=option], [role=checkbox], [role=menuitem]'
)].filter(element => {
  if (!element.checkVisibility() || element.matches('.skip')) return false;
  const dialog = document.querySelector('dialog[open]');
  if (dialog && !dialog.contains(element)) return false;
  const target = element.matches('[type=checkbox], [type=radio]')
    ? element.closest('label') ?? element : element;
  const area = target.getBoundingClientRect();
  return area.width > 0 && (area.width < 43.5 || area.height < 43.5);
}).map(element => {
  const { width, height } = element.getBoundingClientRect();
  return `${width} x ${height}: ${element.outerHTML.slice(0, 160)}`;
})
"""


@pytest.fixture
def namer(
    visit: Callable[..., Visitor], site: Site, album: str
) -> Iterator[Callable[..., Visitor]]:
    """Open the people of a user who has named nobody yet."""

    def opened(**options: object) -> Visitor:
        visitor = visit(**options)
        visitor.enter("/people", album)
        expect(visitor.page.get_by_test_id("face-group").first).to_be_visible()
        return visitor

    yield opened
    site.faces_as_found(album)


@pytest.mark.parametrize("address", ["/nowhere", "/people/anna", "/photos/", "/photo/"])
def test_unknown_addresses_say_so(visitor: Visitor, address: str) -> None:
    visitor.enter(address)
    heading = visitor.page.get_by_role("heading", name="There is nothing here")
    expect(heading.first).to_be_visible()
    expect(visitor.page).to_have_title("There is nothing here – LibrePhotos")
    visitor.page.get_by_role("link", name="To your photos", exact=True).click()
    expect(visitor.tiles.first).to_be_visible()
    expect(visitor.page).to_have_title("Photos – LibrePhotos")


@pytest.mark.parametrize(
    "address, said",
    [
        ("/things/987654", "No photo shows this"),
        ("/places/987654", "No photo was taken here"),
        ("/people/987654", "There is nobody here"),
    ],
)
def test_unknown_things_places_and_people_say_so(
    visitor: Visitor, address: str, said: str
) -> None:
    visitor.expect_complaint("404")
    visitor.enter(address)
    expect(visitor.page.get_by_role("heading", name=said).first).to_be_visible()
    expect(visitor.page).to_have_title(f"{said} – LibrePhotos")
    visitor.page.get_by_role("link", name="To your photos", exact=True).click()
    expect(visitor.tiles.first).to_be_visible()
    expect(visitor.page).to_have_title("Photos – LibrePhotos")


def test_menu_entries_keep_their_shape(visitor: Visitor) -> None:
    visitor.enter()
    for name in ("Photos", "People", "Favourites"):
        entry = visitor.menu.get_by_role("link", name=name, exact=True)
        text = "link => { const range = new Range(); range.selectNodeContents(link);"
        text += " return range.getBoundingClientRect().width; }"
        before = entry.evaluate(text), entry.bounding_box()
        visitor.go_to(name)
        expect(entry).to_have_attribute("aria-current", "page")
        assert (entry.evaluate(text), entry.bounding_box()) == before


@pytest.mark.parametrize("photo", ["f" * 33, "0", "none%20such", "%25zz"])
def test_a_photo_that_does_not_exist_says_so(visitor: Visitor, photo: str) -> None:
    visitor.expect_complaint("404")
    visitor.enter(f"/photo/{photo}")
    expect(visitor.page.get_by_text("There is no such photo")).to_be_visible()
    expect(visitor.page).to_have_title("No such photo – LibrePhotos")
    visitor.press("To the library")
    expect(visitor.viewer).to_have_count(0)
    expect(visitor.page).to_have_title("Photos – LibrePhotos")


def test_titles_follow(visitor: Visitor) -> None:
    visitor.open()
    expect(visitor.page).to_have_title("Sign in – LibrePhotos")
    visitor.sign_in()
    expect(visitor.tiles.first).to_be_visible()
    expect(visitor.page).to_have_title("Photos – LibrePhotos")
    visitor.open_photo()
    title = "Photo, of 14 September 2024 at 07:25, Zermatt – LibrePhotos"
    expect(visitor.page).to_have_title(title)
    visitor.press("Close")
    expect(visitor.page).to_have_title("Photos – LibrePhotos")
    visitor.choose_of_account("Problems 1")
    expect(visitor.page).to_have_title("Problems – LibrePhotos")


def test_suggestions_find_something_and_times_are_explained(visitor: Visitor) -> None:
    visitor.enter()
    box = visitor.page.get_by_role("searchbox")
    # The photos that come in meanwhile leave the focus to who is about to type.
    box.click()
    expect(visitor.tiles.first).to_be_visible()
    expect(box).to_be_focused()
    suggestions = visitor.page.get_by_role("list", name="Suggestions").get_by_role(
        "button"
    )
    expect(suggestions.first).to_be_visible()
    for text in suggestions.all_inner_texts():
        visitor.page.evaluate("document.activeElement.blur()")
        box.click()
        visitor.page.get_by_role("list", name="Suggestions").get_by_role(
            "button", name=text, exact=True
        ).click()
        visitor.wait_until(
            "text => location.search.includes(encodeURIComponent(text))", text
        )
        expect(visitor.tiles.first).to_be_visible()
        box.fill("")
    visitor.open("/search?q=summer+2024")
    expect(visitor.tiles).to_have_count(3)
    remarks = visitor.page.get_by_test_id("search-remarks")
    expect(remarks).to_contain_text("“summer 2024” is June")
    expect(remarks).to_contain_text("August 2024")


def test_an_empty_library_suggests_nothing(
    visit: Callable[..., Visitor], site: Site
) -> None:
    site.add_user("newcomer")
    visitor = visit()
    visitor.enter(username="newcomer")
    examples = visitor.answers_to("**/api/searchtermexamples/")
    visitor.page.get_by_role("searchbox").click()
    visitor.wait_for(lambda: examples, "suggested searches")
    assert [answer for _, answer in examples] == [{"results": []}]
    expect(visitor.page.get_by_role("list", name="Suggestions")).to_have_count(0)
    visitor.go_to("Albums")
    expect(visitor.page.get_by_text("Ask the administrator")).to_be_visible()
    assert "librephotos " not in visitor.page.locator("main").inner_text()


def test_an_administrator_is_led_to_the_models(visitor: Visitor) -> None:
    visitor.enter("/things")
    visitor.page.get_by_role("link", name="Look after the models").click()
    expect(visitor.page.get_by_role("heading", level=1, name="Models")).to_be_visible()


@pytest.mark.parametrize(
    "screen, names", [({}, NAMES[:3]), (PHONE, NAMES[:1:-1])], ids=["desk", "phone"]
)
def test_names_of_any_length_keep_their_place(
    namer: Callable[..., Visitor], screen: dict[str, object], names: tuple[str, ...]
) -> None:
    visitor = namer(**screen)
    groups = visitor.page.get_by_test_id("face-group")
    for number, name in enumerate(names):
        left = groups.count()
        box = groups.first.get_by_role("combobox")
        box.fill(name[:200])
        box.press("Enter")
        expect(groups).to_have_count(left - 1)
        person = visitor.page.get_by_test_id("person").filter(
            has_text=name[:40].strip()
        )
        expect(person).to_have_count(1)
        assert visitor.page.evaluate(TOO_WIDE) == []
        expect(person.locator("bdi")).to_have_attribute("title", name[:200].strip())
        assert person.bounding_box()["height"] < 240, number
    longest = visitor.page.get_by_test_id("person").filter(has_text=names[0][:40])
    longest.click()
    expect(visitor.page.get_by_test_id("person-head")).to_be_visible()
    assert visitor.page.evaluate(TOO_WIDE) == []
    visitor.page.get_by_role("button", name="More about").click()
    expect(visitor.page.get_by_role("menu")).to_be_visible()
    assert visitor.page.evaluate(TOO_WIDE) == []
    visitor.page.get_by_role("link", name="Faces").click()
    visitor.page.get_by_test_id("face").first.get_by_role("checkbox").click()
    visitor.press("More for these faces")
    assert visitor.page.evaluate(TOO_WIDE) == []
    # A name gives way to what can be done, not the other way round.
    somebody_else = visitor.page.get_by_role("button", name="Somebody else …")
    assert somebody_else.evaluate("it => it.scrollWidth <= it.clientWidth")
    visitor.open("/people/changes")
    visitor.page.get_by_text("Named: ").first.wait_for()
    assert visitor.page.evaluate(TOO_WIDE) == []


def test_a_card_and_what_it_opens_count_the_same(
    namer: Callable[..., Visitor], site: Site, album: str
) -> None:
    visitor = namer()
    group = visitor.page.get_by_test_id("face-group").first
    box = group.get_by_role("combobox")
    box.fill("Ann")
    box.press("Enter")
    card = visitor.page.get_by_test_id("person").filter(has_text="Ann")
    expect(card).to_contain_text("4 faces")
    card.click()
    expect(visitor.tiles).to_have_count(4)
    photo = visitor.open_photo()
    visitor.press("Hide")
    visitor.wait_until("id => location.pathname !== `/photo/${id}`", photo)
    visitor.press("Close")
    expect(visitor.tiles).to_have_count(3)
    visitor.page.get_by_role("link", name="Faces").click()
    faces = visitor.page.get_by_test_id("face")
    count = 3
    expect(faces).to_have_count(count)
    expect(visitor.page.get_by_role("link", name="Faces")).to_contain_text(str(count))
    head = visitor.page.get_by_test_id("person-head")
    expect(head).to_contain_text(f"{count} faces")
    visitor.go_to("People")
    expect(card).to_contain_text(f"{count} faces")
    visitor.page.goto(visitor.address + f"/photo/{photo}")
    visitor.press("Show in timeline")
    expect(visitor.page.get_by_text("shown in the timeline again")).to_be_visible()


ADDRESSES = (
    *("/", "/people", "/people/0/faces", "/people/dismissed", "/people/changes"),
    *("/things", "/models", "/problems", "/hidden", "/search?q=lagos", "/nowhere"),
    *("/places", "/albums", "/recent"),
)


def test_touch_targets_are_large_enough(visit: Callable[..., Visitor]) -> None:
    visitor = visit(**PHONE)
    visitor.open()
    expect(visitor.page.get_by_test_id("sign-in-form")).to_be_visible()
    small = {"sign in": visitor.page.evaluate(TOO_SMALL)}
    visitor.sign_in()
    expect(visitor.tiles.first).to_be_visible()
    for address in ADDRESSES:
        visitor.open(address)
        expect(visitor.page.locator("main h1").first).to_be_attached()
        visitor.wait_until("() => !document.querySelector('[aria-label^=Loading]')")
        small[address] = visitor.page.evaluate(TOO_SMALL)
    for button in (visitor.page.get_by_role("button", name="More"), visitor.account):
        button.click()
        expect(visitor.page.get_by_role("menuitem").first).to_be_visible()
        small[f"menu of {button}"] = visitor.page.evaluate(TOO_SMALL)
        visitor.page.keyboard.press("Escape")
    visitor.open("/")
    visitor.open_photo()
    visitor.show_facts()
    small["viewer"] = visitor.page.evaluate(TOO_SMALL)
    assert {where: found for where, found in small.items() if found} == {}


def test_known_names_are_large_enough_to_be_touched(
    namer: Callable[..., Visitor],
) -> None:
    visitor = namer(**PHONE)
    groups = visitor.page.get_by_test_id("face-group")
    left = groups.count()
    box = groups.first.get_by_role("combobox")
    box.fill("Ann")
    box.press("Enter")
    expect(groups).to_have_count(left - 1)
    groups.first.get_by_role("combobox").click()
    expect(visitor.page.get_by_role("option", name="Ann")).to_be_visible()
    assert visitor.page.evaluate(TOO_SMALL) == []


def test_first_load_shows_a_frame_and_says_when_it_is_offline(visitor: Visitor) -> None:
    visitor.enter()
    expect(visitor.tiles.first).to_be_visible()
    visitor.expect_complaint("503")
    visitor.expect_complaint("ERR_FAILED")

    def refuse(route: Route) -> None:
        route.fulfill(status=503, body="")

    for outage in (refuse, lambda route: route.abort()):
        visitor.context.route("**/api/**", outage)
        visitor.page.reload()
        expect(visitor.page.get_by_test_id("first-frame")).to_be_visible()
        expect(visitor.page.get_by_test_id("connection-banner")).to_be_visible()
        visitor.context.unroute("**/api/**")
        expect(visitor.tiles.first).to_be_visible()
        expect(visitor.page.get_by_test_id("connection-banner")).to_have_count(0)


def test_there_is_a_frame_before_the_script(visitor: Visitor) -> None:
    visitor.context.route("**/*.js", lambda route: None)
    visitor.page.goto(visitor.address, wait_until="commit")
    expect(visitor.page.get_by_text("LibrePhotos", exact=True)).to_be_visible()
    visitor.context.unroute_all(behavior="ignoreErrors")


def test_undated_photos_have_a_mark(visitor: Visitor) -> None:
    visitor.enter()
    visitor.wait_until_read()
    scrubber = visitor.page.get_by_test_id("year-scrubber")
    mark = scrubber.get_by_text("No date", exact=True)
    expect(mark).to_be_visible()
    # It stands beside the photos, not upon them.
    rights = "all => Math.max(...all.map(tile => tile.getBoundingClientRect().right))"
    box = mark.bounding_box()
    assert box and visitor.tiles.evaluate_all(rights) <= box["x"]


def test_each_name_in_a_path_is_written_by_itself(visitor: Visitor) -> None:
    """Else folders in Arabic or Hebrew change places with each other."""
    visitor.enter()
    visitor.open_photo()
    path = visitor.show_facts().locator("dd.path").first
    names = path.locator("bdi").all_text_contents()
    assert "/".join(names) == path.inner_text()
    assert len(names) > 2
