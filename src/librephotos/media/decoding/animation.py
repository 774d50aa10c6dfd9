"""Short moving previews of animated GIF and WebP pictures."""

from collections.abc import Callable, Sequence
from typing import Final

import pyvips

from librephotos.media.decoding.pixels import FAIL_ON_DAMAGE, Box, turned_image
from librephotos.media.files.formats import Format
from librephotos.media.files.wholeness import has_whole_picture
from librephotos.media.limits import Limits
from librephotos.media.original import open_original
from librephotos.media.turns import UNTURNED

CLIP_SECONDS: Final = 5.0
MAX_CLIP_FRAMES: Final = 100
CLIP_QUALITY: Final = 60
DEFAULT_DELAY_MS: Final = 100  # what browsers use for a delay of 0 or 10 ms

LOADERS: dict[str, Callable[..., pyvips.Image]] = {
    "GIF": pyvips.Image.gifload_source,
    "WebP": pyvips.Image.webpload_source,
}


def clips(
    path: bytes | str,
    *,
    format: Format,
    boxes: Sequence[Box],
    limits: Limits,
    turn: int = UNTURNED,
) -> tuple[bytes, bytes] | None:
    """Return the animation as two animated WebPs, one a box; None for a still.

    Every frame is turned by `turn` (media.turns).

    At most CLIP_SECONDS and as many frames as the limits allow are taken. Raises
    UnreadableFile if the file cannot be opened and pyvips.Error if it is damaged.
    """
    medium, small = boxes
    with open_original(path) as file:
        if format.name == "WebP" and has_whole_picture(file):
            return None
        source = pyvips.Source.new_from_descriptor(file.fileno())
        header = LOADERS[format.name](source)
        count = _frames_to_take(header, limits)
        if count < 2:
            return None
        large = _shrunk_frames(source, medium, count)
    if turn != UNTURNED:
        large = _smaller(turned_frames(large, turn), medium)
    return _animated(large), _animated(_smaller(large, small))


def turned_frames(frames: pyvips.Image, turn: int) -> pyvips.Image:
    """Return pages or frames below each other, each turned by `turn` (media.turns)."""
    if frames.get_page_height() == frames.height:
        return turned_image(frames, turn)
    return _each_frame(frames, lambda frame: turned_image(frame, turn))


def _frames_to_take(header: pyvips.Image, limits: Limits) -> int:
    frame_pixels = header.width * header.get_page_height()
    allowed: int = min(
        header.get_n_pages(),
        MAX_CLIP_FRAMES,
        limits.max_frames,
        limits.max_pixels // frame_pixels,
    )
    delays = header.get("delay") if header.get_typeof("delay") else []
    elapsed = 0.0
    for number in range(allowed):
        delay = delays[number] if number < len(delays) else 0
        elapsed += (delay if delay > 10 else DEFAULT_DELAY_MS) / 1000
        if elapsed > CLIP_SECONDS:
            return max(number, 1)
    return allowed


def _shrunk_frames(source: pyvips.Source, box: Box, count: int) -> pyvips.Image:
    return pyvips.Image.thumbnail_source(
        source,
        box.width,
        height=box.height,
        size="down",
        option_string=f"[n={count},{FAIL_ON_DAMAGE}]",
    ).copy_memory()


def _smaller(frames: pyvips.Image, box: Box) -> pyvips.Image:
    scale = box.scale(frames.width, frames.get_page_height())
    width = max(1, round(frames.width * scale))
    return _each_frame(
        frames,
        lambda frame: frame.thumbnail_image(width, height=box.height, size="down"),
    )


def _each_frame(
    frames: pyvips.Image, change: Callable[[pyvips.Image], pyvips.Image]
) -> pyvips.Image:
    height = frames.get_page_height()
    pages = frames.height // height
    each = [
        change(frames.crop(0, height * page, frames.width, height))
        for page in range(pages)
    ]
    joined = pyvips.Image.arrayjoin(each, across=1).copy()
    joined.set_type(pyvips.GValue.gint_type, "page-height", each[0].height)
    if frames.get_typeof("delay"):
        joined.set_type(
            pyvips.GValue.array_int_type, "delay", frames.get("delay")[:pages]
        )
    joined.set_type(pyvips.GValue.gint_type, "loop", 0)
    return joined


def _animated(frames: pyvips.Image) -> bytes:
    data: bytes = frames.webpsave_buffer(Q=CLIP_QUALITY, effort=1, keep="none")
    return data
