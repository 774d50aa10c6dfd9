"""What a stage is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

Input = TypeVar("Input")
Result = TypeVar("Result")


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

    DECODER and LEARNER are children of the worker. The decoder is given one input at a
    time: it reads files that nobody vouches for. The learner keeps a model in memory
    and is given all inputs of a batch at once. The worker itself takes one by one.
    """

    WORKER = auto()
    DECODER = auto()
    LEARNER = auto()


@dataclass(frozen=True)
class Each(Generic[Input, Result]):
    """Makes of a function of one input the `compute` of a stage."""

    function: Callable[[Input], Result]

    def __call__(self, items: Sequence[Input]) -> list[Result]:
        return [self.function(item) for item in items]


class Stage(ABC, Generic[Input, Result]):
    """One step of the pipeline, from what `load` reads to what `save` writes.

    `compute` touches neither database nor settings. `load` reads the inputs of a batch
    and `save` writes its results, each in a fixed number of queries; `save` runs in
    the transaction that records the photos as done. All three are idempotent.

    `needs` names the stages whose results this one works on. They have to be settled,
    not done: a photo whose metadata cannot be read has a date all the same. One that
    has yet to pass a needed stage passes this one with what is known, and then again
    when that is settled.

    A new `version` makes every photo pass the stage again, and then the stages that
    name it in their `needs`. A photo whose file has changed, or that is read again,
    passes all of these stages, but those that learn only where `save` finds that what
    they read is another: the previews, by their bytes, and the marked people.
    """

    name: str
    version: int
    needs: tuple[str, ...] = ()
    runs: Runs

    waiting: Skip | None = None
    """In place of an input while a needed stage is under way; None for no waiting."""

    @property
    def key(self) -> str:
        """The name under which states are kept: with the model where there is one."""
        return self.name

    @property
    def needed_keys(self) -> tuple[str, ...]:
        """The keys under which states of the needed stages are kept."""
        return self.needs

    @property
    @abstractmethod
    def compute(self) -> Callable[[Sequence[Input]], Sequence[Result]]:
        """The work itself on some inputs, which can be sent to a child."""

    @abstractmethod
    def load(self, photo_ids: Sequence[UUID]) -> dict[UUID, Input | Skip]:
        """Return the input of each photo, or a `Skip`."""

    @abstractmethod
    def save(self, results: dict[UUID, Result]) -> None:
        """Write the results of the photos for which `compute` succeeded."""

    def fail(self, errors: dict[UUID, str]) -> None:
        """Write down of photos why they could not pass and will not pass like this.

        In the transaction that records them as failed. Idempotent, as `save` is.
        """

    def note(self, result: Result) -> str:
        """Return what the owner should know of a photo that is done, or ""."""
        return ""


class LearningStage(Stage[Input, Result]):
    """A stage that learns from previews, once photos have these.

    `batch_size` photos are a task and a transaction. `queue` is "cpu" for what uses
    one core and "ml" for what uses all of them, or a GPU.

    Of a needed stage that is about to be passed again, photos wait for the outcome,
    and are not learnt twice. One that was tried in vain, because the disk is away for
    instance, is not waited for: what it has made before is learnt from.
    """

    batch_size: int
    queue: str
    waiting = Skip("The preview is being made anew.", for_now=True)

    @abstractmethod
    def enabled(self) -> bool:
        """Whether the settings want this stage."""

    @abstractmethod
    def missing(self) -> str:
        """Why the stage cannot run now, in a sentence; "" if it can."""
