"""Work on all faces of an owner.

What people say meanwhile is never lost: it is looked at again right before anything is
written, and the work repeated if there is more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt
from django.db import transaction

from librephotos.api.locks import lock_people
from librephotos.api.models import Job, JobStage
from librephotos.api.pipeline.work.sandbox import Sandbox
from librephotos.api.queries.people import face_encodings
from librephotos.ml.errors import ModelUnusable

Ids = npt.NDArray[np.int64]
Answer = TypeVar("Answer")

TRIES: Final = 5


def until_nothing_changes(
    owner: int, prepare: Callable[[], Callable[[], None]]
) -> None:
    """Write what was worked out, unless people have said more: then work it out again.

    Gives in after some tries: what they said is never overwritten in any case.
    """
    for attempt in range(1, TRIES + 1):
        said = face_encodings.last_edit(owner)
        write = prepare()
        with transaction.atomic():
            lock_people(owner)
            if face_encodings.last_edit(owner) == said or attempt == TRIES:
                write()
                return


def numbered(*photos: npt.NDArray[np.bytes_]) -> list[Ids]:
    """Return numbers in place of the photos' ids, the same in all arrays."""
    _, numbers = np.unique(np.concatenate(photos), return_inverse=True)
    return np.split(
        numbers.astype(np.int64), np.cumsum([len(part) for part in photos])[:-1]
    )


def answer(sandbox: Sandbox, function: Callable[[Any], Answer], work: Any) -> Answer:
    """Return what a child makes of the work; raise ModelUnusable if it cannot."""
    (outcome,) = sandbox.map(function, [work])
    if outcome.error or outcome.value is None:
        raise ModelUnusable(outcome.error)
    return outcome.value


def count_done(job: Job, *, stage: str, total: int) -> None:
    """Record that the whole work of a job is done."""
    JobStage.objects.update_or_create(
        job=job, stage=stage, defaults={"total": total, "done": total}
    )
    Job.objects.filter(pk=job.pk).update(enumerated=True)
