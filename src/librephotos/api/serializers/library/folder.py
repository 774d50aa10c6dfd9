"""Folders in the contract's shape."""

from __future__ import annotations

import math
import os
from datetime import UTC, datetime
from typing import TypedDict

from librephotos.api.http.answer_schema import IsoTime
from librephotos.api.http.fields import iso_utc
from librephotos.api.models.fields import path_to_text
from librephotos.api.queries.library.folders import Subfolder

PAGE_SIZE = 100
_NS = 1_000_000_000


class SubfolderItem(TypedDict):
    """A folder below another one."""

    name: str
    path: str
    photo_count: int
    modified: IsoTime | None


class FolderPagination(TypedDict):
    """Which page of folders this is, of how many."""

    page: int
    page_size: int
    total_folders: int
    total_pages: int
    has_next: bool
    has_previous: bool


class FolderPage(TypedDict):
    """A page of the folders below one."""

    current_path: str
    parent_path: str | None
    subfolders: list[SubfolderItem]
    pagination: FolderPagination


def folder_page(
    folder: bytes, found: list[Subfolder], *, roots: list[bytes], page: int
) -> FolderPage:
    """Return page `page` (from 1) of the folders below one.

    `path` is the stored text of a path: it comes back unchanged as a parameter, even
    where the path is not UTF-8. The parent of a root is null.
    """
    at_top = not folder or folder in roots
    shown = found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return {
        "current_path": path_to_text(folder),
        "parent_path": None if at_top else path_to_text(os.path.dirname(folder)),
        "subfolders": [_subfolder(row) for row in shown],
        "pagination": _pagination(len(found), page),
    }


def _subfolder(row: Subfolder) -> SubfolderItem:
    modified = datetime.fromtimestamp(row.modified_ns / _NS, UTC)
    return {
        "name": row.title,
        "path": path_to_text(row.key),
        "photo_count": row.photo_count,
        "modified": iso_utc(modified),
    }


def _pagination(total: int, page: int) -> FolderPagination:
    pages = max(1, math.ceil(total / PAGE_SIZE))
    return {
        "page": page,
        "page_size": PAGE_SIZE,
        "total_folders": total,
        "total_pages": pages,
        "has_next": page < pages,
        "has_previous": page > 1,
    }
