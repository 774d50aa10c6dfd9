"""Faces over HTTP: looking through them, and saying whose they are."""

from __future__ import annotations

from collections.abc import Collection

from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.caller import caller
from librephotos.api.http.documentation import documented
from librephotos.api.http.input import changeable, validated
from librephotos.api.http.pagination import PAGING, Page, RegularPagination, paginated
from librephotos.api.http.started_jobs import (
    StartJobByGetView,
    StartJobView,
    documented_start,
)
from librephotos.api.models import Face, Job, Person, Photo, User
from librephotos.api.queries.library.photos import one_of
from librephotos.api.queries.people.face_points import face_points
from librephotos.api.queries.people.faces import (
    FaceFilter,
    FaceOrder,
    Method,
    dismissed_faces,
    face_groups,
    faces_of_person,
    in_order,
)
from librephotos.api.serializers.people.face import (
    DISMISSAL_REASONS,
    DismissedFace,
    DismissedFaces,
    DismissSerializer,
    DrawnFace,
    DrawnFaceAnswer,
    DrawSerializer,
    FaceGroupItem,
    FaceItem,
    FacesSerializer,
    LabelledFaces,
    LabelSerializer,
    RejectSerializer,
    dismissed_face,
    drawn_box,
    face_item,
    group_item,
    labelled_face,
    location,
    url_of,
)
from librephotos.api.serializers.people.face_points import FacePointItem, point_item
from librephotos.api.services import faces as service
from librephotos.api.services.people_edits import Record
from librephotos.numbers import finite_number, whole_number

_ITEM = (
    "person_id",
    "guess_probability",
    "photo__image_hash",
    "photo__taken_at",
)
FILTERS = ("inferred", "analysis_method", "min_confidence")


def face_filter(request: Request) -> FaceFilter:
    """Return which faces a request asks for; raise ValidationError for nonsense."""
    params = request.query_params
    method = params.get("analysis_method", "")
    if method and method not in tuple(Method):
        raise ValidationError({"analysis_method": f"Choose {' or '.join(Method)}."})
    return FaceFilter(
        inferred=params.get("inferred", "").lower() == "true",
        method=Method(method) if method else None,
        min_confidence=_share(params.get("min_confidence", "")),
    )


def _share(text: str) -> float:
    share = finite_number(text or "0")
    if share is None or not 0 <= share <= 1:
        raise ValidationError({"min_confidence": "Give a number from 0 to 1."})
    return share


def _person(request: Request) -> int:
    person = whole_number(request.query_params.get("person", ""))
    if person is None:
        raise ValidationError({"person": "A person is named by a number."})
    return person


def _order(request: Request) -> FaceOrder:
    text = request.query_params.get("order_by", "") or FaceOrder.CONFIDENCE
    if text not in tuple(FaceOrder):
        raise ValidationError({"order_by": "Choose confidence or date."})
    return FaceOrder(text)


class FaceGroupsView(APIView):
    """People, groups, and faces of nobody, with their counts."""

    @documented("face_groups", query=FILTERS, answer=list[FaceGroupItem])
    def get(self, request: Request) -> Response:
        wanted = face_filter(request)
        newer = "analysis_method" in request.query_params
        groups = face_groups(request.user, wanted)
        return Response([group_item(group, named_kind=newer) for group in groups])


class FaceListView(APIView):
    """A page of the faces of a person, of a group, or of nobody."""

    @documented(
        "faces", query=("person", "order_by", *FILTERS, *PAGING), answer=Page[FaceItem]
    )
    def get(self, request: Request) -> Response:
        faces = faces_of_person(
            request.user, face_filter(request), person=_person(request)
        )
        rows = in_order(faces, _order(request)).select_related("photo")
        return paginated(
            RegularPagination(),
            rows.only(*_ITEM),
            request,
            lambda page: list(map(face_item, page)),
        )


def _shown(faces: Collection[int]) -> list[Face]:
    rows = Face.objects.filter(pk__in=faces).select_related("photo", "person")
    return list(rows.only(*_ITEM, "person__name").order_by("pk"))


class LabelView(APIView):
    """Whose faces are; nobody's, to take the label away."""

    @documented("faces_label", request=LabelSerializer, answer=LabelledFaces)
    def post(self, request: Request) -> Response:
        body = validated(LabelSerializer, request)
        owner, faces = caller(request).pk, body["face_ids"]
        name = body["person_name"]
        return _labelled(
            service.label(owner, faces, name=name)
            if name
            else service.reject(owner, faces)
        )


def _labelled(record: Record) -> Response:
    """Answer with changed faces; those of others are not told of."""
    rows = [labelled_face(face) for face in _shown(record.faces)]
    answer: LabelledFaces = {
        "status": True,
        "results": rows,
        "updated": rows,
        "not_updated": [],
        "edit": record.edit,
    }
    return Response(answer)


class RejectView(APIView):
    """Faces are not the person or group that they are shown as, or a given one."""

    @documented("faces_reject", request=RejectSerializer, answer=LabelledFaces)
    def post(self, request: Request) -> Response:
        body = validated(RejectSerializer, request)
        person = body.get("person_id")
        if person and not Person.objects.owned_by(request.user).filter(pk=person):
            raise ValidationError({"person_id": "You know no such person."})
        owner = caller(request).pk
        record = service.reject(owner, body["face_ids"], person=person)
        return _labelled(record)


class DismissView(APIView):
    """Faces that are none, or nobody's concern."""

    @documented("faces_dismiss", request=DismissSerializer, answer=DismissedFaces)
    def post(self, request: Request) -> Response:
        body = validated(DismissSerializer, request)
        reason = Face.Dismissed(body["reason"])
        return _dismissed(request, body["face_ids"], reason)


class DeleteView(APIView):
    """The contract's deletion: the faces are shown nowhere, and can be restored."""

    @documented("faces_delete", request=FacesSerializer, answer=DismissedFaces)
    def post(self, request: Request) -> Response:
        body = validated(FacesSerializer, request)
        return _dismissed(request, body["face_ids"], Face.Dismissed.NOT_A_FACE)


def _dismissed(
    request: Request, faces: Collection[int], reason: Face.Dismissed
) -> Response:
    record = service.dismiss(caller(request).pk, faces, reason=reason)
    urls = [url_of(face) for face in _shown(record.faces)]
    answer: DismissedFaces = {
        "status": True,
        "results": urls,
        "deleted": urls,
        "not_deleted": [],
        "edit": record.edit,
    }
    return Response(answer)


class DismissedView(APIView):
    """A page of the faces that are shown nowhere, of a `reason` or of any."""

    @documented(
        "faces_dismissed", query=("reason", *PAGING), answer=Page[DismissedFace]
    )
    def get(self, request: Request) -> Response:
        reason = request.query_params.get("reason", "")
        if reason and reason not in DISMISSAL_REASONS:
            raise ValidationError(
                {"reason": f"Choose {' or '.join(DISMISSAL_REASONS)}."}
            )
        faces = dismissed_faces(request.user, reason).select_related("photo")
        return paginated(
            RegularPagination(),
            faces.only(*_ITEM, "dismissed"),
            request,
            lambda page: list(map(dismissed_face, page)),
        )


class RestoreView(APIView):
    """Dismissed faces are shown again."""

    @documented("faces_restore", request=FacesSerializer, answer=LabelledFaces)
    def post(self, request: Request) -> Response:
        body = validated(FacesSerializer, request)
        return _labelled(service.restore(caller(request).pk, body["face_ids"]))


class DrawView(APIView):
    """A face that nobody found, at a rectangle on a photo of one's own."""

    @documented("face_draw", request=DrawSerializer, answer={201: DrawnFaceAnswer})
    def post(self, request: Request) -> Response:
        body = validated(DrawSerializer, request)
        photo: Photo | None = one_of(changeable(request), body["photo"])
        if photo is None:
            raise NotFound("You have no such photo.")
        if not photo.preview_format:
            raise ValidationError({"photo": "This photo has no preview yet."})
        box = drawn_box(body, photo)
        face, record = service.draw(photo, box=box, name=body["person_name"])
        shown = labelled_face(face)
        drawn: DrawnFace = {
            "face_id": face.pk,
            "face_url": shown["face_url"],
            "person": shown["person"],
            "person_name": shown["person_name"],
            "location": location(face),
        }
        answer: DrawnFaceAnswer = {"status": True, "face": drawn, "edit": record.edit}
        return Response(answer, status=201)


@documented_start("faces_train")
class TrainView(StartJobView):
    """Encode what has no encoding, then group, then recognise."""

    kind = Job.Kind.GENERATE_FACE_EMBEDDINGS


@documented_start("faces_scan", by_get="faces_scan_by_get")
class ScanFacesView(StartJobByGetView):
    """Look for faces on all photos again; clients ask with GET."""

    kind = Job.Kind.SCAN_FACES

    def start(self, user: User) -> Job:
        return service.find_again(user)


class FacePointsView(APIView):
    """Faces as points in space, where like ones are near one another."""

    @documented("face_points", answer=list[FacePointItem])
    def get(self, request: Request) -> Response:
        return Response([point_item(point) for point in face_points(request.user)])

    @documented("face_points_by_post", answer=list[FacePointItem])
    def post(self, request: Request) -> Response:
        return self.get(request)
