"""Things in the contract's shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from librephotos.api.models import Thing
from librephotos.api.queries.library.places import Cover


def thing_album(thing: Thing, covers: Sequence[Cover]) -> dict[str, Any]:
    """Return the item of the list of thing albums."""
    return {
        "id": thing.pk,
        "title": thing.title,
        "thing_type": thing.kind,
        "photo_count": thing.photo_count,
        "cover_photos": [cover._asdict() for cover in covers],
    }
