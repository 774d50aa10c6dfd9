"""Batches of photos on their way into the library: made visible, then previews."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from librephotos.api.models import Photo
from librephotos.api.pipeline.work import jobs, queue
from librephotos.api.pipeline.work.children import attendant, sandbox
from librephotos.api.pipeline.work.registry import first_pass, preview_stage, stages
from librephotos.api.pipeline.work.runner import (
    fail_next_stage,
    run_stage,
    run_stages,
)
from librephotos.api.writes import stage_jobs, stage_states

PREVIEWS_AT_ONCE = 24
"""Photos a task: a second or two of work; progress is live and little is redone."""

LEARN_AFTER_S = 30
"""So long after an upload its photos are learnt: others may come with it."""


def make_visible(
    job_id: int | None = None, *, photos: Sequence[str], awaited: bool = False
) -> None:
    """Take photos through the stages that they have yet to pass.

    `awaited` says that somebody looks at them: then previews are made at once, else
    they are asked for.
    """
    if job_id is not None and jobs.begin(job_id) is None:
        return
    ids = [UUID(photo) for photo in photos]
    if awaited:
        run_stages(stages(), ids, sandbox=attendant())
    else:
        run_stages(first_pass(), ids, sandbox=sandbox())
        request_previews(ids, job=job_id)
    if job_id is not None:
        jobs.finish_if_complete(job_id)


def give_up(
    job_id: int | None = None, *, photos: Sequence[str], awaited: bool = False
) -> bool:
    """Record photos as failed in the stage that ends whoever takes them through it."""
    wanted = stages() if awaited else first_pass()
    return fail_next_stage(wanted, [UUID(photo) for photo in photos])


def request_previews(
    photos: Sequence[UUID], *, job: int | None, uploaded: bool = False
) -> None:
    """Have previews made of those of the photos that have yet to get them.

    The newest days first, once all that is known of is visible; of what was uploaded
    before those of scans. The job counts what no other does. To be called by a task
    that asks again if it dies meanwhile: what is asked for twice is made once.
    """
    stage = preview_stage()
    pending = stage_states.pending(photos, stage=stage.key, version=stage.version)
    newest = Photo.objects.filter(pk__in=pending).order_by("-day", "-taken_at", "pk")
    rows = list(newest.values_list("pk", "day"))
    with transaction.atomic():
        if job is not None:
            stage_jobs.adopt(list(pending), stages=[stage.key], job=job)
        for start in range(0, len(rows), PREVIEWS_AT_ONCE):
            batch = rows[start : start + PREVIEWS_AT_ONCE]
            queue.enqueue(
                queue.Task.MAKE_PREVIEWS,
                priority=queue.FIRST - 2 if uploaded else queue.LATER + batch[0][1],
                job=job,
                photos=[str(photo) for photo, _ in batch],
                uploaded=uploaded,
            )


def make_previews(
    job_id: int | None = None, *, photos: Sequence[str], uploaded: bool = False
) -> None:
    """Make the previews of photos that have yet to get them.

    What learns of photos that were `uploaded` then follows, as it follows a scan.
    """
    if job_id is not None and jobs.begin(job_id) is None:
        return
    ids = [UUID(photo) for photo in photos]
    run_stage(preview_stage(), ids, sandbox=sandbox())
    if uploaded:
        _learn_soon(ids)
    if job_id is not None:
        jobs.finish_if_complete(job_id)


def give_up_previews(
    job_id: int | None = None, *, photos: Sequence[str], uploaded: bool = False
) -> bool:
    """Record photos as failed whose previews end whoever makes them."""
    return fail_next_stage([preview_stage()], [UUID(photo) for photo in photos])


def _learn_soon(photos: Sequence[UUID]) -> None:
    """Have what follows a scan follow uploads too, once for many of them."""
    owners = Photo.objects.filter(pk__in=photos).values_list("owner", flat=True)
    for owner in set(owners):
        queue.enqueue(
            queue.Task.FOLLOW_UPLOADS,
            queueing_lock=f"follow-uploads-{owner}",
            after_s=LEARN_AFTER_S,
            job=None,
            owner=owner,
        )
