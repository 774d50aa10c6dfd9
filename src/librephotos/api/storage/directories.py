"""The directories of the server that may be scanned, and only those."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import TypedDict, TypeVar

from django.conf import settings

from librephotos.api.models.fields import path_to_text, text_to_path
from librephotos.silent_disk import BRIEF_S, SILENT, Place, answer, anybody

Found = TypeVar("Found")

DEPTH = 2
"""Levels below the directory asked for."""


class NotScannable(Exception):
    """A directory that does not exist, does not answer or lies outside the scan roots.

    Nothing is told of what lies outside: it would reveal what the machine holds.
    """


def scan_roots(*, place: Place = anybody) -> list[bytes]:
    """Return the directories below which pictures may be scanned, links resolved."""
    return [_root(os.fsencode(root), place) for root in settings.SCAN_ROOTS]


def scannable(path: str, *, place: Place = anybody) -> bytes:
    """Return a directory that a client names, links resolved.

    Longer than a moment only who has a `place` waits for it. Raises NotScannable unless
    it exists, answers and lies in a scan root.
    """
    roots = scan_roots(place=place)
    if not roots:
        raise NotScannable(
            "No directory may be scanned yet. Name some in LIBREPHOTOS_SCAN_ROOTS, or"
            " give them to `librephotos serve`."
        )
    if "\0" not in path and os.path.isabs(path):
        resolved = _resolved(text_to_path(path), place)
        if any(_within(resolved, root) for root in roots) and _is_there(
            resolved, place
        ):
            return resolved
    raise NotScannable(
        f"There is no directory {path!r} in a scan root. Choose one below "
        + ", ".join(path_to_text(root) for root in roots)
        + "."
    )


def root_directories(*, place: Place = anybody) -> list[Directory]:
    """Return the directories below which pictures may be scanned, without any below."""
    return [
        {
            "title": path_to_text(os.path.basename(root) or root),
            "absolute_path": path_to_text(root),
            "children": [],
        }
        for root in scan_roots(place=place)
    ]


class Directory(TypedDict):
    """A directory and those below it."""

    title: str
    absolute_path: str
    children: list[Directory]


def directory_tree(path: str = "", *, place: Place = anybody) -> Directory:
    """Return a directory with DEPTH levels below it; without a path, the first root.

    Each node has `title`, `absolute_path` and `children`, sorted without regard to
    case. Hidden directories and links are left out. `place` is as for `scannable`.
    Raises NotScannable.
    """
    roots = scan_roots(place=place)
    if not path and roots:
        path = path_to_text(roots[0])
    return _node(scannable(path, place=place), DEPTH, place)


def _root(path: bytes, place: Place) -> bytes:
    """Return a scan root without links, or as the operator wrote it if it is silent."""
    try:
        return _resolved(path, place)
    except NotScannable:
        return os.path.normpath(path)


def _resolved(path: bytes, place: Place) -> bytes:
    # Where its links lead is not known of a silent one, even if it answers later.
    look: Callable[[], bytes] = partial(os.path.realpath, path)
    return _answered(look, path, place)


def _is_there(path: bytes, place: Place) -> bool:
    return _answered(partial(os.path.isdir, path), path, place)


def _answered(look: Callable[[], Found], path: bytes, place: Place) -> Found:
    try:
        return answer(look, at=path, patience_s=BRIEF_S, place=place)
    except TimeoutError as error:
        raise NotScannable(
            f"The directory {path_to_text(path)!r} cannot be used now: {SILENT}."
        ) from error


def _within(path: bytes, root: bytes) -> bool:
    return os.path.commonpath([path, root]) == root


def _node(path: bytes, depth: int, place: Place) -> Directory:
    below = _children(path, place) if depth else []
    children = [_node(child, depth - 1, place) for child in below]
    return {
        "title": path_to_text(os.path.basename(path) or path),
        "absolute_path": path_to_text(path),
        "children": sorted(children, key=lambda node: node["title"].casefold()),
    }


def _children(path: bytes, place: Place) -> list[bytes]:
    look = partial(_listed, path)
    try:
        return answer(look, at=path, patience_s=BRIEF_S, place=place)
    except OSError:  # unreadable, silent or just removed: shown, but with nothing in it
        return []


def _listed(path: bytes) -> list[bytes]:
    with os.scandir(path) as entries:
        return [
            entry.path
            for entry in entries
            if entry.is_dir(follow_symlinks=False) and not entry.name.startswith(b".")
        ]
