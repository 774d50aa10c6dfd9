"""Batches of photos on their way through the stages that make them visible."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from librephotos.api.pipeline.work import jobs
from librephotos.api.pipeline.work.children import attendant, sandbox
from librephotos.api.pipeline.work.registry import stages
from librephotos.api.pipeline.work.runner import fail_next_stage, run_stages


def make_visible(
    job_id: int | None = None, *, photos: Sequence[str], awaited: bool = False
) -> None:
    """Take photos through the stages that they have yet to pass.

    `awaited` says that somebody looks at them.
    """
    if job_id is not None and jobs.begin(job_id) is None:
        return
    child = attendant() if awaited else sandbox()
    run_stages(stages(), [UUID(photo) for photo in photos], sandbox=child)
    if job_id is not None:
        jobs.finish_if_complete(job_id)


def give_up(
    job_id: int | None = None, *, photos: Sequence[str], awaited: bool = False
) -> bool:
    """Record photos as failed in the stage that ends whoever takes them through it."""
    return fail_next_stage(stages(), [UUID(photo) for photo in photos])
