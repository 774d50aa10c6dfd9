"""What a video container says: streams, times, place, camera."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC
from typing import Final

from av.container import InputContainer
from av.video.stream import VideoStream

from librephotos.media.dates import Clock, usable_date
from librephotos.media.decoding.video import shown_size, stretched
from librephotos.media.errors import UnreadableFile
from librephotos.media.files.containers import (
    check_duration,
    duration_s,
    opened_video,
    picture_track,
)
from librephotos.media.files.formats import Format
from librephotos.media.limits import Limits
from librephotos.media.metadata.avi_date import digitised_at
from librephotos.media.metadata.camcorder import recorded_at
from librephotos.media.metadata.movie_user_data import read_user_data
from librephotos.media.metadata.playback import playback_type
from librephotos.media.metadata.position import position_of_iso6709
from librephotos.media.metadata.record import Metadata, merge
from librephotos.media.metadata.sony_xml import read_nonrealtime
from librephotos.media.metadata.xmp import read_xmp
from librephotos.media.metadata.xmp_packet import packet_values
from librephotos.media.original import open_original
from librephotos.media.structure.tracks import is_on_its_side
from librephotos.media.text import clean

_APPLE: Final = "com.apple.quicktime."
_BMFF: Final = ("MP4", "M4V", "QuickTime", "3GP")
_MOMENTS: Final = {"MPEG-TS": recorded_at, "AVI": digitised_at}
"""What reads the local time of formats in which FFmpeg does not always find it."""
DAMAGED_XMP: Final = "The XMP in the video is damaged; it is left out."
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
        size = shown_size(container) or _stated_size(track, path)
        found = _metadata(container, track, said, size)
        plays = playback_type(container, track, format=format)
        found = replace(found, video_playback_type=plays)
    read_moment = _MOMENTS.get(format.name)
    if read_moment and "EXIF:DateTimeOriginal" not in found.dates:
        moment = read_moment(path)
        if moment:
            found.dates["EXIF:DateTimeOriginal"] = moment
    return _with_user_data(found, path, limits) if format.name in _BMFF else found


def _stated_size(track: VideoStream, path: bytes | str) -> tuple[int, int]:
    """Return the upright size of a film no frame of which tells how it is turned."""
    with open_original(path) as file:
        turned = is_on_its_side(file, track.id)
    width = stretched(track.width, track.sample_aspect_ratio)
    return (track.height, width) if turned else (width, track.height)


def _with_user_data(found: Metadata, path: bytes | str, limits: Limits) -> Metadata:
    """Fill gaps from what FFmpeg does not tell of QuickTime and MP4 files."""
    more = read_user_data(path, max_bytes=limits.max_metadata_bytes)
    if usable_date(more.date):
        found = merge(found, Metadata(dates={"EXIF:DateTimeOriginal": more.date}))
    if more.xml:
        found = merge(found, _said_by_sony(more.xml))
    if not more.xmp:
        return found
    try:
        return merge(found, read_xmp(packet_values(more.xmp)))
    except UnreadableFile:
        return replace(found, warnings=(*found.warnings, DAMAGED_XMP))


def _said_by_sony(xml: bytes) -> Metadata:
    facts = read_nonrealtime(xml)
    dates = {"EXIF:DateTimeOriginal": facts.created}
    return Metadata(
        camera_make=facts.make or None,
        camera_model=facts.model or None,
        dates=dates if usable_date(facts.created) else {},
    )


def _said(container: InputContainer, track: VideoStream) -> dict[str, str]:
    said: dict[str, str] = {}
    for source in (container.metadata, track.metadata):
        for key, text in source.items():
            key, text = clean(key).lower(), clean(text)
            # A track may know the time where the whole has a clock never set.
            if key != "creation_time" or usable_date(text, clock=Clock.UTC):
                said.setdefault(key, text)
    return said


def _metadata(
    container: InputContainer,
    track: VideoStream,
    said: Mapping[str, str],
    size: tuple[int, int],
) -> Metadata:
    def first(*keys: str) -> str | None:
        return next((said[key] for key in keys if said.get(key)), None)

    latitude, longitude, altitude = _position(said) or (None, None, None)
    sound = next((s for s in container.streams.audio if s.codec_context), None)
    return Metadata(
        width=size[0],
        height=size[1],
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
    """Return what the container says of its time, by the clock that it counts in.

    FFmpeg gives the times of ISO media and Matroska, which are UTC, a zone, and that
    of AVI, which is local, none.
    """
    found: dict[str, str] = {}
    local = [said.get(f"{_APPLE}creationdate", ""), said.get("date_recorded", "")]
    if usable_date(local[0]):
        found["QuickTime:CreationDate"] = local[0]
    if usable_date(said.get("date", "")):
        found["RIFF:DateCreated"] = said["date"]
        local.append(said["date"])
    created = said.get("creation_time", "")
    moment = usable_date(created)
    if moment and moment.zone:
        utc = moment.digits.replace(tzinfo=moment.zone).astimezone(UTC)
        found["QuickTime:CreateDate"] = utc.strftime("%Y:%m:%d %H:%M:%S")
    elif moment:
        local.append(created)
    shutter = next(filter(usable_date, local), "")
    if shutter:
        found["EXIF:DateTimeOriginal"] = shutter
    if usable_date(said.get("date_digitized", "")):
        found["EXIF:DateTimeDigitized"] = said["date_digitized"]
    return found


def _tags(
    said: Mapping[str, str], container: InputContainer
) -> dict[str, str | int | float]:
    family = "QuickTime" if "mov" in container.format.name else "Video"
    kept = [(key, text) for key, text in said.items() if text][:MAX_TAGS]
    return {f"{family}:{key[:100]}": text[:MAX_TAG_TEXT] for key, text in kept}
