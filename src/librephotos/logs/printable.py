"""Text of others, names of files above all, made fit for a terminal and a log."""

from __future__ import annotations

import re
import unicodedata

# U+200C and U+200D shape letters of Persian and Indic scripts, and join emoji.
_JOINERS = "\u200c\u200d"
# Control characters (C0, DEL, C1), format characters (bidirectional overrides, marks
# that cannot be seen, tags), halves of surrogate pairs, ends of lines and paragraphs.
_UNFIT = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
# Most text has nothing beyond these, and is not looked at one by one.
_SUSPICIOUS = re.compile(r"[^\x20-\x7e\xa1-\xac\xae-\u05ff\u3000-\ud7ff]")


def printable(text: str) -> str:
    """Return a text on one line that cannot steer a terminal or forge a log line.

    Characters that do more than being seen are spelled as Python does: `\\x1b`.
    """
    return _SUSPICIOUS.sub(_spelled, text)


def reason_of(error: BaseException) -> str:
    """Return what led to an error, on one line.

    Errors of the queue say nothing but of what kind they are; what they stem from does.
    """
    while type(error).__module__.startswith("procrastinate.") and error.__cause__:
        error = error.__cause__
    return printable(" ".join(str(error).split())) or type(error).__name__


def printable_lines(text: str) -> str:
    """Return a text of several lines, each of which is printable."""
    return "\n".join(map(printable, text.split("\n")))


def _spelled(found: re.Match[str]) -> str:
    character = found[0]
    if character in _JOINERS or unicodedata.category(character) not in _UNFIT:
        return character
    return character.encode("unicode_escape", "backslashreplace").decode("ascii")
