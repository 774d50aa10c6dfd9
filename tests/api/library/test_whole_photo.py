"""One photo read in one statement is what many statements load, odd values too."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from librephotos.api.http.renderers import FastJSONRenderer
from librephotos.api.models import (
    Photo,
    PhotoCaption,
    PhotoThing,
    SiteSettings,
    Thing,
)
from librephotos.api.models.compiled import Compiled
from librephotos.api.queries.library.photos import detailed
from librephotos.api.queries.library.whole_photo import whole_photo
from librephotos.api.serializers.library.photo import own_details
from tests.factories import (
    FaceFactory,
    FileFactory,
    PersonFactory,
    PhotoFactory,
    PhotoMetadataFactory,
    PlaceFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

ODD_NAME = 'Zo\u00eb "\U0001f9d1\u200d\U0001f680" \\ \x07\u2028'


def odd_photo(owner):
    """A photo with what is rare: odd texts and numbers, several of a relation."""
    place = None
    for level in range(1, 6):
        place = PlaceFactory(name=f"{level} {ODD_NAME}", parent=place, level=level)
    photo = PhotoFactory(
        owner=owner,
        place=place,
        taken_at=datetime(1826, 7, 1, 12, 0, 0, 250_000, UTC),
        user_caption=ODD_NAME,
        user_facts={"title": ODD_NAME},
    )
    FileFactory(photo=photo, path=b"/pictures/caf\xe9 \xff\x07.jpg")
    FileFactory(
        photo=photo, path="/pictures/\uef80 \U0001f4f7.jpg".encode(), main=False
    )
    PhotoMetadataFactory(
        photo=photo,
        fstop=2.0,
        focal_length=float("nan"),
        subject_distance=float("inf"),
        digital_zoom_ratio=1e300,
        camera_model=ODD_NAME,
        tags={"Serial": 2**63, "Gain": 1.0, "Note": ODD_NAME},
    )
    person = PersonFactory(owner=owner, name=ODD_NAME)
    FaceFactory(photo=photo, left=0, person=person)
    FaceFactory(photo=photo, left=0.25, guess=person, guess_probability=1)
    FaceFactory(photo=photo, left=0.25, cluster=person)
    FaceFactory(photo=photo, left=0.1)
    for number, kind in enumerate((*Thing.Kind, Thing.Kind.USER_TAG)):
        thing = Thing.objects.create(
            owner=owner, kind=kind, title=f"{number} {ODD_NAME}"
        )
        PhotoThing.objects.create(thing=thing, photo=photo, score=0.5)
    for model in ("old", SiteSettings.current().caption_model, "older"):
        PhotoCaption.objects.create(photo=photo, model=model, text=f"by {model}")
    return photo


def bare_photo(owner):
    """A photo of which nothing is known."""
    return PhotoFactory(owner=owner, undated=True)


def without_settings(owner):
    """An odd photo on a server whose settings nobody has read yet."""
    photo = odd_photo(owner)
    SiteSettings.objects.all().delete()
    return photo


def as_json(photo: Photo) -> bytes:
    return FastJSONRenderer().render(own_details(photo))


@pytest.mark.parametrize("make", [odd_photo, bare_photo, without_settings])
@pytest.mark.parametrize("attribute", ["id", "image_hash"])
def test_one_statement_reads_what_many_do(make, attribute):
    me = UserFactory(username=ODD_NAME[:20], first_name=ODD_NAME)
    photo = make(me)
    found = whole_photo(str(getattr(photo, attribute)), viewer=me)
    loaded = detailed(Photo.objects.filter(pk=photo.pk)).get()
    assert found is not None
    assert as_json(found.photo) == as_json(loaded)
    assert not found.has_vector


def test_details_cost_one_query_besides_the_caller(
    client_of, django_assert_num_queries
):
    me = UserFactory()
    photo = odd_photo(me)
    client = client_of(me)
    client.get(f"/api/photos/{photo.pk}/")
    with django_assert_num_queries(2):
        assert client.get(f"/api/photos/{photo.pk}/").status_code == 200


@pytest.mark.parametrize(
    "name", ["", "\0", "a" * 65, "-" * 4 + "x" * 32, str(UUID(int=1)), "image-hash"]
)
def test_what_names_no_photo_finds_none(name):
    me = UserFactory()
    odd_photo(me)
    assert whole_photo(name, viewer=me) is None


def test_a_statement_serves_callers_each_their_own():
    one, other = UserFactory(), UserFactory()
    photo = PhotoFactory(owner=one)
    for _ in range(2):
        assert whole_photo(str(photo.pk), viewer=one) is not None
        assert whole_photo(str(photo.pk), viewer=other) is None


def test_a_statement_without_its_stand_in_is_refused():
    with pytest.raises(ValueError, match="viewer"):
        Compiled(Photo.objects.filter(owner=2), viewer=-1)
