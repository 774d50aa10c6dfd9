"""Faces from a scan to groups and names, and what outlives another scan."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest
from django.core.files.storage import storages
from PIL import Image

from librephotos.api.models import Face, FaceRejection, Job, Person, Photo
from librephotos.api.pipeline.people.detected import box_of
from librephotos.api.pipeline.work import jobs
from librephotos.api.services import faces as faces_service
from librephotos.api.services import people as people_service
from librephotos.api.storage.previews import PreviewSize, preview_name
from librephotos.ml.face_recognition.boxes import Box
from tests.factories import PhotoFactory
from tests.support.scanning import Library, work_until_idle

PEOPLE = ("John_Salley", "John_Savage", "John_Schneider")
SAID = ("pk", "person", "person_source", "dismissed", "drawn")


@pytest.fixture
def faces(photos: Library, settings) -> Library:
    """A user whose scans look for faces."""
    settings.FACE_RECOGNITION = True
    return photos


def folder_of(face: Face) -> str:
    """Return the name of the folder that the photo of a face lies in."""
    assert face.photo.main_file is not None
    return bytes(face.photo.main_file.path).split(b"/")[-2].decode()


def scan_faces_again(library: Library) -> None:
    """Look at all photos anew, as if they had never been looked at."""
    faces_service.find_again(library.owner)
    work_until_idle()


def rows() -> list[dict[str, object]]:
    """Return all that is known of faces, but for their encodings."""
    columns = [field.attname for field in Face._meta.concrete_fields]
    columns.remove("encoding")
    return list(Face.objects.order_by("pk").values(*columns))


def test_three_people_become_three_groups(faces: Library, corpus: Path) -> None:
    for person in PEOPLE:
        shutil.copytree(corpus / "faces" / person, faces.root / person)
    faces.scan()
    found = Face.objects.exclude(cluster=None).select_related("photo__main_file")
    members = Counter((face.cluster_id, folder_of(face)) for face in found)
    people_of_group = Counter(group for group, _ in members)
    assert set(people_of_group.values()) == {1}, members
    together = sum(n * (n - 1) for n in members.values())
    images = [len(list(faces.root.joinpath(person).iterdir())) for person in PEOPLE]
    assert together / sum(n * (n - 1) for n in images) >= 0.98

    before = rows()
    scan_faces_again(faces)
    assert rows() == before
    kinds = Job.objects.order_by("pk").values_list("kind", flat=True)
    faces.scan()
    assert list(kinds.all())[-1] == Job.Kind.SCAN_PHOTOS  # nothing had to follow


@pytest.fixture
def curies(faces: Library, corpus: Path) -> Library:
    """A scanned photo of two people whom its file names."""
    shutil.copy(corpus / "metadata" / "faces" / "portrait.jpg", faces.root)
    faces.scan()
    return faces


def named() -> dict[str, Face]:
    """Return the labelled faces by the name of their person."""
    people = Face.objects.exclude(person=None).select_related("person")
    return {face.person.name: face for face in people if face.person}


def test_the_file_names_people(curies: Library) -> None:
    people = named()
    assert set(people) == {"Marie Curie", "Pierre Curie"}
    assert {face.person_source for face in people.values()} == {"file"}
    assert people["Marie Curie"].left < people["Pierre Curie"].left
    assert all(face.encoding is not None for face in people.values())
    photo = Photo.objects.get()
    assert "marie curie" in photo.search_text
    for face in Face.objects.all():
        with storages["previews"].open(face.crop) as crop:
            assert crop.read(2) == b"\xff\xd8"


def test_what_people_said_outlives_another_scan(curies: Library) -> None:
    marie, pierre = named()["Marie Curie"], named()["Pierre Curie"]
    owner = curies.owner.pk
    people_service.rename(marie.person, name="Maria Skłodowska")
    faces_service.reject(owner, [pierre.pk])
    drawn, _ = faces_service.draw(
        Photo.objects.get(), box=Box(0.02, 0.02, 0.2, 0.25), name="A painting"
    )
    others = Face.objects.exclude(pk__in=[marie.pk, pierre.pk, drawn.pk])
    gone = list(others.values_list("pk", flat=True))
    faces_service.dismiss(owner, gone, reason=Face.Dismissed.NOT_A_FACE)
    work_until_idle()
    drawn.refresh_from_db()
    assert drawn.encoding is not None and drawn.crop

    before = list(Face.objects.order_by("pk").values(*SAID))
    denied = list(FaceRejection.objects.values())
    people = list(Person.objects.named().values())
    scan_faces_again(curies)
    assert list(Face.objects.order_by("pk").values(*SAID)) == before
    assert list(FaceRejection.objects.values()) == denied
    assert list(Person.objects.named().values()) == people
    drawn.refresh_from_db()
    assert (drawn.left, drawn.bottom) == (0.02, 0.25)


def test_a_deleted_person_does_not_come_back_by_the_file(curies: Library) -> None:
    people_service.delete(named()["Marie Curie"].person)
    work_until_idle()
    scan_faces_again(curies)
    assert set(named()) == {"Pierre Curie"}
    assert list(Person.objects.named().values_list("name", flat=True)) == [
        "Pierre Curie"
    ]


def test_a_file_does_not_name_whom_a_person_denied(
    faces: Library, corpus: Path
) -> None:
    source = corpus / "metadata" / "faces" / "portrait.jpg"
    copy = faces.root / "copy.jpg"
    with Image.open(source) as picture:
        picture.save(copy, quality=95)  # without the names
    faces.scan()
    found = Face.objects.earliest("pk")
    for name in ("Marie Curie", "Pierre Curie"):
        person = Person.objects.create(owner=faces.owner, name=name)
        faces_service.reject(faces.owner.pk, [found.pk], person=person.pk)
    copy.write_bytes(source.read_bytes())
    faces.scan()
    found.refresh_from_db()
    assert found.name_tag and found.person_id is None
    assert len(named()) == 1  # the other of the two that the file names


def test_a_name_in_files_follows_the_person(curies: Library, corpus: Path) -> None:
    people_service.rename(named()["Marie Curie"].person, name="Maria Skłodowska")
    copy = curies.root / "copy.jpg"
    source = corpus / "metadata" / "faces" / "portrait.jpg"
    copy.write_bytes(source.read_bytes() + b"another copy")
    curies.scan()
    assert set(named()) == {"Maria Skłodowska", "Pierre Curie"}
    assert Face.objects.filter(person__name="Maria Skłodowska").count() == 2


def test_a_lost_crop_is_made_again(curies: Library) -> None:
    face = named()["Marie Curie"]
    storages["previews"].delete(face.crop)
    before = rows()
    faces_service.look_again(face.photo)
    work_until_idle()
    assert storages["previews"].exists(face.crop)
    assert rows() == before


def test_whoever_is_drawn_is_recognised(curies: Library) -> None:
    marie = named()["Marie Curie"]
    box, person = box_of(marie), marie.person
    other = PhotoFactory(owner=curies.owner)
    for size in PreviewSize.BIG, PreviewSize.MEDIUM:
        with storages["previews"].open(
            preview_name(marie.photo_id, size, marie.photo.preview_format)
        ) as preview:
            name = preview_name(other.pk, size, other.preview_format)
            storages["previews"].save(name, preview)
    drawn, _ = faces_service.draw(other, box=box)
    work_until_idle()
    drawn.refresh_from_db()
    assert drawn.encoding is not None and drawn.guess == person


def test_a_face_is_not_drawn_into_view_on_a_photo_hidden_meanwhile(
    empty_queue: None,
) -> None:
    photo = PhotoFactory()
    Photo.objects.filter(pk=photo.pk).update(hidden=True)
    drawn, _ = faces_service.draw(photo, box=Box(0.1, 0.1, 0.2, 0.2))
    assert not Face.objects.get(pk=drawn.pk).visible


def test_crops_go_with_their_photo(curies: Library) -> None:
    crops = list(Face.objects.values_list("crop", flat=True))
    curies.root.joinpath("portrait.jpg").unlink()
    curies.root.joinpath("other.txt").write_text("so that the folder is not empty")
    curies.scan()
    jobs.start(Job.Kind.DELETE_MISSING_PHOTOS, user=curies.owner)
    work_until_idle()
    assert not Face.objects.exists()
    assert crops and not any(map(storages["previews"].exists, crops))


def test_faces_wait_until_they_are_wanted(
    photos: Library, corpus: Path, settings
) -> None:
    shutil.copy(corpus / "metadata" / "faces" / "portrait.jpg", photos.root)
    photos.scan()
    assert not Face.objects.exists()
    settings.FACE_RECOGNITION = True
    photos.scan()
    assert set(named()) == {"Marie Curie", "Pierre Curie"}


def test_faces_without_an_encoding_get_one(curies: Library) -> None:
    face = named()["Marie Curie"]
    encoding = face.encoding
    Face.objects.filter(pk=face.pk).update(encoding=None)
    jobs.start(Job.Kind.GENERATE_FACE_EMBEDDINGS, user=curies.owner)
    work_until_idle()
    face.refresh_from_db()
    assert face.encoding == encoding
    kinds = Job.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds)[-3:] == [
        Job.Kind.GENERATE_FACE_EMBEDDINGS,
        Job.Kind.FIND_SIMILAR_FACES,
        Job.Kind.TRAIN_FACES,
    ]
