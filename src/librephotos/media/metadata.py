"""Everything a file says about itself, as one record."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from librephotos.media.formats import Format
from librephotos.media.limits import Limits


@dataclass(frozen=True)
class Region:
    """A named box on the upright image; x, y is its top left, all within 0..1."""

    name: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Metadata:
    """What a file and its sidecars say; None or empty where they say nothing.

    width and height are upright pixels. Latitude and longitude are degrees, altitude
    and subject_distance metres, focal lengths millimetres, duration_s and
    exposure_time_s seconds. dates maps exiftool-style names to the text as it stands
    in the file. tags is safe to store as JSON.
    """

    width: int | None = None
    height: int | None = None
    orientation: int = 1
    camera_make: str | None = None
    camera_model: str | None = None
    lens: str | None = None
    fstop: float | None = None
    focal_length: float | None = None
    focal_length_35mm: float | None = None
    iso: int | None = None
    exposure_time_s: float | None = None
    shutter_speed: str | None = None
    digital_zoom_ratio: float | None = None
    subject_distance: float | None = None
    latitude: float | None = None
    longitude: float | None = None
    altitude: float | None = None
    title: str | None = None
    description: str | None = None
    keywords: tuple[str, ...] = ()
    creator: str | None = None
    copyright: str | None = None
    rating: int | None = None
    regions: tuple[Region, ...] = ()
    duration_s: float | None = None
    video_codec: str | None = None
    audio_codec: str | None = None
    frame_rate: float | None = None
    dates: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str | int | float] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def read_metadata(
    path: bytes | str,
    *,
    format: Format,
    limits: Limits,
    sidecars: Sequence[bytes | str] = (),
) -> Metadata:
    """Return what the file at `path` and its sidecars say."""
    return Metadata()
