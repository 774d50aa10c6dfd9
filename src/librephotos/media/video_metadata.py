"""What a video container says: streams, times, place, camera."""

import re
from collections.abc import Mapping
from datetime import UTC
from typing import Final

from av.container import InputContainer
from av.video.stream import VideoStream

from librephotos.media.camcorder import recorded_at
from librephotos.media.containers import (
    check_duration,
    duration_s,
    opened_video,
    picture_track,
)
from librephotos.media.dates import parse_date
from librephotos.media.formats import Format
from librephotos.media.limits import Limits
from librephotos.media.metadata_record import Metadata
from librephotos.media.position import position_of_iso6709
from librephotos.media.text import clean
from librephotos.media.video import shown_size

_APPLE: Final = "com.apple.quicktime."
MAX_TAGS: Final = 200
MAX_TAG_TEXT: Final = 1_000


def read_video(path: bytes | str, *, format: Format, limits: Limits) -> Metadata:
    """Return what the video at `path` says about itself.

    Raises UnreadableFile if it cannot be opened or shows nothing, LimitExceeded if it
    is too long.
    """
    with opened_video(path, format=format) as container:
        track = picture_track(container)
        check_duration(container, limits=limits)
        said = _said(container, track)
        size = shown_size(container)
        found = _metadata(container, track, said, size)
    if format.name == "MPEG-TS" and "EXIF:DateTimeOriginal" not in found.dates:
        moment = recorded_at(path)
        if moment:
            found.dates["EXIF:DateTimeOriginal"] = moment
    return found


def _said(container: InputContainer, track: VideoStream) -> dict[str, str]:
    said: dict[str, str] = {}
    for source in (container.metadata, track.metadata):
        for key, text in source.items():
            said.setdefault(clean(key).lower(), clean(text))
    return said


def _metadata(
    container: InputContainer,
    track: VideoStream,
    said: Mapping[str, str],
    size: tuple[int, int] | None,
) -> Metadata:
    def first(*keys: str) -> str | None:
        return next((said[key] for key in keys if said.get(key)), None)

    latitude, longitude, altitude = _position(said) or (None, None, None)
    sound = next((s for s in container.streams.audio if s.codec_context), None)
    return Metadata(
        width=size[0] if size else track.width,
        height=size[1] if size else track.height,
        camera_make=first(f"{_APPLE}make", "make", "com.android.manufacturer"),
        camera_model=first(f"{_APPLE}model", "model", "com.android.model"),
        lens=first(f"{_APPLE}camera.lens_model"),
        latitude=latitude,
        longitude=longitude,
        altitude=altitude,
        title=first(f"{_APPLE}title", "title"),
        description=first(f"{_APPLE}description", "description", "comment"),
        keywords=_keywords(first(f"{_APPLE}keywords", "keywords")),
        creator=first(f"{_APPLE}author", "artist", "author"),
        copyright=first(f"{_APPLE}copyright", "copyright"),
        duration_s=duration_s(container),
        video_codec=track.codec_context.name,
        audio_codec=sound.codec_context.name if sound else None,
        frame_rate=round(float(track.average_rate), 3) if track.average_rate else None,
        dates=_dates(said),
        tags=_tags(said, container),
    )


def _position(
    said: Mapping[str, str],
) -> tuple[float, float, float | None] | None:
    keys = (f"{_APPLE}location.iso6709", "location", "xyz")
    in_a_language = [key for key in said if key.startswith("location-")]
    found = (position_of_iso6709(said.get(key, "")) for key in (*keys, *in_a_language))
    return next(filter(None, found), None)


def _keywords(text: str | None) -> tuple[str, ...]:
    parts = re.split(r"[,;]", text or "")
    return tuple(word for part in parts if (word := part.strip()))


def _dates(said: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    created = said.get("creation_time", "")
    moment = parse_date(created)
    # 1904 and 1970 are the zeros of the clocks: the camera did not know the time.
    if moment and moment.year > 1970:
        utc = moment.astimezone(UTC) if moment.tzinfo else moment
        found["QuickTime:CreateDate"] = utc.strftime("%Y:%m:%d %H:%M:%S")
    local = said.get(f"{_APPLE}creationdate", "")
    if parse_date(local):
        found["QuickTime:CreationDate"] = found["EXIF:DateTimeOriginal"] = local
    day = said.get("date", "")
    if parse_date(day):
        found["RIFF:DateCreated"] = day
        if "QuickTime:CreateDate" not in found:
            found.setdefault("EXIF:DateTimeOriginal", day)
    return found


def _tags(
    said: Mapping[str, str], container: InputContainer
) -> dict[str, str | int | float]:
    family = "QuickTime" if "mov" in container.format.name else "Video"
    kept = [(key, text) for key, text in said.items() if text][:MAX_TAGS]
    return {f"{family}:{key[:100]}": text[:MAX_TAG_TEXT] for key, text in kept}
