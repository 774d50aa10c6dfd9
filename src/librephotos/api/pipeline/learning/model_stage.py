"""What the stages that take photos through a published model have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from uuid import UUID

import numpy as np
import numpy.typing as npt

from librephotos.api.pipeline.ml_models.installed import (
    learning_key,
    model_files,
    unusable_reason,
)
from librephotos.api.pipeline.previews.store import load_previews
from librephotos.api.pipeline.sandboxed.model_files import ModelFiles
from librephotos.api.pipeline.work.stage import (
    Input,
    LearningStage,
    Result,
    Runs,
    Skip,
    model_key,
)
from librephotos.api.queries.operations import model_revisions
from librephotos.api.storage.previews import PreviewSize
from librephotos.api.writes import revisions
from librephotos.ml.errors import ModelUnusable

Vector = npt.NDArray[np.float32]
"""What a model makes of a picture or a text, of length 1."""


class ModelStage(LearningStage[Input, Result]):
    """A learning stage with one model: that of the key given, or of the settings.

    Results and states are kept by model, so that a switch computes what is missing
    and no more.
    """

    needs: tuple[str, ...] = ("thumbnails",)
    runs = Runs.LEARNER
    queue = "ml"

    wanted: Callable[[], str]
    """Returns the model that the settings want, "" for none."""

    predict: Callable[[ModelFiles, Sequence[Input]], Sequence[Result]]
    """What the child computes."""

    def __init__(self, model: str = "") -> None:
        self._given = model

    @cached_property
    def model(self) -> str:
        """The key of the model's revision, the same for the life of the stage."""
        return self._given or learning_key(type(self).wanted())

    @property
    def key(self) -> str:
        return model_key(self.name, self.model)

    @property
    def needed_keys(self) -> tuple[str, ...]:
        """Those of this model's own results where the needed stage has a model."""
        return *self.needs, *(model_key(need, self.model) for need in self.needs)

    def enabled(self) -> bool:
        return bool(self.model)

    def missing(self) -> str:
        return unusable_reason(self.model)

    @property
    def compute(self) -> Callable[[Sequence[Input]], Sequence[Result]]:
        return partial(type(self).predict, model_files(self.model))

    def remember(self) -> None:
        """Note, within `save`, with which revision of the model results were made.

        Raises ModelUnusable if that is not there any more.
        """
        name = model_revisions.model_name(self.model)
        revision = model_files(self.model).revision
        if revisions.remember(name, revision) != self.model:
            raise ModelUnusable(f"Another revision of the model {name} has come.")


class PreviewStage(ModelStage[bytes, Result]):
    """A stage whose model looks at previews."""

    def load(self, photo_ids: Sequence[UUID]) -> dict[UUID, bytes | Skip]:
        return load_previews(photo_ids, size=PreviewSize.MEDIUM)
