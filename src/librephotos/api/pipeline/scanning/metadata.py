"""The stage that reads what the files say of themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from librephotos.api.models import Photo, PhotoMetadata
from librephotos.api.models.columns import fit
from librephotos.api.pipeline.sandboxed.decoding import (
    LocatedMetadata,
    Original,
    metadata_of,
)
from librephotos.api.pipeline.scanning.originals import load_originals
from librephotos.api.pipeline.work.registry import FACES
from librephotos.api.pipeline.work.stage import Each, Runs, Skip, Stage
from librephotos.api.writes import photo_sizes, rows
from librephotos.api.writes.invalidation import Reason, invalidate

_TEXTS = {
    "camera_make": 200,
    "camera_model": 200,
    "lens": 200,
    "shutter_speed": 32,
    "title": 2000,
    "description": 20_000,
    "creator": 2000,
    "copyright": 2000,
    "video_codec": 32,
    "video_playback_type": 200,
    "audio_codec": 32,
}
_AS_THEY_ARE = (
    "orientation",
    "fstop",
    "focal_length",
    "focal_length_35mm",
    "iso",
    "exposure_time_s",
    "digital_zoom_ratio",
    "subject_distance",
    "altitude",
    "frame_rate",
    "dates",
    "tags",
)


class MetadataStage(Stage[Original, LocatedMetadata]):
    """Fills PhotoMetadata, and the file's position and rating, and the duration.

    A photo without previews gets its size besides.
    """

    name = "metadata"
    version = 5
    runs = Runs.DECODER
    compute = Each(metadata_of)

    def load(self, photo_ids: Sequence[UUID]) -> dict[UUID, Original | Skip]:
        return load_originals(photo_ids, with_sidecars=True)

    def save(self, results: dict[UUID, LocatedMetadata]) -> None:
        said = [fit(_row(photo_id, found)) for photo_id, found in results.items()]
        marked = _marked_anew(said)
        rows.insert(said, over="photo")
        rows.update(
            [
                fit(
                    Photo(
                        id=photo_id,
                        file_latitude=found.facts.latitude,
                        file_longitude=found.facts.longitude,
                        file_rating=found.facts.rating,
                        duration_s=found.facts.duration_s,
                        width=found.facts.width or None,
                        height=found.facts.height or None,
                        placeholder=found.placeholder,
                    )
                )
                for photo_id, found in results.items()
            ],
            [
                *("file_latitude", "file_longitude", "file_rating", "duration_s"),
                *photo_sizes.STORED,
            ],
            by=photo_sizes.STORED,
        )
        invalidate([FACES], of=marked, reason=Reason.INPUT)
        # Versions that knew no damage have shown these as if they were whole.
        damaged = [photo for photo, found in results.items() if found.may_be_damaged]
        unmarked = Photo.objects.filter(pk__in=damaged, damage="")
        seen_whole = unmarked.values_list("pk", flat=True)
        invalidate(["thumbnails"], of=seen_whole, reason=Reason.REPLACED)
        # Only a position has a place; geocode passes over photos without one.
        Photo.objects.filter(pk__in=results, latitude=None).update(place=None)


def _marked_anew(said: Sequence[PhotoMetadata]) -> list[UUID]:
    """Return the photos on which the files mark other people than they did."""
    known = PhotoMetadata.objects.filter(photo__in=[row.photo_id for row in said])
    before = dict(known.values_list("photo_id", "regions"))
    return [row.photo_id for row in said if row.regions != before.get(row.photo_id, [])]


def _row(photo_id: UUID, found: LocatedMetadata) -> PhotoMetadata:
    facts = found.facts
    texts = {
        name: (getattr(facts, name) or "")[:length] for name, length in _TEXTS.items()
    }
    return PhotoMetadata(
        photo_id=photo_id,
        gps_timezone=found.gps_timezone,
        keywords=list(facts.keywords),
        regions=[asdict(region) for region in facts.regions],
        warnings=list(facts.warnings),
        **texts,
        **{name: getattr(facts, name) for name in _AS_THEY_ARE},
    )
