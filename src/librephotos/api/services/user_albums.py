"""What people do to their albums: make, fill, rename, lock and delete them.

Every function takes albums and photos of one owner; none looks for them itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, transaction

from librephotos.api.locks import lock_albums
from librephotos.api.models import Photo, User, UserAlbum
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.writes import user_albums


class AlbumGone(Exception):
    """The album was deleted a moment ago."""


class CoverGone(Exception):
    """The photo that is to stand for the album was removed a moment ago."""


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

    Raises AlbumLocked where there is one that keeps its photos, CoverGone, and
    User.DoesNotExist if the owner's account has been deleted.
    """
    lock_albums(owner.pk)
    owner = User.objects.get(pk=owner.pk)
    album, _ = UserAlbum.objects.get_or_create(owner=owner, title=title)
    return edit(album, change)


@transaction.atomic
def edit(album: UserAlbum, change: AlbumEdit) -> UserAlbum:
    """Apply a change, all of it or nothing; return the album as it is afterwards.

    Photos are added before others are removed. Raises AlbumGone, AlbumLocked,
    AlbumTitleTaken and CoverGone.
    """
    album = _alone_with(album)
    stays_locked = album.locked if change.locked is None else change.locked
    changes_photos = change.added is not None or change.removed is not None
    if album.locked and stays_locked and changes_photos:
        raise AlbumLocked("This album is locked. Unlock it to change its photos.")
    _hold_photos(album, change)
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


def _alone_with(album: UserAlbum) -> UserAlbum:
    """Keep others from the owner's albums; return this one as it is by now."""
    lock_albums(album.owner_id)
    now = UserAlbum.objects.filter(pk=album.pk).first()
    if now is None:
        raise AlbumGone("You have no such album.")
    return now


def _hold_photos(album: UserAlbum, change: AlbumEdit) -> None:
    """Take all photos of a change at once, or another one could wait in between."""
    photos = []
    if change.added is not None:
        photos.append(change.added)
    if change.removed is not None:
        photos.append(change.removed.filter(memberships__album=album))
    cover = change.cover
    if isinstance(cover, Photo):
        photos.append(Photo.objects.filter(pk=cover.pk))
    elif len(photos) < 2:
        return  # what adds or removes takes them in their order itself
    held = user_albums.hold(photos)
    if isinstance(cover, Photo) and cover.pk not in held:
        raise CoverGone("You have no such photo.")


def _rename(album: UserAlbum, title: str) -> None:
    try:
        with transaction.atomic():
            UserAlbum.objects.filter(pk=album.pk).update(title=title)
    except IntegrityError as error:
        raise AlbumTitleTaken("You have another album of this title.") from error


@transaction.atomic
def delete(album: UserAlbum) -> None:
    """Delete an album; its photos stay where they are. Raises AlbumGone."""
    user_albums.delete(_alone_with(album))
