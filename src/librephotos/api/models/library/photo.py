"""Photos: the captures that a library shows."""

from __future__ import annotations

import uuid
from typing import Any

import uuid_utils.compat
from django.conf import settings
from django.db import models
from django.db.models import (
    Case,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Value,
    When,
)
from django.db.models.functions import Coalesce, NullIf

from librephotos.api.models.accounts.user import User
from librephotos.api.models.library.file import File
from librephotos.api.models.library.user_album import UserAlbumPhoto
from librephotos.api.models.operations.sync import TransactionNumber
from librephotos.api.models.sharing.shares import PhotoShare
from librephotos.media.files.formats import Kind
from librephotos.media.turns import UNTURNED


def new_photo_id() -> uuid.UUID:
    """Return a UUIDv7: unique, and increasing with the time of creation."""
    return uuid_utils.compat.uuid7()


SHARED = Q(public=True, visible=True, owner__is_active=True, owner__public_sharing=True)
"""The photos that anybody may see: their owner has published them and still shares."""


def shown_to(user: User) -> Q:
    """The photos of others that are shown to `user`, while their owners are there.

    By themselves; in an album of their owner's that is shown to `user`; or put into an
    album of `user` by one to whom that album is shown. An album vouches for no other
    photos: what one recipient has added is not for the rest to see.
    """
    there = UserAlbumPhoto.objects.filter(photo=OuterRef("pk"))
    ways = (
        PhotoShare.objects.filter(photo=OuterRef("pk"), recipient=user.pk),
        there.filter(share=None, album__shares__recipient=user.pk),
        there.filter(share__isnull=False, album__owner=user.pk),
    )
    shown = Q(*(Exists(way) for way in ways), _connector=Q.OR)
    return Q(visible=True, owner__is_active=True) & shown


_PROCESSED = {"removed": False, "aspect_ratio__isnull": False}


class PhotoQuerySet(models.QuerySet["Photo"]):
    """The named sets of photos: whose they are, and who may see or change them."""

    def owned_by(self, user: Any) -> PhotoQuerySet:
        """The photos that `user` may change; none for anonymous callers."""
        return self.filter(owner_id=user.pk) if user.is_authenticated else self.none()

    def viewable_by(self, user: Any) -> PhotoQuerySet:
        """The photos whose details and pixels `user` may see.

        Published ones, for anybody; everything of one's own that was not erased; what
        others show to this user.
        """
        if not user.is_authenticated:
            return self.filter(SHARED)
        own = Q(owner_id=user.pk, removed=False)
        return self.filter(SHARED | own | shown_to(user))

    def visible(self) -> PhotoQuerySet:
        """Not hidden, not in the trash, not removed, and processed."""
        return self.filter(visible=True)

    def without_files(self) -> PhotoQuerySet:
        """None of their files is there any more."""
        return self.exclude(files__missing_since=None, files__isnull=False)

    def identified_by(self, name: str) -> PhotoQuerySet:
        """The photo that a client names by its UUID or by its image hash."""
        named = named_by(name)
        if named is None:
            return self.none()
        if isinstance(named, uuid.UUID):
            return self.filter(id=named)
        return self.filter(image_hash=named)


def named_by(name: str) -> uuid.UUID | str | None:
    """Return the UUID or the image hash that a client's name is, None for neither."""
    if len(name) != 36 or name.count("-") != 4:
        return name
    try:
        return uuid.UUID(name)
    except ValueError:
        return None


def _position(name: str) -> models.GeneratedField:
    """Return the column of the position that counts, of one of its coordinates."""
    return models.GeneratedField(
        expression=Case(
            When(user_nowhere=True, then=Value(None)),
            default=Coalesce(f"user_{name}", f"file_{name}"),
            output_field=models.FloatField(),
        ),
        output_field=models.FloatField(),
        db_persist=True,
    )


class Photo(models.Model):
    """One capture of one user, with one or more files.

    What a person said: `user_rating`, `hidden`, `in_trashcan`, `removed`, `public`,
    `user_caption`, `user_taken_at`, `user_timezone`, `user_latitude` and
    `user_longitude` (degrees), `user_nowhere` (that it has no position),
    `user_main_md5` (of the file to show first), `user_category` and `user_orientation`
    (1 to 8 as in EXIF, on top of the file's own), and by name in `user_facts` what is
    only shown and searched. No scan and no stage touches these. Where nothing is said
    they are null, "", false or 1, or lack.

    Everything else is derived from the files and may be rebuilt: `image_hash` (MD5 of
    the main file followed by the owner's id, the contract's name for a photo) and
    `main_file` by the scan; size and `placeholder` by metadata from the file's header
    until there are previews, `aspect_ratio` (without which nothing is visible) by dates
    then; size, colours, `placeholder`, `phash`, `preview_digest`
    (which stands for the pixels of the previews), `damage` (a sentence where only a
    part of the picture is shown, or nothing of the file as it is now) and
    `shown_orientation` (the turn of a person that the previews have by now) by the
    stage thumbnails; `file_rating`, `file_latitude` and
    `file_longitude` by metadata; `place` by geocode; `taken_at` (wall-clock time
    labelled as UTC), `timezone`, `date_rule`, `day` and `found_category` by dates.
    `rating`, `latitude`, `longitude` and `category` (what a person said, or else what
    was found) and `visible` are computed by the database. `day` is the ordinal of the
    local calendar day (1 = 1 January of year 1), 0 for undated photos, and the
    contract's day id. `changed_in`, kept by a trigger with `last_modified`, is the
    number of the transaction in which anything changed last that clients mirror.
    """

    UNDATED = 0

    class Category(models.TextChoices):
        """What kind of picture it is."""

        PHOTO = "photo"
        SCREENSHOT = "screenshot"
        DOCUMENT = "document"

    id = models.UUIDField(primary_key=True, default=new_photo_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    owner_id: int
    added_on = models.DateTimeField(auto_now_add=True)
    last_modified = models.DateTimeField(auto_now=True)

    user_rating = models.PositiveSmallIntegerField(null=True)
    hidden = models.BooleanField(default=False)
    in_trashcan = models.BooleanField(default=False)
    removed = models.BooleanField(default=False)
    public = models.BooleanField(default=False)
    user_caption = models.TextField(default="")
    user_taken_at = models.DateTimeField(null=True)
    user_timezone = models.CharField(max_length=64, default="", db_default="")
    user_latitude = models.FloatField(null=True)
    user_longitude = models.FloatField(null=True)
    user_nowhere = models.BooleanField(default=False, db_default=False)
    user_category = models.CharField(
        max_length=10, choices=Category.choices, default="", db_default="", blank=True
    )
    user_orientation = models.PositiveSmallIntegerField(default=1, db_default=1)
    user_main_md5 = models.CharField(max_length=32, default="", db_default="")
    user_facts = models.JSONField(default=dict, db_default={})

    image_hash = models.CharField(max_length=64, unique=True)
    main_file = models.ForeignKey(
        "File", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    video = models.BooleanField(default=False)
    motion_photo = models.BooleanField(default=False)
    has_raw = models.BooleanField(default=False)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    aspect_ratio = models.FloatField(null=True)
    preview_format = models.CharField(max_length=8, default="")
    clip_format = models.CharField(max_length=8, default="")
    dominant_color = models.CharField(max_length=7, default="")
    placeholder = models.BinaryField(default=b"")
    phash = models.BigIntegerField(null=True)
    preview_digest = models.UUIDField(null=True)
    damage = models.TextField(default="", db_default="")
    duration_s = models.FloatField(null=True)
    file_rating = models.PositiveSmallIntegerField(null=True)
    file_latitude = models.FloatField(null=True)
    file_longitude = models.FloatField(null=True)
    found_category = models.CharField(
        max_length=10,
        choices=Category.choices,
        default=Category.PHOTO,
        db_default=Category.PHOTO,
    )
    shown_orientation = models.PositiveSmallIntegerField(default=1, db_default=1)
    place = models.ForeignKey("Place", on_delete=models.SET_NULL, null=True)
    taken_at = models.DateTimeField(null=True)
    timezone = models.CharField(max_length=64, default="")
    date_rule = models.PositiveSmallIntegerField(null=True)
    day = models.PositiveIntegerField(default=UNDATED)
    search_text = models.TextField(default="")
    changed_in = models.BigIntegerField(db_default=TransactionNumber(), editable=False)

    rating = models.GeneratedField(
        expression=Coalesce(F("user_rating"), F("file_rating"), 0),
        output_field=models.PositiveSmallIntegerField(),
        db_persist=True,
    )
    latitude = _position("latitude")
    longitude = _position("longitude")
    category = models.GeneratedField(
        expression=Coalesce(NullIf(F("user_category"), Value("")), F("found_category")),
        output_field=models.CharField(max_length=10),
        db_persist=True,
    )
    visible = models.GeneratedField(
        expression=ExpressionWrapper(
            Q(
                hidden=False,
                in_trashcan=False,
                removed=False,
                aspect_ratio__isnull=False,
            ),
            output_field=models.BooleanField(),
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    objects = PhotoQuerySet.as_manager()

    class Meta:
        ordering = ("-taken_at", "id")
        indexes = [
            models.Index(
                "owner",
                F("day").desc(),
                F("taken_at").desc(),
                "id",
                name="photo_timeline",
                condition=Q(visible=True),
            ),
            models.Index(
                "owner",
                F("added_on").desc(),
                name="photo_added",
                condition=Q(visible=True),
            ),
            models.Index(
                fields=("owner", "rating", "day"),
                name="photo_rated",
                condition=Q(visible=True, rating__gt=0),
            ),
            models.Index(
                fields=("owner", "day"),
                name="photo_hidden",
                condition=Q(hidden=True, in_trashcan=False, **_PROCESSED),
            ),
            models.Index(
                fields=("owner", "day"),
                name="photo_trashed",
                condition=Q(hidden=False, in_trashcan=True, **_PROCESSED),
            ),
            models.Index(
                fields=("owner", "day"),
                name="photo_public",
                condition=Q(visible=True, public=True),
            ),
            models.Index(
                fields=("owner", "place"),
                name="photo_place",
                condition=Q(visible=True, place__isnull=False),
            ),
            models.Index(
                fields=("owner", "day"),
                name="photo_placed",
                condition=Q(visible=True, place__isnull=False),
            ),
            models.Index(fields=("owner", "changed_in", "id"), name="photo_changed"),
            models.Index(
                fields=("owner", "category", "day"),
                name="photo_categorised",
                condition=Q(visible=True) & ~Q(category="photo"),
            ),
            models.Index(
                fields=("owner",),
                name="photo_damaged",
                condition=Q(removed=False) & ~Q(damage=""),
            ),
        ]

    def __str__(self) -> str:
        return self.image_hash

    def turn_of(self, file: File) -> int:
        """Return how its owner has turned a file of it (media.turns): no video."""
        return UNTURNED if file.kind == Kind.VIDEO else self.user_orientation

    @staticmethod
    def hash_of(md5: str, owner: User | int) -> str:
        """Return the contract's image hash of a file with this MD5 and owner."""
        return f"{md5}{owner if isinstance(owner, int) else owner.pk}"


class PhotoDay(models.Model):
    """How many visible photos a day has; kept by a trigger of the database.

    `place` is the name of a place of the day, "" when none is known.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    day = models.PositiveIntegerField()
    video = models.BooleanField()
    count = models.IntegerField()
    place = models.CharField(max_length=200, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("owner", "day", "video"), name="photo_day_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.count}"
