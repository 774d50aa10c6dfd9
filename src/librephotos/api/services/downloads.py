"""Asking for archives of one's photos, and giving them up."""

from __future__ import annotations

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction

from librephotos.api.locks import lock_downloads
from librephotos.api.models import Download, Job, JobStage, User
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.pipeline.previews.archives import STAGE
from librephotos.api.pipeline.work import jobs
from librephotos.api.storage.archives import delete_archive

MOST_KEPT = 20
"""Of one owner; the oldest gives way to another."""


NOTHING = "None of these are photos of yours."


class NothingToDownload(Exception):
    """None of the photos is one's own, or there is none."""


@transaction.atomic
def start(
    owner: User,
    photos: PhotoQuerySet,
    *,
    title: str = "",
    all_files: bool = False,
    size: Download.Size = Download.Size.ORIGINAL,
) -> Download:
    """Have an archive of an owner's photos prepared, in the order they were taken.

    Raises NothingToDownload, and User.DoesNotExist if the account has been deleted.
    """
    lock_downloads(owner.pk)
    owner = User.objects.get(pk=owner.pk, is_active=True)
    if not photos.exists():
        raise NothingToDownload(NOTHING)
    ids = photos.order_by("taken_at", "id").values("pk")
    download = Download(owner=owner, title=title, all_files=all_files, size=size)
    job = jobs.create(
        Job.Kind.DOWNLOAD_SELECTED_PHOTOS,
        user=owner,
        lock=f"archive-{owner.pk}",
        download=str(download.pk),
    )
    download.job = job
    download.photos = ArraySubquery(ids)
    download.save(force_insert=True)
    download.refresh_from_db(fields=["photos"])
    if not download.photos:  # gone in this moment
        raise NothingToDownload(NOTHING)
    JobStage.objects.create(job=job, stage=STAGE, total=len(download.photos))
    _make_room(owner)
    return download


def _make_room(owner: User) -> None:
    kept = Download.objects.filter(owner=owner).order_by("-created_at", "pk")
    for former in kept[MOST_KEPT:]:
        remove(former)


def remove(download: Download) -> None:
    """Give up an archive; who is fetching it gets the rest of it."""
    archive = download.pk
    jobs.cancel(download.job)
    download.delete()
    transaction.on_commit(lambda: delete_archive(archive))
