"""Time of each list of the API on a library of a million photos.

The library is filled straight into a PostgreSQL of its own. A request passes through
Django's test client: all of the server but HTTP itself, in one process, so that one
request runs at a time. Searches ask for the first hundred photos.

Run: script/bench api [--photos 1000000] [--big-day 0] [--repeats 30]
"""

from __future__ import annotations

import argparse
import gc
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from benchmarks._temporary_server import temporary_server

if TYPE_CHECKING:
    from rest_framework.test import APIClient

    from librephotos.api.models import User

SMALL = 10_000
DAY_LIST_MS = 50.0
SEARCH_MS = 100.0
DAY_RATIO = 1.5
_WARM_UP = 3
_SEED = 20_06
_DAYS_TRIED = 50
console = Console()


@dataclass(frozen=True)
class Times:
    """What the requests to one list took, in milliseconds, and the largest answer."""

    median_ms: float
    p95_ms: float
    kib: float


@dataclass(frozen=True)
class Case:
    """One list: its addresses, asked in turn, and the p95 aimed at, if any."""

    name: str
    addresses: Sequence[str]
    aim_ms: float | None = None


def timed(client: APIClient, addresses: Sequence[str], *, repeats: int) -> Times:
    """Ask for the addresses in turn; the first few answers are not counted."""
    taken: list[float] = []
    size = 0
    asked: Iterator[str] = cycle(addresses)
    for number in range(repeats + _WARM_UP):
        address = next(asked)
        start = time.perf_counter()
        response = client.get(address)
        if number >= _WARM_UP:
            taken.append((time.perf_counter() - start) * 1000)
        if response.status_code != 200:
            raise SystemExit(f"{address} answers {response.status_code}.")
        size = max(size, len(response.content))
    p95 = statistics.quantiles(taken, n=20, method="inclusive")[-1]
    return Times(statistics.median(taken), p95, size / 1024)


def day_addresses(user: User) -> list[str]:
    """Return the first pages of random days with a full page of photos, by seed."""
    from librephotos.api.models import PhotoDay
    from librephotos.api.views.library.timeline import PAGE_SIZE

    days = PhotoDay.objects.filter(owner=user, count__gte=PAGE_SIZE, day__gt=0)
    known = sorted(days.values_list("day", flat=True))
    if not known:
        known = [days.model.objects.filter(owner=user).latest("count").day]
    chosen = random.Random(_SEED).choices(known, k=_DAYS_TRIED)
    return [f"/api/albums/date/{day}/" for day in chosen]


def cases(user: User, *, big_day: int) -> list[Case]:
    """Return the lists to be asked for, search terms of three frequencies included."""
    town, file_name = _terms(user)
    search = "/api/photos/searchlist/?page_size=100&search="
    found = [
        Case("day list", ["/api/albums/date/list/"], DAY_LIST_MS),
        Case("day list, favourites", ["/api/albums/date/list/?favorite=true"]),
        Case("day list, videos", ["/api/albums/date/list/?video=true"]),
        Case("day list, hidden", ["/api/albums/date/list/?hidden=true"]),
        Case("one day, first page", day_addresses(user)),
        Case("recently added, 100", ["/api/photos/recentlyadded/?page_size=100"]),
        Case("no timestamp", ["/api/photos/notimestamp/"]),
        Case("search: one photo", [search + file_name], SEARCH_MS),
        Case("search: a town", [search + town], SEARCH_MS),
        Case("search: a camera", [search + "canon"], SEARCH_MS),
        Case("search: a year", [search + "2019"], SEARCH_MS),
        Case("search: town and year", [f"{search}{town} 2019"], SEARCH_MS),
        Case("search: camera and year", [f"{search}canon 2019"], SEARCH_MS),
        Case("search: nothing found", [search + "zyzzyva"], SEARCH_MS),
        Case("search examples", ["/api/searchtermexamples/"]),
        Case("places", ["/api/albums/place/list/"]),
        Case("map pins", ["/api/locclust/"]),
        Case("word cloud", ["/api/wordcloud/"]),
        Case("statistics", ["/api/stats/"]),
        Case("photos a month", ["/api/photomonthcounts/"]),
        Case("queue state", ["/api/rqavailable/"]),
        Case("jobs", ["/api/jobs/"]),
    ]
    if big_day:
        from benchmarks._rows import last_day

        page = f"/api/albums/date/{last_day()}/?page="
        found.append(Case(f"day of {big_day:,}, first page", [page + "1"]))
        found.append(Case(f"day of {big_day:,}, last page", [f"{page}999999"]))
    return found


def _terms(user: User) -> tuple[str, str]:
    """Return a town with one in a thousand photos, and the name of one file."""
    from django.db.models import Count

    from librephotos.api.models import Photo

    photos = Photo.objects.owned_by(user).visible()
    towns = photos.exclude(place=None).values("place__name").annotate(n=Count("*"))
    share = photos.count() / 1000
    town = min(towns, key=lambda row: abs(row["n"] - share))["place__name"]
    photo = photos.select_related("main_file").order_by("id")[SMALL // 2]
    assert photo.main_file
    return town, photo.main_file.path.rpartition(b"/")[2].decode()


def client_of(user: User) -> APIClient:
    """Return a signed-in client."""
    from rest_framework.test import APIClient

    from librephotos.api.http.tokens import SignInToken

    token = SignInToken.for_user(user).access_token
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}", HTTP_HOST="localhost")
    return client


def filled(name: str, *, photos: int, days: int, big_day: int = 0) -> User:
    """Return a new user with a library."""
    from benchmarks._rows import Library, check_days, fill
    from librephotos.api.models import User

    user = User.objects.create_user(name)
    start = time.perf_counter()
    fill(user.pk, Library(photos=photos, days=days, big_day=big_day))
    check_days(user.pk)
    console.print(f"{photos + big_day:,} photos in {time.perf_counter() - start:.0f} s")
    return user


def measure(*, photos: int, big_day: int, repeats: int) -> Table:
    """Return the table of all lists, with one day's page of a small library."""
    from benchmarks._rows import DAYS
    from librephotos.api.models import Job

    table = Table("list", "median ms", "p95 ms", "aim ms", "answer KiB")
    # As many photos a day as in the large library, so that the pages are alike.
    days = max(1, DAYS * SMALL // max(photos, SMALL))
    user = filled("small", photos=SMALL, days=days)
    small = timed(client_of(user), day_addresses(user), repeats=repeats)
    _row(table, f"one day, of {SMALL:,} photos", small, None)
    user = filled("large", photos=photos, days=DAYS, big_day=big_day)
    Job.objects.bulk_create(
        Job(kind=Job.Kind.SCAN_PHOTOS, started_by=user, enumerated=True)
        for _ in range(100)
    )
    client = client_of(user)
    client.get("/api/healthz")
    gc.freeze()  # as the web server does once the application is loaded
    for case in cases(user, big_day=big_day):
        aim = case.aim_ms
        if case.name == "one day, first page":
            aim = DAY_RATIO * small.p95_ms
        _row(table, case.name, timed(client, case.addresses, repeats=repeats), aim)
    return table


def _row(table: Table, name: str, times: Times, aim_ms: float | None) -> None:
    missed = aim_ms is not None and times.p95_ms > aim_ms
    table.add_row(
        name,
        f"{times.median_ms:.1f}",
        f"{times.p95_ms:.1f}",
        "" if aim_ms is None else f"{aim_ms:.0f}{' missed' if missed else ''}",
        f"{times.kib:.0f}",
    )


def main() -> None:
    """Fill, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=int, default=1_000_000)
    parser.add_argument("--big-day", type=int, default=0, help="photos of one more day")
    parser.add_argument("--repeats", type=int, default=30, help="requests a list")
    chosen = parser.parse_args()
    with temporary_server():
        table = measure(
            photos=chosen.photos, big_day=chosen.big_day, repeats=chosen.repeats
        )
    console.print(table)


if __name__ == "__main__":
    main()
