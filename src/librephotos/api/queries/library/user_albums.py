"""Albums that people make, as their owners see them and those to whom they are shown.

Who sees which photos of one is said once, in `UserAlbums.photos`, and is what the gate
(`viewable_by`) lets them have: an owner all that is in it, a recipient what is the
owner's and what they have added themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.db.models.functions import NullIf

from librephotos.api.models import (
    AlbumShare,
    Link,
    Photo,
    Shown,
    User,
    UserAlbum,
    UserAlbumPhoto,
)
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.models.library.user_album import UserAlbumQuerySet
from librephotos.api.queries.library.albums import Album, AlbumKind
from librephotos.api.queries.library.photos import newest_first

# The chosen one if it can be seen there, or else the newest import, from the index: of
# the owner's, or where none of them is to be seen, of what the viewer sees besides.
_COVERS = """
SELECT album.id, photo.image_hash, photo.rating, photo.hidden, photo.taken_at,
    photo.public, photo.video, photo.shown_orientation, photo.owner_id
FROM api_useralbum AS album
CROSS JOIN LATERAL (
    (
        SELECT photo_id FROM api_useralbumphoto
        WHERE album_id = album.id AND photo_id = album.cover_id AND visible
            AND share_id IS NULL
    )
    UNION ALL
    (
        SELECT photo_id FROM api_useralbumphoto
        WHERE album_id = album.id AND share_id IS NULL AND visible
        ORDER BY photo_id DESC LIMIT 1
    )
    UNION ALL
    (
        SELECT newest.photo_id
        FROM api_albumshare AS share
        JOIN api_user AS adder ON adder.id = share.recipient_id AND adder.is_active
        CROSS JOIN LATERAL (
            SELECT photo_id FROM api_useralbumphoto
            WHERE album_id = album.id AND share_id = share.id AND visible
            ORDER BY photo_id DESC LIMIT 1
        ) AS newest
        WHERE share.album_id = album.id
            AND %(viewer)s IN (share.recipient_id, album.owner_id)
        ORDER BY newest.photo_id DESC LIMIT 1
    )
    LIMIT 1
) AS shown
JOIN api_photo AS photo ON photo.id = shown.photo_id
WHERE album.id = ANY(%(albums)s)
"""


class AlbumCover(NamedTuple):
    """The photo that stands for an album which a person has made.

    `taken_at` is None too where the viewer is not told.
    """

    image_hash: str
    rating: int
    hidden: bool
    taken_at: datetime | None
    public: bool
    video: bool
    shown_orientation: int


@dataclass(slots=True, kw_only=True)
class OwnAlbum(Album[int]):
    """An album that a person has made, `cover` None where nothing is to be seen.

    `shared_to` are those to whom it is shown and who are there; `share` is by what it
    is shown to the viewer, None to its owner. `link` is the one by which anybody sees
    it, if there is one and the viewer has made it: nobody else is told of it.
    """

    row: UserAlbum
    cover: AlbumCover | None = None
    shared_to: list[User] = field(default_factory=list)
    share: AlbumShare | None = None
    link: Link | None = None

    @property
    def shown(self) -> Shown:
        """What the viewer is told of the owner's photos in it."""
        return Shown.all() if self.share is None else Shown(self.share.shown)


class UserAlbums(AlbumKind[OwnAlbum]):
    """One's own albums, by title; each of them, and of those that are shown to one.

    The list leaves out those with nothing to be seen, unless they are asked for.
    """

    def __init__(self, viewer: Any, *, empty: bool = False) -> None:
        super().__init__(viewer)
        self.empty = empty

    def rows(self, title: str = "") -> UserAlbumQuerySet:
        shown = self._listed()
        found = shown.filter(title__icontains=title) if title else shown
        return _described(found).order_by("title", "id")

    def described(self, rows: Sequence[UserAlbum]) -> list[OwnAlbum]:
        albums = [album for album in map(self._album, rows) if album is not None]
        covers = self._covers(albums)
        for album in albums:
            album.cover = covers.get(album.key)
        return albums

    def one(self, key: int) -> UserAlbumQuerySet:
        """Return the row of an album of the viewer's or one that is shown to them."""
        return _described(UserAlbum.objects.seen_by(self.viewer)).filter(pk=key)

    def album(self, key: int) -> OwnAlbum | None:
        row = self.one(key).first()
        return None if row is None else self._album(row)

    def photos(self, album: OwnAlbum) -> PhotoQuerySet:
        if album.share is None:
            besides = Q(owner__is_active=True)
        else:
            besides = Q(memberships__share=album.share.pk)
        seen = Q(memberships__share=None) | besides
        return Photo.objects.visible().filter(seen, memberships__album=album.key)

    def ordered(self, album: OwnAlbum, photos: PhotoQuerySet) -> PhotoQuerySet:
        return in_order_of(album.row, photos)

    def holding(self, photo: Photo) -> UserAlbumQuerySet:
        """Return the albums in which the viewer sees a photo, by title."""
        if not self.viewer.is_authenticated:
            return UserAlbum.objects.none()
        there = UserAlbumPhoto.objects.filter(
            Q(share=None)
            | Q(share__recipient=self.viewer.pk)
            | Q(album__owner=self.viewer.pk),
            album=OuterRef("pk"),
            photo=photo.pk,
        )
        seen = UserAlbum.objects.seen_by(self.viewer)
        return _described(seen).filter(Exists(there)).order_by("title", "id")

    def when_and_where(self, album: OwnAlbum) -> tuple[datetime | None, str]:
        """Return when the newest dated photo was taken, and where the newest placed.

        Of the owner's photos, and as far as the viewer is told.
        """
        own = Photo.objects.visible().filter(
            memberships__album=album.key, memberships__share=None
        )
        taken_at, place = when_and_where(own)
        return (
            taken_at if Shown.TIME in album.shown else None,
            place if Shown.PLACE in album.shown else "",
        )

    def _listed(self) -> UserAlbumQuerySet:
        own = UserAlbum.objects.owned_by(self.viewer)
        if self.empty:
            return own
        added = AlbumShare.objects.filter(
            album=OuterRef("pk"), recipient__is_active=True, photo_count__gt=0
        )
        return own.filter(Q(photo_count__gt=0) | Exists(added))

    def _album(self, row: UserAlbum) -> OwnAlbum | None:
        """Describe an album, unless it has ceased to be shown since it was read."""
        shares: list[AlbumShare] = getattr(row, "present_shares")
        own = row.owner_id == self.viewer.pk
        by_recipient = {share.recipient_id: share for share in shares}
        share = None if own else by_recipient.get(self.viewer.pk)
        if share is None and not own:
            return None
        added = sum(each.photo_count for each in shares if own or each is share)
        return OwnAlbum(
            key=row.pk,
            title=row.title,
            photo_count=row.photo_count + added,
            row=row,
            shared_to=[each.recipient for each in shares],
            share=share,
            link=getattr(row, "link", None) if own else None,
        )

    def _covers(self, albums: Sequence[OwnAlbum]) -> dict[int, AlbumCover]:
        by_key = {album.key: album for album in albums}
        covers = {}
        with connection.cursor() as cursor:
            values = {"albums": list(by_key), "viewer": self.viewer.pk}
            cursor.execute(_COVERS, values)
            for key, *columns, owner in cursor.fetchall():
                cover, album = AlbumCover(*columns), by_key[key]
                told = Shown.TIME in album.shown and owner == album.row.owner_id
                if owner != self.viewer.pk and not told:
                    cover = cover._replace(taken_at=None)
                covers[key] = cover
        return covers


class AlbumsSharedWith(UserAlbums):
    """The albums of others that are shown to the viewer, by title."""

    def _listed(self) -> UserAlbumQuerySet:
        shared = UserAlbum.objects.shared_with(self.viewer)
        if self.empty:
            return shared
        added = AlbumShare.objects.filter(
            album=OuterRef("pk"), recipient=self.viewer.pk, photo_count__gt=0
        )
        return shared.filter(Q(photo_count__gt=0) | Exists(added))


class AlbumsSharedBy(UserAlbums):
    """One's own albums that are shown to somebody who is there, by title."""

    def _listed(self) -> UserAlbumQuerySet:
        present = AlbumShare.objects.filter(
            album=OuterRef("pk"), recipient__is_active=True
        )
        return super()._listed().filter(Exists(present))


def in_order_of(album: UserAlbum, photos: PhotoQuerySet) -> PhotoQuerySet:
    """Return photos of an album in the order that its owner has chosen."""
    if album.photo_order == UserAlbum.Order.OLDEST:
        day = NullIf(F("day"), Photo.UNDATED)
        return photos.order_by(day.asc(nulls_last=True), "taken_at", "id")
    if album.photo_order == UserAlbum.Order.HAND:
        place = F("memberships__position").asc(nulls_last=True)
        return photos.order_by(place, "-day", "-taken_at", "id")
    return newest_first(photos)


def when_and_where(photos: PhotoQuerySet) -> tuple[datetime | None, str]:
    """Return when the newest dated photo was taken, and where the newest placed one."""
    newest = newest_first(photos)
    dated = newest.exclude(taken_at=None).values_list("taken_at", flat=True)
    placed = newest.exclude(place=None).values_list("place__name", flat=True)
    return dated.first(), placed.first() or ""


def _described(albums: UserAlbumQuerySet) -> UserAlbumQuerySet:
    """Load with albums whose they are and to whom they are shown."""
    present = AlbumShare.objects.filter(recipient__is_active=True)
    shares = present.select_related("recipient").order_by("recipient__username")
    return albums.select_related("owner", "link").prefetch_related(
        Prefetch("shares", shares, to_attr="present_shares")
    )


def photos_in(album: UserAlbum, *, viewer: User) -> Sequence[UUID]:
    """Return all photos that a viewer has in an album, and what is seen of others.

    The viewer is the album's owner, or one to whom it is shown.
    """
    if album.owner_id == viewer.pk:
        own, others = Q(share=None), Q(share__recipient__is_active=True)
    else:
        own, others = Q(share__recipient=viewer.pk), Q(share=None)
    members = album.members.filter(own | others & Q(visible=True))
    return list(members.order_by("-photo").values_list("photo", flat=True))


def number_of_albums(user: Any) -> int:
    """Return how many albums somebody has made in which anything is to be seen."""
    return UserAlbums(user).rows().count()
