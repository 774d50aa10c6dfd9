"""What people do to albums: make, fill, rename, arrange, lock and delete them.

Every function takes albums and photos of one owner; none looks for them itself. Those
to whom an album is shown put in photos of their own and take these out again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction

from librephotos.api.locks import lock_albums
from librephotos.api.models import AlbumShare, Photo, User, UserAlbum
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.services.bulk_edits import forget_old
from librephotos.api.writes import album_changes, user_albums
from librephotos.api.writes.album_changes import Addition, Removal

GONE = "You have no such album."


class AlbumGone(Exception):
    """The album was deleted a moment ago."""


class CoverGone(Exception):
    """The photo that is to stand for the album was removed a moment ago."""


class AlbumLocked(Exception):
    """The photos of a locked album stay as they are."""


class NotTheOwner(Exception):
    """One to whom an album is shown may not do this to it; the text says why."""


class AlbumTitleTaken(Exception):
    """Another album of the same owner has the title."""


@dataclass(frozen=True, kw_only=True)
class AlbumEdit:
    """What is to change of an album; None, and `cover` false, leave it as it is.

    `cover` None is none of one's own choice. `moved` are photos that come, in this
    order, in front of `before`, or behind all others.
    """

    title: str | None = None
    description: str | None = None
    locked: bool | None = None
    favorited: bool | None = None
    photo_order: UserAlbum.Order | None = None
    moved: Sequence[UUID] | None = None
    before: UUID | None = None
    added: PhotoQuerySet | None = None
    removed: PhotoQuerySet | None = None
    cover: Photo | None | bool = False

    @property
    def for_owners(self) -> bool:
        """Whether it changes what is the owner's to say."""
        said = (self.title, self.description, self.locked, self.photo_order, self.moved)
        return self.cover is not False or any(value is not None for value in said)


class Edited(NamedTuple):
    """An album as it is after a change, and how many photos were put in or taken out.

    `undo` is the edit that puts back what was taken out, or else what was moved, or
    else takes out what was put in.
    """

    album: UserAlbum
    added: int
    removed: int
    undo: int | None


@transaction.atomic
def make(owner: User, title: str, change: AlbumEdit) -> Edited:
    """Apply a change to the owner's album of this title, which is made if need be.

    Raises AlbumLocked where there is one that keeps its photos, CoverGone, and
    User.DoesNotExist if the owner's account has been deleted.
    """
    lock_albums(owner.pk)
    owner = User.objects.get(pk=owner.pk)
    album, _ = UserAlbum.objects.get_or_create(owner=owner, title=title)
    return edit(album, change)


@transaction.atomic
def edit(album: UserAlbum, change: AlbumEdit) -> Edited:
    """Apply a change, all of it or nothing; return the album as it is afterwards.

    What is done to its photos can be taken back (`bulk_edits.undo`). Photos are added
    before others are removed. Raises AlbumGone, AlbumLocked, AlbumTitleTaken and
    CoverGone.
    """
    album = alone_with(album)
    _refuse_if_locked(album, change)
    _hold_photos(album, change)
    addition = _put_in(album, change, by=album.owner)
    removal = _take_out(album, change, by=album.owner)
    values: dict[str, object] = {
        name: value
        for name in ("description", "locked", "favorited", "photo_order")
        if (value := getattr(change, name)) is not None
    }
    undo = removal.edit
    if change.moved is not None:
        undo = undo or album_changes.remember_order(album)
        user_albums.move(album, change.moved, before=change.before)
        values["photo_order"] = UserAlbum.Order.HAND
    if not isinstance(change.cover, bool):
        values["cover"] = change.cover
    if values:
        UserAlbum.objects.filter(pk=album.pk).update(**values)
    if change.title is not None:
        _rename(album, change.title)
    undo = undo or addition.edit
    if undo is not None:
        forget_old(album.owner_id)
    now = UserAlbum.objects.get(pk=album.pk)
    return Edited(now, addition.added, removal.removed, undo)


@transaction.atomic
def edit_shared(album: UserAlbum, recipient: User, change: AlbumEdit) -> Edited:
    """Apply a change by one to whom an album is shown; return it as it is afterwards.

    `added` and `removed` are the recipient's own photos. A viewer may mark the album as
    a favourite and take out what they have put in as a contributor. Raises AlbumGone,
    also if it is shown no longer, NotTheOwner and AlbumLocked.
    """
    album = alone_with(album)
    share = AlbumShare.objects.filter(album=album, recipient=recipient).first()
    if share is None:
        raise AlbumGone(GONE)
    if change.for_owners:
        raise NotTheOwner("Only the owner of this album can change that.")
    if change.added is not None and not share.may_add:
        raise NotTheOwner("The owner of this album has not let you add photos to it.")
    _refuse_if_locked(album, change)
    _hold_photos(album, change)
    addition = _put_in(album, change, by=recipient, share=share)
    removal = _take_out(album, change, by=recipient)
    if change.favorited is not None:
        AlbumShare.objects.filter(pk=share.pk).update(favorited=change.favorited)
    undo = removal.edit or addition.edit
    if undo is not None:
        forget_old(recipient.pk)
    return Edited(album, addition.added, removal.removed, undo)


def _put_in(
    album: UserAlbum, change: AlbumEdit, *, by: User, share: AlbumShare | None = None
) -> Addition:
    if change.added is None:
        return Addition()
    return album_changes.add(album, change.added, by=by, share=share)


def _take_out(album: UserAlbum, change: AlbumEdit, *, by: User) -> Removal:
    if change.removed is None:
        return Removal()
    removal = album_changes.remember(album, change.removed, by=by)
    user_albums.remove(album, change.removed)
    return removal


def _refuse_if_locked(album: UserAlbum, change: AlbumEdit) -> None:
    stays_locked = album.locked if change.locked is None else change.locked
    changes_photos = change.added is not None or change.removed is not None
    if album.locked and stays_locked and changes_photos:
        raise AlbumLocked("This album is locked. Unlock it to change its photos.")


def alone_with(album: UserAlbum) -> UserAlbum:
    """Keep others from the owner's albums; return this one as it is by now."""
    lock_albums(album.owner_id)
    now = UserAlbum.objects.filter(pk=album.pk).first()
    if now is None:
        raise AlbumGone(GONE)
    return now


def _hold_photos(album: UserAlbum, change: AlbumEdit) -> None:
    """Take all photos of a change at once, or another one could wait in between."""
    photos = []
    if change.added is not None:
        photos.append(change.added)
    if change.removed is not None:
        photos.append(change.removed.filter(memberships__album=album))
    if change.moved is not None:
        photos.append(Photo.objects.filter(memberships__album=album))
    cover = change.cover
    if isinstance(cover, Photo):
        photos.append(Photo.objects.filter(pk=cover.pk))
    elif len(photos) < 2 and change.moved is None:
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
    user_albums.delete(alone_with(album))
