"""An album that is downloaded as an archive, by a person at a browser."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.site import Site
from tests.browser.visitor import BOTH_WIDTHS, DESK, PHONE, Visitor

pytestmark = pytest.mark.browser


@pytest.fixture
def summer(site: Site) -> Iterator[int]:
    """An album of three photos, by its id."""
    token = site.server.sign_in()
    photos = site.server.get("/api/photos/?page_size=3", token)["results"]
    names = [photo["image_hash"] for photo in photos]
    body = {"title": "Été: 2020", "photos": names}
    album = int(site.server.post("/api/albums/user/edit/", body, token)["id"])
    yield album
    site.server.delete(f"/api/albums/user/{album}/", token)


@pytest.mark.parametrize("look", ["desk", "phone"])
def test_an_album_is_downloaded(
    visit: Callable[..., Visitor], summer: int, look: str, tmp_path: Path
) -> None:
    visitor = visit(
        **(DESK if look == "desk" else PHONE),
        color_scheme="light" if look == "desk" else "dark",
    )
    visitor.enter(f"/albums/{summer}")
    page = visitor.page
    page.get_by_role("button", name="Download album").click()
    question = page.get_by_role("dialog", name="Download as ZIP")
    expect(question).to_be_visible()
    visitor.inspect("download-question")
    if look == "phone":
        question.get_by_label("Smaller pictures").check()
        expect(question.get_by_label("All files of each photo")).to_be_disabled()
    with page.expect_download() as event:
        question.get_by_role("button", name="Download").click()
    expect(question).to_have_count(0)
    expect(page.get_by_test_id("toast")).to_contain_text("The download begins")
    visitor.inspect("download-begun")
    assert event.value.suggested_filename == "Été_ 2020.zip"
    target = tmp_path / "album.zip"
    event.value.save_as(target)
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == 3


def test_why_there_is_no_archive_is_told(visitor: Visitor, summer: int) -> None:
    visitor.page.route(
        "**/api/photos/download/?job_id=*",
        lambda route: route.fulfill(
            json={"status": "FAILURE", "result": "None of the photos can be read."}
        ),
    )
    visitor.enter(f"/albums/{summer}")
    visitor.page.get_by_role("button", name="Download album").click()
    question = visitor.page.get_by_role("dialog", name="Download as ZIP")
    question.get_by_role("button", name="Download").click()
    expect(question.get_by_role("alert")).to_have_text(
        "None of the photos can be read."
    )
    visitor.inspect("download-refused", BOTH_WIDTHS)
    question.get_by_role("button", name="Cancel").click()
    expect(question).to_have_count(0)
