"""Files that could not be read or processed, as clients show them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

from librephotos.api.http.answer_schema import UuidText
from librephotos.api.http.pagination import Page
from librephotos.api.models.fields import readable_path


class FailedFileRow(TypedDict):
    """A file that could not be processed; `photo` is the one that it belongs to."""

    path: str
    stage: str
    message: str
    photo: UuidText | None
    shown: bool


class FailedFiles(Page[FailedFileRow]):
    """A page of files that failed; `shown_in_part` of all are in the library."""

    shown_in_part: int


def failed_file_row(row: Mapping[str, Any]) -> FailedFileRow:
    """Return a row of `queries.failed_files` as a path with the reason.

    `shown` tells files of which a part is in the library all the same.
    """
    return {
        "path": readable_path(row["failed_path"]),
        "stage": row["failed_stage"],
        "message": row["failed_message"],
        "photo": str(row["in_photo"]) if row["in_photo"] else None,
        "shown": row["partly_shown"],
    }
