"""Files that have landed in a user's folder: taken in at once, without a scan."""

from __future__ import annotations

import os
from datetime import datetime
from functools import partial

from django.db.models import Q

from librephotos.api.models import File
from librephotos.api.pipeline.scanning.scan import found_file
from librephotos.api.pipeline.scanning.walk import entry_of
from librephotos.api.pipeline.work import queue
from librephotos.api.writes import scanned_files
from librephotos.silent_disk import answer


def take_in(
    owner: int, path: bytes, *, md5: str, device_created_at: datetime | None
) -> None:
    """Have a worker identify a file and make its photo visible, ahead of a scan.

    To be called in the transaction that says that it has landed. It passes the stages
    of a scan, under no job; a scan that comes across it takes it into its own counts,
    and whoever reads it first has read it for both. Raises OSError if it is gone.
    """
    entry = answer(partial(entry_of, path), at=os.path.dirname(path))
    found = found_file(entry)
    known = File.objects.filter(owner=owner, path_key=found.path_key)
    if not known.filter(stat_key=entry.stat_key, missing_since=None).exists():
        scanned_files.queue_files([found], owner=owner, job=None)
        # Known to be there from now on, also to who asks before it was read.
        known.filter(Q(md5="") | Q(photo=None)).update(md5=md5)
        ids = list(known.values_list("pk", flat=True))
        queue.enqueue(queue.Task.INGEST, priority=queue.FIRST - 1, job=None, files=ids)
    if device_created_at is not None:
        known.update(device_created_at=device_created_at)
