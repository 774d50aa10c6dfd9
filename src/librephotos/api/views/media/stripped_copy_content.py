"""Files of public photos as others than their owner get them: without metadata."""

from __future__ import annotations

import os
from dataclasses import replace

from django.utils.crypto import salted_hmac
from rest_framework.exceptions import APIException

from librephotos.api.models import File, Photo
from librephotos.api.services.stripped_copy_requests import (
    NoCopyPossible,
    NoCopyYet,
    stripped_copy,
)
from librephotos.api.services.waiting import Caller
from librephotos.api.storage.originals import Original
from librephotos.api.views.media.byte_response import REVALIDATED, Content
from librephotos.media.files.formats import sniff_open
from librephotos.media.turns import UNTURNED

_TAG = "librephotos.stripped-copy"


class BeingFreed(APIException):
    """The copy without metadata is not there yet."""

    status_code = 503
    default_code = "being_freed"

    def __init__(self, error: NoCopyYet) -> None:
        super().__init__(str(error))
        self.wait = error.retry_after_s  # becomes Retry-After


class NotToBeFreed(APIException):
    """There is no copy without metadata, and the original is not for others."""

    status_code = 422
    default_code = "not_to_be_freed"


def stripped_content(
    photo: Photo,
    file: File,
    found: Original,
    *,
    caller: Caller,
    embedded_video: bool = False,
) -> Content:
    """Return the copy without metadata of an opened original, which is closed.

    It is turned as the owner of the photo has turned it.
    Its name and tag tell nothing of the original. Raises BeingFreed, NotToBeFreed.
    """
    found.close()
    try:
        name, copy = stripped_copy(
            file,
            size=found.size,
            mtime_ns=found.mtime_ns,
            turn=UNTURNED if embedded_video else photo.turn_of(file),
            caller=caller,
            embedded_video=embedded_video,
        )
    except NoCopyYet as error:
        raise BeingFreed(error) from error
    except NoCopyPossible as error:
        raise NotToBeFreed(str(error)) from error
    format = sniff_open(copy, b"")
    return Content(
        file=copy,
        length=os.fstat(copy.fileno()).st_size,
        mime=format.mime,
        # Keyed, so that nobody finds out size and time of the original by trying.
        etag=f'"{salted_hmac(_TAG, name).hexdigest()}"',
        cache=REVALIDATED,
        file_name=f"{photo.image_hash}.{format.extensions[0]}",
        path=os.fsencode(copy.name),
    )


def for_others(photo: Photo, original: Content) -> Content:
    """Return an original whose owner shares it whole, without its name.

    It is asked for anew each time: what the owner shares may change.
    """
    extension = os.path.splitext(original.file_name)[1]
    name = f"{photo.image_hash}{extension}"
    return replace(original, file_name=name, cache=REVALIDATED)
