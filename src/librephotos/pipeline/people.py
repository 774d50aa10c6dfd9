"""Working out who is who: grouping unknown faces, and recognising named people.

What people say meanwhile is never lost: it is looked at again right before anything is
written, and the work repeated if there is more.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

import numpy as np
import numpy.typing as npt
from django.db import transaction

from librephotos.api.models import Face, Job, JobStage, PeopleEdit, User
from librephotos.api.queries import face_encodings, photo_stages, search_document
from librephotos.api.queries.face_encodings import FaceTable
from librephotos.api.queries.people import (
    lock_people,
    new_clusters,
    remove_empty_clusters,
)
from librephotos.ml.errors import ModelUnusable
from librephotos.pipeline import jobs, queue
from librephotos.pipeline.recognition import (
    FacesToGroup,
    FacesToRecognise,
    group_faces,
    recognise_faces,
)
from librephotos.pipeline.sandbox import Sandbox
from librephotos.pipeline.stages.faces import FacesStage
from librephotos.pipeline.worker_sandbox import learner, responder

log = logging.getLogger(__name__)

Ids = npt.NDArray[np.int64]
Answer = TypeVar("Answer")

NO_GROUP = -1
_TRIES = 5

AFFECTED_WITHIN = 0.6
"""Farther than this from a labelled face nobody is recognised by it (dlib's bound)."""

_LOOKS, _ONE_LOOK = 8, 0.3


def group_unknown_faces(job_id: int) -> None:
    """Put the unknown faces of a job's owner into groups of the same person."""
    job = jobs.begin(job_id)
    if job is not None:
        _until_nothing_changes(job.started_by_id, lambda: _grouping(job))
        jobs.finish_if_complete(job_id)


def recognise_unknown_faces(job_id: int) -> None:
    """Guess whose the unknown faces of a job's owner are."""
    job = jobs.begin(job_id)
    if job is not None:
        _until_nothing_changes(job.started_by_id, lambda: _recognition(job))
        jobs.finish_if_complete(job_id)


def _until_nothing_changes(
    owner: int, prepare: Callable[[], Callable[[], None]]
) -> None:
    """Write what was worked out, unless people have said more: then work it out again.

    Gives in after some tries: what they said is never overwritten in any case.
    """
    for attempt in range(1, _TRIES + 1):
        said = face_encodings.last_edit(owner)
        write = prepare()
        with transaction.atomic():
            lock_people(owner)
            if face_encodings.last_edit(owner) == said or attempt == _TRIES:
                write()
                return


def _grouping(job: Job) -> Callable[[], None]:
    owner = job.started_by_id
    faces = face_encodings.unknown_faces(owner)
    previous, apart = _kept_apart(faces, face_encodings.rejections(owner))
    (photos,) = _numbered(faces.photos)
    labels = _answer(
        learner(),
        group_faces,
        FacesToGroup(faces.encodings, faces.qualities, photos, previous, apart),
    )

    def write() -> None:
        clusters = _cluster_ids(owner, labels, known=previous)
        face_encodings.store_groups(faces.ids, clusters)
        remove_empty_clusters(owner)
        _count(job, stage="group faces", total=len(faces.ids))

    return write


def _kept_apart(
    faces: FaceTable, rejections: list[tuple[int, int]]
) -> tuple[Ids, tuple[tuple[int, int], ...]]:
    """Return the groups that faces are in, and pairs of rows that are different people.

    A face of which a person said that it is not in a group leaves it, and is kept apart
    from one face that stays.
    """
    previous = np.where(faces.people > 0, faces.people, NO_GROUP)
    row_of = {face: row for row, face in enumerate(faces.ids.tolist())}
    denied = [(row_of[face], group) for face, group in rejections if face in row_of]
    for row, group in denied:
        if previous[row] == group:
            previous[row] = NO_GROUP
    stays = {group: np.flatnonzero(previous == group) for _, group in denied}
    apart = [(row, int(stays[group][0])) for row, group in denied if len(stays[group])]
    return previous, tuple(apart)


def _cluster_ids(owner: int, labels: Ids, *, known: Ids) -> Ids:
    """Return the number of each face's group, making those that are new; 0 for none."""
    fresh = np.setdiff1d(labels[labels >= 0], known)
    made = dict(zip(fresh.tolist(), new_clusters(owner, len(fresh)), strict=True))
    made[NO_GROUP] = 0
    return np.array([made.get(label, label) for label in labels.tolist()], np.int64)


def _recognition(job: Job) -> Callable[[], None]:
    owner = job.started_by
    faces = face_encodings.unknown_faces(owner.pk)
    people, probabilities = _recognised(owner, faces, learner())

    def write() -> None:
        face_encodings.store_guesses(faces.ids, people, probabilities)
        _count(job, stage="recognise faces", total=len(faces.ids))

    return write


def _recognised(
    owner: User, faces: FaceTable, child: Sandbox
) -> tuple[Ids, npt.NDArray[np.float64]]:
    labelled = face_encodings.confirmed_faces(owner.pk)
    row_of = {face: row for row, face in enumerate(faces.ids.tolist())}
    denied = face_encodings.rejections(owner.pk)
    photos, labelled_photos = _numbered(faces.photos, labelled.photos)
    work = FacesToRecognise(
        encodings=faces.encodings,
        qualities=faces.qualities,
        photos=photos,
        labelled=labelled.encodings,
        labelled_qualities=labelled.qualities,
        labelled_photos=labelled_photos,
        people=labelled.people,
        rejected=tuple(
            (row_of[face], person) for face, person in denied if face in row_of
        ),
        least_probability=owner.confidence_unknown_face,
    )
    return _answer(child, recognise_faces, work)


def _numbered(*photos: npt.NDArray[np.bytes_]) -> list[Ids]:
    """Return numbers in place of the photos' ids, the same in all arrays."""
    _, numbers = np.unique(np.concatenate(photos), return_inverse=True)
    return np.split(
        numbers.astype(np.int64), np.cumsum([len(part) for part in photos])[:-1]
    )


def _answer(child: Sandbox, function: Callable[[Any], Answer], work: Any) -> Answer:
    """Return what a child makes of the work; raise ModelUnusable if it cannot."""
    (outcome,) = child.map(function, [work])
    if outcome.error or outcome.value is None:
        raise ModelUnusable(outcome.error)
    return outcome.value


def _count(job: Job, *, stage: str, total: int) -> None:
    """Record that the whole work of a job is done."""
    JobStage.objects.update_or_create(
        job=job, stage=stage, defaults={"total": total, "done": total}
    )
    Job.objects.filter(pk=job.pk).update(enumerated=True)


def encode_new_faces(job_id: int) -> None:
    """Hand out the photos with faces that have no encoding: those drawn by hand."""
    job = jobs.begin(job_id)
    if job is None:
        return
    owner = job.started_by_id
    lacking = Face.objects.filter(owner=owner, encoding=None, dismissed="")
    photos = list(lacking.order_by("photo").values_list("photo", flat=True).distinct())
    with transaction.atomic():
        photo_stages.mark_pending(photos, stages=[FacesStage.name], job=job.pk)
        for start in range(0, len(photos), FacesStage.batch_size):
            _look_again(photos[start : start + FacesStage.batch_size], job=job.pk)
        Job.objects.filter(pk=job.pk).update(enumerated=True)
    jobs.finish_if_complete(job.pk)


def _look_again(photos: list[UUID], *, job: int) -> None:
    queue.enqueue(
        queue.LEARN,
        on=FacesStage.queue,
        job=job,
        stage=FacesStage.name,
        photos=[str(photo) for photo in photos],
    )


def rescore(edit_id: int) -> None:
    """Find the photos of an edit by the new names, and recognise what it concerns."""
    edit = PeopleEdit.objects.select_related("owner").filter(pk=edit_id).first()
    if edit is None:
        return
    faces, people = edit.faces_concerned(), edit.people_concerned()
    named = Face.objects.filter(pk__in=faces) | Face.objects.filter(person__in=people)
    search_document.refresh(named.values_list("photo", flat=True).distinct())
    photos = face_encodings.photos_affected(
        edit.owner.pk,
        faces=faces,
        people=people,
        looks=_looks(face_encodings.encodings_of(faces)),
        within=AFFECTED_WITHIN,
    )
    _until_nothing_changes(edit.owner.pk, lambda: _rescoring(edit.owner, photos))


def _rescoring(owner: User, photos: list[UUID]) -> Callable[[], None]:
    faces = face_encodings.unknown_faces(owner.pk, photos=photos)
    people, probabilities = _recognised(owner, faces, responder())
    return lambda: face_encodings.store_guesses(faces.ids, people, probabilities)


def _looks(encodings: npt.NDArray[np.float16]) -> npt.NDArray[np.float16]:
    """Return a few of the encodings that stand for all: the farthest of each other."""
    if not len(encodings):
        return encodings
    points = encodings.astype(np.float32)
    chosen = [0]
    nearest = np.linalg.norm(points - points[0], axis=1)
    while nearest.max() > _ONE_LOOK and len(chosen) < _LOOKS:
        chosen.append(int(nearest.argmax()))
        distances = np.linalg.norm(points - points[chosen[-1]], axis=1)
        nearest = np.minimum(nearest, distances)
    return encodings[chosen]
