"""A caption on demand: asked of a worker, and waited for within reason."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum

from librephotos.api.models import Photo, PhotoStage
from librephotos.api.pipeline.learning.caption_requests import (
    caption_state,
    request_caption,
)
from librephotos.api.pipeline.ml_models.download import unfinished_downloads
from librephotos.api.pipeline.ml_models.installed import learning_key, missing_reason
from librephotos.api.queries.operations.health import workers_alive
from librephotos.api.services.waiting import PLACES, Caller

PATIENCE_S = 25.0
"""Loading a captioner takes some ten seconds, a sentence two."""

_POLL_S = 0.1


class Reason(StrEnum):
    """Why there is no caption; the first is the contract's."""

    MODEL_DOWNLOADING = "model_downloading"
    MODEL_NOT_INSTALLED = "model_not_installed"
    NOT_YET = "not_yet"
    FAILED = "failed"


@dataclass(frozen=True)
class NoCaption:
    """Why a photo has got no caption, for the client and for its user."""

    reason: Reason
    message: str


_NOT_YET = NoCaption(
    Reason.NOT_YET,
    "The caption is not written yet; it appears with the photo when it is.",
)

_NO_WORKER = NoCaption(
    Reason.NOT_YET,
    "No worker is at work; the caption appears with the photo once one is.",
)


def caption_now(photo: Photo, *, model: str) -> NoCaption | None:
    """Have a photo captioned by a model; return what is in the way, None when done.

    A photo that this model has captioned already is left as it is.
    """
    missing = missing_reason(model)
    if missing and model in unfinished_downloads():
        message = f"The model {model} is being downloaded. Try again later."
        return NoCaption(Reason.MODEL_DOWNLOADING, message)
    if missing:
        return NoCaption(Reason.MODEL_NOT_INSTALLED, missing)
    key = learning_key(model)
    known = caption_state(photo.pk, model=key)
    if known is not None and known.state == PhotoStage.State.DONE:
        return None
    request_caption(photo.pk, model=key)
    if not workers_alive():
        return _NO_WORKER
    return _outcome(_settled(photo, key))


def _settled(photo: Photo, key: str) -> PhotoStage | None:
    """Wait until the photo has passed the stage, or was put off with a reason.

    Returns None if it takes too long, or its owner or others wait for much already.
    """
    with PLACES.take(Caller.account(photo.owner_id)) as found:
        deadline = time.monotonic() + (PATIENCE_S if found else 0)
        while time.monotonic() < deadline:
            state = caption_state(photo.pk, model=key)
            if state is not None and (
                state.state != PhotoStage.State.PENDING or state.error
            ):
                return state
            time.sleep(_POLL_S)
    return None


def _outcome(state: PhotoStage | None) -> NoCaption | None:
    if state is None:
        return _NOT_YET
    if state.state == PhotoStage.State.DONE:
        return None
    if state.state == PhotoStage.State.PENDING:
        return NoCaption(Reason.NOT_YET, f"{state.error} Ask again in a moment.")
    return NoCaption(Reason.FAILED, state.error)
