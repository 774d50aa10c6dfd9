"""Days in words: "7 Jun 2015", "June 7th, 2015", "2015-Jun-07", "2015年6月7日".

Words: Unicode CLDR, months of the Gregorian calendar, in the languages with most
speakers that write them in Latin letters. Short forms that are words of their own
("set", "out") are left out. Chinese, Japanese and Korean have words behind numbers, as
CLDR's formats of dates in these languages have them.
"""

import re
from datetime import datetime
from typing import Final

_WORDS: Final = (
    "jan january januar jänner januari janvier janv enero ene gennaio gen janeiro",
    "feb february februar feber februari février févr fevrier febrero febbraio"
    " fevereiro fev",
    "mar march märz maerz mrz maart mrt mars marzo março marco",
    "apr april avril avr abril abr aprile",
    "may mai mei mayo maggio mag maio",
    "jun june juni juin junio giugno giu junho",
    "jul july juli juillet juil julio luglio lug julho",
    "aug august augustus août aout agosto ago",
    "sep sept september septembre septiembre settembre setembro",
    "oct october okt oktober octobre octubre ottobre ott outubro",
    "nov november novembre noviembre novembro",
    "dec december dez dezember décembre déc decembre diciembre dic dicembre dezembro",
)
_MONTHS: Final = {
    word: number for number, words in enumerate(_WORDS, 1) for word in words.split()
}
_WORD = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})"
_GAP = r"[\s._-]{0,2}"
_YEAR, _DAY = r"(?P<year>(?:19|20)\d\d)", r"(?P<day>0?[1-9]|[12]\d|3[01])"
_ORDERS: Final = tuple(
    re.compile(rf"(?<!\d){order}(?![^\W_])", re.IGNORECASE)
    for order in (
        rf"{_DAY}(?:st|nd|rd|th|er|º|\.)?{_GAP}(?:of |de )?{_WORD}\.?,?{_GAP}"
        rf"(?:de )?{_YEAR}",
        rf"(?<![^\W_]){_WORD}\.?{_GAP}{_DAY}(?:st|nd|rd|th)?(?:,{_GAP}|[\s._-]{{1,2}})"
        rf"{_YEAR}",
        rf"{_YEAR}{_GAP}{_WORD}\.?{_GAP}{_DAY}(?:st|nd|rd|th)?",
    )
)

_COUNTED: Final = re.compile(
    rf"(?<!\d){_YEAR} ?[年년] ?(?P<month>0?[1-9]|1[0-2]) ?[月월] ?{_DAY} ?[日号號일]"
)


def day_in_words(text: str) -> datetime | None:
    """Return the midnight of a day in words with a year of four digits.

    None if there is none, or if the month does not have that day.
    """
    for order in (*_ORDERS, _COUNTED):
        match = order.search(text)
        if match:
            word = match["month"].lower()
            month = int(word) if word.isdecimal() else _MONTHS[word]
            try:
                return datetime(int(match["year"]), month, int(match["day"]))
            except ValueError:
                return None
    return None
