"""GeoNames' towns in squares of a degree, written once so that processes can share it.

`python -m librephotos.geo.town_table` writes it beside this module: script/setup does.
Without that each process makes it in a quarter of a second, and has 30 MB of its own.
"""

from __future__ import annotations

import mmap
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np

from librephotos.geo.geonames import listed_towns, version_of_list

COLUMNS = 360
"""Squares in a row, from west to east."""

PREPARED = Path(__file__).with_name("prepared")
"""The folder in which the table is written."""

_POSITION = re.compile(rb'"latitude":([^,}]+),"longitude":([^,}]+)')


class TownTable(NamedTuple):
    """The towns by their squares; each array has one number a town.

    `starts` says where a town's JSON object begins in the text. Positions are degrees.
    """

    text: bytes | mmap.mmap
    squares: np.ndarray[Any, np.dtype[np.float64]]
    starts: np.ndarray[Any, np.dtype[np.float64]]
    latitudes: np.ndarray[Any, np.dtype[np.float64]]
    longitudes: np.ndarray[Any, np.dtype[np.float64]]


def square(latitude: Any, longitude: Any) -> Any:
    """Return the numbers of the squares in which positions lie, in degrees."""
    row, column = np.floor(latitude + 90), np.floor(longitude + 180)
    return row * COLUMNS + np.minimum(column, COLUMNS - 1)


def town_table(folder: Path = PREPARED) -> TownTable:
    """Return the table as it was written in a folder for this list, or made anew."""
    return _written(folder) or _made(listed_towns())


def _written(folder: Path) -> TownTable | None:
    text, columns = _paths(folder)
    try:
        with text.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        # Plain arrays are faster than those that know their file.
        return TownTable(mapped, *np.load(columns, mmap_mode="r").view(np.ndarray))
    except (OSError, ValueError):  # not there, not for us, or cut short
        return None


def _made(text: bytes) -> TownTable:
    found = np.array(_POSITION.findall(text), dtype="S24").astype(float)
    starts = np.flatnonzero(np.frombuffer(text, np.uint8) == ord("{"))
    if len(found) != len(starts):
        raise ValueError("The list of towns is not as expected.")
    squares = square(found[:, 0], found[:, 1])
    order = np.argsort(squares, kind="stable")
    columns = np.stack([squares, starts, found[:, 0], found[:, 1]])
    return TownTable(text, *np.ascontiguousarray(columns[:, order]))


def write(folder: Path = PREPARED) -> None:
    """Write the table of this list into a folder, and remove all else from it."""
    text, columns = _paths(folder)
    folder.mkdir(exist_ok=True)
    made = _made(listed_towns())
    with _replacing(text) as file:
        file.write(made.text)
    with _replacing(columns) as file:
        np.save(file, np.stack(made[1:]))
    for other in set(folder.iterdir()) - {text, columns}:
        other.unlink()


def _paths(folder: Path) -> tuple[Path, Path]:
    name = f"towns-{version_of_list()}"
    return folder / f"{name}.json", folder / f"{name}.npy"


@contextmanager
def _replacing(path: Path) -> Iterator[IO[bytes]]:
    """Give a file to write that stands at the path once it is whole."""
    temporary = path.with_suffix(f".{os.getpid()}")
    with temporary.open("wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


if __name__ == "__main__":
    write()
