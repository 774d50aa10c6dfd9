"""Forgetting photos whose files are gone, when their owner asks for it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from librephotos.api import locks
from librephotos.api.locks import lock_to_delete
from librephotos.api.models import File, Job, Photo
from librephotos.api.pipeline.previews.leftovers import request_clean_up
from librephotos.api.pipeline.previews.removals import delete_copies
from librephotos.api.pipeline.previews.store import delete_previews, preview_names
from librephotos.api.pipeline.work import jobs
from librephotos.api.writes import search_document


def delete_missing(job_id: int) -> None:
    """Remove an owner's photos without any file that is there."""
    job = jobs.begin(job_id)
    if job is None:
        return
    if Job.objects.unfinished().filter(
        started_by=job.started_by, kind=Job.Kind.SCAN_PHOTOS
    ):
        jobs.fail(job_id, "A scan may yet find moved files: try again when it is done.")
        return
    with transaction.atomic():
        locks.lock_library(job.started_by_id)
        missing = File.objects.filter(owner=job.started_by, missing_since__isnull=False)
        rows = list(missing.values_list("pk", "photo"))
        files = {file for file, _ in rows}
        missing.delete()
        photos = list(
            Photo.objects.without_files().filter(owner=job.started_by).only("pk")
        )
        previews = preview_names(photos, former=True)
        gone = Photo.objects.filter(pk__in=[photo.pk for photo in photos])
        lock_to_delete(gone, owner=job.started_by_id)
        gone.delete()
        search_document.refresh({photo for _, photo in rows if photo})  # by their paths
        if photos or not job.message:  # none are left where a worker has died
            jobs.note(job_id, f"{len(photos)} photos without files were removed.")
        request_clean_up()
    delete_previews(previews)
    delete_copies(files)
    Job.objects.unfinished().filter(pk=job_id).update(
        enumerated=True, finished_at=timezone.now()
    )
