"""The short way of previews answers as the ordinary one, and forgets nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.utils import timezone
from rest_framework.test import APIClient, APIRequestFactory

from librephotos.api.http.tokens import SignInToken, media_token
from librephotos.api.models import Photo, User, UserAlbum, UserAlbumPhoto
from librephotos.api.models.compiled import Prepared
from librephotos.api.storage.previews import PreviewSize, preview_name
from librephotos.api.views.media.photo_media import PreviewView
from tests.api.media.test_media import body, get, previewed
from tests.factories import LinkFactory, UserFactory

pytestmark = pytest.mark.django_db

KIND = "square_thumbnails_small"


def bearer(user) -> tuple[APIClient, SignInToken]:
    token = SignInToken.for_user(user)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token.access_token}")
    return client, token


def status(client, name) -> int:
    """The status of an answer that is read, and closed by that."""
    answer = get(client, KIND, name)
    body(answer)
    return int(answer.status_code)


def cookie(user) -> tuple[APIClient, SignInToken]:
    """A browser that has the cookie of a sign-in."""
    token = SignInToken.for_user(user)
    return with_cookie(str(media_token(str(token.access_token)))), token


def access_cookie(user) -> tuple[APIClient, SignInToken]:
    """A client that puts its access token into the cookie itself."""
    token = SignInToken.for_user(user)
    return with_cookie(str(token.access_token)), token


def with_cookie(value: str) -> APIClient:
    client = APIClient()
    client.cookies["jwt"] = value
    return client


ENDS = {
    "revoked": lambda user, token: token.blacklist(),
    "another password": lambda user, _: set_password(user),
    "all sign-ins ended": lambda user, _: change(user, ended_sign_ins=1),
    "deactivated": lambda user, _: change(user, is_active=False),
}


def set_password(user) -> None:
    user.set_password("another password")
    user.save()


def change(user, **columns) -> None:
    User.objects.filter(pk=user.pk).update(**columns)


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize(
    ("sign_in", "refusal"), [(bearer, 401), (cookie, 403), (access_cookie, 403)]
)
def test_whose_sign_in_has_ended_sees_nothing_with_the_next_request(
    sign_in, refusal, end, django_assert_num_queries
):
    me = UserFactory()
    photo = previewed(me)
    client, token = sign_in(me)
    with django_assert_num_queries(1):
        assert status(client, photo.image_hash) == 200
    ENDS[end](me, token)
    assert status(client, photo.image_hash) == refusal
    Photo.objects.filter(pk=photo.pk).update(public=True)
    change(me, is_active=True, public_sharing=True)
    if end != "deactivated":  # a cookie that is not good counts as none
        assert status(client, photo.image_hash) == (401 if refusal == 401 else 200)


def test_who_was_deleted_sees_nothing_of_others():
    owner, other = UserFactory(public_sharing=True), UserFactory()
    photo = previewed(owner, public=True)
    client, _ = bearer(other)
    assert status(client, photo.image_hash) == 200
    other.delete()
    assert status(client, photo.image_hash) == 401


def test_a_photo_is_shown_until_it_is_not_shared_any_more():
    owner, other = UserFactory(public_sharing=True), UserFactory()
    photo = previewed(owner, public=True)
    client, _ = bearer(other)
    for name in (photo.image_hash, str(photo.pk)):
        answer = get(client, KIND, name)
        assert (answer.status_code, body(answer)) == (200, b"small")
        assert answer["Cache-Control"] == "private, no-cache"
    Photo.objects.filter(pk=photo.pk).update(public=False)
    for name in (photo.image_hash, str(photo.pk)):
        assert status(client, name) == 404


def test_a_link_vouches_for_a_photo_until_its_time_has_come():
    owner, other = UserFactory(), UserFactory()
    photo = previewed(owner)
    album = UserAlbum.objects.create(owner=owner, title="Shown")
    UserAlbumPhoto.objects.create(album=album, photo=photo)
    link = LinkFactory(album=album)
    client, _ = bearer(other)
    assert status(client, photo.image_hash) == 200
    link.expires_at = timezone.now() - timedelta(seconds=1)
    link.save()
    assert status(client, photo.image_hash) == 404


@pytest.mark.parametrize("asked", [{}, {"HTTP_RANGE": "bytes=1-2"}])
def test_it_answers_as_the_ordinary_way(asked):
    me = UserFactory()
    photo = previewed(me)
    client, token = bearer(me)
    quick = client.get(f"/media/{KIND}/{photo.image_hash}", **asked)
    signed_in = f"Bearer {token.access_token}"
    request = APIRequestFactory().get("/", HTTP_AUTHORIZATION=signed_in, **asked)
    view = PreviewView.as_view(size=PreviewSize.SMALL)
    ordinary = view(request, name=photo.image_hash)
    assert (quick.status_code, body(quick)) == (ordinary.status_code, body(ordinary))
    ordinary.close()
    for header in ("ETag", "Cache-Control", "Content-Length", "Content-Type"):
        assert quick[header] == ordinary[header]
    assert quick.get("Content-Range") == ordinary.get("Content-Range")


def test_what_is_cut_short_is_left_to_the_ordinary_way():
    me = UserFactory()
    photo = previewed(me)
    name = preview_name(photo.pk, PreviewSize.SMALL, photo.preview_format)
    with open(storages["previews"].path(name), "wb"):
        pass
    client, _ = bearer(me)
    assert status(client, photo.image_hash) == 404


@pytest.mark.parametrize("name", ["-" * 36, "0" * 32 + "----", "a" * 36])
def test_no_name_is_too_strange(name):
    client, _ = bearer(UserFactory())
    assert status(client, name) == 404


def test_a_prepared_row_is_that_of_the_queryset():
    me = UserFactory()
    asked = Prepared(User.objects.filter(pk=2**40), user=2**40)
    found = asked.first(user=me.pk)
    expected = User.objects.get(pk=me.pk)
    assert {f.attname: getattr(found, f.attname) for f in User._meta.fields} == {
        f.attname: getattr(expected, f.attname) for f in User._meta.fields
    }
    assert asked.first(user=0) is None
