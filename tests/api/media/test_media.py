from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage, storages
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from librephotos.api.http.tokens import SignInToken
from librephotos.api.models import File, Photo, ScanDirectory
from librephotos.api.services.waiting import PLACES, Caller
from librephotos.api.storage.previews import PreviewSize, preview_name
from tests.factories import FileFactory, PhotoFactory, UserFactory
from tests.support.mounts import silent_disk

pytestmark = pytest.mark.django_db

CONTENT = bytes(range(256)) * 5000
SHARED = ("share_location", "share_camera_info", "share_timestamps")
PREVIEW_KINDS = ["thumbnails_big", "square_thumbnails", "square_thumbnails_small"]


def original(owner, folder: Path, name: bytes = b"IMG 1.jpg", **values) -> Photo:
    """A photo whose main file lies in a scan directory of its owner."""
    ScanDirectory.objects.get_or_create(user=owner, path=os.fsencode(folder))
    path = os.path.join(os.fsencode(folder), name)
    with open(path, "wb") as file:
        file.write(CONTENT)
    facts = os.stat(path)
    file_values = {key: values.pop(key) for key in ("mime",) if key in values}
    photo = PhotoFactory(owner=owner, **values)
    FileFactory(
        photo=photo,
        path=path,
        size=facts.st_size,
        mtime_ns=facts.st_mtime_ns,
        **file_values,
    )
    return photo


def previewed(owner, **values) -> Photo:
    """A photo with its three previews, and clips if it has a clip format."""
    photo = PhotoFactory(owner=owner, **values)
    for size in PreviewSize:
        moving = size in (PreviewSize.CLIP_MEDIUM, PreviewSize.CLIP_SMALL)
        extension = photo.clip_format if moving else photo.preview_format
        if extension:
            name = preview_name(photo.pk, size, extension)
            storages["previews"].save(name, ContentFile(size.encode()))
    return photo


def get(client, kind, name, **headers):
    return client.get(f"/media/{kind}/{name}", headers=headers)


def body(answer) -> bytes:
    return answer.getvalue()


@pytest.mark.parametrize(
    ("kind", "size"),
    [
        ("thumbnails_big", "big"),
        ("square_thumbnails", "medium"),
        ("square_thumbnails_small", "small"),
    ],
)
def test_a_preview_by_any_of_its_names(client_of, kind, size):
    me = UserFactory()
    photo = previewed(me)
    hash = photo.image_hash
    for name in (hash, f"{hash}.jpg", f"{hash}_0.webp", f"{hash}/"):
        answer = get(client_of(me), kind, name)
        assert (answer.status_code, body(answer)) == (200, size.encode())
        assert answer["Content-Type"] == "image/webp"
        assert answer["Content-Length"] == str(len(size))
        assert answer["Cache-Control"] == "private, max-age=31536000, immutable"
        assert answer["X-Content-Type-Options"] == "nosniff"
    named = get(client_of(me), kind, f"{photo.pk}_{hash[:6]}")
    assert body(named) == size.encode()
    assert named["Cache-Control"] == "private, max-age=31536000, immutable"
    for name in (photo.pk, f"{photo.pk}_{hash[:5]}", f"{photo.pk}_ffffff"):
        answer = get(client_of(me), kind, name)
        assert body(answer) == size.encode()
        assert answer["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("accept", ["image/avif,image/webp", "video/*", "x", ""])
def test_whatever_a_client_accepts_it_gets_the_bytes(client_of, tmp_path, accept):
    me = UserFactory()
    photo = original(me, tmp_path)
    answer = get(client_of(me), "photos", photo.image_hash, accept=accept)
    assert body(answer) == CONTENT
    assert get(client_of(me), "photos", "0" * 33, accept=accept).status_code == 404
    assert get(client_of(), "avatars", "a.jpg", accept=accept).status_code == 403


def test_the_grid_of_a_video_moves_and_its_large_preview_does_not(client_of):
    me = UserFactory()
    photo = previewed(me, video=True, clip_format="mp4", preview_format="jpg")
    client = client_of(me)
    shown = {}
    for kind in PREVIEW_KINDS:
        answer = get(client, kind, photo.image_hash)
        shown[kind] = (body(answer).decode(), answer["Content-Type"])
    assert shown == {
        "thumbnails_big": ("big", "image/jpeg"),
        "square_thumbnails": ("clip-medium", "video/mp4"),
        "square_thumbnails_small": ("clip-small", "video/mp4"),
    }


@pytest.mark.parametrize(
    ("clip_format", "shown"), [("webp", b"clip-medium"), ("mp4", b"medium")]
)
def test_an_animation_moves_only_as_an_image(client_of, clip_format, shown):
    me = UserFactory()
    photo = previewed(me, clip_format=clip_format)
    answer = get(client_of(me), "square_thumbnails", photo.image_hash)
    assert body(answer) == shown


def test_what_has_no_preview_is_404(client_of):
    me = UserFactory()
    lost, waiting = PhotoFactory(owner=me), PhotoFactory(owner=me, preview_format="")
    for photo in (lost, waiting):
        answer = get(client_of(me), "thumbnails_big", photo.image_hash)
        assert (answer.status_code, answer.content) == (404, b"")


def test_an_original_is_sent_as_it_is(client_of, tmp_path):
    me = UserFactory()
    photo = original(me, tmp_path)
    answer = get(client_of(me), "photos", f"{photo.image_hash}.jpg")
    assert answer.status_code == 200
    assert body(answer) == CONTENT
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Length"] == str(len(CONTENT))
    assert answer["Content-Disposition"] == 'inline; filename="IMG 1.jpg"'
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "private, max-age=31536000, immutable"


def test_an_original_on_a_disk_that_does_not_answer_is_503(
    client_of, tmp_path, monkeypatch
):
    monkeypatch.setattr("librephotos.api.storage.originals.PATIENCE_S", 0.5)
    me = UserFactory()
    photo = original(me, tmp_path)
    with silent_disk(tmp_path):
        for _ in range(3):  # from the second one on without a wait
            answer = get(client_of(me), "photos", photo.image_hash)
            assert (answer.status_code, answer["Retry-After"]) == (503, "60")
            assert b"does not answer" in answer.content


@pytest.mark.parametrize("kind", ["photos", "embedded_media"])
def test_who_has_no_place_to_wait_in_does_not_wait_for_a_disk(
    client_of, tmp_path, monkeypatch, kind
):
    monkeypatch.setattr("librephotos.api.storage.originals.PATIENCE_S", 3600.0)
    me = UserFactory()
    photo = original(me, tmp_path, motion_photo=True)
    with ExitStack() as others, silent_disk(tmp_path):
        while others.enter_context(PLACES.take(Caller.account(me.pk))):
            pass
        answer = get(client_of(me), kind, photo.image_hash)
        assert (answer.status_code, answer["Retry-After"]) == (503, "60")


def test_an_original_that_changed_since_the_scan_is_not_kept_for_ever(
    client_of, tmp_path
):
    me = UserFactory()
    photo = original(me, tmp_path)
    (tmp_path / "IMG 1.jpg").write_bytes(b"other")
    answer = get(client_of(me), "photos", photo.image_hash)
    assert body(answer) == b"other"
    assert answer["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("name", "header"),
    [
        (b"caf\xc3\xa9.jpg", "inline; filename*=utf-8''caf%C3%A9.jpg"),
        (b"caf\xe9.jpg", "inline; filename*=utf-8''caf%EF%BF%BD.jpg"),
        (b'a"b\\.jpg', 'inline; filename="a\\"b\\\\.jpg"'),
        (b"a\r\nSet-Cookie: x.jpg", 'inline; filename="a__Set-Cookie: x.jpg"'),
    ],
)
def test_the_name_of_a_file_whatever_it_is(client_of, tmp_path, name, header):
    me = UserFactory()
    photo = original(me, tmp_path, name)
    answer = get(client_of(me), "photos", photo.pk)
    assert body(answer) == CONTENT
    assert answer["Content-Disposition"] == header


@pytest.mark.parametrize(
    "mime", ["image/svg+xml", "text/html", "application/rdf+xml", "", "image/x\r\ny"]
)
def test_what_a_browser_might_run_is_for_saving_only(client_of, tmp_path, mime):
    me = UserFactory()
    photo = original(me, tmp_path, mime=mime)
    answer = get(client_of(me), "photos", photo.pk)
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"
    assert "sandbox" in answer["Content-Security-Policy"]
    body(answer)


def test_a_video_is_served_as_one_and_a_still_is_not(client_of, tmp_path):
    me = UserFactory()
    video = original(me, tmp_path, b"a.mov", video=True, mime="video/quicktime")
    still = original(me, tmp_path, b"a.jpg")
    answer = get(client_of(me), "video", video.image_hash, range="bytes=0-1")
    assert (answer.status_code, answer["Content-Type"]) == (206, "video/quicktime")
    assert body(answer) == CONTENT[:2]
    assert get(client_of(me), "video", still.image_hash).status_code == 404


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_every_range_of_an_original_can_be_had(client_of, big_photo, data):
    me, photo = big_photo
    first = data.draw(st.integers(0, len(CONTENT) - 1))
    last = data.draw(st.integers(first, len(CONTENT) + 10))
    answer = get(
        client_of(me), "photos", photo.image_hash, range=f"bytes={first}-{last}"
    )
    part = CONTENT[first : last + 1]
    assert answer.status_code == 206
    assert body(answer) == part
    assert answer["Content-Length"] == str(len(part))
    end = first + len(part) - 1
    assert answer["Content-Range"] == f"bytes {first}-{end}/{len(CONTENT)}"
    assert answer["Accept-Ranges"] == "bytes"


@pytest.fixture
def big_photo(tmp_path):
    me = UserFactory()
    return me, original(me, tmp_path)


def test_a_range_beyond_the_end_is_416(client_of, big_photo):
    me, photo = big_photo
    answer = get(client_of(me), "photos", photo.pk, range=f"bytes={len(CONTENT)}-")
    assert (answer.status_code, answer.content) == (416, b"")
    assert answer["Content-Range"] == f"bytes */{len(CONTENT)}"


def test_a_range_holds_for_one_version_only(client_of, big_photo):
    me, photo = big_photo
    client = client_of(me)
    first = get(client, "photos", photo.pk, range="bytes=0-0")
    body(first)
    etag = first["ETag"]
    for condition, status in ((etag, 206), ('"other"', 200), ("Mon, 1 Jan 2024", 200)):
        headers = {"range": "bytes=0-0", "if-range": condition}
        answer = get(client, "photos", photo.pk, **headers)
        assert answer.status_code == status
        body(answer)


def test_what_a_client_has_is_not_sent_again(client_of, big_photo):
    me, photo = big_photo
    client = client_of(me)
    first = get(client, "photos", photo.pk)
    body(first)
    etag = first["ETag"]
    for known in (etag, f'"x", {etag}', f"W/{etag}", "*"):
        answer = get(client, "photos", photo.pk, **{"if-none-match": known})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer["ETag"] == etag
        assert answer["Cache-Control"]
    os.utime(File.objects.get(photo=photo).path, ns=(1, 1))
    answer = get(client, "photos", photo.pk, **{"if-none-match": etag})
    assert answer.status_code == 200
    body(answer)


def test_head_tells_all_and_sends_nothing(client_of, big_photo):
    me, photo = big_photo
    answer = client_of(me).head(f"/media/photos/{photo.pk}")
    assert (answer.status_code, body(answer)) == (200, b"")
    assert answer["Content-Length"] == str(len(CONTENT))
    assert answer["Accept-Ranges"] == "bytes"
    headers = {"range": "bytes=0-9"}
    part = client_of(me).head(f"/media/photos/{photo.pk}", headers=headers)
    assert (part.status_code, part["Content-Length"]) == (206, "10")


def test_a_proxy_is_asked_to_send_the_file(client_of, tmp_path, settings):
    settings.ACCEL_REDIRECT_PREFIX = "/protected/"
    me = UserFactory()
    photo = original(me, tmp_path, b"caf\xe9 1.jpg")
    answer = get(client_of(me), "photos", photo.pk)
    assert body(answer) == b""
    folder = os.path.realpath(tmp_path)
    assert answer["X-Accel-Redirect"] == f"/protected{folder}/caf%E9%201.jpg"
    assert answer["Content-Type"] == "image/jpeg"
    assert "sandbox" in answer["Content-Security-Policy"]
    preview = previewed(me)
    answer = get(client_of(me), "thumbnails_big", preview.image_hash)
    name = preview_name(preview.pk, "big", "webp")
    assert answer["X-Accel-Redirect"] == f"/protected{storages['previews'].path(name)}"


# Access


@pytest.fixture
def pair(tmp_path):
    """A public and a private photo of one user, with previews and shared originals."""
    me = UserFactory(
        public_sharing=True, public_sharing_defaults=dict.fromkeys(SHARED, True)
    )
    photos = [
        original(me, tmp_path, name, public=public)
        for name, public in ((b"public.jpg", True), (b"private.jpg", False))
    ]
    for photo in photos:
        name = preview_name(photo.pk, "big", "webp")
        storages["previews"].save(name, ContentFile(b"big"))
    return me, *photos


@pytest.mark.parametrize("kind", ["thumbnails_big", "photos"])
def test_who_may_see_what(client_of, pair, kind):
    me, public, private = pair
    stale = client_of()
    stale.cookies["jwt"] = "not.a.token"
    expected = [
        (client_of(me), 200, 200),
        (client_of(UserFactory(admin=True)), 200, 404),
        (client_of(), 200, 403),
        (stale, 200, 403),
    ]
    for client, of_public, of_private in expected:
        for photo, status in ((public, of_public), (private, of_private)):
            for name in (photo.image_hash, photo.pk):
                answer = get(client, kind, name)
                assert answer.status_code == status
                error = "authentication" if status == 403 else None
                assert answer.get("X-Media-Error") == error
                assert bool(body(answer)) == (status == 200)
            if status != 200:
                unknown = get(client, kind, "0" * 33)
                assert (unknown.status_code, unknown.headers) == (
                    status,
                    answer.headers,
                )


def test_the_cookie_opens_what_the_bearer_opens(client_of, pair):
    me, _, private = pair
    client = client_of()
    client.cookies["jwt"] = str(SignInToken.for_user(me).access_token)
    answer = get(client, "thumbnails_big", private.image_hash)
    assert body(answer) == b"big"


@pytest.mark.parametrize("state", [{"hidden": True}, {"in_trashcan": True}])
def test_a_public_photo_that_is_hidden_or_trashed_is_private(client_of, pair, state):
    me, public, _ = pair
    Photo.objects.filter(pk=public.pk).update(**state)
    assert get(client_of(), "photos", public.pk).status_code == 403
    assert get(client_of(UserFactory()), "photos", public.pk).status_code == 404
    mine = get(client_of(me), "photos", public.pk)
    assert mine.status_code == 200
    body(mine)


def test_a_removed_photo_is_nobodys(client_of, pair):
    me, public, _ = pair
    Photo.objects.filter(pk=public.pk).update(removed=True)
    for client in (client_of(me), client_of(UserFactory())):
        assert get(client, "photos", public.pk).status_code == 404
    assert get(client_of(), "photos", public.pk).status_code == 403


# Hostile paths


@pytest.mark.parametrize(
    "path",
    [
        "photos/..%2f..%2f..%2fetc%2fpasswd",
        "photos/../../etc/passwd",
        "photos/%00",
        "photos/" + "a" * 5000,
        "photos/.",
        "photos/",
        "photos/%ff%fe",
        "thumbnails_big/../secret_key",
        "avatars/..%2fsecret_key",
        "avatars/%00",
        "nothing/abc",
        "zip/abc",
    ],
)
def test_no_path_leads_anywhere_else(client_of, path):
    for client in (client_of(), client_of(UserFactory())):
        answer = client.get(f"/media/{path}")
        assert answer.status_code in (403, 404)
        assert body(answer) == b""


def test_a_link_put_in_place_of_the_file_is_not_followed_outside(client_of, tmp_path):
    me = UserFactory()
    (tmp_path / "library").mkdir()
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    photo = original(me, tmp_path / "library")
    path = tmp_path / "library" / "IMG 1.jpg"
    path.unlink()
    path.symlink_to(secret)
    answer = get(client_of(me), "photos", photo.pk)
    assert (answer.status_code, body(answer)) == (404, b"")


def test_a_link_put_in_place_of_a_folder_is_not_followed_outside(client_of, tmp_path):
    me = UserFactory()
    library, outside = tmp_path / "library", tmp_path / "outside"
    (library / "2021").mkdir(parents=True)
    photo = original(me, library, b"2021/a.jpg")
    (library / "2021").rename(outside)
    (library / "2021").symlink_to(outside)
    assert get(client_of(me), "photos", photo.pk).status_code == 404


def test_a_link_within_the_library_is_followed(client_of, tmp_path):
    me = UserFactory()
    photo = original(me, tmp_path)
    (tmp_path / "IMG 1.jpg").rename(tmp_path / "elsewhere.jpg")
    (tmp_path / "IMG 1.jpg").symlink_to(tmp_path / "elsewhere.jpg")
    assert body(get(client_of(me), "photos", photo.pk)) == CONTENT


def test_a_directory_of_somebody_else_does_not_open_a_file(client_of, tmp_path):
    me = UserFactory()
    photo = original(me, tmp_path)
    ScanDirectory.objects.update(user=UserFactory())
    assert get(client_of(me), "photos", photo.pk).status_code == 404


@pytest.mark.parametrize("turn_into", ["nothing", "folder", "pipe"])
def test_what_is_no_file_any_more_is_404(client_of, tmp_path, turn_into):
    me = UserFactory()
    photo = original(me, tmp_path)
    path = tmp_path / "IMG 1.jpg"
    path.unlink()
    if turn_into == "folder":
        path.mkdir()
    elif turn_into == "pipe":
        os.mkfifo(path)
    answer = get(client_of(me), "photos", photo.pk)
    assert (answer.status_code, answer.content) == (404, b"")


def test_a_photo_without_any_file_is_404(client_of):
    me = UserFactory()
    assert get(client_of(me), "photos", PhotoFactory(owner=me).pk).status_code == 404


# Motion photos


def test_the_video_beside_a_live_photo(client_of, tmp_path):
    me = UserFactory()
    photo = original(me, tmp_path, motion_photo=True)
    path = tmp_path / "IMG 1.mov"
    path.write_bytes(b"moving")
    FileFactory(photo=photo, path=os.fsencode(path), kind="video", main=False)
    answer = get(client_of(me), "embedded_media", photo.image_hash)
    assert (answer["Content-Type"], body(answer)) == ("video/mp4", b"moving")


def test_a_photo_without_a_video_has_none_to_show(client_of, tmp_path):
    me = UserFactory()
    still = original(me, tmp_path)
    claimed = original(me, tmp_path, b"b.jpg", motion_photo=True)
    for photo in (still, claimed):
        assert get(client_of(me), "embedded_media", photo.pk).status_code == 404


def test_the_video_of_a_private_motion_photo_is_not_there_for_others(
    client_of, tmp_path
):
    photo = original(UserFactory(), tmp_path, motion_photo=True)
    for client, status in ((client_of(), 403), (client_of(UserFactory()), 404)):
        assert get(client, "embedded_media", photo.pk).status_code == status


# Avatars


def test_an_avatar_is_shown_to_everybody_who_is_signed_in(client_of):
    me = UserFactory(avatar="avatars/face-1.jpg")
    default_storage.save("avatars/face-1.jpg", ContentFile(b"face"))
    try:
        answer = get(client_of(UserFactory()), "avatars", "face-1.jpg")
        assert (answer["Content-Type"], body(answer)) == ("image/jpeg", b"face")
        refused = get(client_of(), "avatars", "face-1.jpg")
        assert refused.status_code == 403
        assert refused["X-Media-Error"] == "authentication"
    finally:
        default_storage.delete("avatars/face-1.jpg")
    assert get(client_of(me), "avatars", "face-1.jpg").status_code == 404
    assert get(client_of(me), "avatars", "face-2.jpg").status_code == 404


def test_previews_may_lie_in_another_storage(client_of, monkeypatch, settings):
    settings.ACCEL_REDIRECT_PREFIX = "/protected"

    class Remote(FileSystemStorage):
        """Gives files that have no path here, as a storage on the network does."""

        def _open(self, name, mode="rb"):
            with super()._open(name, mode) as file:
                return ContentFile(file.read(), name=name)

    me = UserFactory()
    photo = previewed(me)
    remote = Remote(location=storages["previews"].location)
    monkeypatch.setitem(storages._storages, "previews", remote)
    answer = get(client_of(me), "thumbnails_big", photo.image_hash)
    assert body(answer) == b"big"
    assert "X-Accel-Redirect" not in answer


def test_a_preview_costs_one_query(client_of, django_assert_num_queries):
    me = UserFactory()
    photo = previewed(me)
    client = client_of(me)
    with django_assert_num_queries(1):
        body(get(client, "square_thumbnails", photo.image_hash))
