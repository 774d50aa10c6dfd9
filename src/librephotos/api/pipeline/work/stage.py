"""What a stage is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum, auto
from typing import Any, NamedTuple, Protocol
from uuid import UUID


def model_key(stage: str, model: str) -> str:
    """Return the key under which the states of a stage are kept for a model.

    `model` is itself the key of a revision.
    """
    return f"{stage}:{model}"


class Skip(NamedTuple):
    """In place of an input: the stage has nothing to do for the photo, and why."""

    reason: str
    for_now: bool = False


class Runs(Enum):
    """Where a stage computes.

    DECODER and LEARNER are children of the worker. The decoder takes one input at a
    time: it reads files that nobody vouches for. The learner keeps a model in memory
    and takes batches: there, `compute` turns a sequence of inputs into a list of as
    many results.
    """

    WORKER = auto()
    DECODER = auto()
    LEARNER = auto()


class Stage(Protocol):
    """One step of the pipeline.

    `compute` touches neither database nor settings. `load` reads the inputs of a batch
    and `save` writes its results, each in a fixed number of queries; `save` runs in
    the transaction that records the photos as done. All three are idempotent.

    A new `version` makes every photo pass the stage again, and then the stages that
    name it in their `needs`. A photo whose file has changed, or that is read again,
    passes all of these stages, but those that learn only where `save` finds that what
    they read is another: the previews, by their bytes, and the marked people.
    """

    name: str
    version: int
    needs: tuple[str, ...]
    runs: Runs

    @property
    def compute(self) -> Callable[[Any], Any]:
        """The work itself, which can be sent to a child."""

    def load(self, photo_ids: Sequence[UUID]) -> dict[UUID, Any]:
        """Return the input of each photo, or a `Skip`."""

    def save(self, results: dict[UUID, Any]) -> None:
        """Write the results of the photos for which `compute` succeeded."""


class LearningStage(Stage, Protocol):
    """A stage that learns from previews, once photos are visible.

    `batch_size` photos are a task and a transaction. `queue` is "cpu" for what uses
    one core and "ml" for what uses all of them, or a GPU.
    """

    batch_size: int
    queue: str

    @property
    def key(self) -> str:
        """The name under which states are kept: with the model where there is one."""

    def enabled(self) -> bool:
        """Whether the settings want this stage."""

    def missing(self) -> str:
        """Why the stage cannot run now, in a sentence; "" if it can."""
