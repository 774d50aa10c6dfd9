"""People who sign in, and where their pictures lie."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Func, Q
from django.db.models.functions import Lower

from librephotos.api.models.accounts.user_name import canonical_name, refuse_odd_name
from librephotos.api.models.fields import PathField, readable_path
from librephotos.api.models.visible_text import visible_text
from librephotos.media.dates import DEFAULT_RULES, rules_as_json


def default_datetime_rules() -> str:
    """Return the default date rules as the JSON text of the contract."""
    return rules_as_json(DEFAULT_RULES)


def default_llm_settings() -> dict[str, Any]:
    """Return the caption settings with everything switched off."""
    switches = (
        "enabled",
        "add_person",
        "add_location",
        "add_keywords",
        "add_camera",
        "add_lens",
        "add_album",
        "custom_prompt_enabled",
    )
    return {**dict.fromkeys(switches, False), "sentiment": 0, "custom_prompt": ""}


def default_public_sharing() -> dict[str, bool]:
    """Return what public links show unless they say otherwise: nothing extra."""
    return dict.fromkeys(
        (
            "share_location",
            "share_camera_info",
            "share_timestamps",
            "share_captions",
            "share_faces",
        ),
        False,
    )


NAME_TAKEN = "taken"
_NORMALIZED = "normalize(%(expressions)s, NFKC)"
_OF_ORIGINALS = ("share_location", "share_camera_info", "share_timestamps")


class LowerCaseUserManager(UserManager["User"]):
    """Finds and creates users by their name, however it is spelt."""

    def get_by_natural_key(self, username: str | None) -> User:
        given = username or ""
        # Names from before there was one spelling are found as they were written.
        spellings = (given.lower(), canonical_name(given))
        found = {user.username: user for user in self.filter(username__in=spellings)}
        for spelling in spellings:
            if spelling in found:
                return found[spelling]
        raise User.DoesNotExist

    def free_name(self, name: str, *, of: User | None = None) -> str:
        """Return the spelling under which a name may be given, to one who has it too.

        Raises ValidationError for a name that is taken or cannot be one.
        """
        if of is not None and of.pk and name.lower() == of.username:
            return of.username
        canonical = canonical_name(name)
        refuse_odd_name(canonical)
        spelt = Lower(Func("username", template=_NORMALIZED))
        others = self.alias(spelt=spelt).filter(spelt=canonical)
        if (others.exclude(pk=of.pk) if of else others).exists():
            raise ValidationError(
                "A user with that username already exists.", code=NAME_TAKEN
            )
        return canonical

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        return super().normalize_email(email or "")


class User(AbstractUser):
    """An account and its settings; everything here is what a person said."""

    class SaveMetadata(models.TextChoices):
        OFF = "OFF"
        MEDIA_FILE = "MEDIA_FILE"
        SIDECAR_FILE = "SIDECAR_FILE"

    class FaceDetector(models.TextChoices):
        HOG = "HOG"
        CNN = "CNN"

    class DuplicateSensitivity(models.TextChoices):
        STRICT = "strict"
        NORMAL = "normal"
        LOOSE = "loose"

    class TextAlignment(models.TextChoices):
        LEFT = "left"
        RIGHT = "right"

    class HeaderSize(models.TextChoices):
        LARGE = "large"
        NORMAL = "normal"
        SMALL = "small"

    # Tokens that were given out before count for nothing once this has risen.
    ended_sign_ins = models.PositiveIntegerField(default=0, editable=False)
    # The transaction in which `is_active` changed last; kept by a trigger.
    presence_changed_in = models.BigIntegerField(db_default=0, editable=False)
    avatar = models.FileField(upload_to="avatars", blank=True)
    confidence = models.FloatField(default=0.1)
    confidence_person = models.FloatField(default=0.9)
    confidence_unknown_face = models.FloatField(default=0.5)
    semantic_search_topk = models.PositiveIntegerField(default=0)
    transcode_videos = models.BooleanField(default=False)
    favorite_min_rating = models.PositiveSmallIntegerField(default=4)
    image_scale = models.FloatField(default=1)
    save_metadata_to_disk = models.CharField(
        max_length=16, choices=SaveMetadata.choices, default=SaveMetadata.OFF
    )
    datetime_rules = models.TextField(default=default_datetime_rules)
    default_timezone = models.CharField(max_length=64, default="UTC")
    public_sharing = models.BooleanField(default=False)
    face_recognition_model = models.CharField(
        max_length=8, choices=FaceDetector.choices, default=FaceDetector.HOG
    )
    min_cluster_size = models.PositiveIntegerField(default=0)
    min_samples = models.PositiveIntegerField(default=1)
    cluster_selection_epsilon = models.FloatField(default=0.05)
    llm_settings = models.JSONField(default=default_llm_settings)
    skip_raw_files = models.BooleanField(default=False)
    stack_raw_jpeg = models.BooleanField(default=True)
    save_face_tags_to_disk = models.BooleanField(default=False)
    burst_detection_rules = models.TextField(default="[]")
    # Where uploads go, b"" for `uploads` in the scan directory; scanned like that.
    upload_directory = PathField(default=b"", blank=True)
    public_sharing_defaults = models.JSONField(default=default_public_sharing)
    duplicate_sensitivity = models.CharField(
        max_length=8,
        choices=DuplicateSensitivity.choices,
        default=DuplicateSensitivity.NORMAL,
    )
    duplicate_clear_existing = models.BooleanField(default=False)
    slideshow_interval = models.PositiveIntegerField(default=5)
    default_timeline_filter = models.JSONField(default=dict, blank=True)
    text_alignment = models.CharField(
        max_length=8, choices=TextAlignment.choices, default=TextAlignment.RIGHT
    )
    header_size = models.CharField(
        max_length=8, choices=HeaderSize.choices, default=HeaderSize.LARGE
    )
    nextcloud_server_address = models.CharField(max_length=255, null=True, blank=True)
    nextcloud_username = models.CharField(max_length=255, null=True, blank=True)
    nextcloud_app_password = models.CharField(max_length=255, null=True, blank=True)
    nextcloud_scan_directory = models.CharField(max_length=255, null=True, blank=True)

    objects = LowerCaseUserManager()  # type: ignore[misc]

    class Meta:
        ordering = ("id",)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.username = self.username.lower()
        self.first_name = visible_text(self.first_name)
        self.last_name = visible_text(self.last_name)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """Give an account of a form the one spelling of its name."""
        if not self.username:  # which its field has refused
            return
        stored = User.objects.filter(pk=self.pk).first()
        try:
            self.username = User.objects.free_name(self.username, of=stored)
        except ValidationError as error:
            raise ValidationError({"username": error.messages}) from error
        self.email = User.objects.normalize_email(self.email)

    def get_session_auth_hash(self) -> str:
        """End the sessions of the Django admin as the tokens are ended."""
        ended = f"-{self.ended_sign_ins}" if self.ended_sign_ins else ""
        return super().get_session_auth_hash() + ended

    @property
    def shares_metadata(self) -> bool:
        """Whether others may have originals: with location, camera and time."""
        shared = self.public_sharing_defaults
        return all(shared.get(switch) is True for switch in _OF_ORIGINALS)

    @property
    def shares_faces(self) -> bool:
        """Whether others may have the faces on photos that they may see."""
        return self.public_sharing_defaults.get("share_faces") is True

    @property
    def scan_directory(self) -> str:
        """The first directory that is scanned for this user, or ""."""
        first = next(iter(self.scan_directories.all()), None)
        return readable_path(first.path) if first else ""


class ScanDirectory(models.Model):
    """A folder whose pictures belong to a user; the first is the contract's one."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="scan_directories"
    )
    path = PathField()

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=("user", "path"), name="scan_directory_once_per_user"
            )
        ]

    def __str__(self) -> str:
        return readable_path(self.path)


def folders_of(owner: int) -> list[bytes]:
    """Return the folders that the files of an account lie in, of uploads too."""
    return _folders(Q(pk=owner))


def folders_of_others(owner: int | None) -> list[bytes]:
    """Return the folders of all accounts but one; None is of no account yet."""
    return _folders(Q() if owner is None else ~Q(pk=owner))


def _folders(accounts: Q) -> list[bytes]:
    users = User.objects.filter(accounts).order_by()
    scanned = ScanDirectory.objects.filter(user__in=users).order_by()
    uploaded = users.exclude(upload_directory=b"").values_list("upload_directory")
    return [bytes(path) for (path,) in scanned.values_list("path").union(uploaded)]
