"""People in a library of 100,000 faces: jobs, labelling, and the lists of the API.

The faces are of people who do not exist (benchmarks/_faces_synthetic.py), and one in
ten of the commonest people's has a name. Work on them runs in this process and its
children as in a worker; requests pass through Django's test client.

Run: script/bench people [--faces 100000] [--repeats 20]
"""

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks._temporary_server import temporary_server
from benchmarks.api import client_of, timed

if TYPE_CHECKING:
    from librephotos.api.models import User

RESCORE_S = 2.0
NAMED_PEOPLE = 300
FRESH = 100
_LABELLED_SHARE = 0.1
console = Console()

_FACES = """
COPY api_face (photo_id, owner_id, visible, person_id, person_source, dismissed, drawn,
    "left", top, "right", bottom, score, quality, encoding, crop, name_tag,
    guess_probability) FROM STDIN
"""


def fill_faces(user: User, count: int) -> None:
    """Add photos with as many faces, some of them labelled."""
    from django.db import connection

    from benchmarks._faces_synthetic import crowd
    from benchmarks._rows import Library, fill
    from librephotos.api.models import Person, Photo

    encodings, persons, photos = crowd(count)
    fill(user.pk, Library(photos=int(photos.max()) + 1))
    ids = list(Photo.objects.filter(owner=user).values_list("id", "visible"))
    commonest = np.argsort(-np.bincount(persons), kind="stable")[:NAMED_PEOPLE]
    people = Person.objects.bulk_create(
        Person(owner=user, name=f"Person {number}") for number in range(len(commonest))
    )
    names = {int(who): p.pk for who, p in zip(commonest, people, strict=True)}
    chance = np.random.default_rng(1).random(count)
    with connection.cursor() as cursor, cursor.copy(_FACES) as copy:
        for row in range(count):
            photo, visible = ids[int(photos[row])]
            labelled = chance[row] < _LABELLED_SHARE
            person = names.get(int(persons[row])) if labelled else None
            source = "user" if person else ""
            vector = "[" + ",".join(f"{x:.4f}" for x in encodings[row]) + "]"
            place = (0.1, 0.1, 0.2, 0.2, 1.0, 0.9)
            copy.write_row(
                (photo, user.pk, visible, person, source, "", False)
                + (*place, vector, "", "", 0.0)
            )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE api_face, api_person")


def seconds(work: Callable[[], object]) -> float:
    """Return how long some work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def jobs_table(user: User) -> Table:
    """Return how long the jobs over all faces take, the second time too."""
    from librephotos.api.models import Job
    from librephotos.api.pipeline.people.clusters import group_unknown_faces
    from librephotos.api.pipeline.people.suggestions import recognise_unknown_faces
    from librephotos.api.pipeline.work.children import learner

    def taken(kind: Job.Kind, work: Callable[..., None]) -> str:
        job = Job.objects.create(kind=kind, started_by=user)
        return f"{seconds(lambda: work(job.pk, sandbox=learner())):.1f}"

    table = Table("job", "first s", "again s", f"with {FRESH} fresh faces s")
    for kind, work in (
        (Job.Kind.FIND_SIMILAR_FACES, group_unknown_faces),
        (Job.Kind.TRAIN_FACES, recognise_unknown_faces),
    ):
        first, again = taken(kind, work), taken(kind, work)
        _loosen(user, FRESH)
        table.add_row(kind.label, first, again, taken(kind, work))
    return table


def _loosen(user: User, count: int) -> None:
    """Take faces out of their groups, as if they were new."""
    from librephotos.api.models import Face

    rows = Face.objects.filter(owner=user, person=None).order_by("-id")
    newest = list(rows.values_list("pk", flat=True)[:count])
    Face.objects.filter(pk__in=newest).update(cluster=None)


def labelling_table(user: User, *, repeats: int) -> Table:
    """Return how long it takes until everything fits to a label."""
    from librephotos.api.models import PeopleEdit
    from librephotos.api.pipeline.people.suggestions import rescore
    from librephotos.api.pipeline.work.children import responder, stop_children
    from librephotos.api.queries.people.faces import FaceFilter, Method, face_groups

    table = Table("labelled faces", "answer ms", "re-scored s", "worst s", "aim s")
    client = client_of(user)
    wanted = FaceFilter(inferred=True, method=Method.CLUSTERING)
    groups = [
        (group.faces, group.id) for group in face_groups(user, wanted) if group.id
    ]
    stop_children()
    for size, tries in ((1, repeats), (100, 3), (1000, 1)):
        answers, rescored = [], []
        for number in range(tries):
            faces = _like_faces(user, sorted(groups)[-1 - number][1], size)
            name = f"Somebody {size} {number}"
            body = {"person_name": name, "face_ids": faces}
            answers.append(
                seconds(lambda: client.post("/api/labelfaces", body, format="json"))
            )
            edit = PeopleEdit.objects.latest("pk")
            rescored.append(seconds(lambda: rescore(edit=edit.pk, sandbox=responder())))
        worst = max(map(sum, zip(answers, rescored, strict=True)))
        table.add_row(
            f"{size:,}",
            f"{np.median(answers) * 1000:.0f}",
            f"{np.median(rescored):.2f}",
            f"{worst:.2f}",
            f"{RESCORE_S:g}{' missed' if worst > RESCORE_S else ''}",
        )
    return table


def _like_faces(user: User, group: int, most: int) -> list[int]:
    """Return faces of a group: what somebody would label at once."""
    from librephotos.api.models import Face

    faces = Face.objects.filter(owner=user, cluster=group, person=None).order_by("id")
    return list(faces.values_list("pk", flat=True)[:most])


def lists(user: User) -> Sequence[tuple[str, str]]:
    """Return the lists of faces and people, and their addresses."""
    from librephotos.api.models import Face, Person

    first = Person.objects.named().filter(owner=user).order_by("id")[0]
    shown = Face.objects.owned_by(user).shown()
    nobody = shown.filter(person=None, guess=None, cluster=None).count()
    unknown = "/api/faces/?person=0&inferred=false&page="
    return (
        ("people", "/api/persons/?page_size=1000"),
        ("groups, labelled", "/api/faces/incomplete/?inferred=false"),
        ("groups, inferred", "/api/faces/incomplete/?inferred=true"),
        ("faces of a person", f"/api/faces/?person={first.pk}&inferred=false"),
        (f"{nobody:,} unknown faces, first page", unknown + "1"),
        ("the same, last page", f"{unknown}{max(1, -(-nobody // 100))}"),
        ("the same, by date", f"{unknown}1&order_by=date"),
        ("timeline of a person", f"/api/albums/date/list/?person={first.pk}"),
        ("counters", "/api/stats/"),
        ("social graph", "/api/socialgraph/"),
        ("plot of faces", "/api/clusterfaces"),
    )


def lists_table(user: User, *, repeats: int) -> Table:
    """Return how long the lists of faces and people take."""
    table = Table("list", "median ms", "p95 ms", "answer KiB")
    client = client_of(user)
    client.get("/api/healthz")
    gc.freeze()  # as the web server does once the application is loaded
    for name, address in lists(user):
        taken = timed(client, [address], repeats=repeats)
        table.add_row(
            name, f"{taken.median_ms:.1f}", f"{taken.p95_ms:.1f}", f"{taken.kib:.0f}"
        )
    return table


def main() -> None:
    """Fill, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--faces", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=20)
    chosen = parser.parse_args()
    with temporary_server():
        from librephotos.api.models import User
        from librephotos.api.pipeline.work.children import stop_children

        user = User.objects.create_user("large")
        taken = seconds(lambda: fill_faces(user, chosen.faces))
        console.print(f"{chosen.faces:,} faces in {taken:.0f} s")
        try:
            console.print(jobs_table(user))
            console.print(labelling_table(user, repeats=chosen.repeats))
            console.print(lists_table(user, repeats=chosen.repeats))
        finally:
            stop_children()


if __name__ == "__main__":
    main()
