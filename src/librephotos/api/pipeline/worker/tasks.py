"""The tasks that workers run; each is a thin entrance to a function of the pipeline."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from functools import wraps
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db import (
    IntegrityError,
    InterfaceError,
    OperationalError,
    close_old_connections,
)
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted

from librephotos.api.pipeline.learning.captions import write_caption
from librephotos.api.pipeline.learning.following import (
    catch_up,
    follow_up,
    hand_out,
    learn,
)
from librephotos.api.pipeline.learning.text_encoding import encode_text
from librephotos.api.pipeline.learning.vector_index import refresh_vector_files
from librephotos.api.pipeline.ml_models.download import DownloadInterrupted, download
from librephotos.api.pipeline.people.clusters import group_unknown_faces
from librephotos.api.pipeline.people.encoding import encode_new_faces
from librephotos.api.pipeline.people.suggestions import recognise_unknown_faces, rescore
from librephotos.api.pipeline.previews.leftovers import clean_up
from librephotos.api.pipeline.previews.removals import delete_copies_again
from librephotos.api.pipeline.previews.store import delete_previews_again
from librephotos.api.pipeline.previews.stripping import strip
from librephotos.api.pipeline.scanning.delete_missing import delete_missing
from librephotos.api.pipeline.scanning.ingest import ingest
from librephotos.api.pipeline.scanning.scan import scan
from librephotos.api.pipeline.scanning.search_texts import refresh_search_texts
from librephotos.api.pipeline.work import jobs, queue
from librephotos.api.pipeline.work.children import (
    attendant,
    learner,
    recogniser,
    sandbox,
    stripper,
)
from librephotos.api.pipeline.work.registry import stages
from librephotos.api.pipeline.work.runner import full_folder_told, run_stages
from librephotos.api.storage.vector_folders import Space
from librephotos.full_disk import DataFolderFull
from librephotos.ml.errors import ModelUnusable

log = logging.getLogger(__name__)

# The database may restart, a disk hiccup, the decoding child not start: six tries,
# spread over two minutes. Another worker goes on with what a stopping one aborts. And
# any row may be deleted while it is worked on, a job, its user, a photo: the next try
# begins with what is there.
RETRY = RetryStrategy(
    max_attempts=6,
    exponential_wait=2,
    retry_exceptions=[
        OperationalError,
        InterfaceError,
        IntegrityError,
        ObjectDoesNotExist,
        OSError,
        BrokenExecutor,
        JobAborted,
    ],
)


def task(name: str) -> Callable[[Callable[..., None]], Any]:
    """Register a task of the pipeline whose first argument is the id of its job."""

    def register(function: Callable[..., None]) -> Any:
        @wraps(function)
        def run(job: int | None, **arguments: Any) -> None:
            close_old_connections()
            try:
                with full_folder_told():
                    function(job, **arguments)
            except DataFolderFull as error:
                # What no job follows is asked for again by whoever needs it.
                log.error("%s ended early: %s", name, error)
                if job is not None:
                    jobs.fail(job, str(error))
            except ModelUnusable as error:
                if job is None:
                    raise
                jobs.fail(job, str(error))
            finally:
                close_old_connections()

        return app.task(
            name=f"librephotos.{name}", queue=queue.QUEUES[name], retry=RETRY
        )(run)

    return register


@task(queue.SCAN)
def scan_task(job: int, *, full: bool) -> None:
    """Walk a user's directories."""
    scan(job, full=full)


@task(queue.INGEST)
def ingest_task(job: int, *, files: list[int], reread: bool = False) -> None:
    """Take a batch of files into the library."""
    ingest(job, files, sandbox=sandbox(), reread=reread)


@task(queue.RUN_STAGES)
def run_stages_task(
    job: int | None, *, photos: list[str], awaited: bool = False
) -> None:
    """Take photos through the stages that they have yet to pass."""
    if job is not None and jobs.begin(job) is None:
        return
    child = attendant() if awaited else sandbox()
    run_stages(stages(), [UUID(photo) for photo in photos], sandbox=child)
    if job is not None:
        jobs.finish_if_complete(job)


@task(queue.FOLLOW_UP)
def follow_up_task(job: None, *, finished: int) -> None:
    """Start what comes after a finished job."""
    follow_up(finished)


@task(queue.HAND_OUT)
def hand_out_task(job: int) -> None:
    """Hand the photos out that a job is to learn from."""
    hand_out(job)


@task(queue.LEARN)
def learn_task(job: int | None, *, stage: str, photos: list[str]) -> None:
    """Take photos through a stage that learns."""
    learn(job, stage, [UUID(photo) for photo in photos])


@task(queue.ENCODE_FACES)
def encode_faces_task(job: int) -> None:
    """Have the faces measured that have no encoding yet."""
    encode_new_faces(job)


@task(queue.GROUP_FACES)
def group_faces_task(job: int) -> None:
    """Group the user's unknown faces."""
    group_unknown_faces(job, sandbox=learner())


@task(queue.RECOGNISE_FACES)
def recognise_faces_task(job: int) -> None:
    """Recognise named people in the user's unknown faces."""
    recognise_unknown_faces(job, sandbox=learner())


@task(queue.RESCORE_FACES)
def rescore_faces_task(job: None, *, edit: int) -> None:
    """Recognise anew what an edit of faces or people concerns."""
    rescore(edit, sandbox=recogniser())


@task(queue.CATCH_UP)
def catch_up_task(job: None) -> None:
    """Start what could not be learnt before."""
    catch_up()


@task(queue.WRITE_CAPTION)
def write_caption_task(job: None, *, photo: str, model: str) -> None:
    """Write a caption that somebody waits for."""
    write_caption(UUID(photo), model=model)


@task(queue.ENCODE_TEXT)
def encode_text_task(job: None, *, text: str, model: str) -> None:
    """Turn the text of a search into a vector."""
    encode_text(text, model=model)


@task(queue.REFRESH_VECTOR_FILES)
def refresh_vector_files_task(job: None, *, owner: int, model: str) -> None:
    """Write what the vector files of a library lack."""
    refresh_vector_files(Space(owner, model))


@task(queue.STRIP)
def strip_task(job: None, *, file: int, embedded_video: bool) -> None:
    """Make a copy of a file without metadata."""
    strip(file, embedded_video=embedded_video, sandbox=stripper())


@task(queue.CLEAN_UP)
def clean_up_task(job: None) -> None:
    """Remove files that no row names any more."""
    clean_up()


@task(queue.REMOVE_PREVIEWS)
def remove_previews_task(job: None, *, names: list[str]) -> None:
    """Remove previews that could not be removed at once."""
    delete_previews_again(names)


@task(queue.REMOVE_COPIES)
def remove_copies_task(job: None, *, files: list[int]) -> None:
    """Remove copies without metadata that could not be removed at once."""
    delete_copies_again(files)


@task(queue.REFRESH_SEARCH_TEXTS)
def refresh_search_texts_task(job: None, *, owner: int) -> None:
    """Compose the search texts of a library anew."""
    refresh_search_texts(owner)


@app.task(
    name=f"librephotos.{queue.DOWNLOAD}",
    queue=queue.QUEUES[queue.DOWNLOAD],
    retry=RETRY,
    pass_context=True,
)
def download_task(
    context: JobContext, job: int, *, model: str, newest: bool = False
) -> None:
    """Download a published model, until it is there or the worker has to stop."""
    close_old_connections()
    try:
        download(job, model, newest=newest, should_abort=context.should_abort)
    except DownloadInterrupted as error:
        raise JobAborted from error
    finally:
        close_old_connections()


@task(queue.DELETE_MISSING)
def delete_missing_task(job: int) -> None:
    """Forget the user's photos none of whose files is there."""
    delete_missing(job)
