"""A library that is still being imported, at a desk and on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.browser.conftest import visitors_of
from tests.browser.site import Site
from tests.browser.visitor import ANCHOR, DESK, PHONE, TOP_OF, Visitor
from tests.support.pictures.images import encoded, picture
from tests.support.server import PASSWORD, RunningServer, librephotos

pytestmark = pytest.mark.browser

PHOTOS = 150
NEWEST = datetime(2024, 6, 1, 12)
_SO_FAR = re.compile(r"([\d,]+) of ([\d,]+) visible · ([\d,]+) with previews, ([\d,]+)")
_LEFT = """
() => {
  const told = document.querySelector('[data-testid=job-progress]')?.textContent ?? '';
  return /visible .* [1-9][\\d,]* left/.test(told)
    && document.querySelector('[data-testid=photo-tile]') !== null;
}
"""
_OTHERS_ARE_DRAWN = """
() => [...document.querySelectorAll('[data-testid=photo-tile]')].every(tile => {
  const image = tile.querySelector('img');
  return tile.querySelector('[data-testid=no-preview]') !== null
    || image !== null && image.complete && image.naturalWidth > 0;
})
"""


def said_at(whole: bytes, taken_at: datetime) -> bytes:
    """Return a JPEG with a date in front of the same pixels, which are not encoded."""
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = f"{taken_at:%Y:%m:%d %H:%M:%S}"
    block = exif.tobytes()
    length = (len(block) + 2).to_bytes(2, "big")
    return whole[:2] + b"\xff\xe1" + length + block + whole[2:]


def write_import(folder: Path) -> Path:
    """Write large photos of many days; the newest has a header, and no picture."""
    folder.mkdir()
    noise = Image.effect_noise((1000, 750), 60).convert("RGB")
    whole = encoded(noise.resize((4000, 3000)), quality=60)
    for number in range(1, PHOTOS):
        data = said_at(whole, NEWEST - timedelta(hours=7 * number))
        (folder / f"{number:03}.jpg").write_bytes(data)
    bare = whole[: whole.index(b"\xff\xda")] + b"\xff\xd9"
    (folder / "000.jpg").write_bytes(said_at(bare, NEWEST))
    return folder


@pytest.fixture(scope="module")
def importing_site(folder: Path) -> Iterator[Site]:
    """A server that learns no faces, so that a scan ends with the last preview."""
    with RunningServer(folder / "import-data", faces=False) as server:
        yield Site(server)


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])
def test_a_library_that_is_being_imported(
    chromium: Browser, importing_site: Site, folder: Path, screen: dict[str, Any]
) -> None:
    name = f"importer{screen['viewport']['width']}"
    pictures, server = write_import(folder / name), importing_site.server
    made = librephotos(
        *("createuser", name, "--scan", str(pictures)),
        data=server.data,
        given=f"{PASSWORD}\n",
    )
    assert made.returncode == 0, made.stderr
    with visitors_of(chromium, importing_site) as visit:
        scroll_through(visit(**screen), server, name, pictures)


def scroll_through(
    visitor: Visitor, server: RunningServer, name: str, pictures: Path
) -> None:
    """Scan, and use the library meanwhile."""
    for refused in ("404", "503"):
        visitor.expect_complaint(refused)  # of what is damaged, or is not made yet
    visitor.enter(username=name)
    server.post("/api/scanphotos/", {}, server.sign_in(name))
    progress = visitor.page.get_by_test_id("job-progress")
    visitor.wait_until(_LEFT)
    assert _SO_FAR.search(progress.inner_text())

    damaged = visitor.page.get_by_test_id("no-preview")
    expect(damaged).to_have_count(1)
    expect(visitor.tiles.filter(has=visitor.page.locator("img")).first).to_be_visible()
    visitor.wait_until(_OTHERS_ARE_DRAWN)

    visitor.expect_complaint("ERR_INTERNET_DISCONNECTED")
    visitor.context.set_offline(True)
    expect(visitor.page.get_by_test_id("connection-banner")).to_be_visible()
    visitor.context.set_offline(False)
    expect(visitor.page.get_by_test_id("connection-banner")).to_have_count(0)

    visitor.scroll(1)
    visitor.wait_until(_OTHERS_ARE_DRAWN)
    visitor.open_photo(2)
    visitor.wait_until(
        "() => document.querySelector('[data-testid=viewer] img')?.naturalWidth > 0"
    )
    visitor.page.keyboard.press("Escape")
    expect(visitor.viewer).to_have_count(0)

    # What comes in at the top moves nothing that one looks at.
    expect(progress).to_contain_text("finished")
    visitor.scroll(1)  # its month, whose rows it changes, is out of view then
    visitor.wait_until(_OTHERS_ARE_DRAWN)
    photo, top = visitor.page.evaluate(ANCHOR)
    newer = said_at(encoded(picture(500)), NEWEST + timedelta(days=1))
    (pictures / "newer.jpg").write_bytes(newer)
    days = visitor.answers_to("**/api/timeline/days/**")
    visitor.choose_of_account("Scan now")
    visitor.wait_for(
        lambda: any(sum(answer["counts"]) > PHOTOS for _, answer in days),
        "a photo that was added to the folder",
    )
    visitor.wait_until_read()
    assert visitor.page.evaluate(TOP_OF, photo) == pytest.approx(top, abs=1)
    while visitor.scroll(-1):
        pass
    expect(visitor.tiles.first).to_have_accessible_name(re.compile("2 June 2024"))
    visitor.wait_until(_OTHERS_ARE_DRAWN)
    expect(damaged).to_have_count(1)
