"""Fitting what is seen on photos into the faces that are known there.

A face keeps its number, and with it everything that a person said of it, for as long
as something is seen at its place, or a person said anything.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Exists, OuterRef

from librephotos.api.locks import lock_people
from librephotos.api.models import Face, FaceRejection, Photo
from librephotos.api.models.people.person import person_name
from librephotos.api.pipeline.previews.store import delete_previews
from librephotos.api.pipeline.sandboxed.faces import SeenFace
from librephotos.api.storage.previews import preview_name
from librephotos.api.writes import search_document
from librephotos.api.writes.people import ensure_named
from librephotos.ml.face_recognition.boxes import Box, match_boxes

_SEEN_COLUMNS = (
    "left",
    "top",
    "right",
    "bottom",
    "score",
    "quality",
    "encoding",
    "crop",
    "name_tag",
    "person",
    "person_source",
)


def faces_of(photo_ids: Collection[UUID]) -> dict[UUID, list[Face]]:
    """Return the faces on photos, each with `rejected`: whether it has rejections."""
    rejections = FaceRejection.objects.filter(face=OuterRef("pk"))
    rows = Face.objects.filter(photo__in=photo_ids).order_by("id")
    found: dict[UUID, list[Face]] = defaultdict(list)
    for face in rows.annotate(rejected=Exists(rejections)):
        found[face.photo_id].append(face)
    return found


def is_said(face: Face) -> bool:
    """Whether a person said anything of a face from `faces_of`: it must not vanish."""
    by_user = face.person_source == Face.Source.USER
    rejected = bool(getattr(face, "rejected", False))
    return by_user or bool(face.dismissed) or face.drawn or rejected


def box_of(face: Face) -> Box:
    """Return where a face is, in shares of the picture's sides."""
    return Box(face.left, face.top, face.right, face.bottom)


@dataclass
class _Changes:
    made: list[Face] = field(default_factory=list)
    kept: list[Face] = field(default_factory=list)
    gone: list[Face] = field(default_factory=list)
    lost_crops: set[str] = field(default_factory=set)
    to_name: list[Face] = field(default_factory=list)
    renamed: set[UUID] = field(default_factory=set)


def store_faces(seen: Mapping[UUID, Sequence[SeenFace]]) -> None:
    """Write the faces seen on photos, within the transaction of the caller.

    The crops are in the storage before their rows are.
    """
    photos = list(
        Photo.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk__in=seen)
        .only("owner", "visible")
        .order_by("pk")
    )
    for owner in sorted({photo.owner_id for photo in photos}):
        lock_people(owner)
    known = faces_of([photo.pk for photo in photos])
    changes = _Changes()
    for photo in photos:
        _fit(photo, known[photo.pk], seen[photo.pk], changes)
    _name_by_files(changes)
    _write(changes)


def _fit(
    photo: Photo,
    known: list[Face],
    seen: Sequence[SeenFace],
    changes: _Changes,
) -> None:
    pairs = dict(_pairs(known, seen))
    for at, found in enumerate(seen):
        face = pairs.get(at)
        if face is None and found.known and found.known.face and not found.score:
            continue  # the face was there for a person's word, taken back since
        if face is None:
            face = Face(photo=photo, owner_id=photo.owner_id, visible=photo.visible)
            changes.made.append(face)
        else:
            changes.kept.append(face)
        _describe(face, found, changes)
    kept = {face.pk for face in pairs.values()}
    changes.gone += [
        face for face in known if face.pk not in kept and not is_said(face)
    ]


def _pairs(
    known: Sequence[Face], seen: Sequence[SeenFace]
) -> Iterator[tuple[int, Face]]:
    """Yield which face each seen one is: by number if that was known, or by place."""
    by_id = {face.pk: face for face in known}
    numbered = {
        at: by_id.pop(found.known.face)
        for at, found in enumerate(seen)
        if found.known and found.known.face in by_id
    }
    yield from numbered.items()
    left = list(by_id.values())
    rest = [at for at in range(len(seen)) if at not in numbered]
    boxes = [seen[at].box for at in rest]
    for i, j in match_boxes([box_of(face) for face in left], boxes):
        yield rest[j], left[i]


def _describe(face: Face, found: SeenFace, changes: _Changes) -> None:
    if not face.drawn:
        box = found.box
        face.left, face.top, face.right, face.bottom = (
            box.left,
            box.top,
            box.right,
            box.bottom,
        )
    face.score, face.quality, face.encoding = found.score, found.quality, found.encoding
    crop = _store_crop(face.photo_id, found.crop)
    if face.crop not in ("", crop):
        changes.lost_crops.add(face.crop)
    face.crop = crop
    _hear_the_file(face, person_name(found.known.name) if found.known else "", changes)


def _hear_the_file(face: Face, name: str, changes: _Changes) -> None:
    """Let the file name the face, unless a person has said something else.

    A name that the file gave before stands for whoever that person is called by now.
    """
    by_user = face.person_source == Face.Source.USER or bool(face.dismissed)
    by_file = face.person_source == Face.Source.FILE
    told_before = by_file and face.person_id and face.name_tag == name
    face.name_tag = name
    if by_user or told_before:
        return
    if name:
        changes.to_name.append(face)
    elif by_file:
        face.person_id, face.person_source = None, Face.Source.NOBODY
        changes.renamed.add(face.photo_id)


def _name_by_files(changes: _Changes) -> None:
    names: dict[int, set[str]] = defaultdict(set)
    for face in changes.to_name:
        names[face.owner_id].add(face.name_tag)
    people = {owner: ensure_named(owner, names[owner]) for owner in names}
    known = [face.pk for face in changes.to_name if face.pk]
    rejections = FaceRejection.objects.filter(face__in=known)
    denied = set(rejections.values_list("face", "person"))
    for face in changes.to_name:
        person = people[face.owner_id][face.name_tag]
        face.person_id, face.person_source = (
            (None, Face.Source.NOBODY)
            if (face.pk, person) in denied
            else (person, Face.Source.FILE)
        )
        changes.renamed.add(face.photo_id)


def _store_crop(photo_id: UUID, data: bytes) -> str:
    """Store a crop, unless it is there, and return its name: one for its content."""
    digest = hashlib.md5(data, usedforsecurity=False).hexdigest()[:12]
    name = preview_name(photo_id, f"face-{digest}", "jpg")
    storage = storages["previews"]
    if not (storage.exists(name) and storage.size(name)):
        storage.save(name, ContentFile(data))
    return name


def _write(changes: _Changes) -> None:
    changes.lost_crops.update(face.crop for face in changes.gone if face.crop)
    changes.renamed.update(face.photo_id for face in changes.gone if face.person_id)
    Face.objects.bulk_create(changes.made)
    Face.objects.bulk_update(changes.kept, _SEEN_COLUMNS)
    Face.objects.filter(pk__in=[face.pk for face in changes.gone]).delete()
    if changes.renamed:
        search_document.refresh(changes.renamed)
    stale = changes.lost_crops - {face.crop for face in changes.made + changes.kept}
    if stale:
        transaction.on_commit(partial(delete_previews, stale))
