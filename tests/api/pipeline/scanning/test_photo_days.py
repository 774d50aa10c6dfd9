"""The counts per day that triggers keep are those that counting would give."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Thread

import pytest
from django.db import connection, connections, transaction
from django.db.utils import OperationalError

from librephotos.api.models import Photo, PhotoDay, Place, User
from librephotos.api.services.bulk_edits import apply_edit
from librephotos.api.services.photos import hide
from librephotos.api.writes import things
from tests.factories import PhotoFactory, PlaceFactory, UserFactory
from tests.support.locks import somebody_waits
from tests.support.server import PATIENCE_S


def kept(owner: User) -> dict[tuple[int, bool], int]:
    """Return the counts as the database keeps them."""
    rows = PhotoDay.objects.filter(owner=owner, count__gt=0)
    return {(row.day, row.video): row.count for row in rows}


def counted(owner: User) -> dict[tuple[int, bool], int]:
    """Return the counts as they are."""
    rows = Photo.objects.visible().filter(owner=owner).values_list("day", "video")
    return dict(Counter(rows))


def change(owner: User, chance: random.Random, places: list[Place]) -> None:
    """Do one of the things that happen to photos, to some of them."""
    photos = Photo.objects.filter(owner=owner)
    some = photos.filter(
        pk__in=list(photos.values_list("pk", flat=True))[:: 1 + chance.randrange(3)]
    )
    chance.choice(
        [
            lambda: PhotoFactory(
                owner=owner,
                day=700_000 + chance.randrange(3),
                video=chance.random() < 0.5,
                place=chance.choice([None, *places]),
            ),
            lambda: some.update(hidden=chance.random() < 0.5),
            lambda: some.update(in_trashcan=chance.random() < 0.5),
            lambda: some.update(day=700_000 + chance.randrange(3)),
            lambda: some.update(video=chance.random() < 0.5),
            lambda: some.update(aspect_ratio=chance.choice([None, 1.5])),
            lambda: some.update(place=chance.choice([None, *places])),
            lambda: some.filter(video=True).delete(),
        ]
    )()


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_counts_follow_whatever_happens(seed: int) -> None:
    chance = random.Random(seed)
    owner, places = UserFactory(), PlaceFactory.create_batch(2)
    for _ in range(60):
        change(owner, chance, places)
        assert kept(owner) == counted(owner)
    for row in PhotoDay.objects.filter(owner=owner, count__gt=0):
        names = set(
            Photo.objects.visible()
            .filter(owner=owner, day=row.day, place__isnull=False)
            .values_list("place__name", flat=True)
        )
        assert row.place in (names or {""})


def test_writers_of_one_day_do_not_deadlock(transactional_db: None) -> None:
    owner, place = UserFactory(), PlaceFactory()
    days = range(700_000, 700_040)
    pairs = [
        [
            [PhotoFactory(owner=owner, day=day, video=video).pk for _ in range(2)]
            for video in (False, True)
        ]
        for day in days
    ]
    errors: list[str] = []
    barrier = Barrier(2)

    def write(which: int) -> None:
        try:
            for pair in pairs:
                barrier.wait(PATIENCE_S)
                first, second = pair[which]
                try:
                    with transaction.atomic():
                        Photo.objects.filter(pk=first).update(place=place)
                        PhotoFactory(owner=owner, day=days[0], video=bool(which))
                        Photo.objects.filter(pk=second).update(place=place)
                except OperationalError as error:
                    errors.append(str(error))
        finally:
            connections.close_all()

    writers = [Thread(target=write, args=(which,)) for which in (0, 1)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert kept(owner) == counted(owner)
    assert errors == []


@pytest.mark.django_db
def test_an_edit_of_many_photos_is_quick_after_one_of_a_single_photo() -> None:
    photos = PhotoFactory.build_batch(3000, owner=UserFactory())
    Photo.objects.bulk_create(photos)
    with connection.cursor() as cursor:
        # A hundredth of it is enough, unless each photo is compared with each.
        cursor.execute("SET LOCAL statement_timeout = '1s'")
    Photo.objects.filter(pk=photos[0].pk).update(hidden=True)
    assert Photo.objects.filter(pk__in=[p.pk for p in photos]).update(hidden=True)


def test_editing_photos_does_not_deadlock_with_the_stages(
    transactional_db: None,
) -> None:
    first, second = PhotoFactory.create_batch(2, owner=UserFactory())
    # Where PostgreSQL comes upon it after the other.
    Photo.objects.filter(pk=first.pk).update(user_rating=1)

    def edit() -> int:
        try:
            photos = Photo.objects.filter(owner=first.owner)
            return apply_edit(photos, hide(True), owner=first.owner_id).changed
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            things.replace({first.pk: []}, kinds=[])
            edited = other.submit(edit)
            while not somebody_waits():
                assert not edited.done()
            things.replace({second.pk: []}, kinds=[])
        assert edited.result(30) == 2
