"""Links by which anybody sees an album or a photo."""

from __future__ import annotations

import re
import secrets
import string
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from librephotos.api.models.library.photo import Photo, PhotoQuerySet
from librephotos.api.models.library.user_album import UserAlbum
from librephotos.api.models.sharing.shown import Shown

_OF_ORIGINALS = Shown.PLACE | Shown.CAMERA | Shown.TIME

SHORTEST_SLUG, LONGEST_SLUG = 3, 64
RESERVED_SLUGS = frozenset(
    ("admin", "album", "albums", "api", "false", "link", "links", "media", "new")
    + ("none", "null", "photo", "photos", "public", "static", "true", "undefined")
)
"""What no link is called: parts of our own addresses, and words for nothing."""

_SLUG = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z_-]{1,62}[0-9A-Za-z])", re.ASCII)
_LETTERS = string.ascii_letters + string.digits
_RANDOM_LETTERS = 22
"""Of 62, which is more than 128 bits."""


def new_slug() -> str:
    """Return a slug that nobody guesses."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_RANDOM_LETTERS))


def is_slug(text: str) -> bool:
    """Whether a text can be the slug of a link."""
    return bool(_SLUG.fullmatch(text)) and text.lower() not in RESERVED_SLUGS


class LinkQuerySet(models.QuerySet["Link"]):
    """The named sets of links."""

    def owned_by(self, user: Any) -> LinkQuerySet:
        """The links that `user` has made; none for anonymous callers."""
        return self.filter(owner_id=user.pk) if user.is_authenticated else self.none()

    def to_albums(self) -> LinkQuerySet:
        """Those that show an album."""
        return self.filter(photo=None)

    def to_photos(self) -> LinkQuerySet:
        """Those that show a photo."""
        return self.filter(album=None)

    def active(self) -> LinkQuerySet:
        """Those that lead somewhere now, by the clock of the database."""
        lasting = Q(expires_at=None) | Q(expires_at__gt=Now())
        return self.filter(lasting, owner__is_active=True)

    def vouching_for(self, *, photo: Any, owner: Any) -> LinkQuerySet:
        """Active links without a password to an owner's albums that hold a photo.

        Ids, or references to the rows of an outer query. An album vouches for the
        photos of its owner alone.
        """
        albums = {"album__owner": owner, "album__members__photo": photo}
        return self.active().filter(password="", owner=owner, **albums)


class Link(models.Model):
    """A secret address that shows one album, or one photo, to whoever has it.

    `slug` is the secret; what it names ends with it, so that a link which was revoked
    never opens again. `password` is a hash, "" where none is asked for.
    `sharing_options` has those of `shown.OPTIONS` that the owner has chosen for it.
    With `downloads` visitors may have the files, not only look at them. `views` counts
    visits since `created_at`, when the slug was given.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="links"
    )
    owner_id: int
    album = models.OneToOneField(
        UserAlbum, on_delete=models.CASCADE, null=True, related_name="link"
    )
    album_id: int | None
    photo = models.OneToOneField(
        Photo, on_delete=models.CASCADE, null=True, related_name="link"
    )
    photo_id: UUID | None
    slug = models.CharField(max_length=LONGEST_SLUG, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    password = models.CharField(max_length=128, default="", db_default="", blank=True)
    downloads = models.BooleanField(default=True, db_default=True)
    sharing_options = models.JSONField(default=dict)
    views = models.PositiveIntegerField(default=0, db_default=0)

    objects = LinkQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(album=None, photo__isnull=False)
                | Q(album__isnull=False, photo=None),
                name="link_to_one",
            )
        ]

    def __str__(self) -> str:
        # The slug is a secret, and this may be logged.
        return f"link {self.pk}"

    @property
    def address(self) -> str:
        """Where our page shows it."""
        return f"/public/{'p' if self.photo_id else 'a'}/{self.slug}"

    @property
    def is_over(self) -> bool:
        """Whether its time has come."""
        return self.expires_at is not None and self.expires_at <= datetime.now(UTC)

    @property
    def shown(self) -> Shown:
        """What it tells beside the pictures; its owner has to be loaded."""
        return Shown.by_link(self.owner, self.sharing_options)

    @property
    def shares_originals(self) -> bool:
        """Whether visitors may have files with all that is written in them."""
        return _OF_ORIGINALS in self.shown


def pictured_for(photos: PhotoQuerySet, user: Any) -> PhotoQuerySet:
    """Of these photos, those whose pictures `user` may see: as themselves or by a link.

    A link with a password shows nothing here: only below its own address can a browser
    prove that it knows it.
    """
    linked = Link.objects.vouching_for(photo=OuterRef("pk"), owner=OuterRef("owner"))
    return photos.viewable_by(user) | photos.filter(Exists(linked), visible=True)
