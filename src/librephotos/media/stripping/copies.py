"""Making one copy without metadata; the work of a decoding child."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

import pyvips

from librephotos.full_disk import FULL, is_full
from librephotos.media.errors import (
    MediaError,
    UnavailableFile,
    unreadable_because,
)
from librephotos.media.files.formats import FORMATS, Format, Kind, sniff
from librephotos.media.files.motion_photo import video_range
from librephotos.media.fingerprint import file_time
from librephotos.media.limits import Limits
from librephotos.media.original import open_original
from librephotos.media.stripping import gif, jpeg, jxl, png, webp
from librephotos.media.stripping.endings import (
    check_jxl,
    exact_webp,
    recoded_jpeg,
)
from librephotos.media.stripping.errors import NotStrippable
from librephotos.media.stripping.films import write_film
from librephotos.media.stripping.rendering import render
from librephotos.media.stripping.verification import verify
from librephotos.media.turns import UNTURNED


@dataclass(frozen=True)
class CopyOrder:
    """The original to copy, the name of its format, and the file to write.

    size and mtime_ns (bytes, nanoseconds as by `file_time`) are those of the original
    that is meant.
    With embedded_video, the video inside a motion photo is copied. A still is shown
    turned by `turn` (media.turns), on top of its own orientation.
    """

    path: bytes
    format: str
    target: Path
    size: int
    mtime_ns: int
    limits: Limits
    embedded_video: bool = False
    turn: int = UNTURNED


def _jpeg(data: bytes, order: CopyOrder) -> Iterator[bytes]:
    yield recoded_jpeg(b"".join(jpeg.without_metadata(data, turn=order.turn)))


def _png(data: bytes, order: CopyOrder) -> Iterator[bytes]:
    return png.without_metadata(data, order.limits)


def _gif(data: bytes, order: CopyOrder) -> Iterator[bytes]:
    return gif.without_metadata(data)


def _webp(data: bytes, order: CopyOrder) -> Iterator[bytes]:
    return webp.without_metadata(data, exact=partial(exact_webp, limits=order.limits))


def _jxl(data: bytes, order: CopyOrder) -> Iterator[bytes]:
    stream = jxl.code_stream(data)
    check_jxl(stream, limits=order.limits)
    yield stream


_LOSSLESS: dict[str, Callable[[bytes, CopyOrder], Iterator[bytes]]] = {
    "JPEG": _jpeg,
    "PNG": _png,
    "GIF": _gif,
    "WebP": _webp,
    "JXL": _jxl,
}


def make_copy(order: CopyOrder) -> int:
    """Write the copy that is ordered and return its size in bytes.

    Pixels and colour profile are those of the original, or nearly so where a format
    allows nothing else (rendering), and it is shown upright. On failure nothing stays
    at the target. Raises MediaError: NotStrippable if metadata would come through,
    UnavailableFile if the original changed, or the disk of the copy is full.
    """
    try:
        with ExitStack() as unless_whole:
            unless_whole.callback(order.target.unlink, missing_ok=True)
            _write(order)
            _settle(order.target)
            verify(order.target, format=sniff(str(order.target)))
            with open_original(order.path) as file:
                _check_unchanged(file, order)
            unless_whole.pop_all()
    except (MediaError, OSError, pyvips.Error) as error:
        if is_full(error):  # whatever a writer took it for
            raise UnavailableFile(FULL) from error
        if isinstance(error, OSError):
            raise unreadable_because(error) from error
        raise
    return order.target.stat().st_size


def _write(order: CopyOrder) -> None:
    format = FORMATS[order.format]
    with open_original(order.path) as file:
        _check_unchanged(file, order)
        if order.embedded_video:
            part = _embedded_video(file)
            write_film(part, order.target, format=FORMATS["MP4"], limits=order.limits)
        elif format.kind is Kind.VIDEO:
            write_film(file, order.target, format=format, limits=order.limits)
        elif not _copied(file, order, format):
            render(
                order.path,
                order.target,
                format=format,
                limits=order.limits,
                turn=order.turn,
            )


def _settle(copy: Path) -> None:
    """Have the bytes on the disk: some file systems find out then that it is full."""
    with copy.open("rb") as written:
        os.fsync(written.fileno())


def _check_unchanged(file: BinaryIO, order: CopyOrder) -> None:
    facts = os.fstat(file.fileno())
    if (facts.st_size, file_time(facts.st_mtime_ns)) != (order.size, order.mtime_ns):
        raise UnavailableFile("The file changed; ask for it again.")


def _copied(file: BinaryIO, order: CopyOrder, format: Format) -> bool:
    """Copy a still's own data; return False where that is not possible.

    Of the formats that are copied, only JPEGs are shown turned by what they say: they
    alone are so by everything that opens them.
    """
    strip = _LOSSLESS.get(format.name)
    if strip is None or (order.turn != UNTURNED and format.name != "JPEG"):
        return False
    try:
        with order.target.open("wb") as copy:
            copy.writelines(strip(file.read(), order))
    except NotStrippable:  # damaged; what can be seen of it is rendered
        return False
    return True


def _embedded_video(file: BinaryIO) -> BinaryIO:
    found = video_range(file)
    if found is None:
        raise NotStrippable("The picture holds no video.")
    file.seek(found[0])
    return io.BytesIO(file.read(found[1]))
