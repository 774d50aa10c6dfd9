"""Keeping the files of vectors in step with the database."""

from __future__ import annotations

import logging
import re
import shutil
from pathlib import Path

import numpy as np

from librephotos.api.queries.search import vector_rows
from librephotos.api.queries.search.semantic import known_models
from librephotos.api.storage.vector_folders import (
    WORTH_A_FILE,
    Space,
    folder_of,
    read_watermark,
    root,
    write_watermark,
)
from librephotos.ml.semantic_search.errors import DamagedIndex
from librephotos.ml.semantic_search.index import VectorIndex
from librephotos.ml.semantic_search.index_writer import VectorIndexWriter, writing

log = logging.getLogger(__name__)

# As `folder_of` names them; what else somebody keeps there is none of our business.
_OURS = re.compile(r"(\d{1,18})-[0-9a-f]{16}", re.ASCII)


def refresh_vector_files(*, owner: int, model: str) -> None:
    """Write what the files of a library lack for a model, and take out what is gone.

    May be ended at any instruction and be run again. Files of users, models and
    databases that are gone, and of libraries that have become small, are removed.
    """
    space = Space(owner, model)
    _remove_orphans()
    folder = folder_of(space)
    if vector_rows.count(space) < WORTH_A_FILE:
        shutil.rmtree(folder, ignore_errors=True)
        return
    try:
        _write(space, folder)
    except DamagedIndex as error:
        log.warning("The vectors in %s are written anew: %s", folder, error)
        shutil.rmtree(folder, ignore_errors=True)
        _write(space, folder)


def _write(space: Space, folder: Path) -> None:
    for page in vector_rows.pages(space, after=_written(folder)):
        index = VectorIndex.create(folder, dimensions=page.vectors.shape[1])
        with writing(index) as writer:
            writer.put(page.photos, page.vectors)
            write_watermark(folder, page.last_id)
    index = VectorIndex.open(folder)
    with writing(index) as writer:
        count = vector_rows.count(space, until=read_watermark(folder))
        if len(index) > count:
            _remove_gone(writer, index, space)
        if len(index) < count:
            raise DamagedIndex("Vectors are missing in the index.")
        if writer.is_wasteful:
            writer.compact()


def _written(folder: Path) -> int:
    """Return the id up to which rows are in the index, 0 if there is no index."""
    try:
        VectorIndex.open(folder)
    except FileNotFoundError:
        return 0
    return read_watermark(folder)


def _remove_gone(writer: VectorIndexWriter, index: VectorIndex, space: Space) -> None:
    snapshot = index.snapshot()
    held = snapshot.ids[snapshot.alive]
    writer.remove(held[~np.isin(held, vector_rows.photos(space))])


def _remove_orphans() -> None:
    for folder in root().glob("*-*"):
        named = _OURS.fullmatch(folder.name)
        if named is None:
            continue
        owner = int(named[1])
        spaces = (Space(owner, model) for model in known_models(owner))
        if folder not in map(folder_of, spaces):
            shutil.rmtree(folder, ignore_errors=True)
