"""What people do with links: make, change and revoke them; and counting who comes.

Every function takes what belongs to the caller; none looks for it itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import F

from librephotos.api.locks import lock_albums
from librephotos.api.models import Link, Photo, UserAlbum
from librephotos.api.models.sharing.links import LinkQuerySet, new_slug
from librephotos.api.writes import throttle_history

VISIT_S = 30 * 60
"""Whoever comes again within this time pays the same visit."""


class NothingToLink(Exception):
    """The album or the photo is not there any more."""


class SlugTaken(Exception):
    """Another link has this address."""


def link_album(album: UserAlbum, changes: Mapping[str, Any]) -> Link:
    """Have a link to an album that is as `changes` say; return it.

    Keys, each of which may lack: `slug` (a chosen one, or "" for another random one),
    `expires_at` (None for never), `password` (plain, "" for none), `downloads`, and
    `sharing_options` (those of the switches that change). Where there is no link yet,
    or the time of the former one is over, the slug is a new one. Raises NothingToLink
    and SlugTaken.
    """
    values = _hashed(changes)
    with transaction.atomic():
        lock_albums(album.owner_id)
        if not UserAlbum.objects.filter(pk=album.pk).exists():
            raise NothingToLink("You have no such album.")
        former = Link.objects.filter(album=album).first()
        return _saved(former or Link(owner_id=album.owner_id, album=album), values)


def link_photo(photo: Photo, changes: Mapping[str, Any]) -> Link:
    """Have a link to a photo, as `link_album` to an album."""
    values = _hashed(changes)
    with transaction.atomic():
        held = Photo.objects.filter(pk=photo.pk, removed=False)
        if held.select_for_update(no_key=True).first() is None:
            raise NothingToLink("You have no such photo.")
        former = Link.objects.filter(photo=photo).first()
        return _saved(former or Link(owner_id=photo.owner_id, photo=photo), values)


def revoke(links: LinkQuerySet) -> int:
    """Delete links, so that they lead nowhere from now on; return how many."""
    return links.delete()[1].get(Link._meta.label, 0)


def count_visit(link: Link, visitor: str) -> None:
    """Count a visit of somebody, unless it goes on; `visitor` is what tells them apart.

    Nobody waits for it: while its owner changes the link, a visit goes uncounted.
    """
    digest = hashlib.sha256(visitor.encode("utf-8", "replace")).digest()
    # Of two bytes, so that no number of addresses fills the table.
    key = f"visit:{link.pk}:{link.slug}:{digest[:2].hex()}"
    # What this process knows already, it need not ask all of them.
    if not cache.add(key, True, VISIT_S):
        return
    if not throttle_history.is_first(key, window_s=VISIT_S):
        return
    with transaction.atomic():
        free = Link.objects.filter(pk=link.pk, slug=link.slug)
        free = free.select_for_update(skip_locked=True, no_key=True)
        Link.objects.filter(pk__in=free.values("pk")).update(views=F("views") + 1)


def _hashed(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Hash the password before anybody waits at a lock: that is slow."""
    values = dict(changes)
    if values.get("password"):
        values["password"] = make_password(values["password"])
    return values


def _saved(link: Link, values: dict[str, Any]) -> Link:
    chosen = values.pop("slug", None)
    is_new = link.pk is None or link.is_over
    if is_new:
        link.expires_at = None
    slug = chosen or (new_slug() if is_new or chosen == "" else link.slug)
    if slug != link.slug:
        link.slug = slug
        link.created_at = datetime.now(UTC)
        link.views = 0
    options = values.pop("sharing_options", None) or {}
    link.sharing_options = {**link.sharing_options, **options}
    for name, value in values.items():
        setattr(link, name, value)
    try:
        with transaction.atomic():
            link.save()
    except IntegrityError as error:
        raise SlugTaken("This address is taken. Choose another one.") from error
    return link
