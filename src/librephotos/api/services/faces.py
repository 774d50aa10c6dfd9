"""What people say of faces: whose they are, whose not, and what is none.

Every function takes the numbers of faces, of which only the owner's are touched. Each
is one transaction, and returns the record by which it can be taken back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import F, Q

from librephotos.api.models import (
    Face,
    FaceRejection,
    Job,
    PeopleEdit,
    Person,
    Photo,
    PhotoStage,
    User,
)
from librephotos.api.pipeline.work import jobs, queue
from librephotos.api.pipeline.work.registry import FACES
from librephotos.api.queries.operations.health import is_under_way
from librephotos.api.services.people_edits import (
    FaceThere,
    Gone,
    NameTaken,
    Record,
    one_by_one,
    recorded,
)
from librephotos.api.writes.invalidation import OfOwner, Reason, invalidate
from librephotos.ml.face_recognition.boxes import Box

Action = PeopleEdit.Action

SAME_FACE_IOU = 0.3
"""From this common share on, a box that is drawn is around a face that is there."""


def label(owner: int, faces: Collection[int], *, name: str) -> Record:
    """Say that faces are the person of this name, who is made if there is none."""
    own = _own(owner, faces)
    if not own:
        return Record()
    with recorded(owner, Action.LABEL, faces=own) as record:
        assign(own, _named(owner, name, record))
    return record


def split(owner: int, faces: Collection[int], *, name: str) -> Record:
    """Say that faces are a person of their own; raise NameTaken if there is one."""
    own = _own(owner, faces)
    if not own:
        return Record()
    with recorded(owner, Action.SPLIT, faces=own) as record:
        if Person.objects.named_or_none(owner, name) is not None:
            raise NameTaken(name)
        assign(own, _made(owner, name, record))
    return record


def _named(owner: int, name: str, record: Record) -> int:
    """Return the person of a name, who is made if there is none."""
    person = Person.objects.named_or_none(owner, name)
    if person is None:
        return _made(owner, name, record)
    record.names.append(person.name)
    return person.pk


def _made(owner: int, name: str, record: Record) -> int:
    person = Person.objects.create(owner_id=owner, name=name)
    record.made_people.append(person.pk)
    record.names.append(person.name)
    return person.pk


def assign(faces: Collection[int], person: int) -> None:
    """Make faces a person's, within an edit that is recorded."""
    rows = Face.objects.filter(pk__in=faces)
    rows.update(
        person=person,
        person_source=Face.Source.USER,
        dismissed=Face.Dismissed.NO,
        guess=None,
        guess_probability=0,
    )
    FaceRejection.objects.filter(face__in=faces, person=person).delete()


def reject(owner: int, faces: Collection[int], *, person: int | None = None) -> Record:
    """Say that faces are not a person or group, by default the one that each shows as.

    A confirmed face loses its label, and nobody guesses that person again. Raises Gone
    if the person is.
    """
    own = _own(owner, faces)
    if not own:
        return Record()
    with recorded(owner, Action.REJECT, faces=own) as record:
        if person is not None and not Person.objects.existing(owner, [person]):
            raise Gone("person")
        denied = _denied(Face.objects.filter(pk__in=own), person)
        people = Person.objects.filter(pk__in=denied, kind=Person.Kind.USER)
        record.names += people.order_by("pk").values_list("name", flat=True)
        for person_id, of_person in denied.items():
            _forget(of_person, person_id)
        FaceRejection.objects.bulk_create(
            [
                FaceRejection(face_id=face, person_id=person_id)
                for person_id, of_person in denied.items()
                for face in of_person
            ],
            ignore_conflicts=True,
        )
    return record


def _denied(rows: Iterable[Face], person: int | None) -> dict[int, list[int]]:
    denied: dict[int, list[int]] = defaultdict(list)
    for face in rows:
        shown_as = person or face.person_id or face.guess_id or face.cluster_id
        if shown_as:
            denied[shown_as].append(face.pk)
    return denied


def _forget(faces: Collection[int], person: int) -> None:
    rows = Face.objects.filter(pk__in=faces)
    # With a source, but without a person: not the one that the file names.
    rows.filter(person=person).exclude(name_tag="").update(
        person=None, person_source=Face.Source.USER, cluster=None
    )
    rows.filter(person=person).update(
        person=None, person_source=Face.Source.NOBODY, cluster=None
    )
    rows.filter(guess=person).update(guess=None, guess_probability=0)
    rows.filter(cluster=person).update(cluster=None)


def dismiss(owner: int, faces: Collection[int], *, reason: Face.Dismissed) -> Record:
    """Say that faces are none, or nobody's concern: they are shown nowhere."""
    own = _own(owner, faces, Q(dismissed=Face.Dismissed.NO))
    return _set_dismissed(owner, Action.DISMISS, own, reason)


def restore(owner: int, faces: Collection[int]) -> Record:
    """Show dismissed faces again."""
    own = _own(owner, faces, ~Q(dismissed=Face.Dismissed.NO))
    return _set_dismissed(owner, Action.RESTORE, own, Face.Dismissed.NO)


def _set_dismissed(
    owner: int, action: PeopleEdit.Action, own: list[int], reason: Face.Dismissed
) -> Record:
    if not own:
        return Record()
    with recorded(owner, action, faces=own) as record:
        Face.objects.filter(pk__in=own).update(dismissed=reason)
    return record


@transaction.atomic
def find_again(user: User) -> Job:
    """Start looking for faces on all photos of a user again."""
    invalidate([FACES], of=OfOwner(user.pk), reason=Reason.SETTINGS)
    return jobs.start(Job.Kind.SCAN_FACES, user=user)


@transaction.atomic
def draw(photo: Photo, *, box: Box, name: str = "") -> tuple[Face, Record]:
    """Add a face that nobody found, at a box in shares of the picture's sides.

    Raises Gone if the photo is, and FaceThere where a face is shown already.
    """
    # As it is by now, and before the people: in the order of whoever stores faces.
    now = Photo.objects.select_for_update(no_key=True).filter(pk=photo.pk).first()
    if now is None:
        raise Gone("photo")
    photo, owner = now, now.owner_id
    others = photo.faces.filter(dismissed=Face.Dismissed.NO)
    for corners in others.values_list("left", "top", "right", "bottom"):
        if Box(*corners).iou(box) >= SAME_FACE_IOU:
            raise FaceThere
    with recorded(owner, Action.DRAW) as record:
        face = Face.objects.create(
            photo=photo,
            owner_id=owner,
            visible=photo.visible,
            drawn=True,
            left=box.left,
            top=box.top,
            right=box.right,
            bottom=box.bottom,
        )
        record.made_faces.append(face.pk)
        if name:
            assign([face.pk], _named(owner, name, record))
            face.refresh_from_db()
        look_again(photo)
    return face, record


def cut_out_again(photo: Photo) -> None:
    """Have a worker find the faces of a photo whose crops lack, unless it does so.

    Whoever asks again and again would have it begin anew each time. What it tried in
    vain, as where previews and original are away, waits for the next scan.
    """
    asked = PhotoStage.objects.filter(
        photo=photo.pk, stage=FACES, state=PhotoStage.State.PENDING
    )
    if not is_under_way(_looking_again(photo)) and not asked.exists():
        look_again(photo)


def _looking_again(photo: Photo) -> str:
    return f"faces-{photo.pk}"


def look_again(photo: Photo) -> None:
    """Have a worker find and measure the faces of a photo anew, for who looks at it.

    A box was drawn, or a crop was lost.
    """
    with transaction.atomic():
        PhotoStage.objects.update_or_create(
            photo_id=photo.pk,
            stage=FACES,
            defaults={"state": PhotoStage.State.PENDING, "job": None},
        )
        queue.enqueue(
            queue.Task.LEARN,
            on=queue.PICTURES,
            priority=queue.FIRST,
            lock=one_by_one(photo.owner_id),
            queueing_lock=_looking_again(photo),
            job=None,
            stage=FACES,
            photos=[str(photo.pk)],
        )


def _own(owner: int, faces: Collection[int], *conditions: Q) -> list[int]:
    rows = Face.objects.filter(*conditions, owner_id=owner, pk__in=set(faces))
    return list(rows.order_by(F("pk")).values_list("pk", flat=True))
