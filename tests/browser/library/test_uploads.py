"""Uploading from the page."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.site import Site
from tests.browser.visitor import PHONE, Held, Visitor
from tests.support.scanning import write_jpeg
from tests.support.uploads import jpeg_of

pytestmark = pytest.mark.browser

_DRAG = """
({ kinds, name, bytes }) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([new Uint8Array(bytes)], name, { type: 'image/jpeg' }));
  for (const kind of kinds) {
    const event = { bubbles: true, cancelable: true, dataTransfer: transfer };
    document.querySelector('main').dispatchEvent(new DragEvent(kind, event));
  }
}
"""


@pytest.fixture
def uploader(site: Site, folder: Path) -> Iterator[str]:
    """A user with an empty folder."""
    name = "uploader"
    if not (folder / name).exists():
        (folder / name).mkdir()
        site.add_user(name, folder / name)
    yield name


@pytest.fixture
def cards(tmp_path: Path) -> Path:
    """A folder as of a camera: pictures in folders, and what is none."""
    card = tmp_path / "card"
    for number in range(4):
        write_jpeg(card / "DCIM" / f"{number % 2}" / f"IMG_{number}.JPG", seed=number)
    (card / "DCIM" / "notes.txt").write_text("no photo")
    (card / "DCIM" / "page.jpg").write_text("<html>no photo either</html>" * 200)
    return card


def counts(page: Page) -> Locator:
    return page.get_by_test_id("upload-counts")


def rows(page: Page, state: str) -> Locator:
    return page.locator(f"[data-testid=upload-row][data-state={state}]")


def test_files_and_folders_are_uploaded(
    site: Site,
    visit: Callable[..., Visitor],
    uploader: str,
    cards: Path,
    folder: Path,
) -> None:
    visitor = visit()
    page = visitor.page
    visitor.enter(username=uploader)
    expect(page.get_by_test_id("upload-panel")).to_have_count(0)
    visitor.press("Upload")
    # What is no photo is refused, and says why.
    visitor.expect_complaint("status of 400")
    page.get_by_test_id("upload-folder").set_input_files(str(cards))
    expect(rows(page, "done")).to_have_count(4)
    expect(rows(page, "refused")).to_contain_text("no picture")
    expect(counts(page)).to_contain_text("4 uploaded")
    expect(counts(page)).to_contain_text("1 not taken")
    expect(page.get_by_test_id("upload-left-out")).to_contain_text(
        "1 file was left out"
    )
    expect(page.get_by_test_id("photo-tile")).to_have_count(4)
    # The same again: named, and not sent.
    page.get_by_test_id("upload-files").set_input_files(
        sorted(cards.glob("DCIM/0/*.JPG"))
    )
    expect(rows(page, "known")).to_have_count(2)
    expect(rows(page, "known").first).to_contain_text("Already in your library")
    landed = folder / uploader / "uploads" / "web"
    # Other tests upload to this folder too.
    pictures = sorted(name for name in os.listdir(landed) if name.startswith("IMG_"))
    assert pictures == [f"IMG_{n}.JPG" for n in range(4)]
    # Dropped on the page.
    picture = write_jpeg(cards / "dropped.jpg", seed=9)
    dragged = {"name": "dropped.jpg", "bytes": list(picture.read_bytes())}
    page.evaluate(_DRAG, {"kinds": ["dragenter", "dragover"], **dragged})
    expect(page.get_by_test_id("drop-zone")).to_be_visible()
    page.evaluate(_DRAG, {"kinds": ["drop"], **dragged})
    expect(rows(page, "done")).to_have_count(5)
    expect(page.get_by_test_id("drop-zone")).to_have_count(0)
    expect(page.get_by_test_id("photo-tile")).to_have_count(5)


def test_what_was_interrupted_goes_on(
    visit: Callable[..., Visitor], uploader: str, tmp_path: Path, folder: Path
) -> None:
    content = jpeg_of(3_500_000, seed=7)
    film = tmp_path / "large.jpg"
    film.write_bytes(content)
    visitor = visit(**PHONE)
    page = visitor.page
    visitor.enter(username=uploader)
    visitor.press("Upload")
    held = Held(page, "**/api/upload/complete/")
    page.get_by_test_id("upload-files").set_input_files(str(film))
    expect(rows(page, "storing")).to_have_count(1)
    visitor.press("Pause")
    expect(rows(page, "waiting")).to_contain_text("Paused")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    visitor.press("Upload")
    interrupted = page.get_by_test_id("upload-interrupted")
    expect(interrupted).to_contain_text("large.jpg")
    sent: list[str] = []
    page.on(
        "request",
        lambda request: request.method == "POST"
        and request.url.endswith("/upload/")
        and sent.append(request.url),
    )
    held.release()
    page.get_by_test_id("upload-files").set_input_files(str(film))
    expect(rows(page, "done")).to_have_count(1)
    expect(interrupted).to_have_count(0)
    assert sent == []  # all of it was there
    assert (folder / uploader / "uploads" / "web" / "large.jpg").read_bytes() == content


def test_who_has_no_folder_is_told(site: Site, visit: Callable[..., Visitor]) -> None:
    site.add_user("homeless")
    visitor = visit()
    visitor.enter(username="homeless")
    visitor.press("Upload")
    told = visitor.page.get_by_test_id("upload-no-folder")
    expect(told).to_contain_text("An administrator has to give it one")
    expect(visitor.page.get_by_role("button", name="Choose files")).to_have_count(0)


def test_who_has_no_folder_is_not_told_to_scan(
    site: Site, visit: Callable[..., Visitor]
) -> None:
    site.add_user("folderless")
    visitor = visit()
    visitor.enter(username="folderless")
    main = visitor.page.get_by_role("main")
    expect(main).to_contain_text("An administrator gives it one.")
    expect(main.get_by_role("button", name="Scan now")).to_have_count(0)
    visitor.account.click()
    scan = visitor.page.get_by_role("menuitem", name="Scan now")
    expect(scan).to_be_disabled()
