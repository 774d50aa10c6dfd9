"""Bodies of uploads: written where they belong while they come, and only once."""

from __future__ import annotations

from typing import Any

from librephotos.api.http.upload_form import PATHS, UploadForm


class UploadBody:
    """Receives a body of known length into an UploadForm, as waitress' receivers do.

    It is its own buffer, so far as waitress asks it for one.
    """

    completed = False
    error = None

    def __init__(self, length: int, form: UploadForm) -> None:
        self.form = form
        self._left = length

    def received(self, data: bytes) -> int:
        """Take bytes; return how many belong to the body."""
        taken = data[: self._left]
        self._left -= len(taken)
        self.form.take(taken)
        if not self._left:
            self.form.end()
            self.completed = True
        return len(taken)

    def getbuf(self) -> UploadBody:
        """Return what is closed when the request is over."""
        return self

    def close(self) -> None:
        """Remove what has become no upload."""
        self.form.close()


def is_for_uploads(path: str) -> bool:
    """Whether files are sent to an address; several slashes at its start are one."""
    return "/" + path.lstrip("/") in PATHS


def form_of(
    method: str, path: str, headers: dict[str, Any], length: int | None
) -> UploadForm | None:
    """Return what takes an upload's body apart, None for all other requests.

    `length` is None for a body of which only its end will tell how long it is.
    """
    kind = headers.get("CONTENT_TYPE", "")
    is_form = kind.lower().lstrip().startswith("multipart/form-data")
    if method != "POST" or not is_for_uploads(path) or not is_form or length == 0:
        return None
    return UploadForm.expected(
        kind,
        length,
        authorization=headers.get("AUTHORIZATION", ""),
        cookies=headers.get("COOKIE", ""),
    )
