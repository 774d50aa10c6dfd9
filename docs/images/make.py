"""Take the picture of the timeline that the README shows, anew.

    .venv/bin/python -m docs.images.make

Needs Chromium and the built page; the library in the picture is that of
tests/support/pictures/showcase.py.
"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from PIL import Image

from tests.browser.site import Site
from tests.browser.visitor import Visitor
from tests.support.chromium import running_chromium
from tests.support.pictures.showcase import write_showcase
from tests.support.server import RunningServer

TARGET = Path(__file__).with_name("timeline.jpg")


def main() -> None:
    """Scan the showcase, sign in, and write the picture."""
    with tempfile.TemporaryDirectory(prefix="librephotos-picture-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # root's PostgreSQL is another user's
        write_showcase(folder / "pictures")
        with RunningServer(folder / "data", folder / "pictures") as server:
            site = Site(server)
            site.wait_for_scan("admin")
            picture = _timeline(site)
    with Image.open(io.BytesIO(picture)) as image:
        image.convert("RGB").save(
            TARGET, quality=90, subsampling="4:4:4", optimize=True, progressive=True
        )


def _timeline(site: Site) -> bytes:
    with running_chromium() as browser:
        context = browser.new_context(
            viewport={"width": 1280, "height": 800}, locale="en-GB"
        )
        visitor = Visitor(context, site.address)
        visitor.enter()
        visitor.wait_until_drawn()
        # The images fade in.
        visitor.wait_until(
            "() => document.getAnimations().every(a => a.playState === 'finished')"
        )
        return visitor.page.screenshot()


if __name__ == "__main__":
    main()
