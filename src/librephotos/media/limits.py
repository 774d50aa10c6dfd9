"""How much of a file we are willing to decode."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds that keep one hostile or gigantic file from taking the machine.

    max_pixels bounds width × height of a still or of one video frame.
    max_frames bounds the frames decoded for one preview, not the film's length.
    max_video_seconds bounds the length of a video that is accepted at all.
    max_metadata_bytes bounds one embedded metadata block and one sidecar file.
    """

    max_pixels: int = 300_000_000
    max_frames: int = 600
    max_video_seconds: float = 86_400.0
    max_metadata_bytes: int = 32 * 1024 * 1024
