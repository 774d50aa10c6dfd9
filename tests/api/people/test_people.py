"""People: lists, albums, and what is said of them, each of it reversible."""

from __future__ import annotations

from datetime import date

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from librephotos.api.models import Face, FaceRejection, PeopleEdit, Person
from tests.factories import FaceFactory, PersonFactory, PhotoFactory, UserFactory

pytestmark = pytest.mark.django_db

PERSON_KEYS = {
    "id",
    "name",
    "face_url",
    "face_count",
    "face_photo_url",
    "video",
    "hidden",
    "birth_date",
}


@pytest.fixture
def anna(me):
    """Somebody with a face on two photos, and a third that seems to be hers."""
    person = PersonFactory(owner=me, name="Anna")
    for photo in PhotoFactory.create_batch(2, owner=me):
        FaceFactory(photo=photo, person=person, person_source="user")
    FaceFactory(photo=PhotoFactory(owner=me), guess=person, guess_probability=0.95)
    return person


def persons(client, **query):
    answer = client.get("/api/persons/", query)
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def patch(client, person, **body):
    return client.patch(f"/api/persons/{person.pk}/", body, format="json")


def everything_said():
    """Return all that people have said of faces and people, but for the record."""
    faces = Face.objects.order_by("pk").values(
        "pk", "person", "person_source", "dismissed", "drawn"
    )
    people = Person.objects.order_by("pk").values(
        "pk", "kind", "name", "hidden", "birth_date", "cover"
    )
    denied = FaceRejection.objects.order_by("face", "person")
    return list(faces), list(people), list(denied.values("face", "person"))


def undo(client, edit):
    return client.post(f"/api/people/edits/{edit.pk}/undo")


def test_people_have_a_face_and_a_count(client, me, anna):
    PersonFactory(owner=me, name="Unknown 1", cluster=True)
    PersonFactory(name="Somebody else's")
    nobody_seen = PersonFactory(owner=me, name="Bert")
    first, second = persons(client)
    assert first.keys() == PERSON_KEYS
    assert (first["id"], first["face_count"]) == (anna.pk, 3)
    cover = Face.objects.filter(person=anna).latest("photo_id")
    assert first["face_photo_url"] == cover.photo.image_hash
    assert first["face_url"].endswith(f"_{cover.pk}.jpg")
    assert (second["id"], second["face_count"]) == (nobody_seen.pk, 0)
    assert (second["face_url"], second["face_photo_url"]) == ("", "")
    assert second["video"] is False
    assert persons(client, search="nN") == [first]


@pytest.mark.parametrize("count", [1, 20])
def test_the_number_of_queries_does_not_grow(
    client, me, count, django_assert_num_queries
):
    for _ in range(count):
        FaceFactory(photo=PhotoFactory(owner=me), person=PersonFactory(owner=me))
    with django_assert_num_queries(4):
        assert len(persons(client)) == count


def test_odd_names_and_early_birthdays_come_as_they_are(client, me):
    name = 'Zo\u00eb "\U0001f9d1\u200d\U0001f680" \\ \u2028'
    PersonFactory(owner=me, name=name, birth_date=date(1826, 7, 1))
    PersonFactory(owner=me, name="Zz", birth_date=None)
    listed = [(person["name"], person["birth_date"]) for person in persons(client)]
    assert listed == [(name, "1826-07-01"), ("Zz", None)]


def test_a_cover_stays_until_its_face_is_shown_no_more(client, me, anna):
    oldest = Face.objects.filter(person=anna).earliest("photo_id")
    patch(client, anna, cover_photo=oldest.photo.image_hash)
    assert persons(client)[0]["face_photo_url"] == oldest.photo.image_hash
    oldest.photo.hidden = True
    oldest.photo.save()
    assert persons(client)[0]["face_photo_url"] != oldest.photo.image_hash


def test_a_cover_is_a_face_of_the_person(client, me, anna):
    elsewhere = FaceFactory(photo=PhotoFactory(owner=me))
    foreign = FaceFactory(person=PersonFactory())
    for body in (
        {"cover_photo": elsewhere.photo.image_hash},
        {"cover_photo": foreign.photo.image_hash},
        {"cover_face": elsewhere.pk},
        {"cover_face": foreign.pk},
    ):
        assert patch(client, anna, **body).status_code == 400
    anna.refresh_from_db()
    assert anna.cover is None


def test_hidden_people_are_listed_apart(client, anna):
    answer = patch(client, anna, hidden=True, birth_date="1990-04-01").json()
    assert (answer["hidden"], answer["birth_date"]) == (True, "1990-04-01")
    assert persons(client) == []
    assert [person["id"] for person in persons(client, hidden="true")] == [anna.pk]


def rescoring_asked():
    tasks = ProcrastinateJob.objects.filter(task_name="librephotos.rescore_faces")
    return tasks.count()


def test_faces_are_looked_at_again_only_if_they_may_be_somebody_else(client, me, anna):
    cover = anna.faces.first()
    changed = patch(client, anna, hidden=True, birth_date="1990-04-01")
    patch(client, anna, cover_face=cover.pk)
    undo(client, PeopleEdit.objects.get(pk=changed.json()["edit"]))
    assert rescoring_asked() == 0
    unlabel(client, [cover.pk], me)
    assert rescoring_asked() == 1
    undo(client, PeopleEdit.objects.first())
    assert rescoring_asked() == 2


def test_a_name_in_use_is_not_taken_silently(client, me, anna):
    bert = PersonFactory(owner=me, name="Bert")
    answer = patch(client, bert, newPersonName="Anna")
    assert answer.status_code == 409
    assert "Anna" in answer.json()["errors"][0]["message"]
    assert patch(client, bert, newPersonName="Berta").json()["name"] == "Berta"
    assert patch(client, bert, newPersonName=" ").status_code == 400
    assert patch(client, bert, newPersonName="Unknown - Other").status_code == 400


def test_people_and_groups_are_merged(client, me, anna):
    other = PersonFactory(owner=me, name="Ann", birth_date="1990-04-01")
    theirs = FaceFactory(photo=PhotoFactory(owner=me), person=other)
    cluster = PersonFactory(owner=me, name="Unknown 1", cluster=True)
    grouped = FaceFactory(photo=PhotoFactory(owner=me), cluster=cluster)
    not_other = FaceFactory(photo=PhotoFactory(owner=me))
    FaceRejection.objects.create(face=not_other, person=other)
    body = {"person_ids": [other.pk, cluster.pk]}
    answer = client.post(f"/api/persons/{anna.pk}/merge", body, format="json").json()
    assert (answer["face_count"], answer["birth_date"]) == (5, "1990-04-01")
    assert {face.person_id for face in Face.objects.filter(pk__gte=theirs.pk)} == {
        anna.pk,
        None,
    }
    grouped.refresh_from_db()
    assert (grouped.person_id, grouped.person_source) == (anna.pk, "user")
    assert FaceRejection.objects.get(face=not_other).person_id == anna.pk
    assert list(Person.objects.filter(owner=me)) == [anna]


def test_a_merge_respects_what_was_said_of_single_faces(client, me, anna):
    cluster = PersonFactory(owner=me, name="Unknown 1", cluster=True)
    bert = PersonFactory(owner=me, name="Bert")
    grouped, denied = (
        FaceFactory(
            photo=PhotoFactory(owner=me),
            cluster=cluster,
            guess=bert,
            guess_probability=0.8,
        )
        for _ in range(2)
    )
    body = {"face_ids": [denied.pk], "person_id": anna.pk}
    client.post("/api/faces/reject", body, format="json")
    body = {"person_ids": [cluster.pk]}
    client.post(f"/api/persons/{anna.pk}/merge", body, format="json")
    grouped.refresh_from_db()
    denied.refresh_from_db()
    assert (grouped.person_id, grouped.guess_id) == (anna.pk, None)
    assert denied.person_id is None
    assert FaceRejection.objects.get().face_id == denied.pk


def test_people_of_others_cannot_be_merged(client, me, anna):
    foreign = PersonFactory()
    FaceFactory(photo=PhotoFactory(owner=foreign.owner), person=foreign)
    before = everything_said()
    path = f"/api/persons/{anna.pk}/merge"
    answer = client.post(path, {"person_ids": [foreign.pk]}, format="json")
    assert answer.status_code == 400
    path = f"/api/persons/{foreign.pk}/merge"
    answer = client.post(path, {"person_ids": [anna.pk]}, format="json")
    assert answer.status_code == 404
    assert patch(client, foreign, newPersonName="Mine").status_code == 404
    assert client.delete(f"/api/persons/{foreign.pk}/").status_code == 404
    assert everything_said() == before


def test_a_deleted_person_leaves_unknown_faces(client, me, anna):
    by_file = FaceFactory(
        photo=PhotoFactory(owner=me),
        person=anna,
        person_source="file",
        name_tag="Anna",
    )
    assert client.delete(f"/api/persons/{anna.pk}/").status_code == 204
    assert not Face.objects.exclude(person=None).exists()
    assert not Face.objects.exclude(guess=None, guess_probability=0).exists()
    by_file.refresh_from_db()
    assert by_file.person_source == "user"  # so that the file does not name it again


def label(client, faces, me):
    body = {"person_name": "New", "face_ids": faces}
    return client.post("/api/labelfaces", body, format="json")


def relabel(client, faces, me):
    PersonFactory(owner=me, name="Bert")
    body = {"person_name": "Bert", "face_ids": faces}
    return client.post("/api/labelfaces", body, format="json")


def unlabel(client, faces, me):
    body = {"person_name": "Unknown - Other", "face_ids": faces}
    return client.post("/api/labelfaces", body, format="json")


def dismiss(client, faces, me):
    return client.post("/api/deletefaces", {"face_ids": faces}, format="json")


def reject(client, faces, me):
    return client.post("/api/faces/reject", {"face_ids": faces}, format="json")


def ignore(client, faces, me):
    body = {"face_ids": faces, "reason": "ignored"}
    return client.post("/api/faces/dismiss", body, format="json")


def split(client, faces, me):
    body = {"person_name": "New", "face_ids": faces[:1]}
    return client.post("/api/persons/split", body, format="json")


def draw(client, faces, me):
    photo = Face.objects.get(pk=faces[0]).photo
    where = {"top": 0, "bottom": 99, "left": 0, "right": 99}
    body = {"photo": str(photo.pk), "location": where, "person_name": "New"}
    return client.post("/api/addface", body, format="json")


def rename(client, faces, me):
    return patch(client, Person.objects.get(name="Anna"), newPersonName="New")


def change(client, faces, me):
    values = {"hidden": True, "birth_date": "2001-02-03", "cover_face": faces[0]}
    return patch(client, Person.objects.get(name="Anna"), **values)


def merge(client, faces, me):
    bert = PersonFactory(owner=me, name="Bert")
    anna = Person.objects.get(name="Anna")
    body = {"person_ids": [anna.pk]}
    return client.post(f"/api/persons/{bert.pk}/merge", body, format="json")


def delete(client, faces, me):
    return client.delete(f"/api/persons/{Person.objects.get(name='Anna').pk}/")


def forget(client, faces, me):
    return client.post(f"/api/persons/{Person.objects.get(name='Anna').pk}/forget")


@pytest.mark.parametrize(
    "act",
    [
        label,
        relabel,
        unlabel,
        reject,
        dismiss,
        ignore,
        split,
        draw,
        rename,
        change,
        merge,
        delete,
        forget,
    ],
)
def test_everything_can_be_taken_back(client, me, anna, act):
    faces = list(Face.objects.filter(owner=me).values_list("pk", flat=True))
    denied = FaceFactory(photo=PhotoFactory(owner=me))
    FaceRejection.objects.create(face=denied, person=anna)
    if act in (relabel, merge):
        before_people = [*everything_said()[1]]
    else:
        before_people = []
    before = everything_said()
    answer = act(client, faces, me)
    after = everything_said()
    assert after != before
    edit = PeopleEdit.objects.get(owner=me)
    if act is delete:
        assert (answer.status_code, answer.content) == (204, b"")
    else:
        assert answer.status_code in (200, 201)
        assert answer.json()["edit"] == edit.pk
    assert undo(client, edit).status_code == 200
    restored = everything_said()
    people = [row for row in restored[1] if row["name"] != "Bert"]
    assert (restored[0], people, restored[2]) == (
        before[0],
        before_people or before[1],
        before[2],
    )
    assert undo(client, edit).status_code == 409


def test_what_changes_nothing_is_no_edit(client, me, anna):
    merged = f"/api/persons/{anna.pk}/merge"
    for answer in (
        patch(client, anna, newPersonName="Anna", hidden=False, birth_date=None),
        client.post(merged, {"person_ids": [anna.pk]}, format="json"),
        label(client, [], me),
        unlabel(client, [], me),
        dismiss(client, [], me),
        client.post("/api/faces/restore", {"face_ids": []}, format="json"),
    ):
        assert answer.status_code == 200 and answer.json()["edit"] is None
    assert not PeopleEdit.objects.exists()


def test_all_that_one_call_changes_of_a_person_is_one_edit(client, me, anna):
    cover = anna.faces.first()
    answer = patch(
        client, anna, newPersonName="Ann", hidden=True, cover_face=cover.pk
    ).json()
    assert undo(client, PeopleEdit.objects.get(pk=answer["edit"])).status_code == 200
    anna.refresh_from_db()
    assert (anna.name, anna.hidden, anna.cover) == ("Anna", False, None)


def test_a_name_that_is_taken_leaves_all_else_as_it_was(client, me, anna):
    bert = PersonFactory(owner=me, name="Bert")
    assert patch(client, bert, newPersonName="Anna", hidden=True).status_code == 409
    bert.refresh_from_db()
    assert not bert.hidden and not PeopleEdit.objects.exists()


def test_taking_back_leaves_what_was_said_later(client, me, anna):
    face = FaceFactory(photo=PhotoFactory(owner=me))
    body = {"face_ids": [face.pk]}
    client.post("/api/labelfaces", {**body, "person_name": "A"}, format="json")
    client.post("/api/labelfaces", {**body, "person_name": "B"}, format="json")
    second, first = PeopleEdit.objects.filter(owner=me)
    assert undo(client, first).status_code == 200
    face.refresh_from_db()
    assert face.person is not None and face.person.name == "B"
    assert undo(client, second).status_code == 200
    face.refresh_from_db()
    assert face.person is None


def test_what_one_has_done_is_told(client, client_of, me, anna):
    faces = list(anna.faces.values_list("pk", flat=True))
    patch(client, anna, newPersonName="Anne")
    draw(client, faces, me)
    bert = PersonFactory(owner=me, name="Bert")
    merged = f"/api/persons/{anna.pk}/merge"
    client.post(merged, {"person_ids": [bert.pk]}, format="json")
    dismiss(client, faces, me)
    answer = client.get("/api/people/edits").json()
    rows = [(row["action"], row["faces"], row["people"]) for row in answer["results"]]
    assert rows == [
        ("dismiss", 2, []),
        ("merge", 0, ["Anne", "Bert"]),
        ("draw", 1, ["New"]),
        ("rename", 0, ["Anna", "Anne"]),
    ]
    newest = answer["results"][0]
    undone = undo(client, PeopleEdit.objects.first()).json()["edit"]
    assert undone == {**newest, "undone_at": undone["undone_at"]}
    assert undone["undone_at"] and newest["undone_at"] is None
    stranger = client_of(UserFactory())
    assert stranger.get("/api/people/edits").json()["results"] == []
    assert undo(stranger, PeopleEdit.objects.last()).status_code == 404


@pytest.mark.parametrize(
    ("act", "names"),
    [
        (label, ["New"]),
        (relabel, ["Bert"]),
        (unlabel, ["Anna"]),
        (reject, ["Anna"]),
        (split, ["New"]),
        (draw, ["New"]),
        (rename, ["Anna", "New"]),
        (ignore, []),
    ],
)
def test_an_edit_is_told_with_who_it_is_about(client, me, anna, act, names):
    act(client, list(anna.faces.values_list("pk", flat=True)), me)
    (row,) = client.get("/api/people/edits/").json()["results"]
    assert row["people"] == names


def test_edits_of_earlier_versions_are_listed(client, me, anna):
    patch(client, anna, newPersonName="Annika")
    edit = PeopleEdit.objects.get()
    del edit.before["names"]
    edit.save()
    (row,) = client.get("/api/people/edits/").json()["results"]
    assert row["people"] == ["Anna"]


def test_taking_back_does_not_mind_what_was_taken_back_later(client, me, anna):
    body = {"face_ids": [FaceFactory(photo=PhotoFactory(owner=me)).pk]}
    before = everything_said()
    client.post("/api/labelfaces", {**body, "person_name": "A"}, format="json")
    person = Person.objects.get(name="A")
    patch(client, person, newPersonName="B")
    client.post("/api/labelfaces", {**body, "person_name": "Anna"}, format="json")
    for edit in PeopleEdit.objects.all():
        assert undo(client, edit).status_code == 200
    assert everything_said() == before


def test_taking_back_leaves_people_as_they_were_changed_later(client, me, anna):
    patch(client, anna, newPersonName="Ann")
    patch(client, anna, newPersonName="Anne")
    second, first = PeopleEdit.objects.filter(owner=me)
    assert undo(client, first).status_code == 200
    anna.refresh_from_db()
    assert anna.name == "Anne"


def days(client, **query):
    answer = client.get("/api/albums/date/list/", query).json()
    return sum(day["numberOfItems"] for day in answer["results"])


def test_the_timeline_of_a_person(client, client_of, me, anna):
    cluster = PersonFactory(owner=me, name="Unknown 1", cluster=True)
    FaceFactory(photo=PhotoFactory(owner=me), cluster=cluster)
    unsure = PhotoFactory(owner=me)
    FaceFactory(photo=unsure, guess=anna, guess_probability=0.5)
    assert days(client, person=anna.pk) == 3
    assert days(client, person=cluster.pk) == 1
    assert days(client, person=anna.pk + 1000) == 0
    me.confidence_person = 0.4
    me.save()
    assert days(client, person=anna.pk) == 4
    unsure.hidden = True
    unsure.save()
    assert days(client, person=anna.pk) == 3
    assert days(client, person=anna.pk, hidden="true") == 1
    assert days(client_of(UserFactory()), person=anna.pk) == 0
    asked = {"person": anna.pk, "public": "true", "username": me.username}
    for photo in (face.photo for face in Face.objects.filter(person=anna)):
        photo.public = True
        photo.save()
    assert days(client_of(), **asked) == days(client_of(UserFactory()), **asked) == 0
    assert days(client, **asked) == 2


def test_the_album_of_a_person(client, me, anna):
    results = client.get(f"/api/albums/person/{anna.pk}").json()["results"]
    assert (results["id"], results["name"]) == (str(anna.pk), "Anna")
    assert sum(len(day["items"]) for day in results["grouped_photos"]) == 3
    assert client.get("/api/albums/person/").json()["results"] == [results]


def test_the_albums_of_all_people(client, me, anna):
    bert = PersonFactory(owner=me, name="Bert")
    both = anna.faces.first().photo
    FaceFactory(photo=both, person=bert)
    FaceFactory(photo=both, person=bert)
    undated = PhotoFactory(owner=me, undated=True)
    FaceFactory(photo=undated, person=bert)
    FaceFactory(photo=PhotoFactory(owner=me, hidden=True), person=bert)
    FaceFactory(photo=PhotoFactory(owner=me), guess=bert, guess_probability=0.1)
    PersonFactory(owner=me, name="Carl")
    PersonFactory(owner=me, name="Dora", hidden=True)
    FaceFactory(photo=PhotoFactory(), person=PersonFactory())
    answer = client.get("/api/albums/person/").json()
    assert [row["name"] for row in answer["results"]] == ["Anna", "Bert", "Carl"]
    for row in answer["results"]:
        alone = client.get(f"/api/albums/person/{row['id']}/").json()["results"]
        assert row == alone
    assert [row["photo_count"] for row in answer["results"]] == [3, 2, 0]
    page = client.get("/api/albums/person/", {"page_size": 1, "page": 2}).json()
    assert (page["count"], [row["name"] for row in page["results"]]) == (3, ["Bert"])


def test_a_list_of_albums_has_no_more_than_the_newest_photos(client, me):
    bert = PersonFactory(owner=me, name="Bert")
    for photo in PhotoFactory.create_batch(103, owner=me):
        FaceFactory(photo=photo, person=bert)
    (row,) = client.get("/api/albums/person/").json()["results"]
    alone = client.get(f"/api/albums/person/{bert.pk}").json()["results"]
    assert row["photo_count"] == alone["photo_count"] == 103
    shown, every = (
        [item["id"] for day in album["grouped_photos"] for item in day["items"]]
        for album in (row, alone)
    )
    assert shown == every[:100]


@pytest.mark.parametrize("count", [1, 20])
def test_the_number_of_queries_for_albums_does_not_grow(
    client, me, count, django_assert_num_queries
):
    for _ in range(count):
        FaceFactory(photo=PhotoFactory(owner=me), person=PersonFactory(owner=me))
    with django_assert_num_queries(5):
        answer = client.get("/api/albums/person/").json()
    assert [album["photo_count"] for album in answer["results"]] == [1] * count


def test_counters_and_words(client, me, anna):
    FaceFactory(photo=PhotoFactory(owner=me))
    FaceFactory(photo=PhotoFactory(owner=me, in_trashcan=True), person=anna)
    totals = client.get("/api/stats/").json()
    assert [
        totals[f"num_{name}"]
        for name in (
            "faces",
            "people",
            "labeled_faces",
            "inferred_faces",
            "unknown_faces",
        )
    ] == [4, 1, 2, 1, 1]
    (word,) = client.get("/api/wordcloud/").json()["people"]
    assert word["label"] == "Anna" and word["y"] == pytest.approx(0.693, abs=1e-3)


def test_the_graph_links_people_on_one_photo(client, me):
    assert client.get("/api/socialgraph/").json() == {"nodes": [], "links": []}
    names = ["Anna", "Bert", "Carla"]
    people = [PersonFactory(owner=me, name=name) for name in names]
    photo = PhotoFactory(owner=me)
    for person in people[:2]:
        FaceFactory(photo=photo, person=person)
    FaceFactory(photo=PhotoFactory(owner=me), person=people[2])
    graph = client.get("/api/socialgraph/").json()
    assert graph["links"] == [{"source": "Anna", "target": "Bert"}]
    assert [node["id"] for node in graph["nodes"]] == ["Anna", "Bert"]
    assert all(abs(node[axis]) <= 1000 for node in graph["nodes"] for axis in "xy")
    assert graph == client.get("/api/socialgraph/").json()
