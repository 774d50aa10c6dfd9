"""Faces from a scan to groups of the same person."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

from librephotos.api.models import Face
from tests.support.scanning import Library

PEOPLE = ("John_Salley", "John_Savage", "John_Schneider")


def folder_of(face: Face) -> str:
    """Return the name of the folder that the photo of a face lies in."""
    assert face.photo.main_file is not None
    return bytes(face.photo.main_file.path).split(b"/")[-2].decode()


def test_three_people_become_three_groups(
    photos: Library, settings, corpus: Path
) -> None:
    settings.FACE_RECOGNITION = True
    for person in PEOPLE:
        shutil.copytree(corpus / "faces" / person, photos.root / person)
    photos.scan()
    faces = Face.objects.exclude(cluster=None).select_related("photo__main_file")
    members = Counter((face.cluster_id, folder_of(face)) for face in faces)
    people_of_group = Counter(group for group, _ in members)
    assert set(people_of_group.values()) == {1}, members
    together = sum(n * (n - 1) for n in members.values())
    images = {
        person: len(list(photos.root.joinpath(person).iterdir())) for person in PEOPLE
    }
    assert together / sum(n * (n - 1) for n in images.values()) >= 0.98
