"""Short texts that others read, names above all, with nothing that cannot be seen."""

from __future__ import annotations

import re
import unicodedata

# U+200C and U+200D shape letters of Persian and Indic scripts, and join emoji.
_JOINERS = re.compile("[\u200c\u200d]+")
# They choose between forms of ideographs and of emoji; letters have none.
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]+")
# None of the alphabets before Hebrew, Latin, Greek and Cyrillic among them, needs them.
_FIRST_JOINED = "\u0590"
# Control and format characters (bidirectional overrides, marks of no width, tags) and
# halves of surrogate pairs.
_UNSEEN_CATEGORIES = ("Cc", "Cf", "Cs")
# Letters by their category, and nothing to see: fillers of Hangul, Egyptian blanks.
_FILLERS = "\u115f\u1160\u3164\uffa0\U00013441\U00013442"
# Marks and symbols that show nothing either: the grapheme joiner, vowels of Khmer that
# are inherent, selectors of Mongolian, fillers of Khitan, a note without a head; and
# what no character has been given to, that is to be ignored for good.
_UNSEEN = re.compile(
    f"[{_FILLERS}\u034f\u17b4\u17b5\u180b-\u180d\u180f\U00016fe4\U0001d159"
    "\u2065\ufff0-\ufff8\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]"
)
_BLANK_OF_BRAILLE = "\u2800"
# Marks alone are on nothing: blanks, accents, the selectors of emoji.
_ALONE_NOTHING = frozenset("MZ")


def has_fillers(text: str) -> bool:
    """Whether a text has letters that cannot be seen."""
    return not set(_FILLERS).isdisjoint(text)


def visible_text(text: str) -> str:
    """Return a text on one line without what cannot be seen; "" if nothing else is.

    So no two look alike for it, and none turns the text around it or steers a terminal.
    Emoji stay whole but for their tags, and so do scripts from right to left.
    """
    line = " ".join(text.replace(_BLANK_OF_BRAILLE, " ").split())
    seen = "".join(filter(_can_be_seen, _UNSEEN.sub("", line)))
    chosen = _SELECTORS.sub(_choosing, " ".join(seen.split()))
    shaped = _JOINERS.sub(_shaping, chosen)
    shows = any(unicodedata.category(each)[0] not in _ALONE_NOTHING for each in shaped)
    return shaped if shows else ""


def _can_be_seen(character: str) -> bool:
    is_joiner = _JOINERS.match(character) is not None
    return is_joiner or unicodedata.category(character) not in _UNSEEN_CATEGORIES


def _choosing(found: re.Match[str]) -> str:
    """Return one selector where it stands behind what has forms, otherwise none."""
    before = found.string[found.start() - 1 : found.start()]
    return "" if before < _FIRST_JOINED and before.isalpha() else found[0][0]


def _shaping(found: re.Match[str]) -> str:
    """Return one joiner where it stands between what it shapes, otherwise none."""
    before = found.string[found.start() - 1 : found.start()]
    after = found.string[found.end() : found.end() + 1]
    joins = before >= _FIRST_JOINED and after >= _FIRST_JOINED
    return found[0][0] if joins else ""
