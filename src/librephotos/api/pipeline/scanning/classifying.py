"""Finding which pictures are screenshots and documents in a library that is there.

New and changed photos are judged as they are dated; this is for all others.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from librephotos.api.models import Photo
from librephotos.api.pipeline.work import jobs
from librephotos.api.writes import categories

STAGE = "categories"
_AT_ONCE = 1_000
"""Photos in one transaction."""


def classify_media(job_id: int) -> None:
    """Judge all photos of whoever asked for the job, by what their files say.

    It may die at any instruction and be run again.
    """
    job = jobs.begin(job_id)
    if job is None:
        return
    last, seen = UUID(int=0), 0
    while jobs.begin(job_id) is not None:
        with transaction.atomic():
            photos = Photo.objects.filter(owner=job.started_by_id, pk__gt=last)
            held = photos.order_by("pk").select_for_update(no_key=True)
            ids = list(held.values_list("pk", flat=True)[:_AT_ONCE])
            categories.find(ids)
        if not ids:
            break
        last, seen = ids[-1], seen + len(ids)
    jobs.count_done(job_id, stage=STAGE, total=seen)
    jobs.finish_if_complete(job_id)
