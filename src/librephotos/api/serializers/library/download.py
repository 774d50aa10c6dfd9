"""Archives of photos: what callers ask for, and how far it is."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from rest_framework import serializers

from librephotos.api.http.answer_schema import UuidText
from librephotos.api.http.fields import StrictBooleanField, WholeNumberField
from librephotos.api.models import Download
from librephotos.api.serializers.library.photo_edit import (
    QuerySerializer,
    named_photos_field,
)


class StartedDownload(TypedDict):
    """An archive that is being prepared: its job, and its name in addresses.

    `photos` is how many there are.
    """

    job_id: UuidText
    url: UuidText
    photos: int


class DownloadProgress(TypedDict):
    """Photos that are seen to, of all."""

    current: int
    total: int


class DownloadState(TypedDict):
    """Whether an archive can be fetched.

    `size` is its bytes, `missing` how many files could not be read; both are told once
    it can. `result` says why there is none.
    """

    status: Literal["PENDING", "SUCCESS", "FAILURE"]
    progress: NotRequired[DownloadProgress]
    size: NotRequired[int]
    missing: NotRequired[int]
    result: NotRequired[str]


class DownloadSerializer(QuerySerializer):
    """A selection of photos, or one of one's albums, and how they are wanted."""

    image_hashes = named_photos_field()
    user_album = WholeNumberField(required=False, min_value=1)
    include_stacked_photos = StrictBooleanField(required=False)
    size = serializers.ChoiceField(Download.Size.choices, required=False)
    title = serializers.CharField(
        required=False, allow_blank=True, max_length=200, trim_whitespace=True
    )
