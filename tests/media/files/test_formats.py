"""Formats are told by content, never by name."""

import io
import os
from collections.abc import Callable
from pathlib import Path

import pillow_heif
import pillow_jxl  # noqa: F401  registers itself with Pillow
import pytest

from librephotos.media.errors import UnreadableFile, UnsupportedFormat
from librephotos.media.files.formats import CANDIDATE_EXTENSIONS, FORMATS, Kind, sniff
from tests.media.conftest import Keep
from tests.support.pictures import images, videos


def _heif(format: str) -> bytes:
    picture = pillow_heif.from_pillow(images.picture())
    target = io.BytesIO()
    picture.save(target, format=format)
    return target.getvalue()


def _pillow(format: str) -> bytes:
    return images.encoded(images.picture(), format)


MADE: dict[str, Callable[[], bytes]] = {
    "JPEG": images.jpeg,
    "PNG": lambda: _pillow("PNG"),
    "GIF": lambda: _pillow("GIF"),
    "WebP": lambda: _pillow("WEBP"),
    "TIFF": lambda: _pillow("TIFF"),
    "BMP": lambda: _pillow("BMP"),
    "AVIF": lambda: _pillow("AVIF"),
    "HEIC": lambda: _heif("HEIF"),
    "JXL": lambda: _pillow("JXL"),
    "MP4": videos.video,
    "QuickTime": lambda: videos.video(format="mov"),
    "3GP": lambda: videos.video(format="3gp", codec="mpeg4"),
    "AVI": lambda: videos.video(format="avi", codec="mpeg4"),
    "Matroska": lambda: videos.video(format="matroska"),
    "WebM": lambda: videos.video(format="webm", codec="libvpx-vp9"),
    "MPEG-TS": lambda: videos.video(format="mpegts"),
    "XMP": lambda: images.sidecar({"xmp:Rating": "3"}),
}


@pytest.mark.parametrize("name", MADE)
def test_content_names_the_format_whatever_the_file_is_called(
    name: str, keep: Keep
) -> None:
    path = keep("holiday.nef", MADE[name]())
    assert sniff(os.fsencode(path)) is FORMATS[name]


def test_raw_data_in_a_tiff_frame_is_told_from_tiff(tmp_path: Path) -> None:
    assert sniff(images.dng(tmp_path / "a.tif")).kind is Kind.RAW


HEADS = {
    "CR2": b"II*\0\x10\0\0\0CR\x02\0" + bytes(200),
    "CR3": b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom" + bytes(200),
    "RAF": b"FUJIFILMCCD-RAW 0201" + bytes(200),
    "ORF": b"IIRO\x08\0\0\0" + bytes(200),
    "RW2": b"IIU\0\x18\0\0\0" + bytes(200),
    "X3F": b"FOVb" + bytes(200),
    "MRW": b"\0MRM" + bytes(200),
    "JXL": b"\xff\x0a" + bytes(200),
    "M4V": b"\0\0\0\x18ftypM4V \0\0\0\x01M4V mp42" + bytes(200),
    "HEIC": b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic" + bytes(200),
    "AVIF": b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif" + bytes(200),
    "QuickTime": b"\0\0\0\x08wide\0\0\0\x08mdat" + bytes(200),
    "MPEG": b"\0\0\x01\xba" + bytes(200),
}


@pytest.mark.parametrize("name", HEADS)
def test_first_bytes_are_enough_where_a_format_has_a_mark(
    name: str, keep: Keep
) -> None:
    assert sniff(keep("file.bin", HEADS[name])).name == name


def _maker_tiff(make: bytes) -> bytes:
    """A TIFF directory with a maker and colour-filter data."""
    text = make + b"\0"
    entries = (0x0106).to_bytes(2, "little") + (3).to_bytes(2, "little")
    entries += (1).to_bytes(4, "little") + (32803).to_bytes(4, "little")
    entries += (0x010F).to_bytes(2, "little") + (2).to_bytes(2, "little")
    entries += len(text).to_bytes(4, "little") + (38).to_bytes(4, "little")
    return b"II*\0\x08\0\0\0\x02\0" + entries + bytes(4) + text + bytes(200)


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (b"NIKON CORPORATION", "NEF"),
        (b"SONY   ", "ARW"),
        (b"PENTAX Corporation", "PEF"),
        (b"SAMSUNG", "SRW"),
        (b"Hasselblad", "3FR"),
        (b"An unknown scanner", "TIFF"),
    ],
)
def test_the_maker_names_the_raw_format(make: bytes, name: str, keep: Keep) -> None:
    assert sniff(keep("a.tif", _maker_tiff(make))).name == name


def test_utf16_sidecar_is_a_sidecar(keep: Keep) -> None:
    content = images.sidecar({"xmp:Rating": "3"}, encoding="utf-16")
    assert sniff(keep("a.txt", content)).kind is Kind.SIDECAR


def test_name_settles_what_xml_is_a_sidecar(keep: Keep) -> None:
    markup = b"<?xml version='1.0'?><anything/>"
    assert sniff(keep("a.xmp", markup)).kind is Kind.SIDECAR
    with pytest.raises(UnsupportedFormat):
        sniff(keep("a.xml", markup))


@pytest.mark.parametrize("content", [b"hello", b"BM", b"\x1a\x45\xdf\xa3", b"\0" * 999])
def test_unknown_content_is_said_to_be_unsupported(content: bytes, keep: Keep) -> None:
    with pytest.raises(UnsupportedFormat, match="no picture"):
        sniff(keep("a.jpg", content))


def test_empty_missing_and_odd_files_say_so(keep: Keep, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="empty"):
        sniff(keep("empty.jpg", b""))
    with pytest.raises(UnreadableFile, match="not there"):
        sniff(tmp_path / "missing.jpg")
    with pytest.raises(UnreadableFile, match="no regular file|folder"):
        sniff(tmp_path)
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(UnreadableFile, match="no regular file"):
        sniff(tmp_path / "pipe.jpg")


def test_file_name_need_not_be_text(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9\xff.jpg"
    with open(path, "wb") as file:
        file.write(images.jpeg())
    assert sniff(path).name == "JPEG"


def test_candidate_extensions_are_lower_case_with_a_dot() -> None:
    assert {".jpg", ".heic", ".mts", ".xmp", ".cr3"} <= CANDIDATE_EXTENSIONS
    assert all(e == e.lower() and e[0] == "." for e in CANDIDATE_EXTENSIONS)
