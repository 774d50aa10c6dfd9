"""Accounts as the clients read them: one's own, others', and in public."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from librephotos.api.models import User
from librephotos.api.models.fields import readable_path
from librephotos.api.serializers.accounts.user_settings import (
    LlmSettingsSerializer,
    PublicSharingSerializer,
    SavedTimelineFilterField,
)

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
NEWER_SETTINGS = (
    "text_alignment",
    "header_size",
    "save_face_tags_to_disk",
    "burst_detection_rules",
    "public_sharing_defaults",
    "skip_raw_files",
    "stack_raw_jpeg",
    "slideshow_interval",
    "duplicate_sensitivity",
    "duplicate_clear_existing",
    "default_timeline_filter",
)
"""Settings of a user that clients know since 2025."""


class PublicPhotoSerializer(serializers.Serializer[Any]):
    """A public photo as an account shows it."""

    image_hash = serializers.CharField()
    rating = serializers.IntegerField()
    hidden = serializers.BooleanField()
    exif_timestamp = serializers.DateTimeField(allow_null=True)
    public = serializers.BooleanField()
    video = serializers.BooleanField()


class ProfileSerializer(serializers.ModelSerializer[User]):
    """What anonymous callers see of somebody who shares in public.

    Reads `public_photo_count` of the row and `samples` (photos by owner id) of the
    context.
    """

    avatar_url = serializers.SerializerMethodField()
    public_photo_count = serializers.IntegerField()
    public_photo_samples = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields: tuple[str, ...] = (
            "id",
            "avatar_url",
            "username",
            "first_name",
            "last_name",
            "public_photo_count",
            "public_photo_samples",
        )

    def get_avatar_url(self, user: User) -> str | None:
        return user.avatar.url if user.avatar else None

    @extend_schema_field(PublicPhotoSerializer(many=True))
    def get_public_photo_samples(self, user: User) -> list[dict[str, Any]]:
        samples = self.context["samples"].get(user.pk, [])
        return list(PublicPhotoSerializer(samples, many=True).data)


@extend_schema_field(LlmSettingsSerializer)
class _LlmSettings(serializers.JSONField):
    """As it is stored: with all keys."""


@extend_schema_field(PublicSharingSerializer)
class _PublicSharing(serializers.JSONField):
    """As it is stored: with all keys."""


class UserSerializer(ProfileSerializer):
    """The full user object, for the account itself and for administrators."""

    scan_directory: serializers.Field[Any, Any, Any, Any] = serializers.CharField()
    photo_count: serializers.Field[Any, Any, Any, Any] = serializers.IntegerField()
    llm_settings = _LlmSettings()
    public_sharing_defaults = _PublicSharing()
    default_timeline_filter = SavedTimelineFilterField()

    class Meta(ProfileSerializer.Meta):
        fields = (
            *ProfileSerializer.Meta.fields,
            "email",
            "scan_directory",
            "date_joined",
            "avatar",
            "is_superuser",
            "photo_count",
            "confidence",
            "confidence_person",
            "semantic_search_topk",
            "transcode_videos",
            "favorite_min_rating",
            "image_scale",
            "save_metadata_to_disk",
            "datetime_rules",
            "default_timezone",
            "public_sharing",
            "face_recognition_model",
            "min_cluster_size",
            "confidence_unknown_face",
            "min_samples",
            "cluster_selection_epsilon",
            "llm_settings",
            "nextcloud_server_address",
            "nextcloud_username",
            "nextcloud_scan_directory",
            *NEWER_SETTINGS,
        )


class ForeignUserSerializer(UserSerializer):
    """A full-shaped row with neutral values for what is not the caller's to see.

    The clients refuse the whole list when one row lacks a key.
    """

    scan_directory = serializers.SerializerMethodField()
    photo_count = serializers.SerializerMethodField()

    def get_scan_directory(self, user: User) -> str:
        return ""

    def get_photo_count(self, user: User) -> int:
        return 0

    def to_representation(self, instance: User) -> dict[str, Any]:
        neutral = User(
            id=instance.pk,
            username=instance.username,
            first_name=instance.first_name,
            last_name=instance.last_name,
            avatar=instance.avatar.name,
            date_joined=NEVER,
        )
        neutral.public_photo_count = (  # type: ignore[attr-defined]
            instance.public_photo_count  # type: ignore[attr-defined]
        )
        return super().to_representation(neutral)


class ManagedUserSerializer(serializers.ModelSerializer[User]):
    """An account as the administration page shows it."""

    scan_directory = serializers.CharField()
    upload_directory = serializers.SerializerMethodField()
    photo_count = serializers.IntegerField()

    class Meta:
        model = User
        fields = (
            "id",
            "username",
            "email",
            "first_name",
            "last_name",
            "is_active",
            "is_superuser",
            "scan_directory",
            "upload_directory",
            "skip_raw_files",
            "stack_raw_jpeg",
            "date_joined",
            "last_login",
            "photo_count",
            "confidence",
            "semantic_search_topk",
            "favorite_min_rating",
            "image_scale",
            "save_metadata_to_disk",
        )

    def get_upload_directory(self, user: User) -> str:
        return readable_path(user.upload_directory)
