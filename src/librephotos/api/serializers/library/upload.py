"""Uploads in the contract's shapes, and what the clients send of them."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from typing import TypedDict

from django.utils.dateparse import parse_datetime

from librephotos.api.http.answer_schema import IsoTime, UuidText
from librephotos.api.http.fields import iso_utc
from librephotos.api.models import Photo, Upload
from librephotos.api.models.fields import readable_path
from librephotos.numbers import whole_number

_RANGE = re.compile(r"bytes\s+(\d{1,18})-(\d{1,18})/(\d{1,18}|\*)", re.ASCII)
_LATEST_MS = 253_402_300_799_000


class ReceivedChunk(TypedDict):
    """How much of an upload is here; `offset` is where the next chunk begins."""

    upload_id: UuidText
    offset: int
    expires: IsoTime


class UnfinishedUpload(ReceivedChunk):
    """An upload that can be gone on with; what the client has not told is empty."""

    md5: str
    size: int | None
    filename: str


class CompletedUpload(TypedDict):
    """What has become of an upload; `imported` is false for what was there already."""

    image_hash: str
    imported: bool
    filename: str


class ChunkRange(TypedDict):
    """First and last byte of a chunk, and the total that the client tells."""

    start: int
    end: int
    total: int | None


def received_chunk(upload: Upload) -> ReceivedChunk:
    """Return what a client is told after each chunk."""
    return {
        "upload_id": str(upload.pk),
        "offset": upload.received,
        "expires": iso_utc(upload.expires_on) or "",
    }


def unfinished_upload(upload: Upload) -> UnfinishedUpload:
    """Return what a client needs to go on with an upload."""
    return {
        **received_chunk(upload),
        "md5": upload.told_md5,
        "size": upload.told_size,
        "filename": upload.file_name,
    }


def completed_upload(upload: Upload) -> CompletedUpload:
    """Return what has become of an upload."""
    return {
        "image_hash": Photo.hash_of(upload.md5, upload.owner_id),
        "imported": upload.imported,
        "filename": readable_path(upload.path).rpartition("/")[2],
    }


def chunk_range(header: str) -> ChunkRange | None:
    """Return what `Content-Range` says, None if it is missing or says nothing."""
    found = _RANGE.fullmatch(header.strip())
    if found is None:
        return None
    total = None if found[3] == "*" else int(found[3])
    return {"start": int(found[1]), "end": int(found[2]), "total": total}


def told_number(text: str | None) -> int | None:
    """Return a whole number of a form, None for anything else."""
    return whole_number((text or "").strip())


def told_moment(text: str) -> datetime | None:
    """Return a moment that is told in milliseconds since 1970 or as ISO date-time.

    Without a zone it counts as UTC. None for what is no moment.
    """
    try:
        milliseconds = float(text)
    except ValueError:
        return _written(text)
    if not math.isfinite(milliseconds) or abs(milliseconds) > _LATEST_MS:
        return None
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _written(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text.strip())
        if moment is None:
            return None
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
