"""Compressed sound and pictures without what cameras hide between the pictures.

Camcorders write time, place and camera into messages of the stream itself. Kept are
the kinds of units that decoders of pictures need, and no others. Sources: ISO/IEC
14496-2, 6.2.1; ISO/IEC 13818-2, 6.2.1 and table 6-2; Vorbis I, section 5; Matroska,
codec specifications.
"""

import re
from collections.abc import Callable
from functools import partial

from librephotos.media.stripping import jpeg
from librephotos.media.stripping.errors import NotStrippable
from librephotos.media.stripping.nal_units import clean_configuration, nal_cleaner
from librephotos.media.stripping.obus import shown_obus

Cleaner = Callable[[bytes], bytes]

_START = re.compile(rb"\x00\x00\x01")
_MPEG = ("mpeg4", "mpeg1video", "mpeg2video")
_USER_DATA = 0xB2
# Decoders work around the faults of these encoders, by their names alone.
_ENCODER = re.compile(rb"DivX[0-9]{3,4}[bB][0-9]{1,4}p?|XviD[0-9]{4}|Lavc[0-9.]{3,16}")
_EXTENSION = 0xB5
_MPEG2_EXTENSIONS = frozenset((1, 2, 3, 5, 7, 8, 9, 10))  # 4 tells the copyright
# Start code and what has a fixed length, or at most that one.
_MPEG2_MOST = {0xB3: 140, _EXTENSION: 262, 0xB7: 4, 0xB8: 8}
_MPEG4_MOST = {0xB0: 5, 0xB1: 4, 0xB3: 7}
_MPEG2_SHOWN = frozenset((*range(0xB0), 0xB3, _EXTENSION, 0xB7, 0xB8))
_MPEG4_SHOWN = frozenset((*range(0x30), 0xB0, 0xB1, 0xB3, _EXTENSION, 0xB6))

_CLEAN_VIDEO = frozenset(
    "cinepak dnxhd ffv1 flv1 h261 h263 h263i huffyuv msmpeg4v1 msmpeg4v2 msmpeg4v3 "
    "prores qtrle rawvideo rpza svq1 svq3 v210 vc1 vp6 vp6f vp8 vp9 wmv1 wmv2 "
    "wmv3".split()
)
_CLEAN_AUDIO = frozenset(
    "aac aac_latm ac3 alac amr_nb amr_wb dts eac3 gsm gsm_ms mp1 mp2 mp3 opus qcelp "
    "truehd wmalossless wmapro wmav1 wmav2".split()
)


def video_cleaner(codec: str, extradata: bytes) -> Cleaner | None:
    """Return what frees the packets of a video track, None if that is not known."""
    if codec in ("h264", "hevc"):
        return nal_cleaner(codec, extradata)
    if codec == "av1":
        return shown_obus
    if codec in _MPEG:
        return partial(_shown_parts, codec)
    if codec == "mjpeg":
        return _without_jpeg_metadata
    return _unchanged if codec in _CLEAN_VIDEO else None


def audio_cleaner(codec: str) -> Cleaner | None:
    """Return what frees the packets of a sound track, None if that is not known."""
    clean = codec in _CLEAN_AUDIO or codec.startswith(("pcm_", "adpcm_"))
    return _unchanged if clean or codec == "vorbis" else None


def clean_header(codec: str, extradata: bytes) -> bytes:
    """Return the set-up data of a track without comments."""
    if codec in _MPEG:
        return _shown_parts(codec, extradata)
    if codec in ("h264", "hevc"):
        return clean_configuration(codec, extradata)
    if codec == "av1":
        return extradata[:4] + shown_obus(extradata[4:])
    return _without_vorbis_comments(extradata) if codec == "vorbis" else extradata


def _shown_parts(codec: str, packet: bytes) -> bytes:
    """Return the parts of MPEG-1, -2 or -4 that show a picture."""
    starts = [match.start() for match in _START.finditer(packet)]
    ends = [*starts[1:], len(packet)]
    parts = [packet[start:end] for start, end in zip(starts, ends, strict=True)]
    return b"".join(_shown_part(codec, part) for part in parts)


def _shown_part(codec: str, part: bytes) -> bytes:
    kind = part[3] if len(part) > 3 else 0xFF
    if kind == _USER_DATA:
        encoder = _ENCODER.match(part, 4) if codec == "mpeg4" else None
        return part[: encoder.end()] if encoder else b""
    if codec == "mpeg4":
        return part[: _MPEG4_MOST.get(kind)] if kind in _MPEG4_SHOWN else b""
    known = kind != _EXTENSION or part[4:5] and part[4] >> 4 in _MPEG2_EXTENSIONS
    return part[: _MPEG2_MOST.get(kind)] if kind in _MPEG2_SHOWN and known else b""


def _unchanged(packet: bytes) -> bytes:
    return packet


def _without_jpeg_metadata(packet: bytes) -> bytes:
    try:
        return b"".join(jpeg.without_metadata(packet, is_frame=True))
    except NotStrippable:
        return b""  # a frame that no player shows


def _without_vorbis_comments(extradata: bytes) -> bytes:
    """Return the three headers, laced as Matroska has them, with an empty second."""
    lengths, at = [], 1
    for _ in range(2):
        length = 0
        while extradata[at : at + 1] == b"\xff":
            length, at = length + 255, at + 1
        lengths.append(length + int.from_bytes(extradata[at : at + 1]))
        at += 1
    first = extradata[at : at + lengths[0]]
    last = extradata[at + sum(lengths) :]
    if extradata[:1] != b"\2" or not last.startswith(b"\5vorbis"):
        raise NotStrippable("The sound of the video has headers that are not known.")
    empty = b"\3vorbis" + bytes(8) + b"\1"
    return bytes((2, len(first), len(empty))) + first + empty + last
