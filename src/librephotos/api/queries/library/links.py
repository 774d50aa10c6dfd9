"""What links show, and what their owners are told of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from librephotos.api.models import Link, User
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.models.sharing.links import LinkQuerySet
from librephotos.api.queries.library.user_albums import UserAlbums


def linked_photos(link: Link, photos: PhotoQuerySet) -> PhotoQuerySet:
    """Of these photos, those that a link shows.

    They are its owner's own, whoever else has put some into the album, and neither
    hidden nor in the trash.
    """
    shown = photos.filter(owner=link.owner_id, visible=True)
    if link.photo_id is not None:
        return shown.filter(pk=link.photo_id)
    return shown.filter(memberships__album=link.album_id)


def own_links(user: Any) -> LinkQuerySet:
    """Return one's links with what they show, the newest first.

    Without those to photos that were erased, which nothing brings back.
    """
    links = (
        Link.objects.owned_by(user)
        .exclude(photo__removed=True)
        .select_related("owner", "album__link", "photo")
    )
    return links.order_by("-created_at", "-id")


def covers_of_links(user: User, links: Sequence[Link]) -> dict[int, str]:
    """Return the image hash of what stands for each of one's links, by their ids.

    None for an album without a photo that can be seen.
    """
    albums = UserAlbums(user, empty=True)
    wanted = [link.album_id for link in links if link.album_id is not None]
    described = albums.described(list(albums.rows().filter(pk__in=wanted)))
    covers = {album.key: album.cover.image_hash for album in described if album.cover}
    found = {}
    for link in links:
        if link.photo is not None:
            found[link.pk] = link.photo.image_hash
        elif link.album_id in covers:
            found[link.pk] = covers[link.album_id]
    return found
