"""On a slow disk each byte counts: the first pass asks for none of them twice."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from PIL import Image

from librephotos.api.pipeline.sandboxed.decoding import Original, read_file
from librephotos.media.limits import Limits
from tests.support.pictures.images import encoded

_ENDS = 512 * 1024
"""What is looked at once more: the head, and the end, which tells whether it is all."""


def bytes_asked_for() -> int:
    """Return how many bytes this process has read from files and pipes so far."""
    lines = Path("/proc/self/io").read_text().splitlines()
    return int(dict(line.split(": ") for line in lines)["rchar"])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts (proc(5))")
def test_the_bytes_of_a_photo_are_read_once(tmp_path: Path) -> None:
    path = tmp_path / "large.jpg"
    noise = Image.effect_noise((2400, 2400), 90).convert("RGB")
    path.write_bytes(encoded(noise, quality=97))
    size = path.stat().st_size
    assert size > 8 * _ENDS
    original = Original(os.fsencode(path), Limits())
    read_file(original)  # which imports what it needs
    before = bytes_asked_for()
    found = read_file(original)
    assert found.said is not None and found.said.facts.width == 2400
    assert size <= bytes_asked_for() - before < size + _ENDS
