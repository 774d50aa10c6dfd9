"""JSON by orjson, a tenth of the time of the framework's for a day of photos."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from rest_framework.renderers import JSONRenderer
from rest_framework.utils.encoders import JSONEncoder

_OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
"""What is no JSON by itself is told to the framework's encoder, which knows how."""

_ESCAPED = ((b"\xe2\x80\xa8", b"\\u2028"), (b"\xe2\x80\xa9", b"\\u2029"))
"""Line ends of JavaScript in UTF-8: the framework escapes them, JSON need not."""

_default = JSONEncoder().default


class FastJSONRenderer(JSONRenderer):
    """Renders what the framework's JSON renderer does, and is sooner done.

    What orjson refuses is left to that: whole numbers beyond 64 bits, keys that are no
    texts, lone surrogates (an error with both), JSON with an indentation. NaN and
    infinity, which are no JSON, become null.
    """

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        if data is None:
            return b""
        if not self.get_indent(accepted_media_type or "", renderer_context or {}):
            try:
                return _javascript(orjson.dumps(data, _default, _OPTIONS))
            except orjson.JSONEncodeError:
                pass
        written: bytes = super().render(data, accepted_media_type, renderer_context)
        return written


def _javascript(text: bytes) -> bytes:
    # One byte is found at once; to look for three takes longer than all else here.
    if b"\xe2" in text:
        for plain, escaped in _ESCAPED:
            text = text.replace(plain, escaped)
    return text
