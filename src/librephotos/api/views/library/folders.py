"""The folder view over HTTP."""

from __future__ import annotations

import math
import os
from typing import Any

from django.conf import settings
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.documentation import documented
from librephotos.api.models.fields import text_to_path
from librephotos.api.queries.library.folders import subfolders
from librephotos.api.serializers.library.folder import (
    PAGE_SIZE,
    FolderPage,
    folder_page,
)
from librephotos.numbers import whole_number


class SubfoldersView(APIView):
    """The folders below one, with the numbers of one's photos in them.

    Everybody sees where their own photos lie, and nothing outside their scan
    directories; administrators nothing outside the scan roots.
    """

    @documented("subfolders", query=("path", "page"), answer=FolderPage)
    def get(self, request: Request) -> Response:
        roots = _roots(request.user)
        folder = _folder(request.query_params.get("path", ""), roots)
        found = subfolders(request.user, folder) if folder else []
        page = _page(request.query_params.get("page", "1"), len(found))
        return Response(folder_page(folder, found, roots=roots, page=page))


def _roots(user: Any) -> list[bytes]:
    own = [directory.path for directory in user.scan_directories.all()]
    if user.upload_directory:
        own.append(user.upload_directory)
    if not user.is_staff:
        return own
    return own + [os.fsencode(root) for root in settings.SCAN_ROOTS]


def _folder(text: str, roots: list[bytes]) -> bytes:
    """Return the folder asked for, the first root without one, b"" without roots."""
    if not text:
        return roots[0] if roots else b""
    if not text.startswith("/") or "\x00" in text:
        raise ValidationError({"path": "Give the absolute path of a folder."})
    folder = os.path.normpath(text_to_path(text))
    if not any(_within(folder, root) for root in roots):
        raise PermissionDenied("This folder is outside your scan directories.")
    return folder


def _within(folder: bytes, root: bytes) -> bool:
    return folder == root or folder.startswith(root.rstrip(b"/") + b"/")


def _page(text: str, total: int) -> int:
    last = max(1, math.ceil(total / PAGE_SIZE))
    return min(whole_number(text) or 1, last)
