"""Names of clients, made fit for a folder of any system."""

from __future__ import annotations

import os
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from librephotos.media.files.formats import CANDIDATE_EXTENSIONS, FORMATS
from librephotos.media.files.safe_names import LONGEST_NAME, safe_name
from librephotos.media.files.unwanted import is_unwanted_file

JPEG = FORMATS["JPEG"]


@pytest.mark.parametrize(
    "told, kept",
    [
        ("IMG_1.JPG", "IMG_1.JPG"),
        ("Été à Пермь 写真.jpg", "Été à Пермь 写真.jpg"),
        ("E\u0301te\u0301.jpg", "Été.jpg"),
        ("a.jpg.xmp", "a.jpg.xmp"),
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\Users\\me\\a.heic", "a.heic"),
        ("/a/b/", "upload.jpg"),
        ("", "upload.jpg"),
        (".", "upload.jpg"),
        ("..", "upload.jpg"),
        (".hidden.jpg", "hidden.jpg"),
        ("...jpg", "jpg.jpg"),
        ("a\0b.jpg", "ab.jpg"),
        ("a\nb\tc.jpg", "a b c.jpg"),
        ("  a  .jpg ", "a.jpg"),
        ("holiday\u202egpj.exe", "holidaygpj.exe.jpg"),
        ("\u200fa\u200b.jpg", "a.jpg"),
        ("\U0001f469\u200d\U0001f469.jpg", "\U0001f469\u200d\U0001f469.jpg"),
        ('a<b>:"c|d?e*.jpg', "a_b___c_d_e_.jpg"),
        ("CON.jpg", "_CON.jpg"),
        ("nul", "_nul.jpg"),
        ("com1.tar.jpg", "_com1.tar.jpg"),
        ("lpt\u00b9.jpg", "_lpt\u00b9.jpg"),
        ("console.jpg", "console.jpg"),
        ("page.html", "page.html.jpg"),
        ("a.jpg_original", "a.jpg_original.jpg"),
        ("clip.thm", "clip.thm.jpg"),
    ],
)
def test_names(told: str, kept: str) -> None:
    assert safe_name(told, JPEG) == kept


def test_a_long_name_keeps_its_extension() -> None:
    name = safe_name("写" * 300 + ".JPEG", JPEG)
    assert len(name.encode()) <= LONGEST_NAME
    assert name.endswith("写.JPEG")


@given(st.text(max_size=400))
def test_any_text_makes_a_name(told: str) -> None:
    name = safe_name(told, JPEG)
    assert os.path.basename(name) == name
    assert not name.startswith((".", " ")) and "\0" not in name
    assert len(os.fsencode(name)) <= LONGEST_NAME + len(".jpg")
    assert os.path.splitext(name)[1].lower() in CANDIDATE_EXTENSIONS
    assert not is_unwanted_file(os.fsencode(name))
    assert unicodedata.normalize("NFC", name) == name
    assert safe_name(name, JPEG) == name
