"""Counting for a time, at once for all web processes and without a race."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import connection, transaction

# The clock is looked at when the row is had: whoever waited for it came later.
_NOW = "extract(epoch FROM clock_timestamp())::float8"

# Rows are locked in the order of their keys by whoever takes several. A moment that
# lies ahead is of a clock that was set back since, and counts no more.
_COUNTED = f"""
INSERT INTO api_throttlehistory AS history (key, moments, until)
SELECT key, '{{}}', {_NOW} + %(window_s)s
FROM unnest(%(keys)s::text[]) AS key ORDER BY key
ON CONFLICT (key) DO UPDATE SET until = {_NOW} + %(window_s)s, moments = ARRAY(
    SELECT moment FROM unnest(history.moments) AS moment
    WHERE moment > {_NOW} - %(window_s)s AND moment <= {_NOW} ORDER BY moment
)
RETURNING key, moments, until - %(window_s)s
"""
_ADD = """
UPDATE api_throttlehistory SET moments = moments || %(moment)s::float8
WHERE key = ANY(%(keys)s)
"""
_TAKE_BACK = """
WITH held AS (
    SELECT key FROM api_throttlehistory WHERE key = ANY(%(keys)s)
    ORDER BY key FOR UPDATE
)
UPDATE api_throttlehistory AS history
SET moments = array_remove(moments, %(moment)s::float8)
FROM held WHERE held.key = history.key
"""
_FIRST = f"""
INSERT INTO api_throttlehistory AS history (key, moments, until)
VALUES (%(key)s, '{{}}', {_NOW} + %(window_s)s)
ON CONFLICT (key) DO UPDATE SET until = {_NOW} + %(window_s)s
WHERE history.until <= {_NOW} OR history.until > {_NOW} + %(window_s)s
RETURNING key
"""
_FORGET = f"""
DELETE FROM api_throttlehistory WHERE key IN (
    SELECT key FROM api_throttlehistory WHERE until < {_NOW}
    ORDER BY until LIMIT 20 FOR UPDATE SKIP LOCKED
)
"""


class TooOften(Exception):
    """One of the keys has been counted as often as it may; not for `wait_s` more."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"not for {wait_s:.1f} s")
        self.wait_s = wait_s


def count(allowances: Mapping[str, int], *, window_s: float) -> float:
    """Count this moment under all keys and return it, or raise TooOften.

    A key may be counted so often within `window_s` seconds. Of those at once, in
    whatever process, each sees those before.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        keys = list(allowances)
        cursor.execute(_COUNTED, {"keys": keys, "window_s": window_s})
        counted = cursor.fetchall()
        now: float = max(moment for _, _, moment in counted)
        full = [m[0] for key, m, _ in counted if len(m) >= allowances[key]]
        if full:
            # And leave no row of a key under which nothing is counted: whoever is
            # refused may go on with other names.
            raise TooOften(max(full) + window_s - now)
        cursor.execute(_ADD, {"keys": keys, "moment": now})
        cursor.execute(_FORGET)
    return now


def take_back(keys: Collection[str], moment: float) -> None:
    """Have a moment that was counted count no more."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_BACK, {"keys": list(keys), "moment": moment})


def is_first(key: str, *, window_s: float) -> bool:
    """Whether nobody has asked this of a key in so many seconds; it begins them."""
    with connection.cursor() as cursor:
        cursor.execute(_FIRST, {"key": key, "window_s": window_s})
        found = cursor.fetchone() is not None
        if found:
            cursor.execute(_FORGET)
    return found
