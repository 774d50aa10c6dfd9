"""Accounts: what the clients read of them, and what they may change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import available_timezones

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.files.uploadedfile import UploadedFile
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.validators import UniqueValidator

from librephotos.api.models import User
from librephotos.api.models.user import default_llm_settings
from librephotos.api.serializers.fields import LowerCaseField, NumberField
from librephotos.media.date_rules import InvalidRules, parse_rules

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
SHORTEST_PASSWORD = 3


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

    def get_public_photo_samples(self, user: User) -> list[dict[str, Any]]:
        samples = self.context["samples"].get(user.pk, [])
        return list(PublicPhotoSerializer(samples, many=True).data)


class UserSerializer(ProfileSerializer):
    """The full user object, for the account itself and for administrators."""

    scan_directory: serializers.Field[Any, Any, Any, Any] = serializers.CharField()
    photo_count: serializers.Field[Any, Any, Any, Any] = serializers.IntegerField()

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
    photo_count = serializers.IntegerField()

    class Meta:
        model = User
        fields = (
            "id",
            "username",
            "email",
            "first_name",
            "last_name",
            "scan_directory",
            "date_joined",
            "last_login",
            "photo_count",
            "confidence",
            "semantic_search_topk",
            "favorite_min_rating",
            "image_scale",
            "save_metadata_to_disk",
        )


class NewUserSerializer(serializers.Serializer[User]):
    """A request for an account; anything else in it is ignored."""

    username = LowerCaseField(
        max_length=150,
        validators=[
            UnicodeUsernameValidator(),
            UniqueValidator(
                User.objects.all(),
                message="A user with that username already exists.",
            ),
        ],
    )
    password = serializers.CharField(
        write_only=True, trim_whitespace=False, min_length=SHORTEST_PASSWORD
    )
    email = serializers.EmailField(allow_blank=True, default="", max_length=254)
    first_name = serializers.CharField(allow_blank=True, default="", max_length=150)
    last_name = serializers.CharField(allow_blank=True, default="", max_length=150)


class LlmSettingsSerializer(serializers.Serializer[Any]):
    """What a generated caption may tell; absent keys take their defaults."""

    enabled = serializers.BooleanField(default=False)
    add_person = serializers.BooleanField(default=False)
    add_location = serializers.BooleanField(default=False)
    add_keywords = serializers.BooleanField(default=False)
    add_camera = serializers.BooleanField(default=False)
    add_lens = serializers.BooleanField(default=False)
    add_album = serializers.BooleanField(default=False)
    sentiment = serializers.IntegerField(default=0, min_value=-10, max_value=10)
    custom_prompt = serializers.CharField(
        default="", allow_blank=True, max_length=10_000
    )
    custom_prompt_enabled = serializers.BooleanField(default=False)


class _AccountSerializer(serializers.ModelSerializer[User]):
    """Changes of an account. The clients send back all they hold.

    What cannot be changed is ignored, not refused; so are a null where there is no
    such value, an empty password, and the address of the picture.
    """

    password = serializers.CharField(
        write_only=True, required=False, trim_whitespace=False
    )

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return super().to_internal_value(data)
        return super().to_internal_value(
            {str(name): data[name] for name in self.fields if self._given(name, data)}
        )

    def _given(self, name: Any, data: Mapping[str, Any]) -> bool:
        if name not in data:
            return False
        value = data[name]
        if name == "avatar":
            return isinstance(value, UploadedFile)
        if name in ("password", "scan_directory"):
            return value not in ("", None)
        return value is not None or self.fields[name].allow_null

    def validate_password(self, password: str) -> str:
        if len(password) < SHORTEST_PASSWORD:
            raise ValidationError(
                f"The password needs at least {SHORTEST_PASSWORD} characters."
            )
        return password


class UserEditSerializer(_AccountSerializer):
    """What people change about their own account."""

    avatar = serializers.FileField(required=False)
    confidence = NumberField(required=False, min_value=0, max_value=1)
    confidence_person = NumberField(required=False, min_value=0, max_value=1)
    confidence_unknown_face = NumberField(required=False, min_value=0, max_value=1)
    cluster_selection_epsilon = NumberField(required=False, min_value=0, max_value=1)
    image_scale = NumberField(required=False, min_value=0.1, max_value=10)
    favorite_min_rating = serializers.IntegerField(
        required=False, min_value=1, max_value=5
    )
    llm_settings = LlmSettingsSerializer(required=False)

    class Meta:
        model = User
        fields = (
            "password",
            "avatar",
            "email",
            "first_name",
            "last_name",
            "transcode_videos",
            "nextcloud_server_address",
            "nextcloud_username",
            "nextcloud_app_password",
            "nextcloud_scan_directory",
            "confidence",
            "confidence_person",
            "semantic_search_topk",
            "favorite_min_rating",
            "save_metadata_to_disk",
            "image_scale",
            "datetime_rules",
            "default_timezone",
            "public_sharing",
            "face_recognition_model",
            "min_cluster_size",
            "confidence_unknown_face",
            "min_samples",
            "cluster_selection_epsilon",
            "llm_settings",
        )

    def validate_datetime_rules(self, text: str) -> str:
        try:
            parse_rules(text)
        except InvalidRules as error:
            raise ValidationError(str(error)) from error
        return text

    def validate_default_timezone(self, name: str) -> str:
        if name not in available_timezones():
            raise ValidationError(f"{name!r} is no time zone, such as Europe/Berlin.")
        return name

    def validate_llm_settings(self, chosen: dict[str, Any]) -> dict[str, Any]:
        return {**default_llm_settings(), **chosen}


class ManagedUserEditSerializer(_AccountSerializer):
    """What administrators change about an account."""

    username = LowerCaseField(
        required=False,
        max_length=150,
        validators=NewUserSerializer().fields["username"].validators,
    )
    scan_directory = serializers.CharField(required=False, trim_whitespace=False)

    class Meta:
        model = User
        fields = (
            "password",
            "username",
            "email",
            "first_name",
            "last_name",
            "scan_directory",
        )
