"""Accounts over HTTP."""

from __future__ import annotations

import io
import json
import struct
import zlib

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from librephotos.api.models import Job, Photo, SiteSettings, User
from librephotos.api.serializers.accounts.user_edit import LONGEST_BURST_RULES
from librephotos.api.services.users import SignInEnded, change_user
from tests.factories import PASSWORD, FileFactory, PhotoFactory, UserFactory
from tests.support.pictures.images import encoded, picture
from tests.support.pictures.marked import (
    RAW_MARK,
    marked_gif,
    marked_jpeg,
    marked_png,
    marked_webp,
    png_chunk,
)

pytestmark = pytest.mark.django_db

NUMBERS = {
    "id",
    "photo_count",
    "public_photo_count",
    "confidence",
    "confidence_person",
    "semantic_search_topk",
    "favorite_min_rating",
    "image_scale",
    "min_cluster_size",
    "confidence_unknown_face",
    "min_samples",
    "cluster_selection_epsilon",
    "slideshow_interval",
}
TEXTS = {
    "username",
    "email",
    "first_name",
    "last_name",
    "scan_directory",
    "date_joined",
    "save_metadata_to_disk",
    "datetime_rules",
    "default_timezone",
    "face_recognition_model",
    "text_alignment",
    "header_size",
    "burst_detection_rules",
    "duplicate_sensitivity",
}
SWITCHES = {
    "is_superuser",
    "transcode_videos",
    "public_sharing",
    "save_face_tags_to_disk",
    "skip_raw_files",
    "stack_raw_jpeg",
    "duplicate_clear_existing",
}
OTHERS = {
    "avatar",
    "avatar_url",
    "public_photo_samples",
    "llm_settings",
    "public_sharing_defaults",
    "default_timeline_filter",
    "nextcloud_server_address",
    "nextcloud_username",
    "nextcloud_scan_directory",
}
NEUTRAL = {
    "email": "",
    "scan_directory": "",
    "date_joined": "1970-01-01T00:00:00Z",
    "is_superuser": False,
    "photo_count": 0,
    "confidence": 0.1,
    "default_timezone": "UTC",
    "nextcloud_server_address": None,
    "nextcloud_username": None,
    "nextcloud_scan_directory": None,
}
PROFILE = {
    "id",
    "avatar_url",
    "username",
    "first_name",
    "last_name",
    "public_photo_count",
    "public_photo_samples",
}
WITHHELD = {
    "share_location": False,
    "share_camera_info": False,
    "share_timestamps": False,
    "share_captions": False,
    "share_faces": False,
}
PNG = encoded(picture(16, 12), "PNG")


def errors(answer):
    return {error["field"]: error["message"] for error in answer.json()["errors"]}


def private(**changes):
    """Make a user who has set everything that others must not see."""
    return UserFactory(
        first_name="Ada",
        is_superuser=True,
        confidence=0.5,
        default_timezone="Asia/Tokyo",
        nextcloud_server_address="https://cloud.example.org",
        nextcloud_username="ada",
        nextcloud_scan_directory="/photos",
        **changes,
    )


def assert_full(row):
    """Check a row as the clients' validator does."""
    assert set(row) == NUMBERS | TEXTS | SWITCHES | OTHERS
    assert all(type(row[key]) in (int, float) for key in NUMBERS)
    assert all(type(row[key]) is str for key in TEXTS)
    assert all(type(row[key]) is bool for key in SWITCHES)
    assert isinstance(row["public_photo_samples"], list)
    assert isinstance(json.loads(row["datetime_rules"]), list)


def test_own_account_in_full(client_of):
    user = private()
    user.scan_directories.create(path=b"/pictures")
    row = client_of(user).get(f"/api/user/{user.pk}/").json()
    assert_full(row)
    assert row["scan_directory"] == "/pictures"
    assert row["email"] == user.email
    assert row["llm_settings"]["enabled"] is False


def test_what_a_new_account_starts_with(client_of):
    user = UserFactory()
    row = client_of(user).get(f"/api/user/{user.pk}/").json()
    newer = {
        "text_alignment": "right",
        "header_size": "large",
        "save_face_tags_to_disk": False,
        "burst_detection_rules": "[]",
        "public_sharing_defaults": WITHHELD,
        "skip_raw_files": False,
        "stack_raw_jpeg": True,
        "slideshow_interval": 5,
        "duplicate_sensitivity": "normal",
        "duplicate_clear_existing": False,
        "default_timeline_filter": {},
    }
    assert {key: row[key] for key in newer} == newer


@pytest.mark.parametrize(
    "field, sent, kept",
    [
        ("text_alignment", "left", "left"),
        ("header_size", "small", "small"),
        ("save_face_tags_to_disk", True, True),
        ("burst_detection_rules", '[{"id": 1}]', '[{"id": 1}]'),
        ("skip_raw_files", True, True),
        ("stack_raw_jpeg", False, False),
        ("slideshow_interval", "30", 30),
        ("duplicate_sensitivity", "strict", "strict"),
        ("duplicate_clear_existing", True, True),
        (
            "default_timeline_filter",
            {"media": "photos", "favorites": True, "hide_documents": "yes", "x": 1},
            {"media": "photos", "favorites": True},
        ),
        ("default_timeline_filter", {"media": ["photos"]}, {}),
    ],
)
def test_each_newer_setting_is_kept(client_of, field, sent, kept):
    user = UserFactory()
    client, path = client_of(user), f"/api/user/{user.pk}/"
    answer = client.patch(path, {field: sent}, format="json")
    assert (answer.status_code, answer.json()[field]) == (200, kept)
    assert client.get(path).json()[field] == kept
    private_row = client_of(UserFactory()).get(path).json()
    assert private_row[field] == User._meta.get_field(field).get_default()


def test_what_links_show_is_five_switches_whatever_is_sent(client_of):
    user = UserFactory()
    client, path = client_of(user), f"/api/user/{user.pk}/"

    def shown(**sent):
        answer = client.patch(path, {"public_sharing_defaults": sent}, format="json")
        return answer.json()["public_sharing_defaults"]

    assert shown(share_location=True, share_shoes=True) == {
        **WITHHELD,
        "share_location": True,
    }
    assert shown(share_faces=True) == {
        **WITHHELD,
        "share_location": True,
        "share_faces": True,
    }
    assert shown(**WITHHELD) == WITHHELD


def test_another_account_has_all_keys_but_neutral_values(client_of):
    user = private()
    user.scan_directories.create(path=b"/pictures")
    PhotoFactory(owner=user)
    row = client_of(UserFactory()).get(f"/api/user/{user.pk}/").json()
    assert_full(row)
    assert {key: row[key] for key in NEUTRAL} == NEUTRAL
    assert (row["username"], row["first_name"]) == (user.username, "Ada")


def test_administrators_see_everything(client_of):
    user = private()
    row = client_of(UserFactory(staff=True)).get(f"/api/user/{user.pk}/").json()
    assert (row["email"], row["confidence"]) == (user.email, 0.5)


def test_anonymous_callers_see_a_profile_of_those_who_share(client_of):
    user, hermit = UserFactory(public_sharing=True), UserFactory()
    row = client_of().get(f"/api/user/{user.pk}/").json()
    assert set(row) == PROFILE
    refused = client_of().get(f"/api/user/{hermit.pk}/")
    assert refused.status_code == 404
    assert list(errors(refused)) == ["detail"]
    listed = client_of().get("/api/user/").json()
    assert [set(row) for row in listed["results"]] == [PROFILE]


def test_inactive_accounts_are_not_listed(client_of):
    user = UserFactory()
    gone = UserFactory(is_active=False, public_sharing=True)
    for caller in (user, None):
        listed = client_of(caller).get("/api/user/").json()["results"]
        assert gone.pk not in [row["id"] for row in listed]
        assert client_of(caller).get(f"/api/user/{gone.pk}/").status_code == 404


def test_list_is_paginated_and_starts_with_the_first_account(client_of):
    first, second, _ = UserFactory(admin=True), UserFactory(), UserFactory()
    page = client_of(second).get("/api/user/?limit=2").json()
    assert [row["id"] for row in page["results"]] == [first.pk, second.pk]
    assert page["count"] == 3
    assert page["previous"] is None
    assert page["next"] == "http://testserver/api/user/?limit=2&offset=2"
    for row in page["results"]:
        assert_full(row)


def test_counts_and_samples_of_photos(client_of):
    user = UserFactory(public_sharing=True)
    public = [PhotoFactory(owner=user, public=True) for _ in range(12)]
    PhotoFactory(owner=user, public=True, hidden=True)
    PhotoFactory(owner=user, public=True, in_trashcan=True)
    PhotoFactory(owner=user, removed=True, in_trashcan=True)
    PhotoFactory(owner=user, video=True)
    PhotoFactory()

    row = client_of(user).get(f"/api/user/{user.pk}/").json()

    assert (row["photo_count"], row["public_photo_count"]) == (15, 12)
    samples = row["public_photo_samples"]
    assert len(samples) == 10
    assert {sample["image_hash"] for sample in samples} <= {
        p.image_hash for p in public
    }
    assert samples[0] == {
        "image_hash": samples[0]["image_hash"],
        "rating": 0,
        "hidden": False,
        "exif_timestamp": samples[0]["exif_timestamp"],
        "public": True,
        "video": False,
    }


@pytest.mark.parametrize("path", ["/api/user/", "/api/manage/user/"])
def test_list_takes_the_same_queries_for_one_and_for_twenty(
    client_of, django_assert_num_queries, path
):
    admin = UserFactory(admin=True)
    client = client_of(admin)
    queries = 5 if path == "/api/user/" else 4
    with django_assert_num_queries(queries):
        assert client.get(path).json()["count"] == 1
    for _ in range(19):
        user = UserFactory()
        user.scan_directories.create(path=b"/pictures")
        PhotoFactory(owner=user, public=True)
    with django_assert_num_queries(queries):
        assert client.get(path).json()["count"] == 20


def sign_up(client, **changes):
    account = {
        "username": "Grace",
        "password": "rear admiral",
        "email": "grace@example.org",
        "first_name": "Grace",
        "last_name": "Hopper",
    }
    return client.post("/api/user/", {**account, **changes}, format="json")


def test_the_first_account_is_the_administrator(client_of, settings):
    settings.DEFAULT_FAVORITE_MIN_RATING = 3
    answer = sign_up(client_of())
    assert answer.status_code == 201
    assert answer.json() == {
        "username": "grace",
        "email": "grace@example.org",
        "first_name": "Grace",
        "last_name": "Hopper",
    }
    user = User.objects.get()
    assert user.is_superuser and user.is_staff and user.check_password("rear admiral")
    assert user.favorite_min_rating == 3


def test_signing_up_is_closed_by_default(client_of):
    UserFactory(admin=True)
    assert sign_up(client_of()).status_code == 401
    UserFactory(username="taken")
    assert sign_up(client_of(), username="taken").status_code == 401
    refused = sign_up(client_of(UserFactory()))
    assert refused.status_code == 403
    assert errors(refused) == {"detail": "Signing up is not open."}


@pytest.mark.parametrize("signed_in", [True, False])
def test_signing_up_makes_an_ordinary_account(client_of, signed_in):
    UserFactory(admin=True)
    SiteSettings.objects.create(id=1, allow_registration=True)
    client = client_of(UserFactory() if signed_in else None)
    answer = sign_up(client, is_superuser=True, is_staff=True, scan_directory="/etc")
    assert answer.status_code == 201
    assert set(answer.json()) == {"username", "email", "first_name", "last_name"}
    user = User.objects.get(username="grace")
    assert not user.is_superuser and not user.is_staff and not user.scan_directory


def test_an_administrator_makes_ordinary_accounts(client_of):
    answer = sign_up(client_of(UserFactory(admin=True)))
    assert answer.status_code == 201
    assert_full(answer.json())
    assert not User.objects.get(username="grace").is_superuser


@pytest.mark.parametrize(
    "changes, field",
    [
        ({"username": ""}, "username"),
        ({"username": "TAKEN"}, "username"),
        ({"username": "no spaces"}, "username"),
        ({"password": "seven77"}, "password"),
        ({"password": "password1"}, "password"),
        ({"password": "9081726354"}, "password"),
        ({"password": "gracehopper", "username": "gracehopper"}, "password"),
        ({"password": "x" * 1025}, "password"),
        ({"password": None}, "password"),
        ({"email": "no address"}, "email"),
    ],
)
def test_refused_sign_up(client_of, changes, field):
    admin = UserFactory(admin=True)
    UserFactory(username="taken")
    answer = sign_up(client_of(admin), **changes)
    assert answer.status_code == 400
    assert list(errors(answer)) == [field]
    assert errors(answer)[field].endswith(".")


def test_switching_on_semantic_search_has_photos_embedded(client_of):
    user = UserFactory()
    PhotoFactory(owner=user)
    client = client_of(user)
    for topk, jobs in ((0, 0), (10, 1), (50, 1), (0, 1), (100, 1)):
        body = {"semantic_search_topk": topk}
        assert client.patch(f"/api/user/{user.pk}/", body).status_code == 200
        started = Job.objects.filter(started_by=user)
        # One that has not begun yet will do.
        assert [job.kind for job in started] == jobs * [6]


def test_what_the_client_holds_is_taken_back_with_numbers_as_text(client_of):
    user = UserFactory()
    client = client_of(user)
    held = client.get(f"/api/user/{user.pk}/").json()
    rules = json.dumps(json.loads(held["datetime_rules"])[:2])
    sent = {
        **held,
        "password": "",
        "confidence": "0.5",
        "semantic_search_topk": "50",
        "image_scale": "2",
        "datetime_rules": rules,
        "default_timezone": "Asia/Tokyo",
        "photo_count": 99,
        "username": "other",
        "is_superuser": True,
        "is_staff": True,
        "scan_directory": "/etc",
        "llm_settings": {**held["llm_settings"], "enabled": True},
    }
    answer = client.patch(f"/api/user/{user.pk}/", sent, format="json")
    assert answer.status_code == 200
    row = answer.json()
    assert_full(row)
    changed = {
        "confidence": 0.5,
        "semantic_search_topk": 50,
        "image_scale": 2,
        "datetime_rules": rules,
        "default_timezone": "Asia/Tokyo",
        "llm_settings": {**held["llm_settings"], "enabled": True},
    }
    assert row == {**held, **changed}
    user.refresh_from_db()
    assert user.check_password(PASSWORD) and not user.is_staff


@pytest.mark.parametrize(
    "field, value",
    [
        ("confidence", "NaN"),
        ("confidence", "much"),
        ("favorite_min_rating", 6),
        ("semantic_search_topk", -1),
        ("datetime_rules", "no JSON"),
        ("datetime_rules", "{}"),
        ("datetime_rules", []),
        ("default_timezone", "Mars/Olympus"),
        ("save_metadata_to_disk", "MAYBE"),
        ("text_alignment", "centre"),
        ("header_size", "huge"),
        ("duplicate_sensitivity", "paranoid"),
        ("slideshow_interval", 0),
        ("slideshow_interval", 3601),
        ("default_timeline_filter", "photos"),
        ("burst_detection_rules", "no JSON"),
        ("burst_detection_rules", "{}"),
        ("burst_detection_rules", "[1]"),
        ("burst_detection_rules", []),
        ("burst_detection_rules", '[{"threshold": NaN}]'),
        ("burst_detection_rules", '[{"threshold": 1e999}]'),
        ("burst_detection_rules", f'[{{"a": {"9" * 5000}}}]'),
        ("burst_detection_rules", f'[{{"a": {"[" * 40}{"]" * 40}}}]'),
        ("burst_detection_rules", f'[{{"a": "{"x" * LONGEST_BURST_RULES}"}}]'),
        ("public_sharing_defaults", "all"),
        ("public_sharing_defaults", {"share_location": "perhaps"}),
        ("public_sharing_defaults", {"share_location": None}),
        ("llm_settings", "all"),
        ("llm_settings", {"sentiment": "sad"}),
        ("password", "seven77"),
        ("email", "no address"),
        ("first_name", "nul\0"),
    ],
)
def test_refused_changes(client_of, field, value):
    user = UserFactory()
    answer = client_of(user).patch(
        f"/api/user/{user.pk}/", {field: value}, format="json"
    )
    assert answer.status_code == 400
    assert list(errors(answer)) == [field]
    assert "ErrorDetail" not in errors(answer)[field]


def test_rules_that_were_taken_once_may_be_sent_back(client_of):
    long = json.dumps([{"name": "x" * LONGEST_BURST_RULES}])
    user = UserFactory(burst_detection_rules=long)
    changes = {"burst_detection_rules": long, "first_name": "Bo"}
    path = f"/api/user/{user.pk}/"
    assert client_of(user).patch(path, changes, format="json").status_code == 200


def test_the_end_to_end_tests_restore_their_defaults(client_of):
    UserFactory(admin=True)
    from tests.api.accounts.test_auth import basic

    admin = User.objects.get()
    client = basic(admin.username, PASSWORD)
    first = client.get("/api/user/").json()["results"][0]
    restored = {"confidence": "0.1", "datetime_rules": first["datetime_rules"]}
    answer = client.patch(f"/api/user/{first['id']}/", restored, format="json")
    assert answer.json()["confidence"] == 0.1


def test_the_app_password_of_the_cloud_is_kept_but_never_told(client_of):
    user = UserFactory()
    answer = client_of(user).patch(
        f"/api/user/{user.pk}/", {"nextcloud_app_password": "hush"}, format="json"
    )
    assert "hush" not in answer.content.decode()
    user.refresh_from_db()
    assert user.nextcloud_app_password == "hush"


def test_a_new_password_ends_the_old_sign_in(client_of):
    user = UserFactory()
    client = client_of(user)
    path = f"/api/user/{user.pk}/"
    assert (
        client.patch(path, {"password": "new and long"}, format="json").status_code
        == 200
    )
    assert client.get(path).status_code == 401
    user.refresh_from_db()
    assert user.check_password("new and long")


def test_what_a_sign_in_that_has_just_ended_sends_is_not_done():
    user = UserFactory()
    before = User.objects.get(pk=user.pk)
    change_user(User.objects.get(pk=user.pk), {"password": "by the other tab"})
    for changes in ({"password": "by this tab"}, {"email": "a@example.org"}):
        with pytest.raises(SignInEnded):
            change_user(User.objects.get(pk=user.pk), changes, by=before)
    user.refresh_from_db()
    assert user.check_password("by the other tab") and user.email == before.email


def test_nobody_changes_others_and_staff_no_superuser(client_of):
    user, superuser = UserFactory(), UserFactory(admin=True)
    changes = {"password": "taken over"}
    for caller, target in [(UserFactory(), user), (UserFactory(staff=True), superuser)]:
        answer = client_of(caller).patch(
            f"/api/user/{target.pk}/", changes, format="json"
        )
        assert answer.status_code == 403
        target.refresh_from_db()
        assert target.check_password(PASSWORD)
    assert client_of().patch(f"/api/user/{user.pk}/", changes).status_code == 401
    assert (
        client_of(UserFactory(staff=True))
        .patch(f"/api/user/{user.pk}/", {"first_name": "Bo"}, format="json")
        .json()["first_name"]
        == "Bo"
    )


def upload(client, user, content, name="me.png"):
    avatar = SimpleUploadedFile(name, content, content_type="image/png")
    return client.patch(f"/api/user/{user.pk}/", {"avatar": avatar}, format="multipart")


@pytest.mark.parametrize(
    "content, extension",
    [
        (PNG, "png"),
        (encoded(picture(16, 12), "JPEG"), "jpg"),
        (encoded(picture(16, 12), "GIF"), "gif"),
        (encoded(picture(16, 12), "WEBP"), "webp"),
    ],
)
def test_an_avatar_gets_a_name_of_ours(client_of, content, extension):
    user = UserFactory()
    answer = upload(client_of(user), user, content, "../../etc/passwd.html")
    assert answer.status_code == 200
    url = answer.json()["avatar_url"]
    assert url.startswith("/media/avatars/") and url.endswith(f".{extension}")
    assert "passwd" not in url
    assert answer.json()["avatar"] == f"http://testserver{url}"
    with default_storage.open(url.removeprefix("/media/")) as file:
        kept, sent = Image.open(file), Image.open(io.BytesIO(content))
        assert kept.convert("RGB").tobytes() == sent.convert("RGB").tobytes()


def test_an_avatar_for_which_there_is_no_room(client_of, small_disk, settings):
    user = UserFactory()
    kept = {**settings.STORAGES["default"], "OPTIONS": {"location": small_disk}}
    settings.STORAGES = {**settings.STORAGES, "default": kept}
    (small_disk / "filling").write_bytes(bytes(2**20))
    answer = upload(client_of(user), user, PNG)
    assert answer.status_code == 507
    assert "disk of the server is full" in answer.json()["errors"][0]["message"]
    assert [path.name for path in small_disk.rglob("*.*")] == []
    (small_disk / "filling").unlink()
    assert upload(client_of(user), user, PNG).status_code == 200


@pytest.mark.parametrize(
    "make", [marked_jpeg, marked_png, marked_gif, marked_webp], ids=lambda m: m.__name__
)
def test_an_avatar_is_kept_without_its_metadata(client_of, make):
    user = UserFactory()
    url = upload(client_of(user), user, make()).json()["avatar_url"]
    answer = client_of(UserFactory()).get(url)
    assert answer.status_code == 200
    sent = answer.getvalue()
    assert RAW_MARK not in sent and b"2021:07:05" not in sent


@pytest.mark.parametrize(
    "whole", [PNG, encoded(picture(), "GIF"), encoded(picture(), "JPEG")]
)
def test_an_avatar_that_breaks_off_is_refused(client_of, whole):
    user = UserFactory()
    answer = upload(client_of(user), user, whole[: len(whole) // 2])
    assert answer.status_code == 400
    assert errors(answer) == {"avatar": "The picture is damaged."}


def test_a_new_avatar_replaces_the_old_file(
    client_of, django_capture_on_commit_callbacks
):
    user = UserFactory()
    client = client_of(user)
    old = upload(client, user, PNG).json()["avatar_url"].removeprefix("/media/")
    with django_capture_on_commit_callbacks(execute=True):
        upload(client, user, PNG)
    assert not default_storage.exists(old)


def test_avatars_uploaded_at_once_leave_one_file(django_capture_on_commit_callbacks):
    user = UserFactory()
    requests = [User.objects.get(pk=user.pk) for _ in range(3)]
    kept = []
    with django_capture_on_commit_callbacks(execute=True):
        for account in requests:
            change_user(account, {"avatar": SimpleUploadedFile("a.png", PNG)})
            kept.append(account.avatar.name)
    assert [default_storage.exists(name) for name in kept] == [False, False, True]


def test_a_change_sets_nothing_back_that_others_have_changed():
    user = UserFactory()
    read_before = User.objects.get(pk=user.pk)
    User.objects.filter(pk=user.pk).update(is_active=False, password="changed")
    change_user(read_before, {"confidence": 0.5})
    user.refresh_from_db()
    assert (user.is_active, user.password, user.confidence) == (False, "changed", 0.5)


def test_a_change_does_not_bring_a_deleted_account_back():
    user = UserFactory()
    read_before = User.objects.get(pk=user.pk)
    user.delete()
    with pytest.raises(User.DoesNotExist):
        change_user(read_before, {"confidence": 0.5})
    assert not User.objects.filter(username=read_before.username).exists()


def bomb(frames: int) -> bytes:
    """An animated PNG whose frames of some KB inflate to 108 MB each."""
    side = 6000
    size = side.to_bytes(4, "big") * 2
    pixels = zlib.compress(bytes(3 * side + 1) * side, 9)
    parts = [b"\x89PNG\r\n\x1a\n", png_chunk(b"IHDR", size + b"\x08\x02\0\0\0")]
    parts += [png_chunk(b"acTL", frames.to_bytes(4, "big") + bytes(4))]
    for number in range(frames):
        first = (2 * number - 1 if number else 0).to_bytes(4, "big")
        control = first + size + bytes(8) + b"\0\1\0\1\0\0"
        data = (2 * number).to_bytes(4, "big") + pixels if number else pixels
        parts += [png_chunk(b"fcTL", control)]
        parts += [png_chunk(b"fdAT" if number else b"IDAT", data)]
    return b"".join((*parts, png_chunk(b"IEND", b"")))


def test_an_animation_is_bounded_as_a_whole(client_of):
    user = UserFactory()
    assert upload(client_of(user), user, bomb(1)).status_code == 200
    answer = upload(client_of(user), user, bomb(40))
    assert answer.status_code == 400
    assert "too large" in errors(answer)["avatar"]


def between(whole: bytes, at: int, part: bytes) -> bytes:
    """A picture with 30,000 more of a part at an offset."""
    return whole[:at] + part * 30_000 + whole[at:]


JPEG, GIF = encoded(picture(16, 12), "JPEG"), encoded(picture(16, 12), "GIF")
WEBP = encoded(picture(16, 12), "WEBP")


@pytest.mark.parametrize(
    "content",
    [
        between(JPEG, 2, b"\xff\xfe\0\2"),
        between(JPEG, 2, b"\xff\xd0"),
        between(JPEG, len(JPEG) - 2, b"\xff\xda\0\x08\1\1\0\0\x3f\0"),
        between(JPEG, len(JPEG) - 2, b"\xff\xdd\0\4\0\0"),
        between(PNG, 33, png_chunk(b"tEXt", b"")),
        between(PNG, len(PNG) - 12, png_chunk(b"fcTL", bytes(26))),
        between(GIF, len(GIF) - 1, b"\x21\xfe\0"),
        between(GIF, len(GIF) - 1, b"\x2c\0\0\0\0\1\0\1\0\0\2\0"),
        b"RIFF" + (2**18).to_bytes(4, "little") + between(WEBP[8:], 4, b"abcd\0\0\0\0"),
    ],
    ids=range(9),
)
def test_an_avatar_consists_of_a_bounded_number_of_parts(client_of, content):
    user = UserFactory()
    answer = upload(client_of(user), user, content)
    assert answer.status_code == 400
    assert "too many parts" in errors(answer)["avatar"]


def test_filling_is_no_part_of_an_avatar(client_of):
    user = UserFactory()
    filled = between(JPEG, 2, b"\xff\xff")
    assert upload(client_of(user), user, filled).status_code == 200


def test_tags_of_a_profile_that_lie_on_each_other_make_no_larger_avatar(client_of):
    """A hundred tags of a megabyte each, in a profile that has one megabyte."""
    user, size = UserFactory(), 2**20
    tags = [(b"rXYZ", 2000 + at, size - 3000) for at in range(99)] + [(b"x", 2000, 4)]
    table = b"".join(struct.pack(">4sII", *tag) for tag in tags)
    head = size.to_bytes(4, "big") + bytes(32) + b"acsp" + bytes(88)
    profile = (head + (100).to_bytes(4, "big") + table).ljust(size, b"\0")
    packed = png_chunk(b"iCCP", b"a\0\0" + zlib.compress(profile))
    content = PNG[:33] + packed + PNG[33:]
    url = upload(client_of(user), user, content).json()["avatar_url"]
    assert default_storage.size(url.removeprefix("/media/")) <= len(content)


@pytest.mark.parametrize(
    "content",
    [
        b"<svg onload='alert(1)'/>",
        b"<html>",
        b"MZ",
        b"RIFF\0\0\0\0WAVE",
        b"RIFF\x04\0\0\0WEBP",
        b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0" + bytes(10),
        b"GIF89a" + bytes(7) + b";",
    ],
)
def test_a_file_that_is_no_picture_is_no_avatar(client_of, content):
    user = UserFactory()
    answer = upload(client_of(user), user, content)
    assert answer.status_code == 400
    assert list(errors(answer)) == ["avatar"]
    user.refresh_from_db()
    assert not user.avatar


def test_a_huge_avatar_is_refused(client_of):
    user = UserFactory()
    answer = upload(client_of(user), user, PNG + b"\0" * 5 * 2**20)
    assert answer.status_code == 400
    assert errors(answer) == {"avatar": "The picture is larger than 5 MiB."}
    answer = upload(client_of(user), user, PNG + b"\0" * 7 * 2**20)
    assert answer.status_code == 413
    assert list(errors(answer)) == ["detail"]


@pytest.mark.parametrize("path", ["/api/user/{}/", "/api/delete/user/{}/"])
def test_deleting_an_account_takes_its_rows_along(client_of, path):
    file = FileFactory()
    kept = FileFactory()
    user = file.owner
    answer = client_of(UserFactory(admin=True)).delete(
        path.format(user.pk), {"id": user.pk}, format="json"
    )
    assert (answer.status_code, answer.content) == (204, b"")
    assert not User.objects.filter(pk=user.pk).exists()
    assert list(Photo.objects.all()) == [kept.photo]


@pytest.mark.parametrize("path", ["/api/user/{}/", "/api/delete/user/{}/"])
def test_an_administrator_is_not_deleted(client_of, path):
    admin = UserFactory(admin=True)
    answer = client_of(UserFactory(admin=True)).delete(path.format(admin.pk))
    assert answer.status_code == 400
    assert list(errors(answer)) == ["detail"]
    assert User.objects.filter(pk=admin.pk).exists()
