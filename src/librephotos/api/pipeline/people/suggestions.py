"""Guessing whose unknown faces are: all of them, and those that an edit concerns."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import numpy as np
import numpy.typing as npt

from librephotos.api.models import Face, Job, PeopleEdit, User
from librephotos.api.pipeline.work import jobs
from librephotos.api.pipeline.work.sandbox import Sandbox
from librephotos.api.queries.people import face_encodings
from librephotos.api.queries.people.face_encodings import FaceTable
from librephotos.api.writes import face_groups, search_document
from librephotos.ml.face_recognition.classification import (
    FacesToRecognise,
    recognise_faces,
)

Ids = npt.NDArray[np.int64]

AFFECTED_WITHIN = 0.6
"""Farther than this from a labelled face nobody is recognised by it (dlib's bound)."""

_LOOKS, _ONE_LOOK = 8, 0.3


def recognise_unknown_faces(job_id: int, *, sandbox: Sandbox) -> None:
    """Guess whose the unknown faces of a job's owner are."""
    job = jobs.begin(job_id)
    if job is not None:
        face_groups.until_nothing_changes(
            job.started_by_id, lambda: _recognition(job, sandbox)
        )
        jobs.finish_if_complete(job_id)


def _recognition(job: Job, sandbox: Sandbox) -> Callable[[], None]:
    owner = job.started_by
    faces = face_encodings.unknown_faces(owner.pk)
    people, probabilities = _recognised(owner, faces, sandbox)

    def write() -> None:
        face_groups.store_guesses(faces.ids, people, probabilities)
        jobs.count_done(job.pk, stage="recognise faces", total=len(faces.ids))

    return write


def _recognised(
    owner: User, faces: FaceTable, sandbox: Sandbox
) -> tuple[Ids, npt.NDArray[np.float64]]:
    labelled = face_encodings.confirmed_faces(owner.pk)
    row_of = {face: row for row, face in enumerate(faces.ids.tolist())}
    denied = face_encodings.rejections(owner.pk)
    photos, labelled_photos = face_encodings.photo_numbers(faces, labelled)
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
    return sandbox.answer(recognise_faces, work)


def rescore(*, edit: int, sandbox: Sandbox) -> None:
    """Find the photos of an edit by the new names, and recognise what it concerns."""
    found = PeopleEdit.objects.select_related("owner").filter(pk=edit).first()
    if found is None:
        return
    faces, people = found.faces_concerned(), found.people_concerned()
    named = Face.objects.filter(pk__in=faces) | Face.objects.filter(person__in=people)
    search_document.refresh(named.values_list("photo", flat=True).distinct())
    if found.action == PeopleEdit.Action.RENAME:
        return  # whoever a face may be is the same person
    photos = face_encodings.photos_affected(
        found.owner.pk,
        faces=faces,
        people=people,
        looks=_looks(face_encodings.encodings_of(faces)),
        within=AFFECTED_WITHIN,
    )
    face_groups.until_nothing_changes(
        found.owner.pk, lambda: _rescoring(found.owner, photos, sandbox)
    )


def _rescoring(owner: User, photos: list[UUID], sandbox: Sandbox) -> Callable[[], None]:
    faces = face_encodings.unknown_faces(owner.pk, photos=photos)
    people, probabilities = _recognised(owner, faces, sandbox)
    return lambda: face_groups.store_guesses(faces.ids, people, probabilities)


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
