"""Turning the boxes of faces together with the pictures that they are on."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from librephotos.api.locks import lock_people
from librephotos.api.models import Face, Photo
from librephotos.media.turns import box_turned, turned, undone


def turn(shown: Mapping[UUID, int]) -> set[int]:
    """Turn the faces of photos whose previews come to be turned as `shown` says.

    Before `shown_orientation` is written, and in the same transaction: boxes and
    previews are never of two turns. What a person said of a face stays with it. Returns
    whose pictures are turned otherwise than they were.
    """
    photos = Photo.objects.filter(pk__in=list(shown))
    rows = photos.values_list("pk", "owner_id", "shown_orientation")
    other = {
        pk: (owner, turned(undone(before), shown[pk]))
        for pk, owner, before in rows
        if before != shown[pk]
    }
    if not other:
        return set()
    owners = {owner for owner, _ in other.values()}
    for owner in sorted(owners):
        lock_people(owner)
    faces = list(Face.objects.filter(photo__in=other).order_by("pk"))
    for face in faces:
        box = (face.left, face.top, face.right, face.bottom)
        face.left, face.top, face.right, face.bottom = box_turned(
            box, other[face.photo_id][1]
        )
    Face.objects.bulk_update(faces, ["left", "top", "right", "bottom"])
    return owners
