"""The film inside a still, whoever wrote the XMP that tells of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from librephotos.media.files.motion_photo import embedded_video_range
from tests.media.conftest import Keep
from tests.support.pictures.images import (
    google_motion_photo,
    jpeg,
    samsung_motion_photo,
    with_xmp_packet,
)
from tests.support.pictures.videos import video

FILM = video(seconds=1)
NAMESPACES = (
    'xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" '
    'xmlns:Container="http://ns.google.com/photos/1.0/container/" '
    'xmlns:Item="http://ns.google.com/photos/1.0/container/item/"'
)
PACKET = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
    f'rdf:about="" {NAMESPACES}>{{}}</rdf:Description></rdf:RDF></x:xmpmeta>'
)


def _branded(brand: bytes) -> bytes:
    return FILM[:8] + brand + FILM[12:]


def _item(semantic: str, length: int, padding: int | None = None) -> str:
    padded = "" if padding is None else f"<Item:Padding>{padding}</Item:Padding>"
    return (
        '<rdf:li rdf:parseType="Resource"><Container:Item rdf:parseType="Resource">'
        f"<Item:Mime>video/mp4</Item:Mime><Item:Semantic>{semantic}</Item:Semantic>"
        f"<Item:Length>{length}</Item:Length>{padded}</Container:Item></rdf:li>"
    )


def _elements(*items: str) -> str:
    return PACKET.format(
        "<GCamera:MotionPhoto>1</GCamera:MotionPhoto><Container:Directory><rdf:Seq>"
        + "".join(items)
        + "</rdf:Seq></Container:Directory>"
    )


def _film_in(path: Path) -> bytes:
    found = embedded_video_range(path)
    assert found is not None
    start, length = found
    return path.read_bytes()[start : start + length]


@pytest.mark.parametrize(
    "brand", [b"isom", b"mp42", b"mp41", b"qt  ", b"iso5", b"3gp4"]
)
@pytest.mark.parametrize("length", ["right", "wrong", "none"])
def test_xmp_in_element_form(brand: bytes, length: str, keep: Keep) -> None:
    film = _branded(brand)
    told = {"right": len(film), "wrong": len(film) - 77, "none": 0}[length]
    packet = _elements(_item("Primary", 0), _item("MotionPhoto", told))
    path = keep("a.jpg", with_xmp_packet(jpeg(), packet) + film)
    assert _film_in(path) == film


@pytest.mark.parametrize("form", ["<GCamera:{0}>{1}</GCamera:{0}>", ""])
def test_micro_video(form: str, keep: Keep) -> None:
    said = {"MicroVideo": 1, "MicroVideoOffset": len(FILM)}
    if form:
        packet = PACKET.format("".join(form.format(*each) for each in said.items()))
    else:
        attributes = " ".join(f'GCamera:{key}="{value}"' for key, value in said.items())
        packet = PACKET.format("").replace("rdf:about", f"{attributes} rdf:about")
    path = keep("a.jpg", with_xmp_packet(jpeg(), packet) + FILM)
    assert _film_in(path) == FILM


def test_two_items_and_padding(keep: Keep) -> None:
    map_of_gains = jpeg(32, 24)
    packet = _elements(
        _item("Primary", 0, 0),
        _item("MotionPhoto", len(FILM), 24),
        _item("GainMap", len(map_of_gains)),
    )
    content = with_xmp_packet(jpeg(), packet) + FILM + bytes(24) + map_of_gains
    assert _film_in(keep("a.jpg", content)) == FILM


def test_attributes_and_samsung_s_trailer_as_before(keep: Keep) -> None:
    assert _film_in(keep("a.jpg", google_motion_photo(FILM))) == FILM
    assert _film_in(keep("b.jpg", samsung_motion_photo(FILM))) == FILM


def test_what_is_behind_the_film_is_not_taken(keep: Keep) -> None:
    packet = _elements(_item("Primary", 0), _item("MotionPhoto", 5))
    content = with_xmp_packet(jpeg(), packet) + FILM + b"a trailer of an editor" * 9
    assert _film_in(keep("a.jpg", content)) == FILM


@pytest.mark.parametrize(
    "content",
    [
        jpeg(),
        with_xmp_packet(jpeg(), _elements(_item("MotionPhoto", 500))),
        with_xmp_packet(jpeg(), _elements(_item("MotionPhoto", 9_999_999_999))),
        jpeg() + FILM,  # of which nothing tells
    ],
)
def test_no_film(content: bytes, keep: Keep) -> None:
    assert embedded_video_range(keep("a.jpg", content)) is None
