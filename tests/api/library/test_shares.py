"""What users of the server show each other: photos and albums, over HTTP."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from rest_framework.test import APIClient

from librephotos.api.models import (
    AlbumShare,
    Photo,
    PhotoShare,
    Place,
    User,
    UserAlbum,
)
from librephotos.api.services.users import delete_user, set_active
from librephotos.api.storage.previews import PreviewSize, preview_name
from tests.contract import shapes
from tests.factories import (
    FaceFactory,
    FileFactory,
    PersonFactory,
    PhotoFactory,
    PhotoMetadataFactory,
    PlaceFactory,
    UserFactory,
)
from tests.support.pictures.images import jpeg

pytestmark = pytest.mark.django_db
EDIT = "/api/albums/user/edit/"
SWITCHES = (
    *("share_location", "share_camera_info", "share_timestamps"),
    *("share_captions", "share_faces"),
)
ALL_ON, ALL_OFF = dict.fromkeys(SWITCHES, True), dict.fromkeys(SWITCHES, False)
NOON = datetime(2021, 7, 5, 12, tzinfo=UTC)
Client = Callable[..., APIClient]


@pytest.fixture
def anna(db: None) -> User:
    return UserFactory(username="anna")


@pytest.fixture
def ben(db: None) -> User:
    return UserFactory(username="ben")


@pytest.fixture
def cleo(db: None) -> User:
    return UserFactory(username="cleo")


def sent(client: APIClient, address: str, **body: Any) -> Any:
    answer = client.post(f"/api/{address}/", body, format="json")
    assert answer.status_code < 300, answer.json()
    return answer.json()


def share(client: APIClient, *photos: Photo, to: User, on: bool = True, **more: Any):
    """Share photos, or no longer; return how many are so more or less."""
    names = [str(photo.pk) for photo in photos]
    body = {"image_hashes": names, "val_shared": on, "target_user_id": to.pk, **more}
    return sent(client, "photosedit/share", **body)["count"]


def share_album(client: APIClient, album: int, *, to: User, on: bool = True, **more):
    body = {"album_id": album, "shared": on, "target_user_id": to.pk, **more}
    return sent(client, "useralbum/share", **body)


def make(client: APIClient, title: str, *photos: Photo) -> int:
    names = [str(photo.pk) for photo in photos]
    return int(sent(client, "albums/user/edit", title=title, photos=names)["id"])


def edit(client: APIClient, album: int, **change: Any) -> Any:
    return client.patch(f"{EDIT}{album}/", change, format="json")


def listed(client: APIClient, address: str, **query: str) -> list[Any]:
    return list(client.get(f"/api/{address}/", query).json()["results"])


def inside(client: APIClient, album: int) -> list[str]:
    answer = client.get(f"/api/albums/user/{album}/")
    assert answer.status_code == 200
    groups = answer.json()["grouped_photos"]
    return [item["id"] for group in groups for item in group["items"]]


def seen(client: APIClient, photo: Photo) -> bool:
    """Whether a caller sees a photo, by whatever way they ask."""
    statuses = {
        client.get(f"/api/photos/{name}/{part}").status_code
        for name in (photo.pk, photo.image_hash)
        for part in ("", "summary/", "albums/")
    }
    media = client.get(f"/media/thumbnails_big/{photo.image_hash}")
    assert b"".join(media) == (b"picture" if media.status_code == 200 else b"")
    assert statuses in ({200}, {404})
    assert (media.status_code == 200) == (statuses == {200})
    return statuses == {200}


def shown_photo(owner: User, **values: Any) -> Photo:
    """A photo of which there is a preview and everything is known."""
    town = Place.objects.filter(name="Florence").first() or PlaceFactory(
        name="Florence", parent=PlaceFactory(name="Italy"), level=2
    )
    file = FileFactory(
        photo__owner=owner,
        photo__place=town,
        photo__latitude=43.77,
        photo__longitude=11.25,
        photo__taken_at=NOON,
        photo__user_caption="On the bridge",
        **{f"photo__{name}": value for name, value in values.items()},
    )
    photo = file.photo
    PhotoMetadataFactory(photo=photo, lens="RF50mm", camera_model="R5")
    name = preview_name(photo.pk, PreviewSize.BIG, photo.preview_format)
    storages["previews"].save(name, ContentFile(b"picture"))
    return photo


def test_a_photo_is_shown_to_one_user_and_at_once_no_longer(client_of, anna, ben, cleo):
    photo, other = shown_photo(anna), shown_photo(anna)
    for who in (ben, cleo, None):
        assert not seen(client_of(who), photo)
    assert share(client_of(anna), photo, to=ben) == 1
    assert share(client_of(anna), photo, to=ben) == 0
    assert seen(client_of(ben), photo)
    for who in (cleo, None, UserFactory(admin=True)):
        assert not seen(client_of(who), photo)
    assert not seen(client_of(ben), other)
    (mine,) = listed(client_of(ben), "photos/shared/tome")
    assert shapes.violations(mine, shapes.GRID_ITEM) == []
    assert (mine["id"], mine["owner"]["username"]) == (str(photo.pk), "anna")
    assert [user["username"] for user in mine["shared_to"]] == ["ben"]
    (row,) = listed(client_of(anna), "photos/shared/fromme")
    assert shapes.violations(row, shapes.SHARED_PHOTO) == []
    assert (row["user_id"], row["photo"]["id"]) == (ben.pk, str(photo.pk))
    assert [user["id"] for user in row["photo"]["shared_to"]] == [ben.pk]
    details = client_of(anna).get(f"/api/photos/{photo.pk}/").json()
    assert details["shared_to"] == [ben.pk]

    assert share(client_of(anna), photo, to=ben, on=False) == 1

    assert not seen(client_of(ben), photo)
    assert listed(client_of(ben), "photos/shared/tome") == []
    assert listed(client_of(anna), "photos/shared/fromme") == []
    assert client_of(anna).get(f"/api/photos/{photo.pk}/").json()["shared_to"] == []


def test_only_ones_own_photos_are_shared_and_with_whom_there_is(client_of, anna, ben):
    theirs = PhotoFactory(owner=ben, public=True)
    mine = PhotoFactory.create_batch(3, owner=anna)
    assert share(client_of(anna), theirs, mine[0], to=UserFactory()) == 1
    assert not PhotoShare.objects.filter(photo=theirs).exists()
    everything = {
        "select_all": True,
        "query": {"public": True, "username": "ben"},
        "excluded_hashes": [],
        "val_shared": True,
        "target_user_id": ben.pk,
    }
    assert sent(client_of(anna), "photosedit/share", **everything)["count"] == 0
    own = {**everything, "query": {}, "excluded_hashes": [mine[0].image_hash]}
    assert sent(client_of(anna), "photosedit/share", **own)["count"] == 2
    assert {row["id"] for row in listed(client_of(ben), "photos/shared/tome")} == {
        str(photo.pk) for photo in mine[1:]
    }
    for target in (anna.pk, 2**40, UserFactory(is_active=False).pk, "x"):
        body = {"image_hashes": [], "val_shared": True, "target_user_id": target}
        answer = client_of(anna).post("/api/photosedit/share/", body, format="json")
        assert answer.status_code == 400 and answer.json()["errors"]
    for lacking in ("val_shared", "target_user_id", "image_hashes"):
        body = {"image_hashes": [], "val_shared": True, "target_user_id": ben.pk}
        del body[lacking]
        answer = client_of(anna).post("/api/photosedit/share/", body, format="json")
        assert answer.status_code == 400


def test_a_recipient_leaves_what_is_shown_to_them(client_of, anna, ben, cleo):
    photo, kept = shown_photo(anna), shown_photo(anna)
    for user in (ben, cleo):
        share(client_of(anna), photo, kept, to=user)
    assert share(client_of(ben), photo, to=ben, on=False) == 1
    assert not seen(client_of(ben), photo) and seen(client_of(ben), kept)
    assert seen(client_of(cleo), photo)
    assert share(client_of(ben), photo, to=cleo, on=False) == 0
    assert seen(client_of(cleo), photo)


@pytest.mark.parametrize("state", ["hidden", "in_trashcan", "removed"])
def test_what_its_owner_does_not_show_is_shown_to_nobody(client_of, anna, ben, state):
    photo = shown_photo(anna)
    share(client_of(anna), photo, to=ben)
    album = make(client_of(anna), "Summer", photo)
    share_album(client_of(anna), album, to=ben)
    Photo.objects.update(**{state: True})
    assert not seen(client_of(ben), photo)
    assert inside(client_of(ben), album) == []
    for address in ("photos/shared/tome", "albums/user/shared/tome"):
        assert listed(client_of(ben), address) == []
    Photo.objects.update(**{state: False})
    assert seen(client_of(ben), photo)


def test_an_album_is_shown_with_what_is_the_owners_in_it(client_of, anna, ben, cleo):
    photo = shown_photo(anna)
    album = make(client_of(anna), "Summer", photo)
    assert client_of(ben).get(f"/api/albums/user/{album}/").status_code == 404
    item = share_album(client_of(anna), str(album), to=ben)
    assert shapes.violations(item, shapes.USER_ALBUM) == []
    assert [user["username"] for user in item["shared_to"]] == ["ben"]
    assert inside(client_of(ben), album) == [str(photo.pk)]
    assert seen(client_of(ben), photo)
    assert not seen(client_of(cleo), photo)
    (shown,) = listed(client_of(ben), "albums/user/shared/tome")
    assert shapes.violations(shown, shapes.USER_ALBUM) == []
    assert (shown["role"], shown["photo_count"]) == ("viewer", 1)
    assert shown["cover_photo"]["image_hash"] == photo.image_hash
    (own,) = listed(client_of(anna), "albums/user/shared/fromme")
    assert (own["id"], own["role"]) == (album, "owner")
    (holding,) = listed(client_of(ben), f"photos/{photo.pk}/albums")
    assert holding["id"] == album
    sharing = client_of(anna).get(f"/api/albums/user/{album}/shares/").json()
    assert shapes.violations(sharing["results"][0], shapes.ALBUM_SHARE) == []
    for client in (client_of(ben), client_of(cleo)):
        address = f"/api/albums/user/{album}/shares/"
        assert client.get(address).status_code == 404
    # What is put into it later is shown too; what is not in it, is not.
    later, outside = shown_photo(anna), shown_photo(anna)
    edit(client_of(anna), album, photos=[str(later.pk)])
    assert seen(client_of(ben), later) and not seen(client_of(ben), outside)
    edit(client_of(anna), album, removedPhotos=[photo.image_hash])
    assert not seen(client_of(ben), photo)

    share_album(client_of(anna), album, to=ben, on=False)

    assert not seen(client_of(ben), later)
    assert client_of(ben).get(f"/api/albums/user/{album}/").status_code == 404
    assert listed(client_of(ben), "albums/user/shared/tome") == []


def test_a_viewer_changes_nothing_but_their_mark(client_of, anna, ben):
    photo, mine = PhotoFactory(owner=anna), PhotoFactory(owner=ben)
    album = make(client_of(anna), "Summer", photo)
    share_album(client_of(anna), album, to=ben)
    for change in (
        {"title": "Mine"},
        {"photos": [str(mine.pk)]},
        {"select_all": True, "query": {}},
        {"locked": True},
        {"description": "x"},
        {"cover_photo": None},
        {"cover_photo": str(mine.pk)},
        {"photo_order": "oldest"},
        {"moved": [str(photo.pk)]},
    ):
        assert edit(client_of(ben), album, **change).status_code == 403, change
    # What is the owner's is passed over, as for owners what is not there.
    removed = edit(client_of(ben), album, removedPhotos=[photo.image_hash])
    assert removed.status_code == 200
    address = f"/api/albums/user/{album}/"
    assert client_of(ben).patch(address, {"title": "x"}).status_code == 404
    assert client_of(ben).delete(address).status_code == 404
    assert inside(client_of(anna), album) == [str(photo.pk)]
    assert edit(client_of(ben), album, favorited=True).json()["favorited"] is True
    assert listed(client_of(ben), "albums/user/shared/tome")[0]["favorited"] is True
    assert listed(client_of(anna), "albums/user/list")[0]["favorited"] is False
    assert UserAlbum.objects.get().title == "Summer"


def test_a_contributor_adds_photos_for_the_owner_alone(client_of, anna, ben, cleo):
    hers, his, not_his = shown_photo(anna), shown_photo(ben), shown_photo(cleo)
    album = make(client_of(anna), "Summer", hers)
    for user in (ben, cleo):
        share_album(client_of(anna), album, to=user, role="contributor")
    refused = edit(client_of(ben), album, photos=[str(not_his.pk)])
    assert refused.status_code == 400
    added = edit(client_of(ben), album, photos=[his.image_hash])
    assert set(added.json()["photos"]) == {str(hers.pk), str(his.pk)}
    assert set(inside(client_of(ben), album)) == {str(hers.pk), str(his.pk)}
    assert set(inside(client_of(anna), album)) == {str(hers.pk), str(his.pk)}
    assert inside(client_of(cleo), album) == [str(hers.pk)]
    assert seen(client_of(anna), his) and not seen(client_of(cleo), his)
    assert listed(client_of(cleo), f"photos/{hers.pk}/albums")
    (holding,) = listed(client_of(anna), f"photos/{his.pk}/albums")
    assert holding["id"] == album
    counts = {
        user.username: listed(client_of(user), f"albums/user/{where}")[0]["photo_count"]
        for user, where in ((anna, "list"), (ben, "shared/tome"), (cleo, "shared/tome"))
    }
    assert counts == {"anna": 2, "ben": 2, "cleo": 1}
    # It stays its owner's: nobody else changes it, and each takes out what is theirs.
    for name in (his.image_hash, hers.image_hash):
        edit(client_of(cleo), album, removedPhotos=[name])
    edit(client_of(ben), album, removedPhotos=[hers.image_hash])
    assert len(inside(client_of(anna), album)) == 2
    hidden = {"image_hashes": [str(his.pk)], "hidden": True}
    assert sent(client_of(anna), "photosedit/hide", **hidden)["count"] == 0
    edit(client_of(ben), album, removedPhotos=[his.image_hash])
    assert inside(client_of(anna), album) == [str(hers.pk)]
    assert not seen(client_of(anna), his)
    everything = edit(client_of(ben), album, select_all=True, query={})
    assert everything.status_code == 200 and seen(client_of(anna), his)
    edit(client_of(anna), album, removedPhotos=[his.image_hash])
    assert not seen(client_of(anna), his)


@pytest.mark.parametrize("by", ["owner", "contributor"])
def test_with_a_share_goes_what_was_added_by_it(client_of, anna, ben, by):
    his = shown_photo(ben)
    album = make(client_of(anna), "Summer")
    share_album(client_of(anna), album, to=ben, role="contributor")
    edit(client_of(ben), album, photos=[str(his.pk)])
    assert listed(client_of(anna), "albums/user/list")[0]["photo_count"] == 1
    assert listed(client_of(ben), "albums/user/shared/tome")[0]["cover_photo"]
    share_album(
        client_of({"owner": anna, "contributor": ben}[by]), album, to=ben, on=False
    )
    assert not seen(client_of(anna), his) and seen(client_of(ben), his)
    assert listed(client_of(anna), "albums/user/list") == []
    assert client_of(ben).get(f"/api/albums/user/{album}/").status_code == 404
    share_album(client_of(anna), album, to=ben, role="contributor")
    assert inside(client_of(anna), album) == []


def test_who_becomes_a_viewer_adds_no_more(client_of, anna, ben):
    his, more = PhotoFactory.create_batch(2, owner=ben)
    album = make(client_of(anna), "Summer")
    share_album(client_of(anna), album, to=ben, role="contributor")
    edit(client_of(ben), album, photos=[str(his.pk)])
    share_album(client_of(anna), album, to=ben, role="viewer")
    assert edit(client_of(ben), album, photos=[str(more.pk)]).status_code == 403
    assert inside(client_of(anna), album) == [str(his.pk)]
    assert edit(client_of(ben), album, removedPhotos=[str(his.pk)]).status_code == 200
    assert inside(client_of(anna), album) == []


def test_an_album_is_emptied_of_what_one_may_take_out(client_of, anna, ben):
    hers, his = PhotoFactory(owner=anna), PhotoFactory(owner=ben)
    album = make(client_of(anna), "Summer", hers)
    share_album(client_of(anna), album, to=ben, role="contributor")
    edit(client_of(ben), album, photos=[str(his.pk)])
    edit(client_of(ben), album, remove_all=True)
    assert inside(client_of(anna), album) == [str(hers.pk)]
    edit(client_of(ben), album, photos=[str(his.pk)])
    edit(client_of(anna), album, remove_all=True)
    assert inside(client_of(anna), album) == inside(client_of(ben), album) == []


def test_shared_photos_come_oldest_first_or_last(client_of, anna, ben):
    days = [datetime(2021, 1, day, tzinfo=UTC) for day in (2, 1)]
    photos = [PhotoFactory(owner=anna, taken_at=day) for day in days]
    undated = PhotoFactory(owner=anna, undated=True)
    share(client_of(anna), *photos, undated, to=ben)
    oldest = [str(photo.pk) for photo in (photos[1], photos[0], undated)]
    newest = [str(photo.pk) for photo in (*photos, undated)]
    for query, order in (({}, oldest), ({"newest": "1"}, newest)):
        mine = client_of(ben).get("/api/photos/shared/tome/", query).json()["results"]
        hers = (
            client_of(anna).get("/api/photos/shared/fromme/", query).json()["results"]
        )
        assert [item["id"] for item in mine] == order
        assert [row["photo"]["id"] for row in hers] == order


def test_a_locked_album_keeps_contributors_out(client_of, anna, ben):
    his = PhotoFactory(owner=ben)
    album = make(client_of(anna), "Summer")
    share_album(client_of(anna), album, to=ben, role="contributor")
    edit(client_of(anna), album, locked=True)
    assert edit(client_of(ben), album, photos=[str(his.pk)]).status_code == 400
    unlocking = edit(client_of(ben), album, photos=[str(his.pk)], locked=False)
    assert unlocking.status_code == 403
    assert inside(client_of(anna), album) == []


def test_only_an_owner_shares_an_album_with_others(client_of, anna, ben, cleo):
    album = make(client_of(anna), "Summer", PhotoFactory(owner=anna))
    share_album(client_of(anna), album, to=ben, role="contributor")
    unknown = {"album_id": 2**40, "shared": True, "target_user_id": cleo.pk}
    expected = client_of(ben).post("/api/useralbum/share/", unknown, format="json")
    assert expected.status_code == 400
    assert expected.json()["status"] is False and expected.json()["message"]
    for client in (client_of(ben), client_of(cleo), client_of(UserFactory(admin=True))):
        for more in ({"role": "contributor"}, {"shared": False}):
            body = {**unknown, "album_id": album, **more}
            answer = client.post("/api/useralbum/share/", body, format="json")
            assert (answer.status_code, answer.json()) == (400, expected.json())
    for target in (2**40, anna.pk, UserFactory(is_active=False).pk):
        body = {"album_id": album, "shared": True, "target_user_id": target}
        answer = client_of(anna).post("/api/useralbum/share/", body, format="json")
        assert answer.status_code == 400 and answer.json()["status"] is False
    assert AlbumShare.objects.get().recipient_id == ben.pk
    # A contributor cannot raise what they may do.
    own = {"album_id": album, "shared": True, "target_user_id": ben.pk}
    share_album(client_of(anna), album, to=ben, role="viewer")
    answer = client_of(ben).post(
        "/api/useralbum/share/", {**own, "role": "contributor"}, format="json"
    )
    assert answer.json()["role"] == "viewer"


def told(client: APIClient, photo: Photo) -> set[str]:
    """What a caller is told of a photo, by the names of the switches."""
    details = client.get(f"/api/photos/{photo.pk}/").json()
    item = client.get(f"/api/photos/{photo.pk}/summary/").json()
    grid = item["photo_summary"]
    assert details["image_path"] == [photo.image_hash]
    assert details["exif_json"] is None and details["file_variants"] == []
    text = str(details) + str(item)
    facts = {
        "share_location": bool(details["exif_gps_lat"]),
        "share_camera_info": bool(details["camera"]),
        "share_timestamps": bool(details["exif_timestamp"]),
        "share_captions": bool(details["captions_json"]["user_caption"]),
        "share_faces": bool(details["people"]),
    }
    assert ("Florence" in text) == facts["share_location"] == bool(grid["location"])
    assert bool(grid["exif_gps_lat"]) == facts["share_location"]
    assert bool(grid["date"]) == facts["share_timestamps"] == bool(grid["birthTime"])
    assert (item["album_date_id"] is not None) == facts["share_timestamps"]
    assert ("RF50mm" in text) == facts["share_camera_info"]
    assert ("bridge" in text) == facts["share_captions"]
    assert ("Dora" in text) == facts["share_faces"]
    assert ("2021" in text) == facts["share_timestamps"]
    return {name for name, on in facts.items() if on}


@pytest.mark.parametrize("way", ["photo", "album"])
def test_what_is_told_of_a_photo_is_the_owners_choice(client_of, anna, ben, way):
    photo = shown_photo(anna)
    dora = PersonFactory(owner=anna, name="Dora")
    face = FaceFactory(photo=photo, person=dora, crop=f"{photo.pk}.jpg")
    storages["previews"].save(face.crop, ContentFile(b"face"))
    album = make(client_of(anna), "Summer", photo)

    def tell(**options: bool) -> set[str]:
        more = {"sharing_options": options}
        if way == "photo":
            share(client_of(anna), photo, to=ben, **more)
        else:
            share_album(client_of(anna), album, to=ben, **more)
        known = told(client_of(ben), photo)
        crop = client_of(ben).get(f"/media/faces/{photo.image_hash}_{face.pk}.jpg")
        assert b"".join(crop) == (b"face" if crop.status_code == 200 else b"")
        assert (crop.status_code == 200) == ("share_faces" in known)
        if way == "album":
            answer = client_of(ben).get(f"/api/albums/user/{album}/").json()
            dated = "share_timestamps" in known
            assert bool(answer["date"]) == dated == ("2021" in str(answer))
            assert bool(answer["location"]) == ("share_location" in known)
            (item,) = listed(client_of(ben), "albums/user/shared/tome")
            assert bool(item["cover_photo"]["exif_timestamp"]) == dated
        return known

    assert tell() == {*SWITCHES} - {"share_faces"}
    assert tell(**ALL_OFF) == set()
    for switch in SWITCHES:
        assert tell(**{**ALL_OFF, switch: True}) == {switch}
    assert tell(**ALL_ON) == {*SWITCHES}
    assert tell(share_location=False) == {*SWITCHES} - {"share_location"}
    assert tell() == {*SWITCHES} - {"share_location"}


def test_of_what_contributors_add_their_own_choice_is_told(client_of, anna, ben):
    his = shown_photo(ben)
    album = make(client_of(anna), "Summer")
    share_album(client_of(anna), album, to=ben, role="contributor")
    edit(client_of(ben), album, photos=[str(his.pk)])
    assert told(client_of(anna), his) == {*SWITCHES} - {"share_faces"}
    share_album(client_of(ben), album, to=ben, sharing_options=ALL_OFF)
    assert told(client_of(anna), his) == set()
    share_album(client_of(anna), album, to=ben, sharing_options=ALL_ON)
    assert told(client_of(anna), his) == set()


def test_an_original_is_sent_as_it_is_only_if_all_in_it_is_shown(
    client_of, anna, ben, tmp_path: Path
):
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg(8, 8))
    anna.scan_directories.create(path=os.fsencode(tmp_path))
    photo = shown_photo(anna)
    photo.files.update(path=os.fsencode(path))
    address = f"/media/photos/{photo.image_hash}"

    def has_original() -> bool:
        answer = client_of(ben).get(address)
        # Without a worker there is no copy without metadata.
        assert answer.status_code in (200, 503)
        if answer.status_code == 503:
            return False
        assert b"".join(answer) == path.read_bytes()
        assert "a.jpg" not in str(answer.headers)
        return True

    assert client_of(ben).get(address).status_code == 404
    User.objects.filter(pk=anna.pk).update(public_sharing_defaults=ALL_ON)
    share(client_of(anna), photo, to=ben, sharing_options=ALL_OFF)
    assert not has_original()
    without_names = {**ALL_ON, "share_faces": False}
    share(client_of(anna), photo, to=ben, sharing_options=without_names)
    assert has_original()
    photo.metadata.regions = [{"name": "Dora"}]
    photo.metadata.save()
    assert not has_original()
    share(client_of(anna), photo, to=ben, sharing_options=ALL_ON)
    assert has_original()
    share(client_of(anna), photo, to=ben, on=False)
    assert client_of(ben).get(address).status_code == 404


def test_who_is_deactivated_shows_nothing_and_is_shown_nothing(client_of, anna, ben):
    hers, his = shown_photo(anna), shown_photo(ben)
    album = make(client_of(anna), "Summer", hers)
    share_album(client_of(anna), album, to=ben, role="contributor")
    share(client_of(anna), hers, to=ben)
    edit(client_of(ben), album, photos=[str(his.pk)])
    admin = UserFactory(admin=True)
    set_active(ben, False, by=admin)
    assert not seen(client_of(anna), his)
    assert inside(client_of(anna), album) == [str(hers.pk)]
    (row,) = listed(client_of(anna), "albums/user/list")
    assert (row["photo_count"], row["shared_to"]) == (1, [])
    assert client_of(anna).get(f"/api/photos/{hers.pk}/").json()["shared_to"] == []
    assert listed(client_of(anna), "photos/shared/fromme") == []
    set_active(ben, True, by=admin)
    assert seen(client_of(anna), his)
    set_active(anna, False, by=admin)
    assert not seen(client_of(ben), hers)
    for address in ("photos/shared/tome", "albums/user/shared/tome"):
        assert listed(client_of(ben), address) == []
    assert client_of(ben).get(f"/api/albums/user/{album}/").status_code == 404


@pytest.mark.parametrize("who", ["owner", "recipient"])
def test_with_an_account_goes_what_it_shows(client_of, anna, ben, who):
    hers, his = PhotoFactory(owner=anna), PhotoFactory(owner=ben)
    album = make(client_of(anna), "Summer", hers)
    share_album(client_of(anna), album, to=ben, role="contributor")
    share(client_of(anna), hers, to=ben)
    edit(client_of(ben), album, photos=[str(his.pk)])
    delete_user({"owner": anna, "recipient": ben}[who])
    assert not AlbumShare.objects.exists() and not PhotoShare.objects.exists()
    assert Photo.objects.count() == 1
    if who == "recipient":
        assert inside(client_of(anna), album) == [str(hers.pk)]
        assert UserAlbum.objects.get().photo_count == 1


def test_an_album_says_what_it_is_about_and_in_which_order_it_stands(client_of, anna):
    days = [datetime(2021, 1, day, tzinfo=UTC) for day in (1, 2, 3)]
    photos = [PhotoFactory(owner=anna, taken_at=day) for day in days]
    undated = PhotoFactory(owner=anna, undated=True)
    first, second, third = (str(photo.pk) for photo in photos)
    last = str(undated.pk)
    client = client_of(anna)
    album = make(client, "Summer", *photos, undated)
    assert inside(client, album) == [third, second, first, last]
    edit(client, album, description=" Two lines\n\u200bof text ", photo_order="oldest")
    answer = client.get(f"/api/albums/user/{album}/").json()
    assert answer["description"] == "Two lines\nof text"
    assert inside(client, album) == [first, second, third, last]
    edit(client, album, moved=[last, third], before=second)
    assert inside(client, album) == [first, last, third, second]
    assert client.get(f"/api/albums/user/{album}/").json()["photo_order"] == "hand"
    edit(client, album, moved=[photos[0].image_hash])
    assert inside(client, album) == [last, third, second, first]
    later = PhotoFactory(owner=anna)
    edit(client, album, photos=[str(later.pk)])
    assert inside(client, album)[-1] == str(later.pk)
    edit(client, album, photo_order="newest", favorited=True)
    assert inside(client, album)[-1] == last
    assert listed(client, "albums/user/list")[0]["favorited"] is True
    edit(client, album, photo_order="hand")
    assert inside(client, album)[0] == last
    for change in ({"photo_order": "size"}, {"description": "x" * 10_001}):
        assert edit(client, album, **change).status_code == 400


def test_empty_albums_are_listed_for_who_asks(client_of, anna, ben):
    album = make(client_of(anna), "Summer")
    share_album(client_of(anna), album, to=ben, role="contributor")
    for user, where in ((anna, "list"), (anna, "shared/fromme"), (ben, "shared/tome")):
        address = f"/api/albums/user/{where}/"
        assert client_of(user).get(address).json()["results"] == []
        (row,) = client_of(user).get(address, {"empty": "1"}).json()["results"]
        assert (row["id"], row["cover_photo"], row["photo_count"]) == (album, None, 0)


@pytest.mark.parametrize("number", [1, 20])
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("albums/user/list", 5),
        ("albums/user/shared/fromme", 5),
        ("albums/user/shared/tome", 5),
        ("photos/shared/tome", 5),
        ("photos/shared/fromme", 6),
    ],
)
def test_the_number_of_queries_does_not_grow(
    client_of, anna, ben, django_assert_num_queries, number, address, queries
):
    owner, reader = (ben, anna) if address.endswith("tome") else (anna, ben)
    friends = UserFactory.create_batch(number)
    for count in range(number):
        photo = PhotoFactory(owner=owner)
        album = make(client_of(owner), f"Album {count}", photo)
        for user in (reader, *friends[:2]):
            share(client_of(owner), photo, to=user)
            share_album(client_of(owner), album, to=user, role="contributor")
    client = client_of(anna)
    with django_assert_num_queries(queries):
        assert len(listed(client, address)) >= number


def test_the_gate_opens_to_what_lists_show_and_to_nothing_else(
    client_of, anna, ben, cleo
):
    users = (anna, ben, cleo)
    photos = {user: PhotoFactory.create_batch(4, owner=user) for user in users}
    for owner, friend, other in ((anna, ben, cleo), (ben, cleo, anna)):
        first, second, third, _ = photos[owner]
        album = make(client_of(owner), "Ours", first, second)
        share_album(client_of(owner), album, to=friend, role="contributor")
        share_album(client_of(owner), album, to=other)
        edit(client_of(friend), album, photos=[str(photos[friend][3].pk)])
        share(client_of(owner), third, to=other)
        make(client_of(owner), "Mine", first, third)
    for user in users:
        client = client_of(user)
        albums = [
            row["id"]
            for where in ("list", "shared/tome")
            for row in listed(client, f"albums/user/{where}")
        ]
        shown = {photo for album in albums for photo in inside(client, album)}
        shown |= {row["id"] for row in listed(client, "photos/shared/tome")}
        own = {str(photo.pk) for photo in photos[user]}
        gate = Photo.objects.viewable_by(user).exclude(owner=user)
        assert {str(photo.pk) for photo in gate} == shown - own
        assert shown - own


def test_a_contributor_is_told_what_the_owner_is_told_and_nobody_else(
    client_of, anna, ben, cleo
):
    album = make(client_of(anna), "Summer")
    for user in (ben, cleo):
        share_album(client_of(anna), album, to=user, role="contributor")

    def told_back(user) -> Any:
        head = client_of(user).get(f"/api/albums/user/{album}/").json()
        (row,) = [
            row
            for kind in ("list", "shared/tome")
            for row in listed(client_of(user), f"albums/user/{kind}", empty="true")
        ]
        assert row["own_sharing_options"] == head["own_sharing_options"]
        return head["own_sharing_options"]

    default = {**ALL_ON, "share_faces": False}
    assert [told_back(user) for user in (anna, ben, cleo)] == [None, default, default]
    share_album(
        client_of(ben), album, to=ben, sharing_options={"share_location": False}
    )
    assert told_back(ben) == {**default, "share_location": False}
    share_album(client_of(anna), album, to=cleo, sharing_options=ALL_OFF)
    assert [told_back(anna), told_back(cleo)] == [None, default]
