"""Links that show something, and all ways in which one ceases to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from librephotos.api.models import Link, Photo, User, UserAlbum
from librephotos.api.models.sharing.links import new_slug
from librephotos.api.storage.previews import PreviewSize, preview_name
from tests.factories import FaceFactory, LinkFactory, PersonFactory, PhotoFactory

PASSWORD = "open sesame"
ALL = dict.fromkeys(
    (
        "share_location",
        "share_camera_info",
        "share_timestamps",
        "share_captions",
        "share_faces",
    ),
    True,
)


@dataclass(frozen=True)
class Shown:
    """A photo with previews and a named face, and the links to it and its album."""

    photo: Photo
    album: UserAlbum
    link: Link
    photo_link: Link

    @property
    def face(self) -> int:
        """The id of the face."""
        return int(self.photo.faces.get().pk)

    def json(self) -> list[str]:
        """Every address that tells something."""
        return [
            f"/api/public/albums/s/{self.link.slug}/",
            f"/api/public/albums/s/{self.link.slug}/photos/{self.photo.pk}/",
            f"/api/public/albums/s/{self.link.slug}/photos/{self.photo.image_hash}/",
            f"/api/public/photo/{self.photo_link.slug}/",
        ]

    def media(self) -> list[str]:
        """Every address of bytes below the links that has some."""
        start = f"/api/public/albums/s/{self.link.slug}/photos/{self.photo.pk}/media"
        return [
            *(f"{start}/{kind}/" for kind in ("thumbnail", "medium", "small")),
            f"{start}/face/{self.face}/",
            f"/api/public/photo/{self.photo_link.slug}/media/thumbnail/",
        ]

    def hashed(self) -> list[str]:
        """Every address by the hash that is open to those who may see the album."""
        hash, face = self.photo.image_hash, self.face
        return [
            f"/media/thumbnails_big/{hash}",
            f"/media/square_thumbnails/{hash}",
            f"/media/square_thumbnails_small/{self.photo.pk}",
            f"/media/faces/{hash}_{face}.jpg",
        ]

    def all(self) -> list[str]:
        """Every address at which there is something."""
        return [*self.json(), *self.media(), *self.hashed()]


def shown(owner: User, **photo: Any) -> Shown:
    """Show a photo of somebody's by links that tell all."""
    row = with_previews(PhotoFactory(owner=owner, **photo))
    anna = PersonFactory(owner=owner, name="Anna")
    face = FaceFactory(photo=row, person=anna, person_source="user", crop=f"{row}.jpg")
    storages["previews"].save(face.crop, ContentFile(b"face"))
    return shown_by_links(row)


def shown_by_links(photo: Photo) -> Shown:
    """Show a photo by links that tell all: to it and to an album."""
    album = UserAlbum.objects.create(owner=photo.owner, title="Summer")
    album.members.create(photo=photo)
    return Shown(
        photo,
        album,
        LinkFactory(album=album, sharing_options=ALL),
        LinkFactory(photo=photo, sharing_options=ALL),
    )


def with_previews(photo: Photo) -> Photo:
    """Store previews of a photo; each says which it is."""
    for size in (PreviewSize.BIG, PreviewSize.MEDIUM, PreviewSize.SMALL):
        name = preview_name(photo.pk, size, photo.preview_format)
        storages["previews"].save(name, ContentFile(size.encode()))
    return photo


def _links(**values: Any) -> Callable[[Shown], Any]:
    return lambda it: Link.objects.filter(owner=it.link.owner).update(**values)


def _photo(**values: Any) -> Callable[[Shown], Any]:
    return lambda it: Photo.objects.filter(pk=it.photo.pk).update(**values)


def _rotate(it: Shown) -> None:
    for link in (it.link, it.photo_link):
        Link.objects.filter(pk=link.pk).update(slug=new_slug())


ENDS: dict[str, Callable[[Shown], Any]] = {
    "over for a second": lambda it: _links(
        expires_at=datetime.now(UTC) - timedelta(seconds=1)
    )(it),
    "revoked": lambda it: Link.objects.filter(owner=it.link.owner).delete(),
    "hidden": _photo(hidden=True),
    "in the trash": _photo(in_trashcan=True),
    "removed": _photo(removed=True),
    "not processed": _photo(aspect_ratio=None),
    "of somebody who was deactivated": lambda it: User.objects.filter(
        pk=it.photo.owner_id
    ).update(is_active=False),
    "given away": lambda it: Link.objects.filter(pk=it.photo_link.pk).delete()
    and it.album.members.all().delete(),
}
"""What ends that a photo is shown at all."""

MOVES: dict[str, Callable[[Shown], Any]] = {
    "rotated": _rotate,
    "locked": lambda it: _links(password=make_password(PASSWORD))(it),
}
"""What ends that it is shown at the addresses of before."""


def tag_of(client: Any, path: str) -> str:
    """Return the tag by which a browser asks whether a picture is still the same."""
    found = client.get(path)
    assert b"".join(found)
    return str(found["ETag"])


def answer(client: Any, path: str, **options: Any) -> tuple[int, bytes]:
    """Return status and body of an answer."""
    found = client.get(path, **options)
    body = b"".join(found) if found.streaming else found.content
    return found.status_code, body
