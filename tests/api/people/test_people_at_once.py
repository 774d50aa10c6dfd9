"""Changes to people while somebody else changes the same faces."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections, transaction

from librephotos.api.locks import lock_people
from librephotos.api.models import Face, PeopleEdit, Person, User
from librephotos.api.services import people
from tests.factories import FaceFactory, PersonFactory, PhotoFactory, UserFactory
from tests.support.locks import somebody_waits


@pytest.fixture
def me(transactional_db: None) -> User:
    """An ordinary user, of whom other connections know."""
    return UserFactory()


def delete(client: Any, person: Person, other: Person) -> Any:
    return client.delete(f"/api/persons/{person.pk}/")


def merge(client: Any, person: Person, other: Person) -> Any:
    body = {"person_ids": [person.pk]}
    return client.post(f"/api/persons/{other.pk}/merge", body, format="json")


def undo(client: Any, person: Person, other: Person) -> Any:
    edit = PeopleEdit.objects.get()
    return client.post(f"/api/people/edits/{edit.pk}/undo")


def rename(client: Any, person: Person, other: Person) -> Any:
    body = {"newPersonName": "Anne"}
    return client.patch(f"/api/persons/{person.pk}/", body, format="json")


def merge_from(client: Any, person: Person, other: Person) -> Any:
    body = {"person_ids": [other.pk]}
    return client.post(f"/api/persons/{person.pk}/merge", body, format="json")


def forget(client: Any, person: Person, other: Person) -> Any:
    return client.post(f"/api/persons/{person.pk}/forget")


def make_cover(client: Any, person: Person, other: Person) -> Any:
    body = {"cover_face": person.faces.get().pk}
    return client.patch(f"/api/persons/{person.pk}/", body, format="json")


def reject(client: Any, person: Person, other: Person) -> Any:
    face = FaceFactory(photo=PhotoFactory(owner=person.owner))
    body = {"face_ids": [face.pk], "person_id": person.pk}
    return client.post("/api/faces/reject", body, format="json")


def waiting(
    other: ThreadPoolExecutor, request: Callable[..., Any], *arguments: Any
) -> Future[Any]:
    """Send a request from another thread; return once it waits for this one."""

    def send() -> Any:
        try:
            return request(*arguments)
        finally:
            connections.close_all()

    answer = other.submit(send)
    while not somebody_waits():
        assert not answer.done()
    return answer


@pytest.mark.parametrize(
    "change", [delete, forget, rename, merge, merge_from, make_cover, reject]
)
def test_somebody_who_is_forgotten_meanwhile_is_not_found(
    client: Any, me: User, change: Callable[..., Any]
) -> None:
    anna, bert = (PersonFactory(owner=me, name=name) for name in ("Anna", "Bert"))
    FaceFactory(photo=PhotoFactory(owner=me), person=anna)

    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            lock_people(me.pk)
            answer = waiting(other, change, client, anna, bert)
            people.delete(anna)
        refused = answer.result(30)
    assert refused.status_code == 404
    assert refused.json()["errors"][0]["message"] == "The person is not there any more."
    actions = PeopleEdit.objects.values_list("action", flat=True)
    assert list(actions) == [PeopleEdit.Action.DELETE]


def test_a_face_that_is_taken_away_meanwhile_is_no_cover(client: Any, me: User) -> None:
    anna = PersonFactory(owner=me, name="Anna")
    face = FaceFactory(photo=PhotoFactory(owner=me), person=anna)

    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            lock_people(me.pk)
            answer = waiting(other, make_cover, client, anna, anna)
            face.delete()
        assert answer.result(30).status_code == 404


@pytest.mark.parametrize("change", [delete, merge, undo])
@pytest.mark.parametrize("column", ["person", "guess", "cluster"])
def test_faces_are_taken_in_the_order_of_their_ids(
    client: Any, me: User, change: Callable[..., Any], column: str
) -> None:
    named = FaceFactory(photo=PhotoFactory(owner=me))
    body = {"face_ids": [named.pk], "person_name": "Anna"}
    client.post("/api/labelfaces", body, format="json")
    anna, bert = Person.objects.get(), PersonFactory(owner=me, name="Bert")
    first, second = (
        FaceFactory(photo=PhotoFactory(owner=me), **{column: anna}) for _ in range(2)
    )
    # Where PostgreSQL comes upon it after the other.
    Face.objects.filter(pk=first.pk).update(guess_probability=0.5)

    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            Face.objects.filter(pk=first.pk).update(score=0.9)
            answer = waiting(other, change, client, anna, bert)
            Face.objects.filter(pk=second.pk).update(score=0.9)
        assert answer.result(30).status_code in (200, 204)
