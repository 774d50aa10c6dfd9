"""The stage that names the places of photos with a position."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone

from librephotos.api.models import Photo, PhotoMetadata
from librephotos.api.pipeline.sandboxed.decoding import Located, place_at
from librephotos.api.pipeline.work.stage import Each, Runs, Skip, Stage
from librephotos.api.writes import rows
from librephotos.api.writes.places import ensure_places
from librephotos.geo.reverse import hierarchy

NO_POSITION = Skip("The photo has no GPS position.")


class GeocodeStage(Stage[tuple[float, float], Located]):
    """Sets the photo's place to the most specific one known, and the zone there.

    The position is that of the files, or the one that a person gave.
    """

    name = "geocode"
    version = 1
    needs = ("metadata",)
    runs = Runs.DECODER
    compute = Each(place_at)

    def load(self, photo_ids: Sequence[UUID]) -> dict[UUID, tuple[float, float] | Skip]:
        positions = Photo.objects.filter(id__in=photo_ids).values_list(
            "id", "latitude", "longitude"
        )
        return {
            photo_id: (
                (latitude, longitude)
                if latitude is not None and longitude is not None
                else NO_POSITION
            )
            for photo_id, latitude, longitude in positions
        }

    def save(self, results: dict[UUID, Located]) -> None:
        found = {
            photo_id: located.place
            for photo_id, located in results.items()
            if located.place
        }
        ids = ensure_places(
            {
                tuple(reversed(hierarchy(place))): (place.latitude, place.longitude)
                for place in found.values()
            }
        )
        now = timezone.now()
        rows.update(
            [
                Photo(
                    id=photo_id,
                    place_id=(
                        ids[tuple(reversed(hierarchy(located.place)))]
                        if located.place
                        else None
                    ),
                    last_modified=now,
                )
                for photo_id, located in results.items()
            ],
            ["place", "last_modified"],
        )
        rows.update(
            [
                PhotoMetadata(photo_id=photo_id, gps_timezone=located.timezone)
                for photo_id, located in results.items()
            ],
            ["gps_timezone"],
        )
