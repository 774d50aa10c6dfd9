"""Downloads as their owners ask for them."""

from __future__ import annotations

import re
import uuid
from typing import Any

from librephotos.api.models import Download
from librephotos.numbers import whole_number

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


def as_uuid(name: str) -> uuid.UUID | None:
    """Return the UUID that a text is the canonical form of, None if it is none."""
    return uuid.UUID(name) if _UUID.fullmatch(name.lower()) else None


def find_download(user: Any, job: str) -> Download | None:
    """Return the caller's download by the number or UUID of its job, None if none."""
    downloads = (
        Download.objects.owned_by(user)
        .current()
        .select_related("job")
        .prefetch_related("job__stages")
    )
    number, job_id = whole_number(job), as_uuid(job)
    if number is not None:
        return downloads.filter(job=number).first()
    if job_id is not None:
        return downloads.filter(job__job_id=job_id).first()
    return None
