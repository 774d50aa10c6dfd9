"""Open video files safely: read-only, as what they are, and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from librephotos.media.errors import LimitExceeded, UnreadableFile
from librephotos.media.files.formats import Format
from librephotos.media.limits import Limits
from librephotos.media.original import open_original

# FFmpeg writes to standard error by itself; what matters comes back as exceptions.
av.logging.set_level(None)

NO_VIDEO: Final = "The file holds no video track that can be shown."
DAMAGED: Final = "The video is damaged or cut short; restore the file from a copy."

# Naming the demuxer keeps FFmpeg from taking the file for a playlist, which could
# make it read other files or hosts.
DEMUXERS: Final = {
    "MP4": "mov",
    "M4V": "mov",
    "QuickTime": "mov",
    "3GP": "mov",
    "AVI": "avi",
    "Matroska": "matroska",
    "WebM": "matroska",
    "MPEG-TS": "mpegts",
    "MPEG": "mpeg",
    "WMV": "asf",
}


@contextmanager
def opened_video(path: bytes | str, *, format: Format) -> Iterator[InputContainer]:
    """Yield the video at `path` as an open container.

    Raises UnreadableFile if it cannot be opened or its packets cannot be read.
    """
    with open_original(path) as file:
        try:
            with av.open(
                file,
                mode="r",
                format=DEMUXERS[format.name],
                metadata_errors="replace",
            ) as container:
                yield container
        except (av.FFmpegError, UnicodeError, EOFError) as error:
            raise UnreadableFile(DAMAGED) from error


def picture_track(container: InputContainer) -> VideoStream:
    """Return the track to show: the first that is no attached cover picture.

    Raises UnreadableFile if there is none.
    """
    for stream in container.streams.video:
        if stream.codec_context is None:  # FFmpeg knows no decoder for it
            continue
        cover = bool(stream.disposition & av.stream.Disposition.attached_pic)
        if not cover and stream.width and stream.height:
            return stream
    raise UnreadableFile(NO_VIDEO)


def duration_s(container: InputContainer) -> float | None:
    """Return how long the video lasts in seconds, None if it does not say."""
    if container.duration is None or container.duration < 0:
        return None
    return float(container.duration) / av.time_base


def check_duration(container: InputContainer, *, limits: Limits) -> None:
    """Raise LimitExceeded if the video is longer than we accept."""
    seconds = duration_s(container)
    if seconds is not None and seconds > limits.max_video_seconds:
        raise LimitExceeded(
            f"The video lasts {seconds:,.0f} s, more than the limit of "
            f"{limits.max_video_seconds:,.0f} s; raise the limit to show it."
        )
