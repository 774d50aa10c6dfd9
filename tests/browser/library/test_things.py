"""Albums of what photos show."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.site import Site
from tests.browser.visitor import Visitor
from tests.support.server import librephotos

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[3]
PHOTOS = 230
FILL = f"""
from benchmarks._rows import Library, fill
from librephotos.api.models import Photo, PhotoStage, PhotoThing, Thing, User
from librephotos.api.pipeline.work.registry import stages
owner = User.objects.get(username="sailor")
fill(owner.pk, Library(2 * {PHOTOS}, days=40))
thing = Thing.objects.create(
    owner=owner, kind=Thing.Kind.HASHTAG_ATTRIBUTE, title="#sea"
)
shown = Photo.objects.owned_by(owner).visible()[:{PHOTOS}]
PhotoThing.objects.bulk_create(PhotoThing(thing=thing, photo=each) for each in shown)
# Else whose preview is asked for in vain would be dated anew, by a file that is none.
PhotoStage.objects.bulk_create(
    PhotoStage(photo=each, stage=stage.name, version=stage.version, state="done")
    for each in Photo.objects.owned_by(owner) for stage in stages()
)
"""


@pytest.fixture(scope="module")
def sailor(site: Site) -> str:
    """A user whose photos, which have no files, all show the same."""
    site.add_user("sailor")
    filled = librephotos(
        *("shell", "--command", FILL), data=site.server.data, PYTHONPATH=str(ROOT)
    )
    assert filled.returncode == 0, filled.stderr
    return "sailor"


def pages_in(answers: list[tuple[str, Any]]) -> list[tuple[int, int]]:
    """Return which pages of an album came, and how many photos each of them has."""
    pages = []
    for address, answer in answers:
        days = answer["results"]["grouped_photos"]
        number = int(parse_qs(urlsplit(address).query)["page"][0])
        pages.append((number, sum(len(day["items"]) for day in days)))
    return pages


def test_an_album_is_read_as_far_as_it_is_looked_at(
    visit: Callable[..., Visitor], sailor: str
) -> None:
    visitor = visit()
    visitor.expect_complaint("/media/")
    album = re.compile(r"/api/albums/thing/\d+/")
    answers = visitor.answers_to(album)
    visitor.enter("/things", sailor)
    thing = visitor.page.get_by_test_id("album")
    expect(thing).to_contain_text(f"{PHOTOS} photos")
    thing.click()
    seen = set(visitor.photo_ids())
    visitor.wait_for(lambda: answers, "the first page of the album")
    assert pages_in(answers) == [(1, 100)]

    def all_are_seen() -> bool:
        visitor.scroll(0.7)
        seen.update(visitor.photo_ids())
        return len(seen) == PHOTOS

    visitor.wait_for(all_are_seen, "all photos of the album")
    visitor.wait_for(lambda: len(answers) >= 3, "the last page of the album")
    assert pages_in(answers) == [(1, 100), (2, 100), (3, 30)]
    visitor.context.unroute(album)
    # Who comes back finds as much of it as there was.
    last = visitor.photo_ids()[-1]
    visitor.tile(last).click()
    expect(visitor.viewer).to_be_visible()
    visitor.page.reload()
    expect(visitor.viewer).to_be_visible()
    visitor.wait_until_read()
    visitor.page.keyboard.press("Escape")
    expect(visitor.tile(last)).to_be_visible()


def test_a_hashtag_in_a_caption_makes_an_album(visitor: Visitor) -> None:
    # Its album is open behind the photo that is the last one to leave it.
    visitor.expect_complaint("/api/albums/thing/")
    visitor.enter()
    expect(visitor.tiles.first).to_be_visible()
    photo = visitor.open_photo(3)
    visitor.show_facts()
    visitor.press("Write caption")
    caption = visitor.page.get_by_role("textbox", name="Caption")
    caption.fill("Seen on the way #holiday")
    # The keys of the viewer are letters while one writes.
    caption.press("i")
    caption.press("Backspace")
    caption.press("Control+Enter")
    expect(visitor.page.get_by_test_id("caption")).to_contain_text("Seen on the way")
    visitor.page.keyboard.press("Escape")
    visitor.go_to("Albums")
    thing = visitor.page.get_by_test_id("album").filter(has_text="holiday")
    expect(thing).to_contain_text("1 photo")
    thing.click()
    expect(visitor.tiles).to_have_count(1)
    assert visitor.photo_ids() == [photo]
    visitor.open_photo()
    visitor.show_facts()
    visitor.press("Edit caption")
    visitor.page.get_by_role("textbox", name="Caption").fill("")
    visitor.press("Save")
    expect(visitor.page.get_by_role("button", name="Write caption")).to_be_visible()
    visitor.page.keyboard.press("Escape")
    visitor.go_to("Albums")
    expect(thing).to_have_count(0)
