"""What is somebody else's answers as what does not exist, on every route with an id.

A route that takes an id, in its path or its body, needs an entry here: two requests
that differ only in the id, of something private and of nothing.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.urls import get_resolver

from librephotos.api.models import (
    BulkEdit,
    Face,
    PeopleEdit,
    Photo,
    SiteSettings,
    Thing,
    Upload,
    UserAlbum,
)
from librephotos.api.services import corrections, people
from librephotos.api.services.sharing import share_album, share_photos
from librephotos.api.storage.archives import ArchiveWriter
from librephotos.api.storage.previews import PreviewSize, preview_name
from librephotos.api.writes import user_albums
from tests.api.http.permission_rows_links import ALBUM, ALBUM_PHOTO, PHOTO
from tests.api.http.test_permissions import ROWS, methods, patterns
from tests.factories import (
    DownloadFactory,
    FaceFactory,
    FileFactory,
    JobFactory,
    LinkFactory,
    PersonFactory,
    PhotoFactory,
    PlaceFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
UNKNOWN = 2**40
NO_HASH = "f" * 32 + "9"
OPEN = "open-album"


class Ids(NamedTuple):
    """Ids of what is private, or under the same names ids of nothing."""

    photo: str
    image_hash: str
    face: int
    person: int
    cluster: int
    place: int
    thing: int
    album: int
    tag: int
    edit: int
    bulk_edit: int
    act: str
    job: int
    job_uuid: str
    upload: str
    folder: str
    day: int
    link: int
    slug: str
    """Of a link that was over a moment ago."""
    album_slug: str
    """Of a link to an album without the photo, for both alike."""
    download: str


@pytest.fixture
def private(tmp_path) -> Ids:
    """Something of every sort that belongs to a user who shares nothing of it."""
    owner = UserFactory(public_sharing=True)
    photo = FileFactory(
        photo__owner=owner,
        photo__place=PlaceFactory(name="Secret"),
        photo__motion_photo=True,
        path=b"/private/a.jpg",
    ).photo
    for size in (PreviewSize.BIG, PreviewSize.MEDIUM, PreviewSize.SMALL):
        name = preview_name(photo.pk, size, photo.preview_format)
        storages["previews"].save(name, ContentFile(b"picture"))
    person = PersonFactory(owner=owner)
    face = FaceFactory(photo=photo, person=person, crop=f"{photo.pk}.jpg")
    storages["previews"].save(face.crop, ContentFile(b"face"))
    other = UserAlbum.objects.create(owner=owner, title="Open")
    LinkFactory(album=other, slug=OPEN)
    thing = Thing.objects.create(owner=owner, kind="siglip2_tag", title="Secret")
    album = UserAlbum.objects.create(owner=owner, title="Secret")
    with transaction.atomic():
        user_albums.add(album, Photo.objects.filter(pk=photo.pk))
    friend = UserFactory()
    share_album(album, recipients=[friend.pk], options={})
    share_photos(
        Photo.objects.filter(pk=photo.pk),
        owner=owner,
        recipients=[friend.pk],
        options={},
    )
    people.rename(PersonFactory(owner=owner), name="Somebody else")
    tag = Thing.objects.create(owner=owner, kind="user_tag", title="Secret")
    mine = Photo.objects.filter(pk=photo.pk)
    act = corrections.say(mine, {"title": "Secret"}, user=owner)
    job = JobFactory(started_by=owner)
    download = DownloadFactory(owner=owner, job=job)
    with closing(ArchiveWriter(download.pk)) as archive:
        archive.add_bytes("a.txt", b"", crc32=0)
        archive.keep()
    return Ids(
        photo=str(photo.pk),
        image_hash=photo.image_hash,
        face=face.pk,
        person=person.pk,
        cluster=PersonFactory(owner=owner, cluster=True).pk,
        place=photo.place_id,
        thing=thing.pk,
        album=album.pk,
        tag=tag.pk,
        act=str(act.batch),
        edit=PeopleEdit.objects.get(owner=owner).pk,
        bulk_edit=BulkEdit.objects.create(owner=owner, after={"hidden": True}).pk,
        job=job.pk,
        job_uuid=str(job.job_id),
        upload=str(Upload.objects.create(owner=owner, received=1).pk),
        folder="/private",
        day=photo.day,
        link=LinkFactory(photo=photo).pk,
        slug=LinkFactory(
            album=album, expires_at=datetime.now(UTC) - timedelta(seconds=1)
        ).slug,
        album_slug=OPEN,
        download=f"{download.pk}{owner.pk}",
    )


NOTHING = Ids(
    photo=str(uuid.UUID(int=9)),
    image_hash=NO_HASH,
    face=UNKNOWN,
    person=UNKNOWN,
    cluster=UNKNOWN,
    place=UNKNOWN,
    thing=UNKNOWN,
    album=UNKNOWN,
    tag=UNKNOWN,
    edit=UNKNOWN,
    bulk_edit=UNKNOWN,
    act=str(uuid.UUID(int=9)),
    job=UNKNOWN,
    job_uuid=str(uuid.UUID(int=9)),
    upload=str(uuid.UUID(int=9)),
    folder="/nothing",
    day=5,
    link=UNKNOWN,
    slug="0" * 22,
    album_slug=OPEN,
    download=f"{uuid.UUID(int=9)}9",
)
Request = tuple[str, Mapping[str, Any] | None]
Requests = Callable[[Ids, Photo, int], list[Request]]


def paths(*templates: str, body: Mapping[str, Any] | None = None) -> Requests:
    """Ask for addresses with the names of ids in them."""
    return lambda ids, own, face: [(t.format(**ids._asdict()), body) for t in templates]


def photo_paths(template: str, body: Mapping[str, Any] | None = None) -> Requests:
    """Ask for an address with the UUID and with the hash of a photo."""
    return paths(template.format("{photo}"), template.format("{image_hash}"), body=body)


def bodies(address: str, *templates: Callable[[Ids, Photo, int], Any]) -> Requests:
    """Send bodies that name something."""
    return lambda ids, own, face: [
        (address, make(ids, own, face)) for make in templates
    ]


def edited(kind: str, **values: Any) -> Requests:
    """Edit photos: of others alone, and among one's own."""
    of_views = (
        lambda ids, own, face, view=view: {
            "select_all": True,
            "query": {view: getattr(ids, view)},
            **values,
        }
        for view in ("person", "album", "thing", "place", "folder")
    )
    return bodies(
        f"/api/photosedit/{kind}/",
        *of_views,
        lambda ids, own, face: {"image_hashes": [ids.photo, ids.image_hash], **values},
        lambda ids, own, face: {
            "image_hashes": [ids.image_hash, own.image_hash, ids.photo],
            **values,
        },
        lambda ids, own, face: {
            "select_all": True,
            "query": {},
            "excluded_hashes": [ids.image_hash],
            **values,
        },
    )


def copies() -> Requests:
    """Erase a copy that is somebody else's."""
    return bodies(
        "/api/photosedit/duplicate/delete/",
        lambda ids, own, face: {"image_hash": ids.photo, "path": "/private/a.jpg"},
        lambda ids, own, face: {"image_hash": ids.image_hash, "path": "/private/a.jpg"},
    )


def of_faces(address: str, **values: Any) -> Requests:
    """Say something of faces: of others alone, and among one's own."""
    return bodies(
        f"/api/{address}/",
        lambda ids, own, face: {"face_ids": [ids.face], **values},
        lambda ids, own, face: {"face_ids": [ids.face, face], **values},
    )


CASES: dict[tuple[str, str], Requests] = {
    ("get", "api/upload/<str:upload_id>/"): paths("/api/upload/{upload}/"),
    ("delete", "api/upload/<str:upload_id>/"): paths("/api/upload/{upload}/"),
    ("post", "api/upload/complete/"): bodies(
        "/api/upload/complete/",
        lambda ids, own, face: {"upload_id": ids.upload, "md5": "a" * 32},
    ),
    ("get", "api/albums/date/<number:day>/"): lambda ids, own, face: [
        (f"/api/albums/date/{ids.day}/", None),
        (f"/api/albums/date/{own.day}/?person={ids.person}", None),
        (f"/api/albums/date/{own.day}/?folder={ids.folder}", None),
        (f"/api/albums/date/{own.day}/?tag={ids.tag}", None),
    ],
    ("get", "api/albums/place/<number:place_id>/"): paths("/api/albums/place/{place}/"),
    ("get", "api/albums/thing/<number:thing_id>/"): paths("/api/albums/thing/{thing}/"),
    ("get", "api/albums/user/<number:album_id>/"): paths("/api/albums/user/{album}/"),
    ("patch", "api/albums/user/<number:album_id>/"): paths(
        "/api/albums/user/{album}/", body={"title": "Mine"}
    ),
    ("delete", "api/albums/user/<number:album_id>/"): paths(
        "/api/albums/user/{album}/"
    ),
    ("post", "api/albums/user/edit/"): bodies(
        "/api/albums/user/edit/",
        lambda ids, own, face: {"title": "Mine", "photos": [ids.photo]},
        lambda ids, own, face: {"title": "Secret", "photos": [ids.image_hash]},
        lambda ids, own, face: {
            "title": "Mine",
            "photos": [own.image_hash, ids.image_hash],
        },
        lambda ids, own, face: {
            "title": "Mine",
            "photos": [],
            "cover_photo": ids.photo,
        },
    ),
    ("patch", "api/albums/user/edit/<number:album_id>/"): paths(
        "/api/albums/user/edit/{album}/", body={"photos": [], "locked": True}
    ),
    ("get", "api/albums/user/<number:album_id>/shares/"): paths(
        "/api/albums/user/{album}/shares/"
    ),
    ("post", "api/useralbum/share/"): bodies(
        "/api/useralbum/share/",
        *(
            lambda ids, own, face, shared=shared, target=target: {
                "album_id": ids.album,
                "shared": shared,
                "target_user_id": target or own.owner_id,
            }
            for shared in (True, False)
            for target in (None, UNKNOWN)
        ),
    ),
    ("get", "api/photos/<str:name>/shares/"): photo_paths("/api/photos/{}/shares/"),
    ("post", "api/photosedit/share/"): bodies(
        "/api/photosedit/share/",
        *(
            lambda ids, own, face, shared=shared: {
                "image_hashes": [ids.photo, ids.image_hash, own.image_hash],
                "val_shared": shared,
                "target_user_id": own.owner_id if not shared else UNKNOWN,
            }
            for shared in (True, False)
        ),
    ),
    ("get", "api/photos/<str:name>/albums/"): photo_paths("/api/photos/{}/albums/"),
    ("patch", "api/photos/edit/<str:name>/"): photo_paths(
        "/api/photos/edit/{}/", {"exif_timestamp": None}
    ),
    ("get", "api/photos/<str:name>/summary/"): photo_paths("/api/photos/{}/summary/"),
    ("get", "api/photos/<str:name>/"): photo_paths("/api/photos/{}/"),
    ("post", "api/photosedit/favorite/"): edited("favorite", favorite=True),
    ("post", "api/photosedit/hide/"): edited("hide", hidden=False),
    ("post", "api/photosedit/makepublic/"): edited("makepublic", val_public=True),
    ("post", "api/photosedit/setdeleted/"): edited("setdeleted", deleted=False),
    ("post", "api/photosedit/rate/"): edited("rate", rating=3),
    ("post", "api/photosedit/selected/"): edited("selected"),
    ("post", "api/photosedit/delete/"): edited("delete"),
    ("delete", "api/photosedit/delete/"): edited("delete"),
    ("post", "api/photosedit/duplicate/delete/"): copies(),
    ("delete", "api/photosedit/duplicate/delete/"): copies(),
    ("post", "api/photosedit/edits/<number:edit_id>/undo/"): paths(
        "/api/photosedit/edits/{bulk_edit}/undo/"
    ),
    ("post", "api/photosedit/savecaption/"): bodies(
        "/api/photosedit/savecaption/",
        lambda ids, own, face: {"image_hash": ids.image_hash, "caption": "x"},
        lambda ids, own, face: {"image_hash": ids.photo, "caption": "x"},
    ),
    ("get", "api/photos/<str:name>/metadata/"): photo_paths("/api/photos/{}/metadata"),
    ("patch", "api/photos/<str:name>/metadata/"): photo_paths(
        "/api/photos/{}/metadata", {"title": "Mine"}
    ),
    ("get", "api/photos/<str:name>/metadata/history/"): photo_paths(
        "/api/photos/{}/metadata/history"
    ),
    ("post", "api/photos/<str:name>/metadata/revert-all/"): photo_paths(
        "/api/photos/{}/metadata/revert-all"
    ),
    ("post", "api/photos/<str:name>/metadata/revert/<str:edit>/"): photo_paths(
        "/api/photos/{}/metadata/revert/1"
    ),
    ("get", "api/photos/metadata/bulk/"): paths(
        "/api/photos/metadata/bulk?photo_ids={photo},{image_hash}"
    ),
    ("patch", "api/photos/metadata/bulk/"): bodies(
        "/api/photos/metadata/bulk",
        lambda ids, own, face: {
            "photo_ids": [ids.photo, ids.image_hash],
            "updates": {"title": "Mine"},
        },
    ),
    ("get", "api/photos/<str:name>/file/<str:file_hash>/"): lambda ids, own, face: [
        (f"/api/photos/{ids.photo}/file/{ids.image_hash[:32]}", None),
        (f"/api/photos/{own.pk}/file/{ids.image_hash[:32]}", None),
    ],
    ("post", "api/photos/<str:name>/main-file/"): lambda ids, own, face: [
        (f"/api/photos/{ids.photo}/main-file", {"file_hash": ids.image_hash[:32]}),
        (f"/api/photos/{own.pk}/main-file", {"file_hash": ids.image_hash[:32]}),
    ],
    ("post", "api/photosedit/rotate/"): bodies(
        "/api/photosedit/rotate/",
        lambda ids, own, face: {"image_hash": ids.image_hash, "angle": 90},
        lambda ids, own, face: {"image_hash": ids.photo, "angle": 90},
    ),
    ("post", "api/photosedit/category/"): edited("category", category="photo"),
    ("post", "api/photosedit/shift/"): edited("shift", seconds=60),
    ("post", "api/photosedit/turn/"): edited("turn", angle=90),
    ("post", "api/photosedit/place/"): edited("place", latitude=1, longitude=1),
    ("post", "api/photosedit/revert/"): bodies(
        "/api/photosedit/revert/", lambda ids, own, face: {"edit": ids.act}
    ),
    ("get", "api/tags/"): paths("/api/tags/?photo={photo}"),
    ("get", "api/tags/<number:tag_id>/"): paths("/api/tags/{tag}/"),
    ("patch", "api/tags/<number:tag_id>/"): paths(
        "/api/tags/{tag}/", body={"name": "Mine"}
    ),
    ("delete", "api/tags/<number:tag_id>/"): paths("/api/tags/{tag}/"),
    ("post", "api/tags/<number:tag_id>/add/"): lambda ids, own, face: [
        (f"/api/tags/{ids.tag}/add/", {"photos": [str(own.pk)]}),
    ],
    ("post", "api/tags/<number:tag_id>/remove/"): lambda ids, own, face: [
        (f"/api/tags/{ids.tag}/remove/", {"photos": [str(own.pk)]}),
    ],
    ("post", "api/tags/<number:tag_id>/merge/"): lambda ids, own, face: [
        (f"/api/tags/{ids.tag}/merge/", {"tag": ids.tag + 1}),
    ],
    ("post", "api/photosedit/generateim2txt/"): bodies(
        "/api/photosedit/generateim2txt/",
        lambda ids, own, face: {"image_hash": ids.image_hash},
        lambda ids, own, face: {"image_hash": ids.photo},
    ),
    ("post", "api/photos/download/"): bodies(
        "/api/photos/download/",
        lambda ids, own, face: {"image_hashes": [ids.photo, ids.image_hash]},
        lambda ids, own, face: {"image_hashes": [ids.photo, own.image_hash]},
        lambda ids, own, face: {"user_album": ids.album},
    ),
    ("get", "api/photos/download/"): paths(
        "/api/photos/download/?job_id={job}", "/api/photos/download/?job_id={job_uuid}"
    ),
    ("get", "api/downloads/<str:name>/"): paths("/api/downloads/{download}"),
    ("delete", "api/delete/zip/<str:name>/"): paths("/api/delete/zip/{download:.36}"),
    ("get", "media/zip/<str:name>/"): paths("/media/zip/{download:.36}"),
    ("get", "api/exists/<str:name>/"): photo_paths("/api/exists/{}/"),
    ("get", "api/jobs/<str:name>/"): paths("/api/jobs/{job}/", "/api/jobs/{job_uuid}/"),
    ("delete", "api/jobs/<str:name>/"): paths("/api/jobs/{job}/"),
    ("post", "api/jobs/<str:name>/cancel/"): paths("/api/jobs/{job}/cancel/"),
    ("get", "api/jobs/<str:name>/failures/"): paths("/api/jobs/{job}/failures/"),
    ("post", "api/faces/reject/"): bodies(
        "/api/faces/reject/",
        lambda ids, own, face: {"face_ids": [ids.face, face]},
        lambda ids, own, face: {"face_ids": [face], "person_id": ids.person},
        lambda ids, own, face: {"face_ids": [face], "person_id": ids.cluster},
    ),
    ("post", "api/faces/dismiss/"): of_faces("faces/dismiss"),
    ("post", "api/faces/restore/"): of_faces("faces/restore"),
    ("post", "api/labelfaces/"): of_faces("labelfaces", person_name="Anna"),
    ("post", "api/deletefaces/"): of_faces("deletefaces"),
    ("post", "api/persons/split/"): of_faces("persons/split", person_name="Bob"),
    ("get", "api/faces/"): paths(
        "/api/faces/?person={person}", "/api/faces/?person={cluster}"
    ),
    ("post", "api/addface/"): bodies(
        "/api/addface/",
        *(
            lambda ids, own, face, name=name: {
                "photo": getattr(ids, name),
                "location": {"top": 1, "left": 1, "right": 90, "bottom": 90},
            }
            for name in ("photo", "image_hash")
        ),
    ),
    ("get", "api/persons/<number:person_id>/"): paths(
        "/api/persons/{person}/", "/api/persons/{cluster}/"
    ),
    ("patch", "api/persons/<number:person_id>/"): paths(
        "/api/persons/{person}/", body={"newPersonName": "Anna"}
    ),
    ("delete", "api/persons/<number:person_id>/"): paths("/api/persons/{person}/"),
    ("post", "api/persons/<number:person_id>/merge/"): lambda ids, own, face: [
        (f"/api/persons/{ids.person}/merge/", {"person_ids": [ids.cluster]}),
        (f"/api/persons/{_person_of(face)}/merge/", {"person_ids": [ids.person]}),
        (f"/api/persons/{_person_of(face)}/merge/", {"person_ids": [ids.cluster]}),
    ],
    ("post", "api/persons/<number:person_id>/forget/"): paths(
        "/api/persons/{person}/forget/"
    ),
    ("get", "api/albums/person/<number:person_id>/"): paths(
        "/api/albums/person/{person}/", "/api/albums/person/{cluster}/"
    ),
    ("post", "api/people/edits/<number:edit_id>/undo/"): paths(
        "/api/people/edits/{edit}/undo/"
    ),
    ("get", "media/faces/<str:name>/"): lambda ids, own, face: [
        (f"/media/faces/{ids.image_hash}_{ids.face}.jpg", None),
        (f"/media/faces/{ids.photo}_{ids.face}.jpg", None),
        (f"/media/faces/{own.image_hash}_{ids.face}.jpg", None),
    ],
    ("get", "api/folders/subfolders/"): paths("/api/folders/subfolders/?path={folder}"),
    ("get", "api/albums/date/list/"): paths(
        "/api/albums/date/list/?person={person}",
        "/api/albums/date/list/?folder={folder}",
        "/api/albums/date/list/?tag={tag}",
        "/api/albums/date/list/?public=1&person={person}",
    ),
    ("post", "api/useralbum/makepublic/"): bodies(
        "/api/useralbum/makepublic/",
        lambda ids, own, face: {"album_id": ids.album, "val_public": True},
        lambda ids, own, face: {"album_id": str(ids.album), "val_public": False},
    ),
    ("post", "api/photo/share/"): bodies(
        "/api/photo/share/",
        lambda ids, own, face: {"photo_id": ids.photo},
        lambda ids, own, face: {"photo_id": ids.image_hash, "action": "disable"},
    ),
    ("get", "api/links/"): paths(
        "/api/links/?album={album}",
        "/api/links/?photo={photo}",
        "/api/links/?photo={image_hash}",
    ),
    ("delete", "api/links/<number:link_id>/"): paths("/api/links/{link}/"),
    ("get", ALBUM): paths("/api/public/albums/s/{slug}/"),
    ("post", f"{ALBUM}unlock/"): paths(
        "/api/public/albums/s/{slug}/unlock/", body={"password": "x"}
    ),
    ("get", PHOTO): paths("/api/public/photo/{slug}/"),
    ("post", f"{PHOTO}unlock/"): paths(
        "/api/public/photo/{slug}/unlock/", body={"password": "x"}
    ),
    ("get", ALBUM_PHOTO): paths(
        "/api/public/albums/s/{slug}/photos/{photo}/",
        "/api/public/albums/s/{album_slug}/photos/{photo}/",
        "/api/public/albums/s/{album_slug}/photos/{image_hash}/",
    ),
    **{
        ("get", f"{ALBUM_PHOTO}media/{kind}/"): paths(
            f"/api/public/albums/s/{{slug}}/photos/{{photo}}/media/{end}/",
            f"/api/public/albums/s/{{album_slug}}/photos/{{photo}}/media/{end}/",
            f"/api/public/albums/s/{{album_slug}}/photos/{{image_hash}}/media/{end}/",
        )
        for kind, end in (
            *((kind, kind) for kind in ("thumbnail", "medium", "small")),
            *((kind, kind) for kind in ("video", "motion", "playable", "file")),
            ("face/<number:face_id>", "face/{face}"),
        )
    },
    **{
        ("get", f"{PHOTO}media/{kind}/"): paths(
            f"/api/public/photo/{{slug}}/media/{kind}/"
        )
        for kind in ("thumbnail", "video", "motion", "playable", "file")
    },
    **{
        ("get", f"media/{kind}/<str:name>/"): photo_paths(f"/media/{kind}/{{}}")
        for kind in (
            *("thumbnails_big", "square_thumbnails", "square_thumbnails_small"),
            *("photos", "video", "embedded_media", "playable"),
        )
    },
}
NOT_PRIVATE = {
    # Accounts and their pictures are known to all who have signed in.
    ("get", "api/user/<number:pk>/"),
    ("patch", "api/user/<number:pk>/"),
    ("delete", "api/user/<number:pk>/"),
    ("get", "api/manage/user/<number:pk>/"),
    ("patch", "api/manage/user/<number:pk>/"),
    ("delete", "api/delete/user/<number:pk>/"),
    ("get", "media/avatars/<str:name>/"),
    # Models are the server's.
    ("delete", "api/models/<path:name>/"),
    ("post", "api/models/<path:name>/download/"),
    ("get", "media/<path:rest>"),
    # Its body is a form: see test_uploads.
    ("post", "api/upload/"),
    # Administrators may know of every file why it cannot be read.
    ("get", "api/media/diagnostics/<str:name>/"),
    # So are directories, and processes.
    ("get", "api/manage/user/<number:user_id>/directories/"),
    ("post", "api/manage/user/<number:user_id>/directories/"),
    ("delete", "api/manage/user/<number:user_id>/directories/<number:directory_id>/"),
    ("post", "api/manage/user/<number:user_id>/scan/"),
    ("get", "api/services/<str:name>/"),
    ("post", "api/services/<str:name>/start/"),
    ("post", "api/services/<str:name>/stop/"),
    # Nobody has events yet.
    ("get", "api/albums/auto/<number:event_id>/"),
    ("delete", "api/albums/auto/<number:event_id>/"),
    ("post", "api/albums/auto/delete_all/"),
    # These name nothing.
    ("post", "api/autoalbumgen/"),
    ("post", "api/autoalbumtitlegen/"),
    ("post", "api/email-config/"),
    ("post", "api/email-config/test/"),
    ("post", "api/datetimerules/preview/"),
    ("post", "api/nextcloud/scanphotos/"),
    ("post", "api/auth/token/obtain/"),
    ("post", "api/auth/token/refresh/"),
    ("post", "api/auth/token/blacklist/"),
    ("post", "api/user/"),
    ("post", "api/sitesettings/"),
    ("post", "api/files/failed/retry/"),
    ("post", "api/scanphotos/"),
    ("post", "api/fullscanphotos/"),
    ("post", "api/scanuploadedphotos/"),
    ("post", "api/deletemissingphotos/"),
    ("post", "api/classifymedia/"),
    ("post", "api/savemetadata/"),
    ("post", "api/tags/"),
    ("post", "api/trainfaces/"),
    ("post", "api/scanfaces/"),
    ("post", "api/clusterfaces/"),
}


def _person_of(face: int) -> int:
    return Face.objects.get(pk=face).person_id


def test_every_route_that_takes_an_id_is_tried():
    found = {
        (method, route)
        for route, view in patterns(get_resolver().url_patterns)
        for method in methods(view)
        if "<" in route or method != "get"
    }
    assert sorted(found - CASES.keys() - NOT_PRIVATE) == []
    known = {(row.method, row.route) for row in ROWS}
    assert sorted((CASES.keys() | NOT_PRIVATE) - known) == []


@pytest.mark.parametrize("caller", ["stranger", "anonymous"])
@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_private_and_unknown_answer_alike(client_of, private, case, caller):
    if "generateim2txt" in case[1]:
        settings = SiteSettings.current()
        settings.captioning_model = "blip-image-captioning-base"
        settings.save()
    if "delete" in case[1]:
        SiteSettings.current()
        SiteSettings.objects.update(delete_originals=True)
    stranger = UserFactory()
    own = PhotoFactory(owner=stranger, taken_at=datetime(2020, 2, 2, tzinfo=UTC))
    person = PersonFactory(owner=stranger)
    face = FaceFactory(photo=own, person=person).pk
    client = client_of(stranger if caller == "stranger" else None)
    of_private = CASES[case](private, own, face)
    of_nothing = CASES[case](NOTHING, own, face)
    assert of_private and len(of_private) == len(of_nothing)
    for (path, body), (other_path, other_body) in zip(
        of_private, of_nothing, strict=True
    ):
        answers = []
        for address, sent in ((path, body), (other_path, other_body)):
            answers.append(told(client, case[0], address, sent))
        assert answers[0] == answers[1], path


def told(client, method: str, path: str, body: Any) -> tuple[Any, ...]:
    """Return all that an answer tells, and take back what it did."""
    with transaction.atomic():
        answer = getattr(client, method)(path, body, format="json")
        content = b"".join(answer) if answer.streaming else answer.content
        transaction.set_rollback(True)
    text = content.decode()
    for asked in re.findall(r"[?&](?:folder|path|person)=([^&]+)", path):
        text = text.replace(asked, "ASKED")
    headers = dict(answer.headers)
    # As long as its text, of which the numbers of rows are left out.
    length = headers.pop("Content-Length", None)
    assert length is None or int(length) == len(content)
    return answer.status_code, sorted(headers.items()), forget_ids(text)


def forget_ids(text: str) -> str:
    """Leave out the numbers of rows that the answer itself has made."""
    text = re.sub(r'"(job_id|url|edit)":\s*"[0-9a-f-]{36}"', r'"\1": ""', text)
    return re.sub(r'"(edit|undo|id|person|person_id)":\s*"?\d+"?', r'"\1": 0', text)
