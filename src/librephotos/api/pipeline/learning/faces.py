"""The stage that finds the faces on photos and measures them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.util import find_spec
from typing import Any
from uuid import UUID

from django.conf import settings

from librephotos.api.models import Face, PhotoMetadata, SiteSettings, User
from librephotos.api.pipeline.people.detected import (
    box_of,
    faces_of,
    is_said,
    store_faces,
)
from librephotos.api.pipeline.previews.store import load_previews
from librephotos.api.pipeline.sandboxed.faces import (
    KnownFace,
    PictureToSearch,
    SeenFace,
    find_faces_on,
)
from librephotos.api.pipeline.work.stage import Each, LearningStage, Runs, Skip
from librephotos.api.storage.previews import PreviewSize
from librephotos.media.turns import box_turned
from librephotos.ml.face_recognition.boxes import Box, match_boxes

_PACKAGES = ("dlib", "face_recognition_models")


class FacesStage(LearningStage[PictureToSearch, list[SeenFace]]):
    """Stores faces with their encodings and crops, and the names that files give.

    Faces of which a person said something are measured where they are, even if the
    detector does not see them any more.
    """

    name = "faces"
    version = 2
    # Of metadata it reads the marked people alone: that stage tells where they changed.
    needs = ("thumbnails",)
    runs = Runs.DECODER
    batch_size = 12
    queue = "cpu"
    compute = Each(find_faces_on)

    def enabled(self) -> bool:
        return bool(settings.FACE_RECOGNITION)

    def missing(self) -> str:
        lacking = [package for package in _PACKAGES if find_spec(package) is None]
        return f"The Python package {lacking[0]} is not installed." if lacking else ""

    def load(self, photo_ids: Sequence[UUID]) -> dict[UUID, PictureToSearch | Skip]:
        thorough = (
            SiteSettings.current().face_recognition_model == User.FaceDetector.CNN
        )
        faces = faces_of(photo_ids)
        regions = _regions(photo_ids)
        inputs: dict[UUID, PictureToSearch | Skip] = {}
        for photo_id, data in load_previews(photo_ids, size=PreviewSize.BIG).items():
            if isinstance(data, Skip):
                inputs[photo_id] = data
            else:
                known = known_faces(faces[photo_id], regions.get(photo_id, ()))
                inputs[photo_id] = PictureToSearch(data, tuple(known), thorough)
        return inputs

    def save(self, results: dict[UUID, list[SeenFace]]) -> None:
        store_faces(results)


def known_faces(
    faces: Iterable[Face], regions: Sequence[Mapping[str, Any]]
) -> list[KnownFace]:
    """Return the faces that are there for certain: said by a person, or marked.

    A marked box where a face is known already names that face.
    """
    said = [face for face in faces if is_said(face)]
    boxes = [_box(region) for region in regions]
    region_of = dict(match_boxes([box_of(face) for face in said], boxes))
    known = [
        KnownFace(
            box_of(face),
            face.pk,
            str(regions[region_of[at]]["name"]) if at in region_of else "",
        )
        for at, face in enumerate(said)
    ]
    free = set(range(len(regions))) - set(region_of.values())
    return known + [
        KnownFace(boxes[at], None, str(regions[at]["name"])) for at in sorted(free)
    ]


def _box(region: Mapping[str, Any]) -> Box:
    left, top = float(region["x"]), float(region["y"])
    return Box(left, top, left + region["width"], top + region["height"])


def _regions(photo_ids: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """Return the marked boxes, turned as the previews are."""
    rows = PhotoMetadata.objects.filter(photo__in=photo_ids).exclude(regions=[])
    turned = rows.values_list("photo_id", "regions", "photo__shown_orientation")
    return {
        photo_id: [_turned(region, turn) for region in regions]
        for photo_id, regions, turn in turned
    }


def _turned(region: Mapping[str, Any], turn: int) -> dict[str, Any]:
    box = _box(region)
    left, top, right, bottom = box_turned(
        (box.left, box.top, box.right, box.bottom), turn
    )
    size = {"width": right - left, "height": bottom - top}
    return {**region, "x": left, "y": top, **size}
