"""People over HTTP: who there is, and what is said of them."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.caller import caller
from librephotos.api.http.documentation import documented
from librephotos.api.http.input import one_person, validated
from librephotos.api.http.pagination import PAGING, Page, StandardPagination, paginated
from librephotos.api.models import Face, Person, Photo
from librephotos.api.models.people.face import FaceQuerySet
from librephotos.api.queries.library.photos import photo_ids
from librephotos.api.queries.people.person_photos import person_rows
from librephotos.api.serializers.library.timeline_filter import flag
from librephotos.api.serializers.people.face import SplitSerializer
from librephotos.api.serializers.people.person import (
    EditedPerson,
    ForgottenPerson,
    MergeSerializer,
    PersonEditSerializer,
    PersonItem,
    person_item,
)
from librephotos.api.services import faces as face_service
from librephotos.api.services import people as service
from librephotos.api.services.people_edits import Record


def _shown(request: Request, person: int) -> PersonItem:
    rows = person_rows(request.user, [one_person(request, person).pk])
    if not rows:
        raise NotFound  # gone since
    return person_item(rows[0])


def _edited(request: Request, person: int, record: Record) -> Response:
    """Answer with a person as they are now, and the number of the edit."""
    answer: EditedPerson = {**_shown(request, person), "edit": record.edit}
    return Response(answer)


class PersonListView(APIView):
    """The people whom one has named, by name; with `hidden` those not shown."""

    @documented("persons", query=("search", "hidden", *PAGING), answer=Page[PersonItem])
    def get(self, request: Request) -> Response:
        people = Person.objects.owned_by(request.user).named()
        people = people.filter(hidden=flag(request.query_params, "hidden"))
        search = request.query_params.get("search", "").replace("\x00", "")
        if search:
            people = people.filter(name__icontains=search)
        return paginated(
            StandardPagination(),
            people.values_list("pk", flat=True),
            request,
            lambda page: [person_item(row) for row in person_rows(request.user, page)],
        )


class PersonView(APIView):
    """One person."""

    @documented("person", path=("person_id",), answer=PersonItem)
    def get(self, request: Request, person_id: int) -> Response:
        return Response(_shown(request, person_id))

    @documented(
        "person_edit",
        request=PersonEditSerializer,
        path=("person_id",),
        answer=EditedPerson,
    )
    def patch(self, request: Request, person_id: int) -> Response:
        person = one_person(request, person_id)
        values = _values(person, validated(PersonEditSerializer, request))
        record = service.change(person, values)
        return _edited(request, person.pk, record)

    @documented("person_delete", path=("person_id",))
    def delete(self, request: Request, person_id: int) -> Response:
        service.delete(one_person(request, person_id))
        return Response(status=204)


class PersonForgetView(APIView):
    """Delete a person, and tell by which number that can be taken back."""

    @documented("person_forget", path=("person_id",), answer=ForgottenPerson)
    def post(self, request: Request, person_id: int) -> Response:
        record = service.delete(one_person(request, person_id))
        answer: ForgottenPerson = {"status": True, "edit": record.edit}
        return Response(answer)


def _values(person: Person, body: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {
        key: body[key] for key in ("hidden", "birth_date") if key in body
    }
    if "newPersonName" in body:
        values["name"] = body["newPersonName"]
    faces = Face.objects.filter(owner=person.owner_id, person=person)
    if "cover_photo" in body:
        photos = Photo.objects.filter(photo_ids([body["cover_photo"]]))
        values["cover_id"] = _cover(faces.filter(photo__in=photos), "cover_photo")
    if "cover_face" in body:
        values["cover_id"] = _cover(faces.filter(pk=body["cover_face"]), "cover_face")
    return values


def _cover(faces: FaceQuerySet, key: str) -> int:
    face = faces.first()
    if face is None:
        raise ValidationError({key: "The person is not there."})
    return int(face.pk)


class PersonMergeView(APIView):
    """Other people or groups are this person too."""

    @documented(
        "person_merge",
        request=MergeSerializer,
        path=("person_id",),
        answer=EditedPerson,
    )
    def post(self, request: Request, person_id: int) -> Response:
        person = one_person(request, person_id)
        wanted = set(validated(MergeSerializer, request)["person_ids"])
        others = list(Person.objects.owned_by(request.user).filter(pk__in=wanted))
        if len(others) < len(wanted):
            raise ValidationError({"person_ids": "You do not know all of these."})
        record = service.merge(person, others=others)
        return _edited(request, person.pk, record)


class PersonSplitView(APIView):
    """Some faces are a person of their own."""

    @documented("person_split", request=SplitSerializer, answer=EditedPerson)
    def post(self, request: Request) -> Response:
        body = validated(SplitSerializer, request)
        owner, name = caller(request).pk, body["person_name"]
        record = face_service.split(owner, body["face_ids"], name=name)
        if record.edit is None:
            raise ValidationError({"face_ids": "You have no such faces."})
        (person,) = record.made_people
        return _edited(request, person, record)
