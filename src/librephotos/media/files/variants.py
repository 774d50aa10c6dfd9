"""Which files are variants of one capture. Pure: names and facts in, groups out."""

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from librephotos.media.files.formats import CANDIDATE_EXTENSIONS, Kind
from librephotos.media.files.shutter_clock import seconds_apart

LIVE_VIDEO_MAX_S = 6.0
"""A Live Photo's video lasts about 3 s; a longer one of the same name is a film."""

LIVE_CLOCKS_APART_S = 10.0
"""The film begins before the still is taken, and each is stamped when it is written."""

RAW_CLOCKS_APART_S = 2.0
"""A RAW file and its JPEG are stamped once, or one after the other."""

_LIVE_FORMATS = {
    Kind.IMAGE: {"JPEG", "HEIC", ""},
    Kind.RAW: {"DNG", ""},
    Kind.VIDEO: {"QuickTime", "MP4", ""},
}
"""What cameras write a still and its film as; "" where the format is not told."""

_FILM_EXTENSIONS = {b".mov", b".mp4"}

Group = tuple["CaptureFile", ...]

_ORDER = {Kind.IMAGE: 0, Kind.VIDEO: 1, Kind.RAW: 2, Kind.SIDECAR: 3}


@dataclass(frozen=True)
class CaptureFile:
    """One file as grouping sees it.

    content_identifier is Apple's, shared by the still and the video of a Live Photo.
    duration_s is set for videos only. clock is media.shutter_clock's text.
    """

    path: bytes
    kind: Kind
    content_identifier: str | None = None
    duration_s: float | None = None
    clock: str = ""
    format: str = ""


def capture_key(path: bytes) -> bytes:
    """Return what the paths of one capture's files have in common.

    That is the directory as it is and the stem in lower case, without any run of
    picture, video and sidecar extensions: `IMG_1.JPG`, `img_1.jpg.xmp` and
    `IMG_1.MP.jpg` share a key, and so does `IMG_1_HEVC.MOV`, as icloudpd names the film
    of a Live Photo. Applying it twice changes nothing.
    """
    directory, name = os.path.split(path)
    stem = name.lower()
    while True:
        shorter, extension = os.path.splitext(stem)
        if not shorter or not _is_media_extension(extension):
            return os.path.join(directory, stem)
        stem = shorter
        if extension in _FILM_EXTENSIONS:
            stem = stem.removesuffix(b"_hevc") or stem


def group_captures(files: Sequence[CaptureFile]) -> list[Group]:
    """Return the files grouped by capture, the main file of each group first.

    Every file is in exactly one group. Groups and files come in the same order
    whatever the order of `files`.

    - Two stills, or two RAW files, of one name are two captures.
    - A still and a RAW file of one name in one directory are one, unless their clocks
      differ.
    - A still and a video of one name are one if their content identifiers agree, or
      if neither has one, the video lasts at most LIVE_VIDEO_MAX_S, their clocks agree
      and their formats are those of phones and cameras: counters start anew, and
      screenshots are numbered like films.
    - A sidecar belongs to the file it names in full (`IMG_1.jpg.xmp`), else to the
      capture of its stem; without either it is a group of its own.
    """
    by_key: dict[bytes, list[CaptureFile]] = defaultdict(list)
    for file in sorted(files, key=lambda file: file.path):
        by_key[capture_key(file.path)].append(file)
    return [group for key in sorted(by_key) for group in _captures(by_key[key])]


def _is_media_extension(extension: bytes) -> bool:
    # Google names the still of a motion photo `PXL_1.MP.jpg`.
    known = extension == b".mp" or os.fsdecode(extension) in CANDIDATE_EXTENSIONS
    return known


def _captures(files: Sequence[CaptureFile]) -> list[Group]:
    stills = [[file] for file in files if file.kind is Kind.IMAGE]
    raws = [file for file in files if file.kind is Kind.RAW]
    videos = [file for file in files if file.kind is Kind.VIDEO]
    sidecars = [file for file in files if file.kind is Kind.SIDECAR]
    groups = stills or [[file] for file in raws]
    leftover = _attach_raws(stills, raws) if stills else []
    leftover += _attach_videos(groups, videos)
    groups = groups + [[file] for file in leftover]
    groups += [[file] for file in _attach_sidecars(groups, sidecars)]
    return [tuple(sorted(g, key=lambda f: (_ORDER[f.kind], f.path))) for g in groups]


def _attach_raws(
    groups: list[list[CaptureFile]], raws: Iterable[CaptureFile]
) -> list[CaptureFile]:
    free = list(groups)
    leftover = []
    for raw in raws:
        gaps = [_clocks_apart(group[0], raw, same_zone=True) for group in free]
        ranked = sorted(range(len(free)), key=lambda at: (gaps[at] is None, at))
        match = next((at for at in ranked if _is_one_shot(gaps[at])), None)
        if match is None:
            leftover.append(raw)
        else:
            free.pop(match).append(raw)
    return leftover


def _is_one_shot(gap: float | None) -> bool:
    return gap is None or gap <= RAW_CLOCKS_APART_S


def _clocks_apart(
    one: CaptureFile, other: CaptureFile, *, same_zone: bool
) -> float | None:
    return seconds_apart(one.clock, other.clock, same_zone=same_zone)


def _attach_videos(
    groups: list[list[CaptureFile]], videos: Iterable[CaptureFile]
) -> list[CaptureFile]:
    leftover = []
    for video in videos:
        match = next((g for g in groups if _is_live_pair(g, video)), None)
        if match is None:
            leftover.append(video)
        else:
            match.append(video)
    return leftover


def _is_live_pair(group: Sequence[CaptureFile], video: CaptureFile) -> bool:
    if any(file.kind is Kind.VIDEO for file in group):
        return False
    known = {f.content_identifier for f in group if f.content_identifier}
    if known or video.content_identifier:
        return video.content_identifier in known
    if video.duration_s is None or video.duration_s > LIVE_VIDEO_MAX_S:
        return False
    if any(f.format not in _LIVE_FORMATS[f.kind] for f in (group[0], video)):
        return False
    gap = _clocks_apart(group[0], video, same_zone=False)
    return gap is not None and gap <= LIVE_CLOCKS_APART_S


def belongs_to(video: CaptureFile, stills: Sequence[CaptureFile]) -> bool:
    """Return whether a video of the same name is one capture with one of the stills."""
    return any(_is_live_pair((still,), video) for still in stills)


def _attach_sidecars(
    groups: list[list[CaptureFile]], sidecars: Iterable[CaptureFile]
) -> list[CaptureFile]:
    leftover = []
    for sidecar in sidecars:
        named = os.path.splitext(sidecar.path)[0].lower()
        exact = (g for g in groups if any(f.path.lower() == named for f in g))
        match = next(exact, groups[0] if groups else None)
        if match is None:
            leftover.append(sidecar)
        else:
            match.append(sidecar)
    return leftover
