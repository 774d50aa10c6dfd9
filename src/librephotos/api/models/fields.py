"""Database fields of our own."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from django.db import models

# U+EF80..U+EFFF of the private use area stand for the bytes 0x80..0xFF that are not
# UTF-8, since PostgreSQL text can hold neither such bytes nor Python's surrogates.
# A genuine character of that range is spelled byte by byte as well, so that the
# mapping is one to one.
_GENUINE = re.compile("[\uef80-\uefff]")
_SURROGATE = re.compile("[\udc80-\udcff]")
_SPELLED = re.compile("[\uef80-\uefff]")


def path_to_text(path: bytes) -> str:
    """Return the text under which a path is stored, one to one with its bytes."""
    text = path.decode("utf-8", "surrogateescape")
    text = _GENUINE.sub(
        lambda found: "".join(chr(0xEF00 + b) for b in found[0].encode()), text
    )
    return _SURROGATE.sub(lambda found: chr(ord(found[0]) - 0xDC00 + 0xEF00), text)


def text_to_path(text: str) -> bytes:
    """Return the path whose stored text this is."""
    escaped = _SPELLED.sub(lambda found: chr(ord(found[0]) - 0xEF00 + 0xDC00), text)
    return escaped.encode("utf-8", "surrogateescape")


def readable_path(path: bytes) -> str:
    """Return a path as people may read it: undecodable bytes become U+FFFD."""
    return path.decode("utf-8", "replace")


if TYPE_CHECKING:
    _TextField = models.TextField[bytes | str, bytes]
else:
    _TextField = models.TextField


class PathField(_TextField):
    """A file system path: `bytes` in Python, text in the database."""

    def from_db_value(self, value: str | None, *_: Any) -> bytes | None:
        return None if value is None else text_to_path(value)

    def to_python(self, value: Any) -> Any:
        return os.fsencode(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> str | None:
        if value is None:
            return None
        return path_to_text(value if isinstance(value, bytes) else os.fsencode(value))

    def value_to_string(self, obj: models.Model) -> str:
        return path_to_text(self.value_from_object(obj))
