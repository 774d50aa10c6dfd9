"""What an album is, of whatever kind: photos under a title, for one caller."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import connection
from django.db.models import QuerySet

from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.queries.library.photos import newest_first

COVERS = 4


class Cover(NamedTuple):
    """A photo that stands for an album."""

    image_hash: str
    video: bool
    shown_orientation: int


Key = TypeVar("Key")


@dataclass(slots=True)
class Album(Generic[Key]):
    """What an album is called, how many of its photos the caller sees, and some.

    `key` names it among those of its kind: a row's id, a day's ordinal, a path.
    """

    key: Key
    title: str
    photo_count: int = 0
    covers: tuple[Cover, ...] = ()


AlbumT = TypeVar("AlbumT", bound=Album[Any])


class AlbumKind(ABC, Generic[AlbumT]):
    """The albums of one kind that `viewer` may see.

    There is no way to ask without saying for whom, and what somebody may not see is not
    there: no photo, no album of such photos alone, no count of them.
    """

    def __init__(self, viewer: Any) -> None:
        self.viewer = viewer

    @abstractmethod
    def rows(self, title: str = "") -> Sequence[Any] | QuerySet[Any]:
        """Return the albums of the list, in its order, as rows to be cut into pages.

        With `title` those alone whose title contains it, in whatever case.
        """

    def described(self, rows: Sequence[Any]) -> list[AlbumT]:
        """Return what the list tells of a page of `rows`, in few queries for all."""
        return list(rows)

    @abstractmethod
    def album(self, key: int) -> AlbumT | None:
        """Return one album without covers, None if the viewer has no such one.

        Of what all viewers share, as a place, it may turn out to have no photos.
        """

    @abstractmethod
    def photos(self, album: AlbumT) -> PhotoQuerySet:
        """Return the photos of an album, in no order."""

    def ordered(self, album: AlbumT, photos: PhotoQuerySet) -> PhotoQuerySet:
        """Return photos of an album in the order in which it shows them."""
        return newest_first(photos)


def covers_of(
    keys: Iterable[int], photos: str, values: dict[str, Any] | None = None
) -> dict[int, tuple[Cover, ...]]:
    """Return up to COVERS photos of each album.

    `photos` is SQL that selects the columns of `Cover` of the first `%(most)s` photos
    of the album `wanted.key`, from an index; it may use `values` too.
    """
    found: dict[int, list[Cover]] = defaultdict(list)
    statement = f"""
        SELECT wanted.key, cover.image_hash, cover.video, cover.shown_orientation
        FROM unnest(%(keys)s::bigint[]) AS wanted(key)
        CROSS JOIN LATERAL ({photos}) AS cover
    """
    with connection.cursor() as cursor:
        cursor.execute(
            statement, {**(values or {}), "keys": list(keys), "most": COVERS}
        )
        for key, *cover in cursor.fetchall():
            found[key].append(Cover(*cover))
    return {key: tuple(covers) for key, covers in found.items()}
