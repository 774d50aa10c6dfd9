"""The directories of the server that may be scanned, and only those."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings

from librephotos.api.models.fields import path_to_text, text_to_path

DEPTH = 2
"""Levels below the directory asked for."""


class NotScannable(Exception):
    """A directory that does not exist or lies outside the scan roots.

    Which of the two is not told: it would reveal what the machine holds.
    """


def scan_roots() -> list[bytes]:
    """Return the directories below which pictures may be scanned, links resolved."""
    return [os.path.realpath(os.fsencode(root)) for root in settings.SCAN_ROOTS]


def scannable(path: str) -> bytes:
    """Return a directory that a client names, links resolved.

    Raises NotScannable unless it exists and lies in a scan root.
    """
    roots = scan_roots()
    if not roots:
        raise NotScannable(
            "No directory may be scanned yet. Name some in LIBREPHOTOS_SCAN_ROOTS, or"
            " give them to `librephotos serve`."
        )
    resolved = _resolved(path)
    if resolved and any(_within(resolved, root) for root in roots):
        return resolved
    raise NotScannable(
        f"There is no directory {path!r} in a scan root. Choose one below "
        + ", ".join(path_to_text(root) for root in roots)
        + "."
    )


def directory_tree(path: str = "") -> dict[str, Any]:
    """Return a directory with DEPTH levels below it; without a path, the first root.

    Each node has `title`, `absolute_path` and `children`, sorted without regard to
    case. Hidden directories and links are left out. Raises NotScannable.
    """
    roots = scan_roots()
    if not path and roots:
        path = path_to_text(roots[0])
    return _node(scannable(path), DEPTH)


def _resolved(path: str) -> bytes | None:
    if "\0" in path or not os.path.isabs(path):
        return None
    resolved = os.path.realpath(text_to_path(path))
    return resolved if os.path.isdir(resolved) else None


def _within(path: bytes, root: bytes) -> bool:
    return os.path.commonpath([path, root]) == root


def _node(path: bytes, depth: int) -> dict[str, Any]:
    children = [_node(child, depth - 1) for child in _children(path)] if depth else []
    return {
        "title": path_to_text(os.path.basename(path) or path),
        "absolute_path": path_to_text(path),
        "children": sorted(children, key=lambda node: node["title"].casefold()),
    }


def _children(path: bytes) -> list[bytes]:
    try:
        with os.scandir(path) as entries:
            return [
                entry.path
                for entry in entries
                if entry.is_dir(follow_symlinks=False)
                and not entry.name.startswith(b".")
            ]
    except OSError:  # unreadable or just removed: shown, but with nothing in it
        return []
