"""H.264 and H.265 without messages, filling and units that no decoder shows.

Sources: ITU-T H.264 (08/2021), 7.3.1, table 7-1 and annex D; ITU-T H.265 (09/2023),
7.3.1, table 7-1 and annex D; ISO/IEC 14496-15, sections 5.3.3.1 and 8.3.3.1.
"""

import re
from collections.abc import Callable, Iterator

_START = re.compile(rb"\x00\x00\x01")
# Slices, parameters, delimiters and ends. Not in it: filling, further views, layers
# and depths, and the types that are left to whoever wants them.
_H264_SHOWN = frozenset((1, 2, 3, 4, 5, 7, 8, 9, 10, 11))
_HEVC_SHOWN = frozenset((*range(10), *range(16, 22), *range(32, 38)))
_SEI = {"h264": (6,), "hevc": (39, 40)}
_EMPTY = {"h264": (10, 11), "hevc": (36, 37)}
# Where decoding may begin, how two views lie in a picture, which way is up, and the
# light it was made for. Clocks, captions and whatever is registered or not stay behind.
_RECOVERY, _PACKING, _UPRIGHT = 6, 45, 47
_MESSAGES = frozenset((_RECOVERY, _PACKING, _UPRIGHT, 137, 144, 147))


def nal_cleaner(codec: str, configuration: bytes) -> Callable[[bytes], bytes]:
    """Return a cleaner of packets, whose units have start codes or lengths before them.

    `codec` is "h264" or "hevc"; a configuration record tells of lengths.
    """
    if configuration[:1] != b"\1":
        return lambda packet: b"".join(_clean_units(codec, packet))
    at = 4 if codec == "h264" else 21
    size = (configuration[at] & 3) + 1 if len(configuration) > at else 4
    return lambda packet: b"".join(_clean_sized_units(codec, packet, size))


def clean_configuration(codec: str, configuration: bytes) -> bytes:
    """Return the set-up data of a track without messages and odd units."""
    if configuration[:1] != b"\1":
        return b"".join(_clean_units(codec, configuration))
    return (_avc if codec == "h264" else _hevc)(configuration)


def _avc(record: bytes) -> bytes:
    """Return an AVC configuration record with its parameter sets alone."""
    if len(record) < 7:
        return record
    sequence, at = _sets(record, 6, record[5] & 0x1F, "h264")
    pictures, at = _sets(record, at + 1, record[at] if at < len(record) else 0, "h264")
    counts = bytes((record[5] & 0xE0 | len(sequence),)), bytes((len(pictures),))
    base = record[:5] + counts[0] + b"".join(sequence) + counts[1] + b"".join(pictures)
    high = record[1] in (100, 110, 122, 144, 244, 44)  # then depths of colours follow
    return base + (
        record[at : at + 3] + b"\0" if high and at + 3 < len(record) else b""
    )


def _hevc(record: bytes) -> bytes:
    """Return an HEVC configuration record with its parameter sets alone."""
    arrays, at = [], 23
    for _ in range(record[22] if len(record) > 22 else 0):
        head, count = record[at : at + 1], int.from_bytes(
            record[at + 1 : at + 3], "big"
        )
        sets, at = _sets(record, at + 3, count, "hevc")
        if sets:
            arrays.append(head + len(sets).to_bytes(2, "big") + b"".join(sets))
    return record[:22] + bytes((len(arrays),)) + b"".join(arrays)


def _sets(record: bytes, at: int, count: int, codec: str) -> tuple[list[bytes], int]:
    """Return clean units with their lengths of 16 bits, and where they end."""
    found = []
    for _ in range(count):
        end = at + 2 + int.from_bytes(record[at : at + 2], "big")
        unit = _clean_unit(codec, record[at + 2 : end])
        found += [len(unit).to_bytes(2, "big") + unit] if unit else []
        at = end
    return found, at


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
    for start, end in zip(starts, [*starts[1:], len(packet)], strict=True):
        # Zeros behind a unit belong to the next start code, or to nothing.
        unit = _clean_unit(codec, packet[start + 3 : end].rstrip(b"\0"))
        if unit:
            yield b"\0\0\0\1" + unit


def _clean_unit(codec: str, unit: bytes) -> bytes:
    """Return a unit with nothing in it that is not shown, perhaps nothing at all."""
    head = 1 if codec == "h264" else 2
    if len(unit) < head:
        return b""
    if codec == "h264":
        kind, shown = unit[0] & 0x1F, _H264_SHOWN
    else:
        kind, shown = unit[0] >> 1 & 0x3F, _HEVC_SHOWN
        if unit[0] & 1 or unit[1] >> 3:  # a layer above
            return b""
    if kind in _EMPTY[codec]:
        return unit[:head]
    if kind not in _SEI[codec]:
        return unit if kind in shown else b""
    kept = b"".join(_messages(unit[head:].replace(b"\0\0\3", b"\0\0")))
    return unit[:head] + _escaped(kept + b"\x80") if kept else b""


def _messages(data: bytes) -> Iterator[bytes]:
    """Yield the supplemental messages that change what is seen."""
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
        if kind in _MESSAGES and at <= len(data):
            yield data[start:at]


def _escaped(data: bytes) -> bytes:
    """Return the data with a 3 after two zeros that would look like a start code."""
    return re.sub(rb"\x00\x00(?=[\x00-\x03])", b"\0\0\3", data)
