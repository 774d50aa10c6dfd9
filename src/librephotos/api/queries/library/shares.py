"""What is shown of photos to others than their owners, and to whom."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import F

from librephotos.api.models import AlbumShare, Photo, PhotoShare, Shown, UserAlbum
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.queries.library.photos import newest_first

IN_AN_ORIGINAL = Shown.PLACE | Shown.CAMERA | Shown.TIME | Shown.CAPTIONS
"""What a file that names nobody may hold."""

# All ways by which somebody sees a photo of another; together they tell what each does.
# A published photo stands in a timeline, which tells when it was taken and no more.
_SHOWN = """
SELECT photo_id, bit_or(shown) FROM (
    SELECT photo_id, shown FROM api_photoshare
    WHERE photo_id = ANY(%(photos)s) AND recipient_id = %(viewer)s
    UNION ALL
    SELECT member.photo_id, share.shown
    FROM api_useralbumphoto AS member
    JOIN api_albumshare AS share USING (album_id)
    WHERE member.photo_id = ANY(%(photos)s) AND member.share_id IS NULL
        AND share.recipient_id = %(viewer)s
    UNION ALL
    SELECT member.photo_id, share.shown_back
    FROM api_useralbumphoto AS member
    JOIN api_albumshare AS share ON share.id = member.share_id
    JOIN api_useralbum AS album ON album.id = member.album_id
    WHERE member.photo_id = ANY(%(photos)s) AND album.owner_id = %(viewer)s
    UNION ALL
    SELECT photo.id, %(published)s
    FROM api_photo AS photo JOIN api_user AS owner ON owner.id = photo.owner_id
    WHERE photo.id = ANY(%(photos)s) AND photo.public AND photo.visible
        AND owner.is_active AND owner.public_sharing
) AS way
GROUP BY photo_id
"""


def shown_of(photos: Collection[UUID], *, viewer: Any) -> dict[UUID, Shown]:
    """Return what a viewer who sees these photos of others is told of each.

    To anybody, who sees published ones, their times are told.
    """
    if not viewer.is_authenticated:
        return dict.fromkeys(photos, Shown.TIME)
    if not photos:
        return {}
    values = {
        "photos": list(photos),
        "viewer": viewer.pk,
        "published": Shown.TIME.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SHOWN, values)
        told = {photo: Shown(shown) for photo, shown in cursor.fetchall()}
    return {photo: told.get(photo, Shown.NOTHING) for photo in photos}


def is_published(photo: Photo) -> bool:
    """Whether anybody may see a photo."""
    owner = photo.owner
    published = photo.public and photo.visible
    return published and owner.is_active and owner.public_sharing


def may_have_original(photo: Photo, *, viewer: Any) -> bool:
    """Whether one who sees a photo of another may have its file as it is.

    All that it may hold has to be shown: a file that names people, their names too.
    """
    if is_published(photo) and photo.owner.shares_metadata:
        return True
    if not viewer.is_authenticated:
        return False
    metadata = getattr(photo, "metadata", None)
    needed = IN_AN_ORIGINAL
    if metadata is None or metadata.regions:
        needed |= Shown.PEOPLE
    return needed in shown_of([photo.pk], viewer=viewer)[photo.pk]


def may_have_faces(photo: Photo, *, viewer: Any) -> bool:
    """Whether one who sees a photo of another may see whose faces are on it."""
    if is_published(photo) and photo.owner.shares_faces:
        return True
    if not viewer.is_authenticated:
        return False
    return Shown.PEOPLE in shown_of([photo.pk], viewer=viewer)[photo.pk]


def shares_of(photo: Photo) -> list[PhotoShare]:
    """Return to whom a photo is shown by itself, by name."""
    shares = photo.shares.filter(recipient__is_active=True)
    return list(shares.select_related("recipient").order_by("recipient__username"))


def photos_shared_with(user: Any, *, newest: bool = False) -> PhotoQuerySet:
    """Return the visible photos that others share with a user, oldest first or last."""
    mine = PhotoShare.objects.filter(recipient=user.pk).values("photo")
    photos = Photo.objects.visible().filter(owner__is_active=True, pk__in=mine)
    if newest:
        return newest_first(photos)
    undated_last = F("taken_at").asc(nulls_last=True)
    return photos.order_by(undated_last, "id")


_UNDATED_LAST = F("photo__taken_at").asc(nulls_last=True)


class SharedPhoto(NamedTuple):
    """A photo and one of those to whom it is shown."""

    photo: UUID
    recipient: int


def photos_shared_by(user: Any, *, newest: bool = False) -> Any:
    """Return the pairs of a user's visible photos and recipients, by time."""
    shares = PhotoShare.objects.filter(
        photo__owner=user.pk, photo__visible=True, recipient__is_active=True
    )
    times = ["-photo__day", "-photo__taken_at"] if newest else [_UNDATED_LAST]
    ordered = shares.order_by(*times, "photo", "recipient")
    return ordered.values_list("photo", "recipient")


def album_shares(album: UserAlbum) -> list[AlbumShare]:
    """Return to whom an album is shown, by name."""
    shares = album.shares.filter(recipient__is_active=True)
    return list(shares.select_related("recipient").order_by("recipient__username"))


def own_share(album: UserAlbum, *, viewer: Any) -> AlbumShare | None:
    """Return by what an album of another is shown to a viewer."""
    return album.shares.filter(
        recipient=viewer.pk, album__owner__is_active=True
    ).first()
