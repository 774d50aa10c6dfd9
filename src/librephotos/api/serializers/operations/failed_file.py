"""Files that could not be read or processed, as clients show them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from librephotos.api.models.fields import readable_path


def failed_file_row(row: Mapping[str, Any]) -> dict[str, str | bool | None]:
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
