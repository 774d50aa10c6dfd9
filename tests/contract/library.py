"""A library with one photo of every sort, and another one beside it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from librephotos.api.models import File, Job, Photo, User
from librephotos.api.writes import search_document
from tests.factories import (
    FileFactory,
    JobFactory,
    PhotoFactory,
    PhotoMetadataFactory,
    PlaceFactory,
    UserFactory,
)

SHOWN = frozenset(
    ("image", "video", "motion", "undated", "placed", "bare", "public", "badly_named")
)
"""The photos that belong into the timeline."""


@dataclass(frozen=True)
class Library:
    """Whose it is, their photos by what is special about them, and a stranger's."""

    root: Path
    owner: User
    stranger: User
    admin: User
    photos: dict[str, Photo]
    foreign: dict[str, Photo]
    job: Job

    def hashes(self, *names: str) -> list[str]:
        """Return the image hashes of the owner's photos of these names."""
        return [self.photos[name].image_hash for name in names]


def build_library(root: Path) -> Library:
    """Fill the database; `root` becomes everybody's scan directory."""
    owner = UserFactory(first_name="Ada", public_sharing=True)
    stranger, admin = UserFactory(public_sharing=True), UserFactory(admin=True)
    for user in (owner, stranger, admin):
        user.scan_directories.create(path=os.fsencode(root))
    photos = _photos(owner, root)
    foreign = {
        "private": _photo(stranger, root, b"theirs.jpg"),
        "public": _photo(stranger, root, b"shown.jpg", public=True),
    }
    search_document.refresh(Photo.objects.values_list("id", flat=True))
    return Library(
        root=root,
        owner=owner,
        stranger=stranger,
        admin=admin,
        photos=photos,
        foreign=foreign,
        job=JobFactory(started_by=owner, running=True),
    )


def _photos(owner: User, root: Path) -> dict[str, Photo]:
    def photo(name: bytes, **values: Any) -> Photo:
        return _photo(owner, root, name, **values)

    bare = PhotoFactory(owner=owner)
    FileFactory(photo=bare, path=os.fsencode(root) + b"/bare.jpg")
    unprocessed = photo(b"new.jpg", aspect_ratio=None, preview_format="")
    failed = photo(
        b"broken.jpg",
        width=None,
        height=None,
        aspect_ratio=None,
        preview_format="",
        undated=True,
    )
    File.objects.filter(photo=failed).update(
        state=File.State.FAILED, error="The JPEG data ends too early."
    )
    return {
        "image": photo(b"image.jpg", dominant_color="", user_caption="A boat"),
        "video": photo(b"clip.mp4", video=True, duration_s=12.5, clip_format="mp4"),
        "motion": photo(b"motion.jpg", motion_photo=True),
        "undated": photo(b"undated.png", undated=True),
        "placed": photo(b"placed.jpg", latitude=43.77, longitude=11.25, place=_town()),
        "bare": bare,
        "public": photo(b"public.jpg", public=True),
        "badly_named": photo("größe".encode("latin-1") + b".jpg"),
        "unprocessed": unprocessed,
        "failed": failed,
        "hidden": photo(b"hidden.jpg", hidden=True),
        "trashed": photo(b"trashed.jpg", in_trashcan=True),
        "removed": photo(b"removed.jpg", in_trashcan=True, removed=True),
    }


def _photo(owner: User, root: Path, name: bytes, **values: Any) -> Photo:
    file = FileFactory(
        photo=PhotoFactory(owner=owner, **values), path=os.fsencode(root) + b"/" + name
    )
    PhotoMetadataFactory(photo=file.photo, lens="RF50mm", fstop=2.8)
    return file.photo


def _town() -> Any:
    country = PlaceFactory(name="Italy")
    region = PlaceFactory(name="Tuscany", parent=country, level=2)
    return PlaceFactory(name="Florence", parent=region, level=3)
