"""Looking through faces, and saying whose they are."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from procrastinate.contrib.django.models import ProcrastinateJob

from librephotos.api.models import Face, FaceRejection, PeopleEdit, Person, User
from librephotos.api.writes import stage_states
from tests.factories import FaceFactory, PersonFactory, PhotoFactory, UserFactory

pytestmark = pytest.mark.django_db

NOBODY = "Unknown - Other"
FACE_KEYS = {
    "id",
    "image",
    "face_url",
    "photo",
    "photo_image_hash",
    "timestamp",
    "person_label_probability",
}


@pytest.fixture
def face_of(me):
    """Make a face on a photo of one's own."""

    def make(**values):
        values.setdefault("photo", PhotoFactory(owner=me))
        return FaceFactory(**values)

    return make


def groups(client, **query):
    answer = client.get("/api/faces/incomplete/", query)
    assert answer.status_code == 200, answer.content
    return [(row["name"], row["kind"], row["face_count"]) for row in answer.json()]


def page(client, person, **query):
    answer = client.get("/api/faces/", {"person": person, **query})
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def said(face):
    """Return what is said of a face: person, source and dismissal."""
    face.refresh_from_db()
    return face.person_id, face.person_source, face.dismissed


def test_groups_hold_what_their_pages_list(client, me, face_of):
    anna, cluster = PersonFactory(owner=me, name="Anna"), PersonFactory(
        owner=me, name="Unknown 1", cluster=True
    )
    face_of(person=anna, person_source="user", guess=anna)
    sure = face_of(guess=anna, guess_probability=0.9)
    unsure = face_of(guess=anna, guess_probability=0.4, cluster=cluster)
    grouped = face_of(cluster=cluster)
    lonely = face_of()
    face_of(dismissed="ignored")
    face_of(photo=PhotoFactory(owner=me, hidden=True), guess=anna)

    cases = {
        (): [("Anna", "USER", 1), (NOBODY, "UNKNOWN", 1)],
        ("inferred=true",): [
            ("Anna", "USER", 2),
            ("Unknown 1", "CLUSTER", 1),
            (NOBODY, "UNKNOWN", 1),
        ],
        ("inferred=true", "min_confidence=0.5"): [
            ("Anna", "USER", 1),
            ("Unknown 1", "CLUSTER", 2),
            (NOBODY, "UNKNOWN", 1),
        ],
        ("inferred=true", "analysis_method=clustering"): [
            ("Unknown 1", "CLUSTER", 2),
            (NOBODY, NOBODY, 2),
        ],
        (
            "inferred=true",
            "analysis_method=classification",
            "min_confidence=0.5",
        ): [("Anna", "USER", 1), (NOBODY, NOBODY, 3)],
    }
    for query, expected in cases.items():
        asked = dict(part.split("=") for part in query)
        assert groups(client, **asked) == expected, query
        for row in client.get("/api/faces/incomplete/", asked).json():
            assert len(page(client, row["id"], **asked)) == row["face_count"], query

    assert page(client, anna.pk, inferred="true") == [sure.pk, unsure.pk]
    by_likeness = {"inferred": "true", "analysis_method": "clustering"}
    assert page(client, cluster.pk, **by_likeness) == [unsure.pk, grouped.pk]
    assert page(client, 0) == [lonely.pk]


def test_faces_have_the_keys_that_clients_read(client, me, face_of):
    face = face_of()
    (row,) = client.get("/api/faces/", {"person": 0}).json()["results"]
    assert row.keys() == FACE_KEYS
    name = f"{face.photo.image_hash}_{face.pk}.jpg"
    assert row["face_url"] == f"/media/faces/{name}"
    assert row["image"].rsplit("/", 1)[1] == name


def test_faces_come_by_confidence_or_by_the_time_of_their_photos(client, me):
    anna = PersonFactory(owner=me)
    old, new = PhotoFactory.create_batch(2, owner=me)
    surer = FaceFactory(photo=new, guess=anna, guess_probability=0.9)
    older = FaceFactory(photo=old, guess=anna, guess_probability=0.6)
    asked = {"inferred": "true"}
    assert page(client, anna.pk, **asked) == [surer.pk, older.pk]
    assert page(client, anna.pk, **asked, order_by="date") == [older.pk, surer.pk]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"person": "x"},
        {"person": 0, "order_by": "size"},
        {"person": 0, "min_confidence": "2"},
        {"person": 0, "analysis_method": "magic"},
    ],
)
def test_nonsense_is_refused(client, query):
    assert client.get("/api/faces/", query).status_code == 400


@pytest.mark.parametrize("count", [1, 20])
def test_the_number_of_queries_does_not_grow(
    client, me, count, django_assert_num_queries
):
    for _ in range(count):
        person = PersonFactory(owner=me)
        FaceFactory(photo=PhotoFactory(owner=me), person=person)
        FaceFactory(photo=PhotoFactory(owner=me), cluster=person)
    with django_assert_num_queries(4):
        client.get("/api/faces/incomplete/")
    with django_assert_num_queries(3):
        client.get("/api/faces/", {"person": person.pk})


def test_labelling_makes_the_person_and_takes_the_faces(client, me, face_of):
    faces = [face_of(), face_of()]
    ids = [face.pk for face in faces]
    body = {"person_name": "Anna", "face_ids": ids}
    answer = client.post("/api/labelfaces", body, format="json").json()
    anna = Person.objects.get(owner=me, name="Anna")
    assert answer["status"] is True and answer["results"] == answer["updated"]
    assert [row["person"] for row in answer["updated"]] == [anna.pk] * 2
    assert answer["updated"][0]["person_name"] == "Anna"
    assert answer["updated"][0]["person_label_probability"] == 1.0
    assert answer["updated"][0].keys() > FACE_KEYS
    assert said(faces[0]) == (anna.pk, "user", "")
    client.post("/api/labelfaces", body, format="json")
    assert Person.objects.filter(owner=me).count() == 1


def test_no_faces_are_no_error(client, me):
    for path in ("labelfaces", "deletefaces", "faces/reject", "faces/restore"):
        body = {"face_ids": [], "person_name": "Anna"}
        answer = client.post(f"/api/{path}", body, format="json")
        assert answer.status_code == 200 and answer.json()["results"] == []
    assert not PeopleEdit.objects.exists() and not Person.objects.exists()


@pytest.mark.parametrize(
    "name",
    [
        *("", "  ", "\u200b", "\u200d", "\u3164", "\u202e \u2066", "x" * 201),
        *("\u2800", "\u2800 \u115f\u1160\uffa0", "\u034f", "\U00013441", "\ufe0f"),
        *("\u180b", "\U0001d159", "\U000e0041", "\u0301", "\u3000\u2028"),
    ],
)
def test_a_person_needs_a_name(client, face_of, name):
    body = {"person_name": name, "face_ids": [face_of().pk]}
    assert client.post("/api/labelfaces", body, format="json").status_code == 400


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("An\u200bna\u2060", "Anna"),
        ("\u202eannA", "annA"),
        ("Un\u200bknown - Other", NOBODY),
        ("نگار\u200cسادات", "نگار\u200cسادات"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("An\u200dna \u2800B", "Anna B"),
        ("A\ufe0fnna", "Anna"),
        ("❤\ufe0f\u200d🔥 1\ufe0f\u20e3", "❤\ufe0f\u200d🔥 1\ufe0f\u20e3"),
        ("क्\u200dष", "क्\u200dष"),
    ],
)
def test_a_name_has_nothing_that_cannot_be_seen(client, face_of, given, stored):
    body = {"person_name": given, "face_ids": [face_of().pk]}
    client.post("/api/labelfaces", body, format="json")
    shown = client.get("/api/persons/").json()["results"]
    assert [person["name"] for person in shown] == [stored] * (stored != NOBODY)


def test_the_name_of_nobody_takes_the_label_away(client, me, face_of):
    anna = PersonFactory(owner=me)
    labelled = face_of(person=anna, person_source="user")
    guessed = face_of(guess=anna, guess_probability=0.9)
    body = {"person_name": NOBODY, "face_ids": [labelled.pk, guessed.pk]}
    answer = client.post("/api/labelfaces", body, format="json").json()
    assert [row["person_name"] for row in answer["updated"]] == [NOBODY] * 2
    assert [row["person"] for row in answer["updated"]] == [0, 0]
    assert said(labelled) == (None, "", "")
    guessed.refresh_from_db()
    assert guessed.guess_id is None
    assert FaceRejection.objects.filter(person=anna).count() == 2


def test_a_name_of_the_file_does_not_come_back_after_it_was_taken_away(
    client, me, face_of
):
    anna = PersonFactory(owner=me, name="Anna")
    face = face_of(person=anna, person_source="file", name_tag="Anna")
    client.post("/api/faces/reject", {"face_ids": [face.pk]}, format="json")
    assert said(face) == (None, "user", "")


def test_rejecting_a_person_keeps_another_label(client, me, face_of):
    anna, bert = PersonFactory.create_batch(2, owner=me)
    face = face_of(person=anna, person_source="user")
    body = {"face_ids": [face.pk], "person_id": bert.pk}
    assert client.post("/api/faces/reject", body, format="json").status_code == 200
    assert said(face)[0] == anna.pk
    assert FaceRejection.objects.filter(face=face, person=bert).exists()


def test_deleted_faces_are_told_by_their_addresses_and_come_back(client, face_of):
    face = face_of()
    (before,) = client.get("/api/faces/", {"person": 0}).json()["results"]
    body = {"face_ids": [face.pk]}
    answer = client.post("/api/deletefaces", body, format="json").json()
    assert answer["results"] == answer["deleted"] == [before["face_url"]]
    assert answer["not_deleted"] == []
    assert groups(client) == [] and said(face)[2] == "not_a_face"
    answer = client.post("/api/faces/restore", body, format="json").json()
    assert page(client, 0) == [face.pk]
    assert answer["edit"] == PeopleEdit.objects.latest("pk").pk


def test_faces_can_be_ignored(client, face_of):
    face = face_of()
    body = {"face_ids": [face.pk], "reason": "ignored"}
    client.post("/api/faces/dismiss", body, format="json")
    assert said(face)[2] == "ignored"
    body["reason"] = "ugly"
    assert client.post("/api/faces/dismiss", body, format="json").status_code == 400


def dismissed(client, **query):
    answer = client.get("/api/faces/dismissed/", query)
    assert answer.status_code == 200, answer.content
    return [(row["id"], row["reason"]) for row in answer.json()["results"]]


def test_dismissed_faces_are_listed_until_they_are_restored(
    client, client_of, me, face_of
):
    anna = PersonFactory(owner=me)
    blob, stranger = face_of(), face_of(person=anna, person_source="user")
    face_of()
    FaceFactory(dismissed="ignored")
    face_of(photo=PhotoFactory(owner=me, hidden=True), dismissed="ignored")
    assert dismissed(client) == []
    client.post("/api/deletefaces", {"face_ids": [blob.pk]}, format="json")
    body = {"face_ids": [stranger.pk], "reason": "ignored"}
    client.post("/api/faces/dismiss", body, format="json")
    assert dismissed(client) == [(stranger.pk, "ignored"), (blob.pk, "not_a_face")]
    assert dismissed(client, reason="ignored") == [(stranger.pk, "ignored")]
    assert client.get("/api/faces/dismissed/", {"reason": "x"}).status_code == 400
    assert dismissed(client_of(UserFactory())) == []
    client.post("/api/faces/restore", body, format="json")
    assert dismissed(client) == [(blob.pk, "not_a_face")]
    assert page(client, anna.pk) == [stranger.pk]


@pytest.mark.parametrize("count", [1, 20])
def test_the_number_of_queries_for_dismissed_faces_does_not_grow(
    client, face_of, count, django_assert_num_queries
):
    for _ in range(count):
        face_of(dismissed="ignored")
    with django_assert_num_queries(3):
        assert len(dismissed(client)) == count


def test_a_box_can_be_drawn_and_named(client, me):
    photo = PhotoFactory(owner=me, width=4000, height=2160)
    where = {"top": 108, "bottom": 540, "left": 200, "right": 600}
    body = {"photo": str(photo.pk), "person_name": "Anna", "location": where}
    answer = client.post("/api/addface", body, format="json").json()
    face = Face.objects.get()
    assert answer == {
        "status": True,
        "edit": PeopleEdit.objects.get().pk,
        "face": {
            "face_id": face.pk,
            "face_url": f"/media/faces/{photo.image_hash}_{face.pk}.jpg",
            "person": Person.objects.get(name="Anna").pk,
            "person_name": "Anna",
            "location": where,
        },
    }
    assert (face.left, face.top, face.right, face.bottom) == (0.1, 0.1, 0.3, 0.5)
    assert face.drawn
    tasks = ProcrastinateJob.objects.values_list("task_name", flat=True)
    assert "librephotos.learn" in tasks


def test_a_box_beside_the_photo_is_refused(client, me):
    photo = PhotoFactory(owner=me)
    where = {"top": -50, "bottom": -10, "left": 0, "right": 60}
    body = {"photo": photo.image_hash, "location": where}
    assert client.post("/api/addface", body, format="json").status_code == 400
    assert not Face.objects.exists()


SIDES = {"top": 0.1, "bottom": 0.5, "left": 0.2, "right": 0.4}


def test_a_box_is_drawn_in_shares_of_the_picture_as_clients_send_it(client, me):
    photo = PhotoFactory(owner=me, width=4000, height=2160)
    body = {"photo": photo.image_hash, "person_name": "Anna", "box": SIDES}
    answer = client.post("/api/addface", body, format="json")
    face = Face.objects.get()
    assert answer.status_code == 201
    drawn = answer.json()["face"]
    assert drawn["location"] == {"top": 108, "bottom": 540, "left": 400, "right": 800}
    assert (face.left, face.top, face.right, face.bottom) == (0.2, 0.1, 0.4, 0.5)


@pytest.mark.parametrize(
    "shape",
    [
        {"box": SIDES | {"right": 400}},  # pixels
        {"box": SIDES | {"left": -0.1}},
        {"box": SIDES | {"left": 0.5}},  # inside out
        {"box": SIDES | {"bottom": 0.11}},  # 11 pixels high
        {"box": {"top": 0.1}},
        {"box": SIDES, "location": SIDES},
        {},
    ],
)
def test_a_box_that_shows_no_face_is_refused(client, me, shape):
    photo = PhotoFactory(owner=me, width=4000, height=2160)
    body = {"photo": photo.image_hash, "person_name": "Anna", **shape}
    assert client.post("/api/addface", body, format="json").status_code == 400
    assert not Face.objects.exists()


def test_no_box_is_drawn_around_a_face_that_is_shown(client, me):
    photo = PhotoFactory(owner=me, width=4000, height=2160)
    there = FaceFactory(photo=photo, left=0.2, top=0.1, right=0.4, bottom=0.5)
    body = {"photo": photo.image_hash, "person_name": "Anna", "box": SIDES}
    answer = client.post("/api/addface", body, format="json")
    assert answer.status_code == 409 and answer.json()["errors"][0]["message"]
    assert not Person.objects.filter(name="Anna").exists()
    beside = body | {"box": SIDES | {"left": 0.35, "right": 0.55}}
    assert client.post("/api/addface", beside, format="json").status_code == 201
    Face.objects.filter(pk=there.pk).update(dismissed="ignored")
    Face.objects.filter(drawn=True).delete()
    assert client.post("/api/addface", body, format="json").status_code == 201


def test_faces_of_others_are_neither_seen_nor_changed(client, me, face_of):
    other = UserFactory()
    bert = PersonFactory(owner=other, name="Bert")
    theirs = FaceFactory(photo=PhotoFactory(owner=other), person=bert)
    mine = face_of()
    ids = [theirs.pk, mine.pk]
    before = Face.objects.filter(pk=theirs.pk).values().get()
    where = {"top": 0, "bottom": 99, "left": 0, "right": 99}
    for path, body in (
        ("labelfaces", {"person_name": "Bert", "face_ids": ids}),
        ("labelfaces", {"person_name": NOBODY, "face_ids": ids}),
        ("faces/reject", {"face_ids": ids}),
        ("faces/reject", {"face_ids": ids, "person_id": bert.pk}),
        ("deletefaces", {"face_ids": ids}),
        ("faces/restore", {"face_ids": ids}),
        ("persons/split", {"face_ids": ids, "person_name": "Carl"}),
        ("addface", {"photo": theirs.photo.image_hash, "location": where}),
    ):
        answer = client.post(f"/api/{path}", body, format="json")
        assert theirs.photo.image_hash not in answer.content.decode(), path
    assert Face.objects.filter(pk=theirs.pk).values().get() == before
    assert Face.objects.filter(photo__owner=other).count() == 1
    assert page(client, bert.pk) == [] and page(client, bert.pk, inferred="true") == []
    assert not FaceRejection.objects.filter(face=theirs).exists()
    assert not Face.objects.filter(owner=me, person=bert).exists()


def test_points_of_the_plot_tell_people_apart(client, me, face_of):
    assert client.get("/api/clusterfaces").json() == []
    anna = PersonFactory(owner=me, name="Anna")
    face_of(person=anna, person_source="user")
    face_of(guess=anna, guess_probability=0.8)
    face_of()
    FaceFactory()
    points = client.get("/api/clusterfaces").json()
    assert [point["person_name"] for point in points] == ["Anna", "Anna", NOBODY]
    assert [p["person_label_is_inferred"] for p in points] == [False, True, None]
    assert points[0]["color"] == points[1]["color"] != points[2]["color"]
    assert {len(point["value"]) for point in points} == {3}
    assert len({tuple(point["value"].values()) for point in points}) == 3


def test_jobs_about_faces_start_once(client):
    for method, path in (("post", "train"), ("get", "scan"), ("post", "scan")):
        answer = getattr(client, method)(f"/api/{path}faces").json()
        assert answer["status"] is True
        assert answer == getattr(client, method)(f"/api/{path}faces").json()


@pytest.fixture
def cut_out():
    """Give a face a crop."""

    def cut(face, data=b"JPEG"):
        face.crop = f"ab/{face.photo_id}-face-test.jpg"
        face.save(update_fields=["crop"])
        storages["previews"].save(face.crop, ContentFile(data))
        return f"/media/faces/{face.photo.image_hash}_{face.pk}.jpg"

    return cut


def test_a_crop_is_served_to_others_if_faces_are_shared(
    client, client_of, me, face_of, cut_out
):
    face = face_of()
    url = cut_out(face)
    answer = client.get(url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer.getvalue() == b"JPEG"
    assert client_of(UserFactory()).get(url).status_code == 404
    assert client_of().get(url).status_code == 403
    face.photo.public = me.public_sharing = True
    face.photo.save()
    me.save()
    for other in (client_of(UserFactory()), client_of()):
        assert other.get(url).status_code == 404
    me.public_sharing_defaults["share_faces"] = True
    me.save()
    for seen in (client_of(UserFactory()).get(url), client_of().get(url)):
        assert seen.getvalue() == b"JPEG"
    face.dismissed = "not_a_face"
    face.save()
    assert client_of().get(url).status_code == 404


def test_a_crop_belongs_to_its_own_photo(client, me, face_of, cut_out):
    foreign = FaceFactory()
    cut_out(foreign)
    hash_of_mine = face_of().photo.image_hash
    assert client.get(f"/media/faces/{hash_of_mine}_{foreign.pk}").status_code == 404
    for number in ("", "x", "9" * 30, "0"):
        assert client.get(f"/media/faces/{hash_of_mine}_{number}").status_code == 404


def test_a_lost_crop_is_asked_for_once(client, face_of, cut_out):
    face = face_of()
    url = cut_out(face, b"")
    assert client.get(url).status_code == client.get(url).status_code == 404
    tasks = ProcrastinateJob.objects.filter(task_name="librephotos.learn")
    assert [task.args["photos"] for task in tasks] == [[str(face.photo_id)]]


def test_who_asks_for_a_crop_again_lets_its_worker_finish(client, face_of, cut_out):
    face = face_of()
    url = cut_out(face, b"")
    assert client.get(url).status_code == 404
    tasks = ProcrastinateJob.objects.filter(task_name="librephotos.learn")
    tasks.update(status="doing")

    def to_do():
        return stage_states.pending([face.photo_id], stage="faces", version=1)

    begun = to_do()
    assert begun and client.get(url).status_code == 404
    # A worker stores nothing of what is asked for anew meanwhile.
    assert to_do() == begun and tasks.count() == 1


def test_a_crop_that_was_tried_in_vain_is_not_tried_for_each_request(
    client, face_of, cut_out
):
    url = cut_out(face_of(), b"")
    assert client.get(url).status_code == 404
    tasks = ProcrastinateJob.objects.filter(task_name="librephotos.learn")
    tasks.delete()  # its preview was not there, nor its file
    assert client.get(url).status_code == 404 and not tasks.exists()


def test_details_tell_the_owner_who_is_on_a_photo(client, client_of, me):
    User.objects.filter(pk=me.pk).update(public_sharing=True)
    photo = PhotoFactory(owner=me, width=2000, height=1080, public=True)
    anna = PersonFactory(owner=me, name="Anna")
    cluster = PersonFactory(owner=me, name="Unknown 1", cluster=True)
    box = {"top": 0.1, "bottom": 0.2}
    FaceFactory(photo=photo, **box, left=0.7, right=0.8, cluster=cluster)
    FaceFactory(photo=photo, **box, left=0.1, right=0.2, person=anna)
    FaceFactory(
        photo=photo, **box, left=0.4, right=0.5, guess=anna, guess_probability=0.75
    )
    unknown = FaceFactory(photo=photo, **box, left=0.2, right=0.3)
    FaceFactory(photo=photo, person=anna, dismissed="ignored")
    FaceFactory(photo=photo, dismissed="not_a_face")
    details = client.get(f"/api/photos/{photo.image_hash}").json()
    people = details["people"]
    assert [
        (p["name"], p["person_id"], p["type"], p["probability"]) for p in people
    ] == [
        ("Anna", anna.pk, "user", 1.0),
        ("Anna", anna.pk, "classification", 0.75),
        ("Unknown 1", cluster.pk, "cluster", 0.0),
    ]
    assert people[0]["location"] == {
        "top": 108,
        "bottom": 216,
        "left": 200,
        "right": 400,
    }
    assert details["unknown_faces"] == [
        {
            "face_id": unknown.pk,
            "face_url": f"/media/faces/{photo.image_hash}_{unknown.pk}.jpg",
            "location": {"top": 108, "bottom": 216, "left": 400, "right": 600},
        }
    ]
    for stranger in (client_of(UserFactory()), client_of()):
        seen = stranger.get(f"/api/photos/{photo.image_hash}").json()
        assert seen["people"] == seen["unknown_faces"] == []
