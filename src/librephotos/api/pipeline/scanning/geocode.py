"""The stage that names the places of photos with a position."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from librephotos.api.models import Photo
from librephotos.api.pipeline.sandboxed.decoding import place_at
from librephotos.api.pipeline.work.stage import Each, Runs, Skip, Stage
from librephotos.api.writes.places import ensure_places
from librephotos.geo.reverse import Place, hierarchy

NO_POSITION = Skip("The photo has no GPS position.")


class GeocodeStage(Stage[tuple[float, float], Place | None]):
    """Sets the photo's place to the most specific one known."""

    name = "geocode"
    version = 1
    needs = ("metadata",)
    runs = Runs.DECODER
    compute = Each(place_at)

    def load(self, photo_ids: Sequence[UUID]) -> dict[UUID, tuple[float, float] | Skip]:
        rows = Photo.objects.filter(id__in=photo_ids).values_list(
            "id", "latitude", "longitude"
        )
        return {
            photo_id: (
                (latitude, longitude)
                if latitude is not None and longitude is not None
                else NO_POSITION
            )
            for photo_id, latitude, longitude in rows
        }

    def save(self, results: dict[UUID, Place | None]) -> None:
        found = {photo_id: place for photo_id, place in results.items() if place}
        ids = ensure_places(
            {
                tuple(reversed(hierarchy(place))): (place.latitude, place.longitude)
                for place in found.values()
            }
        )
        Photo.objects.bulk_update(
            [
                Photo(
                    id=photo_id,
                    place_id=(
                        ids[tuple(reversed(hierarchy(place)))] if place else None
                    ),
                )
                for photo_id, place in results.items()
            ],
            ["place"],
        )
