"""Texts behind compressed data and between pictures do not reach copies."""

from __future__ import annotations

import io
import os
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import pytest
import pyvips
from PIL import Image

from librephotos.media.files.formats import sniff
from librephotos.media.fingerprint import file_time
from librephotos.media.limits import Limits
from librephotos.media.stripping.copies import CopyOrder, make_copy
from tests.support.pictures import marked
from tests.support.pictures.images import encoded, quadrants
from tests.support.pictures.marked import ICC, RAW_MARK, png_chunk

# Neither starts with zeros nor looks like a marker of any format.
HIDDEN = RAW_MARK * 3


@pytest.fixture
def stripped(tmp_path: Path) -> Callable[[bytes], bytes]:
    """Give a function that returns the copy of a file."""

    def copy(data: bytes) -> bytes:
        path, target = tmp_path / "original", tmp_path / "copy"
        path.write_bytes(data)
        facts = path.stat()
        make_copy(
            CopyOrder(
                path=os.fsencode(path),
                format=sniff(str(path)).name,
                target=target,
                size=facts.st_size,
                mtime_ns=file_time(facts.st_mtime_ns),
                limits=Limits(),
            )
        )
        return target.read_bytes()

    return copy


def picture(mode: str = "RGB") -> Image.Image:
    """A picture whose data is not short in any format."""
    noise = np.random.default_rng(0).integers(-20, 20, (160, 240, 3))
    values = np.clip(np.asarray(quadrants(240, 160), int) + noise, 0, 255)
    image = Image.fromarray(values.astype(np.uint8))
    if mode == "RGBA":
        image.putalpha(Image.linear_gradient("L").resize(image.size))
    return image.convert(mode)


def pixels(data: bytes) -> np.ndarray:
    if data[:2] == b"\xff\x0a" or data[4:8] == b"JXL ":
        return np.asarray(Image.open(io.BytesIO(data)))
    try:
        return pyvips.Image.new_from_buffer(data, "", n=-1).numpy()
    except pyvips.Error:
        return pyvips.Image.new_from_buffer(data, "").numpy()


def chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length


def changed_png(data: bytes, change: Callable[[bytes, bytes], bytes]) -> bytes:
    """The PNG with other chunks; those with parts of one picture are joined before."""
    joined: list[tuple[bytes, bytes]] = []
    for kind, body in chunks(data):
        if joined and joined[-1][0] == kind in (b"IDAT", b"fdAT"):
            body = joined.pop()[1] + (body[4:] if kind == b"fdAT" else body)
        joined.append((kind, body))
    return data[:8] + b"".join(png_chunk(k, change(k, b)) for k, b in joined)


def behind(*kinds: bytes) -> Callable[[bytes, bytes], bytes]:
    return lambda kind, body: body + HIDDEN if kind in kinds else body


def more_rows(kind: bytes, body: bytes) -> bytes:
    rows = zlib.decompress(body) + HIDDEN if kind == b"IDAT" else b""
    return zlib.compress(rows, 0) if rows else body


def animated_png() -> bytes:
    frames = [picture().rotate(90 * at) for at in range(3)]
    return encoded(
        frames[0], "PNG", save_all=True, append_images=frames[1:], duration=90
    )


def interlaced(image: Image.Image) -> bytes:
    return pyvips.Image.new_from_array(np.asarray(image)).pngsave_buffer(interlace=True)


def riff_chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    found, at = [], 0
    while at + 8 <= len(data):
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        found.append((data[at : at + 4], data[at + 8 : at + 8 + length]))
        at += 8 + length + length % 2
    return found


def riff(parts: list[tuple[bytes, bytes]]) -> bytes:
    return b"".join(
        kind + len(body).to_bytes(4, "little") + body + b"M" * (len(body) % 2)
        for kind, body in parts
    )


def changed_webp(data: bytes, *wanted: bytes) -> bytes:
    parts = []
    for kind, body in riff_chunks(data[12:]):
        if kind == b"ANMF":
            frame = [
                (each, inner + (HIDDEN if each in wanted else b""))
                for each, inner in riff_chunks(body[16:])
            ]
            body = body[:16] + riff([*frame, (b"MARK", HIDDEN)])
        elif kind in wanted:
            body += HIDDEN
        parts.append((kind, body))
    whole = riff(parts)
    return b"RIFF" + (4 + len(whole)).to_bytes(4, "little") + b"WEBP" + whole


def animated_webp() -> bytes:
    frames = [picture("RGBA").rotate(90 * at) for at in range(3)]
    return encoded(
        frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=90
    )


def gif(*, blocks_behind: bool, cut_code: bool = False) -> bytes:
    """A GIF with a text behind the code that ends its picture, or without that code."""
    data = encoded(picture().quantize(64), "GIF")
    table = 13 + 3 * 2 ** ((data[10] & 7) + 1)
    start = at = data.index(b"\x2c", table) + 11
    body = b""
    while data[at]:
        body += data[at + 1 : at + 1 + data[at]]
        at += 1 + data[at]
    if cut_code:
        body = body[:-1]
    if not blocks_behind:
        body += HIDDEN
    pieces = [body[here : here + 255] for here in range(0, len(body), 255)]
    pieces += [HIDDEN] if blocks_behind else []
    blocks = b"".join(bytes((len(piece),)) + piece for piece in pieces)
    return data[:start] + blocks + b"\0" + data[at + 1 :]


def jpeg(where: str, **options: object) -> bytes:
    data = encoded(picture(), "JPEG", icc_profile=ICC, **options)
    if where == "behind the last scan":
        return data[:-2] + HIDDEN + data[-2:]
    if where == "in a restart interval":
        at = data.index(b"\xff\xd1")
        return data[:at] + HIDDEN + data[at:]
    if where == "behind a scan":
        at = data.index(b"\xff\xc4", data.index(b"\xff\xda"))
        return data[:at] + HIDDEN + data[at:]
    assert where == "in a table that is not used"
    table = marked.segment(0xDB, b"\3" + HIDDEN.ljust(64, b"M"))
    return data[:2] + table + data[2:]


def jxl(*, container: bool, parts: bool = False) -> bytes:
    data = encoded(picture(), "JXL", lossless=True, use_container=False) + HIDDEN
    if not container:
        return data
    head = marked.box(b"JXL ", b"\r\n\x87\n") + marked.box(b"ftyp", b"jxl \0\0\0\0jxl ")
    if not parts:
        return head + marked.box(b"jxlc", data)
    first = marked.box(b"jxlp", bytes(4) + data[:2000])
    last = marked.box(b"jxlp", b"\x80\0\0\1" + data[2000:])
    return head + first + marked.box(b"MARK", HIDDEN) + last


KEPT = {
    "png": lambda: changed_png(encoded(picture(), "PNG"), behind(b"IDAT")),
    "png in many chunks": lambda: in_pieces(encoded(picture(), "PNG")),
    "grey png": lambda: changed_png(encoded(picture("L"), "PNG"), behind(b"IDAT")),
    "indexed png": lambda: changed_png(
        encoded(picture().quantize(11), "PNG"), behind(b"IDAT", b"PLTE")
    ),
    "interlaced png": lambda: changed_png(interlaced(picture()), behind(b"IDAT")),
    "transparent png": lambda: changed_png(
        encoded(picture("RGBA"), "PNG"), behind(b"IDAT", b"tRNS")
    ),
    "more rows": lambda: changed_png(encoded(picture(), "PNG"), more_rows),
    "profile of a png": lambda: changed_png(
        encoded(picture(), "PNG", icc_profile=ICC), behind(b"iCCP")
    ),
    "animated png": lambda: changed_png(animated_png(), behind(b"IDAT", b"fdAT")),
    "controls": lambda: changed_png(animated_png(), behind(b"fcTL", b"acTL")),
    "gif": lambda: gif(blocks_behind=False),
    "blocks of a gif": lambda: gif(blocks_behind=True),
    "gif without an end": lambda: gif(blocks_behind=True, cut_code=True),
    "webp": lambda: changed_webp(encoded(picture(), "WEBP"), b"VP8 "),
    "lossless webp": lambda: changed_webp(
        encoded(picture(), "WEBP", lossless=True), b"VP8L"
    ),
    "transparent webp": lambda: changed_webp(
        encoded(picture("RGBA"), "WEBP"), b"VP8 ", b"ALPH", b"VP8X"
    ),
    "animated webp": lambda: changed_webp(animated_webp(), b"VP8 ", b"ALPH", b"ANIM"),
    "jpeg": lambda: jpeg("behind the last scan"),
    "grey jpeg": lambda: jpeg("behind the last scan", subsampling=0),
    "restarts": lambda: jpeg("in a restart interval", restart_marker_blocks=4),
    "progressive": lambda: jpeg("behind the last scan", progressive=True),
    "scans": lambda: jpeg("behind a scan", progressive=True),
    "tables": lambda: jpeg("in a table that is not used"),
}


def in_pieces(data: bytes) -> bytes:
    stream = b"".join(body for kind, body in chunks(data) if kind == b"IDAT") + HIDDEN
    pieces = (
        png_chunk(b"IDAT", stream[at : at + 999]) for at in range(0, len(stream), 999)
    )
    return data[:33] + b"".join(pieces) + png_chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", KEPT)
def test_what_stands_behind_the_data_of_a_picture_is_left_out(stripped, kind):
    data = KEPT[kind]()
    assert RAW_MARK in data or kind == "more rows"
    copy = stripped(data)
    assert RAW_MARK not in copy
    assert RAW_MARK not in b"".join(inflated(copy))
    assert np.array_equal(pixels(data), pixels(copy))


def inflated(data: bytes) -> Iterator[bytes]:
    """All that a PNG holds in compressed form, behind its streams too."""
    for kind, body in chunks(data) if data[:4] == b"\x89PNG" else ():
        if kind in (b"IDAT", b"fdAT", b"iCCP"):
            stream = body[{b"fdAT": 4, b"iCCP": 5}.get(kind, 0) :]
            reader = zlib.decompressobj()
            yield reader.decompress(stream) + reader.unused_data


@pytest.mark.parametrize("options", [{}, {"container": True}, {"parts": True}])
def test_a_jpeg_xl_with_something_behind_it_is_rendered(stripped, options):
    data = jxl(container=bool(options), parts="parts" in options)
    copy = stripped(data)
    assert RAW_MARK not in copy
    difference = np.abs(pixels(data).astype(int) - pixels(copy))
    assert difference.mean() < 5  # noise


def test_a_bare_jpeg_xl_keeps_its_stream(stripped):
    data = encoded(picture(), "JXL", lossless=True, use_container=False)
    assert stripped(data) == data


def test_a_clean_picture_keeps_its_compressed_data(stripped):
    data = encoded(picture(), "PNG")
    streams = [
        b"".join(body for kind, body in chunks(each) if kind == b"IDAT")
        for each in (data, stripped(data))
    ]
    assert streams[0] == streams[1]
    for format, options in (("GIF", {}), ("WEBP", {}), ("WEBP", {"lossless": True})):
        whole = encoded(picture(), format, **options)
        assert stripped(whole) == whole


def with_tags(*tags: tuple[bytes, bytes]) -> bytes:
    """The profile with more tags, and a text behind them that no tag names."""
    count = int.from_bytes(ICC[128:132], "big")
    moved = 12 * len(tags)
    table, body = b"", ICC[132 + 12 * count :]
    for at in range(count):
        entry = ICC[132 + 12 * at : 144 + 12 * at]
        offset = int.from_bytes(entry[4:8], "big") + moved
        table += entry[:4] + offset.to_bytes(4, "big") + entry[8:]
    for kind, content in tags:
        offset = 132 + 12 * count + moved + len(body)
        table += kind + offset.to_bytes(4, "big") + len(content).to_bytes(4, "big")
        body += content
    whole = ICC[4:128] + (count + len(tags)).to_bytes(4, "big") + table + body + HIDDEN
    return (4 + len(whole)).to_bytes(4, "big") + whole


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("tags", [(), ((b"mmod", HIDDEN), (b"meta", HIDDEN))])
def test_a_profile_keeps_its_colours_and_not_the_serial_number(stripped, format, tags):
    data = encoded(picture(), format, icc_profile=with_tags(*tags))
    with Image.open(io.BytesIO(stripped(data))) as image:
        profile = image.info["icc_profile"]
    assert RAW_MARK not in profile and b"mmod" not in profile
    for tag in (b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"wtpt"):
        assert tag_of(profile, tag) == tag_of(ICC, tag)


def test_no_chunk_of_values_is_looked_at_twice(stripped):
    """Each may inflate to megabytes, and a file has room for thousands."""
    data = encoded(picture(), "PNG", icc_profile=ICC)
    damaged = data[:33] + png_chunk(b"iCCP", b"icc\0\0no stream") + data[33:]
    with Image.open(io.BytesIO(stripped(damaged))) as image:
        assert "icc_profile" not in image.info


def tag_of(profile: bytes, tag: bytes) -> bytes:
    at = profile.index(tag, 132)
    start, length = (
        int.from_bytes(profile[at + 4 * n : at + 4 * n + 4], "big") for n in (1, 2)
    )
    return profile[start : start + length]


UNIT = b"\0\0\0\1"
H264 = {
    "filler data": UNIT + b"\x0c" + HIDDEN + b"\x80",
    "an unspecified unit": UNIT + b"\x18" + HIDDEN,
    "a reserved unit": UNIT + b"\x16" + HIDDEN,
    "a prefix": UNIT + b"\x0e\x40\x40\x40" + HIDDEN,
    "user data": UNIT + b"\x06\x05\x30" + HIDDEN + b"\x80",
    "registered user data": UNIT + b"\x06\x04\x30" + HIDDEN + b"\x80",
    "a message of filling": UNIT + b"\x06\x03\x30" + HIDDEN + b"\x80",
    "an unknown message": UNIT + b"\x06\x63\x30" + HIDDEN + b"\x80",
    "an end of stream": UNIT + b"\x0b" + HIDDEN,
}
HEVC = {
    "filler data": UNIT + b"\x4c\x01" + HIDDEN + b"\x80",
    "an unspecified unit": UNIT + b"\x60\x01" + HIDDEN,
    "another unspecified unit": UNIT + b"\x7e\x01" + HIDDEN,
    "a reserved unit": UNIT + b"\x52\x01" + HIDDEN,
    "a layer above": UNIT + b"\x02\x09" + HIDDEN,
    "user data": UNIT + b"\x4e\x01\x05\x30" + HIDDEN + b"\x80",
    "registered user data": UNIT + b"\x50\x01\x04\x30" + HIDDEN + b"\x80",
}
MPEG2 = {
    "user data": b"\0\0\1\xb2" + HIDDEN,
    "the name of an encoder": b"\0\0\1\xb2Lavc" + HIDDEN,
    "a copyright": b"\0\0\1\xb5\x40" + HIDDEN,
    "an end": b"\0\0\1\xb7" + HIDDEN,
}
MPEG4 = {
    "user data": b"\0\0\1\xb2" + HIDDEN,
    "the name of an encoder": b"\0\0\1\xb2XviD0050" + HIDDEN,
    "stuffing": b"\0\0\1\xc3" + HIDDEN,
    "a reserved part": b"\0\0\1\x35" + HIDDEN,
}
AV1 = {
    "metadata": b"\x2a\x31\x04" + HIDDEN,
    "padding": b"\x7a\x30" + HIDDEN,
    "a reserved unit": b"\x4a\x30" + HIDDEN,
    "a tile list": b"\x42\x30" + HIDDEN,
}
STREAMS = [
    *(("mpegts", "libx264", kind, H264[kind]) for kind in H264),
    *(("mp4", "libx264", kind, H264[kind]) for kind in H264),
    *(("mpegts", "libx265", kind, HEVC[kind]) for kind in HEVC),
    *(("vob", "mpeg2video", kind, MPEG2[kind]) for kind in MPEG2),
    *(("avi", "mpeg4", kind, MPEG4[kind]) for kind in MPEG4),
    *(("matroska", "av1", kind, AV1[kind]) for kind in AV1),
]


@pytest.mark.parametrize(("format", "codec", "kind", "hidden"), STREAMS)
def test_what_stands_between_the_pictures_of_a_film_is_left_out(
    stripped, format, codec, kind, hidden
):
    data = marked.marked_video(format, codec, hidden=hidden)
    assert RAW_MARK in data
    copy = stripped(data)
    assert RAW_MARK not in copy
    assert b"x264" not in copy and b"x265" not in copy
    assert frames(copy) == frames(data)


def frames(data: bytes) -> list[bytes]:
    with av.open(io.BytesIO(data)) as container:
        return [frame.to_ndarray().tobytes() for frame in container.decode(video=0)]


def test_the_light_of_a_film_is_kept():
    from librephotos.media.stripping.bitstreams import video_cleaner

    light = b"\x90\x04\x03\xe8\x01\x90"  # 144, four bytes: 1,000 and 400 candela
    unit = b"\x4e\x01" + b"\x05\x10" + HIDDEN[:16] + light + b"\x80"
    cleaner = video_cleaner("hevc", b"")
    assert cleaner is not None
    assert cleaner(UNIT + unit) == UNIT + b"\x4e\x01" + light + b"\x80"
    cleaner = video_cleaner("av1", b"")
    assert cleaner is not None
    metadata = b"\x2a\x06\x01\x03\xe8\x01\x90\x80"
    assert cleaner(metadata + b"\x7a\x03MMM") == metadata


def test_a_jpeg_whose_coefficients_have_no_room_in_one_is_rendered(stripped):
    data = encoded(picture().resize((40, 30)), "JPEG")
    at = data.index(b"\xff\xda") - 137  # within the last of the tables
    broken = data[:at] + b"Xq7HiddenMarker" + data[at + 15 :]
    copy = stripped(broken)
    assert pixels(copy).shape == (30, 40, 3)
    assert b"Xq7HiddenMarker" not in copy
