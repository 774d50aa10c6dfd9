"""Clocks of twelve hours: what stands for before and after noon."""

import re
from typing import Final

# As macOS, Windows and Android write them in names (Unicode CLDR, dayPeriods).
_MORNING: Final = (
    *("am", "a", "上午", "凌晨", "清晨", "早上", "午前", "오전", "πμ", "ص", "sa", "öö"),
)
_EVENING: Final = (
    *("pm", "p", "下午", "中午", "傍晚", "晚上", "午後", "오후", "μμ", "م", "ch", "ös"),
)
# Only at the end of a name: in other languages some of them are words of their own.
_AT_THE_END: Final = {
    "dop.": "odp.",  # Czech
    "de.": "du.",  # Hungarian
    "fm": "em",  # Swedish
    "f.m.": "e.m.",  # Norwegian Nynorsk
    "ap.": "ip.",  # Finnish
    "dopoldne": "pop.",  # Slovene, whose short morning is the Czech one
    "пр.об.": "сл.об.",  # Bulgarian
    "дп": "пп",  # Ukrainian
    "priešpiet": "popiet",  # Lithuanian
    "priekšp.": "pēcp.",  # Latvian
    "f.h.": "e.h.",  # Icelandic
    "p.d.": "m.d.",  # Albanian
    "vm.": "nm.",  # Afrikaans
    "PG": "PTG",  # Malay
    "לפנה״צ": "אחה״צ",
    "ق.ظ.": "ب.ظ.",  # Persian
    "पूर्वाह्न": "अपराह्न",  # Hindi, Nepali
    "முற்பகல்": "பிற்பகல்",  # Tamil
    "ก่อนเที่ยง": "หลังเที่ยง",  # Thai
}
_BLANKS: Final = r"\s\u00a0\u202f"
_ENDINGS: Final = (*_AT_THE_END, *_AT_THE_END.values())


def _optional_dot(ending: str) -> str:
    return re.escape(ending.removesuffix(".")) + r"\.?"


BEFORE_HOUR: Final = (
    rf"[AaPp]\.?[{_BLANKS}]?[Mm](?![A-Za-z])\.?|上午|下午|凌晨|清晨|早上|中午|傍晚|晚上"
    rf"|午前|午後|오전|오후|(?<=[{_BLANKS}])[Öö][ÖöSs](?=[{_BLANKS}])"
    rf"|(?<=[{_BLANKS}])(?:(?:d[eu]|dop|odp)\.|முற்பகல்|பிற்பகல்)(?=[{_BLANKS}])"
)
"""An expression for those that may stand before the hour in a name."""

AFTER_HOUR: Final = (
    rf"{BEFORE_HOUR}|[πμΠΜ]\.?[μΜ]\.?"
    rf"|(?<=[{_BLANKS}\d])(?:ص|م|SA|CH)(?![^{_BLANKS}._()-])"
    rf"|(?<=[{_BLANKS}\d])(?:{'|'.join(map(_optional_dot, _ENDINGS))})"
    rf"(?=[{_BLANKS}_-]?(?:\(?\d{{1,3}}\)?)?(?:\.[A-Za-z0-9]{{1,5}})?\Z)"
)
"""An expression for those that may stand behind the time in a name."""

_NOT_LETTERS = re.compile(r"[.\s\u00a0\u202f]")


def is_half_day(text: str) -> bool:
    """Say whether a text such as "PM", "a. m." or "下午" names half of a day."""
    return _plain(text) in _MORNINGS | _EVENINGS


def hour_of_day(hour: int, half: str) -> int:
    """Return the hour, 0 to 23, of an hour of a twelve-hour clock.

    12 in the morning is 0, and 12 in the evening noon. An hour beyond 12 stays as it
    is: some programs write "14:03 PM".
    """
    if not 1 <= hour <= 12:
        return hour
    return hour % 12 + (12 if _plain(half) in _EVENINGS else 0)


def _plain(text: str) -> str:
    return _NOT_LETTERS.sub("", text).lower()


_MORNINGS: Final = {*_MORNING, *map(_plain, _AT_THE_END)}
_EVENINGS: Final = {*_EVENING, *map(_plain, _AT_THE_END.values())}
