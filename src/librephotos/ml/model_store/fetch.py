"""One file by HTTP: resumed where it broke off, checked before it gets its name."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

import httpx2

from librephotos.ml.model_store.digests import Digest
from librephotos.ml.model_store.errors import NotAsPublished
from librephotos.ml.model_store.record import settle
from librephotos.ml.model_store.web import (
    Patience,
    TryAgain,
    ask,
    check_answer,
    host_of,
    insist,
    is_compressed,
    stop_if,
    told_length,
)

PARTIAL = ".partial"
_NO_SUCH_RANGE = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE


@dataclass(frozen=True)
class RemoteFile:
    """A file to fetch. `size` is in bytes, None where the server does not tell.

    `validator` is a strong ETag or a date of change: what stands for the content where
    no digest was published.
    """

    path: str
    url: str
    size: int | None = None
    digest: Digest | None = None
    validator: str = ""

    def partial(self, folder: Path) -> Path:
        """Return where this content is gathered; other content has another name."""
        identity = self.digest.value if self.digest else self.validator
        short = hashlib.sha256(identity.encode()).hexdigest()[:12]
        return folder / f".{self.path}.{short}{PARTIAL}"

    def present(self, folder: Path) -> int:
        """Return the bytes that an earlier download has left."""
        return _length(self.partial(folder))


@dataclass(frozen=True)
class Fetcher:
    """Fetches files; `report` is told the bytes of the file that are here."""

    client: httpx2.Client
    patience: Patience
    report: Callable[[int], None]
    should_stop: Callable[[], bool]

    def fetch(self, file: RemoteFile, folder: Path) -> None:
        """Bring a file into a folder, whole or not at all.

        Raises DownloadStopped, HostUnreachable, NotServed, NotAsPublished (the bytes
        are deleted then) and OSError.
        """
        partial = file.partial(folder)
        forget_partials(file.path, folder, but=partial)
        if not (file.digest or file.validator):
            partial.unlink(missing_ok=True)  # nothing tells whether it is the same
        insist(
            lambda: self._request(file, partial),
            file.url,
            patience=self.patience,
            should_stop=self.should_stop,
            gathered=lambda: _length(partial),
        )
        _check(file, partial)
        settle(partial, folder / file.path)

    def _request(self, file: RemoteFile, partial: Path) -> None:
        have = _length(partial)
        if have and have == file.size:
            return
        headers = _range(file, have)
        with (
            ask(self.client, "GET", file.url, headers=headers) as answer,
            partial.open("ab") as output,
        ):
            if have and answer.status_code == _NO_SUCH_RANGE:
                output.truncate(0)
                raise TryAgain("the file has changed meanwhile")
            check_answer(answer, file.path)
            if answer.status_code == HTTPStatus.PARTIAL_CONTENT:
                if not _goes_on(answer, have):
                    output.truncate(0)  # and it is asked for as a whole
                    raise TryAgain("another part of the file came than was asked for")
                _check_length(answer, file, have)
            else:
                _check_length(answer, file, 0)
                output.truncate(0)
            self._receive(answer, output, most=file.size)
        if file.size is not None and _length(partial) < file.size:
            raise TryAgain("the connection broke off")

    def _receive(
        self, answer: httpx2.Response, output: BinaryIO, *, most: int | None
    ) -> None:
        # As they come: chunks of a fixed size would lose the end of a broken answer.
        for chunk in answer.iter_bytes():
            output.write(chunk)
            self.report(output.tell())
            stop_if(self.should_stop)
            if most is not None and output.tell() > most:
                return  # refused already; an endless answer would fill the disk


def _range(file: RemoteFile, have: int) -> Mapping[str, str]:
    if not have:
        return {}
    # A file whose digest is known is checked in the end. Any other must be the same
    # still: If-Range makes the server send it from the start if it is not.
    condition = {} if file.digest else {"If-Range": file.validator}
    return {"Range": f"bytes={have}-", **condition}


def _goes_on(answer: httpx2.Response, have: int) -> bool:
    """Whether a part begins where we are; one of what is compressed does not."""
    begins = answer.headers.get("Content-Range", "").startswith(f"bytes {have}-")
    return begins and not is_compressed(answer.headers)


def _check_length(answer: httpx2.Response, file: RemoteFile, have: int) -> None:
    """Raise NotAsPublished for what would not be the file, before any of it is kept."""
    told = told_length(answer.headers)
    if told is None or file.size is None:
        return
    if have + told != file.size:
        raise NotAsPublished(
            f"{host_of(file.url)} has {have + told:,} bytes as {file.path} instead of "
            f"{file.size:,}: download it again later, and tell whoever runs that "
            "server if it stays so"
        )


def _check(file: RemoteFile, partial: Path) -> None:
    length = _length(partial)
    if file.size is not None and length != file.size:
        wrong = f"has {length:,} bytes instead of {file.size:,}"
    elif file.digest and not file.digest.fits(partial):
        wrong = "has another checksum than was published"
    else:
        return
    partial.unlink()
    raise NotAsPublished(
        f"{file.path} from {host_of(file.url)} {wrong} and was deleted: "
        "download it again, and tell whoever runs that server if it stays so"
    )


def forget_partials(name: str, folder: Path, *, but: Path | None = None) -> None:
    """Delete what has come of a file, whatever the version, but for one of these."""
    for other in folder.glob(f".{name}.*{PARTIAL}"):
        if other != but:
            other.unlink(missing_ok=True)


def _length(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
