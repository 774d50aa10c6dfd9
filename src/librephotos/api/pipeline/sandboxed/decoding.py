"""What the decoding child is asked to do; knows no Django, so that it starts fast.

Besides decoding, that is whatever takes much memory: the child ends when it is idle,
the worker itself stays small.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from librephotos.geo.reverse import Place, reverse_geocode
from librephotos.geo.timezones import timezone_at
from librephotos.media.errors import (
    MediaError,
    UnavailableFile,
    unreadable_because,
)
from librephotos.media.files.formats import FORMATS, Kind
from librephotos.media.files.identity import Identity, identify
from librephotos.media.files.wholeness import may_be_damaged
from librephotos.media.fingerprint import file_time
from librephotos.media.limits import Limits
from librephotos.media.metadata.reading import Metadata, read_metadata
from librephotos.media.original import held_open
from librephotos.media.pictures.embedded import embedded_placeholder
from librephotos.media.pictures.thumbnails import Thumbnails, make_thumbnails
from librephotos.media.turns import UNTURNED
from librephotos.silent_disk import answer

Read = TypeVar("Read")


@dataclass(frozen=True)
class Original:
    """A file to read: its path, the name of its format if known, its sidecars.

    `turn` is how a person wants it shown, on top of its own orientation (media.turns).
    """

    path: bytes
    limits: Limits
    format: str = ""
    sidecars: tuple[bytes, ...] = ()
    turn: int = UNTURNED


@dataclass(frozen=True)
class Stat:
    """Size in bytes, times in nanoseconds and inode of a file when it was read."""

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int


@dataclass(frozen=True)
class IdentifiedFile:
    """The identity of a file, and the state that it had while it was read."""

    identity: Identity
    stat: Stat


def stat_of(path: bytes) -> Stat:
    """Return the state of a file; raise OSError if it cannot be had."""
    found = answer(partial(os.lstat, path), at=os.path.dirname(path))
    return Stat(
        found.st_size,
        file_time(found.st_mtime_ns),
        file_time(found.st_ctime_ns),
        found.st_ino,
    )


def identify_file(original: Original) -> IdentifiedFile:
    """Return what tells this file from others, once it holds still.

    Raises MediaError if it cannot be read, is of no known format, or changes while
    it is read.
    """
    return IdentifiedFile(*_holding_still(original, _identity))


def _identity(original: Original) -> Identity:
    return identify(original.path, limits=original.limits)


def _holding_still(
    original: Original, read: Callable[[Original], Read]
) -> tuple[Read, Stat]:
    try:
        before = stat_of(original.path)
        found = read(original)
        after = stat_of(original.path)
    except OSError as error:
        raise unreadable_because(error) from error
    if before != after:
        raise UnavailableFile(
            "The file changed while it was read; the next scan takes it up again."
        )
    return found, after


@dataclass(frozen=True)
class LocatedMetadata:
    """What a file says, with the IANA time zone at its position, "" if unknown.

    may_be_damaged tells that the file's end looks as if something lacked. placeholder
    is a WebP of at most 16 pixels, made of the thumbnail in the file, b"" without one.
    """

    facts: Metadata
    gps_timezone: str
    may_be_damaged: bool = False
    placeholder: bytes = b""


def metadata_of(original: Original) -> LocatedMetadata:
    """Return what a file and its sidecars say of it."""
    format = FORMATS[original.format]
    with _naming_the_content(original):
        facts = read_metadata(
            original.path,
            format=format,
            sidecars=original.sidecars,
            limits=original.limits,
        )
        damaged = may_be_damaged(original.path, format=format)
        blurred = embedded_placeholder(
            original.path,
            format=format,
            orientation=facts.orientation,
            size=(facts.width or 0, facts.height or 0),
        )
    if facts.latitude is None or facts.longitude is None:
        return LocatedMetadata(facts, "", damaged, blurred)
    zone = timezone_at(facts.latitude, facts.longitude) or ""
    return LocatedMetadata(facts, zone, damaged, blurred)


@dataclass(frozen=True)
class Located:
    """The place nearest to a position, if any, and its IANA zone, "" if unknown."""

    place: Place | None
    timezone: str


def place_at(position: tuple[float, float]) -> Located:
    """Return what is known of (latitude, longitude), in degrees."""
    return Located(reverse_geocode([position])[0], timezone_at(*position) or "")


@dataclass(frozen=True)
class ReadFile:
    """A file as it was read once: its identity, and what else there is to know of it.

    said is what it says without any sidecar, with the place there, None where that was
    not asked for or cannot be had.
    """

    identified: IdentifiedFile
    said: LocatedMetadata | None = None
    located: Located | None = None


def identified_alone(original: Original) -> ReadFile:
    """Return the identity of a file, as identify_file does, and nothing besides."""
    return ReadFile(identify_file(original))


def read_file(original: Original) -> ReadFile:
    """Return what identify_file and metadata_of return, from one read of the bytes.

    Raises MediaError as identify_file does.
    """
    (identity, said), stat = _holding_still(original, _read)
    found = IdentifiedFile(identity, stat)
    if said is None or said.facts.latitude is None or said.facts.longitude is None:
        return ReadFile(found, said)
    place = reverse_geocode([(said.facts.latitude, said.facts.longitude)])[0]
    return ReadFile(found, said, Located(place, said.gps_timezone))


def _read(original: Original) -> tuple[Identity, LocatedMetadata | None]:
    said: LocatedMetadata | None = None
    with held_open(original.path):
        identity = _identity(original)
        if identity.format.kind is Kind.IMAGE:
            said = _said(original, identity)
    if identity.format.kind in (Kind.VIDEO, Kind.RAW):  # whose readers nest
        said = _said(original, identity)
    return identity, said


def _said(original: Original, identity: Identity) -> LocatedMetadata | None:
    try:
        return metadata_of(replace(original, format=identity.format.name))
    except MediaError:  # whoever asks for it is told why
        return None


def thumbnails_of(original: Original) -> Thumbnails:
    """Return the previews of a file."""
    with _naming_the_content(original):
        return make_thumbnails(
            original.path,
            format=FORMATS[original.format],
            limits=original.limits,
            turn=original.turn,
        )


@dataclass(frozen=True)
class TurnedThumbnails:
    """The previews of a photo, and the turn that a person wants and that they have."""

    made: Thumbnails
    turn: int


def turned_thumbnails_of(original: Original) -> TurnedThumbnails:
    """Return the previews of a file, turned as it says."""
    return TurnedThumbnails(thumbnails_of(original), original.turn)


@contextmanager
def _naming_the_content(original: Original) -> Iterator[None]:
    """Have errors say what was found, where the name of the file promises another."""
    try:
        yield
    except MediaError as error:
        format = FORMATS[original.format]
        extension = os.path.splitext(original.path)[1].lstrip(b".").lower()
        if os.fsdecode(extension) in format.extensions:
            raise
        raise type(error)(f"{error} (Its content is {format.name}.)") from error
