"""Photos first: the days of a month beside each other, in rows over the whole width."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import expect

from tests.browser.layout import NOTE_MOVES
from tests.browser.site import Site
from tests.browser.visitor import PHONE, Held, Visitor
from tests.support.pictures.images import encoded, gps, photograph, with_metadata

pytestmark = pytest.mark.browser

LARGE = "2024-06-15"
DAYS = {
    **{"2024-06-30": 2, "2024-06-28": 1, "2024-06-23": 3, LARGE: 80},
    **{"2024-06-14": 1, "2024-06-09": 2, "2024-05-30": 1, "2024-05-29": 1},
    **{"2024-05-28": 1, "2024-05-27": 2, "2024-05-26": 1, "2023-12-24": 12},
}
UNDATED = 2
SHAPES = ((150, 100), (100, 150), (120, 120), (160, 90), (90, 160))
LLANFAIR = (53.2210, -4.2060)
"""A village with a long name."""
SCREENS: dict[int, dict[str, Any]] = {
    390: PHONE,
    1280: {"viewport": {"width": 1280, "height": 800}},
    1440: {"viewport": {"width": 1440, "height": 900}},
}

STANDS = """
() => [...document.querySelectorAll('[data-testid=day-block]')].flatMap((block, day) =>
  [...block.querySelectorAll('h2, h3, [data-testid=photo-tile]')].map(element => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    const kind = element.matches('h2, h3') ? element.localName : 'tile';
    const isCut = kind !== 'tile' && element.scrollHeight > element.clientHeight;
    return { kind, day, left, top, right, bottom, isCut };
  }))
"""
HEADINGS = """
() => [...document.querySelectorAll('[data-testid=day-block] :is(h2, h3)')].map(
  heading => `${heading.localName} ${heading.ariaLabel ?? heading.textContent.trim()}`)
"""


class Stand(NamedTuple):
    """A heading or a photo of a day (by its number in the page), in the window."""

    kind: str
    day: int
    left: float
    top: float
    right: float
    bottom: float
    isCut: bool

    def lies_upon(self, other: Stand) -> bool:
        """Whether it has a part of its area in common with another, beyond rounding."""
        return (
            min(self.right, other.right) - max(self.left, other.left) > 0.5
            and min(self.bottom, other.bottom) - max(self.top, other.top) > 0.5
        )


def _pictures(count: int) -> Iterable[bytes]:
    for number in range(count):
        shape = SHAPES[number % len(SHAPES)]
        yield encoded(photograph().resize(shape), "JPEG", quality=60)


@pytest.fixture(scope="module")
def diarist(site: Site, folder: Path) -> str:
    """A user with some days of few photos, and one of many."""
    pictures = folder / "diary"
    pictures.mkdir()
    for day, count in DAYS.items():
        for number, plain in enumerate(_pictures(count)):
            moment = datetime.fromisoformat(day) + timedelta(hours=9, minutes=number)
            exif = {"Exif.Photo.DateTimeOriginal": f"{moment:%Y:%m:%d %H:%M:%S}"}
            dated = with_metadata(plain, exif={**exif, **gps(*LLANFAIR)})
            (pictures / f"{day}-{number:02}.jpg").write_bytes(dated)
    for number in range(UNDATED):
        plain = encoded(photograph().resize((130, 100 + number)), "JPEG")
        (pictures / f"undated-{'ab'[number]}.jpg").write_bytes(plain)
    site.add_user("diarist", pictures)
    return "diarist"


@pytest.fixture
def read(visit: Callable[..., Visitor], diarist: str) -> Callable[..., Visitor]:
    """Open the diary on a screen of a width, with the letters of a size."""

    def opened(width: int, letters: int = 16, path: str = "/") -> Visitor:
        visitor = visit(**SCREENS[width])
        size = f"document.documentElement.style.fontSize = '{letters}px'"
        visitor.page.add_init_script(
            f"addEventListener('DOMContentLoaded', () => {{ {size} }})"
        )
        visitor.enter(path, diarist)
        visitor.wait_until_read()
        return visitor

    return opened


def stands(visitor: Visitor) -> list[Stand]:
    """Return what stands in the grid, as far as it is drawn."""
    return [Stand(**stand) for stand in visitor.page.evaluate(STANDS)]


def rows_of(shown: list[Stand]) -> list[list[Stand]]:
    """Return the photos of each row, from left to right."""
    rows: dict[int, list[Stand]] = defaultdict(list)
    for stand in shown:
        if stand.kind == "tile":
            rows[round(stand.top)].append(stand)
    return [sorted(row, key=lambda tile: tile.left) for _, row in sorted(rows.items())]


@pytest.mark.parametrize("width", SCREENS)
def test_small_days_stand_beside_each_other_each_below_its_label(
    read: Callable[..., Visitor], width: int
) -> None:
    shown = stands(read(width))
    row = rows_of(shown)[0]
    days = {tile.day for tile in row}
    assert len(days) >= 2
    labels = {stand.day: stand for stand in shown if stand.kind == "h3"}
    assert len({round(labels[day].top) for day in days}) == 1
    for day in days:
        first = min(tile.left for tile in row if tile.day == day)
        assert labels[day].left == pytest.approx(first, abs=0.5)
        assert labels[day].bottom == pytest.approx(row[0].top, abs=0.5)


@pytest.mark.parametrize("width", SCREENS)
def test_a_large_day_has_rows_of_its_own(
    read: Callable[..., Visitor], width: int
) -> None:
    visitor = read(width)
    visitor.scroll(0.5)
    name = re.compile("Saturday, 15 June 2024")
    blocks = visitor.page.get_by_test_id("day-block")
    large = blocks.filter(has=visitor.page.get_by_role("heading", name=name))
    box = large.bounding_box()
    assert box is not None
    others = [
        stand
        for stand in stands(visitor)
        if not large.evaluate(
            "(large, day) => document.querySelectorAll('[data-testid=day-block]')[day]"
            " === large",
            stand.day,
        )
    ]
    assert others
    for stand in others:
        assert stand.bottom <= box["y"] + 1 or stand.top >= box["y"] + box["height"] - 1


def test_months_and_days_are_headings_in_order(read: Callable[..., Visitor]) -> None:
    visitor = read(1280)
    headings: dict[str, None] = {}
    while True:
        headings |= dict.fromkeys(visitor.page.evaluate(HEADINGS))
        if not visitor.scroll(0.8):
            break
    months = [heading for heading in headings if heading.startswith("h2")]
    assert months == ["h2 June 2024", "h2 May 2024", "h2 December 2023", "h2 No date"]
    expected: list[str] = []
    for day in DAYS:
        date = datetime.fromisoformat(day)
        month = f"h2 {date:%B %Y}"
        expected += [] if month in expected else [month]
        expected.append(f"h3 {date:%A}, {date.day} {date:%B %Y}")
    found = list(headings)
    assert len(found) == len(expected) + 1
    for heading, name in zip(found, expected, strict=False):
        assert heading.startswith(name)
    # The place is said, too.
    assert all(h.startswith("h2") or h.count(", ") == 2 for h in found)


@pytest.mark.parametrize("letters", [16, 32])
@pytest.mark.parametrize("width", SCREENS)
def test_no_label_lies_upon_another_or_upon_a_photo(
    read: Callable[..., Visitor], width: int, letters: int
) -> None:
    visitor = read(width, letters)
    looked_at = 0
    while True:
        shown = stands(visitor)
        headings = [stand for stand in shown if stand.kind != "tile"]
        for heading in headings:
            assert not heading.isCut
            assert heading.right <= width
            assert heading.bottom - heading.top > 1.3 * letters
            upon = [
                one for one in shown if one is not heading and one.lies_upon(heading)
            ]
            assert upon == []
        looked_at += len(headings)
        if not visitor.scroll(0.8):
            break
    assert looked_at > len(DAYS)


@pytest.mark.parametrize("width", SCREENS)
def test_rows_are_close_and_reach_from_edge_to_edge(
    read: Callable[..., Visitor], width: int
) -> None:
    visitor = read(width)
    grid = visitor.page.get_by_test_id("photo-grid").bounding_box()
    assert grid is not None
    # The scrubber stands beside the photos where there is room.
    end = grid["x"] + grid["width"] - (4 if width == 390 else 100)
    visitor.scroll(0.5)
    rows = rows_of(stands(visitor))
    full = [row for row in rows if row[-1].right >= end]
    assert len(full) >= len(rows) - 1
    for row in rows:
        assert row[0].left - grid["x"] <= 8
        for one, next_one in zip(row, row[1:], strict=False):
            assert 2 <= next_one.left - one.right <= 4.1
            assert next_one.bottom == pytest.approx(one.bottom, abs=0.5)
    closest = [
        below[0].top - above[0].bottom
        for above, below in zip(rows, rows[1:], strict=False)
        if below[0].day == above[-1].day
    ]
    assert closest
    assert all(2 <= gap <= 4.1 for gap in closest)


def test_a_phone_has_three_columns(read: Callable[..., Visitor]) -> None:
    visitor = read(390)
    visitor.scroll(0.8)
    rows = rows_of(stands(visitor))
    assert len(rows) > 5
    for row in rows:
        assert len(row) == 3
        assert all(0.22 * 390 < tile.right - tile.left < 0.45 * 390 for tile in row)


@pytest.mark.parametrize("width", [390, 1280])
def test_no_photo_moves_as_the_days_of_a_row_come_in(
    visit: Callable[..., Visitor], diarist: str, width: int
) -> None:
    visitor = visit(**SCREENS[width])
    page = visitor.page
    page.add_init_script(NOTE_MOVES)
    held = Held(page, "**/api/timeline/photos/**")
    visitor.enter(username=diarist)
    visitor.wait_for(lambda: held.routes, "the days are asked for")
    held.release()
    visitor.wait_until_drawn()
    assert page.evaluate("window.moved") == []


def test_arrow_keys_go_to_the_nearest_photo_of_the_next_row(
    read: Callable[..., Visitor],
) -> None:
    visitor = read(1280)
    rows = rows_of(stands(visitor))
    assert len({tile.day for tile in rows[0]}) >= 2
    row = len(rows[0])
    photos = visitor.photo_ids()
    focused = "() => document.activeElement.dataset.photoId"
    visitor.tile(photos[row - 1]).focus()
    last = rows[0][-1]
    visitor.page.keyboard.press("ArrowDown")
    visitor.wait_until(f"before => ({focused})() !== before", photos[row - 1])
    below = visitor.tile(str(visitor.page.evaluate(focused))).bounding_box()
    assert below is not None
    across = (last.left + last.right) / 2
    nearest = min(rows[1], key=lambda tile: abs((tile.left + tile.right) / 2 - across))
    assert below["x"] == pytest.approx(nearest.left, abs=0.5)
    visitor.page.keyboard.press("ArrowUp")
    visitor.wait_until(f"photos => photos.includes(({focused})())", photos[:row])


def test_a_row_closes_up_when_one_of_its_photos_is_hidden(
    read: Callable[..., Visitor],
) -> None:
    """The others stay, below their labels, and the focus goes to the next photo."""
    visitor = read(1280)
    first, second, third = visitor.photo_ids()[:3]
    visitor.tile(second).focus()
    visitor.page.keyboard.press("Enter")
    expect(visitor.viewer).to_be_visible()
    visitor.press("Hide")
    visitor.keep_message("1 photo hidden")
    visitor.page.keyboard.press("Escape")
    expect(visitor.tile(second)).to_have_count(0)
    expect(visitor.tile(third)).to_be_focused()
    row = rows_of(stands(visitor))[0]
    assert row[0].left < 230 and row[1].left - row[0].right < 4.1
    visitor.undo()
    expect(visitor.tile(second)).to_be_visible()
    assert visitor.photo_ids()[:3] == [first, second, third]
