"""Rows for tests: photos are processed and visible unless told otherwise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from librephotos.api.models import (
    Download,
    Face,
    File,
    Job,
    Link,
    Person,
    Photo,
    PhotoMetadata,
    Place,
    User,
)
from librephotos.api.models.sharing.links import new_slug
from librephotos.media.fingerprint import key64

PASSWORD = "correct horse battery staple"
FIRST_DAY = datetime(2021, 7, 5, 10, 4, tzinfo=UTC)


class UserFactory(DjangoModelFactory[User]):
    """An ordinary user; PASSWORD is the password."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.org")
    password = factory.django.Password(PASSWORD)

    class Params:
        admin = factory.Trait(is_staff=True, is_superuser=True)
        staff = factory.Trait(is_staff=True)


class PhotoFactory(DjangoModelFactory[Photo]):
    """A visible JPEG, one a minute from 5 July 2021 on."""

    class Meta:
        model = Photo

    class Params:
        md5 = factory.Sequence(lambda n: f"{n:032x}")
        latitude = longitude = None
        undated = factory.Trait(taken_at=None, day=Photo.UNDATED)

    owner = factory.SubFactory(UserFactory)
    image_hash = factory.LazyAttribute(lambda row: Photo.hash_of(row.md5, row.owner))
    file_latitude = factory.SelfAttribute("latitude")
    file_longitude = factory.SelfAttribute("longitude")
    width = 4000
    height = 3000
    aspect_ratio = factory.LazyAttribute(lambda row: row.width / row.height)
    preview_format = "webp"
    dominant_color = "#405060"
    taken_at = factory.Sequence(lambda n: FIRST_DAY + timedelta(minutes=n % 600))
    day = factory.LazyAttribute(lambda row: row.taken_at.toordinal())


class FileFactory(DjangoModelFactory[File]):
    """The main file of a photo, at a path that need not exist."""

    class Meta:
        model = File
        skip_postgeneration_save = True

    photo = factory.SubFactory(PhotoFactory)
    owner = factory.SelfAttribute("photo.owner")
    path = factory.Sequence(lambda n: b"/pictures/photo-%d.jpg" % n)
    path_key = factory.LazyAttribute(lambda row: key64(row.path))
    capture_key = factory.LazyAttribute(lambda row: key64(row.path, 1))
    size = 1_000_000
    mtime_ns = 1_625_479_440_000_000_000
    inode = factory.Sequence(lambda n: n)
    md5 = factory.LazyAttribute(lambda row: row.photo.image_hash[:32])
    kind = "image"
    format = "JPEG"
    mime = "image/jpeg"
    state = File.State.READY

    @factory.post_generation
    def main(self: File, create: bool, extracted: bool | None, **_: Any) -> None:
        """Make this the photo's main file, unless `main=False`."""
        if create and extracted is not False and self.photo is not None:
            self.photo.main_file = self
            self.photo.save(update_fields=["main_file"])


class PhotoMetadataFactory(DjangoModelFactory[PhotoMetadata]):
    """What the file of a photo says of itself."""

    class Meta:
        model = PhotoMetadata

    photo = factory.SubFactory(PhotoFactory)
    camera_make = "Canon"
    camera_model = "EOS R6"


class PlaceFactory(DjangoModelFactory[Place]):
    """A country, or with `parent` and `level` what lies in one."""

    class Meta:
        model = Place

    level = 1
    name = factory.Sequence(lambda n: f"Country {n}")
    latitude = 48.1
    longitude = 11.6


class PersonFactory(DjangoModelFactory[Person]):
    """Somebody with a name."""

    class Meta:
        model = Person

    owner = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda n: f"Person {n}")

    class Params:
        cluster = factory.Trait(kind=Person.Kind.CLUSTER)


def one_person(number: int) -> list[float]:
    """Return an encoding that is far from that of any other number below 128."""
    return [0.7 if axis == number % 128 else 0.0 for axis in range(128)]


class FaceFactory(DjangoModelFactory[Face]):
    """An unknown face in the middle of a photo, unlike any other."""

    class Meta:
        model = Face

    photo = factory.SubFactory(PhotoFactory)
    owner = factory.SelfAttribute("photo.owner")
    visible = factory.SelfAttribute("photo.visible")
    left, top, right, bottom = 0.4, 0.4, 0.6, 0.6
    score = quality = 1.0
    encoding = factory.Sequence(one_person)


class JobFactory(DjangoModelFactory[Job]):
    """A scan that is queued."""

    class Meta:
        model = Job

    kind = Job.Kind.SCAN_PHOTOS
    started_by = factory.SubFactory(UserFactory)

    class Params:
        running = factory.Trait(
            started_at=factory.LazyFunction(lambda: datetime.now(UTC))
        )
        done = factory.Trait(
            started_at=factory.LazyFunction(lambda: datetime.now(UTC)),
            finished_at=factory.LazyFunction(lambda: datetime.now(UTC)),
            enumerated=True,
        )


class LinkFactory(DjangoModelFactory[Link]):
    """A link to `album` or `photo`, of which one is given, without end or password."""

    class Meta:
        model = Link

    owner = factory.LazyAttribute(lambda row: (row.album or row.photo).owner)
    album = photo = None
    slug = factory.LazyFunction(new_slug)
    created_at = factory.LazyFunction(lambda: datetime.now(UTC))


class DownloadFactory(DjangoModelFactory[Download]):
    """An archive that has been prepared."""

    class Meta:
        model = Download

    owner = factory.SubFactory(UserFactory)
    job = factory.SubFactory(
        JobFactory,
        kind=Job.Kind.DOWNLOAD_SELECTED_PHOTOS,
        started_by=factory.SelfAttribute("..owner"),
        finished_at=factory.LazyFunction(timezone.now),
    )
    photos = factory.LazyFunction(list)
