"""A photo is public while its owner is there and shares, whatever way one asks."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from librephotos.api.models import Photo, User
from librephotos.api.storage.previews import PreviewSize, preview_name
from tests.factories import FaceFactory, PhotoFactory, UserFactory

pytestmark = pytest.mark.django_db
KINDS = ("thumbnails_big", "square_thumbnails", "square_thumbnails_small")


@pytest.fixture
def shown() -> Photo:
    """A public photo of Ann, who shares, with its previews and a face."""
    ann = UserFactory(
        username="ann",
        public_sharing=True,
        public_sharing_defaults={"share_faces": True},
    )
    photo = PhotoFactory(owner=ann, public=True)
    for size in (PreviewSize.BIG, PreviewSize.MEDIUM, PreviewSize.SMALL):
        name = preview_name(photo.pk, size, photo.preview_format)
        storages["previews"].save(name, ContentFile(size.encode()))
    face = FaceFactory(photo=photo, crop=f"{photo.pk}.jpg")
    storages["previews"].save(face.crop, ContentFile(b"face"))
    return photo


def addresses(photo: Photo) -> list[str]:
    """Every address below which the photo, or something of it, can be had."""
    names = (photo.image_hash, photo.pk)
    face = photo.faces.get()
    return [
        *(f"/media/{kind}/{name}" for kind in KINDS for name in names),
        f"/media/faces/{photo.image_hash}_{face.pk}.jpg",
        *(f"/api/photos/{name}/" for name in names),
        *(f"/api/photos/{name}/summary/" for name in names),
        f"/api/albums/date/{photo.day}?public=true&username=ann",
    ]


def told_by_lists(client, photo: Photo) -> bool:
    """Whether a list that the caller may read tells of the photo."""
    lists = (
        "/api/albums/date/list/?public=true&username=ann",
        "/api/photos/public/?username=ann",
    )
    days = [client.get(path).json()["results"] for path in lists]
    users = client.get("/api/user/").json()["results"]
    counted = any(row["public_photo_count"] for row in users)
    assert counted == any(row["public_photo_samples"] for row in users)
    assert bool(days[0]) == bool(days[1]) == counted
    return counted


def statuses(client, photo: Photo) -> set[int]:
    answers = [client.get(path) for path in addresses(photo)]
    assert all(b"".join(answer) for answer in answers if answer.status_code == 200)
    return {answer.status_code for answer in answers}


@pytest.mark.parametrize(
    "change", [{"is_active": False}, {"public_sharing": False}], ids=str
)
def test_nobody_sees_what_its_owner_does_not_share_any_more(client_of, shown, change):
    others = (client_of(), client_of(UserFactory()), client_of(UserFactory(admin=True)))
    for client in others:
        assert statuses(client, shown) == {200}
        assert told_by_lists(client, shown)

    User.objects.filter(pk=shown.owner_id).update(**change)

    for client in others:
        assert statuses(client, shown) <= {401, 403, 404}
        assert not told_by_lists(client, shown)
        hide = {"image_hash": shown.image_hash}
        captioned = client.post("/api/photosedit/generateim2txt/", hide, format="json")
        assert captioned.status_code in (401, 404)

    User.objects.filter(pk=shown.owner_id).update(**dict.fromkeys(change, True))
    assert statuses(client_of(), shown) == {200}


def test_an_administrator_who_deactivates_an_account_ends_what_it_shares(
    client_of, shown
):
    path, change = f"/api/manage/user/{shown.owner_id}/", {"is_active": False}
    admin = client_of(UserFactory(admin=True))
    assert admin.patch(path, change, format="json").status_code == 200
    for client in (client_of(), client_of(UserFactory())):
        assert statuses(client, shown) <= {401, 403, 404}
        assert not told_by_lists(client, shown)


def test_owners_see_what_they_have_published_whether_or_not_they_share(
    client_of, shown
):
    shown.owner.public_sharing = False
    shown.owner.save()
    assert statuses(client_of(shown.owner), shown) == {200}


def test_pictures_of_others_are_asked_for_each_time(client_of, shown):
    path = f"/media/thumbnails_big/{shown.image_hash}"
    kept = {}
    for name, user in (("owner", shown.owner), ("other", UserFactory()), ("all", None)):
        answer = client_of(user).get(path)
        assert b"".join(answer) == b"big"
        kept[name] = answer["Cache-Control"]
        again = client_of(user).get(path, headers={"If-None-Match": answer["ETag"]})
        assert again.status_code == 304
        for sent in (answer, again):
            assert {"Cookie", "Authorization"} <= set(sent["Vary"].split(", "))
            assert sent["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "immutable" in kept["owner"]
    assert kept["other"] == kept["all"] == "private, no-cache"


@pytest.mark.parametrize(
    "path", ["/api/user/", "/api/photos/", "/api/nothing", "/media/photos/x", "/media/"]
)
def test_no_answer_is_kept_or_embedded_elsewhere(client_of, path):
    answer = client_of().get(path)
    assert answer["Cache-Control"] == "private, no-store"
    assert {"Cookie", "Authorization"} <= set(answer["Vary"].split(", "))
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
