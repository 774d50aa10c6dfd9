"""The record of changes to faces and people over HTTP, and taking them back."""

from __future__ import annotations

from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.caller import caller
from librephotos.api.http.documentation import documented
from librephotos.api.http.pagination import PAGING, Page, RegularPagination, paginated
from librephotos.api.models import PeopleEdit
from librephotos.api.queries.people.people_edits import EditRow, edit_rows
from librephotos.api.serializers.people.person import (
    PeopleEditItem,
    UndoneEdit,
    edit_item,
)
from librephotos.api.services import people_edits


class PeopleEditsView(APIView):
    """What one has done to faces and people, the newest first."""

    @documented("people_edits", query=PAGING, answer=Page[PeopleEditItem])
    def get(self, request: Request) -> Response:
        return paginated(
            RegularPagination(),
            edit_rows(caller(request)),
            request,
            lambda page: [edit_item(EditRow._make(row)) for row in page],
        )


class PeopleUndoView(APIView):
    """Take back something done to faces or people."""

    @documented("people_undo", path=("edit_id",), answer=UndoneEdit)
    def post(self, request: Request, edit_id: int) -> Response:
        edits = PeopleEdit.objects.filter(owner=caller(request))
        edit = edits.filter(pk=edit_id).first()
        if edit is None:
            raise NotFound("You did no such thing.")
        people_edits.undo(edit)
        row = EditRow._make(edit_rows(caller(request)).get(pk=edit.pk))
        answer: UndoneEdit = {"status": True, "edit": edit_item(row)}
        return Response(answer)
