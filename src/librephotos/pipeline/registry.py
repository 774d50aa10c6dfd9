"""The stages in their order: the one list that scan, progress and rescan read."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from django.utils.module_loading import import_string

from librephotos.pipeline.stage import Stage


class Row(NamedTuple):
    """A stage's name, where it is, and what it does in the words of a user."""

    name: str
    path: str
    purpose: str


STAGES: tuple[Row, ...] = (
    Row(
        "metadata",
        "librephotos.pipeline.stages.metadata.MetadataStage",
        "reads EXIF, IPTC, XMP, sidecars and video facts",
    ),
    Row(
        "geocode",
        "librephotos.pipeline.stages.geocode.GeocodeStage",
        "names the place at the GPS position, offline",
    ),
    Row(
        "dates",
        "librephotos.pipeline.stages.dates.DatesStage",
        "finds the local time by the owner's date rules",
    ),
    Row(
        "thumbnails",
        "librephotos.pipeline.stages.thumbnails.ThumbnailsStage",
        "decodes once and makes all previews; the photo is visible from here on",
    ),
)


@cache
def stages() -> tuple[Stage, ...]:
    """Return the stages, in the order in which a photo passes them."""
    return tuple(import_string(row.path)() for row in STAGES)


def stage_names() -> list[str]:
    """Return the names of the stages in their order."""
    return [row.name for row in STAGES]


def stage_needs() -> dict[str, tuple[str, ...]]:
    """Return the stages whose results each stage works on."""
    return {stage.name: stage.needs for stage in stages()}


def stage_versions() -> dict[str, int]:
    """Return the version of each stage that is in force."""
    return {stage.name: stage.version for stage in stages()}
