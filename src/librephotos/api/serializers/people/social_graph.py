"""Who is on photos together, as a graph that clients draw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import numpy as np
import numpy.typing as npt

EXTENT = 1000.0
_ROUNDS = 60

Points = npt.NDArray[np.float64]


class GraphNode(TypedDict):
    """A person, and where they are drawn."""

    id: str
    x: float
    y: float


class GraphLink(TypedDict):
    """Two people who are on a photo together."""

    source: str
    target: str


class SocialGraph(TypedDict):
    """Who is on photos together."""

    nodes: list[GraphNode]
    links: list[GraphLink]


def social_graph(pairs: Sequence[tuple[str, str]]) -> SocialGraph:
    """Return the people and their links, friends near one another, within ±EXTENT."""
    names = sorted({name for pair in pairs for name in pair})
    number = {name: at for at, name in enumerate(names)}
    ends = [(number[a], number[b]) for a, b in pairs]
    links = np.array(ends, dtype=np.int64).reshape(-1, 2)
    places = arranged(len(names), links)
    return {
        "nodes": [
            {"id": name, "x": x, "y": y}
            for name, (x, y) in zip(names, places.tolist(), strict=True)
        ],
        "links": [{"source": a, "target": b} for a, b in pairs],
    }


def arranged(count: int, links: npt.NDArray[np.int64]) -> Points:
    """Return where each of so many nodes is put (N, 2), the same for the same links.

    Fruchterman and Reingold, Graph Drawing by Force-directed Placement (1991): all
    nodes repel one another, linked ones attract, and the steps grow smaller.
    """
    angles = np.arange(count) * (np.pi * (3 - np.sqrt(5)))
    places = np.sqrt(np.arange(count) + 0.5)[:, None] * np.stack(
        [np.cos(angles), np.sin(angles)], axis=1
    )
    for step in np.linspace(1.0, 0.05, _ROUNDS):
        force = _repulsion(places)
        pull = places[links[:, 0]] - places[links[:, 1]]
        pull *= np.linalg.norm(pull, axis=1, keepdims=True)
        np.add.at(force, links[:, 0], -pull)
        np.add.at(force, links[:, 1], pull)
        length = np.linalg.norm(force, axis=1, keepdims=True)
        places += step * force / np.maximum(length, 1e-9)
    places -= places.mean(axis=0) if count else 0
    extent = max(float(np.abs(places).max(initial=0)), 1e-9)
    return np.asarray(places * (EXTENT / extent))


def _repulsion(places: Points) -> Points:
    apart = places[:, None] - places[None, :]
    squared = np.maximum((apart**2).sum(axis=2), 1e-6)
    return np.asarray((apart / squared[:, :, None]).sum(axis=1))
