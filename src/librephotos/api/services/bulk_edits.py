"""Changing any number of photos by two statements, and taking that back exactly.

BulkEditError
├── AlbumKeepsItsPhotos     the album, to which it would put photos back, is locked
├── EditGone                it is not kept any more
└── UndoneAlready           it was taken back before
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now
from django.utils import timezone

from librephotos.api.locks import lock_albums
from librephotos.api.models import BulkEdit, Photo, Thing, UserAlbum
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.pipeline.scanning.search_texts import renew_search_texts
from librephotos.api.writes import album_changes, user_tags

KEPT_FOR = timedelta(days=1)

MOST_KEPT = 50
"""Edits of one owner. Each takes 16 bytes a photo: all of them 80 MB at 100,000."""

_TAG = "tag"
"""The key of `BulkEdit.after` that tells edits by which photos were given a tag."""


class BulkEditError(Exception):
    """An edit cannot be taken back; the message is a sentence for users."""


class AlbumKeepsItsPhotos(BulkEditError):
    """The album that photos were taken out of was locked since."""


class EditGone(BulkEditError):
    """The edit is not kept any more."""


class UndoneAlready(BulkEditError):
    """The edit was taken back before."""


@dataclass(frozen=True)
class Edit:
    """A change of state: the photos that still lack it, and the new values.

    The values are of columns that hold what a person said; JSON can hold them.
    """

    lacking: Q
    values: dict[str, Any]


class Applied(NamedTuple):
    """How many photos there were, how many were changed, and what takes that back.

    `edit` is None where nothing was changed.
    """

    selected: int
    changed: int
    edit: int | None


class Listed(NamedTuple):
    """The image hashes of the photos that were changed, and of those already so."""

    updated: list[str]
    not_updated: list[str]
    edit: int | None


class Undone(NamedTuple):
    """How many photos are as they were before, and how many stay as they are by now.

    The latter were changed once more, or are gone.
    """

    restored: int
    kept: int


# Photos are locked in the order of their ids, as by all who change several at once, and
# what a lock has waited for is seen. Their former values are grouped: a photo then
# costs the 16 bytes of its id.
_REMEMBER = """
WITH selected AS MATERIALIZED ({selected}),
edit AS (
    INSERT INTO api_bulkedit (owner_id, created_at, after)
    SELECT %s, now(), %s::jsonb WHERE EXISTS (SELECT FROM selected WHERE lacks)
    RETURNING id
),
kept AS (
    INSERT INTO api_bulkeditpart (edit_id, before, photos)
    SELECT edit.id, before, array_agg(lacking.id)
    FROM edit, (
        SELECT id, jsonb_build_object({columns}) AS before FROM selected WHERE lacks
    ) AS lacking
    GROUP BY edit.id, before
)
"""
_COUNT = """
SELECT count(*), count(*) FILTER (WHERE lacks), (SELECT id FROM edit) FROM selected
"""
_LIST = """
SELECT image_hash, lacks, (SELECT id FROM edit) FROM selected ORDER BY id
"""
_PHOTOS = "SELECT unnest(photos) FROM api_bulkeditpart WHERE edit_id = %s"

_HOLD = f"""
SELECT count(*) FROM (
    SELECT FROM api_photo WHERE id IN ({_PHOTOS}) ORDER BY id FOR NO KEY UPDATE
) AS held
"""
_RESTORE = """
UPDATE api_photo AS photo SET {restored}, last_modified = now()
FROM (
    SELECT unnest(part.photos) AS photo_id, former.*
    FROM api_bulkeditpart AS part,
        jsonb_populate_record(NULL::api_photo, part.before) AS former
    WHERE part.edit_id = %s
) AS former
WHERE photo.id = former.photo_id AND photo.owner_id = %s AND NOT photo.removed
    AND jsonb_build_object({columns}) = %s::jsonb
"""
_TOTAL = """
SELECT coalesce(sum(cardinality(photos)), 0) FROM api_bulkeditpart WHERE edit_id = %s
"""


@transaction.atomic(savepoint=False)
def apply_edit(photos: PhotoQuerySet, edit: Edit, *, owner: int) -> Applied:
    """Change all these photos of an owner, in memory that does not grow with them."""
    with _remembered(photos, edit, owner, _COUNT) as rows:
        applied = Applied._make(next(rows, (0, 0, None)))
    _change(applied.edit, edit, owner)
    return applied


@transaction.atomic(savepoint=False)
def apply_edit_listing(photos: PhotoQuerySet, edit: Edit, *, owner: int) -> Listed:
    """Change these photos of an owner, and tell which of them were changed."""
    listed = Listed([], [], None)
    with _remembered(photos, edit, owner, _LIST) as rows:
        for image_hash, lacks, record in rows:
            (listed.updated if lacks else listed.not_updated).append(image_hash)
            listed = listed._replace(edit=record)
    _change(listed.edit, edit, owner)
    return listed


@contextmanager
def _remembered(
    photos: PhotoQuerySet, edit: Edit, owner: int, answer: str
) -> Iterator[Iterator[tuple[Any, ...]]]:
    """Hold the photos, keep their former values, and give the rows of the answer."""
    lacks = ExpressionWrapper(edit.lacking, output_field=BooleanField())
    held = photos.annotate(lacks=lacks).order_by("id")
    held = held.select_for_update(of=("self",), no_key=True)
    named = held.values("id", "image_hash", "lacks", *edit.values)
    try:
        selected, parameters = named.query.sql_with_params()
    except EmptyResultSet:  # no photo is asked for
        yield iter(())
        return
    remember = _REMEMBER.format(selected=selected, columns=_pairs(edit.values))
    with connection.cursor() as cursor:
        values = [*parameters, owner, json.dumps(edit.values)]
        cursor.execute(remember + answer, values)
        yield iter(cursor)


def _change(record: int | None, edit: Edit, owner: int) -> None:
    if record is None:
        return
    lacking = Photo.objects.filter(pk__in=RawSQL(_PHOTOS, [record]))
    lacking.update(**edit.values, last_modified=Now())
    forget_old(owner)


def forget_old(owner: int) -> None:
    """Forget the edits of an owner that nobody takes back any more."""
    own = BulkEdit.objects.filter(owner=owner)
    beyond = list(own.order_by("-pk").values_list("pk", flat=True)[MOST_KEPT:])
    old = Q(created_at__lt=timezone.now() - KEPT_FOR) | Q(pk__in=beyond)
    # Who acts at the same time forgets the same ones.
    stale = own.filter(old).select_for_update(skip_locked=True)
    BulkEdit.objects.filter(pk__in=list(stale.values_list("pk", flat=True))).delete()


def remember_tagged(tag: Thing, photos: Sequence[UUID]) -> int | None:
    """Keep to which photos a tag was given; return the edit that takes it from them."""
    if not photos:
        return None
    edit = BulkEdit.objects.create(owner_id=tag.owner_id, after={_TAG: tag.pk})
    edit.parts.create(before={}, photos=list(photos))
    forget_old(tag.owner_id)
    return edit.pk


@transaction.atomic
def undo(edit: BulkEdit) -> Undone:
    """Give each photo of an edit what it held before, unless it was changed since.

    Photos that were taken out of an album, put into it or moved in it are as before,
    and those that were given a tag lack it.
    Raises EditGone, UndoneAlready and AlbumKeepsItsPhotos.
    """
    _be_alone_with_album(edit)
    now = BulkEdit.objects.select_for_update().filter(pk=edit.pk).first()
    if now is None:
        raise EditGone("This is too long ago to be taken back.")
    if now.undone_at is not None:
        raise UndoneAlready("This was taken back already.")
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [now.pk])
        cursor.execute(_TOTAL, [now.pk])
        (total,) = cursor.fetchone()
    if album_changes.ALBUM in now.after:
        changed = album_changes.take_back(now)
    elif _TAG in now.after:
        changed = _untag(now)
    else:
        changed = _restore(now)
    now.parts.all().delete()
    now.undone_at = timezone.now()
    now.save(update_fields=["undone_at"])
    return Undone(changed, total - changed)


def _be_alone_with_album(edit: BulkEdit) -> None:
    """Keep others from the album of an edit, if it is of one; see `locks`."""
    if album_changes.ALBUM not in edit.after:
        return
    albums = UserAlbum.objects.filter(pk=edit.after[album_changes.ALBUM])
    owner = albums.values_list("owner", flat=True).first()
    if owner is not None:
        lock_albums(owner)
    locked = albums.values_list("locked", flat=True).first()
    if locked is None:
        raise EditGone("The album was deleted.")
    if locked and not album_changes.is_arrangement(edit):
        raise AlbumKeepsItsPhotos("This album is locked. Unlock it first.")


def _untag(edit: BulkEdit) -> int:
    """Take a tag from the photos that it was given; return how many still had it."""
    tag = Thing.objects.filter(pk=edit.after[_TAG]).first()
    if tag is None:
        raise EditGone("This tag was deleted, or has become another one.")
    tagged = Photo.objects.filter(pk__in=RawSQL(_PHOTOS, [edit.pk]))
    changed = user_tags.remove(tag, tagged)
    renew_search_texts(changed, owner=edit.owner_id)
    return len(changed)


def _restore(edit: BulkEdit) -> int:
    """Give photos back what they held, and return how many had not changed since."""
    columns = list(edit.after)
    restored = ", ".join(f'"{name}" = former."{name}"' for name in columns)
    restore = _RESTORE.format(restored=restored, columns=_pairs(columns, of="photo."))
    with connection.cursor() as cursor:
        cursor.execute(restore, [edit.pk, edit.owner_id, json.dumps(edit.after)])
        return int(cursor.rowcount)


def _pairs(columns: Collection[str], *, of: str = "") -> str:
    """Return what jsonb_build_object needs to take up columns of photos by name."""
    return ", ".join(f"'{name}', {of}\"{name}\"" for name in columns)
