"""Sharing with other users of the server: photos, albums, and leaving what is shared.

Every function takes albums and photos of one owner; none looks for them itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction

from librephotos.api.models import (
    AlbumShare,
    Photo,
    PhotoShare,
    Shown,
    User,
    UserAlbum,
)
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.services.user_albums import GONE, AlbumGone, alone_with
from librephotos.api.writes import shares, user_albums

Options = Mapping[str, bool | None]
"""The contract's switches of what is told; what lacks or is None stays as it is."""


class NoSuchRecipient(ValueError):
    """Somebody with whom nothing can be shared."""


@transaction.atomic
def share_photos(
    photos: PhotoQuerySet, *, owner: User, recipients: Sequence[int], options: Options
) -> int:
    """Show photos to users; return how many pairs of these there were not before.

    Raises NoSuchRecipient, and then shares nothing.
    """
    _hold(recipients, owner)
    first = Shown.by_default(owner).changed(options)
    if not options:
        return shares.share(photos, recipients, shown=first)
    more, none = Shown.NOTHING.changed(options), Shown.all().changed(options)
    shares.tell(photos, recipients, more=more, less=Shown.all() & ~none)
    return shares.share(photos, recipients, shown=first)


@transaction.atomic
def unshare_photos(photos: PhotoQuerySet, *, recipients: Sequence[int]) -> int:
    """Show photos to users no longer; return how many pairs of these there were."""
    return shares.unshare(photos, recipients)


@transaction.atomic
def leave_photos(photos: PhotoQuerySet, *, recipient: User) -> int:
    """Have photos of others no longer shown to oneself; return how many that were."""
    mine = PhotoShare.objects.filter(recipient=recipient).values("photo")
    return shares.unshare(photos.filter(pk__in=mine), [recipient.pk])


@transaction.atomic
def share_album(
    album: UserAlbum,
    *,
    recipients: Sequence[int],
    role: AlbumShare.Role | None = None,
    options: Options,
) -> None:
    """Show an album to users, or change what they may do and are told.

    Whom it was not shown to becomes a viewer unless `role` says otherwise. Raises
    AlbumGone and NoSuchRecipient, and then shares nothing.
    """
    album = alone_with(album)
    for user in _hold(recipients, album.owner):
        share, made = AlbumShare.objects.get_or_create(
            album=album,
            recipient=user,
            defaults={
                "shown": Shown.by_default(album.owner),
                "shown_back": Shown.by_default(user),
            },
        )
        share.role = role or share.role
        share.shown = Shown(share.shown).changed(options)
        share.save(update_fields=["role", "shown"])


@transaction.atomic
def unshare_album(album: UserAlbum, *, recipients: Sequence[int]) -> None:
    """Show an album to users no longer; what they have added is no longer in it.

    So does a recipient leave it. Raises AlbumGone.
    """
    album = alone_with(album)
    ended = AlbumShare.objects.filter(album=album, recipient__in=recipients)
    ids = list(ended.values_list("pk", flat=True))
    user_albums.remove(album, Photo.objects.filter(memberships__share__in=ids))
    AlbumShare.objects.filter(pk__in=ids).delete()


@transaction.atomic
def tell_owner(album: UserAlbum, *, recipient: User, options: Options) -> None:
    """Set what an album's owner is told of the photos that a recipient has added.

    Raises AlbumGone, also if it is shown no longer.
    """
    album = alone_with(album)
    share = AlbumShare.objects.filter(album=album, recipient=recipient).first()
    if share is None:
        raise AlbumGone(GONE)
    share.shown_back = Shown(share.shown_back).changed(options)
    share.save(update_fields=["shown_back"])


def _hold(recipients: Sequence[int], owner: User) -> list[User]:
    """Keep accounts from being deleted; raise NoSuchRecipient for one that is none.

    They come before the photos: who deletes an account holds its photos first, and
    waits for none of another owner.
    """
    others = User.objects.filter(is_active=True, pk__in=recipients).exclude(pk=owner.pk)
    held = list(others.order_by("pk").select_for_update(no_key=True))
    if len(held) < len(set(recipients)):
        raise NoSuchRecipient("There is no such user to share with.")
    return held
