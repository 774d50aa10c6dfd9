"""The stages in their order: the one list that scan, progress and rescan read."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from django.utils.module_loading import import_string

from librephotos.api.models import Job
from librephotos.api.pipeline.work.stage import LearningStage, Stage

CAPTIONS = "captions"

PREVIEWS = "thumbnails"
"""The name of the stage that makes previews, of photos that are visible already."""

FACES = "faces"
"""The name of the stage that finds faces."""


class Row(NamedTuple):
    """A stage's name, where it is, and what it does in the words of a user.

    `kind` is the kind of job that takes photos through it.
    """

    name: str
    path: str
    purpose: str
    kind: Job.Kind = Job.Kind.SCAN_PHOTOS


STAGES: tuple[Row, ...] = (
    Row(
        "metadata",
        "librephotos.api.pipeline.scanning.metadata.MetadataStage",
        "reads EXIF, IPTC, XMP, sidecars, video facts and the size",
    ),
    Row(
        "geocode",
        "librephotos.api.pipeline.scanning.geocode.GeocodeStage",
        "names the place at the GPS position, offline",
    ),
    Row(
        "dates",
        "librephotos.api.pipeline.scanning.dates.DatesStage",
        "finds the local time by the owner's date rules; the photo is visible from "
        "here on",
    ),
    Row(
        PREVIEWS,
        "librephotos.api.pipeline.scanning.thumbnails.ThumbnailsStage",
        "decodes once and makes all previews",
    ),
)
"""What a photo passes on its way into the library: what it is, then its previews."""

LEARNING_STAGES: tuple[Row, ...] = (
    Row(
        "faces",
        "librephotos.api.pipeline.learning.faces.FacesStage",
        "finds faces, measures them and takes the names that files give",
        Job.Kind.SCAN_FACES,
    ),
    Row(
        "embeddings",
        "librephotos.api.pipeline.learning.embeddings.EmbeddingsStage",
        "turns photos into vectors, for search by meaning and similar photos",
        Job.Kind.CALCULATE_CLIP_EMBEDDINGS,
    ),
    Row(
        "scenes",
        "librephotos.api.pipeline.learning.scenes.ScenesStage",
        "names the kind of place and its attributes, indoor or outdoor",
        Job.Kind.GENERATE_TAGS,
    ),
    Row(
        "tags",
        "librephotos.api.pipeline.learning.tags.TagsStage",
        "compares the vectors with a vocabulary",
        Job.Kind.GENERATE_TAGS,
    ),
    Row(
        "captions",
        "librephotos.api.pipeline.learning.captions.CaptionsStage",
        "writes a sentence about each photo, if that is switched on",
        Job.Kind.GENERATE_CAPTIONS,
    ),
)
"""What is learnt from the previews of visible photos."""


@cache
def stages() -> tuple[Stage[Any, Any], ...]:
    """Return the stages, in the order in which a photo passes them."""
    return tuple(import_string(row.path)() for row in STAGES)


@cache
def first_pass() -> tuple[Stage[Any, Any], ...]:
    """Return the stages that make a photo visible, in their order: no previews."""
    return tuple(stage for stage in stages() if stage.name != PREVIEWS)


@cache
def preview_stage() -> Stage[Any, Any]:
    """Return the stage that makes previews."""
    (stage,) = (stage for stage in stages() if stage.name == PREVIEWS)
    return stage


def stage_names() -> list[str]:
    """Return the names of the stages in their order."""
    return [row.name for row in STAGES]


def stage_needs() -> dict[str, tuple[str, ...]]:
    """Return the stages whose results each stage works on."""
    return {stage.name: stage.needs for stage in stages()}


def stage_versions() -> dict[str, int]:
    """Return the version of each stage that is in force."""
    return {stage.name: stage.version for stage in stages()}


@cache
def learning_needs() -> dict[str, tuple[str, ...]]:
    """Return, by name, the stages that each stage that learns works on."""
    return {row.name: import_string(row.path).needs for row in LEARNING_STAGES}


def learning_from(stage: str) -> list[str]:
    """Return the names of the stages that learn from what a stage makes."""
    return [name for name, needs in learning_needs().items() if stage in needs]


def learning_stages() -> tuple[LearningStage[Any, Any], ...]:
    """Return the stages that learn, in the order of the registry.

    They are made anew each time: a stage keeps to the model that the settings name
    when it is first asked.
    """
    return tuple(import_string(row.path)() for row in LEARNING_STAGES)


def stages_of(kind: Job.Kind) -> list[LearningStage[Any, Any]]:
    """Return the learning stages that a job of this kind takes photos through."""
    pairs = zip(LEARNING_STAGES, learning_stages(), strict=True)
    return [stage for row, stage in pairs if row.kind == kind]


def learning_stage(key: str) -> LearningStage[Any, Any]:
    """Return the learning stage of this key; raise KeyError if there is none.

    Where the key names a model, the stage works with that one, whatever the settings
    say by now.
    """
    name, _, model = key.partition(":")
    stage = import_string({row.name: row.path for row in LEARNING_STAGES}[name])
    made: LearningStage[Any, Any] = stage(model) if model else stage()
    return made
