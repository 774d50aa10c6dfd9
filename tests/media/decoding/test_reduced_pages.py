"""TIFFs whose first page is a reduced version of another one."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import tifffile
from PIL import Image

from librephotos.media.files.formats import sniff
from librephotos.media.fingerprint import file_time
from librephotos.media.limits import Limits
from librephotos.media.metadata.reading import read_metadata
from librephotos.media.pictures.thumbnails import Thumbnails, make_thumbnails
from librephotos.media.stripping.copies import CopyOrder, make_copy
from tests.media.conftest import Keep
from tests.support.pictures import images

WHOLE = np.asarray(images.quadrants(160, 120))
REDUCED = np.zeros((30, 40, 3), np.uint8)
MASK = np.zeros((240, 320), bool)
LIGHT = (WHOLE / 255) ** 2.2


def _pages(*pages: tuple[npt.NDArray[Any], int], **options: Any) -> bytes:
    """A TIFF of these pages, each with its NewSubfileType."""
    target = io.BytesIO()
    with tifffile.TiffWriter(target, byteorder=options.pop("byteorder", "<")) as tiff:
        for pixels, kind in pages:
            shade = "rgb" if pixels.ndim == 3 else "minisblack"
            form = {"photometric": shade, "metadata": None, "subfiletype": kind}
            tiff.write(pixels, **form, **options)
    return target.getvalue()


def _of_old_type(kind: int) -> bytes:
    target = io.BytesIO()
    with tifffile.TiffWriter(target) as tiff:
        old = [(255, 3, 1, kind, True)]
        tiff.write(REDUCED, photometric="rgb", extratags=old, metadata=None)
        tiff.write(WHOLE, photometric="rgb", metadata=None)
    return target.getvalue()


def _made(path: Path) -> Thumbnails:
    made = make_thumbnails(path, format=sniff(path), limits=Limits())
    found = read_metadata(path, format=sniff(path), limits=Limits())
    assert (found.width, found.height) == (made.width, made.height)
    return made


@pytest.mark.parametrize(
    "tiff",
    [
        _pages((REDUCED, 1), (WHOLE, 0)),
        _pages((REDUCED, 1), (WHOLE, 0), byteorder=">"),
        _pages((REDUCED, 3), (WHOLE, 2)),
        _pages((REDUCED, 1), (REDUCED, 1), (MASK, 4), (WHOLE, 0)),
        _pages((REDUCED, 1), (WHOLE, 0), compression="zlib", tile=(16, 16)),
        _pages((REDUCED, 1), (WHOLE, 0), compression="lzma"),
        _pages((REDUCED.astype("u2"), 1), (WHOLE.astype("u2") * 16, 0)),
        _pages((REDUCED.astype("u4"), 1), (WHOLE.astype("u4") << 24, 0)),
        _pages((REDUCED.astype("f2"), 1), (LIGHT.astype("f2"), 0)),
        _pages((REDUCED.astype("f4"), 1), (LIGHT.astype("f4"), 0)),
        _of_old_type(2),
    ],
)
def test_the_first_page_that_is_not_reduced_is_shown(tiff: bytes, keep: Keep) -> None:
    made = _made(keep("a.tif", tiff))
    assert (made.width, made.height, made.damage) == (160, 120, "")
    assert images.corner_colours(made.big.data) == ("r", "g", "b", "w")


@pytest.mark.parametrize(
    "tiff",
    [
        _pages((WHOLE, 0), (REDUCED, 1)),
        _pages((WHOLE, 0), (np.zeros((300, 400, 3), np.uint8), 0)),
        _pages((WHOLE, 2), (np.zeros((300, 400, 3), np.uint8), 2)),
        _pages((WHOLE, 1)),
        _pages((WHOLE, 1), (np.zeros((300, 400, 3), np.uint8), 1)),
        _pages((WHOLE, 1), (REDUCED, 0)),
    ],
)
def test_else_the_first_page_is_shown(tiff: bytes, keep: Keep) -> None:
    made = _made(keep("a.tif", tiff))
    assert (made.width, made.height, made.damage) == (160, 120, "")
    assert images.corner_colours(made.big.data) == ("r", "g", "b", "w")


def test_directories_that_lead_in_a_circle_end(keep: Keep) -> None:
    tiff = bytearray(_pages((WHOLE, 1)))
    first = int.from_bytes(tiff[4:8], "little")
    count = int.from_bytes(tiff[first : first + 2], "little")
    after = first + 2 + count * 12
    tiff[after : after + 4] = tiff[4:8]
    assert _made(keep("a.tif", bytes(tiff))).width == 160


def test_of_a_cut_one_the_part_of_the_whole_is_shown(keep: Keep) -> None:
    tiff = _pages((REDUCED, 1), (WHOLE, 0), rowsperstrip=10)
    made = _made(keep("a.tif", tiff[: -WHOLE.nbytes // 4]))
    assert (made.width, made.height) == (160, 120)
    assert "of the picture can be shown" in made.damage


def test_a_copy_without_metadata_is_of_the_whole(tmp_path: Path) -> None:
    path, target = tmp_path / "a.tif", tmp_path / "copy"
    path.write_bytes(_pages((REDUCED, 1), (WHOLE, 0)))
    facts = path.stat()
    make_copy(
        CopyOrder(
            path=bytes(path),
            format="TIFF",
            target=target,
            size=facts.st_size,
            mtime_ns=file_time(facts.st_mtime_ns),
            limits=Limits(),
            embedded_video=False,
        )
    )
    with Image.open(target) as copy:
        assert copy.size == (160, 120)
