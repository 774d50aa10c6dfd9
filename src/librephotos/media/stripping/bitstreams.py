"""Compressed sound and pictures without what cameras hide between the pictures.

Camcorders write time, place and camera into messages of the stream itself. Sources:
ITU-T H.264, 7.3.1, 7.3.2.3 and D.1.7; ITU-T H.265, 7.3.1 and D.2.7; ISO/IEC 14496-2,
6.2.1; ISO/IEC 13818-2, 6.2.2.2; Vorbis I, section 5; Matroska, codec specifications.
"""

import re
from collections.abc import Callable, Iterator

from librephotos.media.stripping import jpeg
from librephotos.media.stripping.errors import NotStrippable

Cleaner = Callable[[bytes], bytes]

_START = re.compile(rb"\x00\x00\x01")
_USER_DATA_UNREGISTERED = 5
_HEVC_MESSAGES = (39, 40)
# Decoders work around the faults of these encoders, by their names alone.
_USER_DATA = re.compile(
    rb"\x00\x00\x01\xb2(?!DivX|XviD|Lavc)(?s:.)*?(?=\x00\x00\x01|\Z)"
)

_CLEAN_VIDEO = frozenset(
    "av1 cinepak dnxhd ffv1 flv1 h261 h263 h263i huffyuv msmpeg4v1 msmpeg4v2 msmpeg4v3 "
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
        return _nal_cleaner(codec, extradata)
    if codec in ("mpeg4", "mpeg1video", "mpeg2video"):
        return without_user_data
    if codec == "mjpeg":
        return _without_jpeg_metadata
    return _unchanged if codec in _CLEAN_VIDEO else None


def audio_cleaner(codec: str) -> Cleaner | None:
    """Return what frees the packets of a sound track, None if that is not known."""
    clean = codec in _CLEAN_AUDIO or codec.startswith(("pcm_", "adpcm_"))
    return _unchanged if clean or codec == "vorbis" else None


def clean_header(codec: str, extradata: bytes) -> bytes:
    """Return the set-up data of a track without comments."""
    if codec in ("mpeg4", "mpeg1video", "mpeg2video"):
        return without_user_data(extradata)
    if codec in ("h264", "hevc") and extradata[:1] != b"\1":
        return _nal_cleaner(codec, extradata)(extradata)
    if codec == "hevc":
        return _without_messages(extradata)
    return _without_vorbis_comments(extradata) if codec == "vorbis" else extradata


def without_user_data(packet: bytes) -> bytes:
    """Return MPEG-1, -2 or -4 pictures without the data of users between them."""
    return _USER_DATA.sub(b"", packet)


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


def _without_messages(extradata: bytes) -> bytes:
    """Return an HEVC configuration record without its supplemental messages.

    Source: ISO/IEC 14496-15, section 8.3.3.1.
    """
    arrays, at = [], 23
    for _ in range(extradata[22] if len(extradata) > 22 else 0):
        start, at = at, at + 3
        for _ in range(int.from_bytes(extradata[start + 1 : at], "big")):
            at += 2 + int.from_bytes(extradata[at : at + 2], "big")
        if extradata[start] & 0x3F not in _HEVC_MESSAGES:
            arrays.append(extradata[start:at])
    return extradata[:22] + bytes((len(arrays),)) + b"".join(arrays)


def _nal_cleaner(codec: str, extradata: bytes) -> Cleaner:
    """Return a cleaner for NAL units, behind start codes or behind their lengths."""
    if extradata[:1] != b"\1":
        return lambda packet: b"".join(_clean_units(codec, packet))
    at = 4 if codec == "h264" else 21
    size = (extradata[at] & 3) + 1 if len(extradata) > at else 4
    return lambda packet: b"".join(_clean_sized_units(codec, packet, size))


def _clean_sized_units(codec: str, packet: bytes, size: int) -> Iterator[bytes]:
    at = 0
    while at + size <= len(packet):
        end = at + size + int.from_bytes(packet[at : at + size], "big")
        unit = _clean_unit(codec, packet[at + size : end])
        if unit:
            yield len(unit).to_bytes(size, "big") + unit
        at = end


def _clean_units(codec: str, packet: bytes) -> Iterator[bytes]:
    starts = [match.start() for match in _START.finditer(packet)]
    yield packet[: starts[0]] if starts else packet
    for start, end in zip(starts, [*starts[1:], len(packet)], strict=True):
        unit = packet[start + 3 : end]
        kept = _clean_unit(codec, unit)
        if kept:
            yield packet[start : start + 3] + kept


def _clean_unit(codec: str, unit: bytes) -> bytes:
    """Return a NAL unit without messages of unregistered user data, or nothing."""
    head = 1 if codec == "h264" else 2
    if codec == "h264":
        supplemental = bool(unit) and unit[0] & 0x1F == 6
    else:
        supplemental = bool(unit) and unit[0] >> 1 & 0x3F in _HEVC_MESSAGES
    if not supplemental:
        return unit
    messages = unit[head:].replace(b"\0\0\3", b"\0\0")
    kept = b"".join(_other_messages(messages))
    if not kept:
        return b""
    return unit[:head] + _escaped(kept + b"\x80")


def _other_messages(data: bytes) -> Iterator[bytes]:
    """Yield the supplemental messages that are no unregistered user data."""
    at = 0
    while at + 2 <= len(data) and data[at:].rstrip(b"\0") != b"\x80":
        start, values = at, []
        for _ in ("type", "size"):
            value = 0
            while data[at : at + 1] == b"\xff":
                value, at = value + 255, at + 1
            values.append(value + int.from_bytes(data[at : at + 1]))
            at += 1
        kind, size = values
        at += size
        if kind != _USER_DATA_UNREGISTERED and at <= len(data):
            yield data[start:at]


def _escaped(data: bytes) -> bytes:
    """Return the data with a 3 after two zeros that would look like a start code."""
    return re.sub(rb"\x00\x00(?=[\x00-\x03])", b"\0\0\3", data)
