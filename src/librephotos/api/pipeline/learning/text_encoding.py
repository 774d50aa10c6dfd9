"""Turning the text of a search into a vector, for somebody who waits."""

from __future__ import annotations

import logging
from concurrent.futures import BrokenExecutor
from functools import partial

from django.db import DatabaseError

from librephotos.api.models import TextEmbedding
from librephotos.api.pipeline.ml_models.installed import model_files
from librephotos.api.pipeline.sandboxed.predictions import embed_texts
from librephotos.api.pipeline.work.children import responder
from librephotos.ml.errors import ModelUnusable

log = logging.getLogger(__name__)


def encode_text(*, text: str, model: str) -> None:
    """Store the vector of a text, if the model can make one.

    Never fails, so that no failed task and no log keeps what was searched for; who
    waits sees that the task has ended, and without a vector.
    """
    try:
        encode = partial(embed_texts, model_files(model))
        [outcome] = responder().map_batch(encode, [text])
        if outcome.value is None:
            log.warning("A search text could not be encoded by %s", model)
        else:
            TextEmbedding.objects.keep(text, outcome.value, model=model)
    except (ModelUnusable, BrokenExecutor, DatabaseError, OSError) as error:
        log.warning("A search text was not encoded by %s: %s", model, error)
