"""How large photos are, before they have previews that tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from django.db import connection


class Outline(NamedTuple):
    """Upright width and height in pixels, and a WebP to blur, b"" for none.

    Both are of the file as it is: a person's turn comes on top.
    """

    width: int
    height: int
    placeholder: bytes


_TURN = "CASE WHEN photo.video THEN 1 ELSE photo.user_orientation END"
_ACROSS = f"({_TURN}) > 4"

# What previews have told stands: they show these pixels until there are others.
_STORE = f"""
UPDATE api_photo AS photo
SET width = CASE WHEN {_ACROSS} THEN found.height ELSE found.width END,
    height = CASE WHEN {_ACROSS} THEN found.width ELSE found.height END,
    aspect_ratio = greatest(0.0001, round(CASE WHEN {_ACROSS}
        THEN found.height::numeric / found.width
        ELSE found.width::numeric / found.height END, 4)),
    shown_orientation = {_TURN},
    placeholder = CASE WHEN {_TURN} = 1 THEN found.placeholder ELSE '' END,
    last_modified = clock_timestamp()
FROM unnest(
    %(photos)s::uuid[], %(widths)s::integer[], %(heights)s::integer[],
    %(placeholders)s::bytea[]
) AS found (id, width, height, placeholder)
WHERE photo.id = found.id AND photo.preview_format = ''
"""

MOST = 2**31 - 1
"""What the columns hold."""


def store(found: Mapping[UUID, Outline]) -> None:
    """Give photos their size that have no previews, and so make them visible."""
    usable = {
        photo: outline
        for photo, outline in found.items()
        if 0 < outline.width <= MOST and 0 < outline.height <= MOST
    }
    if not usable:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _STORE,
            {
                "photos": list(usable),
                "widths": [outline.width for outline in usable.values()],
                "heights": [outline.height for outline in usable.values()],
                "placeholders": [outline.placeholder for outline in usable.values()],
            },
        )
