"""What was in an album and where, kept so that it is so again when asked for.

It is kept as edits of many photos are (`BulkEdit`): `after` names the album, and each
part has the places of its photos by hand. Of photos that were taken out, each part
names the share by which they were added; of others that were arranged, `after` has the
order of before; of photos that were put in it says so. To be called in a transaction,
by who has `lock_albums`.
"""

from __future__ import annotations

from typing import NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection

from librephotos.api.models import AlbumShare, BulkEdit, User, UserAlbum
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.writes import user_albums

ALBUM = "album"
"""The key of `BulkEdit.after` that tells such an edit from others."""

_ORDER = "order"
_ADDED = "added"


class Removal(NamedTuple):
    """How many photos were taken out, and the edit that puts them back, if any."""

    removed: int = 0
    edit: int | None = None


class Addition(NamedTuple):
    """How many photos were put in, and the edit that takes them out, if any."""

    added: int = 0
    edit: int | None = None


_ADD = """
WITH added AS ({insert} RETURNING photo_id),
edit AS (
    INSERT INTO api_bulkedit (owner_id, created_at, after)
    SELECT %s, now(), jsonb_build_object('album', %s::bigint, 'added', true)
    WHERE EXISTS (SELECT FROM added)
    RETURNING id
), kept AS (
    INSERT INTO api_bulkeditpart (edit_id, before, photos)
    SELECT edit.id, '{{}}', array_agg(photo_id ORDER BY photo_id)
    FROM edit, added
    GROUP BY edit.id
)
SELECT count(*), (SELECT id FROM edit) FROM added
"""

# Photos are locked in the order of their ids, as by all who change several at once.
_REMEMBER = """
WITH held AS MATERIALIZED ({photos}),
gone AS (
    SELECT member.photo_id, member.share_id, member.position
    FROM api_useralbumphoto AS member JOIN held ON held.id = member.photo_id
    WHERE member.album_id = %s
), edit AS (
    INSERT INTO api_bulkedit (owner_id, created_at, after)
    SELECT %s, now(), jsonb_build_object('album', %s::bigint)
    WHERE EXISTS (SELECT FROM gone)
    RETURNING id
), kept AS (
    INSERT INTO api_bulkeditpart (edit_id, before, photos)
    SELECT
        edit.id,
        jsonb_build_object(
            'share', share_id, 'positions', jsonb_agg(position ORDER BY photo_id)
        ),
        array_agg(photo_id ORDER BY photo_id)
    FROM edit, gone
    GROUP BY edit.id, share_id
)
SELECT count(*), (SELECT id FROM edit) FROM gone
"""

_REMEMBER_ORDER = """
WITH edit AS (
    INSERT INTO api_bulkedit (owner_id, created_at, after)
    SELECT owner_id, now(), jsonb_build_object('album', id, 'order', photo_order)
    FROM api_useralbum WHERE id = %(album)s
    RETURNING id
), kept AS (
    INSERT INTO api_bulkeditpart (edit_id, before, photos)
    SELECT
        (SELECT id FROM edit),
        jsonb_build_object('positions', jsonb_agg(position ORDER BY photo_id)),
        array_agg(photo_id ORDER BY photo_id)
    FROM api_useralbumphoto WHERE album_id = %(album)s
    HAVING count(*) > 0
)
SELECT id FROM edit
"""

# Nobody else can have put them in since: each photo is put in by its owner.
_TAKE_OUT = """
DELETE FROM api_useralbumphoto AS member USING api_bulkeditpart AS part
WHERE part.edit_id = %(edit)s AND member.album_id = %(album)s
    AND member.photo_id = ANY(part.photos)
"""

_ARRANGE_BACK = """
UPDATE api_useralbumphoto AS member SET position = former.position::integer
FROM api_bulkeditpart AS part
CROSS JOIN LATERAL ROWS FROM (
    unnest(part.photos), jsonb_array_elements_text(part.before -> 'positions')
) AS former(photo_id, position)
WHERE part.edit_id = %(edit)s AND member.album_id = %(album)s
    AND member.photo_id = former.photo_id
"""

# An owner's photos, and those of recipients who still may add some: as when they were
# put in.
_PUT_BACK = """
INSERT INTO api_useralbumphoto
    (album_id, share_id, photo_id, added_on, visible, position)
SELECT album.id, share.id, photo.id, now(), photo.visible, former.position::integer
FROM api_bulkeditpart AS part
JOIN api_useralbum AS album ON album.id = %(album)s
CROSS JOIN LATERAL ROWS FROM (
    unnest(part.photos), jsonb_array_elements_text(part.before -> 'positions')
) AS former(photo_id, position)
JOIN api_photo AS photo ON photo.id = former.photo_id
LEFT JOIN api_albumshare AS share ON share.id = (part.before ->> 'share')::bigint
    AND share.album_id = album.id AND share.role = %(contributor)s
WHERE part.edit_id = %(edit)s
    AND photo.owner_id = CASE
        WHEN part.before ->> 'share' IS NULL THEN album.owner_id
        ELSE share.recipient_id
    END
ON CONFLICT (album_id, photo_id) DO NOTHING
"""


def add(
    album: UserAlbum, photos: PhotoQuerySet, *, by: User, share: AlbumShare | None
) -> Addition:
    """Put photos into an album as `user_albums.add`, and keep which were not there."""
    statement = user_albums.adding(album, photos, share=share)
    if statement is None:
        return Addition()
    insert, values = statement
    with connection.cursor() as cursor:
        cursor.execute(_ADD.format(insert=insert), [*values, by.pk, album.pk])
        return Addition(*cursor.fetchone())


def remember(album: UserAlbum, photos: PhotoQuerySet, *, by: User) -> Removal:
    """Keep which of these photos are in an album, and how, before they leave it."""
    inside = photos.filter(memberships__album=album).order_by("id")
    held = inside.select_for_update(of=("self",), no_key=True).values("id")
    try:
        sql, values = held.query.sql_with_params()
    except EmptyResultSet:  # no photo is asked for
        return Removal()
    with connection.cursor() as cursor:
        cursor.execute(
            _REMEMBER.format(photos=sql), [*values, album.pk, by.pk, album.pk]
        )
        return Removal(*cursor.fetchone())


def remember_order(album: UserAlbum) -> int:
    """Keep how the photos of an album stand; return the edit that has them so again."""
    with connection.cursor() as cursor:
        cursor.execute(_REMEMBER_ORDER, {"album": album.pk})
        return int(cursor.fetchone()[0])


def is_arrangement(edit: BulkEdit) -> bool:
    """Whether photos were moved in an album, and none taken out of it."""
    return _ORDER in edit.after


def take_back(edit: BulkEdit) -> int:
    """Have photos be in their album, or not, as they were; return how many.

    None are put back for those whose photos they are no longer, or who may no longer
    add any.
    """
    album, order = edit.after[ALBUM], edit.after.get(_ORDER)
    if order is not None:
        UserAlbum.objects.filter(pk=album).update(photo_order=order)
    values = {
        "album": album,
        "edit": edit.pk,
        "contributor": AlbumShare.Role.CONTRIBUTOR,
    }
    if edit.after.get(_ADDED):
        statement = _TAKE_OUT
    else:
        statement = _PUT_BACK if order is None else _ARRANGE_BACK
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
