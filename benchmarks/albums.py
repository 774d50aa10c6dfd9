"""Lists of 10,000 albums and an album of 100,000 photos over HTTP, beside a bare "ok".

One web process answers one request after the other on a connection that stays open.
Every address is also asked for in a library with a tenth of the albums and of the
photos: a page is to cost the same in both.

Run: script/bench albums [--albums 10000] [--photos 100000] [--repeats 40]
"""

from __future__ import annotations

import argparse
import http.client
import json
import statistics
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from benchmarks._temporary_server import temporary_server
from benchmarks.api import filled
from benchmarks.web_server import web_server

if TYPE_CHECKING:
    from librephotos.api.models import User

AIM = 1.5
"""So many times as long as in the small library a page may take."""
_SMALLER = 10
_PHOTOS_EACH = 8
_SOURCE = Path(__file__).resolve().parents[1] / "src"
console = Console()

_ALBUMS = """
INSERT INTO api_useralbum (owner_id, title, locked, created_on, photo_count)
SELECT %(owner)s, 'Album ' || lpad(number::text, 6, '0'), false, now(), 0
FROM generate_series(1, %(albums)s) AS number
RETURNING id
"""
_MEMBERS = """
INSERT INTO api_useralbumphoto (album_id, photo_id, added_on, visible)
SELECT album.id, photo.id, now(), photo.visible
FROM unnest(%(albums)s::bigint[]) WITH ORDINALITY AS album (id, number)
JOIN (
    SELECT id, visible, row_number() OVER (ORDER BY id) AS number
    FROM api_photo WHERE owner_id = %(owner)s
) AS photo ON (photo.number - 1) / %(each)s = (album.number - 1) %% %(groups)s
"""


@dataclass(frozen=True)
class Library:
    """Who has albums, how to sign in as them, and their large one, with its photos."""

    user: User
    token: str
    large: int
    photos: int


def library(name: str, *, albums: int, photos: int) -> Library:
    """Fill a library with albums of a few photos and one of all of them."""
    from django.db import connection

    from librephotos.api.http.tokens import SignInToken

    user = filled(name, photos=photos, days=7305)
    groups = max(1, photos // _PHOTOS_EACH)
    with connection.cursor() as cursor:
        cursor.execute(_ALBUMS, {"owner": user.pk, "albums": albums + 1})
        large, *small = [row[0] for row in cursor.fetchall()]
        for ids, each, of in (([large], photos, 1), (small, _PHOTOS_EACH, groups)):
            values = {"owner": user.pk, "albums": ids, "each": each, "groups": of}
            cursor.execute(_MEMBERS, values)
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SELECT photo_count FROM api_useralbum WHERE id = %s", [large])
        (shown,) = cursor.fetchone()
    token = SignInToken.for_user(user).access_token
    token.set_exp(lifetime=24 * token.lifetime)
    return Library(user, str(token), large, shown)


def addresses(found: Library) -> dict[str, str]:
    """Return what is asked for, by its name."""
    from librephotos.api.http.pagination import AlbumPagination

    album = f"/api/albums/user/{found.large}/"
    pages = -(-found.photos // AlbumPagination.page_size)
    albums = "/api/albums/user/list/"
    return {
        "list, whole": albums,
        "list, a page of 100": f"{albums}?page=1&page_size=100",
        "list, by title": f"{albums}?page=1&page_size=100&search=album",
        "album, whole": album,
        "album, first page": f"{album}?page=1",
        "album, last page": f"{album}?page={pages}",
    }


class Caller:
    """A connection that stays open."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port)

    def get(self, address: str, token: str = "") -> bytes:
        """Return an answer; raise SystemExit where it is none."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.connection.request("GET", address, headers=headers)
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{address} answers {answer.status}.")
        return body

    def close(self) -> None:
        self.connection.close()


def milliseconds(caller: Caller, address: str, token: str = "") -> tuple[float, bytes]:
    """Return how long an answer takes, and the answer."""
    start = time.perf_counter()
    body = caller.get(address, token)
    return (time.perf_counter() - start) * 1000, body


def measure(port: int, small: Library, large: Library, *, repeats: int) -> Table:
    """Ask for everything in turns, so that a busy machine slows all of it."""
    times: dict[tuple[str, str], list[float]] = {}
    sizes: dict[str, int] = {}
    with closing(Caller(port)) as caller:
        for number in range(repeats + 3):
            asked = [(("ok", "large"), "/api/healthz", "")]
            for size, found in (("small", small), ("large", large)):
                for name, address in addresses(found).items():
                    asked.append(((name, size), address, found.token))
            for key, address, token in asked:
                took, body = milliseconds(caller, address, token)
                if number >= 3:  # the first ones warm up
                    times.setdefault(key, []).append(took)
                    sizes[key[0]] = len(body)
    ok = statistics.median(times["ok", "large"])
    table = Table("request", "median ms", "p95 ms", "of ok", "of small", "KiB")
    table.add_row("ok", f"{ok:.2f}", "", "1.0", "", "")
    for name in addresses(large):
        taken = times[name, "large"]
        median = statistics.median(taken)
        ratio = median / statistics.median(times[name, "small"])
        missed = " missed" if ratio > AIM and "whole" not in name else ""
        p95 = statistics.quantiles(taken, n=20, method="inclusive")[-1]
        table.add_row(
            name,
            f"{median:.1f}",
            f"{p95:.1f}",
            f"{median / ok:.1f}",
            f"{ratio:.2f}{missed}",
            f"{sizes[name] / 1024:.0f}",
        )
    return table


def fill_by_request(port: int, found: Library) -> tuple[float, float, int]:
    """Put all photos into a new album; return seconds, of a bare INSERT, and photos."""
    from django.db import connection

    body: dict[str, Any] = {"title": "All", "select_all": True, "query": {}}
    headers = {
        "Authorization": f"Bearer {found.token}",
        "Content-Type": "application/json",
    }
    start = time.perf_counter()
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as sender:
        sender.request("POST", "/api/albums/user/edit/", json.dumps(body), headers)
        answer = sender.getresponse()
        told = json.loads(answer.read())
        if answer.status not in (200, 201):
            raise SystemExit(f"Making an album answers {answer.status}: {told}")
    took = time.perf_counter() - start
    with connection.cursor() as cursor:
        start = time.perf_counter()
        cursor.execute(_ALBUMS.replace("Album", "Bare"), _one(found))
        (bare,) = cursor.fetchone()
        cursor.execute(
            "INSERT INTO api_useralbumphoto (album_id, photo_id, added_on, visible)"
            " SELECT %s, photo_id, now(), visible FROM api_useralbumphoto"
            " WHERE album_id = %s",
            [bare, told["id"]],
        )
        return took, time.perf_counter() - start, int(cursor.rowcount)


def _one(found: Library) -> dict[str, int]:
    return {"owner": found.user.pk, "albums": 1}


def main() -> None:
    """Fill, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--albums", type=int, default=10_000)
    parser.add_argument("--photos", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=40)
    chosen = parser.parse_args()
    with temporary_server():
        small, large = (
            library(
                name,
                albums=max(1, chosen.albums // by),
                photos=max(_PHOTOS_EACH, chosen.photos // by),
            )
            for name, by in (("small", _SMALLER), ("large", 1))
        )
        with web_server(_SOURCE) as (_, port):
            console.print(measure(port, small, large, repeats=chosen.repeats))
            took, bare, photos = fill_by_request(port, large)
    console.print(
        f"{photos:,} photos put into an album in {took:.1f} s,"
        f" {took / bare:.2f} of a bare INSERT of as many rows."
    )


if __name__ == "__main__":
    main()
