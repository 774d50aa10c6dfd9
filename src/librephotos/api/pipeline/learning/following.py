"""What follows a scan: taking photos with previews through the stages that learn.

Photos pass these in jobs of their own, one per kind, so that a scan is finished when
all of its photos have previews. Which photos are due is read from their states alone,
so a job that died, a model that has arrived and a new version all come down to the
same.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import DatabaseError, transaction

from librephotos.api.models import Job, User
from librephotos.api.pipeline.work import jobs, queue
from librephotos.api.pipeline.work.children import attendant, learner, sandbox
from librephotos.api.pipeline.work.kinds import KINDS, following
from librephotos.api.pipeline.work.registry import learning_stage, stages_of
from librephotos.api.pipeline.work.runner import fail_next_stage, run_stage
from librephotos.api.pipeline.work.stage import LearningStage, Runs
from librephotos.api.writes import revisions, stages_due
from librephotos.ml.errors import ModelUnusable

log = logging.getLogger(__name__)

HANDED_OUT = 5000
"""Photos marked in one transaction: a second of work, and little is done twice."""


def follow_up(*, finished: int) -> None:
    """Start what comes after a job, unless it has failed or was cancelled.

    Nor is anything started for an account that was deactivated.
    """
    found = Job.objects.select_related("started_by").filter(
        pk=finished, failed=False, cancelled=False, started_by__is_active=True
    )
    if job := found.first():
        _forget_superseded(job)
        start_following(job.started_by, Job.Kind(job.kind), has_run=True)


def follow_uploads(*, owner: int) -> None:
    """Start what learns of the photos that an owner has uploaded, if nothing has."""
    for user in User.objects.filter(pk=owner, is_active=True):
        start_following(user, Job.Kind.SCAN_PHOTOS, has_run=False)


def _forget_superseded(job: Job) -> None:
    """Remove the vectors of former revisions once the one in use has made all."""
    if job.kind != Job.Kind.CALCULATE_CLIP_EMBEDDINGS:
        return
    for stage in stages_of(Job.Kind(job.kind)):
        if stage.enabled() and not (
            stage.missing()
            or stages_due.any_due(
                job.started_by_id,
                stage=stage.key,
                version=stage.version,
                under_way=True,
            )
        ):
            key = stage.key.partition(":")[2]
            revisions.forget_superseded(job.started_by_id, key=key)


def start_following(user: User, kind: Job.Kind, *, has_run: bool) -> None:
    """Start the jobs that come after this kind and for which there is work."""
    for after in following(kind):
        if KINDS[after].after_changes:
            if has_run:
                jobs.start(after, user=user)
        elif is_due(user, after):
            jobs.start(after, user=user)
        else:
            start_following(user, after, has_run=False)


def is_due(user: User, kind: Job.Kind) -> bool:
    """Whether a job of this kind would find work; what cannot run now is skipped."""
    due = False
    for stage in stages_of(kind):
        if not stage.enabled():
            continue
        reason = stage.missing()
        if reason:
            stages_due.skip_due(
                user.pk, stage=stage.key, version=stage.version, reason=reason
            )
        elif stages_due.any_due(user.pk, stage=stage.key, version=stage.version):
            due = True
    return due


def hand_out(job_id: int) -> None:
    """Mark the photos that are due under a job, and hand them to the workers.

    It may die at any instruction and be run again: what is marked is handed out.
    """
    job = jobs.begin(job_id)
    if job is None:
        return
    wanted = [stage for stage in stages_of(Job.Kind(job.kind)) if stage.enabled()]
    if not wanted:
        jobs.note(job.pk, "This is switched off.")
    for stage in wanted:
        reason = stage.missing()
        if reason:
            jobs.note(job.pk, f"{stage.name}: {reason}")
        else:
            _hand_out_stage(job, stage)
    Job.objects.filter(pk=job.pk).update(enumerated=True)
    jobs.finish_if_complete(job.pk)


def _hand_out_stage(job: Job, stage: LearningStage[Any, Any]) -> None:
    after: UUID | None = None
    while jobs.begin(job.pk):
        with transaction.atomic():
            due = stages_due.mark_due(
                job.started_by_id,
                stage=stage.key,
                version=stage.version,
                job=job.pk,
                after=after,
                limit=HANDED_OUT,
            )
            # The newest days first; the ids come in the order of their import.
            newest_first = sorted(due, key=lambda row: row.day, reverse=True)
            for start in range(0, len(newest_first), stage.batch_size):
                batch = newest_first[start : start + stage.batch_size]
                queue.enqueue(
                    queue.Task.LEARN,
                    on=stage.queue,
                    priority=queue.LAST + batch[0].day,
                    job=job.pk,
                    stage=stage.key,
                    photos=[str(row.photo_id) for row in batch],
                )
        if not due:
            return
        after = due[-1].photo_id


def learn(
    job_id: int | None = None, *, stage: str, photos: Sequence[str | UUID]
) -> None:
    """Take a batch of photos through the stage of this key.

    Raises ModelUnusable if it cannot be.
    """
    if job_id is not None and jobs.begin(job_id) is None:
        return
    learning = learning_stage(stage)
    reason = learning.missing()
    if reason:
        raise ModelUnusable(reason)
    # Without a job, somebody looks at the photo and waits.
    decoder = sandbox if job_id is not None else attendant
    child = learner() if learning.runs is Runs.LEARNER else decoder()
    run_stage(learning, [UUID(str(photo)) for photo in photos], sandbox=child)
    if job_id is not None:
        jobs.finish_if_complete(job_id)


def give_up(
    job_id: int | None = None, *, stage: str, photos: Sequence[str | UUID]
) -> bool:
    """Record photos as failed in the stage that ends whoever takes them through it."""
    photo_ids = [UUID(str(photo)) for photo in photos]
    return fail_next_stage([learning_stage(stage)], photo_ids)


def learn_anew(*, owner: int) -> None:
    """Start what would follow a scan of a user whose pictures were turned."""
    for user in User.objects.filter(is_active=True, pk=owner):
        start_following(user, Job.Kind.SCAN_PHOTOS, has_run=False)


def catch_up() -> None:
    """Start for every user what would follow a scan.

    One for whom that fails keeps no other from it; then raises that user's error, so
    that it is tried again.
    """
    failed: DatabaseError | None = None
    for user in User.objects.filter(is_active=True).order_by("pk"):
        try:
            start_following(user, Job.Kind.SCAN_PHOTOS, has_run=False)
        except User.DoesNotExist:
            continue  # the account was deleted just now
        except DatabaseError as error:
            log.warning("Catching up for user %d is put off: %s", user.pk, error)
            failed = error
    if failed is not None:
        raise failed
