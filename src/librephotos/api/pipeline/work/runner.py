"""Running stages over batches of photos; status and failures are recorded here."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DataError, IntegrityError, transaction
from psycopg.errors import ForeignKeyViolation

from librephotos.api.models import PhotoStage
from librephotos.api.pipeline.work.sandbox import Outcome, Sandbox
from librephotos.api.pipeline.work.stage import Runs, Skip, Stage
from librephotos.api.writes import stage_states
from librephotos.api.writes.invalidation import Reason, invalidate
from librephotos.full_disk import DataFolderFull, is_full
from librephotos.ml.errors import ModelUnusable

log = logging.getLogger(__name__)


def check_free_space() -> None:
    """Raise DataFolderFull before work is begun that might not be stored."""
    free = shutil.disk_usage(settings.DATA).free
    if free < settings.MIN_FREE_MIB * 2**20:
        raise DataFolderFull(
            f"The data folder has only {free // 2**20} MiB left and "
            f"{settings.MIN_FREE_MIB} MiB are kept free: make room"
        )


@contextmanager
def full_folder_told() -> Iterator[None]:
    """Turn the system's word that the disk is full into DataFolderFull."""
    try:
        yield
    except OSError as error:
        if not is_full(error):
            raise
        raise DataFolderFull("The data folder has become full: make room") from error


def run_stages(
    stages: Iterable[Stage], photo_ids: Sequence[UUID], *, sandbox: Sandbox
) -> None:
    """Take photos through stages, one stage after the other.

    A photo that a stage puts off has yet to pass the stages that need this one, too.
    """
    for stage in stages:
        run_stage(stage, photo_ids, sandbox=sandbox, needs=stage.needs)


def run_stage(
    stage: Stage,
    photo_ids: Sequence[UUID],
    *,
    sandbox: Sandbox,
    needs: Collection[str] = (),
) -> None:
    """Take those photos through a stage that have not passed it yet.

    The results and the states of all of them are written in one transaction, but for
    photos that were deleted meanwhile, or settled by another worker; to run it again,
    whole, at the same time or after a crash, changes nothing. A photo that changes
    meanwhile, or has yet to pass a stage of `needs`, has yet to pass this one. Raises
    ModelUnusable, and records nothing, if the stage's model cannot be worked with.
    """
    check_free_space()
    key = state_key(stage)
    todo = stage_states.pending(photo_ids, stage=key, version=stage.version)
    inputs, outcomes = _load(stage, list(todo))
    work = {
        photo_id: item
        for photo_id, item in inputs.items()
        if not isinstance(item, Skip)
    }
    outcomes |= zip(work, _computed(stage, list(work.values()), sandbox), strict=True)
    inputs |= dict.fromkeys(outcomes.keys() - inputs)
    while not _stored(stage, inputs, outcomes, seen=todo, needs=needs):
        log.info("Another worker was faster with a part of a batch of %s", key)


ENDS_WORKERS = "The server ended again and again while it worked on this."
"""Why something failed that nobody lived to tell of."""


def fail_next_stage(stages: Iterable[Stage], photo_ids: Sequence[UUID]) -> bool:
    """Record photos as failed in the first of the stages that any has yet to pass.

    Returns whether there is one. The others are left to be tried.
    """
    for stage in stages:
        key = state_key(stage)
        with transaction.atomic():
            todo = stage_states.pending(photo_ids, stage=key, version=stage.version)
            failed = [(photo, PhotoStage.State.FAILED, ENDS_WORKERS) for photo in todo]
            if stage_states.record(failed, stage=key, version=stage.version, seen=todo):
                return True
    return False


def _stored(
    stage: Stage,
    inputs: Mapping[UUID, Any],
    outcomes: dict[UUID, Outcome[Any]],
    *,
    seen: Mapping[UUID, int | None],
    needs: Collection[str],
) -> bool:
    """Store what a batch came to in one transaction; False if that has to begin anew.

    A worker that was silent for too long is presumed dead and its batch given to
    another one. Whoever of them comes second leaves alone what the first has stored.
    """
    key = state_key(stage)
    with transaction.atomic():
        kept = stage_states.hold(inputs) & stage_states.unchanged(seen, stage=key)
        results = {
            photo_id: outcome.value
            for photo_id, outcome in outcomes.items()
            if photo_id in kept and not outcome.error
        }
        for photo_id, error in _save(stage, results).items():
            outcomes[photo_id] = Outcome(error=error)
        recorded = stage_states.record(
            [
                (photo_id, *_state(inputs[photo_id], outcomes.get(photo_id)))
                for photo_id in sorted(kept)
            ],
            stage=key,
            version=stage.version,
            seen=seen,
        )
        if len(recorded) < len(kept):
            transaction.set_rollback(True)
            return False
        put_off = {
            photo_id
            for photo_id in recorded
            if getattr(outcomes.get(photo_id, inputs[photo_id]), "for_now", False)
        }
        if needs:
            # What was stored of them rests on what was known before.
            put_off |= stage_states.unsettled(recorded, stages=needs)
        invalidate([key], of=put_off, reason=Reason.PUT_OFF)
    return True


UNSTORABLE = (DataError, IntegrityError, ValueError, TypeError, ArithmeticError)
"""What a value raises that the database, or the way to it, does not take."""


UNREADABLE = (DataError, ValueError, TypeError, ArithmeticError, LookupError)
"""What a row raises that a stage cannot make an input of."""


def _load(
    stage: Stage, photo_ids: list[UUID]
) -> tuple[dict[UUID, Any], dict[UUID, Outcome[Any]]]:
    """Return the inputs of photos, and the outcomes of those that have none.

    A batch that fails is halved until the photos that make it fail are alone.
    """
    try:
        with transaction.atomic():
            return dict(stage.load(photo_ids)), {}
    except UNREADABLE as error:
        if len(photo_ids) > 1:
            half = len(photo_ids) // 2
            first = _load(stage, photo_ids[:half])
            second = _load(stage, photo_ids[half:])
            return first[0] | second[0], first[1] | second[1]
        log.exception("What %s needs of a photo cannot be read", stage.name)
        reason = f"{type(error).__name__}: {error}"
        outcome: Outcome[Any] = Outcome(
            error=f"What is known of the photo cannot be read ({reason})."
        )
        return {}, dict.fromkeys(photo_ids, outcome)


def lacks_a_row(error: Exception) -> bool:
    """Whether what is to be stored refers to a row that was deleted meanwhile.

    No file is to blame for that, and the next try begins with what is there.
    """
    return isinstance(error.__cause__, ForeignKeyViolation)


def _save(stage: Stage, results: dict[UUID, Any]) -> dict[UUID, str]:
    """Save results; return why those could not be stored that are to blame.

    A batch that fails is halved until the photos that make it fail are alone.
    """
    if not results:
        return {}
    try:
        with transaction.atomic():
            stage.save(results)
        return {}
    except UNSTORABLE as error:
        if lacks_a_row(error):
            raise
        if len(results) > 1:
            items = list(results.items())
            half = len(items) // 2
            return _save(stage, dict(items[:half])) | _save(stage, dict(items[half:]))
        log.exception("The results of %s cannot be stored", stage.name)
        name = type(error).__name__
        return dict.fromkeys(
            results, f"What was found in the file cannot be stored ({name}: {error})."
        )


def state_key(stage: Stage) -> str:
    """Return the name under which the states of a stage's photos are kept."""
    return str(getattr(stage, "key", stage.name))


def _computed(
    stage: Stage, items: Sequence[Any], sandbox: Sandbox
) -> list[Outcome[Any]]:
    if stage.runs is Runs.DECODER:
        return _unless_unusable(sandbox.map(stage.compute, items))
    if stage.runs is Runs.LEARNER:
        return sandbox.map_batch(stage.compute, items)
    return [_attempt(stage.compute, item) for item in items]


def _unless_unusable(outcomes: list[Outcome[Any]]) -> list[Outcome[Any]]:
    for outcome in outcomes:
        if outcome.unusable:
            raise ModelUnusable(outcome.error)
    return outcomes


def _attempt(compute: Callable[[Any], Any], item: Any) -> Outcome[Any]:
    try:
        return Outcome(compute(item))
    # The item boundary: one photo must not keep the others from going on.
    except Exception as error:
        log.exception("Unexpected error in %s", compute.__name__)
        return Outcome(error=f"{type(error).__name__}: {error}")


def _state(item: Any, outcome: Outcome[Any] | None) -> tuple[PhotoStage.State, str]:
    if outcome is None:
        return PhotoStage.State.SKIPPED, item.reason
    if outcome.error:
        return PhotoStage.State.FAILED, outcome.error
    return PhotoStage.State.DONE, getattr(outcome.value, "note", "")
