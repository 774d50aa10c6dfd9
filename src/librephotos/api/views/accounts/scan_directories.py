"""The directories whose pictures belong to an account."""

from __future__ import annotations

from typing import Any, TypedDict

from django.http import Http404
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.caller import caller
from librephotos.api.http.documentation import documented
from librephotos.api.http.pagination import Results
from librephotos.api.http.permissions import IsStaff, may_change_account
from librephotos.api.http.started_jobs import StartedJob, started
from librephotos.api.models import ScanDirectory, User
from librephotos.api.models.fields import readable_path
from librephotos.api.pipeline.work import jobs
from librephotos.api.queries.operations.jobs import has_something_to_scan
from librephotos.api.services import users


class ScanDirectoryRow(TypedDict):
    """A directory that is scanned for an account."""

    id: int
    path: str


class NewScanDirectorySerializer(serializers.Serializer[Any]):
    """A directory in one of the scan roots."""

    path = serializers.CharField(trim_whitespace=False, max_length=4096)


class NewScanSerializer(serializers.Serializer[Any]):
    """Whether files that have not changed are read as well."""

    full = serializers.BooleanField(default=False)


def _row(directory: ScanDirectory) -> ScanDirectoryRow:
    return {"id": directory.pk, "path": readable_path(bytes(directory.path))}


class _OfAccount(APIView):
    """What administrators say of accounts; superusers alone of a superuser's."""

    permission_classes = (IsStaff,)

    def account(self, request: Request, user_id: int) -> User:
        """Return the account; raise Http404 and PermissionDenied."""
        account = User.objects.filter(pk=user_id).first()
        if account is None:
            raise Http404
        if not may_change_account(request.user, account):
            raise PermissionDenied("You may not change this account.")
        return account


class OwnScanDirectoriesView(APIView):
    """The directories that are scanned for whoever asks."""

    @documented("own_scan_directories", answer=Results[ScanDirectoryRow])
    def get(self, request: Request) -> Response:
        return Response({"results": list(map(_row, _of(caller(request))))})


class ScanDirectoriesView(_OfAccount):
    """The directories that are scanned for an account."""

    @documented("scan_directories", path=("user_id",), answer=Results[ScanDirectoryRow])
    def get(self, request: Request, user_id: int) -> Response:
        return Response(
            {"results": list(map(_row, _of(self.account(request, user_id))))}
        )

    @documented(
        "scan_directory_add",
        path=("user_id",),
        request=NewScanDirectorySerializer,
        answer=ScanDirectoryRow,
    )
    def post(self, request: Request, user_id: int) -> Response:
        form = NewScanDirectorySerializer(data=request.data)
        form.is_valid(raise_exception=True)
        path = form.validated_data["path"]
        return Response(
            _row(users.add_scan_directory(self.account(request, user_id), path))
        )


class ScanDirectoryView(_OfAccount):
    """Have a directory scanned no more; the next scan marks its photos as missing."""

    @documented("scan_directory_remove", path=("user_id", "directory_id"))
    def delete(self, request: Request, user_id: int, directory_id: int) -> Response:
        users.remove_scan_directory(self.account(request, user_id), directory_id)
        return Response(status=204)


class AccountScanView(_OfAccount):
    """Scan the directories of an account."""

    @documented(
        "account_scan", path=("user_id",), request=NewScanSerializer, answer=StartedJob
    )
    def post(self, request: Request, user_id: int) -> Response:
        form = NewScanSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        account = self.account(request, user_id)
        if not account.is_active:
            raise ValidationError("Nothing is scanned for an account that is inactive.")
        if not has_something_to_scan(account):
            raise ValidationError("This account has no folder yet. Give it one first.")
        full = form.validated_data["full"]
        return started(jobs.start_scan(user=account, full=full))


def _of(account: User) -> list[ScanDirectory]:
    return list(account.scan_directories.all())
