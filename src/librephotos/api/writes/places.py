"""The tree of places."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection

_INSERT = """
INSERT INTO api_place (parent_id, level, name, latitude, longitude)
SELECT * FROM unnest(
    %(parents)s::bigint[], %(levels)s::smallint[], %(names)s::text[],
    %(latitudes)s::float[], %(longitudes)s::float[]
)
ON CONFLICT (parent_id, name) DO NOTHING
"""

_FIND = """
SELECT place.parent_id, place.name, place.id
FROM unnest(%(parents)s::bigint[], %(names)s::text[]) AS wanted (parent_id, name)
JOIN api_place AS place
    ON place.name = wanted.name
    AND place.parent_id IS NOT DISTINCT FROM wanted.parent_id
"""


def ensure_places(
    paths: Mapping[tuple[str, ...], tuple[float, float]],
) -> dict[tuple[str, ...], int]:
    """Return the id of each place, creating what is new, ancestors included.

    A path names a place from its country down; the value is its (latitude,
    longitude), in degrees, which new ancestors take over from their first place.
    """
    ids: dict[tuple[str, ...], int] = {}
    for level in range(1, max(map(len, paths), default=0) + 1):
        prefixes = {
            path[:level]: position
            for path, position in paths.items()
            if len(path) >= level
        }
        ids.update(_ensure_level(level, prefixes, ids))
    return ids


def _ensure_level(
    level: int,
    prefixes: Mapping[tuple[str, ...], tuple[float, float]],
    ids: Mapping[tuple[str, ...], int],
) -> dict[tuple[str, ...], int]:
    # Sorted, so that two writers take the same rows in the same order.
    wanted = sorted(prefixes)
    parents = [ids.get(prefix[:-1]) for prefix in wanted]
    names = [prefix[-1][:200] for prefix in wanted]
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            {
                "parents": parents,
                "levels": [level] * len(wanted),
                "names": names,
                "latitudes": [prefixes[prefix][0] for prefix in wanted],
                "longitudes": [prefixes[prefix][1] for prefix in wanted],
            },
        )
        cursor.execute(_FIND, {"parents": parents, "names": names})
        found = {(row[0], row[1]): row[2] for row in cursor.fetchall()}
    return {
        prefix: found[parent, name]
        for prefix, parent, name in zip(wanted, parents, names, strict=True)
    }
