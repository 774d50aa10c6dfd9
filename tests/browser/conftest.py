"""Two servers for all browser tests, one Chromium a module, one profile a visitor.

One has a library to look at; the other has models, which it takes from a hub.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.site import CLIP, Site, write_library, write_portraits, write_shapes
from tests.browser.visitor import PATIENCE_S, RESTLESS_HAND, Visitor
from tests.support.chromium import NAMES, installed_chromium, running_chromium
from tests.support.models.model_hub import ModelHub
from tests.support.models.tiny_clip import tiny_clip_folder  # noqa: F401
from tests.support.server import RunningServer

expect.set_options(timeout=PATIENCE_S * 1000)


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """A folder for pictures and data.

    It is not pytest's: each run closes that to all other users again, PostgreSQL's
    among them.
    """
    with tempfile.TemporaryDirectory(prefix="librephotos-browser-") as name:
        Path(name).chmod(0o711)  # PostgreSQL becomes another user if we are root
        yield Path(name)


@pytest.fixture(scope="session")
def site(folder: Path) -> Iterator[Site]:
    """A server whose administrator has a library that is scanned."""
    library = write_library(folder / "pictures")
    with RunningServer(folder / "data", library) as server:
        running = Site(server)
        running.wait_for_scan("admin")
        yield running


@pytest.fixture(scope="session")
def album(site: Site, corpus: Path, folder: Path) -> str:
    """A user with some portraits of each of a few people, grouped by a scan.

    What a test says of them it takes back (`Site.faces_as_found`).
    """
    site.add_user("album", write_portraits(corpus, folder / "album"))
    return "album"


@pytest.fixture(scope="session")
def hub(tiny_clip_folder: Path) -> Iterator[ModelHub]:  # noqa: F811
    """A hub of models that knows a small one, and no other."""
    with ModelHub() as server:
        server.add(CLIP.repository, tiny_clip_folder)
        yield server


@pytest.fixture(scope="session")
def learning_site(folder: Path, hub: ModelHub) -> Iterator[Site]:
    """A server that downloads from the hub; its administrator has shapes in colours."""
    shapes = write_shapes(folder / "shapes")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HF_ENDPOINT", hub.url)
        with RunningServer(folder / "learning-data", shapes) as server:
            running = Site(server)
            running.wait_for_scan("admin")
            yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser.

    Playwright's event loop keeps Django from its database in this thread, so it ends
    before tests of other modules begin.
    """
    if installed_chromium() is None:
        pytest.skip(f"needs one of {', '.join(NAMES)}")
    with running_chromium() as browser:
        yield browser


@contextmanager
def visitors_of(chromium: Browser, site: Site) -> Iterator[Callable[..., Visitor]]:
    """Open browser profiles; at the end no browser may have complained.

    They are in a time zone far from the pictures', which no date may be shifted to.
    """
    visitors: list[Visitor] = []

    def visitor(*, rests: bool = False, **options: Any) -> Visitor:
        where = {"locale": "en-GB", "timezone_id": "Pacific/Auckland"}
        size = {"viewport": {"width": 1280, "height": 800}}
        context = chromium.new_context(**{**where, **size, **options})
        context.set_default_timeout(PATIENCE_S * 1000)
        if not rests:
            context.add_init_script(RESTLESS_HAND)
        visitors.append(Visitor(context, site.address))
        return visitors[-1]

    yield visitor
    complaints = [text for one in visitors for text in one.unexpected_complaints()]
    for one in visitors:
        # What is on its way has nobody left to go to.
        for page in one.context.pages:
            page.unroute_all(behavior="ignoreErrors")
        one.context.unroute_all(behavior="ignoreErrors")
        one.context.close()
    assert complaints == []


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Callable[..., Visitor]]:
    """Open browser profiles at the site with a library."""
    with visitors_of(chromium, site) as visitor:
        yield visitor


@pytest.fixture
def visit_learning(
    chromium: Browser, learning_site: Site
) -> Iterator[Callable[..., Visitor]]:
    """Open browser profiles at the site that takes models from a hub."""
    with visitors_of(chromium, learning_site) as visitor:
        yield visitor


@pytest.fixture
def visitor(visit: Callable[..., Visitor]) -> Visitor:
    """A person at a desk, not signed in yet."""
    return visit()
