"""Films as every browser plays them, for those who may have them so."""

from __future__ import annotations

import os

from rest_framework.exceptions import APIException

from librephotos.api.models import File
from librephotos.api.services.film_requests import (
    NoFilmPossible,
    NoFilmYet,
    playable_film,
)
from librephotos.api.services.waiting import Caller
from librephotos.api.storage.originals import Original
from librephotos.api.storage.playable_films import GrowingFilm
from librephotos.api.views.media.byte_response import (
    REVALIDATED,
    Content,
    GrowingContent,
)

MIME = "video/mp4"


class BeingMade(APIException):
    """The film is not there yet."""

    status_code = 503
    default_code = "being_made"

    def __init__(self, error: NoFilmYet) -> None:
        super().__init__(str(error))
        self.wait = error.retry_after_s  # becomes Retry-After


class NotToBeMade(APIException):
    """No browser can be given the film."""

    status_code = 422
    default_code = "not_to_be_made"


def film_content(
    file: File,
    found: Original,
    *,
    caller: Caller,
    file_name: str,
    embedded_video: bool = False,
) -> Content | GrowingContent:
    """Return an opened original, which is closed, as a film that browsers play.

    What is being made is sent as far as it is. Raises BeingMade, NotToBeMade.
    """
    found.close()
    try:
        name, film = playable_film(
            file,
            size=found.size,
            mtime_ns=found.mtime_ns,
            caller=caller,
            embedded_video=embedded_video,
        )
    except NoFilmYet as error:
        raise BeingMade(error) from error
    except NoFilmPossible as error:
        raise NotToBeMade(str(error)) from error
    if isinstance(film, GrowingFilm):
        return GrowingContent(film, MIME)
    return Content(
        file=film,
        length=os.fstat(film.fileno()).st_size,
        mime=MIME,
        etag=f'"{name}"',
        cache=REVALIDATED,
        file_name=file_name,
        path=os.fsencode(film.name),
    )
