"""The form of an upload, taken apart while it comes: its file goes to disk at once.

The web server feeds it the bytes as they arrive; under another server the view does.
Whatever is wrong with it, it takes all of the body, or the client would see a broken
connection and no reason.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from enum import Enum, auto

from django.conf import settings
from django.http import HttpRequest
from multipart import (
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
    parse_options_header,
)
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken

from librephotos.api.http.authentication import COOKIE, cookies_named
from librephotos.api.storage.uploads import Spool, free_bytes
from librephotos.full_disk import DataFolderFull, is_full
from librephotos.logs.printable import printable

log = logging.getLogger(__name__)

ENVIRON_KEY = "librephotos.upload_form"
PATHS = ("/api/upload", "/api/upload/")
FILE = "file"

FROM_ANYBODY = 2**20 + 64 * 2**10
"""Bytes of a body that are kept before it is known who sends them: a chunk of the
clients, and the form around it."""

_LARGEST_FIELD = 16 * 2**10
_MOST_PARTS = 30
_READ_AT_ONCE = 256 * 2**10


class Trouble(Enum):
    """Why the file of a form was not kept."""

    MALFORMED = auto()
    UNSIGNED = auto()
    TOO_LARGE = auto()
    FULL = auto()
    UNWRITABLE = auto()


class UploadForm:
    """The fields of a form, and its file as a Spool, once all of it has come."""

    def __init__(self, content_type: str, *, trouble: Trouble | None = None) -> None:
        """Expect a body; with a `trouble`, throw it away."""
        self.fields: dict[str, str] = {}
        self.file: Spool | None = None
        self.trouble = trouble
        self._field = ""
        self._value = bytearray()
        options = parse_options_header(content_type)[1]
        try:
            self._parser = PushMultipartParser(
                options.get("boundary", ""), max_segment_count=_MOST_PARTS
            )
        except MultipartError:
            self._parser = None
            self._give_up(Trouble.MALFORMED)

    @classmethod
    def expected(
        cls, content_type: str, length: int | None, *, authorization: str, cookies: str
    ) -> UploadForm:
        """Return the form for a body of so many bytes, by what its header says.

        One of an unknown length (None) may be of any.
        """
        trouble = None
        may_be_long = length is None or length > FROM_ANYBODY
        if may_be_long and not _may_be_signed(authorization, cookies):
            trouble = Trouble.UNSIGNED
        elif (length or 0) > settings.UPLOAD_MAX_MIB * 2**20 + FROM_ANYBODY:
            trouble = Trouble.TOO_LARGE
        else:
            try:
                if (length or 0) > free_bytes():
                    trouble = Trouble.FULL
            except OSError as error:
                trouble = _trouble_of(error)
        return cls(content_type, trouble=trouble)

    def take(self, data: bytes) -> None:
        """Take bytes of the body, whatever they are."""
        if self.trouble or not data:
            return
        try:
            for part in self._parser.parse(data):
                self._take_part(part)
                if self.trouble:
                    return
        except MultipartError:
            self._give_up(Trouble.MALFORMED)
        except (OSError, DataFolderFull) as error:
            self._give_up(_trouble_of(error))

    def end(self) -> None:
        """Note that the body has ended."""
        if self.trouble:
            return
        if not self._parser.closed and self._parser.error is None:
            try:
                self._parser.close()
            except MultipartError:
                self._give_up(Trouble.MALFORMED)
                return
        try:
            if self.file is not None:
                self.file.finish()
        except OSError as error:
            self._give_up(_trouble_of(error))

    def close(self) -> None:
        """Remove the file, unless it has become an upload; may be called twice."""
        if self.file is not None:
            self.file.discard()

    def _take_part(self, part: MultipartSegment | bytes | bytearray | None) -> None:
        if isinstance(part, MultipartSegment):
            self._field = part.name or ""
            self._value.clear()
            if self._is_file and self.file is None:
                self.file = Spool()
        elif part is None:
            if not self._is_file and self._field:
                text = self._value.decode("utf-8", "replace")
                self.fields.setdefault(self._field, text)
        elif self._is_file:
            assert self.file is not None
            if self.file.size + len(part) > settings.UPLOAD_MAX_MIB * 2**20:
                self._give_up(Trouble.TOO_LARGE)
                return
            self.file.write(bytes(part))
        elif len(self._value) + len(part) > _LARGEST_FIELD:
            raise MultipartError("A field is too long")
        else:
            self._value += part

    @property
    def _is_file(self) -> bool:
        return self._field == FILE

    def _give_up(self, trouble: Trouble) -> None:
        self.trouble = trouble
        self.close()
        self.file = None


def form_of(request: HttpRequest) -> UploadForm:
    """Return the form that came with a request; who calls closes it."""
    taken = request.META.get(ENVIRON_KEY)
    if isinstance(taken, UploadForm):
        return taken
    form = UploadForm.expected(
        request.META.get("CONTENT_TYPE", ""),
        int(request.META.get("CONTENT_LENGTH") or 0),
        authorization=request.META.get("HTTP_AUTHORIZATION", ""),
        cookies=request.META.get("HTTP_COOKIE", ""),
    )
    for block in _blocks(request):
        form.take(block)
    form.end()
    return form


def _blocks(request: HttpRequest) -> Iterator[bytes]:
    while block := request.read(_READ_AT_ONCE):
        yield block


def _may_be_signed(authorization: str, cookies: str) -> bool:
    """Whether there is a token that was given out here and has not run out.

    No database is asked, since all connections wait meanwhile: whose it is, and whether
    it was revoked, is asked before anything is done with what came.
    """
    kind, _, token = authorization.partition(" ")
    given: Iterable[str] = cookies_named(COOKIE, cookies)
    if kind:
        given = [token.strip()] if kind.lower() == "bearer" else []
    return any(map(_is_valid, given))


def _is_valid(token: str) -> bool:
    try:
        AccessToken(token)  # type: ignore[arg-type]
    except TokenError:
        return False
    return True


def _trouble_of(error: OSError | DataFolderFull) -> Trouble:
    log.warning("An upload is refused: %s", printable(str(error)))
    return Trouble.FULL if is_full(error) else Trouble.UNWRITABLE
