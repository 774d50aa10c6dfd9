"""How much of a file we are willing to decode."""

import math
from dataclasses import dataclass

from librephotos.media.errors import LimitExceeded


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


class Parts:
    """How many more parts of a file may be looked at: each costs, however small it is.

    Raises LimitExceeded for one too many.
    """

    def __init__(self, most: float = math.inf) -> None:
        self._left = most

    def take(self) -> None:
        """Count one part."""
        self._left -= 1
        if self._left < 0:
            raise LimitExceeded("It consists of too many parts.")
