"""The folder of the models: what is there, and how it comes and goes."""

from __future__ import annotations

import logging
import os
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from filelock import FileLock, Timeout

from librephotos.ml.model_store import layout, record
from librephotos.ml.model_store.download import Download, Progress, writing
from librephotos.ml.model_store.errors import (
    DownloadStopped,
    HostUnreachable,
    ModelBusy,
    ModelNotInstalled,
    StoreFolderError,
    UnknownModel,
)
from librephotos.ml.model_store.manifest import (
    NEWEST,
    Model,
    find_model,
    known_models,
)
from librephotos.ml.model_store.revision import revision_of
from librephotos.ml.model_store.soundness import (
    Fault,
    examine,
    is_whole,
    used_names,
)
from librephotos.ml.model_store.sources import HUB, Publisher
from librephotos.ml.model_store.web import Patience, open_client

logger = logging.getLogger(__name__)

_LOCK_POLL_S = 0.2


class ModelState(StrEnum):
    """How much of a model is in the folder."""

    MISSING = "missing"
    PARTIAL = "partial"
    INSTALLED = "installed"


class ModelStore:
    """The models in a folder: `NAME/` for each, with the files under published names.

    A folder that someone copied in counts as installed once it holds what a loader
    needs; a read-only folder will do for all but download and remove.
    """

    def __init__(
        self,
        folder: Path,
        *,
        endpoint: str = HUB,
        mirror: str = "",
        offline: bool = False,
        patience: Patience = Patience(),
        known: Mapping[str, Model] | None = None,
    ) -> None:
        """Take the folder, which need not exist; nothing is read or asked yet.

        `endpoint` is the hub's address, `mirror` that of a served folder of models,
        which then gives out everything. `offline` forbids every request. `known` are
        the models with a name; without it those of the manifest.
        """
        self.folder = folder
        self._endpoint = endpoint
        self._mirror = mirror
        self._offline = offline
        self._patience = patience
        self._known = known_models() if known is None else known

    def models(self) -> list[Model]:
        """Return the models of the manifest, then others that are in the folder."""
        known = list(self._known.values())
        known += [
            model
            for path in _configurations(self.folder)
            if (model := self._copied(path.parent)) and model not in known
        ]
        return known

    def _copied(self, folder: Path) -> Model | None:
        """Return the model of a folder that the manifest does not name."""
        try:
            return self.model(folder.relative_to(self.folder).as_posix())
        except UnknownModel:
            return None

    def model(self, name: str) -> Model:
        """Return what is known of a model; raise UnknownModel."""
        return find_model(name, self._known)

    def state(self, name: str) -> ModelState:
        """Return how much of a model is there, by names, sizes and ends: quick.

        Raises UnknownModel.
        """
        model = self.model(name)
        folder = self.folder / model.name
        if _is_empty(folder):
            return ModelState.MISSING
        known = record.read_record(folder)
        whole = known is None or is_whole(known, folder)
        if whole and not layout.missing_parts(model, folder):
            return ModelState.INSTALLED
        return ModelState.PARTIAL

    def folder_of(self, name: str) -> Path:
        """Return the folder to load a model from.

        Raises ModelNotInstalled and UnknownModel.
        """
        state = self.state(name)
        if state is ModelState.INSTALLED:
            return self.folder / self.model(name).name
        raise self._not_installed(self.model(name), state)

    def revision(self, name: str) -> str:
        """Return what tells an installed model from other revisions of it: quick.

        Raises ModelNotInstalled, UnknownModel and OSError.
        """
        folder, model = self.folder_of(name), self.model(name)
        return revision_of(folder, used_names(model, folder))

    def sources(self, name: str) -> list[str]:
        """Return the addresses that a download asks first; raise UnknownModel."""
        model = self.model(name)
        if self._mirror:
            return [f"{self._mirror.rstrip('/')}/{model.name}"]
        if model.repository:
            return [f"{self._endpoint.rstrip('/')}/{model.repository}"]
        return sorted({file.url.rpartition("/")[0] for file in model.files})

    def size(self, name: str) -> int:
        """Return the bytes that a model takes on the disk, partial files included."""
        folder = self.folder / self.model(name).name
        return sum(map(_bytes, _entries(folder)))

    def download(
        self,
        name: str,
        *,
        newest: bool = False,
        progress: Callable[[Progress], None] = lambda _: None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> Path:
        """Bring a model, or what is missing or broken of it; return its folder.

        Its revision is that of the manifest, or with `newest` whatever the publisher
        has by now, in place of an older one that is here. Else an installed model that
        is whole is left as it is, without a request. Another
        process that downloads the same model is waited for. `progress` is called often
        and `should_stop` asked as often, both in this thread.

        Raises UnknownModel, DownloadFailed, DownloadStopped and StoreFolderError.
        """
        model = self.model(name)
        if newest:
            model = replace(model, revision=NEWEST)
        folder = self.folder / model.name
        with self._alone(model, should_stop):
            if newest or not self._is_sound(model):
                try:
                    self._fetch(model, folder, progress, should_stop)
                except HostUnreachable as error:
                    raise _without_network(error, folder) from error
        return folder

    def verify(self, name: str) -> list[Fault]:
        """Compare a model's files with their checksums; return what is wrong.

        A folder that someone copied in gets its record by this, so that later changes
        show. Until it is mended, a faulty model counts as partial, where the folder can
        be written. Raises ModelNotInstalled and UnknownModel.
        """
        model = self.model(name)
        self._require_parts(model)  # before waiting for a download at work
        with self._alone(model, lambda: False):
            return self._verify(model)

    def remove(self, name: str) -> None:
        """Delete a model's files, its unfinished ones too; none is no error.

        Does not wait for a download. Raises UnknownModel, ModelBusy and
        StoreFolderError.
        """
        model = self.model(name)
        try:
            with self._alone(model, lambda: True), writing(self.folder):
                _remove(self.folder / model.name)
        except DownloadStopped as error:
            raise ModelBusy(
                f"the model {model.name} is being downloaded or checked: wait for the "
                "end of that, or stop it"
            ) from error

    def _is_sound(self, model: Model) -> bool:
        installed = self.state(model.name) is ModelState.INSTALLED
        return installed and not self._verify(model)

    def _verify(self, model: Model) -> list[Fault]:
        folder = self.folder / model.name
        self._require_parts(model)
        try:
            faults, known = examine(model, folder)
        except OSError as error:
            raise StoreFolderError(
                f"{error.filename or folder} cannot be read ({error.strerror}): see to "
                "the disk and the permissions"
            ) from error
        try:
            record.write_record(folder, known)
        except OSError:
            logger.info("no record can be kept in %s", folder)
        return faults

    def _require_parts(self, model: Model) -> None:
        if layout.missing_parts(model, self.folder / model.name):
            raise self._not_installed(model, self.state(model.name))

    def _not_installed(self, model: Model, state: ModelState) -> ModelNotInstalled:
        if unreadable := _unreadable(self.folder / model.name):
            return ModelNotInstalled(
                f"the model {model.name} cannot be read ({unreadable}): let the user "
                "who runs LibrePhotos read all of its folder"
            )
        lacking = "installed"
        if state is not ModelState.MISSING:
            parts = ", ".join(layout.missing_parts(model, self.folder / model.name))
            lacking = f"wholly installed{parts and f' (it lacks {parts})'}"
        return ModelNotInstalled(
            f"the model {model.name} is not {lacking}: run `librephotos models "
            f"download {model.name}`"
        )

    def _fetch(
        self,
        model: Model,
        folder: Path,
        progress: Callable[[Progress], None],
        should_stop: Callable[[], bool],
    ) -> None:
        if self._offline:
            raise HostUnreachable("HF_HUB_OFFLINE forbids to download")
        with open_client(self._patience) as client:
            publisher = Publisher(
                client, self._patience, should_stop, self._endpoint, self._mirror
            )
            Download(
                model,
                folder,
                publisher.files_of(model),
                client,
                self._patience,
                progress,
                should_stop,
            ).run()

    @contextmanager
    def _alone(self, model: Model, should_stop: Callable[[], bool]) -> Iterator[None]:
        """Hold the lock of a model; a killed process loses it.

        A read-only folder has no lock, and nobody who could change it.
        """
        if os.path.isdir(self.folder) and not os.access(self.folder, os.W_OK):
            yield
            return
        path = self.folder / f".{model.name.replace('/', '--')}.lock"
        with writing(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(path)
            try:
                lock.acquire(poll_interval=_LOCK_POLL_S, cancel_check=should_stop)
            except Timeout as error:
                raise DownloadStopped("stopped while waiting for its turn") from error
        try:
            yield
        finally:
            lock.release()


def _remove(folder: Path) -> None:
    going = folder.with_name(f".{folder.name}.removed")
    _delete(going)  # a removal was killed
    if os.path.lexists(folder):
        folder.rename(going)  # never half a model under its name
        _delete(going)


def _delete(path: Path) -> None:
    """Delete a folder, or a link to one but not what lies there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _is_empty(folder: Path) -> bool:
    """Whether there is nothing; a folder that may not be read has something in it."""
    try:
        return not any(folder.iterdir())
    except PermissionError:
        return False
    except OSError:
        return True


def _configurations(folder: Path) -> list[Path]:
    """Return those of models of the hub, none of a folder that cannot be read."""
    try:
        return sorted(folder.glob("*/*/config.json"))
    except OSError:
        return []


def _entries(folder: Path) -> list[Path]:
    """Return what is in a folder, nothing of one that cannot be read."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _bytes(path: Path) -> int:
    try:
        state = path.stat()
    except OSError:  # may not be read, leads nowhere, or is gone by now
        return 0
    return state.st_size if stat.S_ISREG(state.st_mode) else 0


def _unreadable(folder: Path) -> str:
    """Return which part of a folder may not be read, and why; "" if all may."""
    try:
        for path in folder.iterdir():
            if path.is_file():
                path.open("rb").close()
    except PermissionError as error:
        return f"{error.filename}: {error.strerror}"
    except OSError:
        return ""
    return ""


def _without_network(error: HostUnreachable, folder: Path) -> HostUnreachable:
    return HostUnreachable(
        f"{error}: check the network and the proxy settings, name a mirror with "
        f"LIBREPHOTOS_MODEL_MIRROR, or copy {folder} from a machine that has it"
    )
