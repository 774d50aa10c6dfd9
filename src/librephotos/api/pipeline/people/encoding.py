"""Having the faces measured that have no encoding yet."""

from __future__ import annotations

from django.db import transaction

from librephotos.api.models import Face, Job
from librephotos.api.pipeline.work import jobs, queue
from librephotos.api.pipeline.work.registry import FACES, learning_stage
from librephotos.api.writes import stage_jobs


def encode_new_faces(job_id: int) -> None:
    """Hand out the photos with faces that have no encoding: those drawn by hand."""
    job = jobs.begin(job_id)
    if job is None:
        return
    owner = job.started_by_id
    lacking = Face.objects.filter(owner=owner, encoding=None, dismissed="")
    stage = learning_stage(FACES)
    photos = list(lacking.order_by("photo").values_list("photo", flat=True).distinct())
    with transaction.atomic():
        stage_jobs.mark_pending(photos, stages=[FACES], job=job.pk)
        for start in range(0, len(photos), stage.batch_size):
            queue.enqueue(
                queue.Task.LEARN,
                on=stage.queue,
                job=job.pk,
                stage=FACES,
                photos=[
                    str(photo) for photo in photos[start : start + stage.batch_size]
                ],
            )
        Job.objects.filter(pk=job.pk).update(enumerated=True)
    jobs.finish_if_complete(job.pk)
