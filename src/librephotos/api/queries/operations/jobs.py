"""Jobs with their progress and their failures, as users look at them."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from librephotos.api.models import File, Job, JobFailure, ScanDirectory
from librephotos.api.models.operations.job import JobQuerySet
from librephotos.numbers import whole_number


def with_progress(jobs: JobQuerySet) -> JobQuerySet:
    """Load with the jobs who started them, their stages and `failure_count`."""
    failures = JobFailure.objects.filter(job=OuterRef("pk")).order_by().values("job")
    counted = failures.annotate(n=Count("*")).values("n")
    return (
        jobs.select_related("started_by")
        .prefetch_related("stages")
        .annotate(
            failure_count=Coalesce(Subquery(counted, output_field=IntegerField()), 0)
        )
    )


def job_list(user: Any, *, mine: bool = False) -> JobQuerySet:
    """Return the jobs that `user` may see, most recently started first."""
    jobs = Job.objects.visible_to(user)
    if mine:
        jobs = jobs.filter(started_by=user)
    return with_progress(jobs).order_by("-queued_at", "-id")


def unfinished_job(user: Any) -> Job | None:
    """Return the job that occupies the queue for `user`: a started one if any."""
    return (
        with_progress(Job.objects.visible_to(user).unfinished()).to_be_shown().first()
    )


def find_job(user: Any, name: str) -> Job | None:
    """Return the visible job with this number or UUID, None if there is none."""
    jobs = with_progress(Job.objects.visible_to(user))
    number = whole_number(name)
    if number is not None:
        return jobs.filter(pk=number).first()
    try:
        return jobs.filter(job_id=uuid.UUID(name)).first()
    except ValueError:
        return None


def has_something_to_scan(user: Any) -> bool:
    """Whether a scan would do anything: `user` has a folder, or files to miss.

    Files whose folder was taken away are marked as missing by the next scan.
    """
    if ScanDirectory.objects.filter(user=user).exists():
        return True
    return File.objects.filter(owner=user, missing_since=None).exists()
