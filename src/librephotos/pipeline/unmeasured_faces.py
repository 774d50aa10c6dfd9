"""Having the faces measured that have no encoding yet."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from librephotos.api.models import Face, Job
from librephotos.api.queries import photo_stages
from librephotos.pipeline import jobs, queue
from librephotos.pipeline.stages.faces import FacesStage


def encode_new_faces(job_id: int) -> None:
    """Hand out the photos with faces that have no encoding: those drawn by hand."""
    job = jobs.begin(job_id)
    if job is None:
        return
    owner = job.started_by_id
    lacking = Face.objects.filter(owner=owner, encoding=None, dismissed="")
    photos = list(lacking.order_by("photo").values_list("photo", flat=True).distinct())
    with transaction.atomic():
        photo_stages.mark_pending(photos, stages=[FacesStage.name], job=job.pk)
        for start in range(0, len(photos), FacesStage.batch_size):
            _hand_out(photos[start : start + FacesStage.batch_size], job=job.pk)
        Job.objects.filter(pk=job.pk).update(enumerated=True)
    jobs.finish_if_complete(job.pk)


def _hand_out(photos: list[UUID], *, job: int) -> None:
    queue.enqueue(
        queue.LEARN,
        on=FacesStage.queue,
        job=job,
        stage=FacesStage.name,
        photos=[str(photo) for photo in photos],
    )
