"""Colours that are told by numbers: wide ones, and light brighter than paper.

Sources: ITU-T H.273 (the numbers: 8.1 primaries, 8.2 transfer); ITU-R BT.2100 (PQ, HLG
and its system gamma), BT.2408 (203 cd/m2 for the white of paper, 1,000 for HLG's peak);
BT.2020; SMPTE EG 432-1 (Display P3); PNG (Third Edition), 11.3.2.6 (cICP); ISO
14496-12, 12.1.5 (colr).
"""

from functools import cache
from typing import BinaryIO, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyvips

from librephotos.media.files.formats import Format
from librephotos.media.structure.bmff import top_level
from librephotos.media.structure.heif_items import (
    box_body,
    index_parts,
    item_properties,
)
from librephotos.media.structure.png_chunks import png_chunks

_TO_SRGB: Final = {
    9: (  # BT.2020
        (1.6605, -0.5876, -0.0728),
        (-0.1246, 1.1329, -0.0083),
        (-0.0182, -0.1006, 1.1187),
    ),
    12: (  # Display P3
        (1.2249, -0.2247, 0.0),
        (-0.0420, 1.0419, 0.0),
        (-0.0197, -0.0786, 1.0979),
    ),
}
_LINEAR, _PQ, _HLG = 8, 16, 18
_LUMINANCE: Final = (0.2627, 0.6780, 0.0593)
_PAPER: Final = 203.0
_PQ_PEAK, _HLG_PEAK = 10_000.0, 1_000.0
_SYSTEM_GAMMA: Final = 1.2
_KNEE: Final = 0.75
"""The light above which what is brighter than paper is pressed together."""


class CodedColours(NamedTuple):
    """The numbers of primaries and of the transfer (H.273, tables 2 and 3)."""

    primaries: int
    transfer: int

    @property
    def are_srgb(self) -> bool:
        """Whether pixels can be taken for sRGB as they are."""
        brighter = self.transfer in (_LINEAR, _PQ, _HLG)
        return self.primaries not in _TO_SRGB and not brighter


def colours_of(file: BinaryIO, format: Format) -> CodedColours | None:
    """Return the colours that an open still tells by numbers alone, None if by none.

    Those of HEIC come with its pixels.
    """
    if format.name == "PNG":
        return colours_of_png(file)
    return colours_of_avif(file) if format.name == "AVIF" else None


def colours_of_png(file: BinaryIO) -> CodedColours | None:
    """Return what cICP tells of an open PNG, None if nothing, or iCCP tells more."""
    found = None
    for chunk in png_chunks(file):
        if chunk.type in (b"IDAT", b"iCCP"):
            return found if chunk.type == b"IDAT" else None
        if chunk.type == b"cICP" and chunk.length == 4:
            file.seek(chunk.start)
            primaries, transfer = file.read(2)
            found = CodedColours(primaries, transfer)
    return found


def colours_of_avif(file: BinaryIO) -> CodedColours | None:
    """Return what `colr` tells of an open AVIF, None if nothing, or a profile does."""
    meta = next((box for box in top_level(file) if box.type == b"meta"), None)
    if meta is None:
        return None
    try:
        parts = index_parts(file, meta)
        head = box_body(file, parts.get(b"pitm"))
        version, _ = head.number(1), head.take(3)
        main = head.number(2 if version == 0 else 4)
        found = item_properties(file, parts, main)
    except EOFError:
        return None
    told = [body for kind, body in found if kind == b"colr"]
    if any(body[:4] in (b"prof", b"rICC") for body in told):
        return None
    coded = next((body for body in told if body[:4] == b"nclx"), b"")
    if len(coded) < 8:
        return None
    return CodedColours(int.from_bytes(coded[4:6]), int.from_bytes(coded[6:8]))


def as_shown(image: pyvips.Image, colours: CodedColours | None) -> pyvips.Image:
    """Return 8-bit RGB of these colours as sRGB; opacity stays, and so does grey.

    What is brighter than paper is pressed together below white.
    """
    if colours is None or colours.are_srgb or image.bands < 3:
        return image
    if image.format != "uchar":
        return image
    light = image[:3].maplut(_light(colours.transfer))
    if colours.transfer == _HLG:
        luminance = light.recomb([list(_LUMINANCE)])
        light = light * luminance ** (_SYSTEM_GAMMA - 1) * (_HLG_PEAK / _PAPER)
    if colours.primaries in _TO_SRGB:
        light = light.recomb([list(row) for row in _TO_SRGB[colours.primaries]])
    if colours.transfer in (_PQ, _HLG):
        room = 1 - _KNEE
        pressed = 1 - ((_KNEE - light) / room).exp() * room
        light = (light > _KNEE).ifthenelse(pressed, light)
    shown = light.copy(interpretation="scrgb").colourspace("srgb").cast("uchar")
    if image.bands > 3:
        shown = shown.bandjoin(image[3])
    return shown.copy(interpretation="srgb").copy_memory()


@cache
def _light(transfer: int) -> pyvips.Image:
    """Return the light of each of 256 shades, 1 for the white of paper."""
    shades = np.linspace(0, 1, 256)
    if transfer != _LINEAR:
        shades = {_PQ: _of_pq, _HLG: _of_hlg}.get(transfer, _of_srgb)(shades)
    return pyvips.Image.new_from_array(shades.astype(np.float32)[None])


def _of_srgb(shades: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    bright = ((shades + 0.055) / 1.055) ** 2.4
    return np.where(shades <= 0.04045, shades / 12.92, bright)


def _of_pq(shades: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    root = shades ** (1 / 78.84375)
    above = np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)
    return above ** (1 / 0.1593017578125) * (_PQ_PEAK / _PAPER)


def _of_hlg(shades: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    bright = (np.exp((shades - 0.55991073) / 0.17883277) + 0.28466892) / 12
    return np.where(shades <= 0.5, shades**2 / 3, bright)
