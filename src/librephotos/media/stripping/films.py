"""Videos without metadata: the packets of picture and sound in a new container."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO, Final

import av
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Stream

from librephotos.full_disk import is_full
from librephotos.media.errors import UnreadableFile
from librephotos.media.files.containers import (
    DAMAGED,
    DEMUXERS,
    check_duration,
    picture_track,
)
from librephotos.media.files.formats import Format
from librephotos.media.files.packet_times import PacketTimes
from librephotos.media.limits import Limits
from librephotos.media.stripping.bitstreams import (
    Cleaner,
    audio_cleaner,
    clean_header,
    video_cleaner,
)
from librephotos.media.stripping.errors import NotStrippable

_MUXERS: Final = {
    "MP4": "mp4",
    "M4V": "mp4",
    "QuickTime": "mov",
    "3GP": "3gp",
    "AVI": "avi",
    "Matroska": "matroska",
    "WebM": "webm",
    "MPEG-TS": "mpegts",
    "MPEG": "vob",
    "WMV": "asf",
}
_NAMING: Final = ("mp4", "mov", "3gp", "avi")
"""They name the coding of pictures by four letters, by which players know what to do:
HEVC as `hvc1`, not `hev1`, is what Apple's play, and ProRes and raw pictures are shown
wrong under another name than their own. FFmpeg takes the names that it knows of a
coding, no others, so that nothing else is told by them."""
_OPTIONS: Final = {"fflags": "+bitexact"}
# 3GPP TS 26.101: bytes of a frame by its mode, and how long one lasts.
_AMR_FRAME_BYTES: Final = dict(enumerate((13, 14, 16, 18, 20, 21, 27, 32, 6)))
_AMR_FRAME_S: Final = Fraction(20, 1000)
_FASTSTART: Final = {"movflags": "+faststart"}


def write_film(file: BinaryIO, target: Path, *, format: Format, limits: Limits) -> None:
    """Write the video in `file` to `target`: its picture and sound, not recoded.

    In its own kind of container, under the same name of its coding; in a Matroska file
    if that does not take it. Other tracks, chapters, covers and texts stay behind.

    Raises UnreadableFile for damaged data, LimitExceeded for a video that is too long,
    NotStrippable for kinds of tracks that may hide anything, and OSError if the disk
    is full, which says nothing about the video.
    """
    muxer = _MUXERS[format.name]
    ways = [(muxer, True)] if muxer in _NAMING else []
    ways += [(muxer, False), ("matroska", False)]
    for muxer, named in ways:
        file.seek(0)
        try:
            _remux(file, target, muxer, named=named, format=format, limits=limits)
            return
        except (av.FFmpegError, ValueError, EOFError) as error:
            if is_full(error):
                raise
            target.unlink(missing_ok=True)
            trouble = error
    raise UnreadableFile(DAMAGED) from trouble


def _remux(
    file: BinaryIO,
    target: Path,
    muxer: str,
    *,
    named: bool,
    format: Format,
    limits: Limits,
) -> None:
    demuxer = DEMUXERS[format.name]
    options = {**_OPTIONS, **(_FASTSTART if muxer in ("mp4", "mov", "3gp") else {})}
    with (
        av.open(file, mode="r", format=demuxer, metadata_errors="replace") as source,
        av.open(str(target), mode="w", format=muxer, options=options) as output,
    ):
        check_duration(source, limits=limits)
        tracks = _tracks(source)
        copies = {track.index: _copied(output, track) for track in tracks}
        if named:
            picture = picture_track(source)
            copy = copies[picture.index].codec_context
            copy.codec_tag = picture.codec_context.codec_tag
        times = PacketTimes(source)
        for packet in source.demux(list(tracks)):
            times.mend(packet)
            for cleaned in _cleaned(packet, tracks[packet.stream]):
                cleaned.stream = copies[packet.stream.index]
                output.mux_one(cleaned)
    if not target.exists() or not target.stat().st_size:
        raise UnreadableFile(DAMAGED)


def _tracks(source: InputContainer) -> dict[Stream, Cleaner]:
    """Return the tracks to copy, each with what frees its packets."""
    picture = picture_track(source)
    codec = picture.codec_context.codec.canonical_name
    cleaner = video_cleaner(codec, picture.codec_context.extradata or b"")
    if cleaner is None:
        raise NotStrippable(
            f"Videos of the kind {codec} cannot be freed from their metadata."
        )
    found: dict[Stream, Cleaner] = {picture: cleaner}
    for sound in source.streams.audio:
        context = sound.codec_context
        if not (context and context.sample_rate):  # nothing of it is told at the start
            continue
        known = audio_cleaner(context.codec.canonical_name)
        if known is not None:
            found[sound] = known
    return found


def _copied(output: OutputContainer, track: Stream) -> Stream:
    context = track.codec_context
    copy = output.add_stream_from_template(track, opaque=True)
    header = context.extradata or b""
    clean = clean_header(context.codec.canonical_name, header)
    if clean != header:
        copy.codec_context.extradata = clean
    copy.metadata.clear()
    return copy


def _cleaned(packet: Packet[Any], cleaner: Cleaner) -> Iterator[Packet[Any]]:
    """Yield the packet without what cameras hide in it; nothing if nothing is left."""
    if packet.size == 0:  # the end of the track
        return
    before = bytes(packet)
    data = cleaner(before)
    if packet.stream.codec_context.codec.canonical_name == "amr_nb":
        yield from _single_frames(packet, data)
    elif data == before:
        yield packet
    elif data:
        yield _with(packet, data, after=0, duration=packet.duration)


def _single_frames(packet: Packet[Any], data: bytes) -> Iterator[Packet[Any]]:
    """Yield speech frame by frame: the muxers take no more at once."""
    step = round(_AMR_FRAME_S / packet.time_base) if packet.time_base else 0
    at = count = 0
    while at < len(data):
        size = _AMR_FRAME_BYTES.get(data[at] >> 3 & 0x0F, 1)
        frame = data[at : at + size]
        yield _with(packet, frame, after=count * step, duration=step)
        at, count = at + size, count + 1


def _with(
    packet: Packet[Any], data: bytes, *, after: int, duration: int | None
) -> Packet[Any]:
    """Return a packet of other data, as late after the given one as stated."""
    other: Packet[Any] = Packet(data)
    other.pts = None if packet.pts is None else packet.pts + after
    other.dts = None if packet.dts is None else packet.dts + after
    other.duration = duration
    other.time_base = packet.time_base
    other.is_keyframe = packet.is_keyframe
    return other
