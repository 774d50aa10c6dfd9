"""Answers that many endpoints give alike."""

from __future__ import annotations

from rest_framework.response import Response

from librephotos.api.models import Job


def started(job: Job) -> Response:
    """Answer that a job was started."""
    return Response({"status": True, "job_id": str(job.job_id)})
