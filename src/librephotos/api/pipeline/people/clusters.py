"""Putting unknown faces into groups of the same person, the new ones among the old."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from librephotos.api.models import Job
from librephotos.api.pipeline.people.changes import digests
from librephotos.api.pipeline.work import jobs
from librephotos.api.pipeline.work.sandbox import Sandbox
from librephotos.api.queries.people import face_encodings
from librephotos.api.queries.people.face_encodings import FaceTable
from librephotos.api.writes import face_groups
from librephotos.api.writes.people import new_clusters, remove_empty_clusters
from librephotos.ml.face_recognition.clustering import FacesToGroup, group_faces

Ids = npt.NDArray[np.int64]

NO_GROUP = -1


def group_unknown_faces(job_id: int, *, sandbox: Sandbox) -> None:
    """Put the unknown faces of a job's owner into groups of the same person.

    Only faces that are not as the last such job left them, alone or in their group,
    are compared with all others.
    """
    job = jobs.begin(job_id)
    if job is not None:
        face_groups.until_nothing_changes(
            job.started_by_id, lambda: _grouping(job, sandbox)
        )
        jobs.finish_if_complete(job_id)


def _grouping(job: Job, sandbox: Sandbox) -> Callable[[], None]:
    owner = job.started_by_id
    faces = face_encodings.unknown_faces(owner)
    denied = face_encodings.rejections(owner)
    seen = face_groups.faces_grouped(owner)
    fresh = ~np.isin(digests(faces, denied), seen)
    previous, apart = _kept_apart(faces, denied)
    labels = previous
    if fresh.any():
        (photos,) = face_encodings.photo_numbers(faces)
        work = FacesToGroup(
            faces.encodings, faces.qualities, photos, previous, fresh, apart
        )
        labels = sandbox.answer(group_faces, work)

    def write() -> None:
        if fresh.any():
            _store(owner, faces, previous, labels)
        else:
            remove_empty_clusters(owner)
        jobs.count_done(job.pk, stage="group faces", total=len(faces.ids))

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


def _store(owner: int, faces: FaceTable, previous: Ids, labels: Ids) -> None:
    groups = _group_ids(owner, labels, known=previous)
    changed = groups != faces.people
    face_groups.store_groups(faces.ids[changed], groups[changed])
    face_groups.pass_on_rejections(_heirs(previous, groups))
    remove_empty_clusters(owner)
    face_groups.remember_grouped(
        owner,
        digests(replace(faces, people=groups), face_encodings.rejections(owner)),
    )


def _group_ids(owner: int, labels: Ids, *, known: Ids) -> Ids:
    """Return the number of each face's group, making those that are new; 0 for none."""
    new = np.setdiff1d(labels[labels >= 0], known)
    made = dict(zip(new.tolist(), new_clusters(owner, len(new)), strict=True))
    made[NO_GROUP] = 0
    return np.array([made.get(label, label) for label in labels.tolist()], np.int64)


def _heirs(previous: Ids, groups: Ids) -> dict[int, int]:
    """Return the groups that were merged into others, and where most faces went."""
    merged = ~np.isin(previous, [NO_GROUP, *groups.tolist()]) & (groups > 0)
    return {
        group: int(np.bincount(groups[merged & (previous == group)]).argmax())
        for group in np.unique(previous[merged]).tolist()
    }
