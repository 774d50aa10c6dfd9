"""Places over time and as a tree, in the contract's shapes."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from librephotos.api.queries.library.places import PlaceAlbum, Stay

# Okabe and Ito's palette, which colour-blind people can tell apart, without black.
PALETTE = (
    "#e69f00",
    "#56b4e9",
    "#009e73",
    "#f0e442",
    "#0072b2",
    "#d55e00",
    "#cc79a7",
)


class StayEntry(TypedDict):
    """A time in one country: seconds that it lasted, and from when until when."""

    data: list[float]
    color: str
    loc: str
    start: float
    end: float


class PlaceNode(TypedDict):
    """A place with those below it, or with its number of photos at the end."""

    name: str
    hex: str
    value: NotRequired[int]
    children: NotRequired[list[PlaceNode]]


class PlaceTree(TypedDict):
    """All places as a tree."""

    name: str
    children: list[PlaceNode]


def _color(position: int) -> str:
    return PALETTE[position % len(PALETTE)]


def stay_entries(stays: list[Stay]) -> list[StayEntry]:
    """Return the time line, with one colour for each country."""
    colors: dict[str, str] = {}
    for stay in stays:
        colors.setdefault(stay.country, _color(len(colors)))
    return [
        {
            "data": [(stay.until - stay.since).total_seconds()],
            "color": colors[stay.country],
            "loc": stay.country,
            "start": stay.since.timestamp(),
            "end": stay.until.timestamp(),
        }
        for stay in stays
    ]


def place_tree(places: list[PlaceAlbum]) -> PlaceTree:
    """Return country, region and town; deeper places count in their town.

    A place without lower levels, as a city state, repeats itself below.
    """
    below: dict[int | None, list[PlaceAlbum]] = {}
    for place in sorted(places, key=lambda place: (-place.photo_count, place.title)):
        below.setdefault(place.parent, []).append(place)
    countries = [
        _node(country, below, depth=2, color=_color(position))
        for position, country in enumerate(below.get(None, []))
    ]
    return {"name": "Places", "children": countries}


def _node(
    place: PlaceAlbum,
    below: dict[int | None, list[PlaceAlbum]],
    *,
    depth: int,
    color: str,
) -> PlaceNode:
    """Return a place with `depth` levels below it; photos taken nowhere in it count."""
    shown: PlaceNode = {"name": place.title, "hex": color}
    if not depth:
        return {**shown, "value": place.photo_count}
    children = [
        _node(child, below, depth=depth - 1, color=color)
        for child in below.get(place.key, [])
    ]
    rest = place.photo_count - sum(
        child.photo_count for child in below.get(place.key, [])
    )
    if rest:
        children.append(_leaf(place.title, rest, depth=depth - 1, color=color))
    return {**shown, "children": children}


def _leaf(name: str, value: int, *, depth: int, color: str) -> PlaceNode:
    shown: PlaceNode = {"name": name, "hex": color}
    if not depth:
        return {**shown, "value": value}
    child = _leaf(name, value, depth=depth - 1, color=color)
    return {**shown, "children": [child]}
