"""What a child of the worker is told about a model, and its name among the states."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ModelFiles:
    """An installed model: its name, its folder, and the device to compute on.

    `revision` tells it from what may be in the folder later.
    """

    name: str
    folder: str
    device: str
    revision: str = ""


def model_key(stage: str, model: str) -> str:
    """Return the key under which the states of a stage are kept for a model.

    `model` is itself the key of a revision.
    """
    return f"{stage}:{model}"
