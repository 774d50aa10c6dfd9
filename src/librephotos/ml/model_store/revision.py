"""What tells one revision of a model's files from another.

The commit that they were downloaded at, or where nobody knows that, the files
themselves: of large ones some blocks, which no two trainings have alike.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from librephotos.ml.model_store.record import read_record

_BLOCK = 4096
_BLOCKS = 64
"""Bytes and number of the blocks that are looked at; the last ones are at the end."""


def revision_of(folder: Path, names: Sequence[str]) -> str:
    """Return the revision of a model whose files have these names; raise OSError.

    At most 64 characters. Costs some stats once it is known.
    """
    known = read_record(folder)
    if known and known.revision:
        return known.revision[:64]
    states = [(folder / name).stat() for name in sorted(names)]
    return _fingerprint(
        folder,
        tuple(sorted(names)),
        tuple((state.st_size, state.st_mtime_ns, state.st_ino) for state in states),
    )


@lru_cache(maxsize=32)
def _fingerprint(
    folder: Path, names: tuple[str, ...], states: tuple[tuple[int, ...], ...]
) -> str:
    found = hashlib.sha256()
    for name, (size, *_) in zip(names, states, strict=True):
        found.update(f"{name} {size} ".encode())
        with (folder / name).open("rb") as file:
            for at in _starts(size):
                file.seek(at)
                found.update(file.read(_BLOCK))
    return found.hexdigest()[:40]


def _starts(size: int) -> list[int]:
    if size <= _BLOCK * _BLOCKS:
        return list(range(0, size, _BLOCK))
    return [at * (size - _BLOCK) // (_BLOCKS - 1) for at in range(_BLOCKS)]
