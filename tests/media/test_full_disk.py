"""Copies on a disk that becomes full at any of their pages."""

from __future__ import annotations

import io
import mmap
import os
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from librephotos.full_disk import FULL
from librephotos.media.errors import UnavailableFile
from librephotos.media.files.formats import sniff
from librephotos.media.fingerprint import file_time
from librephotos.media.limits import Limits
from librephotos.media.stripping.copies import CopyOrder, make_copy
from tests.support.mounts import mounted_memory
from tests.support.pictures.images import encoded
from tests.support.pictures.videos import video

NOISE = Image.fromarray(
    np.random.default_rng(1).integers(0, 256, (120, 160, 3), dtype=np.uint8)
)


def heic(picture: Image.Image) -> bytes:
    target = io.BytesIO()
    pillow_heif.from_pillow(picture).save(target)
    return target.getvalue()


def transparent() -> Image.Image:
    picture = NOISE.convert("RGBA")
    picture.putalpha(100)
    return picture


FILES = {
    "JPEG": lambda: encoded(NOISE, "JPEG"),
    "PNG": lambda: encoded(NOISE, "PNG"),
    "GIF": lambda: encoded(NOISE.convert("P"), "GIF"),
    "WebP": lambda: encoded(NOISE, "WEBP"),
    "TIFF": lambda: encoded(NOISE, "TIFF"),
    "BMP": lambda: encoded(NOISE, "BMP"),
    "AVIF": lambda: encoded(NOISE, "AVIF"),
    "HEIC": lambda: heic(NOISE),
    "HEIC with holes": lambda: heic(transparent()),
    "a damaged PNG": lambda: encoded(NOISE, "PNG")[:-9000],
    "MP4": lambda: video(seconds=40.0),
    "QuickTime": lambda: video(format="mov", seconds=40.0),
    "Matroska": lambda: video(format="matroska", seconds=40.0),
    "AVI": lambda: video(format="avi", codec="mpeg4", seconds=8.0),
    "MPEG-TS": lambda: video(format="mpegts", seconds=8.0),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_full_disk_is_no_damage_and_leaves_no_part_of_a_copy(kind, tmp_path):
    path, small = tmp_path / "original", tmp_path / "small"
    path.write_bytes(FILES[kind]())
    make_copy(order(path, tmp_path / "copy"))
    whole = (tmp_path / "copy").read_bytes()
    small.mkdir()
    pages = -(-len(whole) // mmap.PAGESIZE)
    assert pages > 1
    for room in {1, 2, pages // 3, pages // 2, pages - 2, pages - 1} - {-1, 0, pages}:
        with mounted_memory(small, size=str(room * mmap.PAGESIZE)):
            with pytest.raises(UnavailableFile, match=FULL):
                make_copy(order(path, small / "copy"))
            assert not any(small.iterdir())
    with mounted_memory(small, size=str((3 * pages + 4) * mmap.PAGESIZE)):
        make_copy(order(path, small / "copy"))
        assert (small / "copy").read_bytes() == whole


def order(path: Path, target: Path) -> CopyOrder:
    facts = path.stat()
    return CopyOrder(
        path=os.fsencode(path),
        format=sniff(str(path)).name,
        target=target,
        size=facts.st_size,
        mtime_ns=file_time(facts.st_mtime_ns),
        limits=Limits(),
    )
