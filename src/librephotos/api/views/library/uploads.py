"""Uploads over HTTP, as clients of all generations send them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from rest_framework.exceptions import APIException, PermissionDenied, ValidationError
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.authentication import (
    EnvelopeBasicAuthentication,
    UploadAuthentication,
)
from librephotos.api.http.caller import caller, who_waits
from librephotos.api.http.documentation import documented
from librephotos.api.http.errors import NothingIsKept
from librephotos.api.http.parsers import BoundedJSONParser
from librephotos.api.http.refusals import TooLarge
from librephotos.api.http.upload_form import Trouble, UploadForm, form_of
from librephotos.api.queries.library.uploads import unfinished
from librephotos.api.serializers.library.upload import (
    CompletedUpload,
    ReceivedChunk,
    UnfinishedUpload,
    chunk_range,
    completed_upload,
    received_chunk,
    told_moment,
    told_number,
    unfinished_upload,
)
from librephotos.api.services import uploads
from librephotos.api.services.uploads import (
    TOO_LARGE,
    Completion,
    Told,
    UploadMisfit,
)
from librephotos.api.services.waiting import PLACES

_AT_ONCE_BYTES = 64 * 2**20
"""What is completed in about a second, for which nobody needs a place to wait in."""

_RETRY_AFTER_S = "10"


class UploadBusy(APIException):
    """Others' files are being put into their folders, or the disk does not answer."""

    status_code = 503
    default_detail = "The server cannot store this now. Try again in a moment."
    default_code = "busy"


class _UploadView(APIView):
    """Errors have `detail` beside the envelope, and the `offset` that is expected."""

    authentication_classes = [UploadAuthentication, EnvelopeBasicAuthentication]

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, TimeoutError):
            exc = UploadBusy()
        response = super().handle_exception(exc)
        errors = response.data.get("errors", []) if response.data else []
        response.data = {
            "detail": " ".join(error["message"] for error in errors),
            "errors": errors,
        }
        if isinstance(exc, UploadMisfit) and exc.offset is not None:
            response.data["offset"] = exc.offset
        if response.status_code == 503:
            response["Retry-After"] = _RETRY_AFTER_S
        return response


class UploadView(_UploadView):
    """Send a chunk of a file, or look at what can be gone on with."""

    @documented("uploads", answer=list[UnfinishedUpload])
    def get(self, request: Request) -> Response:
        rows = unfinished(caller(request))
        return Response([unfinished_upload(row) for row in rows])

    @documented(
        "upload",
        request={"multipart/form-data": OpenApiTypes.OBJECT},
        answer=ReceivedChunk,
    )
    def post(self, request: Request) -> Response:
        owner = caller(request)
        uploads.refuse_if_off()
        with _form(request) as form:
            _refuse_other_user(form.fields.get("user"), owner.pk)
            chunk = form.file
            if chunk is None:
                raise UploadMisfit("The form has no field `file` with a chunk.")
            start, told = _told(request, form, chunk.size)
            upload = uploads.receive(
                owner,
                chunk,
                upload=form.fields.get("upload_id", ""),
                start=start,
                told=told,
            )
        return Response(received_chunk(upload))


class UploadDetailView(_UploadView):
    """One upload that has not been completed."""

    @documented("upload_state", path=("upload_id",), answer=UnfinishedUpload)
    def get(self, request: Request, upload_id: str) -> Response:
        return Response(unfinished_upload(uploads.find(caller(request), upload_id)))

    @documented("upload_discard", path=("upload_id",))
    def delete(self, request: Request, upload_id: str) -> Response:
        uploads.discard(caller(request), upload_id)
        return Response(status=204)


class UploadCompletionView(_UploadView):
    """Finish an upload: check it, and put it into one's folder."""

    parser_classes = [MultiPartParser, FormParser, BoundedJSONParser]

    @documented(
        "upload_complete",
        request={"multipart/form-data": OpenApiTypes.OBJECT},
        answer=CompletedUpload,
    )
    def post(self, request: Request) -> Response:
        owner = caller(request)
        uploads.refuse_if_off()
        said = _said(request)
        _refuse_other_user(said.get("user"), owner.pk)
        if not said.get("upload_id"):
            raise UploadMisfit("The field `upload_id` is missing.")
        upload = uploads.find(owner, said["upload_id"])
        with _place(request, upload.received):
            upload = uploads.complete(owner, said["upload_id"], _completion(said))
        return Response(completed_upload(upload))


def _said(request: Request) -> dict[str, str]:
    data = request.data
    return {name: str(data[name]) for name in data} if isinstance(data, Mapping) else {}


def _completion(said: dict[str, str]) -> Completion:
    return Completion(
        md5=said.get("md5", ""),
        file_name=said.get("filename", ""),
        created_at=told_moment(said.get("device_created_at", "")),
        modified_at=told_moment(said.get("device_modified_at", "")),
    )


def _told(request: Request, form: UploadForm, size: int) -> tuple[int | None, Told]:
    """Return where a chunk begins, and what is said of the whole file.

    The total of Content-Range is of no use where it is the chunk's own, as one client
    has it; a file of one chunk it tells rightly.
    """
    said = chunk_range(request.headers.get("Content-Range", ""))
    start = told_number(form.fields.get("offset"))
    total = told_number(form.fields.get("size"))
    if said is not None:
        if said["end"] - said["start"] + 1 != size:
            raise UploadMisfit("The chunk has another size than Content-Range says.")
        start = said["start"]
        if total is None and said["total"] != size:
            total = said["total"]
    return start, Told(
        size=total,
        md5=form.fields.get("md5", "").lower(),
        file_name=form.fields.get("filename", ""),
    )


def _refuse_other_user(told: str | None, owner: int) -> None:
    """Raise PermissionDenied where a client means another account than the token's.

    What is no number is the client's own confusion, and nobody.
    """
    number = told_number(told)
    if number is not None and number != owner:
        raise PermissionDenied(
            "The request is for another account than the one that has signed in."
        )


@contextmanager
def _form(request: Request) -> Iterator[UploadForm]:
    """Give out the form of a request; what has not become an upload is removed."""
    form = form_of(request._request)
    try:
        if form.trouble is not None:
            raise _answer_to(form.trouble)
        yield form
    finally:
        form.close()


def _answer_to(trouble: Trouble) -> Exception:
    if trouble is Trouble.FULL:
        return NothingIsKept()
    if trouble is Trouble.UNWRITABLE:
        return UploadBusy()
    if trouble is Trouble.TOO_LARGE:
        return TooLarge(TOO_LARGE.format(settings.UPLOAD_MAX_MIB))
    if trouble is Trouble.UNSIGNED:
        return TooLarge("Chunks of more than a MiB need an access token as Bearer.")
    return ValidationError({"detail": "The body is no form (multipart/form-data)."})


@contextmanager
def _place(request: Request, size: int) -> Iterator[None]:
    """Let large files take some of the threads that answer, and never all."""
    if size <= _AT_ONCE_BYTES:
        yield
        return
    with PLACES.take(who_waits(request)) as may_wait:
        if not may_wait:
            raise UploadBusy
        yield
