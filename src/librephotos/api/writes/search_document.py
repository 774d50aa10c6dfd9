"""The text in which a photo is found, composed from all that is known of it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection, transaction

from librephotos.api.models import Photo

MAX_CHARACTERS = 4000
"""Longer descriptions are found by their beginning; the index stays small."""

_TEXT = """
left(lower(concat_ws(E'\\n',
    nullif(photo.user_caption, ''),
    nullif(coalesce(photo.user_facts ->> 'title', metadata.title), ''),
    nullif(metadata.description, ''),
    CASE WHEN photo.user_facts ? 'keywords' THEN (
        SELECT string_agg(word, E'\\n')
        FROM jsonb_array_elements_text(photo.user_facts -> 'keywords') AS word
    ) ELSE nullif(array_to_string(metadata.keywords, E'\\n'), '') END,
    (
        SELECT string_agg(thing.title, ' ' ORDER BY tag.score DESC, thing.id)
        FROM api_photothing AS tag JOIN api_thing AS thing ON thing.id = tag.thing_id
        WHERE tag.photo_id = photo.id AND thing.kind <> 'hashtag_attribute'
    ),
    (
        SELECT string_agg(caption.text, E'\\n' ORDER BY caption.id)
        FROM api_photocaption AS caption WHERE caption.photo_id = photo.id
    ),
    (
        SELECT string_agg(DISTINCT person.name, E'\\n')
        FROM api_face AS face JOIN api_person AS person ON person.id = face.person_id
        WHERE face.photo_id = photo.id AND face.dismissed = ''
    ),
    concat_ws(' ', town.name, district.name, region.name, country.name),
    nullif(concat_ws(' ', photo.user_facts ->> 'location_address',
        photo.user_facts ->> 'location_city', photo.user_facts ->> 'location_state',
        photo.user_facts ->> 'location_country'), ''),
    concat_ws(' ', metadata.camera_make, metadata.camera_model, metadata.lens),
    to_char(photo.taken_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS FMMonth FMDay'),
    CASE WHEN photo.video THEN 'type: video' END,
    (
        -- Nothing of what lies above: of a file in no scan directory, its name alone.
        SELECT string_agg(substr(file.path, 1 + coalesce((
            SELECT max(length(rtrim(root.path, '/'))) FROM api_scandirectory AS root
            WHERE root.user_id = file.owner_id
            AND starts_with(file.path, rtrim(root.path, '/') || '/')
        ), length(substring(file.path FROM '^.*/')), 0)), E'\\n' ORDER BY file.id)
        FROM api_file AS file
        WHERE file.photo_id = photo.id AND file.kind <> 'metadata'
    )
)), %(limit)s)
"""
_JOINS = """
LEFT JOIN api_photometadata AS metadata ON metadata.photo_id = {of}.id
LEFT JOIN api_place AS town ON town.id = {of}.place_id
LEFT JOIN api_place AS district ON district.id = town.parent_id
LEFT JOIN api_place AS region ON region.id = district.parent_id
LEFT JOIN api_place AS country ON country.id = region.parent_id
"""
# What is read of the photo itself is of its row as it is when it is written.
_REFRESH = f"""
UPDATE api_photo AS photo SET search_text = {_TEXT}
FROM api_photo AS same {_JOINS.format(of="same")}
WHERE photo.id = same.id AND same.id = ANY(%(photos)s)
"""
_OUTDATED = f"""
SELECT photo.id FROM api_photo AS photo {_JOINS.format(of="photo")}
WHERE photo.id = ANY(%(photos)s) AND photo.search_text IS DISTINCT FROM {_TEXT}
"""


def refresh(photo_ids: Iterable[UUID]) -> None:
    """Compose the search text of these photos anew."""
    with connection.cursor() as cursor:
        cursor.execute(_REFRESH, {"photos": list(photo_ids), "limit": MAX_CHARACTERS})


def refresh_following(owner: int, *, after: UUID, limit: int) -> UUID | None:
    """Compose the texts of an owner's next photos; return the last, None at the end.

    Photos come in the order of their ids, so that each call costs the same, and are
    held in that order, as by all who hold several.
    """
    with transaction.atomic():
        photos = Photo.objects.filter(owner=owner, pk__gt=after).order_by("pk")
        held = photos.select_for_update(no_key=True).values_list("pk", flat=True)
        found = list(held[:limit])
        with connection.cursor() as cursor:
            cursor.execute(_OUTDATED, {"photos": found, "limit": MAX_CHARACTERS})
            outdated = [photo for (photo,) in cursor.fetchall()]
        if outdated:
            refresh(outdated)
    return found[-1] if found else None
