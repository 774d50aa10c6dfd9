"""The files of an index of vectors, and what of them counts.

    state.json                 how much of the files below counts; replaced at once
    writer.lock                held by the one process that writes
    generation-N/vectors.i16   rows × dimensions, in units of 1 / UNITS
    generation-N/ids           16 bytes a row, a UUID
    generation-N/dead          positions of removed rows, 4 bytes each
    generation-N/codes         whole chunks of binary codes, see index_codes
    generation-N/factors       a float32 for each coded row
    generation-N/basis.npy     what the codes were made with

Files only grow, and what lies beyond the state's counts does not exist: a writer that
died left nothing, and a reader never sees half of anything. Compaction writes the next
generation beside the old one and then names it in the state.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from librephotos.ml.semantic_search.errors import DamagedIndex

FORMAT: Final = 1
STATE: Final = "state.json"
LOCK: Final = "writer.lock"
ID: Final = np.dtype("S16")
"""A UUID's bytes. NumPy compares all sixteen, but drops zeros from a single item."""

UNITS: Final = 32_767
"""A component of 1, so normalised vectors fit into int16.

As exact as float16 for vectors of hundreds of components, and NumPy turns int16 into
float32 more than ten times as fast.
"""

Ids = NDArray[np.bytes_]
Fixed = NDArray[np.int16]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class State:
    """How many rows, removals and coded rows of which generation count."""

    dimensions: int
    generation: int = 1
    rows: int = 0
    dead: int = 0
    coded: int = 0
    format: int = FORMAT


def read_state(folder: Path) -> State:
    """Return what counts at this moment. Raises DamagedIndex, FileNotFoundError."""
    try:
        state = State(**json.loads((folder / STATE).read_bytes()))
    except (ValueError, TypeError) as error:
        raise DamagedIndex("The state of the index cannot be read.") from error
    if state.format != FORMAT:
        raise DamagedIndex(f"The index is of format {state.format}, not {FORMAT}.")
    return state


def fixed(vectors: Floats) -> Fixed:
    """Return normalised vectors as the file keeps them."""
    return np.round(np.asarray(vectors, np.float32) * UNITS).astype(np.int16)


def floats(rows: Fixed) -> Floats:
    """Return rows of the file as normalised vectors."""
    return rows.astype(np.float32) / np.float32(UNITS)


def write_state(folder: Path, state: State) -> None:
    """Make `state` what counts, wholly or not at all."""
    temporary = folder / f"{STATE}.new"
    with open(temporary, "w", encoding="utf-8") as file:
        json.dump(asdict(state), file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, folder / STATE)


def generation_folder(folder: Path, state: State) -> Path:
    """Return where the files of the state's generation lie."""
    return folder / f"generation-{state.generation}"


def mapped(path: Path, dtype: Any, shape: tuple[int, ...]) -> NDArray[Any]:
    """Return the first items of a file, read only as they are touched.

    Raises DamagedIndex if the file is shorter than that.
    """
    if 0 in shape:
        return np.empty(shape, dtype)
    try:
        return np.memmap(path, dtype, "r", shape=shape).view(np.ndarray)
    except ValueError as error:
        raise DamagedIndex(f"The index's file {path.name} is cut short.") from error


def write_at(path: Path, items: NDArray[Any], *, start: int) -> None:
    """Write items from the number `start` on, and to the disk; drop what follows."""
    mode = "r+b" if path.exists() else "w+b"
    with open(path, mode) as file:
        file.truncate(start * items.dtype.itemsize)
        file.seek(0, os.SEEK_END)
        file.write(np.ascontiguousarray(items).data.cast("B") if items.size else b"")
        file.flush()
        os.fsync(file.fileno())
