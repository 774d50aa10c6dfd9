"""Faces in the contract's shape."""

from __future__ import annotations

from typing import Any, Literal, TypedDict, get_args

from rest_framework import serializers

from librephotos.api.http.answer_schema import IsoTime
from librephotos.api.http.fields import NumberField, WholeNumberField, iso_utc
from librephotos.api.models import Face, Photo
from librephotos.api.models.people.person import LONGEST_NAME, NOBODY, person_name
from librephotos.api.queries.people.faces import NOBODY_ID, FaceGroup
from librephotos.media.pictures.thumbnails import BIG
from librephotos.ml.face_recognition.boxes import Box

MOST_FACES = 100_000


Kind = Literal["user", "cluster", "classification"]
KINDS = get_args(Kind)


class FaceItem(TypedDict):
    """A face as an item of a page."""

    id: int
    image: str
    face_url: str
    photo: str
    photo_image_hash: str
    timestamp: IsoTime | None
    person_label_probability: float


class DismissedFace(FaceItem):
    """A face that is shown nowhere else, and why."""

    reason: str


class LabelledFace(FaceItem):
    """A face and whose it is."""

    person: int
    person_name: str


class FaceGroupItem(TypedDict):
    """A person or a group and how many faces it has."""

    id: int
    name: str
    kind: str
    face_count: int


class FaceLocation(TypedDict):
    """A rectangle in pixels of the big preview."""

    top: int
    bottom: int
    left: int
    right: int


class FaceOnPhoto(TypedDict):
    """Where a face is on its photo, and where its crop."""

    face_id: int
    face_url: str
    location: FaceLocation


class PersonOnPhoto(FaceOnPhoto):
    """Whose a face is: said by a person (user), or guessed."""

    name: str
    person_id: int
    type: Kind
    probability: float


class LabelledFaces(TypedDict):
    """The faces that were changed, and the number of the edit to undo it by."""

    status: bool
    results: list[LabelledFace]
    updated: list[LabelledFace]
    not_updated: list[LabelledFace]
    edit: int | None


class DismissedFaces(TypedDict):
    """The crops of dismissed faces, and the number of the edit to undo it by."""

    status: bool
    results: list[str]
    deleted: list[str]
    not_deleted: list[str]
    edit: int | None


class DrawnFace(TypedDict):
    """A face that a person has drawn."""

    face_id: int
    face_url: str
    person: int
    person_name: str
    location: FaceLocation


class DrawnFaceAnswer(TypedDict):
    """A drawn face, and the number of the edit to undo it by."""

    status: bool
    face: DrawnFace
    edit: int | None


def face_url(image_hash: str, face_id: int) -> str:
    """Return where the crop of a face is."""
    return f"/media/faces/{image_hash}_{face_id}.jpg"


def url_of(face: Face) -> str:
    """Return where the crop of a face, with its photo, is."""
    return face_url(face.photo.image_hash, face.pk)


def probability(face: Face) -> float:
    """Return how sure it is whose the face is: a label is certain."""
    return 1.0 if face.person_id else face.guess_probability


def face_item(face: Face) -> FaceItem:
    """Return a face, with its photo, as an item of a page."""
    url = url_of(face)
    return {
        "id": face.pk,
        "image": url,
        "face_url": url,
        "photo": face.photo.image_hash,
        "photo_image_hash": face.photo.image_hash,
        "timestamp": iso_utc(face.photo.taken_at),
        "person_label_probability": probability(face),
    }


def dismissed_face(face: Face) -> DismissedFace:
    """Return a dismissed face, with its photo, as an item of a page."""
    return {**face_item(face), "reason": face.dismissed}


def labelled_face(face: Face) -> LabelledFace:
    """Return a face, with its photo and person, as the answer to labelling it."""
    return {
        **face_item(face),
        "person": face.person_id or NOBODY_ID,
        "person_name": face.person.name if face.person else NOBODY,
    }


def group_item(group: FaceGroup, *, named_kind: bool) -> FaceGroupItem:
    """Return a person or group with its count.

    Newer clients expect the name of nobody as kind too; older ones refuse that.
    """
    nobody = group.id == NOBODY_ID and named_kind
    return {
        "id": group.id,
        "name": group.name,
        "kind": NOBODY if nobody else group.kind,
        "face_count": group.faces,
    }


def location(face: Face) -> FaceLocation:
    """Return where a face, with its photo, is: pixels of the big preview."""
    width, height = preview_size(face.photo)
    return {
        "top": round(face.top * height),
        "bottom": round(face.bottom * height),
        "left": round(face.left * width),
        "right": round(face.right * width),
    }


def preview_size(photo: Photo) -> tuple[float, float]:
    """Return width and height of a photo's big preview, which is never enlarged."""
    width, height = photo.width or 1, photo.height or 1
    scale = BIG.scale(width, height)
    return width * scale, height * scale


def face_on_photo(face: Face) -> FaceOnPhoto:
    """Return where a face, with its photo, is, and where its crop."""
    return {"face_id": face.pk, "face_url": url_of(face), "location": location(face)}


def person_on_photo(face: Face) -> PersonOnPhoto | None:
    """Return whose a face on a photo is, None if there is not even a guess."""
    person = face.person or face.guess or face.cluster
    if person is None:
        return None
    kind: Kind = (
        "user" if face.person else "classification" if face.guess else "cluster"
    )
    return {
        **face_on_photo(face),
        "name": person.name,
        "person_id": person.pk,
        "type": kind,
        "probability": probability(face),
    }


def people_on(photo: Photo) -> list[PersonOnPhoto]:
    """Return the people on a photo, left to right.

    The photo must come from `queries.library.photos.detailed`.
    """
    people = map(person_on_photo, photo.faces.all())
    return [person for person in people if person is not None]


def unknown_faces_on(photo: Photo) -> list[FaceOnPhoto]:
    """Return the faces that `people_on` leaves out: clients want a name for each."""
    return [
        face_on_photo(face)
        for face in photo.faces.all()
        if not (face.person_id or face.guess_id or face.cluster_id)
    ]


class NameField(serializers.CharField):
    """The name of a person, as it is stored."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST_NAME, **options)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        name = person_name(text)
        if text and not name:
            raise serializers.ValidationError("No person can have this name.")
        return name


class FacesSerializer(serializers.Serializer[Any]):
    """The faces of a bulk action."""

    face_ids = serializers.ListField(
        child=WholeNumberField(min_value=0, max_value=2**63 - 1),
        max_length=MOST_FACES,
    )


class LabelSerializer(FacesSerializer):
    """Faces and the name of their person; the name of nobody takes it away."""

    person_name = serializers.CharField(max_length=LONGEST_NAME)

    def validate_person_name(self, value: str) -> str:
        name = person_name(value)
        if not name and value.strip() != NOBODY:
            raise serializers.ValidationError("A person needs a name.")
        return name


class RejectSerializer(FacesSerializer):
    """Faces and the person that they are not."""

    person_id = WholeNumberField(required=False, min_value=1, max_value=2**63 - 1)


DISMISSAL_REASONS = (Face.Dismissed.NOT_A_FACE, Face.Dismissed.IGNORED)


class DismissSerializer(FacesSerializer):
    """Faces that are to be shown nowhere, and why."""

    reason = serializers.ChoiceField(
        DISMISSAL_REASONS, default=Face.Dismissed.NOT_A_FACE
    )


class SplitSerializer(FacesSerializer):
    """Faces that are a person of their own."""

    person_name = NameField()


SHORTEST_SIDE = 12
"""Of a box that is drawn, in pixels of the big preview: less shows no face."""


class BoxSerializer(serializers.Serializer[Any]):
    """A rectangle."""

    top = NumberField()
    bottom = NumberField()
    left = NumberField()
    right = NumberField()


class DrawSerializer(serializers.Serializer[Any]):
    """A face that nobody found: a photo, a rectangle, and a name if it has one.

    Clients send the rectangle as `box`, in shares of the sides of the picture as it is
    shown; `location`, in pixels of the big preview, is an addition of ours.
    """

    photo = serializers.CharField()
    person_name = NameField(required=False, allow_blank=True, default="")
    box = BoxSerializer(required=False)
    location = BoxSerializer(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("box" in attrs) == ("location" in attrs):
            raise serializers.ValidationError(
                {"box": "Give the rectangle in shares of the picture's sides."}
            )
        if any(not 0 <= side <= 1 for side in attrs.get("box", {}).values()):
            raise serializers.ValidationError(
                {"box": "These are shares of the picture's sides: from 0 to 1."}
            )
        return attrs


def drawn_box(body: dict[str, Any], photo: Photo) -> Box:
    """Return the rectangle of a DrawSerializer in shares of the picture's sides.

    Raises ValidationError if too little of it is on the photo to show a face.
    """
    width, height = preview_size(photo)
    if "box" in body:
        field, box = "box", Box(**body["box"]).scaled(width, height)
    else:
        field, box = "location", Box(**body["location"]).clipped(width, height)
    if min(box.width, box.height) < SHORTEST_SIDE:
        raise serializers.ValidationError(
            {
                field: "Too little of this is on the photo: a face is at least"
                f" {SHORTEST_SIDE} pixels of the preview wide and high."
            }
        )
    return box.normalised(width, height)
