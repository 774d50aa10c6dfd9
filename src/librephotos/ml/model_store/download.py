"""The download of one model: what is missing comes, and is written down as it comes."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx2

from librephotos.full_disk import is_full
from librephotos.ml.model_store import layout
from librephotos.ml.model_store.conversion import convert
from librephotos.ml.model_store.digests import sha256_of
from librephotos.ml.model_store.errors import (
    DownloadFailed,
    NotAsPublished,
    NotEnoughSpace,
    NotServed,
    StoreFolderError,
)
from librephotos.ml.model_store.fetch import Fetcher, RemoteFile, forget_partials
from librephotos.ml.model_store.manifest import Model
from librephotos.ml.model_store.record import (
    Record,
    RecordedFile,
    read_record,
    settle,
    write_record,
)
from librephotos.ml.model_store.sources import Published
from librephotos.ml.model_store.unpacking import unpack
from librephotos.ml.model_store.web import Patience, host_of

logger = logging.getLogger(__name__)

# The database is often on the same disk, and stops when that is full.
_LEFT_FREE = 64 * 2**20


@dataclass(frozen=True)
class Progress:
    """How far a model's download is: bytes of all its files, and the file at work.

    `total` is None while a server does not tell a size.
    """

    model: str
    file: str
    done: int
    total: int | None


@dataclass
class Download:
    """Brings a model's files into its folder, which only one process may do at once."""

    model: Model
    folder: Path
    published: Published
    client: httpx2.Client
    patience: Patience
    progress: Callable[[Progress], None]
    should_stop: Callable[[], bool]
    _record: Record = field(init=False)
    _done: int = field(init=False, default=0)

    def run(self) -> None:
        """Fetch what is missing or not as published, and complete the record.

        Raises DownloadFailed, DownloadStopped and StoreFolderError; what has come is
        kept, and a later run goes on from there.
        """
        with writing(self.folder):
            self._make_folder()
            self._begin()
            pending = [file for file in self.published.files if not self._has(file)]
            self._check_space(pending)
            self._done = sum(
                file.size or 0 for file in self.published.files if file not in pending
            )
            lost = [file for file in pending if not self._comes(file)]
            self._bring_from_archives(lost)
            self._complete()

    def _make_folder(self) -> None:
        if os.path.lexists(self.folder) and not self.folder.is_dir():
            raise StoreFolderError(
                f"{self.folder} is no folder, or a link that leads nowhere: run "
                f"`librephotos models remove {self.model.name}`, then try again"
            )
        self.folder.mkdir(parents=True, exist_ok=True)

    def _comes(self, file: RemoteFile) -> bool:
        """Bring a file from its own address; tell whether that has it.

        Raises DownloadFailed if it is nowhere else.
        """
        if file.path in self.published.archived:
            return False
        try:
            self._bring(file)
        except DownloadFailed as error:
            if not self.published.archives:
                raise
            logger.warning("%s: %s; taking the archive", file.path, error)
            return False
        return True

    def _bring_from_archives(self, files: Sequence[RemoteFile]) -> None:
        """Bring files out of the archives; raise NotServed if none has them."""
        lost = {file.path: file for file in files}
        problems = []
        for archive in self.published.archives:
            if not lost:
                return
            try:
                for name in self._unpack(archive, lost):
                    del lost[name]
                problems.append(f"{archive.path} lacks {', '.join(lost)}")
            except DownloadFailed as error:
                problems.append(str(error))
        if lost:
            hosts = sorted({host_of(file.url) for file in lost.values()})
            raise NotServed(
                f"{', '.join(hosts)} and all other known addresses do not give out "
                f"{', '.join(lost)} ({'; '.join(problems)})"
            )

    def _unpack(self, archive: RemoteFile, lost: Mapping[str, RemoteFile]) -> list[str]:
        """Bring an archive, take files out of it, and delete it."""
        self._fetch(archive)
        path = self.folder / archive.path
        try:
            found = unpack(path, lost, self.folder)
        finally:
            path.unlink(missing_ok=True)
        for name in found:
            forget_partials(name, self.folder)
            digest, here = lost[name].digest, self.folder / name
            if digest and not digest.fits(here):
                here.unlink()
                raise NotAsPublished(f"{name} in {archive.path} is not as published")
            recorded = RecordedFile.of(here, _origin(archive))
            self._write(self._record.with_file(recorded))
        return found

    def _begin(self) -> None:
        """Write down that the folder is not whole."""
        earlier = read_record(self.folder)
        paths = {file.path for file in self.published.files} | {layout.WEIGHTS}
        kept = tuple(
            file for file in (earlier.files if earlier else ()) if file.path in paths
        )
        self._write(
            Record(
                self.model.name,
                self.published.source,
                self.published.revision,
                files=kept,
            )
        )

    def _write(self, record: Record) -> None:
        write_record(self.folder, record)
        self._record = record

    def _has(self, file: RemoteFile) -> bool:
        if file.path == layout.LEGACY_WEIGHTS and self._is_converted(file):
            return True
        path = self.folder / file.path
        if not path.is_file() or path.stat().st_size != (
            file.size or path.stat().st_size
        ):
            return False
        if file.digest:
            return file.digest.fits(path)
        known = self._record.file(file.path)
        came_by = {file.validator, *map(_origin, self.published.archives)} - {""}
        if known is None or known.validator not in came_by:
            return False
        return sha256_of(path).value == known.sha256

    def _is_converted(self, file: RemoteFile) -> bool:
        made = self._record.file(layout.WEIGHTS)
        path = self.folder / layout.WEIGHTS
        if not made or made.validator != _origin(file) or not path.is_file():
            return False
        return sha256_of(path).value == made.sha256

    def _check_space(self, pending: list[RemoteFile]) -> None:
        """Raise NotEnoughSpace before anything is fetched in vain."""
        sizes = {file: file.size or 0 for file in pending}
        need = sum(size - file.present(self.folder) for file, size in sizes.items())
        # Converted weights stand beside the legacy file for a moment.
        need += sum(
            size for file, size in sizes.items() if file.path == layout.LEGACY_WEIGHTS
        )
        free = shutil.disk_usage(self.folder).free
        if need > 0 and need + _LEFT_FREE > free:
            raise _no_space(self.folder, f"{_mib(need + _LEFT_FREE)} are needed and ")

    def _bring(self, file: RemoteFile) -> None:
        self._fetch(file)
        path = self.folder / file.path
        recorded = RecordedFile.of(path, "" if file.digest else file.validator)
        self._write(self._record.with_file(recorded))
        self._done += recorded.size
        self.progress(self._progress(file, self._done))

    def _fetch(self, file: RemoteFile) -> None:
        def report(here: int) -> None:
            if shutil.disk_usage(self.folder).free < _LEFT_FREE:
                raise _no_space(self.folder)
            self.progress(self._progress(file, self._done + here))

        report(file.present(self.folder))
        Fetcher(self.client, self.patience, report, self.should_stop).fetch(
            file, self.folder
        )

    def _progress(self, file: RemoteFile, done: int) -> Progress:
        sizes = [file.size for file in self.published.files]
        known = [size for size in sizes if size is not None]
        total = sum(known) if len(known) == len(sizes) else None
        return Progress(self.model.name, file.path, done, total)

    def _complete(self) -> None:
        legacy = self.folder / layout.LEGACY_WEIGHTS
        if legacy.name in {file.path for file in self.published.files}:
            self._convert(legacy)
        if lacking := layout.missing_parts(self.model, self.folder):
            raise NotServed(
                f"what {self.published.source} gives out as {self.model.name} is no "
                f"model that LibrePhotos can load: it lacks {', '.join(lacking)}"
            )
        self._write(replace(self._record, complete=True))
        legacy.unlink(missing_ok=True)

    def _convert(self, legacy: Path) -> None:
        (file,) = (f for f in self.published.files if f.path == legacy.name)
        if self._is_converted(file):
            return
        target = self.folder / layout.WEIGHTS
        temporary = target.with_name(f".{target.name}.converted.partial")
        try:
            convert(legacy, temporary, self.should_stop)
            settle(temporary, target)
        finally:
            temporary.unlink(missing_ok=True)
        kept = tuple(f for f in self._record.files if f.path != legacy.name)
        made = RecordedFile.of(target, _origin(file))
        self._record = replace(self._record, files=(*kept, made))


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turn the system's complaints about the disk into StoreFolderError."""
    try:
        yield
    except OSError as error:
        if is_full(error):
            raise _no_space(folder) from error
        raise StoreFolderError(
            f"the folder {folder} cannot be written ({error.strerror}): give another "
            "one with LIBREPHOTOS_MODELS, or correct its permissions"
        ) from error


def _origin(file: RemoteFile) -> str:
    """Return how the record names what weights were converted from."""
    return f"from {file.digest.value if file.digest else file.validator}"


def _no_space(folder: Path, need: str = "") -> NotEnoughSpace:
    here = next(path for path in (folder, *folder.parents) if path.is_dir())
    free = _mib(shutil.disk_usage(here).free)
    if os.statvfs(here).f_favail == 0:
        free = "no more files fit on it, although " + free
    return NotEnoughSpace(
        f"the disk of {folder} is too full: {need}{free} are free; make room, or give "
        "another folder with LIBREPHOTOS_MODELS"
    )


def _mib(size: int) -> str:
    return f"{size / 2**20:,.0f} MiB"
