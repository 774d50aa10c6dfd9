"""Requests as pages and apps send them, beside a bare "ok", plain files and bare SQL.

`librephotos serve` runs on a library of its own, as users start it, and beside it the
same web server with nothing of LibrePhotos in it: it answers "ok", and sends the same
thumbnails by their names. Each address is asked for in turn with that "ok", on one
connection and on many, and each answer is compared byte by byte with the first, of
which status, number and first id are checked against the database. The SQL that an
answer needs is run by itself on one connection. Processor time is that of all
processes, PostgreSQL's included; a page storm is a day's page and 200 thumbnails over
six connections. At last all of the server has to do with one core.

Run: script/bench serve [--photos 50000] [--connections 32] [--seconds 3] [--rounds 1]
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks._load import Ask, Load, load, once
from benchmarks._temporary_server import postgres_pid, temporary_server

if TYPE_CHECKING:
    from librephotos.api.models import User

_BIG_DAY = 1000
_PERSONS = 300
_THUMBNAILS = 400
_THUMBNAIL_BYTES = 8 * 1024
_STORM, _STORM_CONNECTIONS, _STORMS = 200, 6, 10
_SCALING = 1.7
_MEMORY_MIB = 300
_REST_S = 75
"""After a minute, children of workers that have nothing to do have ended."""
_START_S = 60
console = Console(width=120)


@dataclass(frozen=True)
class Case:
    """Addresses, and what is aimed at.

    `of_ok` is how many times the "ok" an answer may take; with `plus_sql` the time of
    its statements comes on top. `theirs` is what the Rust rewrite of LibrePhotos
    publishes of 50,000 photos (October 2026), in answers a second and core, and
    `of_theirs` how many times that is wanted.
    """

    name: str
    asks: Sequence[Ask]
    sql_ms: float
    of_ok: float = 0.0
    plus_sql: bool = False
    theirs: float = 0.0
    of_theirs: float = 0.0


@dataclass
class Result:
    """The rounds of one case: loads by number of connections, and processor times."""

    loads: dict[int, list[Load]] = field(default_factory=lambda: defaultdict(list))
    oks: dict[int, list[Load]] = field(default_factory=lambda: defaultdict(list))
    cpu_ms: list[float] = field(default_factory=list)
    ok_cpu_ms: list[float] = field(default_factory=list)


def tree(*roots: int) -> list[psutil.Process]:
    """Return processes and all their descendants."""
    found = [psutil.Process(pid) for pid in roots]
    return found + [one for root in found for one in root.children(recursive=True)]


def cpu_s(*roots: int) -> float:
    """Return the processor time of process trees, of ended descendants too."""
    total = 0.0
    for process in tree(*roots):
        try:
            total += sum(process.cpu_times()[:4])
        except psutil.NoSuchProcess:
            continue
    return total


@contextmanager
def whole_server(folder: Path) -> Iterator[tuple[int, int]]:
    """Run `librephotos serve` as users do; yield its process number and its port.

    PostgreSQL is the one that runs already. Faces are not looked for: the synthetic
    photos have none, and workers would be busy with that all the time.
    """
    port = _free_port()
    command = [sys.executable, "-P", "-m", "librephotos", "serve"]
    process = subprocess.Popen(
        [*command, "--data", str(folder / "data"), f"--port={port}"],
        env={**os.environ, "LIBREPHOTOS_FACE_RECOGNITION": "false"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    with _ending(process):
        _await(process, port, "/api/healthz")
        yield process.pid, port


@contextmanager
def bare_server(folder: Path) -> Iterator[tuple[int, int]]:
    """Run the web server alone on a folder of files; yield its number and its port."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        port, descriptor = listener.getsockname()[1], listener.fileno()
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "benchmarks._bare_server"]
            + [str(descriptor), str(folder)],
            pass_fds=(descriptor,),
            stdin=subprocess.DEVNULL,
        )
    with _ending(process):
        _await(process, port, "/ok")
        yield process.pid, port


@contextmanager
def _ending(process: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _await(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    deadline = time.monotonic() + _START_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if answer(port, path)[0] == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("The server does not answer; its messages say why.")


def answer(port: int, path: str, token: str = "") -> tuple[int, bytes]:
    """Return status and body of an answer."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        connection.request("GET", path, headers=headers)
        given = connection.getresponse()
        return given.status, given.read()


class Server:
    """A server with a library, and what it has to answer."""

    def __init__(self, user: User, port: int) -> None:
        from librephotos.api.http.tokens import SignInToken

        token = SignInToken.for_user(user).access_token
        # Longer than a run, which access tokens are not.
        token.set_exp(lifetime=24 * token.lifetime)
        self.user, self.token, self.port = user, str(token), port

    def ask(self, path: str, check: Callable[[Any], tuple[Any, Any]]) -> Ask:
        """Return a request, once its answer is the right one.

        `check` takes the answer, and returns what it tells and what it has to tell.
        """
        status, body = answer(self.port, path, self.token)
        told, wanted = check(json.loads(body)) if status == 200 else (status, 200)
        if told != wanted:
            raise SystemExit(f"{path} tells {told}, and not {wanted}.")
        return Ask(path, body, self.token)

    def sql_ms(self, path: str, seconds: float) -> float:
        """Return the milliseconds that the statements of an answer take alone."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        from benchmarks.api import client_of
        from librephotos.server import database

        client = client_of(self.user)
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        statements: Any = [query["sql"] for query in asked.captured_queries]
        taken = []
        with closing(database.connect()) as bare:
            end = time.perf_counter() + seconds
            while not taken or time.perf_counter() < end:
                start = time.perf_counter()
                for statement in statements:
                    cursor = bare.execute(statement)
                    if cursor.description:
                        cursor.fetchall()
                taken.append((time.perf_counter() - start) * 1000)
        return statistics.median(taken)


def fill(user: User, photos: int, folder: Path) -> list[tuple[str, bytes]]:
    """Fill a library; return addresses and bytes of thumbnails, which lie in a folder.

    The last day has a thousand photos more than the others.
    """
    from django.core.files.base import ContentFile
    from django.core.files.storage import storages
    from django.db import connection

    from benchmarks import _rows
    from librephotos.api.models import Photo
    from librephotos.api.storage.previews import PreviewSize, preview_name

    _rows.fill(user.pk, _rows.Library(photos=photos, big_day=_BIG_DAY, stages=True))
    stills = Photo.objects.owned_by(user).visible().filter(video=False)
    shown = list(stills.filter(day=_rows.last_day()).order_by("id")[:_THUMBNAILS])
    found = []
    for photo in shown:
        content = os.urandom(_THUMBNAIL_BYTES)
        name = preview_name(photo.pk, PreviewSize.SMALL, photo.preview_format)
        storages["previews"].save(name, ContentFile(content))
        (folder / photo.image_hash).write_bytes(content)
        found.append((photo.image_hash, content))
    with connection.cursor() as cursor:
        values = {"owner": user.pk, "persons": _PERSONS, "photos": photos}
        cursor.execute(_PEOPLE, values)
        cursor.execute("VACUUM ANALYZE api_person, api_face")
    return found


_PEOPLE = """
WITH person AS (
    INSERT INTO api_person (owner_id, kind, name, hidden, created_at)
    SELECT %(owner)s, 'USER', 'Person ' || lpad(number::text, 4, '0'), false, now()
    FROM generate_series(1, %(persons)s) AS number
    RETURNING id
), numbered AS (
    SELECT id, row_number() OVER (ORDER BY id) AS number FROM person
)
INSERT INTO api_face (
    photo_id, owner_id, visible, person_id, person_source, dismissed, drawn, "left",
    top, "right", bottom, score, quality, crop, name_tag, guess_probability
)
SELECT photo.id, photo.owner_id, photo.visible, numbered.id, 'user', '', false, 0.1,
    0.1, 0.2, 0.2, 1, 1, '', '', 0
FROM (
    SELECT id, owner_id, visible, row_number() OVER (ORDER BY id) AS number
    FROM api_photo WHERE owner_id = %(owner)s
) AS photo
JOIN numbered ON numbered.number = 1 + photo.number %% %(persons)s
"""


def cases(
    server: Server, thumbnails: list[tuple[str, bytes]], seconds: float
) -> list[Case]:
    """Ask for everything once, and check it; return what is measured."""
    from django.db.models import Count

    from benchmarks._rows import last_day
    from librephotos.api.models import Person, Photo, PhotoDay

    user, ask = server.user, server.ask
    photos = Photo.objects.owned_by(user).visible()
    days = PhotoDay.objects.filter(owner=user, count__gt=0).values_list("day")
    last = photos.filter(day=last_day()).order_by("-taken_at", "id")
    ids = [str(photo) for photo in last.values_list("id", flat=True)[:_BIG_DAY]]
    towns = photos.exclude(place=None).values("place", "place__name")
    # One whose name no other begins with.
    town = min(towns.annotate(n=Count("*")), key=lambda row: abs(row["n"] - 20))[
        "place__name"
    ]
    hits = photos.filter(search_text__icontains=town)
    newest = hits.order_by("-day", "-taken_at", "id")[:100]
    persons = Person.objects.owned_by(user).named().order_by("name", "id")

    def day_page(number: int) -> Ask:
        start = 100 * (number - 1)
        # Of photos of one second any may be the first.
        near = ids[max(0, start - 3) : start + 4]

        def check(told: Any) -> tuple[Any, Any]:
            items = told["results"]["items"]
            first = items[0]["id"]
            return (len(items), first in near), (min(100, len(ids) - start), True)

        return ask(f"/api/albums/date/{last_day()}/?page={number}", check)

    def details(name: str) -> Ask:
        return ask(f"/api/photos/{name}/", lambda told: (told["image_hash"], name))

    site = ask("/api/sitesettings/", lambda told: (told["allow_registration"], False))
    listed_days = ask(
        "/api/albums/date/list/",
        lambda told: (
            (len(told["results"]), told["results"][0]["id"]),
            (days.distinct().count(), str(last_day())),
        ),
    )
    found = ask(
        f"/api/photos/searchlist/?page_size=100&search={quote_plus(town)}",
        lambda told: (
            [item["id"] for day in told["results"] for item in day["items"]][:1],
            [str(photo.pk) for photo in newest[:1]],
        ),
    )
    people = ask(
        "/api/persons/",
        lambda told: (
            (told["count"], told["results"][0]["id"]),
            (persons.count(), persons[0].pk),
        ),
    )
    places = ask(
        "/api/albums/place/list/",
        lambda told: (told["count"], len(told["results"])),
    )
    small = [
        Ask(f"/media/square_thumbnails_small/{name}", content, server.token)
        for name, content in thumbnails
    ]
    pages = [day_page(number) for number in (1, 2, 3)]
    shown = [details(name) for name, _ in thumbnails[:100]]
    return [
        Case(name, asks, server.sql_ms(asks[0].path, seconds / 2), **aims)
        for name, asks, aims in (
            ("settings", [site], {"of_ok": 1.5, "theirs": 6630 / 6}),
            ("thumbnail", small, {"of_ok": 2, "theirs": 3561 / 6}),
            ("day page", pages, {"of_ok": 3, "plus_sql": True, "theirs": 1933 / 6}),
            ("details", shown, {"of_ok": 3, "plus_sql": True, "theirs": 2962 / 6}),
            ("list of days", [listed_days], {"theirs": 20 / 6, "of_theirs": 10}),
            ("text search", [found], {"theirs": 4.8 / 6, "of_theirs": 10}),
            ("persons", [people], {}),
            ("places", [places], {}),
        )
    ]


def measure(
    asked: list[Case],
    ports: tuple[int, int],
    roots: tuple[Sequence[int], Sequence[int]],
    chosen: argparse.Namespace,
) -> list[Result]:
    """Ask for each case in turn with the "ok"; ports and roots are theirs and its."""
    ok = [Ask("/ok", b"ok")]
    results = [Result() for _ in asked]
    for case, result in list(zip(asked, results)) * chosen.rounds:
        for connections in (1, chosen.connections):
            for port, tree_roots, asks, loads, cpu in (
                (ports[1], roots[1], ok, result.oks, result.ok_cpu_ms),
                (ports[0], roots[0], case.asks, result.loads, result.cpu_ms),
            ):
                load(port, asks, connections=connections, seconds=0.3)  # warms up
                before = cpu_s(*tree_roots)
                found = load(
                    port, asks, connections=connections, seconds=chosen.seconds
                )
                spent = (cpu_s(*tree_roots) - before) * 1000
                loads[connections].append(found)
                if connections > 1:
                    cpu.append(spent / len(found.milliseconds))
    return results


def printed(asked: list[Case], results: list[Result], many: int) -> list[Table]:
    """Return the tables."""
    speed = Table("request", "of 1: /s", "median", "p95")
    for name in (f"of {many}: /s", "median", "p95", "CPU ms", "SQL ms", "KiB"):
        speed.add_column(name)
    aims = Table("request", "ok /s", "ok CPU ms", "times ok", "CPU of ok")
    for name in ("may", "", "per core", "theirs", "aim", " "):
        aims.add_column(name)
    for case, result in zip(asked, results):
        one, more = (_middle(result.loads[count]) for count in (1, many))
        ok_one, ok = (_middle(result.oks[count]) for count in (1, many))
        cpu, ok_cpu = map(statistics.median, (result.cpu_ms, result.ok_cpu_ms))
        speed.add_row(
            case.name,
            *(f"{x:,.1f}" for x in (*one, *more)),
            f"{cpu:.2f}",
            f"{case.sql_ms:.2f}",
            f"{len(case.asks[0].expected) / 1024:.1f}",
        )
        taken, ok_taken = one[1], ok_one[1]
        if case.plus_sql:
            ratio = (taken - case.sql_ms) / ok_taken
            cpu_ratio = (cpu - case.sql_ms) / ok_cpu
        else:
            ratio, cpu_ratio = ok[0] / more[0], cpu / ok_cpu
        may = f"{case.of_ok}" + (" + SQL" if case.plus_sql else "")
        wanted = case.theirs * case.of_theirs
        aims.add_row(
            case.name,
            f"{ok[0]:,.0f}",
            f"{ok_cpu:.2f}",
            f"{ratio:.2f}",
            f"{cpu_ratio:.2f}",
            may if case.of_ok else "",
            "missed" if case.of_ok and ratio > case.of_ok else "",
            f"{1000 / cpu:,.0f}",
            f"{case.theirs:,.1f}" if case.theirs else "",
            f"{wanted:,.0f}" if wanted else "",
            "missed" if 1000 / cpu < wanted else "",
        )
    return [speed, aims]


def _middle(loads: list[Load]) -> tuple[float, float, float]:
    """Return answers a second, median and 95th percentile of the middle round."""
    rows = zip(*((one.per_second, one.median_ms, one.p95_ms) for one in loads))
    rate, median, p95 = map(statistics.median, rows)
    return rate, median, p95


def storm(port: int, page: Ask, thumbnails: Sequence[Ask]) -> list[Load]:
    """Fetch a day's page and its thumbnails, again and again, as a browser does."""
    wanted = [page, *thumbnails[:_STORM]]
    return [once(port, wanted, connections=_STORM_CONNECTIONS) for _ in range(_STORMS)]


def _storm_line(name: str, loads: list[Load]) -> str:
    seconds = statistics.median(one.seconds for one in loads)
    last = [max(one.milliseconds) for one in loads]
    return (
        f"{name}: {seconds * 1000:.0f} ms in all,"
        f" {(_STORM + 1) / seconds:,.0f} answers/s, the slowest after"
        f" {statistics.median(last):.0f} ms."
    )


def pin(cores: set[int], *roots: int) -> None:
    """Let process trees, all threads of theirs, run on these cores alone."""
    for process in tree(*roots):
        for thread in process.threads():
            os.sched_setaffinity(thread.id, cores)


def scaling(
    port: int, asked: list[Case], roots: Sequence[int], chosen: argparse.Namespace
) -> Table:
    """Measure with all cores and with one, in turns.

    What the generator takes of the cores, the server cannot have: "without it" is the
    ratio if it took nothing, of one core (there it has another) as of all. "by CPU" is
    what the processor times of an answer allow, whatever else the machine does.
    """
    cores = os.sched_getaffinity(0)
    table = Table("request", "one core /s", f"{len(cores)} cores /s", "times")
    for name in ("generator", "without it", "CPU ms", "CPU ms", "by CPU", ""):
        table.add_column(name)
    for case in asked[:4]:
        few, many = _Turns(), _Turns()
        for _ in range(max(3, chosen.rounds)):
            for some, turns in (({min(cores)}, few), (cores, many)):
                pin(some, *roots)
                os.sched_setaffinity(0, cores - some or cores)
                turns.add(port, case, roots, chosen)
        os.sched_setaffinity(0, cores)
        ratio = many.rate / few.rate
        unshared = ratio * len(cores) / (len(cores) - many.generator)
        table.add_row(
            case.name,
            f"{few.rate:,.0f}",
            f"{many.rate:,.0f}",
            f"{ratio:.2f}",
            f"{many.generator / len(cores):.0%}",
            f"{unshared:.2f}",
            f"{few.cpu_ms:.2f}",
            f"{many.cpu_ms:.2f}",
            f"{len(cores) * few.cpu_ms / many.cpu_ms:.2f}",
            "missed" if unshared < _SCALING else "",
        )
    return table


class _Turns:
    """Rates of a case, and processor time of the server and of the generator."""

    def __init__(self) -> None:
        self._found: list[tuple[float, float, float]] = []

    def add(
        self, port: int, case: Case, roots: Sequence[int], chosen: argparse.Namespace
    ) -> None:
        """Measure once more."""
        many = chosen.connections
        load(port, case.asks, connections=many, seconds=0.3)
        before, own = cpu_s(*roots), time.process_time()
        found = load(port, case.asks, connections=many, seconds=chosen.seconds)
        spent, own = cpu_s(*roots) - before, time.process_time() - own
        answers = len(found.milliseconds)
        self._found.append(
            (found.per_second, spent * 1000 / answers, own / found.seconds)
        )

    @property
    def rate(self) -> float:
        """Answers a second."""
        return statistics.median(one[0] for one in self._found)

    @property
    def cpu_ms(self) -> float:
        """Processor time of an answer, in milliseconds, PostgreSQL's included."""
        return statistics.median(one[1] for one in self._found)

    @property
    def generator(self) -> float:
        """Cores that the generator keeps busy."""
        return statistics.median(one[2] for one in self._found)


def memory(server: int) -> Table:
    """Return the proportional set sizes at rest, by the kind of process."""
    sizes: dict[str, list[int]] = defaultdict(list)
    for child in psutil.Process(server).children():
        kind = next(
            (word for word in ("web", "worker") if child.name().startswith(word)),
            "others",
        )
        sizes[kind] += [_pss(one) for one in tree(child.pid)]
    sizes["supervisor"] = [_pss(psutil.Process(server))]
    sizes["PostgreSQL"] = [_pss(one) for one in tree(postgres_pid())]
    table = Table("at rest", "processes", "PSS MiB", "aim", "")
    for kind, found in sizes.items():
        table.add_row(kind, str(len(found)), f"{sum(found) / 2**20:.0f}")
    total = sum(map(sum, sizes.values())) / 2**20
    missed = "missed" if total > _MEMORY_MIB else ""
    table.add_row("all", "", f"{total:.0f}", str(_MEMORY_MIB), missed)
    return table


def _pss(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.NoSuchProcess:
        return 0


def main() -> None:
    """Fill, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=int, default=50_000)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=3, help="of one measurement")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--only", default="", help="names of cases, with commas")
    chosen = parser.parse_args()
    with temporary_server() as folder:
        from django.db import connections

        from librephotos.api.models import User

        files = folder / "files"
        files.mkdir()
        user = User.objects.create_user("bench")
        thumbnails = fill(user, chosen.photos, files)
        connections.close_all()
        with bare_server(files) as (bare, bare_port):
            with whole_server(folder) as (server, port):
                time.sleep(_REST_S)
                console.print(memory(server))
                asked = cases(Server(user, port), thumbnails, chosen.seconds)
                page, small = asked[2].asks[0], asked[1].asks
                plain = [Ask(f"/file/{name}", data) for name, data in thumbnails]
                asked.append(Case("plain file", plain, 0.0))
                only = [name for name in chosen.only.split(",") if name]
                asked = [c for c in asked if not only or c.name in only]
                pairs = (server, postgres_pid()), (bare,)
                results = []
                for case in asked:
                    is_plain = case.name == "plain file"
                    ports = (bare_port if is_plain else port, bare_port)
                    roots = (pairs[1] if is_plain else pairs[0], pairs[1])
                    results += measure([case], ports, roots, chosen)
                for table in printed(asked, results, chosen.connections):
                    console.print(table)
                console.print(_storm_line("Page storm", storm(port, page, small)))
                floor = storm(bare_port, Ask("/ok", b"ok"), plain)
                console.print(_storm_line("The same as plain files", floor))
                own = [case for case in asked if case.name != "plain file"]
                console.print(scaling(port, own, pairs[0], chosen))


if __name__ == "__main__":
    main()
