"""What a child of the worker is told about a model, and its name among the states."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ModelFiles:
    """An installed model: its name, its folder, and the device to compute on."""

    name: str
    folder: str
    device: str


def model_key(stage: str, model: str) -> str:
    """Return the key under which the states of a stage are kept for a model."""
    return f"{stage}:{model}"
