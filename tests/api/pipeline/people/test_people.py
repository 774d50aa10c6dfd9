"""Grouping unknown faces, recognising named people, and what nobody may overwrite."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from django.db import connection

from librephotos.api.models import Face, FaceRejection, Job, Person, Photo, User
from librephotos.api.pipeline.people.clusters import group_unknown_faces
from librephotos.api.pipeline.people.suggestions import recognise_unknown_faces
from librephotos.api.pipeline.work import jobs
from librephotos.api.pipeline.work.sandbox import Outcome, Sandbox
from librephotos.api.services import faces as faces_service
from librephotos.api.services import people as people_service
from librephotos.api.writes import face_groups
from tests.factories import PersonFactory, UserFactory
from tests.support.pictures.unknown_faces import face, groups
from tests.support.scanning import work_until_idle

pytestmark = pytest.mark.usefixtures("empty_queue")


def work(owner: User) -> None:
    """Group and recognise, as after a scan of faces."""
    jobs.start(Job.Kind.FIND_SIMILAR_FACES, user=owner)
    work_until_idle()


class Interrupted(Sandbox):
    """Answers in this process; before each answer something happens."""

    def __init__(self, happens: Callable[[int], None]) -> None:
        super().__init__(timeout_s=60, memory_bytes=0)
        self.happens = happens
        self.answers = 0

    def map(self, function, items):
        outcomes = [Outcome(function(item)) for item in items]
        self.answers += 1
        self.happens(self.answers)
        return outcomes


def derived() -> list[tuple[int, ...]]:
    """Return everything that jobs work out of faces."""
    columns = ("pk", "cluster", "guess", "guess_probability")
    return list(Face.objects.order_by("pk").values_list(*columns))


@pytest.fixture
def me(transactional_db: None) -> User:
    return UserFactory()


@pytest.fixture
def three_people(me: User) -> dict[int, list[Face]]:
    """Unknown faces of three people, four of each."""
    return {
        number: [face(me, number, 10 * number + n) for n in range(4)]
        for number in range(3)
    }


def test_like_faces_become_groups_with_numbers(me, three_people):
    lonely = face(me, 9, 9)
    work(me)
    found = [groups(faces) for faces in three_people.values()]
    assert [len(group) for group in found] == [1, 1, 1]
    assert len({group for counts in found for group in counts}) == 3
    names = Person.objects.clusters().order_by("name").values_list("name", flat=True)
    assert list(names) == ["Unknown 1", "Unknown 2", "Unknown 3"]
    assert groups([lonely]) == {None: 1}
    kinds = Job.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == [Job.Kind.FIND_SIMILAR_FACES, Job.Kind.TRAIN_FACES]
    assert all(job.finished and not job.failed for job in Job.objects.all())


def test_a_second_run_changes_nothing(me, three_people):
    faces_service.label(me.pk, [three_people[0][0].pk], name="Anna")
    work(me)
    before, people_before = derived(), list(Person.objects.values())
    work(me)
    assert derived() == before
    assert list(Person.objects.values()) == people_before


def test_groups_keep_their_number_when_faces_come_and_go(me, three_people):
    work(me)
    (kept,) = groups(three_people[0])
    late = [face(me, 0, 500), face(me, 5, 501), face(me, 5, 502)]
    for gone in three_people[1]:
        gone.delete()
    work(me)
    assert groups([*three_people[0], late[0]]) == {kept: 5}
    names = set(Person.objects.clusters().values_list("name", flat=True))
    (fresh,) = groups(late[1:])
    assert Person.objects.get(pk=fresh).name == "Unknown 4"
    assert len(names) == 3


def test_two_faces_of_a_photo_are_two_people(me, three_people):
    work(me)
    twin = face(me, 0, 77, photo=three_people[0][0].photo)
    work(me)
    twin.refresh_from_db()
    assert twin.cluster_id not in groups(three_people[0])


def test_people_are_recognised_once_a_face_is_labelled(me, three_people):
    anna, *others = three_people[0]
    faces_service.label(me.pk, [anna.pk], name="Anna")
    work_until_idle()
    person = Person.objects.get(name="Anna")
    guesses = Face.objects.filter(guess=person)
    assert {face.pk for face in guesses} == {face.pk for face in others}
    assert min(guesses.values_list("guess_probability", flat=True)) > 0.9
    before = derived()
    work(me)
    guess = [(row[0], row[2]) for row in derived()]
    assert guess == [(row[0], row[2]) for row in before]


def test_a_name_is_found_at_once(me, three_people):
    anna = three_people[0][0]
    faces_service.label(me.pk, [anna.pk], name="Anna Karenina")
    work_until_idle()
    assert "anna karenina" in Photo.objects.get(pk=anna.photo_id).search_text
    guessed = Face.objects.filter(guess__name="Anna Karenina")
    guessed.update(guess_probability=0.123)
    people_service.rename(Person.objects.get(name="Anna Karenina"), name="Kitty")
    work_until_idle()
    text = Photo.objects.get(pk=anna.photo_id).search_text
    assert "kitty" in text and "karenina" not in text
    # They are the same person: nobody worked out again who a face may be.
    probabilities = Face.objects.filter(guess__name="Kitty").values("guess_probability")
    assert {row["guess_probability"] for row in probabilities} == {0.123}
    people_service.delete(Person.objects.get(name="Kitty"))
    work_until_idle()
    assert "kitty" not in Photo.objects.get(pk=anna.photo_id).search_text


def test_whoever_was_denied_is_not_guessed_again(me, three_people):
    first, second, *_ = three_people[0]
    faces_service.label(me.pk, [first.pk], name="Anna")
    work_until_idle()
    faces_service.reject(me.pk, [second.pk])
    work(me)
    second.refresh_from_db()
    assert second.guess_id is None and second.person_id is None
    faces_service.reject(me.pk, [first.pk])
    work(me)
    assert not Face.objects.exclude(person=None).exists()
    assert not Face.objects.exclude(guess=None).exists()


def test_a_face_that_was_put_out_of_a_group_stays_out(me, three_people):
    work(me)
    stranger, *rest = three_people[0]
    (group,) = groups(rest)
    faces_service.reject(me.pk, [stranger.pk], person=group)
    for _ in range(2):
        work(me)
        assert groups(rest) == {group: 3} and groups([stranger]) == {None: 1}


def test_a_person_is_once_on_a_photo(me, three_people):
    anna, *others = three_people[0]
    twin = face(me, 0, 78, photo=anna.photo)
    faces_service.label(me.pk, [anna.pk], name="Anna")
    work_until_idle()
    twin.refresh_from_db()
    assert twin.guess_id is None
    assert Face.objects.exclude(guess=None).count() == len(others)


def test_no_job_changes_what_was_said(me, three_people):
    faces_service.label(me.pk, [three_people[0][0].pk], name="Anna")
    faces_service.dismiss(me.pk, [three_people[1][0].pk], reason=Face.Dismissed.IGNORED)
    FaceRejection.objects.create(
        face=three_people[2][0], person=Person.objects.get(name="Anna")
    )
    said = ("pk", "person", "person_source", "dismissed", "drawn")
    before = list(Face.objects.order_by("pk").values(*said))
    work(me)
    assert list(Face.objects.order_by("pk").values(*said)) == before
    assert FaceRejection.objects.count() == 1
    three_people[1][0].refresh_from_db()
    assert three_people[1][0].cluster_id is None


def test_poor_faces_stay_out(me, three_people):
    poor = face(me, 0, 99, quality=0.0)
    faces_service.label(me.pk, [three_people[0][0].pk], name="Anna")
    work(me)
    poor.refresh_from_db()
    assert (poor.cluster_id, poor.guess_id) == (None, None)


def test_the_faces_of_others_are_left_alone(me, three_people):
    stranger = UserFactory()
    theirs = [face(stranger, 0, 200 + n) for n in range(3)]
    faces_service.label(me.pk, [three_people[0][0].pk], name="Anna")
    work(me)
    rows = Face.objects.filter(pk__in=[face.pk for face in theirs])
    assert not rows.exclude(cluster=None, guess=None).exists()


def test_what_is_said_while_a_job_works_is_not_overwritten(me, three_people):
    """The child answers from what it was given; people go on meanwhile."""
    anna, second, *_ = three_people[0]
    faces_service.label(me.pk, [anna.pk], name="Anna")
    work_until_idle()

    def deny(answers: int) -> None:
        if answers == 1:
            faces_service.reject(me.pk, [second.pk])

    job = jobs.start(Job.Kind.TRAIN_FACES, user=me)
    recognise_unknown_faces(job.pk, sandbox=Interrupted(deny))
    second.refresh_from_db()
    assert second.guess_id is None


def test_a_face_that_is_put_out_of_its_group_meanwhile_stays_out(me, three_people):
    work(me)
    stranger, *rest = three_people[0]
    (group,) = groups(rest)
    face(me, 0, 600)

    def deny(answers: int) -> None:
        if answers == 1:
            faces_service.reject(me.pk, [stranger.pk], person=group)

    job = jobs.start(Job.Kind.FIND_SIMILAR_FACES, user=me)
    group_unknown_faces(job.pk, sandbox=Interrupted(deny))
    assert groups(rest) == {group: 3} and group not in groups([stranger])


def test_a_job_that_gives_in_guesses_nobody_who_was_denied_or_is_gone(me, three_people):
    """Somebody says more and more, and this right before the last answer is written."""
    (first, denied, *_), (other, gone, *_), _ = three_people.values()
    faces_service.label(me.pk, [first.pk], name="Anna")
    faces_service.label(me.pk, [other.pk], name="Bert")
    work_until_idle()

    def go_on(answers: int) -> None:
        if answers == face_groups.TRIES:
            faces_service.reject(me.pk, [denied.pk])
            people_service.delete(Person.objects.get(name="Bert"))
        else:
            faces_service.dismiss(me.pk, [first.pk], reason=Face.Dismissed.IGNORED)
            faces_service.restore(me.pk, [first.pk])

    child = Interrupted(go_on)
    job = jobs.start(Job.Kind.TRAIN_FACES, user=me)
    recognise_unknown_faces(job.pk, sandbox=child)
    assert child.answers == face_groups.TRIES
    for row in (denied, gone):
        row.refresh_from_db()
        assert (row.guess_id, row.guess_probability) == (None, 0)
    assert Face.objects.filter(guess__name="Anna").count() == 2


def test_a_merged_person_is_recognised_by_all_faces(me, three_people):
    faces_service.label(me.pk, [three_people[0][0].pk], name="Anna")
    faces_service.label(me.pk, [three_people[1][0].pk], name="Ann")
    anna, ann = Person.objects.get(name="Anna"), Person.objects.get(name="Ann")
    people_service.merge(anna, others=[ann])
    work_until_idle()
    assert Face.objects.filter(guess=anna).count() == 6


def test_what_comes_while_a_job_works_has_a_job_of_its_own(me, three_people):
    """The job has read its faces already when more are found."""
    late: list[Face] = []

    def find_more(answers: int) -> None:
        late.extend(face(me, 5, seed) for seed in (901, 902))
        for _ in range(2):
            jobs.start(Job.Kind.FIND_SIMILAR_FACES, user=me)

    job = jobs.start(Job.Kind.FIND_SIMILAR_FACES, user=me)
    group_unknown_faces(job.pk, sandbox=Interrupted(find_more))
    assert groups(late) == {None: 2}
    work_until_idle()
    assert None not in groups(late)
    assert Job.objects.filter(kind=Job.Kind.FIND_SIMILAR_FACES).count() == 2


def test_many_photos_are_hidden_while_faces_are_recognised(me):
    """Both change the same faces, each in an order of its own."""
    faces = [face(me, number, number) for number in range(400)]
    photos = Photo.objects.filter(owner=me)
    anna = PersonFactory(owner=me)
    chance = np.random.default_rng(4)

    def hide_and_show() -> None:
        for turn in range(40):
            photos.update(hidden=turn % 2 == 0)
        connection.close()

    def recognise() -> None:
        for turn in range(40):
            ids = chance.permutation([face.pk for face in faces])
            repeating = np.full_like(ids, anna.pk)
            sure = np.full(len(ids), (turn % 3) / 3)
            face_groups.store_guesses(ids, repeating, sure)
        connection.close()

    with ThreadPoolExecutor(2) as threads:
        for work in [threads.submit(hide_and_show), threads.submit(recognise)]:
            work.result()
    assert Face.objects.filter(visible=True).count() == len(faces)
