"""Accounts as the clients make and change them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError as InvalidValue
from django.core.files.uploadedfile import UploadedFile
from rest_framework import serializers
from rest_framework.exceptions import ParseError, ValidationError

from librephotos.api.http.fields import (
    NumberedModelSerializer,
    NumberField,
    WholeNumberField,
)
from librephotos.api.http.parsers import BoundedJSONParser
from librephotos.api.models import User
from librephotos.api.models.accounts.user import (
    default_llm_settings,
    default_public_sharing,
)
from librephotos.api.models.accounts.user_name import LONGEST_NAME
from librephotos.api.serializers.accounts.user import NEWER_SETTINGS
from librephotos.api.serializers.accounts.user_settings import (
    LlmSettingsSerializer,
    PublicSharingSerializer,
    SavedTimelineFilterField,
)
from librephotos.media.dates import InvalidRules, parse_rules
from librephotos.time_zones import time_zones

LONGEST_PASSWORD = 1024
LONGEST_SLIDE_S = 3600
LONGEST_BURST_RULES = 50_000
"""Characters: a row is read with each request of its user. Clients start with 3,000."""


def is_list_of_objects(text: str) -> bool:
    """Say whether a text is the JSON of an array that holds nothing but objects.

    It has the bounds that the JSON of a request has.
    """
    try:
        parsed = BoundedJSONParser().parse(io.BytesIO(text.encode()))
    except ParseError:
        return False
    return isinstance(parsed, list) and all(isinstance(rule, dict) for rule in parsed)


class NewUserSerializer(serializers.Serializer[User]):
    """A request for an account; anything else in it is ignored.

    Administrators may name a `scan_directory`, and superusers make superusers, with
    their own password as proof; what others say there is ignored, too.
    """

    username = serializers.CharField(max_length=LONGEST_NAME)
    password = serializers.CharField(
        write_only=True, trim_whitespace=False, max_length=LONGEST_PASSWORD
    )
    email = serializers.EmailField(allow_blank=True, default="", max_length=254)
    first_name = serializers.CharField(allow_blank=True, default="", max_length=150)
    last_name = serializers.CharField(allow_blank=True, default="", max_length=150)
    scan_directory = serializers.CharField(
        required=False, write_only=True, allow_blank=True, trim_whitespace=False
    )
    is_superuser = serializers.BooleanField(required=False, write_only=True)
    current_password = serializers.CharField(
        required=False,
        write_only=True,
        allow_blank=True,
        trim_whitespace=False,
        max_length=LONGEST_PASSWORD,
    )

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        caller = self.context["request"].user if self.context else None
        if caller is not None and not caller.is_staff:
            del fields["scan_directory"]
        if caller is not None and not caller.is_superuser:
            del fields["is_superuser"], fields["current_password"]
        return fields

    def validate_username(self, name: str) -> str:
        return _free(name)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        names = ("username", "email", "first_name", "last_name")
        _checked(attrs, User(**{name: attrs[name] for name in names}))
        return attrs


def _free(name: str, *, of: User | None = None) -> str:
    """Return the one spelling of a free user name, or raise ValidationError."""
    try:
        return User.objects.free_name(name, of=of)
    except InvalidValue as error:
        raise ValidationError(error.messages) from error


def _checked(attrs: Mapping[str, Any], user: User) -> None:
    """Raise ValidationError where a new password does not suit the user to be."""
    if "password" not in attrs:
        return
    try:
        validate_password(attrs["password"], user)
    except InvalidValue as error:
        raise ValidationError({"password": error.messages}) from error


class _AccountSerializer(NumberedModelSerializer[User]):
    """Changes of an account. The clients send back all they hold.

    What cannot be changed is ignored, not refused; so are a null where there is no
    such value, an empty password, and the address of the picture.
    """

    password = serializers.CharField(
        write_only=True,
        required=False,
        trim_whitespace=False,
        max_length=LONGEST_PASSWORD,
    )
    current_password = serializers.CharField(
        write_only=True,
        required=False,
        trim_whitespace=False,
        max_length=LONGEST_PASSWORD,
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
        if name in ("password", "current_password", "scan_directory"):
            return value not in ("", None)
        return value is not None or self.fields[name].allow_null

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        names = ("username", "email", "first_name", "last_name")
        described = {name: getattr(self.instance, name) for name in names}
        described |= {name: attrs[name] for name in names if name in attrs}
        _checked(attrs, User(**described))
        return attrs


class UserEditSerializer(_AccountSerializer):
    """What people change about their own account."""

    avatar = serializers.FileField(required=False)
    confidence = NumberField(required=False, min_value=0, max_value=1)
    confidence_person = NumberField(required=False, min_value=0, max_value=1)
    confidence_unknown_face = NumberField(required=False, min_value=0, max_value=1)
    cluster_selection_epsilon = NumberField(required=False, min_value=0, max_value=1)
    image_scale = NumberField(required=False, min_value=0.1, max_value=10)
    favorite_min_rating = WholeNumberField(required=False, min_value=1, max_value=5)
    llm_settings = LlmSettingsSerializer(required=False)
    public_sharing_defaults = PublicSharingSerializer(required=False)
    default_timeline_filter = SavedTimelineFilterField(required=False)
    slideshow_interval = WholeNumberField(
        required=False, min_value=1, max_value=LONGEST_SLIDE_S
    )

    class Meta:
        model = User
        fields = (
            "password",
            "current_password",
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
            *NEWER_SETTINGS,
        )

    def validate_datetime_rules(self, text: str) -> str:
        # The clients send back all they hold, rules too that were taken once.
        if self.instance and text == self.instance.datetime_rules:
            return text
        try:
            parse_rules(text)
        except InvalidRules as error:
            raise ValidationError(str(error)) from error
        return text

    def validate_default_timezone(self, name: str) -> str:
        # What the clients send back may be a name that was taken once.
        unchanged = self.instance and name == self.instance.default_timezone
        if not unchanged and name not in time_zones():
            raise ValidationError(f"{name!r} is no time zone, such as Europe/Berlin.")
        return name

    def validate_burst_detection_rules(self, text: str) -> str:
        # The clients send back all they hold, rules too that were taken once.
        if self.instance and text == self.instance.burst_detection_rules:
            return text
        if len(text) > LONGEST_BURST_RULES:
            message = f"The rules may have at most {LONGEST_BURST_RULES:,} characters."
            raise ValidationError(message)
        if not is_list_of_objects(text):
            raise ValidationError("Give the JSON text of an array of rules, or [].")
        return text

    def validate_public_sharing_defaults(
        self, chosen: dict[str, bool]
    ) -> dict[str, bool]:
        kept = self.instance.public_sharing_defaults if self.instance else {}
        return {**default_public_sharing(), **kept, **chosen}

    def validate_llm_settings(self, chosen: dict[str, Any]) -> dict[str, Any]:
        return {**default_llm_settings(), **chosen}


class ManagedUserEditSerializer(_AccountSerializer):
    """What administrators change about an account."""

    username = serializers.CharField(required=False, max_length=LONGEST_NAME)
    scan_directory = serializers.CharField(required=False, trim_whitespace=False)
    upload_directory = serializers.CharField(
        required=False, allow_blank=True, allow_null=True, trim_whitespace=False
    )

    class Meta:
        model = User
        fields = (
            "password",
            "current_password",
            "username",
            "email",
            "first_name",
            "last_name",
            "is_active",
            "scan_directory",
            "upload_directory",
            "skip_raw_files",
            "stack_raw_jpeg",
        )

    def validate_username(self, name: str) -> str:
        return _free(name, of=self.instance)
