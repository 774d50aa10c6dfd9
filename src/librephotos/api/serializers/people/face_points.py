"""Points of the plot of faces in the contract's shape."""

from __future__ import annotations

import colorsys
from typing import TypedDict

from librephotos.api.models.people.person import NOBODY
from librephotos.api.queries.people.face_points import FacePoint
from librephotos.api.queries.people.faces import NOBODY_ID
from librephotos.api.serializers.people.face import face_url

_GOLDEN_SHARE = 0.618034
"""Steps of this on the circle of hues never come close to one another."""


class PointPosition(TypedDict):
    """Where a point of the plot is."""

    x: float
    y: float
    size: float


class FacePointItem(TypedDict):
    """A face of the plot."""

    person_id: int
    person_name: str
    person_label_is_inferred: bool | None
    color: str
    face_url: str
    value: PointPosition


def colour_of(person: int) -> str:
    """Return the colour of a person, a different one for each of many."""
    if person == NOBODY_ID:
        return "#808080"
    hue = person * _GOLDEN_SHARE % 1
    red, green, blue = colorsys.hls_to_rgb(hue, 0.5, 0.65)
    return "#" + "".join(f"{round(part * 255):02x}" for part in (red, green, blue))


def point_item(point: FacePoint) -> FacePointItem:
    """Return one face of the plot."""
    x, y, size = point.position
    person = point.person_id or NOBODY_ID
    return {
        "person_id": person,
        "person_name": point.person_name or NOBODY,
        "person_label_is_inferred": point.inferred if point.person_id else None,
        "color": colour_of(person),
        "face_url": face_url(point.image_hash, point.face_id),
        "value": {"x": x, "y": y, "size": size},
    }
