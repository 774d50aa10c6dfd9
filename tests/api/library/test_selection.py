"""What a selection is: photos by name, or all that a view shows; acts, and undoing."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from librephotos.api.models import (
    BulkEdit,
    BulkEditPart,
    Photo,
    PhotoThing,
    Thing,
    UserAlbum,
    UserAlbumPhoto,
)
from librephotos.api.services import bulk_edits
from librephotos.api.services.photos import favorite
from librephotos.api.writes import search_document
from tests.factories import (
    FaceFactory,
    FileFactory,
    PersonFactory,
    PhotoFactory,
    PlaceFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def post(client: Any, path: str, **body: Any) -> Any:
    return client.post(f"/api/photosedit/{path}/", body, format="json")


def ids_in_view(client: Any, address: str) -> set[str]:
    """Return the ids of the photos that an answer of whatever shape holds."""
    found: set[str] = set()

    def look(value: Any) -> None:
        if isinstance(value, dict):
            if "aspectRatio" in value:
                found.add(value["id"])
            for each in value.values():
                look(each)
        elif isinstance(value, list):
            for each in value:
                look(each)

    look(client.get(address).json())
    return found


def timeline(client: Any, query: str) -> set[str]:
    days = client.get(f"/api/albums/date/list/?{query}").json()["results"]
    found: set[str] = set()
    for day in days:
        found |= ids_in_view(client, f"/api/albums/date/{day['id']}?{query}")
    return found


@pytest.fixture
def library(me: Any) -> dict[str, Any]:
    """Photos of which each view shows some, and no two views the same."""
    here = PlaceFactory(name="Here")
    town = PlaceFactory(name="Town", parent=here, level=3)
    person = PersonFactory(owner=me)
    photos = [
        FileFactory(photo__owner=me, path=b"/pictures/%d.jpg" % number).photo
        for number in range(12)
    ]

    def change(numbers: list[int], **values: Any) -> list[uuid.UUID]:
        ids = [photos[number].pk for number in numbers]
        Photo.objects.filter(pk__in=ids).update(**values)
        return ids

    change([0, 1], place=town)
    change([1, 2], user_rating=5)
    change([3, 7], hidden=True)
    change([4], in_trashcan=True)
    change([5], taken_at=None, day=Photo.UNDATED)
    change([6], video=True)
    change([0, 1, 2], added_on=datetime(2031, 1, 2, 3, tzinfo=UTC))
    change([8], user_caption="a striped zebra")
    change([9], aspect_ratio=None)
    FaceFactory(photo=photos[10], person=person)
    thing = Thing.objects.create(
        owner=me, title="beach", kind=Thing.Kind.PLACES365_CATEGORY
    )
    for number in (2, 6):
        PhotoThing.objects.create(thing=thing, photo=photos[number])
    album = UserAlbum.objects.create(owner=me, title="Summer")
    for number in (0, 11, 6):
        UserAlbumPhoto.objects.create(album=album, photo=photos[number])
    folder = File_in(photos[11], b"/pictures/deep/11.jpg")
    search_document.refresh([photo.pk for photo in photos])
    stranger = FileFactory(
        photo__public=True, photo__owner__public_sharing=True, photo__user_rating=5
    ).photo
    return {
        **{"place": here, "person": person, "thing": thing, "album": album},
        **{"folder": folder, "stranger": stranger, "photos": photos},
    }


def File_in(photo: Photo, path: bytes) -> str:
    photo.files.update(path=path)
    return "/pictures/deep"


VIEWS = [
    ("all", lambda world: {}, lambda c, w: timeline(c, "")),
    ("videos", lambda w: {"media": "videos"}, lambda c, w: timeline(c, "video=1")),
    (
        "favourites",
        lambda w: {"favorite": True},
        lambda c, w: timeline(c, "favorite=1"),
    ),
    ("hidden", lambda w: {"hidden": True}, lambda c, w: timeline(c, "hidden=1")),
    (
        "trash",
        lambda w: {"in_trashcan": True},
        lambda c, w: timeline(c, "in_trashcan=1"),
    ),
    (
        "person",
        lambda w: {"person": w["person"].pk},
        lambda c, w: timeline(c, f"person={w['person'].pk}"),
    ),
    (
        "folder",
        lambda w: {"folder": w["folder"]},
        lambda c, w: timeline(c, f"folder={w['folder']}"),
    ),
    (
        "place",
        lambda w: {"place": w["place"].pk},
        lambda c, w: ids_in_view(c, f"/api/albums/place/{w['place'].pk}/"),
    ),
    (
        "thing",
        lambda w: {"thing": w["thing"].pk},
        lambda c, w: ids_in_view(c, f"/api/albums/thing/{w['thing'].pk}/"),
    ),
    (
        "album",
        lambda w: {"album": w["album"].pk},
        lambda c, w: ids_in_view(c, f"/api/albums/user/{w['album'].pk}/"),
    ),
    (
        "videos of an album",
        lambda w: {"album": w["album"].pk, "video": True},
        lambda c, w: ids_in_view(c, f"/api/albums/user/{w['album'].pk}/?video=1"),
    ),
    (
        "search",
        lambda w: {"search": "Zebra"},
        lambda c, w: ids_in_view(c, "/api/photos/searchlist/?search=Zebra"),
    ),
    (
        "search for a time",
        lambda w: {"search": "july 2021 -zebra"},
        lambda c, w: ids_in_view(c, "/api/photos/searchlist/?search=july 2021 -zebra"),
    ),
    (
        "recently added",
        lambda w: {"added_on": "2031-01-02"},
        lambda c, w: ids_in_view(c, "/api/photos/recentlyadded/"),
    ),
    (
        "undated",
        lambda w: {"undated": True},
        lambda c, w: ids_in_view(c, "/api/photos/notimestamp/"),
    ),
]


@pytest.mark.parametrize(
    ("query", "shown"), [v[1:] for v in VIEWS], ids=[v[0] for v in VIEWS]
)
def test_all_of_a_view_is_exactly_what_the_view_shows(
    client, me, library, query, shown
):
    expected = shown(client, library)
    assert expected and len(expected) < 12
    selection = {"select_all": True, "query": query(library)}
    counted = post(client, "selected", **selection).json()
    assert (counted["count"], counted["files"]) == (len(expected), len(expected))
    assert counted["bytes"] == 1_000_000 * len(expected)
    told = post(client, "rate", **selection, rating=2).json()
    assert (told["count"], told["selected"], told["unchanged"]) == (
        len(expected),
    ) * 2 + (0,)
    rated = Photo.objects.filter(user_rating=2).values_list("pk", flat=True)
    assert {str(id) for id in rated} == expected


@pytest.mark.parametrize(
    "query",
    [
        {"place": 1, "thing": 2},
        {"search": "x", "favorite": True},
        {"place": "x"},
        {"album": True},
        {"search": 5},
        {"search": "\ud800"},
        {"search": "a\x00b"},
        {"added_on": "yesterday"},
        {"undated": "true"},
        {"undated": False},
    ],
    ids=str,
)
def test_a_query_of_no_view_changes_nothing(client, me, query):
    photo = PhotoFactory(owner=me)
    body = {"select_all": True, "query": query, "hidden": True}
    answer = client.post(
        "/api/photosedit/hide/", json.dumps(body), content_type="application/json"
    )
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["query"]
    assert not Photo.objects.get(pk=photo.pk).hidden


@pytest.mark.parametrize("kind", ["album", "thing", "person"])
def test_what_is_somebody_elses_selects_nothing(client_of, library, kind):
    other = UserFactory()
    mine = PhotoFactory(owner=other)
    query = {kind: library[kind].pk}
    answer = post(client_of(other), "hide", select_all=True, query=query, hidden=True)
    unknown = post(
        client_of(other), "hide", select_all=True, query={kind: 999_999}, hidden=True
    )
    assert answer.status_code == unknown.status_code == 200
    assert answer.json() == unknown.json()
    assert answer.json()["count"] == 0
    assert not Photo.objects.filter(hidden=True, owner=other).exists()
    assert not Photo.objects.get(pk=mine.pk).hidden


def test_the_answer_says_what_was_done_and_what_was_not(client, me):
    fresh, rated = PhotoFactory(owner=me), PhotoFactory(owner=me, user_rating=3)
    foreign = PhotoFactory()
    names = [
        fresh.image_hash,
        str(fresh.pk),
        str(rated.pk).upper(),
        foreign.image_hash,
        "nothing",
    ]
    told = post(client, "rate", image_hashes=names, rating=3).json()
    assert (told["count"], told["selected"], told["unchanged"]) == (1, 2, 1)
    assert told["updated_hashes"] == [fresh.image_hash]
    assert told["not_updated_hashes"] == [rated.image_hash]
    assert told["unknown"] == 3  # two names of one photo count once
    assert not Photo.objects.get(pk=foreign.pk).user_rating


def test_each_photo_gets_back_its_own_former_rating(client, me):
    former = [None, 0, 1, 3, 3, 5]
    photos = [PhotoFactory(owner=me, user_rating=rating) for rating in former]
    told = post(client, "favorite", select_all=True, query={}, favorite=True).json()
    assert (told["count"], told["unchanged"]) == (5, 1)
    assert BulkEditPart.objects.filter(edit=told["undo"]).count() == 4
    undone = post(client, f"edits/{told['undo']}/undo").json()
    assert undone == {"status": True, "count": 5, "kept": 0}
    now = [Photo.objects.get(pk=photo.pk).user_rating for photo in photos]
    assert now == former
    assert not BulkEditPart.objects.exists()
    again = client.post(f"/api/photosedit/edits/{told['undo']}/undo/")
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("path", "flag", "column"),
    [
        ("hide", "hidden", "hidden"),
        ("setdeleted", "deleted", "in_trashcan"),
        ("makepublic", "val_public", "public"),
    ],
)
def test_each_act_can_be_taken_back(client, me, path, flag, column):
    photos = [PhotoFactory(owner=me, **{column: on}) for on in (False, True)]
    names = [photo.image_hash for photo in photos]
    told = post(client, path, image_hashes=names, **{flag: True}).json()
    post(client, f"edits/{told['undo']}/undo")
    now = [getattr(Photo.objects.get(pk=photo.pk), column) for photo in photos]
    assert now == [False, True]


def test_what_was_changed_since_stays(client, me):
    kept, gone, back = PhotoFactory.create_batch(3, owner=me)
    told = post(client, "rate", select_all=True, query={}, rating=2).json()
    post(client, "rate", image_hashes=[kept.image_hash], rating=5)
    gone.delete()
    undone = post(client, f"edits/{told['undo']}/undo").json()
    assert (undone["count"], undone["kept"]) == (1, 2)
    assert Photo.objects.get(pk=kept.pk).user_rating == 5
    assert Photo.objects.get(pk=back.pk).user_rating is None


def test_nothing_done_leaves_nothing_to_take_back(client, me):
    PhotoFactory(owner=me)
    for selection in ({"image_hashes": ["x"]}, {"select_all": True, "query": {}}):
        told = post(client, "hide", **selection, hidden=False).json()
        assert (told["count"], told["undo"]) == (0, None)
    assert not BulkEdit.objects.exists()


def test_nobody_takes_back_what_others_did(client, client_of, me):
    photo = PhotoFactory(owner=me)
    told = post(client, "hide", select_all=True, query={}, hidden=True).json()
    for other in (UserFactory(), UserFactory(admin=True)):
        answer = post(client_of(other), f"edits/{told['undo']}/undo")
        unknown = post(client_of(other), "edits/999999/undo")
        assert answer.status_code == unknown.status_code == 404
        assert answer.json() == unknown.json()
    assert Photo.objects.get(pk=photo.pk).hidden


def test_old_edits_are_forgotten(client, me, monkeypatch):
    monkeypatch.setattr(bulk_edits, "MOST_KEPT", 3)
    PhotoFactory(owner=me)
    numbers = [
        post(client, "rate", select_all=True, query={}, rating=rating).json()["undo"]
        for rating in (1, 2, 3, 4)
    ]
    assert set(BulkEdit.objects.values_list("pk", flat=True)) == set(numbers[1:])
    past = timezone.now() - bulk_edits.KEPT_FOR - timedelta(minutes=1)
    BulkEdit.objects.filter(pk=numbers[1]).update(created_at=past)
    post(client, "rate", select_all=True, query={}, rating=5)
    assert not BulkEdit.objects.filter(pk=numbers[1]).exists()


@pytest.mark.parametrize("form", ["query", "hashes"])
def test_the_number_of_statements_does_not_grow(client, me, form):
    post(client, "rate", image_hashes=[PhotoFactory(owner=me).image_hash], rating=1)
    counts = []
    for more in (1, 19, 200):
        photos = PhotoFactory.create_batch(more, owner=me)
        if form == "query":
            selection: dict[str, Any] = {"select_all": True, "query": {}}
        else:
            selection = {"image_hashes": [photo.image_hash for photo in photos]}
        Photo.objects.update(user_rating=None)
        with CaptureQueriesContext(connection) as queries:
            told = post(client, "rate", **selection, rating=4).json()
        assert told["count"] >= more
        counts.append(len(queries))
    assert counts[0] == counts[1] >= counts[2]


def test_whole_photos_are_answered_of_a_hundred_at_the_most(client, me):
    photos = PhotoFactory.create_batch(101, owner=me)
    names = [photo.image_hash for photo in photos]
    few = post(client, "rate", image_hashes=names[:100], rating=1).json()
    assert len(few["updated"]) == 100
    many = post(client, "rate", image_hashes=names, rating=2).json()
    assert (many["updated"], many["count"]) == ([], 101)
    assert sorted(many["updated_hashes"]) == sorted(names)


def test_a_hundred_thousand_photos_take_no_more_memory_than_one(me):
    """The photos stay in the database: no row of them comes to this process."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "INSERT INTO api_photo (id, owner_id, added_on, last_modified, hidden,"
            " in_trashcan, removed, public, user_caption, image_hash, video,"
            " motion_photo, has_raw, aspect_ratio, preview_format, clip_format,"
            " dominant_color, placeholder, timezone, day, search_text, user_rating)"
            " SELECT gen_random_uuid(), %s, now(), now(), false, false, false, false,"
            " '', md5(n::text) || %s, false, false, false, 1.5, 'webp', '', '', '',"
            " '', 1, '', nullif(n %% 6, 0) FROM generate_series(1, 100000) AS n",
            [me.pk, me.pk],
        )
        cursor.execute("SET session_replication_role = origin")
    photos = Photo.objects.owned_by(me).visible()
    before = _ratings(me)
    with CaptureQueriesContext(connection) as queries:
        applied = bulk_edits.apply_edit(
            photos, favorite(True, min_rating=4), owner=me.pk
        )
    assert applied.selected == 100_000
    assert applied.changed == sum(
        n for rating, n in before.items() if (rating or 0) < 4
    )
    assert len(queries) < 10
    undone = bulk_edits.undo(BulkEdit.objects.get(pk=applied.edit))
    assert undone.restored == applied.changed
    assert _ratings(me) == before


def _ratings(me: Any) -> dict[int | None, int]:
    rows = Photo.objects.owned_by(me).order_by().values("user_rating")
    return dict(rows.annotate(n=Count("*")).values_list("user_rating", "n"))
