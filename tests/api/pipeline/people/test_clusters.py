"""Grouping that goes on from its last run: what is compared anew, and what is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from librephotos.api.models import Face, FaceRejection, Job, PeopleEdit, Person, User
from librephotos.api.pipeline.people.clusters import group_unknown_faces
from librephotos.api.pipeline.work import jobs
from librephotos.api.pipeline.work.sandbox import Outcome, Sandbox
from librephotos.api.services import faces as faces_service
from librephotos.api.services import people as people_service
from librephotos.api.services.people_edits import undo
from librephotos.ml.face_recognition.clustering import FacesToGroup
from tests.factories import PhotoFactory, UserFactory
from tests.support.pictures.unknown_faces import face, groups, like

pytestmark = pytest.mark.usefixtures("empty_queue")


class Recording(Sandbox):
    """Works in this process, and keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__(timeout_s=60, memory_bytes=0)
        self.asked: list[FacesToGroup] = []

    def map(self, function, items):
        self.asked += items
        return [Outcome(function(item)) for item in items]


def group(owner: User) -> int:
    """Group as a job does; return how many faces were compared with all others."""
    child = Recording()
    job = jobs.start(Job.Kind.FIND_SIMILAR_FACES, user=owner)
    group_unknown_faces(job.pk, sandbox=child)
    job.refresh_from_db()
    assert job.finished and not job.failed
    return sum(int(work.fresh.sum()) for work in child.asked)


@pytest.fixture
def me(transactional_db: None) -> User:
    return UserFactory()


@pytest.fixture
def anna(me: User) -> list[Face]:
    return [face(me, 0, seed) for seed in range(4)]


@pytest.fixture
def bert(me: User) -> list[Face]:
    return [face(me, 1, seed) for seed in range(10, 13)]


@pytest.fixture
def settled(me: User, anna: list[Face], bert: list[Face]) -> Face:
    """Somebody who is alone, after all have been grouped."""
    lonely = face(me, 2, 20)
    assert group(me) == 8 and group(me) == 0
    return lonely


def test_without_anything_new_nobody_is_asked(me, anna, settled):
    before = list(Face.objects.values_list("pk", "cluster"))
    child = Recording()
    job = jobs.start(Job.Kind.FIND_SIMILAR_FACES, user=me)
    group_unknown_faces(job.pk, sandbox=child)
    assert child.asked == []
    assert list(Face.objects.values_list("pk", "cluster")) == before
    assert Job.objects.get(pk=job.pk).finished


def test_new_faces_join_groups_and_those_who_were_alone(me, anna, settled):
    (known,) = groups(anna)
    late = [face(me, 0, 30), face(me, 2, 31)]
    assert group(me) == 2
    assert groups([*anna, late[0]]) == {known: 5}
    assert len(groups([settled, late[1]])) == 1 and None not in groups([settled])
    assert group(me) == 0


def test_a_face_that_was_somebody_meets_those_who_came_meanwhile(me, settled):
    faces_service.label(me.pk, [settled.pk], name="Carl")
    meanwhile = face(me, 2, 40)
    assert group(me) == 1
    people_service.delete(Person.objects.get(name="Carl"))
    assert group(me) == 1
    assert len(groups([settled, meanwhile])) == 1 and None not in groups([meanwhile])


def test_a_face_that_was_dismissed_meets_those_who_came_meanwhile(me, settled):
    faces_service.dismiss(me.pk, [settled.pk], reason=Face.Dismissed.IGNORED)
    meanwhile = face(me, 2, 41)
    assert group(me) == 1
    faces_service.restore(me.pk, [settled.pk])
    assert group(me) == 1
    assert len(groups([settled, meanwhile])) == 1 and None not in groups([meanwhile])


def test_a_face_that_looks_different_is_compared_anew(me, anna, settled):
    Face.objects.filter(pk=settled.pk).update(encoding=like(0, 50))
    assert group(me) == 1
    assert groups([settled]).keys() == groups(anna).keys()


@pytest.mark.parametrize(
    "leave",
    [
        lambda row: faces_service.label(row.owner_id, [row.pk], name="Anna"),
        lambda row: faces_service.reject(row.owner_id, [row.pk]),
        lambda row: row.photo.delete(),
    ],
    ids=["labelled", "rejected", "deleted"],
)
def test_a_group_that_has_lost_a_face_is_compared_anew(
    me, anna, settled, leave: Callable[[Face], object]
):
    (known,) = groups(anna)
    leave(anna[0])
    stayed = [row for row in anna[1:]]
    assert group(me) - len(stayed) in (0, 1)
    assert groups(stayed) == {known: 3}
    assert group(me) == 0


def test_a_denial_that_was_taken_back_is_forgotten(me, anna, settled):
    (known,) = groups(anna)
    faces_service.reject(me.pk, [anna[0].pk])
    group(me)
    assert groups([anna[0]]) == {None: 1}
    FaceRejection.objects.all().delete()
    group(me)
    assert groups(anna) == {known: 4}


def test_an_undone_label_leads_back_into_the_group(me, anna, settled):
    (known,) = groups(anna)
    faces_service.label(me.pk, [anna[0].pk], name="Anna")
    group(me)
    undo(PeopleEdit.objects.get())
    assert group(me) == 4
    assert groups(anna) == {known: 4}


def test_a_group_whose_faces_all_got_names_is_gone(me, bert, settled):
    (known,) = groups(bert)
    faces_service.label(me.pk, [row.pk for row in bert], name="Bert")
    assert group(me) == 0
    assert not Person.objects.filter(pk=known).exists()


def test_what_was_denied_of_a_group_holds_for_the_one_it_goes_into(me):
    small, large = (
        Person.objects.create(owner=me, kind=Person.Kind.CLUSTER, name=f"Unknown {n}")
        for n in (1, 2)
    )
    faces = [face(me, 0, seed, cluster=small) for seed in range(3)]
    faces += [face(me, 0, seed, cluster=large) for seed in range(3, 8)]
    stranger = face(me, 0, 60)
    faces_service.label(me.pk, [stranger.pk], name="Dora")
    FaceRejection.objects.create(face=stranger, person=small)
    group(me)
    assert groups(faces) == {small.pk: 3, large.pk: 5}
    faces.append(face(me, 0, 61))
    group(me)
    assert groups(faces) == {large.pk: 9}
    people_service.delete(Person.objects.get(name="Dora"))
    group(me)
    assert groups([stranger]) == {None: 1}


def test_poor_faces_are_not_asked_about_again_until_they_are_better(me, anna):
    poor = face(me, 0, 70, quality=0.0, photo=PhotoFactory(owner=me))
    group(me)
    assert group(me) == 0 and groups([poor]) == {None: 1}
    Face.objects.filter(pk=poor.pk).update(quality=0.9)
    assert group(me) == 1
    assert groups([poor]).keys() == groups(anna).keys()
