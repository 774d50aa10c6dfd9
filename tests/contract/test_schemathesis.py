"""No request that the OpenAPI schema allows, and few that it does not, breaks us."""

from __future__ import annotations

from typing import Any

import pytest
import requests
import schemathesis
from django.db import transaction
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode

from librephotos.api.models import PeopleEdit, Photo, PhotoEdit, UserAlbum
from librephotos.api.services import corrections, people, user_tags
from tests.contract import shapes
from tests.factories import LinkFactory, PersonFactory

EXAMPLES = 6
SAFE = ("GET", "HEAD", "OPTIONS")
# What says who asks, and what has answers come compressed.
LEFT_OUT = ("accept-encoding", "authorization", "content-length", "cookie")
# A probe: 503 says that no worker is there, which is so in these tests.
UNAVAILABLE = "/api/healthz/queue/"


def operations() -> list[Any]:
    """Return every operation of our own schema."""
    schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(public=True))
    return [found.ok() for found in schema.get_all_operations()]


def identifiers(library: Any) -> dict[str, list[Any]]:
    """Return names under which there is something, by the names of parameters."""
    photo = library.photos["placed"]
    person = PersonFactory(owner=library.admin)
    people.rename(person, name="Somebody else")
    edit = PeopleEdit.objects.get(owner=library.admin)
    album = UserAlbum.objects.create(owner=library.admin, title="Summer")
    tag, _ = user_tags.make(library.admin, "garden")
    same = Photo.objects.filter(pk=photo.pk)
    corrections.turn(same, angle=90, flip=False, user=library.admin)
    said = PhotoEdit.objects.get(photo=photo)
    link, photo_link = LinkFactory(album=album), LinkFactory(photo=photo)
    return {
        "name": [str(photo.pk), photo.image_hash, library.job.pk, "\ufffd", "a_b.jpg"],
        "day": [photo.day, 0],
        "place_id": [photo.place_id],
        "id": [library.owner.pk, 2**63],
        "person_id": [person.pk, 2**63],
        "edit_id": [edit.pk, 2**63],
        "thing_id": [2**63],
        "event_id": [1],
        "user_id": [library.owner.pk, 2**63],
        "directory_id": [2**63],
        "upload_id": [str(photo.pk), "\ufffd"],
        "album_id": [album.pk, 2**63],
        "link_id": [link.pk, 2**63],
        "slug": [link.slug, photo_link.slug, "\ufffd"],
        "face_id": [2**63],
        "file_hash": [photo.main_file.md5, "\ufffd"],
        "tag_id": [tag.pk, 2**63],
        "edit": [said.pk, 2**63],
    }


def answer_to(client: Any, case: Any) -> Any:
    """Send a generated request in this process."""
    sent = requests.Request(
        **case.as_transport_kwargs(base_url="http://testserver")
    ).prepare()
    headers = {key: value for key, value in sent.headers.items() if value is not None}
    body = sent.body or b""
    with transaction.atomic():
        answer = client.generic(
            sent.method,
            sent.path_url,
            body.encode() if isinstance(body, str) else body,
            content_type=headers.pop("Content-Type", "application/octet-stream"),
            headers={
                key: value
                for key, value in headers.items()
                if key.lower() not in LEFT_OUT
            },
        )
        # The body of a stream must be read while the transaction lasts.
        content = b"".join(answer) if answer.streaming else answer.content
        transaction.set_rollback(True)
    return answer, content


@pytest.mark.parametrize("operation", operations(), ids=lambda found: found.label)
def test_no_request_makes_the_server_fail(library, client_of, operation):
    known = identifiers(library)
    modes = st.sampled_from([GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    clients = {"admin": client_of(library.admin), "nobody": client_of()}

    @given(st.data())
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def requested(data):
        case = data.draw(operation.as_strategy(generation_mode=data.draw(modes)))
        for name in case.path_parameters or {}:
            if data.draw(st.booleans()):
                case.path_parameters[name] = data.draw(st.sampled_from(known[name]))
        for caller, client in clients.items():
            answer, content = answer_to(client, case)
            check(case, caller, answer, content)

    requested()


def check(case: Any, caller: str, answer: Any, content: bytes) -> None:
    """Refuse failures, errors in another shape, and changes by nobody."""
    told = f"{caller}: {case.method} {case.formatted_path} gave {answer.status_code}"
    if case.path == UNAVAILABLE:
        return
    assert answer.status_code < 500, told
    if caller == "nobody" and case.method not in SAFE:
        assert answer.status_code >= 400, told
    if answer.status_code >= 400 and case.path.startswith("/api/"):
        assert shapes.violations(answer.json(), shapes.ERRORS) == [], told
        assert content
