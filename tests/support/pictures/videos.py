"""Short videos made with PyAV, so that no sample file has to be kept."""

from __future__ import annotations

import io
import struct
import tempfile
from collections.abc import Mapping
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame
from PIL import Image

from tests.support.pictures.images import quadrants


def video(
    *,
    format: str = "mp4",
    codec: str = "libx264",
    width: int = 320,
    height: int = 240,
    seconds: float = 1.0,
    rate: int = 10,
    rotation: int = 0,
    black_frames: int = 0,
    metadata: Mapping[str, str] | None = None,
    streamable: bool = False,
    key_every: int = 250,
) -> bytes:
    """A silent video of the four coloured quarters.

    rotation is in degrees to the left, as a player has to turn it. black_frames come
    first. metadata are the container's; QuickTime's own keys need format "mov". A
    streamable one has its index in front. key_every counts frames.
    """
    flags = "use_metadata_tags+faststart" if streamable else "use_metadata_tags"
    options = {"movflags": flags} if format in ("mp4", "mov") else {}
    # The index goes to the front in a second pass, for which FFmpeg needs a name.
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "video"
        with av.open(str(target), "w", format=format, options=options) as output:
            output.metadata.update(metadata or {})
            stream = output.add_stream(codec, rate=rate, options={"threads": "1"})
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            stream.codec_context.gop_size = key_every
            if rotation:
                stream.set_display_rotation(rotation)
            picture = np.asarray(quadrants(width, height))
            for number in range(round(seconds * rate)):
                shown = picture * 0 if number < black_frames else picture
                frame = VideoFrame.from_ndarray(np.ascontiguousarray(shown), "rgb24")
                output.mux(stream.encode(frame))
            output.mux(stream.encode(None))
        return target.read_bytes()


def with_matrix(film: bytes, turn: tuple[int, ...]) -> bytes:
    """The MP4 with (a, b, c, d) as the matrix of its only track, without a shift."""
    a, b, c, d = (part << 16 for part in turn)
    start = film.index(b"tkhd") + 4 + 40  # version 0
    matrix = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    return film[:start] + matrix + film[start + len(matrix) :]


def first_frame(film: bytes) -> Image.Image:
    """The first frame of a film as it is stored."""
    with av.open(io.BytesIO(film)) as container:
        return next(container.decode(video=0)).to_image()


def clip_facts(data: bytes) -> dict[str, object]:
    """What a finished clip holds: codec, size, pixel format, seconds, tracks."""
    with av.open(io.BytesIO(data)) as container:
        track = container.streams.video[0]
        return {
            "codec": track.codec_context.name,
            "width": track.width,
            "height": track.height,
            "pix_fmt": track.codec_context.pix_fmt,
            "seconds": float(container.duration) / av.time_base,
            "audio": len(container.streams.audio),
            "frames": sum(1 for _ in container.decode(track)),
        }


def overwritten(film: bytes, packets: range, *, byte: bytes = b"\xff") -> bytes:
    """The film with these packets of its only track filled with one byte."""
    data = bytearray(film)
    with av.open(io.BytesIO(film)) as container:
        for number, packet in enumerate(container.demux()):
            if number in packets:
                start = film.index(bytes(packet), packet.pos)  # a block has a header
                data[start : start + packet.size] = byte * packet.size
    return bytes(data)
