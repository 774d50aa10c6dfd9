"""Links as their owners are told of them, and what these send of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NotRequired, TypedDict

from rest_framework import serializers

from librephotos.api.http.answer_schema import IsoTime, UuidText
from librephotos.api.http.fields import StrictBooleanField, WholeNumberField, iso_utc
from librephotos.api.models import Link
from librephotos.api.models.sharing.links import (
    LONGEST_SLUG,
    SHORTEST_SLUG,
    is_slug,
)
from librephotos.api.serializers.library.sharing_options import (
    ChosenOptions,
    SharingOptions,
    sharing_options,
)
from librephotos.api.serializers.library.user_album import (
    ListedUserAlbum,
    chosen_options,
)

SHORTEST_PASSWORD, LONGEST_PASSWORD = 4, 128


class LinkItem(TypedDict):
    """A link to an album or a photo, and all that is set for it.

    One that is `empty` shows nothing now: what it leads to is hidden or in the trash.
    """

    id: int
    album_id: int | None
    photo_id: UuidText | None
    image_hash: str
    title: str
    slug: str
    url: str
    created_at: IsoTime
    expires_at: IsoTime | None
    expired: bool
    empty: bool
    has_password: bool
    downloads: bool
    views: int
    sharing_options: ChosenOptions
    sharing_settings: SharingOptions


class AlbumMadePublic(TypedDict):
    """An album that was given a link, or has none any more."""

    status: bool
    album: ListedUserAlbum
    link: LinkItem | None


class PhotoShareState(TypedDict):
    """Whether a photo has a link, and which."""

    enabled: bool
    slug: str | None
    url: str | None
    created_at: NotRequired[IsoTime]


class SharedPhoto(TypedDict):
    """A photo that was given a link, or has none any more."""

    status: bool
    share: PhotoShareState
    link: LinkItem | None


class ListedShare(TypedDict):
    """A photo that has a link."""

    enabled: bool
    slug: str
    url: str
    created_at: IsoTime
    photo_id: UuidText
    image_hash: str


class ExpiryField(serializers.DateTimeField):
    """A moment that is yet to come; null and "" are never."""

    def __init__(self) -> None:
        super().__init__(required=False, allow_null=True)

    def to_internal_value(self, value: Any) -> Any:
        if value == "":
            return None
        try:
            moment = super().to_internal_value(value).astimezone(UTC)
        except OverflowError:  # beyond the year 9999
            self.fail("overflow")
        if moment <= datetime.now(UTC):
            raise serializers.ValidationError("This is in the past.")
        return moment


class LinkSwitchesSerializer(serializers.Serializer[Any]):
    """What is shown beside the pictures; null follows the defaults of the account."""

    share_location = StrictBooleanField(required=False, allow_null=True)
    share_camera_info = StrictBooleanField(required=False, allow_null=True)
    share_timestamps = StrictBooleanField(required=False, allow_null=True)
    share_captions = StrictBooleanField(required=False, allow_null=True)
    share_faces = StrictBooleanField(required=False, allow_null=True)


class LinkSerializer(serializers.Serializer[Any]):
    """What is set for a link. What is not sent stays as it is.

    `slug` is a chosen one, "" for another random one. `expires_at` null is never,
    `password` "" or null is none.
    """

    slug = serializers.CharField(required=False, allow_blank=True, allow_null=True)
    expires_at = ExpiryField()
    password = serializers.CharField(
        required=False,
        allow_blank=True,
        allow_null=True,
        trim_whitespace=False,
        min_length=SHORTEST_PASSWORD,
        max_length=LONGEST_PASSWORD,
        write_only=True,
    )
    downloads = StrictBooleanField(required=False)
    sharing_options = LinkSwitchesSerializer(required=False, allow_null=True)

    def validate_slug(self, slug: str | None) -> str | None:
        """Refuse what cannot be the last part of an address."""
        if slug and not is_slug(slug):
            raise serializers.ValidationError(
                f"Choose {SHORTEST_SLUG} to {LONGEST_SLUG} letters (a to z), digits, "
                "hyphens and underscores, with a letter or a digit at both ends."
            )
        return slug

    def changes(self) -> dict[str, Any]:
        """Return what is to change, as `services.links` takes it."""
        sent = self.validated_data
        keys = ("slug", "expires_at", "password", "downloads", "sharing_options")
        changes = {key: sent[key] for key in keys if key in sent}
        if changes.get("slug", "") is None:
            del changes["slug"]
        if "password" in changes:
            changes["password"] = changes["password"] or ""
        return changes


class AlbumLinkSerializer(LinkSerializer):
    """Whether an album has a link, and what is set for it."""

    album_id = WholeNumberField()
    val_public = StrictBooleanField()


class PhotoLinkSerializer(LinkSerializer):
    """Whether a photo, by its UUID or hash, has a link, and what is set for that."""

    photo_id = serializers.CharField()
    action = serializers.ChoiceField(
        choices=("enable", "rotate", "disable"), default="enable"
    )


class UnlockSerializer(serializers.Serializer[Any]):
    """The password of a link."""

    password = serializers.CharField(
        trim_whitespace=False, max_length=LONGEST_PASSWORD, write_only=True
    )


def link_item(link: Link, *, image_hash: str) -> LinkItem:
    """Return a link with its album or photo; `image_hash` is of what stands for it."""
    return {
        "id": link.pk,
        "album_id": link.album_id,
        "photo_id": None if link.photo_id is None else str(link.photo_id),
        "image_hash": image_hash,
        "title": link.album.title if link.album else "",
        "slug": link.slug,
        "url": link.address,
        "created_at": _moment(link),
        "expires_at": iso_utc(link.expires_at),
        "expired": link.is_over,
        "empty": not (link.album.photo_count if link.album else _is_shown(link)),
        "has_password": bool(link.password),
        "downloads": link.downloads,
        "views": link.views,
        "sharing_options": chosen_options(link),
        "sharing_settings": sharing_options(link.shown),
    }


def photo_share(link: Link | None) -> PhotoShareState:
    """Return whether a photo has a link that leads to it now."""
    if link is None or link.is_over:
        return {"enabled": False, "slug": None, "url": None}
    return {
        "enabled": True,
        "slug": link.slug,
        "url": link.address,
        "created_at": _moment(link),
    }


def listed_share(link: Link) -> ListedShare:
    """Return the item of the list of photos that have a link."""
    assert link.photo is not None
    return {
        "enabled": True,
        "slug": link.slug,
        "url": link.address,
        "created_at": _moment(link),
        "photo_id": str(link.photo.pk),
        "image_hash": link.photo.image_hash,
    }


def _is_shown(link: Link) -> bool:
    return link.photo is not None and link.photo.visible


def _moment(link: Link) -> str:
    return iso_utc(link.created_at) or ""
