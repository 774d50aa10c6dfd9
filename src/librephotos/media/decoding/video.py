"""Poster and short silent clips of a video, from one pass over its first seconds."""

import struct
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import numpy as np
import numpy.typing as npt
import pyvips
from av.container import InputContainer
from av.sidedata.sidedata import SideData
from av.video.frame import VideoFrame

from librephotos.media.decoding.coded_colours import as_shown
from librephotos.media.decoding.film_frames import colours_of_frame, frames_of
from librephotos.media.decoding.pixels import Box, Decoded, check_pixels, shrunk
from librephotos.media.errors import UnreadableFile
from librephotos.media.files.containers import (
    DAMAGED,
    NO_VIDEO,
    check_duration,
    opened_video,
    picture_track,
)
from librephotos.media.files.formats import Format
from librephotos.media.limits import Limits

CLIP_SECONDS: Final = 5.0
CLIP_MAX_RATE: Final = 24
_CLOCK: Final = Fraction(1, 90_000)
_X264: Final = {"preset": "veryfast", "crf": "27", "threads": "1"}

# A frame as dark or as even as this tells nothing: fade-ins, title cards, lens caps.
_DARK_MEAN: Final = 24
_EVEN_DEVIATION: Final = 6


@dataclass(frozen=True)
class Film:
    """A video's poster frame and its clips (medium, small) as MP4 files.

    is_damaged tells that decoding met damage before the clips' end.
    """

    poster: Decoded
    clips: tuple[bytes, bytes]
    is_damaged: bool = False


@dataclass(frozen=True)
class Shape:
    """How stored frames are shown: displayed size and quarter turns to the left.

    Mirrored ones change their left and right sides before they are turned.
    """

    width: int
    height: int
    turns: int
    mirrored: bool = False

    @property
    def upright(self) -> tuple[int, int]:
        """The displayed width and height."""
        turned = self.turns % 2 == 1
        return (self.height, self.width) if turned else (self.width, self.height)


def decode_video(
    path: bytes | str, *, format: Format, boxes: Sequence[Box], limits: Limits
) -> Film:
    """Return poster and clips of the video; boxes are for poster and the two clips.

    The poster is the first frame that is neither dark nor even, else the first one.
    Clips last at most CLIP_SECONDS, without sound, in H.264 that every browser plays.
    Damaged packets are passed over, up to a limit.

    Raises UnreadableFile if no frame can be decoded, LimitExceeded if frames are too
    large or the video too long.
    """
    big, medium, small = boxes
    with opened_video(path, format=format) as container:
        track = picture_track(container)
        check_duration(container, limits=limits)
        check_pixels(track.width, track.height, limits=limits)
        trouble: list[Exception] = []
        frames = _first_frames(container, trouble, limits=limits)
        first = next(frames, None)
        if first is None:
            raise UnreadableFile(DAMAGED if trouble else NO_VIDEO)
        shape = shape_of(first, track.sample_aspect_ratio)
        check_pixels(shape.width, shape.height, limits=limits)
        with tempfile.TemporaryDirectory(prefix="librephotos-clip-") as folder:
            film = _film(first, frames, shape, (big, medium, small), Path(folder))
        return replace(film, is_damaged=bool(trouble))


def _film(
    first: VideoFrame,
    frames: Iterator[VideoFrame],
    shape: Shape,
    boxes: tuple[Box, Box, Box],
    folder: Path,
) -> Film:
    medium = _Clip(folder / "medium.mp4", boxes[1], shape)
    small = _Clip(folder / "small.mp4", boxes[2], shape)
    poster = first if _is_telling(first) else None
    medium.add(first)
    small.add(first)
    for frame in frames:
        if poster is None and _is_telling(frame):
            poster = frame
        medium.add(frame)
        small.add(frame)
    still = _poster(poster or first, shape, boxes[0])
    return Film(still, (medium.finish(), small.finish()))


def shown_size(container: InputContainer) -> tuple[int, int] | None:
    """Return the upright displayed width and height, None if no frame decodes."""
    first = next(frames_of(container, []), None)
    if first is None:
        return None
    return shape_of(first, picture_track(container).sample_aspect_ratio).upright


class _Clip:
    """An MP4 file being written from the frames of a video."""

    def __init__(self, path: Path, box: Box, shape: Shape) -> None:
        self._path = path
        scale = box.scale(*shape.upright)
        self._shape = shape
        # yuv420p halves the colour planes: both sides must be even.
        self._width = max(2, round(shape.width * scale / 2) * 2)
        self._height = max(2, round(shape.height * scale / 2) * 2)
        self._output = av.open(
            str(path), "w", format="mp4", options={"movflags": "+faststart"}
        )
        self._stream = self._output.add_stream(
            "libx264", rate=CLIP_MAX_RATE, options=_X264
        )
        turned = shape.turns % 2 == 1
        self._stream.width = self._height if turned else self._width
        self._stream.height = self._width if turned else self._height
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = _CLOCK
        self._start: float | None = None
        self._last_pts = -1

    def add(self, frame: VideoFrame) -> None:
        seconds = frame.time or 0.0
        if self._start is None:
            self._start = seconds
        pts = round((seconds - self._start) / _CLOCK)
        if pts <= self._last_pts:
            return
        self._last_pts = pts
        scaled = self._scaled(frame)
        scaled.pts, scaled.time_base = pts, _CLOCK
        self._output.mux(self._stream.encode(scaled))

    def finish(self) -> bytes:
        self._output.mux(self._stream.encode(None))
        self._output.close()
        return self._path.read_bytes()

    def _scaled(self, frame: VideoFrame) -> VideoFrame:
        size = {"width": self._width, "height": self._height}
        changed = self._shape.turns or self._shape.mirrored
        if not changed and colours_of_frame(frame).are_srgb:
            return frame.reformat(**size, format="yuv420p", interpolation="BILINEAR")
        flat = frame.reformat(**size, format="rgb24", interpolation="BILINEAR")
        turned = _upright(flat, self._shape)
        return VideoFrame.from_ndarray(turned, "rgb24").reformat(format="yuv420p")


def _first_frames(
    container: InputContainer, trouble: list[Exception], *, limits: Limits
) -> Iterator[VideoFrame]:
    """Yield the frames of the first seconds, thinned out to CLIP_MAX_RATE."""
    start, due = None, 0.0
    for count, frame in enumerate(frames_of(container, trouble)):
        seconds = frame.time or 0.0
        start = seconds if start is None else start
        if seconds - start > CLIP_SECONDS or count >= limits.max_frames:
            return
        if seconds - start >= due:
            due = max(due, seconds - start) + 0.9 / CLIP_MAX_RATE
            yield frame


def shape_of(frame: VideoFrame, aspect: Fraction | None) -> Shape:
    """Return how the frames of a film are shown, of which this is one."""
    area = _area(frame)
    # FFmpeg takes the rotation from the first row, which a mirror turns around; of a
    # matrix that leaves nothing of the picture, as one of zeros, it is any number.
    turns = round(frame.rotation / 90 + (2 if area < 0 else 0)) % 4 if area else 0
    return Shape(stretched(frame.width, aspect), frame.height, turns, area < 0)


def stretched(width: int, aspect: Fraction | None) -> int:
    """Return the width that is shown of pixels of this shape, if it can be true."""
    return round(width * float(aspect)) if aspect and 0.1 < aspect < 10 else width


def _area(frame: VideoFrame) -> int:
    """What the matrix of a track (ISO 14496-12, 8.3.2) makes of one unit of area.

    Below zero where it turns frames inside out.
    """
    matrix = frame.side_data.get("DISPLAYMATRIX")
    if not isinstance(matrix, SideData):
        return 1
    a, b, _, c, d = struct.unpack_from("=5i", bytes(matrix))
    return int(a * d - b * c)


def _is_telling(frame: VideoFrame) -> bool:
    luma = frame.reformat(width=32, height=32, format="gray").to_ndarray()
    return bool(luma.mean() > _DARK_MEAN and luma.std() > _EVEN_DEVIATION)


def _upright(frame: VideoFrame, shape: Shape) -> npt.NDArray[np.uint8]:
    pixels = frame.to_ndarray().astype(np.uint8, copy=False)
    colours = colours_of_frame(frame)
    if not colours.are_srgb:
        pixels = as_shown(pyvips.Image.new_from_array(pixels), colours).numpy()
    if shape.mirrored:
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(np.rot90(pixels, shape.turns))


def _poster(frame: VideoFrame, shape: Shape, box: Box) -> Decoded:
    picture = frame.reformat(width=shape.width, height=shape.height, format="rgb24")
    upright = _upright(picture, shape)
    image = pyvips.Image.new_from_array(upright).copy(interpretation="srgb")
    return Decoded(shrunk(image, box), *shape.upright)
