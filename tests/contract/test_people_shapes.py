"""Answers about faces and people have the shapes that the clients demand."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from librephotos.api.models import Person
from tests.contract import shapes
from tests.contract.library import Library
from tests.contract.shapes import (
    HASH,
    INTEGER,
    MOMENT,
    NUMBER,
    SWITCH,
    TEXT,
    array,
    nullable,
    numbers,
    record,
    texts,
)
from tests.factories import FaceFactory, PersonFactory

FACE_URL: shapes.Schema = {
    "type": "string",
    "pattern": r"^/media/faces/[0-9a-f]{32}\d+_\d+\.jpg$",
}
ITEM = record(
    id=INTEGER,
    image=FACE_URL,
    face_url=FACE_URL,
    photo=HASH,
    photo_image_hash=HASH,
    timestamp=nullable(MOMENT),
    person_label_probability=NUMBER,
)
LABELLED = {
    "allOf": [
        ITEM,
        record(person=INTEGER, **texts("person_name")),
    ]
}
LABELLING = record(
    status=SWITCH,
    results=array(LABELLED),
    updated=array(LABELLED),
    not_updated=array(LABELLED),
    edit=INTEGER,
)
DELETION = record(
    status=SWITCH,
    results=array(FACE_URL),
    deleted=array(FACE_URL),
    not_deleted=array(FACE_URL),
    edit=INTEGER,
)
OLD_KINDS: shapes.Schema = {"enum": ["USER", "CLUSTER", "UNKNOWN"]}
NEW_KINDS: shapes.Schema = {"enum": ["USER", "CLUSTER", "Unknown - Other"]}


def groups(kinds: shapes.Schema) -> shapes.Schema:
    """Match the bare array of people with face counts."""
    return array(record(id=INTEGER, kind=kinds, face_count=INTEGER, **texts("name")))


ALBUM = record(id=TEXT, name=TEXT, grouped_photos=array(shapes.DAY_GROUP))
LOCATION = record(
    top=INTEGER,
    bottom=INTEGER,
    left=INTEGER,
    right=INTEGER,
)
UNKNOWN_ON_PHOTO = record(face_url=FACE_URL, face_id=INTEGER, location=LOCATION)
ON_PHOTO = record(
    face_url=FACE_URL,
    face_id=INTEGER,
    person_id=INTEGER,
    type={"enum": ["user", "cluster", "classification"]},
    location=LOCATION,
    **texts("name"),
    **numbers("probability"),
)
POINT = record(
    person_id=INTEGER,
    person_label_is_inferred=nullable(SWITCH),
    color={"type": "string", "pattern": r"^#[0-9a-f]{6}$"},
    face_url=FACE_URL,
    value=record(**numbers("x", "y", "size")),
    **texts("person_name"),
)
GRAPH = record(
    nodes=array(record(id=TEXT, **numbers("x", "y")), minItems=2),
    links=array(record(**texts("source", "target")), minItems=1),
)


@pytest.fixture
def anna(library: Library) -> Person:
    """Somebody on a photo with Bert, and a guess, a group and an unknown face."""
    anna, bert = (PersonFactory(owner=library.owner, name=n) for n in ("Anna", "Bert"))
    cluster = PersonFactory(owner=library.owner, name="Unknown 1", cluster=True)
    image, video = library.photos["image"], library.photos["video"]
    FaceFactory(photo=image, person=anna, person_source="user")
    FaceFactory(photo=image, person=bert, person_source="file")
    FaceFactory(photo=image)
    FaceFactory(photo=video, guess=anna, guess_probability=0.95)
    FaceFactory(photo=library.photos["undated"], cluster=cluster)
    FaceFactory(photo=video)
    FaceFactory(photo=video, dismissed="ignored")
    return anna


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("persons/?page_size=1000", shapes.page(shapes.PERSON)),
        ("faces/incomplete/?inferred=true", groups(OLD_KINDS)),
        ("faces/incomplete/?inferred=false", groups(OLD_KINDS)),
        (
            "faces/incomplete/?inferred=true&analysis_method=clustering",
            groups(NEW_KINDS),
        ),
        ("faces/?person=0&inferred=false&page=1", shapes.page(ITEM)),
        ("faces/?person={anna}&inferred=true&order_by=date", shapes.page(ITEM)),
        (
            "faces/dismissed/",
            shapes.page({"allOf": [ITEM, record(reason={"const": "ignored"})]}),
        ),
        ("albums/person/{anna}", record(results=ALBUM)),
        ("albums/person/", shapes.page(ALBUM)),
        ("albums/date/list/?person={anna}", shapes.TIMELINE),
        (
            "photos/{image}/",
            record(
                people=array(ON_PHOTO, minItems=2, maxItems=2),
                unknown_faces=array(UNKNOWN_ON_PHOTO, minItems=1, maxItems=1),
            ),
        ),
        ("clusterfaces", array(POINT, minItems=6, maxItems=6)),
        ("socialgraph/", GRAPH),
        ("stats/", shapes.TOTALS),
        ("wordcloud/", shapes.WORD_CLOUD),
    ],
)
def test_lists(
    library: Library, anna: Person, client_of: Any, path: str, schema: shapes.Schema
) -> None:
    client: APIClient = client_of(library.owner)
    (image,) = library.hashes("image")
    answer = client.get(f"/api/{path.format(anna=anna.pk, image=image)}")
    assert answer.status_code == 200, answer.content
    assert shapes.violations(answer.json(), schema) == []


@pytest.mark.parametrize("name", ["Anna", "Somebody new", "Unknown - Other"])
def test_labelling(library: Library, anna: Person, client_of: Any, name: str) -> None:
    faces = [face.pk for face in anna.faces.all()]
    body = {"person_name": name, "face_ids": faces}
    answer = client_of(library.owner).post("/api/labelfaces", body, format="json")
    assert shapes.violations(answer.json(), LABELLING) == []
    assert len(answer.json()["updated"]) == len(faces)


def test_deleting(library: Library, anna: Person, client_of: Any) -> None:
    body = {"face_ids": [face.pk for face in anna.faces.all()]}
    answer = client_of(library.owner).post("/api/deletefaces", body, format="json")
    assert shapes.violations(answer.json(), DELETION) == []
    assert answer.json()["deleted"]


def test_changing_a_person(library: Library, anna: Person, client_of: Any) -> None:
    client: APIClient = client_of(library.owner)
    path, body = f"/api/persons/{anna.pk}/", {"newPersonName": "Anne"}
    answer = client.patch(path, body, format="json")
    edited = {"allOf": [shapes.PERSON, record(edit=INTEGER)]}
    assert shapes.violations(answer.json(), edited) == []
    gone = client.delete(path)
    assert (gone.status_code, gone.content) == (204, b"")
