"""Times of clocks that nobody set: the zeros that they start counting from."""

from datetime import datetime, timedelta
from typing import Final

_ZONE: Final = timedelta(hours=12)  # UTC's zero as the clocks of America show it
_QUARTER: Final = timedelta(minutes=15)

# A clock that starts at a zero goes on from there: its whole day counts.
_FIRST_DAYS: Final = (
    datetime(1601, 1, 1),  # Windows, ASF
    datetime(1904, 1, 1),  # QuickTime and ISO base media, 14496-12 8.2.2
    datetime(1970, 1, 1),  # Unix
    datetime(1980, 1, 1),  # DOS, FAT and with them most cameras
    datetime(1980, 1, 6),  # GPS
)
# A night that people did photograph: only its first minute is a camera's default.
_FIRST_MINUTES: Final = (datetime(1899, 12, 30), datetime(2000, 1, 1))
# Of clocks that count in UTC only, as programs write a day without a time like this.
_FIRST_SECONDS: Final = (
    datetime(2001, 1, 1),  # Matroska, Cocoa
    datetime(1999, 8, 22),  # receivers of GPS whose number of the week ran over
    datetime(2019, 4, 7),
)
# The last that NTP, signed Unix and unsigned QuickTime seconds can tell.
_LAST_SECONDS: Final = (
    datetime(2036, 2, 7, 6, 28, 15),
    datetime(2036, 2, 7, 6, 28, 16),
    datetime(2038, 1, 19, 3, 14, 7),
    datetime(2040, 2, 6, 6, 28, 15),
)


def is_never_set(moment: datetime, *, utc: bool = False) -> bool:
    """Say whether these digits, a date with a time, are those of a clock at its zero.

    `utc` is for clocks that count in UTC.
    """
    second = moment.replace(microsecond=0)
    return (
        any(-_ZONE <= moment - zero < timedelta(days=1) for zero in _FIRST_DAYS)
        or any(second.replace(second=0) == zero for zero in _FIRST_MINUTES)
        or (utc and second in _FIRST_SECONDS)
        or any(
            abs(second - last) <= _ZONE and not (second - last) % _QUARTER
            for last in _LAST_SECONDS
        )
    )
