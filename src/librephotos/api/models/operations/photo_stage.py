"""How far each photo has come in the pipeline."""

from __future__ import annotations

from django.db import models


def stage_name(key: str) -> str:
    """Return the name of a stage from the key of its states, without the model's."""
    return key.partition(":")[0]


class PhotoStageQuerySet(models.QuerySet["PhotoStage"]):
    """The named sets of states."""

    def with_problems(self) -> PhotoStageQuerySet:
        """What failed, and what was done but for something that `error` tells."""
        return self.filter(PhotoStage.PROBLEM)


class PhotoStage(models.Model):
    """The state of one photo in one stage; the truth that jobs work from.

    A row that is missing, or done by an older version of the stage, counts as pending.
    A stage that works with one of several models has a row per model: `stage` is its
    name and the model's, such as `embeddings:clip-vit-base-patch32`. `error` says why
    a photo failed or was skipped; of one that is done, what its owner should know.
    """

    class State(models.TextChoices):
        PENDING = "pending"
        DONE = "done"
        FAILED = "failed"
        SKIPPED = "skipped"

    PROBLEM = models.Q(state=State.FAILED) | models.Q(
        models.Q(state=State.DONE), ~models.Q(error="")
    )

    photo = models.ForeignKey("Photo", on_delete=models.CASCADE, related_name="stages")
    stage = models.CharField(max_length=128)
    version = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    error = models.TextField(default="")
    job = models.ForeignKey("Job", on_delete=models.SET_NULL, null=True)

    objects = PhotoStageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("photo", "stage"), name="photo_stage_once")
        ]
        indexes = [
            models.Index(
                fields=("photo",),
                name="photo_stage_pending",
                condition=models.Q(state="pending"),
            ),
            models.Index(
                fields=("photo",),
                name="photo_stage_problem",
                condition=models.Q(state="failed")
                | models.Q(models.Q(state="done"), ~models.Q(error="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stage}: {self.state}"


class StageVersion(models.Model):
    """The version of a stage that all photos have passed or are marked pending for."""

    stage = models.CharField(max_length=32, primary_key=True)
    version = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.stage} {self.version}"
