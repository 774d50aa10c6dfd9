"""Long work as a user sees it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from librephotos.api.models.accounts.user import User
from librephotos.api.models.fields import PathField


class JobQuerySet(models.QuerySet["Job"]):
    """The named sets of jobs."""

    def visible_to(self, user: User) -> JobQuerySet:
        """One's own jobs; all of them for staff."""
        if user.is_staff:
            return self.all()
        return self.filter(started_by=user)

    def unfinished(self) -> JobQuerySet:
        """Jobs that are queued or running."""
        return self.filter(finished_at__isnull=True)

    def to_be_shown(self) -> JobQuerySet:
        """In the order in which they are shown where there is room for one.

        A started one first, and a scan before what learns from the one before it:
        somebody waits for its photos.
        """
        waits = models.Case(models.When(started_at=None, then=1), default=0)
        scan = models.When(kind=Job.Kind.SCAN_PHOTOS, then=0)
        return self.order_by(waits, models.Case(scan, default=1), "started_at", "id")


class Job(models.Model):
    """One piece of long work, with its progress by stage and its failures.

    It finishes even when files fail; `failed` says that the job itself could not
    do its work, and `message` why. `enumerated` is set once everything the job has to
    do is known, so that its totals are final.
    """

    class Kind(models.IntegerChoices):
        """The contract's numbers and labels; clients compare the labels."""

        SCAN_PHOTOS = 1, "Scan Photos"
        GENERATE_EVENT_ALBUMS = 2, "Generate Event Albums"
        REGENERATE_EVENT_TITLES = 3, "Regenerate Event Titles"
        TRAIN_FACES = 4, "Train Faces"
        DELETE_MISSING_PHOTOS = 5, "Delete Missing Photos"
        CALCULATE_CLIP_EMBEDDINGS = 6, "Calculate Clip Embeddings"
        SCAN_FACES = 7, "Scan Faces"
        FIND_SIMILAR_FACES = 8, "Find Similar Faces"
        DOWNLOAD_SELECTED_PHOTOS = 9, "Download Selected Photos"
        DOWNLOAD_MODELS = 10, "Download Models"
        ADD_GEOLOCATION = 11, "Add Geolocation"
        GENERATE_TAGS = 12, "Generate Tags"
        GENERATE_FACE_EMBEDDINGS = 13, "Generate Face Embeddings"
        SCAN_MISSING_PHOTOS = 14, "Scan Missing Photos"
        DETECT_DUPLICATE_PHOTOS = 15, "Detect Duplicate Photos"
        REPAIR_FILE_VARIANTS = 16, "Repair File Variants"
        CLASSIFY_MEDIA_CATEGORIES = 17, "Classify Media Categories"
        EXTRACT_TEXT = 18, "Extract Text (OCR)"
        GENERATE_CAPTIONS = 19, "Generate Captions"  # ours: the contract has none

    job_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.PositiveSmallIntegerField(choices=Kind.choices)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    queued_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    enumerated = models.BooleanField(default=False)
    failed = models.BooleanField(default=False)
    cancelled = models.BooleanField(default=False)
    message = models.TextField(default="")

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ("-queued_at", "-id")
        indexes = [
            models.Index(
                fields=("started_by",),
                name="job_unfinished",
                condition=models.Q(finished_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.job_id}"

    @property
    def finished(self) -> bool:
        """Whether the job has come to its end, well or not."""
        return self.finished_at is not None


class JobStage(models.Model):
    """The progress of a job in one stage: `done + failed + skipped` of `total`."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="stages")
    stage = models.CharField(max_length=128)
    position = models.PositiveSmallIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=("job", "stage"), name="job_stage_once")
        ]

    def __str__(self) -> str:
        return f"{self.stage}: {self.done + self.failed + self.skipped}/{self.total}"


class JobFailure(models.Model):
    """One file that a job could not process, and why, in words."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="failures")
    stage = models.CharField(max_length=128)
    photo = models.ForeignKey("Photo", on_delete=models.SET_NULL, null=True)
    path = PathField()
    message = models.TextField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.message


FILES = "files"
"""The name under which a job counts files, before they are photos."""
