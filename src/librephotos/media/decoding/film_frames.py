"""The frames of a film, also of one with packets that cannot be decoded."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import dropwhile
from typing import Any, Final

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from librephotos.media.decoding.coded_colours import CodedColours
from librephotos.media.files.containers import picture_track
from librephotos.media.files.packet_times import BROADCASTS

MAX_PASSED_OVER: Final = 3_000
"""So many packets that yield no frame, a minute or two of a film, are tried."""


def colours_of_frame(frame: VideoFrame) -> CodedColours:
    """Return the colours of a frame, as its stream or its container tells them."""
    return CodedColours(int(frame.color_primaries), int(frame.color_trc))


def frames_of(
    container: InputContainer, trouble: list[Exception]
) -> Iterator[VideoFrame]:
    """Yield the frames that can be decoded, and add to `trouble` what cannot.

    What comes before a broadcast's first key frame is no damage: the recording may
    begin at any moment. What is predicted from a first key frame that is lost is grey,
    and shown only where nothing else is.
    """
    track = picture_track(container)
    track.codec_context.thread_count = 1
    begun = container.format.name not in BROADCASTS
    passed_over, shown, lost = 0, False, False
    spare: VideoFrame | None = None
    for packet in _packets(container, track, trouble):
        begun = begun or packet.is_keyframe
        frames: list[VideoFrame] = []
        try:
            frames = track.codec_context.decode(packet)
        except (av.FFmpegError, EOFError) as error:
            trouble += [error] if begun else []
            lost = not shown
        if lost:
            spare = spare or next(iter(frames), None)
            frames = list(dropwhile(lambda frame: not frame.key_frame, frames))
            lost = not frames
        shown = shown or bool(frames)
        yield from frames
        passed_over += not frames
        if passed_over > MAX_PASSED_OVER:
            break
    if spare and not shown:
        yield spare


def _packets(
    container: InputContainer, track: VideoStream, trouble: list[Exception]
) -> "Iterator[Packet[Any]]":
    """Yield the packets of a track; the last is empty, for what the decoder holds."""
    try:
        yield from container.demux(track)
    except (av.FFmpegError, EOFError) as error:
        trouble.append(error)
        last: Packet[Any] = Packet()
        last.time_base = track.time_base or Fraction(1, 90_000)
        yield last
