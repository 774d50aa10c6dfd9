"""What a child of the worker is told about a model."""

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
