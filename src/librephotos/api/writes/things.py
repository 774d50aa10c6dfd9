"""Writing down what is on photos.

Counting triggers lock things in the order of their ids; whoever changes the tags of
photos takes the photos first, then all things concerned, so that no two wait for each
other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from librephotos.api.models import Photo, Thing


class Tag(NamedTuple):
    """What a photo is said to show, and how surely: a probability or a response."""

    kind: str
    title: str
    score: float = 1.0


_NEW_THINGS = """
INSERT INTO api_thing (owner_id, kind, title, photo_count)
SELECT DISTINCT owner_id, kind, title, 0
FROM unnest(%(owners)s::bigint[], %(kinds)s::text[], %(titles)s::text[])
    AS wanted (owner_id, kind, title)
ORDER BY owner_id, kind, title
ON CONFLICT (owner_id, kind, title) DO NOTHING
"""

_LOCK_THINGS = """
SELECT FROM api_thing WHERE id IN (
    SELECT thing.id
    FROM unnest(%(owners)s::bigint[], %(kinds)s::text[], %(titles)s::text[])
        AS wanted (owner_id, kind, title)
    JOIN api_thing AS thing USING (owner_id, kind, title)
    UNION
    SELECT thing_id FROM api_photothing WHERE photo_id = ANY(%(tagged)s)
)
ORDER BY id FOR UPDATE
"""

_WANTED = """
SELECT thing.id AS thing_id, wanted.photo_id, wanted.score
FROM unnest(
    %(photos)s::uuid[], %(owners)s::bigint[], %(kinds)s::text[], %(titles)s::text[],
    %(scores)s::float[]
) AS wanted (photo_id, owner_id, kind, title, score)
JOIN api_thing AS thing USING (owner_id, kind, title)
"""

_UNTAG = f"""
DELETE FROM api_photothing AS tag
USING api_thing AS thing
WHERE tag.photo_id = ANY(%(tagged)s) AND thing.id = tag.thing_id
    AND thing.kind = ANY(%(replaced)s) AND NOT EXISTS (
        SELECT FROM ({_WANTED}) AS wanted
        WHERE wanted.thing_id = tag.thing_id AND wanted.photo_id = tag.photo_id
    )
"""

_TAG = f"""
INSERT INTO api_photothing AS tag (thing_id, photo_id, score, visible)
SELECT wanted.thing_id, wanted.photo_id, wanted.score, photo.visible
FROM ({_WANTED}) AS wanted JOIN api_photo AS photo ON photo.id = wanted.photo_id
ORDER BY wanted.thing_id, wanted.photo_id
ON CONFLICT (thing_id, photo_id) DO UPDATE SET score = excluded.score
WHERE tag.score <> excluded.score
"""


def replace(tags: Mapping[UUID, Iterable[Tag]], *, kinds: Collection[str]) -> None:
    """Give photos these tags instead of all that they have of the kinds.

    To be called in a transaction.
    """
    owners = _locked_owners(tags)
    rows = {
        (photo_id, tag.kind, tag.title[:200]): tag.score
        for photo_id in owners
        for tag in tags[photo_id]
    }
    values: dict[str, Any] = {
        "tagged": list(owners),
        "replaced": list(kinds),
        "photos": [photo_id for photo_id, _, _ in rows],
        "owners": [owners[photo_id] for photo_id, _, _ in rows],
        "kinds": [kind for _, kind, _ in rows],
        "titles": [title for _, _, title in rows],
        "scores": list(rows.values()),
    }
    with connection.cursor() as cursor:
        for statement in (_NEW_THINGS, _LOCK_THINGS, _UNTAG, _TAG):
            cursor.execute(statement, values)


def _locked_owners(photo_ids: Iterable[UUID]) -> dict[UUID, int]:
    photos = Photo.objects.select_for_update(of=("self",), no_key=True)
    rows = photos.filter(pk__in=list(photo_ids)).order_by("pk")
    return dict(rows.values_list("pk", "owner_id"))


def replace_hashtags(words_of: Mapping[UUID, Collection[str]]) -> None:
    """Give an owner's photos the hashtags of their captions instead of what they had.

    A word that differs in case alone from an earlier one is that one. To be called in
    a transaction.
    """
    kind = Thing.Kind.HASHTAG_ATTRIBUTE
    known = Thing.objects.filter(
        kind=kind, owner__in=Photo.objects.filter(pk__in=words_of).values("owner")
    )
    titles = {
        title.casefold(): title for title in known.values_list("title", flat=True)
    }
    tags = {}
    for photo_id in sorted(words_of):
        for word in words_of[photo_id]:
            titles.setdefault(word.casefold(), word)
        named = {titles[word.casefold()] for word in words_of[photo_id]}
        tags[photo_id] = [Tag(kind, title) for title in sorted(named)]
    replace(tags, kinds=[kind])
