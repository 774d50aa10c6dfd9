"""Who may do what with faces and people; `staff` is a superuser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from librephotos.api.models import PeopleEdit
from librephotos.api.services import people
from tests.api.http.permission_rows import Row, World, signed_in
from tests.factories import FaceFactory, PersonFactory


def person(world: World) -> Mapping[str, Any]:
    """Name a person whom the owner knows."""
    return {"person_id": PersonFactory(owner=world.owner).pk}


def edit(world: World) -> Mapping[str, Any]:
    """Name something that the owner did."""
    people.rename(PersonFactory(owner=world.owner), name="Somebody else")
    return {"edit_id": PeopleEdit.objects.get(owner=world.owner).pk}


def crop(world: World) -> Mapping[str, Any]:
    """Name a face on the owner's photo, which has not been cut out yet."""
    face = FaceFactory(photo=world.photo)
    return {"name": f"{world.photo.image_hash}_{face.pk}.jpg"}


NO_FACES = {"face_ids": []}
OF_OWNER = (401, 404, 200, 404)

PEOPLE = [
    signed_in("get", "api/faces/incomplete/"),
    Row("get", "api/faces/", 401, 400, 400, 400),
    signed_in("post", "api/faces/reject/", body=NO_FACES),
    signed_in("post", "api/faces/dismiss/", body=NO_FACES),
    signed_in("post", "api/faces/restore/", body=NO_FACES),
    signed_in("get", "api/faces/dismissed/"),
    signed_in("post", "api/labelfaces/", body={**NO_FACES, "person_name": "Anna"}),
    signed_in("post", "api/deletefaces/", body=NO_FACES),
    Row("post", "api/addface/", 401, 400, 400, 400, body={"photo": "unknown"}),
    signed_in("post", "api/trainfaces/"),
    signed_in("get", "api/scanfaces/"),
    signed_in("post", "api/scanfaces/"),
    signed_in("get", "api/clusterfaces/"),
    signed_in("post", "api/clusterfaces/"),
    signed_in("get", "api/persons/"),
    Row(
        "post",
        "api/persons/split/",
        401,
        400,
        400,
        400,
        body={**NO_FACES, "person_name": "Anna"},
    ),
    Row("get", "api/persons/<number:person_id>/", *OF_OWNER, person),
    Row(
        "patch",
        "api/persons/<number:person_id>/",
        *OF_OWNER,
        person,
        {"newPersonName": "Anna"},
    ),
    Row("delete", "api/persons/<number:person_id>/", 401, 404, 204, 404, person),
    Row(
        "post",
        "api/persons/<number:person_id>/merge/",
        401,
        404,
        400,
        404,
        person,
        {"person_ids": [2**40]},
    ),
    Row("post", "api/persons/<number:person_id>/forget/", *OF_OWNER, person),
    signed_in("get", "api/albums/person/"),
    Row("get", "api/albums/person/<number:person_id>/", *OF_OWNER, person),
    signed_in("get", "api/people/edits/"),
    Row("post", "api/people/edits/<number:edit_id>/undo/", *OF_OWNER, edit),
    signed_in("get", "api/socialgraph/"),
    Row("get", "media/faces/<str:name>/", 403, 404, 404, 404, crop),
]
