"""What people do to their albums: make, fill, rename, lock and delete them.

Every function takes albums and photos of one owner; none looks for them itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, transaction

from librephotos.api.models import Photo, User, UserAlbum
from librephotos.api.models.photo import PhotoQuerySet
from librephotos.api.writes import user_albums


class AlbumLocked(Exception):
    """The photos of a locked album stay as they are."""


class AlbumTitleTaken(Exception):
    """Another album of the same owner has the title."""


@dataclass(frozen=True, kw_only=True)
class AlbumEdit:
    """What is to change of an album; None, and `cover` false, leave it as it is.

    `cover` None is none of one's own choice.
    """

    title: str | None = None
    locked: bool | None = None
    added: PhotoQuerySet | None = None
    removed: PhotoQuerySet | None = None
    cover: Photo | None | bool = False


@transaction.atomic
def make(owner: User, title: str, change: AlbumEdit) -> UserAlbum:
    """Apply a change to the owner's album of this title, which is made if need be.

    Raises AlbumLocked where there is one that keeps its photos.
    """
    album, _ = UserAlbum.objects.get_or_create(owner=owner, title=title)
    return edit(album, change)


@transaction.atomic
def edit(album: UserAlbum, change: AlbumEdit) -> UserAlbum:
    """Apply a change, all of it or nothing; return the album as it is afterwards.

    Photos are added before others are removed. Raises AlbumLocked and AlbumTitleTaken.
    """
    album = UserAlbum.objects.get(pk=album.pk)
    stays_locked = album.locked if change.locked is None else change.locked
    changes_photos = change.added is not None or change.removed is not None
    if album.locked and stays_locked and changes_photos:
        raise AlbumLocked("This album is locked. Unlock it to change its photos.")
    if change.added is not None:
        user_albums.add(album, change.added)
    if change.removed is not None:
        user_albums.remove(album, change.removed)
    values: dict[str, object] = {}
    if change.locked is not None:
        values["locked"] = change.locked
    if not isinstance(change.cover, bool):
        values["cover"] = change.cover
    if values:
        UserAlbum.objects.filter(pk=album.pk).update(**values)
    if change.title is not None:
        _rename(album, change.title)
    return UserAlbum.objects.get(pk=album.pk)


def _rename(album: UserAlbum, title: str) -> None:
    try:
        with transaction.atomic():
            UserAlbum.objects.filter(pk=album.pk).update(title=title)
    except IntegrityError as error:
        raise AlbumTitleTaken("You have another album of this title.") from error


@transaction.atomic
def delete(album: UserAlbum) -> None:
    """Delete an album; its photos stay where they are."""
    user_albums.delete(album)
