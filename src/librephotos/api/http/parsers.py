"""Bodies of requests: what is no JSON, or costs too much, is a 400."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

DEEPEST = 32
"""Lists and objects within one another; the contract has four."""
MOST_CONTAINERS = 100_000
_LARGEST = 2**63


class BoundedJSONParser(JSONParser):
    """JSON of a size and depth that costs little, with numbers of 64 bits."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the value; raise ParseError with the reason if there is none."""
        raw = stream.read()
        if raw.count(b"[") + raw.count(b"{") > MOST_CONTAINERS:
            raise ParseError("The JSON has too many lists and objects.")
        try:
            # Other encodings than UTF-8 are not JSON between systems; RFC 8259, 8.1.
            value = json.loads(
                raw.decode("utf-8-sig"),
                parse_constant=_refuse,
                parse_int=_whole,
                parse_float=_finite,
            )
        except UnicodeDecodeError as error:
            raise ParseError("The JSON is not encoded in UTF-8.") from error
        except ValueError as error:
            raise ParseError(f"The body is no valid JSON: {error}") from error
        except RecursionError as error:
            raise ParseError(_too_deep()) from error
        _check_depth(value)
        return value


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no number of JSON")


def _whole(digits: str) -> int:
    if len(digits) > 20 or not -_LARGEST <= (number := int(digits)) < _LARGEST:
        raise ValueError("a number is too large")
    return number


def _finite(digits: str) -> float:
    if not math.isfinite(number := float(digits)):
        raise ValueError("a number is too large")
    return number


def _too_deep() -> str:
    return f"The JSON is nested more than {DEEPEST} levels deep."


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(DEEPEST + 1):
        level = [
            part
            for container in level
            if isinstance(container, dict | list)
            for part in _parts(container)
            if isinstance(part, dict | list)
        ]
        if not level:
            return
    raise ParseError(_too_deep())


def _parts(container: dict[str, Any] | list[Any]) -> Any:
    return container.values() if isinstance(container, dict) else container
