"""The published models as administrators see, fetch and remove them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from librephotos.api.models import Job, User
from librephotos.api.pipeline.ml_models.download import (
    start_download,
    unfinished_downloads,
)
from librephotos.api.pipeline.ml_models.installed import (
    in_sentence_case,
    model_store,
    models_in_use,
)
from librephotos.ml.errors import MlError

if TYPE_CHECKING:
    from librephotos.ml.model_store import Model, ModelState


class UnknownModel(Exception):
    """There is no model of this name; the message says which there are."""


class ModelKept(Exception):
    """The model cannot be removed; the message says why."""


@dataclass(frozen=True)
class ListedModel:
    """A model, what is here of it (bytes), and the job that downloads it.

    `sources` are the addresses that a download asks.
    """

    model: Model
    state: ModelState
    size: int
    active: bool
    job: Job | None
    sources: list[str]


def listed_models() -> list[ListedModel]:
    """Return the models of the manifest, others in the folder, and those in use."""
    store, used, downloads = model_store(), models_in_use(), unfinished_downloads()
    models = {model.name: model for model in store.models()}
    for name in sorted(used | set(downloads)):
        models.setdefault(name, store.model(name))
    return [
        ListedModel(
            model,
            state=store.state(name),
            size=store.size(name),
            active=name in used,
            job=downloads.get(name),
            sources=store.sources(name),
        )
        for name, model in models.items()
    ]


def missing_models() -> list[str]:
    """Return the names of the models that the settings want and nobody has fetched."""
    return [
        listed.model.name
        for listed in listed_models()
        if listed.active and listed.state != "installed"
    ]


def download_model(name: str, *, user: User, newest: bool = False) -> Job:
    """Start downloading a model, or return the job that does; raise UnknownModel.

    With `newest` it is the publisher's newest revision, not the one that is known.
    """
    return start_download(user=user, model=_model(name).name, newest=newest)


def remove_model(name: str) -> None:
    """Delete the files of a model; what was learnt with it stays.

    Raises UnknownModel, and ModelKept if it is being downloaded or cannot be deleted.
    """
    known = _model(name)
    if known.name in unfinished_downloads():
        raise ModelKept("The model is being downloaded: cancel the job first.")
    try:
        model_store().remove(known.name)
    except MlError as error:
        raise ModelKept(in_sentence_case(f"{error}.")) from error


def _model(name: str) -> Model:
    try:
        return model_store().model(name)
    except MlError as error:
        raise UnknownModel(in_sentence_case(f"{error}.")) from error
