"""What a bulk action's `query` asks for: keys of the timeline, or one of our own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from rest_framework.exceptions import ValidationError

from librephotos.api.serializers.library.timeline_filter import selection_filter
from librephotos.api.services.selections import ALBUMS, ViewQuery
from librephotos.numbers import whole_number

_VIEWS = (*ALBUMS, "search", "added_on", "undated")
"""The keys of ours, of which a query has one at the most."""
_WITH_THEM = ("video", "photo", "media")


def view_query(query: Mapping[str, Any]) -> ViewQuery:
    """Return what is to be selected, as strict as an action must be.

    Raises ValidationError for a key that we do not know, for keys that no view has
    together, and for values that cannot be one.
    """
    given = {name: value for name, value in query.items() if value is not None}
    rest = {name: value for name, value in given.items() if name not in _VIEWS}
    timeline = selection_filter(rest)
    views = sorted(given.keys() - rest.keys())
    if not views:
        return ViewQuery(timeline=timeline)
    beside = sorted(rest.keys() - {*_WITH_THEM, "username"})
    if len(views) > 1 or beside:
        clash = ", ".join([*views, *beside])
        raise ValidationError({"query": f"No view has all of these: {clash}."})
    (name,) = views
    value = given[name]
    chosen: dict[str, Any] = {"timeline": timeline, "video": timeline.video}
    if name in ALBUMS:
        return ViewQuery(**chosen, album=(name, _number(name, value)))
    if name == "search":
        return ViewQuery(**chosen, search=_words(value))
    if name == "added_on":
        return ViewQuery(**chosen, added_on=_day(value))
    if value is not True:
        raise ValidationError({"query": f"{name} can only be true."})
    return ViewQuery(**chosen, undated=True)


def _number(name: str, value: Any) -> int:
    number = None if isinstance(value, bool) else whole_number(str(value))
    if number is None:
        raise ValidationError({"query": f"One {name} is named by a number."})
    return number


def _words(value: Any) -> str:
    # Python takes halves of characters and NUL, of which no text of a database can be.
    if not isinstance(value, str) or not value.isprintable():
        raise ValidationError({"query": "A search is a text of printed characters."})
    return value


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValidationError({"query": "added_on is a day: YYYY-MM-DD."}) from None
