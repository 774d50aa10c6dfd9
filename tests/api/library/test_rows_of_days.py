"""Days straight from rows are the days of the timeline, odd ones too."""

from datetime import date

from librephotos.api.queries.library.timeline import Day, day_title
from librephotos.api.serializers.library.grid import incomplete_day, incomplete_days


def test_a_row_says_what_the_day_says() -> None:
    rows = [
        (date.max.toordinal(), 1, "Z\u00fcrich \U0001f3d4"),
        (date(1826, 1, 1).toordinal(), 3, "a\x07b"),
        (date.min.toordinal(), 2, ""),
        (0, 4, ""),
    ]
    days = [
        Day(key=day, title=day_title(day), photo_count=photos, place=place)
        for day, photos, place in rows
    ]
    listed = incomplete_days(rows)
    assert listed == [incomplete_day(day) for day in days]
    assert [day["date"] for day in listed] == [
        "9999-12-31",
        "1826-01-01",
        "0001-01-01",
        None,
    ]
