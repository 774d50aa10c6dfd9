"""The comment in EXIF, in every way that it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from librephotos.media.files.formats import sniff
from librephotos.media.limits import Limits
from librephotos.media.metadata.reading import read_metadata
from librephotos.media.metadata.user_comment import user_comment
from tests.media.conftest import Keep
from tests.support.pictures import images

KOELN, KYOTO, MOSCOW = "Grüße aus Köln", "家族で京都に行きました", "Привет из Москвы"


@pytest.mark.parametrize(
    "text", [KOELN, KYOTO, MOSCOW, "上海", "Plain words", "😀 fun"]
)
@pytest.mark.parametrize("encoding", ["utf-16-be", "utf-16-le", "utf-16", "utf-8"])
def test_unicode_in_any_byte_order(text: str, encoding: str) -> None:
    assert user_comment(b"UNICODE\0" + text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"ASCII\0\0\0A remark  \0\0", "A remark"),
        (b"ASCII\0\0\0Gr\xfc\xdfe", "Grüße"),
        (b"ASCII\0\0\0" + KOELN.encode(), KOELN),
        (b"JIS\0\0\0\0\0" + "京都".encode("iso2022_jp"), "京都"),
        (b"JIS\0\0\0\0\0" + "京都".encode("shift_jis"), "京都"),
        (b"\0\0\0\0\0\0\0\0plain words", "plain words"),
        (b"Words without a code", "Words without a code"),
        (b"\0\0\0\0\0\0\0\0" + bytes(range(1, 60)), None),
        (b"\0\0\0\0\0\0\0\0\xff\xd8\xff\xe0", None),
        (b"ASCII\0\0\0" + b"a5cb01550dbb9a6bf732f87e413f6e231cc4581e6a5be800", None),
        (b"ASCII\0\0\0        ", None),
        (b"UNICODE\0", None),
        (bytes(40), None),
        (b"", None),
        (b"ASCII\0\0\0" + b"a" * 65_536, None),
    ],
)
def test_other_codes_and_none(value: bytes, text: str | None) -> None:
    assert user_comment(value) == text


@given(st.binary(max_size=80), st.sampled_from([b"", b"UNICODE\0", b"JIS\0\0\0\0\0"]))
def test_no_bytes_make_it_raise(body: bytes, code: bytes) -> None:
    found = user_comment(code + body)
    assert found is None or "\0" not in found


def test_it_describes_the_picture(keep: Keep) -> None:
    exif = {"Exif.Photo.UserComment": f"charset=Unicode {KOELN}"}
    path = keep("a.jpg", images.jpeg(exif=exif))
    found = read_metadata(path, format=sniff(path), limits=Limits())
    assert found.description == KOELN
