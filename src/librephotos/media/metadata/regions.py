"""Named boxes in XMP: people that other programs marked.

Sources: Metadata Working Group, Guidelines 2.0, section 5.9 (mwg-rs, which Apple,
Picasa, digiKam and Lightroom write too); Microsoft, People Tagging Overview (MP).
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from librephotos.media.metadata.record import Region
from librephotos.media.metadata.xmp import Values, number

MAX_REGIONS: Final = 500
_MWG_ROOT: Final = "Xmp.mwg-rs.Regions/mwg-rs:"
_MWG_ITEM = re.compile(r"Xmp\.mwg-rs\.Regions/mwg-rs:RegionList\[(\d+)\]/(.+)\Z")
_MP_ITEM = re.compile(r"Xmp\.MP\.RegionInfo/MPRI:Regions\[(\d+)\]/MPReg:(\w+)\Z")
_OTHER_TYPES: Final = frozenset(("pet", "focus", "barcode"))

_Item = dict[str, str]


@dataclass(frozen=True)
class Frame:
    """The stored image: its size in pixels and the EXIF orientation to show it in."""

    width: int
    height: int
    orientation: int


def read_regions(values: Values, frame: Frame | None) -> tuple[Region, ...]:
    """Return the marked people on the upright image, the MWG's boxes preferred.

    Boxes refer to the stored image, as the guidelines say, unless the size that they
    were applied to shows that the program had turned it upright. Without `frame`
    they are taken as upright.
    """
    if not any(key.startswith(("Xmp.mwg-rs.", "Xmp.MP.")) for key in values):
        return ()
    dimensions = _applied_to(values)
    found = [
        region
        for item in _items(values, _MWG_ITEM).values()
        if (region := _mwg_region(item, dimensions))
    ]
    if not found:
        items = _items(values, _MP_ITEM).values()
        found = [region for item in items if (region := _mp_region(item))]
    turn = _turn(frame, dimensions)
    return tuple(upright(region, turn) for region in found[:MAX_REGIONS])


def upright(region: Region, orientation: int) -> Region:
    """Return the region of a stored image on the image shown in EXIF orientation."""
    x, y, w, h = region.x, region.y, region.width, region.height
    far_x, far_y = 1 - x - w, 1 - y - h
    placed = {
        2: (far_x, y, w, h),
        3: (far_x, far_y, w, h),
        4: (x, far_y, w, h),
        5: (y, x, h, w),
        6: (far_y, x, h, w),
        7: (far_y, far_x, h, w),
        8: (y, far_x, h, w),
    }.get(orientation, (x, y, w, h))
    return Region(region.name, *placed)


def _items(values: Values, pattern: re.Pattern[str]) -> Mapping[int, _Item]:
    found: dict[int, _Item] = defaultdict(dict)
    for key, texts in values.items():
        match = pattern.match(key)
        if match and texts:
            found[int(match[1])][match[2]] = texts[0]
    return dict(sorted(found.items()))


def _applied_to(values: Values) -> tuple[float, float] | None:
    sides = [
        number(
            next(iter(values.get(f"{_MWG_ROOT}AppliedToDimensions/stDim:{s}", ())), "")
        )
        for s in "wh"
    ]
    width, height = sides
    return (width, height) if width and height and min(width, height) > 0 else None


def _mwg_region(item: _Item, dimensions: tuple[float, float] | None) -> Region | None:
    if item.get("mwg-rs:Type", "").lower() in _OTHER_TYPES:
        return None
    area = [number(item.get(f"mwg-rs:Area/stArea:{part}")) for part in "xywh"]
    if item.get("mwg-rs:Area/stArea:unit", "normalized").lower() == "pixel":
        if dimensions is None:
            return None
        area = [
            side / dimensions[at % 2] if side is not None else None
            for at, side in enumerate(area)
        ]
    x, y, w, h = area
    if x is None or y is None or w is None or h is None:
        return None
    return _within(item.get("mwg-rs:Name", ""), x - w / 2, y - h / 2, w, h)


def _mp_region(item: _Item) -> Region | None:
    sides = [number(part) for part in item.get("Rectangle", "").split(",")]
    if len(sides) != 4:
        return None
    x, y, w, h = sides
    if x is None or y is None or w is None or h is None:
        return None
    return _within(item.get("PersonDisplayName", ""), x, y, w, h)


def _within(name: str, x: float, y: float, w: float, h: float) -> Region | None:
    left, top = max(0.0, x), max(0.0, y)
    right, bottom = min(1.0, x + w), min(1.0, y + h)
    if right <= left or bottom <= top:
        return None
    return Region(name, left, top, right - left, bottom - top)


def _turn(frame: Frame | None, dimensions: tuple[float, float] | None) -> int:
    if frame is None:
        return 1
    if dimensions and frame.orientation > 4 and frame.width != frame.height:
        stored_is_wide = frame.width > frame.height
        marked_is_wide = dimensions[0] > dimensions[1]
        if stored_is_wide != marked_is_wide:
            return 1
    return frame.orientation
