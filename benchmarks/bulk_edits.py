"""Making 100,000 photos favourites, hiding them and undoing that, beside a bare UPDATE.

Requests pass through Django's test client. The bare UPDATE sets the same columns of as
many rows, with the same indexes and triggers; both take turns, each on photos that are
as they were, after a VACUUM.

Run: script/bench bulk_edits [--photos 100000] [--repeats 3]
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.console import Console
from rich.table import Table

from benchmarks._temporary_server import temporary_server
from benchmarks.api import client_of, filled

if TYPE_CHECKING:
    from librephotos.api.models import User

AIM = 2.0
"""So many times as long as the bare UPDATE may take what can be undone."""
console = Console()


class Act(NamedTuple):
    """An action over HTTP, the column that it sets, and the photos that lack it."""

    name: str
    path: str
    body: dict[str, Any]
    change: str
    lacking: str


ACTS = [
    Act(
        "favourite",
        "favorite",
        {"favorite": True},
        "user_rating = 4",
        "rating < 4 AND visible",
    ),
    Act("hide", "hide", {"hidden": True}, "hidden = true", "visible"),
]


def seconds(do: Callable[[], Any]) -> tuple[float, Any]:
    """Return how long something takes, and what it returns."""
    start = time.perf_counter()
    found = do()
    return time.perf_counter() - start, found


def vacuum() -> None:
    """Remove dead rows."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM api_photo")


def restore(user: User) -> None:
    """Have the photos be as they were filled in."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE api_photo SET user_rating = NULL, hidden = false"
            " WHERE owner_id = %s AND (user_rating IS NOT NULL OR hidden)",
            [user.pk],
        )


def bare(user: User, act: Act) -> int:
    """Change as many rows by one statement; return how many."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE api_photo SET {act.change}, last_modified = now()"
            f" WHERE owner_id = %s AND {act.lacking}",
            [user.pk],
        )
        return int(cursor.rowcount)


def measure(user: User, act: Act, *, repeats: int) -> list[list[float]]:
    """Return the seconds of the bare UPDATE and of the action, and of taking both back.

    Of taking them back, the bare one comes first too.
    """
    client = client_of(user)
    times: list[list[float]] = [[], [], [], []]
    selection = {"select_all": True, "query": {}}
    address = f"/api/photosedit/{act.path}/"
    for _ in range(repeats):
        vacuum()
        took, answer = seconds(
            lambda: client.post(address, {**selection, **act.body}, format="json")
        )
        told = answer.json()
        times[1].append(took)
        undo = f"/api/photosedit/edits/{told['undo']}/undo/"
        took, answer = seconds(lambda: client.post(undo))
        assert answer.json()["count"] == told["count"]
        times[3].append(took)
        vacuum()
        took, rows = seconds(lambda: bare(user, act))
        assert rows == told["count"], (told, rows)
        times[0].append(took)
        took, _ = seconds(lambda: restore(user))
        times[2].append(took)
    return times


def main() -> None:
    """Fill, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=3)
    chosen = parser.parse_args()
    table = Table(
        *("act", "bare s", "act s", "ratio"),
        *("bare back s", "undo s", "ratio", "aim"),
    )
    with temporary_server():
        user = filled("large", photos=chosen.photos, days=7305)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for act in ACTS:
            times = measure(user, act, repeats=chosen.repeats)
            plain, done, back, undone = map(statistics.median, times)
            ratios = [done / plain, undone / back]
            missed = " missed" if max(ratios) > AIM else ""
            table.add_row(
                act.name,
                f"{plain:.2f}",
                f"{done:.2f}",
                f"{ratios[0]:.2f}",
                f"{back:.2f}",
                f"{undone:.2f}",
                f"{ratios[1]:.2f}",
                f"{AIM:.1f}{missed}",
            )
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    console.print(table)
    console.print(f"Memory of this process grew by {grown / 1024:.0f} MiB.")


if __name__ == "__main__":
    main()
