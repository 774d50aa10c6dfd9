"""Running stages over batches of photos; status and failures are recorded here."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.db import DataError, IntegrityError, transaction
from psycopg.errors import ForeignKeyViolation

from librephotos.api.models import PhotoStage
from librephotos.api.pipeline.work.sandbox import Outcome, Sandbox
from librephotos.api.pipeline.work.stage import Input, Result, Runs, Skip, Stage
from librephotos.api.writes import stage_states
from librephotos.api.writes.invalidation import Reason, invalidate
from librephotos.full_disk import DataFolderFull, fullest_place, is_full

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
        place = fullest_place(settings.DATA, error)
        raise DataFolderFull(f"{place} has become full: make room") from error


def run_stages(
    stages: Iterable[Stage[Any, Any]],
    photo_ids: Sequence[UUID],
    *,
    sandbox: Sandbox,
    known: Mapping[Any, Any] | None = None,
) -> None:
    """Take photos through stages, one stage after the other; see `run_stage`."""
    for stage in stages:
        run_stage(stage, photo_ids, sandbox=sandbox, known=known)


def run_stage(
    stage: Stage[Input, Result],
    photo_ids: Sequence[UUID],
    *,
    sandbox: Sandbox,
    known: Mapping[Any, Any] | None = None,
) -> None:
    """Take those photos through a stage that have not passed it yet.

    The results and the states of all of them are written in one transaction, but for
    photos that were deleted meanwhile, or settled by another worker; to run it again,
    whole, at the same time or after a crash, changes nothing. A photo that changes
    meanwhile, or has yet to pass a stage that this one needs, has yet to pass this one,
    whether it waits for that or passes with what is known (see `Stage`). `known` are
    results by their inputs that need not be computed. Raises ModelUnusable, and records
    nothing, if the stage's model cannot be worked with.
    """
    check_free_space()
    todo = stage_states.pending(photo_ids, stage=stage.key, version=stage.version)
    if not todo:
        return
    skips: dict[UUID, Skip] = {}
    if stage.waiting:
        wanted = stage_states.under_way(todo, stages=stage.needed_keys)
        skips = dict.fromkeys(wanted, stage.waiting)
    inputs, outcomes = _load(stage, [photo for photo in todo if photo not in skips])
    work: dict[UUID, Input] = {}
    for photo_id, item in inputs.items():
        if isinstance(item, Skip):
            skips[photo_id] = item
        elif known and stage.runs is Runs.DECODER and item in known:
            outcomes[photo_id] = Outcome(known[item])
        else:
            work[photo_id] = item
    outcomes |= zip(work, _computed(stage, list(work.values()), sandbox), strict=True)
    while not _stored(stage, skips, outcomes, seen=todo):
        log.info("Another worker was faster with a part of a batch of %s", stage.key)


ENDS_WORKERS = "The server ended again and again while it worked on this."
"""Why something failed that nobody lived to tell of."""


def fail_next_stage(
    stages: Iterable[Stage[Any, Any]], photo_ids: Sequence[UUID]
) -> bool:
    """Record photos as failed in the first of the stages that any has yet to pass.

    Returns whether there is one. The others are left to be tried.
    """
    for stage in stages:
        key = stage.key
        with transaction.atomic():
            todo = stage_states.pending(photo_ids, stage=key, version=stage.version)
            failed = [(photo, PhotoStage.State.FAILED, ENDS_WORKERS) for photo in todo]
            recorded = stage_states.record(
                failed, stage=key, version=stage.version, seen=todo
            )
            if recorded:
                stage.fail(dict.fromkeys(recorded, ENDS_WORKERS))
                return True
    return False


def _stored(
    stage: Stage[Input, Result],
    skips: Mapping[UUID, Skip],
    outcomes: dict[UUID, Outcome[Result]],
    *,
    seen: Mapping[UUID, int | None],
) -> bool:
    """Store what a batch came to in one transaction; False if that has to begin anew.

    A worker that was silent for too long is presumed dead and its batch given to
    another one. Whoever of them comes second leaves alone what the first has stored.
    """
    key = stage.key
    with transaction.atomic():
        kept = stage_states.hold(skips.keys() | outcomes.keys())
        kept &= stage_states.unchanged(seen, stage=key)
        results = {
            photo_id: cast(Result, outcome.value)
            for photo_id, outcome in outcomes.items()
            if photo_id in kept and not outcome.error
        }
        for photo_id, error in _save(stage, results).items():
            outcomes[photo_id] = Outcome(error=error)
        recorded = stage_states.record(
            [
                (
                    photo_id,
                    *(
                        _state(stage, outcomes[photo_id])
                        if photo_id in outcomes
                        else (PhotoStage.State.SKIPPED, skips[photo_id].reason)
                    ),
                )
                for photo_id in sorted(kept)
            ],
            stage=key,
            version=stage.version,
            seen=seen,
        )
        if len(recorded) < len(kept):
            transaction.set_rollback(True)
            return False
        stage.fail(
            {
                photo_id: outcome.error
                for photo_id, outcome in outcomes.items()
                if photo_id in recorded and outcome.is_final
            }
        )
        ended: dict[UUID, Skip | Outcome[Result]] = {**skips, **outcomes}
        put_off = {photo_id for photo_id in recorded if ended[photo_id].for_now}
        if stage.needs and not stage.waiting:
            # What was stored of them rests on what was known before.
            put_off |= stage_states.unsettled(recorded, stages=stage.needed_keys)
        invalidate([key], of=put_off, reason=Reason.PUT_OFF)
    return True


UNSTORABLE = (DataError, IntegrityError, ValueError, TypeError, ArithmeticError)
"""What a value raises that the database, or the way to it, does not take."""


UNREADABLE = (DataError, ValueError, TypeError, ArithmeticError, LookupError)
"""What a row raises that a stage cannot make an input of."""


def _load(
    stage: Stage[Input, Result], photo_ids: list[UUID]
) -> tuple[dict[UUID, Input | Skip], dict[UUID, Outcome[Result]]]:
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
        outcome: Outcome[Result] = Outcome(
            error=f"What is known of the photo cannot be read ({reason})."
        )
        return {}, dict.fromkeys(photo_ids, outcome)


def lacks_a_row(error: Exception) -> bool:
    """Whether what is to be stored refers to a row that was deleted meanwhile.

    No file is to blame for that, and the next try begins with what is there.
    """
    return isinstance(error.__cause__, ForeignKeyViolation)


def _save(stage: Stage[Any, Result], results: dict[UUID, Result]) -> dict[UUID, str]:
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


def _computed(
    stage: Stage[Input, Result], items: Sequence[Input], sandbox: Sandbox
) -> list[Outcome[Result]]:
    if stage.runs is Runs.WORKER:
        return [_attempt(stage, item) for item in items]
    at_once = 1 if stage.runs is Runs.DECODER else None
    return sandbox.map_batch(stage.compute, items, at_once=at_once)


def _attempt(stage: Stage[Input, Result], item: Input) -> Outcome[Result]:
    try:
        [result] = stage.compute([item])
        return Outcome(result)
    # The item boundary: one photo must not keep the others from going on.
    except Exception as error:
        log.exception("Unexpected error in the stage %s", stage.name)
        return Outcome(error=f"{type(error).__name__}: {error}")


def _state(
    stage: Stage[Any, Result], outcome: Outcome[Result]
) -> tuple[PhotoStage.State, str]:
    if outcome.error:
        return PhotoStage.State.FAILED, outcome.error
    return PhotoStage.State.DONE, stage.note(cast(Result, outcome.value))
