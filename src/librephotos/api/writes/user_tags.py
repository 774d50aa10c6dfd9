"""Tags that people make and give to photos themselves: things of a kind of their own.

Photos come first and in the order of their ids, then the tags in that of theirs, as
with all who change what photos show (`writes.things`). To be called in a transaction.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection

from librephotos.api.models import Thing, User
from librephotos.api.models.library.photo import PhotoQuerySet

_TAG = """
INSERT INTO api_photothing (thing_id, photo_id, score, visible)
SELECT %s, photo.id, 1, photo.visible FROM ({photos}) AS photo
ON CONFLICT (thing_id, photo_id) DO NOTHING
RETURNING photo_id
"""

_PAIRS = "unnest(%s::bigint[], %s::uuid[]) AS pair (thing_id, photo_id)"

_TAG_PAIRS = f"""
INSERT INTO api_photothing (thing_id, photo_id, score, visible)
SELECT pair.thing_id, photo.id, 1, photo.visible
FROM {_PAIRS} JOIN api_photo AS photo ON photo.id = pair.photo_id
ORDER BY pair.thing_id, photo.id
ON CONFLICT (thing_id, photo_id) DO NOTHING
"""

_UNTAG_PAIRS = f"""
DELETE FROM api_photothing AS tag USING {_PAIRS}
WHERE tag.thing_id = pair.thing_id AND tag.photo_id = pair.photo_id
"""

_MERGE = """
INSERT INTO api_photothing (thing_id, photo_id, score, visible)
SELECT %(into)s, photo_id, score, visible FROM api_photothing
WHERE thing_id = %(tag)s
ON CONFLICT (thing_id, photo_id) DO NOTHING
"""


def exchange(
    owner: User,
    *,
    given: Collection[tuple[UUID, str]],
    taken: Collection[tuple[UUID, str]],
) -> None:
    """Give photos, which the caller holds, tags by name, and take others from them.

    Tags that are given are made if need be; names that are no tags cannot be taken.
    """
    made = sorted({name for _, name in given})
    kind = Thing.Kind.USER_TAG
    Thing.objects.bulk_create(
        [Thing(owner=owner, kind=kind, title=name) for name in made],
        ignore_conflicts=True,
    )
    names = {name for _, name in (*given, *taken)}
    known = Thing.objects.owned_by(owner).tags().filter(title__in=names)
    # All at once: counting triggers take only those of one statement in their order.
    held = known.order_by("pk").select_for_update().values_list("title", "pk")
    numbers = dict(held)
    for statement, pairs in ((_TAG_PAIRS, given), (_UNTAG_PAIRS, taken)):
        rows = [(numbers[name], photo) for photo, name in pairs if name in numbers]
        with connection.cursor() as cursor:
            cursor.execute(
                statement, [[row[0] for row in rows], [row[1] for row in rows]]
            )


def add(tag: Thing, photos: PhotoQuerySet) -> list[UUID]:
    """Give photos a tag; return those that lacked it."""
    try:
        sql, values = _locked(photos).values("id", "visible").query.sql_with_params()
    except EmptyResultSet:  # no photo is asked for
        return []
    with connection.cursor() as cursor:
        cursor.execute(_TAG.format(photos=sql), [tag.pk, *values])
        return [row[0] for row in cursor.fetchall()]


def remove(tag: Thing, photos: PhotoQuerySet) -> list[UUID]:
    """Take a tag from photos; return those that had it."""
    inside = _locked(photos.filter(tags__thing=tag)).values_list("pk", flat=True)
    held = list(inside)
    tag.tagged.filter(photo__in=held).delete()
    return held


def photos_of(tag: Thing, photos: PhotoQuerySet) -> list[UUID]:
    """Hold the photos that have a tag, and return them."""
    return hold(photos.filter(tags__thing=tag))


def hold(photos: PhotoQuerySet) -> list[UUID]:
    """Hold photos in the order of their ids, and return these."""
    return list(_locked(photos).values_list("pk", flat=True))


def merge(tag: Thing, *, into: Thing) -> None:
    """Give all photos of a tag another one instead, and delete it.

    To be called by who holds the photos of both.
    """
    ordered = Thing.objects.filter(pk__in=[tag.pk, into.pk]).order_by("pk")
    list(ordered.select_for_update())
    with connection.cursor() as cursor:
        cursor.execute(_MERGE, {"into": into.pk, "tag": tag.pk})
    tag.tagged.all().delete()
    tag.delete()


def _locked(photos: PhotoQuerySet) -> PhotoQuerySet:
    return photos.order_by("id").select_for_update(of=("self",), no_key=True)
