"""A film as every browser plays it: H.264 and AAC in MP4, readable while it is made.

The film is written in fragments, each of which can be shown once it is there; when it
is whole, it is copied into a file with its index in front, in which one can seek.
"""

from __future__ import annotations

import io
import math
import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO, Final

import av
import numpy as np
import pyvips
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.filter import Graph
from av.packet import Packet
from av.video.frame import PictureType, VideoFrame
from av.video.reformatter import ColorRange
from av.video.stream import VideoStream

from librephotos.full_disk import FULL, is_full
from librephotos.media.decoding.coded_colours import as_shown
from librephotos.media.decoding.film_frames import colours_of_frame
from librephotos.media.decoding.pixels import check_pixels
from librephotos.media.decoding.progressive import Progressive
from librephotos.media.decoding.video import Shape, shape_of
from librephotos.media.errors import (
    LimitExceeded,
    MediaError,
    UnavailableFile,
    UnreadableFile,
    unreadable_because,
)
from librephotos.media.files.containers import (
    DAMAGED,
    DEMUXERS,
    NO_VIDEO,
    check_duration,
    picture_track,
)
from librephotos.media.files.formats import FORMATS, Format
from librephotos.media.files.motion_photo import video_range
from librephotos.media.files.packet_times import PacketTimes
from librephotos.media.fingerprint import file_time
from librephotos.media.limits import Limits
from librephotos.media.original import open_original

MAX_LINES: Final = 720
MAX_RATE: Final = 60
BYTES_PER_S: Final = 3_200_000 // 8
"""More than a film takes, pictures and sound."""

KEY_EVERY_S: Final = 2.0
_CLOCK: Final = Fraction(1, 90_000)
_SOUND_RATE: Final = 48_000
_BT_601, _BT_709 = 6, 1
"""As H.273 numbers the matrix of one, primaries and transfer of the other."""
_MAX_PASSED_OVER: Final = 3_000
_FRAGMENTS: Final = {
    "movflags": "frag_keyframe+empty_moov+default_base_moof",
    "flush_packets": "1",
}
_CHANGED: Final = "The file changed while it was made playable."
_TOO_LONG: Final = "The film is longer than it says; it is not made playable."


@dataclass(frozen=True)
class FilmOrder:
    """The film to make playable, and the files to write.

    `live` grows while the film is made, `target` appears when it is whole. size and
    mtime_ns (bytes, nanoseconds as by `file_time`) are those of the original that is
    meant. With embedded_video, it is the video inside a motion photo. `max_bytes`
    bounds what is written, `threads` how many cores are kept busy.
    """

    path: bytes
    format: str
    live: Path
    target: Path
    size: int
    mtime_ns: int
    limits: Limits
    max_bytes: int
    threads: int = 1
    embedded_video: bool = False


def make_playable(order: FilmOrder) -> int:
    """Write the film that is ordered and return its size in bytes.

    It has at most MAX_LINES lines and MAX_RATE pictures a second, is shown upright,
    not interlaced and in sRGB's colours, and has what can be decoded of its sound, but
    nothing else that the original tells. Packets that cannot be decoded are passed
    over, up to a limit. On failure nothing stays at the target. Raises MediaError.
    """
    partial = order.target.with_suffix(".whole")
    try:
        # Of a try before this one: who reads it sees that it is gone.
        order.live.unlink(missing_ok=True)
        with ExitStack() as unless_whole:
            unless_whole.callback(order.live.unlink, missing_ok=True)
            unless_whole.callback(partial.unlink, missing_ok=True)
            _transcode(order)
            _index(order.live, partial)
            size = partial.stat().st_size
            partial.replace(order.target)
    except (MediaError, OSError, av.FFmpegError, EOFError, UnicodeError) as error:
        if is_full(error):
            raise UnavailableFile(FULL) from error
        if isinstance(error, MediaError):
            raise
        if isinstance(error, OSError) and not isinstance(error, av.FFmpegError):
            raise unreadable_because(error) from error
        raise UnreadableFile(DAMAGED) from error
    return size


def _transcode(order: FilmOrder) -> None:
    with open_original(order.path) as file:
        _check_unchanged(file, order)
        source, format = _source(file, order)
        # Nothing but this file is opened, whatever the film names.
        with av.open(
            source, "r", format=DEMUXERS[format.name], metadata_errors="replace"
        ) as film:
            track = picture_track(film)
            check_duration(film, limits=order.limits)
            check_pixels(track.width, track.height, limits=order.limits)
            track.codec_context.thread_count = order.threads
            with av.open(str(order.live), "w", format="mp4", options=_FRAGMENTS) as out:
                _Making(order, film, track, out).make()
        _check_unchanged(file, order)


def _source(file: BinaryIO, order: FilmOrder) -> tuple[BinaryIO, Format]:
    if not order.embedded_video:
        return file, FORMATS[order.format]
    found = video_range(file)
    if found is None:
        raise UnreadableFile(NO_VIDEO)
    start, length = found
    file.seek(start)
    return io.BytesIO(file.read(length)), FORMATS["MP4"]


def _check_unchanged(file: BinaryIO, order: FilmOrder) -> None:
    now = os.fstat(file.fileno())
    if (now.st_size, file_time(now.st_mtime_ns)) != (order.size, order.mtime_ns):
        raise UnavailableFile(_CHANGED)


def _index(live: Path, target: Path) -> None:
    """Copy a film of fragments into one with an index in front."""
    with (
        av.open(str(live), "r", format="mov") as film,
        av.open(
            str(target), "w", format="mp4", options={"movflags": "+faststart"}
        ) as out,
    ):
        streams = {
            stream.index: out.add_stream_from_template(stream)
            for stream in (*film.streams.video, *film.streams.audio)
        }
        for packet in film.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                out.mux(packet)


class _Making:
    """One film that is being written."""

    def __init__(
        self,
        order: FilmOrder,
        film: InputContainer,
        track: VideoStream,
        out: OutputContainer,
    ) -> None:
        self._order = order
        self._film = film
        self._track = track
        self._out = out
        self._sound = _sound_of(film)
        self._times = PacketTimes(film)
        self._progressive = Progressive()
        self._pictures: _Pictures | None = None
        self._voice: _Voice | None = None
        self._passed_over = self._written = 0
        self._early: list[Any] = []
        # Both begin together, whatever the container's clock says.
        start = film.start_time
        self._start_s = 0.0 if start is None else start / av.time_base

    def make(self) -> None:
        """Write the whole film."""
        tracks = [self._track, *([self._sound] if self._sound else [])]
        for packet in self._packets(tracks):
            for frame in self._decoded(packet):
                self._take(frame)
            if self._is_full():
                break
        for whole in self._progressive.rest():
            self._show(whole)
        if self._pictures is None:
            raise UnreadableFile(DAMAGED if self._passed_over else NO_VIDEO)
        self._mux(self._pictures.rest())
        if self._voice is not None:
            self._mux(self._voice.rest())

    def _take(self, frame: Any) -> None:
        if isinstance(frame, VideoFrame):
            for whole in self._progressive.frames(frame):
                self._show(whole)
        elif self._pictures is None:
            self._early.append(frame)
        elif self._voice is not None:
            self._mux(self._voice.encoded(frame))

    def _packets(self, tracks: list[Any]) -> Iterator[Packet[Any]]:
        try:
            for packet in self._film.demux(tracks):
                self._times.mend(packet)
                yield packet
        except (av.FFmpegError, EOFError):  # it is cut short: what came before stays
            self._passed_over += 1
            for track in tracks:
                last: Packet[Any] = Packet()
                last.stream, last.time_base = track, track.time_base
                yield last

    def _decoded(self, packet: Packet[Any]) -> list[Any]:
        try:
            # The last packet is empty; without it, the last frames had no clock.
            frames = packet.stream.codec_context.decode(packet)
        except (av.FFmpegError, EOFError):
            frames = []
        if not frames and packet.stream.type == "video":
            self._passed_over += 1
            if self._passed_over > _MAX_PASSED_OVER:
                raise UnreadableFile(DAMAGED)
        elif packet.stream.type == "video":
            self._passed_over = 0
        return list(frames)

    def _show(self, frame: VideoFrame) -> None:
        if self._pictures is None:
            shape = shape_of(frame, self._track.sample_aspect_ratio)
            check_pixels(shape.width, shape.height, limits=self._order.limits)
            self._pictures = _Pictures(
                self._out,
                frame,
                shape,
                rate=self._track.average_rate,
                order=self._order,
            )
            self._pictures.start_s = self._start_s
            if self._sound is not None:
                self._voice = _Voice(self._out, self._start_s)
            early, self._early = self._early, []
            packets = self._pictures.encoded(frame)
            if self._voice is not None:
                for sound in early:
                    packets += self._voice.encoded(sound)
            self._mux(packets)
            return
        self._mux(self._pictures.encoded(frame))

    def _mux(self, packets: list[Packet[Any]]) -> None:
        for packet in packets:
            self._written += packet.size
            self._out.mux(packet)
        if self._is_full() and not self._times.begun_anew:
            raise LimitExceeded(_TOO_LONG)

    def _is_full(self) -> bool:
        """Whether the film is as large as one of the length that it tells can be.

        One that is joined of several may tell that of a part: it ends there.
        """
        return self._written > self._order.max_bytes


class _Pictures:
    """The picture track that is written."""

    def __init__(
        self,
        out: OutputContainer,
        first: VideoFrame,
        shape: Shape,
        *,
        rate: Fraction | None,
        order: FilmOrder,
    ) -> None:
        self._shape = shape
        width, height = shape.upright
        scale = min(1.0, MAX_LINES / height)
        # yuv420p halves the colour planes: both sides must be even.
        self._width = max(2, round(width * scale / 2) * 2)
        self._height = max(2, round(height * scale / 2) * 2)
        usual = float(rate) if rate and 1 <= rate <= MAX_RATE else 30.0
        self._stream = out.add_stream(
            "libx264",
            rate=math.ceil(usual),
            options={
                "preset": "veryfast",
                "crf": "23",
                "maxrate": "2800k",
                "bufsize": "5600k",
                "forced-idr": "1",
                # In their order: an index that is written first has no edit list, and
                # pictures would lag behind the sound by what they are put off.
                "bf": "0",
                "a53cc": "0",  # captions of the original, in which anything stands
                "threads": str(order.threads),
            },
        )
        self._stream.width, self._stream.height = self._width, self._height
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = _CLOCK
        self._tell_colours(first)
        self._stream.codec_context.gop_size = math.ceil(usual * KEY_EVERY_S * 2)
        self._limits = order.limits
        self.start_s = 0.0
        self._last_s = -1.0
        self._key_due_s = 0.0
        self._turning: Graph | None = None

    def _tell_colours(self, first: VideoFrame) -> None:
        """Have players take the numbers of pixels for what they stand for."""
        coded = self._stream.codec_context
        if colours_of_frame(first).are_srgb:
            coded.colorspace = first.colorspace
            coded.color_primaries = first.color_primaries
            coded.color_trc = first.color_trc
        else:  # those that are made of RGB
            coded.colorspace = _BT_601
            coded.color_primaries = coded.color_trc = _BT_709
        coded.color_range = ColorRange.MPEG

    def encoded(self, frame: VideoFrame) -> list[Packet[Any]]:
        """Return the packets that are ready once the frame is in."""
        seconds = self._seconds(frame)
        if seconds < self._last_s + 0.9 / MAX_RATE and self._last_s >= 0:
            return []
        if seconds > self._limits.max_video_seconds:
            raise LimitExceeded(_TOO_LONG)
        self._last_s = seconds
        shown = self._upright(frame)
        shown.pts, shown.time_base = round(seconds / _CLOCK), _CLOCK
        shown.pict_type = PictureType.NONE
        if seconds >= self._key_due_s:
            shown.pict_type = PictureType.I
            self._key_due_s = seconds + KEY_EVERY_S
        return self._stream.encode(shown)

    def rest(self) -> list[Packet[Any]]:
        """Return the last packets."""
        return self._stream.encode(None)

    def _seconds(self, frame: VideoFrame) -> float:
        if frame.time is None:
            return max(0.0, self._last_s + 1 / 30)
        return max(0.0, frame.time - self.start_s)

    def _upright(self, frame: VideoFrame) -> VideoFrame:
        turned = self._shape.turns % 2 == 1
        size = (self._height, self._width) if turned else (self._width, self._height)
        if not colours_of_frame(frame).are_srgb:
            frame = _toned(frame, size)
        flat = frame.reformat(
            width=size[0],
            height=size[1],
            format="yuv420p",
            dst_color_range=ColorRange.MPEG,
            interpolation="BILINEAR",
        )
        if not (self._shape.turns or self._shape.mirrored):
            return flat
        flat.pts = 0
        self._turning = self._turning or _turning(flat, self._shape)
        self._turning.push(flat)
        upright = self._turning.pull()
        assert isinstance(upright, VideoFrame)
        return upright


def _toned(frame: VideoFrame, size: tuple[int, int]) -> VideoFrame:
    """Return a frame of brighter or wider colours as a screen of sRGB shows it."""
    flat = frame.reformat(
        width=size[0], height=size[1], format="rgb24", interpolation="BILINEAR"
    )
    picture = pyvips.Image.new_from_array(flat.to_ndarray())
    toned = as_shown(picture, colours_of_frame(frame)).numpy()
    return VideoFrame.from_ndarray(np.ascontiguousarray(toned), "rgb24")


_TURNS: Final = {1: ["transpose=cclock"], 2: ["hflip", "vflip"], 3: ["transpose=clock"]}


def _turning(frame: VideoFrame, shape: Shape) -> Graph:
    """Return what turns frames like this one upright."""
    graph = Graph()
    steps = [
        graph.add_buffer(
            width=frame.width,
            height=frame.height,
            format=frame.format,
            time_base=_CLOCK,
        )
    ]
    named = ["hflip"] if shape.mirrored else []
    for step in named + _TURNS.get(shape.turns, []):
        name, _, arguments = step.partition("=")
        steps.append(graph.add(name, arguments or None))
    steps.append(graph.add("buffersink"))
    graph.link_nodes(*steps).configure()
    return graph


class _Voice:
    """The sound track that is written: AAC, stereo or one channel."""

    def __init__(self, out: OutputContainer, start_s: float) -> None:
        self._stream = out.add_stream("aac", rate=_SOUND_RATE)
        self._stream.layout = "stereo"
        self._stream.bit_rate = 128_000
        self._start_s = start_s
        self._resampler = self._new_resampler()
        self._said = 0

    def _new_resampler(self) -> AudioResampler:
        return AudioResampler(
            format="fltp", layout="stereo", rate=_SOUND_RATE, frame_size=1024
        )

    def encoded(self, frame: Any) -> list[Packet[Any]]:
        """Return the packets that are ready once the sound is in."""
        try:
            frames = self._resampler.resample(frame)
        except (av.FFmpegError, ValueError):  # it has become of another kind midway
            self._resampler = self._new_resampler()
            return []
        return self._packets(frames)

    def rest(self) -> list[Packet[Any]]:
        """Return the last packets."""
        try:
            frames = self._resampler.resample(None)
        except (av.FFmpegError, ValueError):
            frames = []
        return self._packets(frames) + self._stream.encode(None)

    def _packets(self, frames: list[Any]) -> list[Packet[Any]]:
        found: list[Packet[Any]] = []
        for frame in frames:
            at = self._said
            if frame.time is not None:
                at = max(at, round((frame.time - self._start_s) * _SOUND_RATE))
            frame.pts, frame.time_base = at, Fraction(1, _SOUND_RATE)
            self._said = at + frame.samples
            found += self._stream.encode(frame)
        return found


def _sound_of(film: InputContainer) -> AudioStream | None:
    """Return the first sound track that there is a decoder for."""
    for stream in film.streams.audio:
        if stream.codec_context is not None and stream.codec_context.sample_rate:
            return stream
    return None
