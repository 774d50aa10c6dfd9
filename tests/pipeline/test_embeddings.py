"""Photos become vectors after a scan, once a model is there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from librephotos.api.models import PhotoEmbedding
from tests.support.model_folders import CLIP, configure, install
from tests.support.scanning import Library
from tests.support.tiny_clip import render, tiny_clip_folder  # noqa: F401


def shapes(library: Library, *names: str) -> None:
    """Draw shapes such as "red circle" into the library, a file each."""
    for number, name in enumerate(names):
        colour, shape = name.split()
        path = library.root / f"{number}-{colour}-{shape}.png"
        render(shape, colour, number).save(path)


def test_a_scan_stores_a_vector_of_length_one_for_each_photo(
    photos: Library, tiny_clip_folder: Path, models: Path  # noqa: F811
) -> None:
    install(models, CLIP, tiny_clip_folder)
    configure(semantic_search_model=CLIP)
    shapes(photos, "red circle", "blue star")
    photos.scan()
    rows = list(PhotoEmbedding.objects.filter(owner=photos.owner))
    lengths = [np.linalg.norm(row.vector) for row in rows]
    assert lengths == pytest.approx([1, 1], abs=1e-3)
