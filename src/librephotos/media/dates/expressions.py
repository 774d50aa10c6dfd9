"""Regular expressions that users write, matched in linear time.

They are RE2's (https://github.com/google/re2/wiki/Syntax), which knows neither back
references nor looks ahead or behind: with these a match could take any time. What an
expression may cost is bounded twice, by its memory when it is compiled and by the
length of the text that it is matched with.
"""

from functools import lru_cache
from typing import Any, Final

import re2

MAX_CHARACTERS: Final = 500
MAX_SEARCHED: Final = 1024
"""Characters of a path that are looked at, from its end."""

_MAX_MEMORY: Final = 256 * 1024
"""Bytes for one expression: some ten milliseconds to compile, in the worst case."""


class InvalidExpression(ValueError):
    """An expression that cannot be used; the message says why, in one sentence."""


@lru_cache(maxsize=128)
def compile_expression(text: str) -> Any:
    """Return the compiled expression, which does not regard case.

    Raises InvalidExpression if it is too long, would take too much memory, or is no
    expression of RE2's.
    """
    if len(text) > MAX_CHARACTERS:
        raise InvalidExpression(
            f"An expression may have at most {MAX_CHARACTERS} characters."
        )
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = False
    options.max_mem = _MAX_MEMORY
    try:
        return re2.compile(text, options)
    except UnicodeEncodeError as error:
        raise InvalidExpression(
            "An expression holds half of a character, which no text can."
        ) from error
    except re2.error as error:
        reason = error.args[0] if error.args else b""
        if isinstance(reason, bytes):
            reason = reason.decode(errors="replace")
        raise InvalidExpression(
            f"An expression is not valid: {reason}. Look-ahead, look-behind and back "
            "references are not supported, and repetitions only up to 1000."
        ) from error


def cost_of(text: str) -> int:
    """Return how many steps an expression may take at each character of a text.

    Raises InvalidExpression.
    """
    return int(compile_expression(text).programsize)


def search(text: str, within: str) -> tuple[str | None, ...] | None:
    """Return the groups of the first match of an expression, None without a match.

    Only the last MAX_SEARCHED characters are looked at. Raises InvalidExpression.
    """
    searched = within[-MAX_SEARCHED:].encode(errors="replace").decode()
    match = compile_expression(text).search(searched)
    return match.groups() if match else None
