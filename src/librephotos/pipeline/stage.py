"""What a stage is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol
from uuid import UUID


class Skip(NamedTuple):
    """In place of an input: the stage has nothing to do for the photo, and why."""

    reason: str
    for_now: bool = False


class Stage(Protocol):
    """One step of the pipeline.

    `compute` is a function of one input that touches neither database nor settings;
    where `sandboxed`, it runs in the decoding child, since it reads files that nobody
    vouches for or needs much memory. `load` reads the inputs of a batch and `save`
    writes its results, each in a fixed number of queries; `save` runs in the
    transaction that records the photos as done. All three are idempotent. A new
    `version` makes every photo pass the stage again, and then those that need it.
    """

    name: str
    version: int
    needs: tuple[str, ...]
    sandboxed: bool
    compute: Callable[[Any], Any]

    def load(self, photo_ids: Sequence[UUID]) -> dict[UUID, Any]:
        """Return the input of each photo, or a `Skip`."""

    def save(self, results: dict[UUID, Any]) -> None:
        """Write the results of the photos for which `compute` succeeded."""
