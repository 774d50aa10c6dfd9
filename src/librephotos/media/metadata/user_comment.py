"""The text of EXIF's UserComment, whose first eight bytes name its encoding.

Source: CIPA DC-008 (Exif 2.32), 4.6.5, UserComment. Writers depart from it: UTF-16
in either byte order whatever that of the file, UTF-8 under any name, text under no
name, and blanks or zeros as filling.
"""

import re
import unicodedata
from typing import Final

from librephotos.media.text import clean

_CODE_BYTES: Final = 8
_KEY: Final = re.compile(r"(?=\D*\d)[0-9A-Za-z+/=_-]{32,}", re.ASCII)
MAX_BYTES: Final = 65_536


def user_comment(value: bytes) -> str | None:
    """Return the comment in the bytes of the tag, None if it is empty or no text."""
    if len(value) > MAX_BYTES:
        return None
    code = value[:_CODE_BYTES].rstrip(b"\0 ").upper()
    body = value[_CODE_BYTES:]
    if code == b"UNICODE":
        text = _wide(body)
    elif code == b"JIS":
        text = _decoded(body, "iso2022_jp", "shift_jis", "euc_jp")
    elif code == b"ASCII":
        text = _decoded(body, "utf-8", "cp1252", "latin-1")
    else:
        # Makers hide data of their own behind no code, programs plain text.
        text = _printable(value if code else body)
    text = clean(text.replace("\0", " "))
    # Painting programs and shops write a checksum or a key of theirs.
    return None if not text or _KEY.fullmatch(text) else text


def _decoded(body: bytes, *encodings: str) -> str:
    for encoding in encodings:
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    return ""


def _wide(body: bytes) -> str:
    if body[:2] in (b"\xfe\xff", b"\xff\xfe"):
        return body.decode("utf-16", "replace")
    text = body.rstrip(b"\0 ")
    if min(text, default=0) >= 0x20:  # UTF-16 of most scripts holds smaller bytes
        try:
            return text.decode()
        except UnicodeDecodeError:
            pass
    even = body[: len(body) // 2 * 2]
    readings = [even.decode(name, "replace") for name in ("utf-16-be", "utf-16-le")]
    return min(readings, key=_strangeness)


def _strangeness(text: str) -> float:
    """Return how unlike a text of one language these characters are.

    The wrong byte order yields characters of all scripts, and many that are none.
    """
    shown = text.strip("\0 \u2000")
    odd = sum(unicodedata.category(letter)[0] == "C" for letter in shown)
    return (len({ord(letter) >> 8 for letter in shown}) + 8 * odd) / (len(shown) or 1)


def _printable(body: bytes) -> str:
    try:
        text = body.strip(b"\0 ").decode()
    except UnicodeDecodeError:
        return ""
    plain = text.replace("\r", "").replace("\n", "").replace("\t", "")
    return text if plain.isprintable() and any(map(str.isalpha, plain)) else ""
