"""With whom photos and albums are shared, and what callers send to share them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict, cast

from rest_framework import serializers

from librephotos.api.http.answer_schema import IsoTime
from librephotos.api.http.fields import StrictBooleanField, WholeNumberField, iso_utc
from librephotos.api.models import AlbumShare, PhotoShare, Shown, User
from librephotos.api.queries.library.photos import GridRow
from librephotos.api.queries.library.shares import SharedPhoto
from librephotos.api.serializers.library.grid import GridItem, grid_items
from librephotos.api.serializers.library.photo_edit import SelectionSerializer
from librephotos.api.serializers.library.sharing_options import (
    SharingOptions,
    sharing_options,
)
from librephotos.api.serializers.library.simple_user import SimpleUser, simple_user
from librephotos.api.serializers.library.user_album import AlbumRole

MOST_RECIPIENTS = 1000


class PhotoShareItem(TypedDict):
    """One to whom a photo is shown, and what they are told of it."""

    user: SimpleUser
    sharing_options: SharingOptions
    created_on: IsoTime | None


class AlbumShareItem(PhotoShareItem):
    """One to whom an album is shown; `photo_count` is of what they have added."""

    role: AlbumRole
    photo_count: int


class AlbumSharing(TypedDict):
    """To whom an album is shown, and what others will be told unless one says more."""

    results: list[AlbumShareItem]
    default_options: SharingOptions


class PhotoSharing(TypedDict):
    """To whom a photo is shown, and what others will be told unless one says more."""

    results: list[PhotoShareItem]
    default_options: SharingOptions


class SharedPhotos(TypedDict):
    """How many pairs of a photo and a recipient there are more, or fewer."""

    status: bool
    count: int


class SharedPhotoItem(TypedDict):
    """A photo that is shown to somebody."""

    user_id: int
    user: SimpleUser
    photo: GridItem


class SharingSwitchesSerializer(serializers.Serializer[Any]):
    """What is told of shared photos; what lacks or is null stays as it is."""

    share_location = StrictBooleanField(required=False, allow_null=True)
    share_camera_info = StrictBooleanField(required=False, allow_null=True)
    share_timestamps = StrictBooleanField(required=False, allow_null=True)
    share_captions = StrictBooleanField(required=False, allow_null=True)
    share_faces = StrictBooleanField(required=False, allow_null=True)


class _Recipients(serializers.Serializer[Any]):
    """With whom: one user, or several."""

    target_user_id = WholeNumberField(required=False)
    target_user_ids = serializers.ListField(
        child=WholeNumberField(), required=False, max_length=MOST_RECIPIENTS
    )
    sharing_options = SharingSwitchesSerializer(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "target_user_id" in attrs:
            attrs.setdefault("target_user_ids", []).append(attrs["target_user_id"])
        if not attrs.get("target_user_ids"):
            message = "Say with whom this is to be shared."
            raise serializers.ValidationError({"target_user_id": [message]})
        checked: dict[str, Any] = super().validate(attrs)
        return checked


class PhotoShareSerializer(_Recipients, SelectionSerializer):
    """Photos, and with whom they are to be shared, or no longer."""

    val_shared = StrictBooleanField()


class AlbumShareSerializer(_Recipients):
    """An album, and with whom it is to be shared, in which role, or no longer."""

    album_id = WholeNumberField()
    shared = StrictBooleanField()
    role = serializers.ChoiceField(AlbumShare.Role.choices, required=False)


def photo_sharing(owner: User, shares: Sequence[PhotoShare]) -> PhotoSharing:
    """Return to whom a photo is shown, for its owner."""
    return {
        "results": [_photo_share(share) for share in shares],
        "default_options": sharing_options(Shown.by_default(owner)),
    }


def album_sharing(owner: User, shares: Sequence[AlbumShare]) -> AlbumSharing:
    """Return to whom an album is shown, for its owner."""
    return {
        "results": [
            {
                **_photo_share(share),
                "role": cast(AlbumRole, share.role),
                "photo_count": share.photo_count,
            }
            for share in shares
        ],
        "default_options": sharing_options(Shown.by_default(owner)),
    }


def _photo_share(share: AlbumShare | PhotoShare) -> PhotoShareItem:
    return {
        "user": simple_user(share.recipient),
        "sharing_options": sharing_options(share.shown),
        "created_on": iso_utc(share.created_on),
    }


def shared_photos(
    pairs: Sequence[SharedPhoto], rows: Sequence[GridRow], *, viewer: User
) -> list[SharedPhotoItem]:
    """Return one's photos with those to whom each is shown, in the order of `pairs`."""
    items = {
        row.id: item for row, item in zip(rows, grid_items(list(rows), viewer=viewer))
    }
    users = User.objects.in_bulk({pair.recipient for pair in pairs})
    return [
        {
            "user_id": pair.recipient,
            "user": simple_user(users[pair.recipient]),
            "photo": items[pair.photo],
        }
        for pair in pairs
        if pair.photo in items and pair.recipient in users
    ]
