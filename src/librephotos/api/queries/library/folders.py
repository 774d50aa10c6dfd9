"""The folders in which the photos of a user lie."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from django.db import connection

from librephotos.api.models.fields import path_to_text, readable_path, text_to_path
from librephotos.api.queries.library.albums import Album


@dataclass(slots=True, kw_only=True)
class Subfolder(Album[bytes]):
    """A folder by its path, with all photos in it and below it.

    `modified_ns` is when the newest of their files was changed, in nanoseconds since
    1970.
    """

    modified_ns: int


# Grouping by the first step below the folder needs no table of folders; `path_key`
# being a hash, the rows are found through the owner and compared as text.
_SUBFOLDERS = """
SELECT split_part(substr(file.path, %(start)s), '/', 1) AS step,
    count(DISTINCT photo.id), max(file.mtime_ns)
FROM api_file AS file JOIN api_photo AS photo ON photo.main_file_id = file.id
WHERE file.owner_id = %(owner)s AND photo.owner_id = %(owner)s AND photo.visible
    AND starts_with(file.path, %(prefix)s)
    AND strpos(substr(file.path, %(start)s), '/') > 0
GROUP BY step ORDER BY step
"""


def subfolders(user: Any, folder: bytes) -> list[Subfolder]:
    """Return the folders directly below `folder` that hold own visible photos."""
    base = folder.rstrip(b"/")
    prefix = path_to_text(base + b"/")
    values = {"owner": user.pk, "prefix": prefix, "start": len(prefix) + 1}
    with connection.cursor() as cursor:
        cursor.execute(_SUBFOLDERS, values)
        return [
            Subfolder(
                key=os.path.join(base + b"/", text_to_path(step)),
                title=readable_path(text_to_path(step)),
                photo_count=count,
                modified_ns=modified,
            )
            for step, count, modified in cursor.fetchall()
        ]
