"""Up to where a client has been told of changes, as a text that only we read."""

from __future__ import annotations

import json
import uuid
from base64 import b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from librephotos.numbers import LARGEST

HORIZON = timedelta(days=90)
"""So long it is remembered what is gone."""

_LONGEST = 20_000


class InvalidCursor(Exception):
    """The text is no cursor of this feed."""


class CursorExpired(Exception):
    """What has gone since is not known any more, or numbers have begun anew."""


@dataclass(frozen=True)
class Snapshot:
    """Which transactions were over when something was read (PostgreSQL's pg_snapshot).

    Those below `xmin` were, those from `xmax` on were not, nor those in `running`.
    """

    xmin: int
    xmax: int
    running: tuple[int, ...]


@dataclass(frozen=True)
class PhotoCursor:
    """The last photo that was told of, and what could be seen at that time."""

    feed: ClassVar[str] = "photos"

    changed_in: int
    photo: uuid.UUID
    snapshot: Snapshot

    def values(self) -> list[Any]:
        """Return the cursor as values of JSON."""
        seen = self.snapshot
        position = [self.changed_in, self.photo.hex]
        return [*position, seen.xmin, seen.xmax, list(seen.running)]

    @classmethod
    def of(cls, values: list[Any]) -> PhotoCursor:
        """Return the cursor of these values; raise ValueError or TypeError."""
        changed_in, photo, xmin, xmax, running = values
        snapshot = Snapshot(number(xmin), number(xmax), tuple(map(number, running)))
        return cls(number(changed_in), uuid.UUID(photo), snapshot)


def number(value: Any) -> int:
    """Return a whole number that a column can hold; raise ValueError otherwise."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(value)
    if not 0 <= value <= LARGEST:
        raise ValueError(value)
    return value


def written(feed: str, epoch: str, values: list[Any]) -> str:
    """Return the text of a cursor of a feed, given out now."""
    content = [feed, epoch, int(datetime.now(UTC).timestamp()), *values]
    return urlsafe_b64encode(json.dumps(content).encode()).decode()


def read(text: str, *, feed: str, epoch: str) -> list[Any]:
    """Return the values of a cursor; raise InvalidCursor or CursorExpired."""
    try:
        if len(text) > _LONGEST:
            raise ValueError(text)
        content = json.loads(b64decode(text.encode("ascii"), b"-_", validate=True))
        of_feed, of_epoch, issued, *values = content
        age = datetime.now(UTC) - datetime.fromtimestamp(number(issued), UTC)
    except (ValueError, TypeError, OverflowError, RecursionError, OSError) as error:
        raise InvalidCursor from error
    if of_feed != feed:
        raise InvalidCursor
    if of_epoch != epoch or age > HORIZON:
        raise CursorExpired
    return list(values)
