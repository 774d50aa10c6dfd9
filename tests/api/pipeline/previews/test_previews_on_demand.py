"""Previews that are looked at before they are made."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event
from typing import Any

import pytest
from django.http.response import HttpResponseBase
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker
from rest_framework.test import APIClient

from librephotos.api.http.putting_off import PUT_OFF, WAITS_SINCE
from librephotos.api.models import File, Job, Photo, PhotoStage, User
from librephotos.api.pipeline.previews.store import awaited_lock, remake_previews
from librephotos.api.pipeline.scanning.ingest import ingest
from librephotos.api.pipeline.work import jobs, queue
from librephotos.api.pipeline.work.children import sandbox
from librephotos.api.pipeline.worker import loop
from librephotos.api.services import preview_requests
from librephotos.api.services.preview_requests import WAIT_S, burst_of
from librephotos.api.services.waiting import Caller
from librephotos.server.forked import in_child
from tests.support.links import shown_by_links
from tests.support.scanning import Library, work_until_idle, write_jpeg
from tests.support.server import PATIENCE_S
from tests.support.workers import sign_of_life

BURST = 12


@pytest.fixture
def known(photos: Library) -> Library:
    """A library of photos that are known and have no previews; a worker is alive."""
    for number in range(BURST):
        write_jpeg(photos.root / f"{number:02}.jpg", seed=number, size=(60, 40))
    job = jobs.start_scan(user=photos.owner)
    loop.run(wait=False, queues=[queue.IO])
    files = list(File.objects.values_list("pk", flat=True))
    ingest(job.pk, files=files, sandbox=sandbox())
    sign_of_life()
    return photos


def address(photo: Photo, size: str = "square_thumbnails") -> str:
    """Return where a preview is."""
    return f"/media/{size}/{photo.image_hash}"


def awaited() -> list[str]:
    """Return the photos that are asked for, in the order in which they are made."""
    tasks = ProcrastinateJob.objects.filter(queue_name=queue.PICTURES, status="todo")
    ordered = tasks.order_by("-priority", "id")
    return [photo for task in ordered for photo in task.args["photos"]]


def comes(client: APIClient, photo: Photo) -> bool:
    """Whether the preview is answered."""
    answer = client.get(address(photo))
    return bool(answer.getvalue().startswith(b"\xff\xd8"))


def not_yet(answer: HttpResponseBase) -> bool:
    """Whether it is the answer to ask again, which nobody keeps."""
    return (answer.status_code, answer["Cache-Control"]) == (503, "no-store") and int(
        answer["Retry-After"]
    ) > 0


def test_a_burst_is_made_in_the_order_of_its_arrival_and_each_photo_once(
    known: Library,
    client_of: Callable[..., APIClient],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(preview_requests, "_PAUSE_S", PATIENCE_S)
    client = client_of(known.owner)
    screen = list(Photo.objects.order_by("?"))
    for size in ("square_thumbnails", "thumbnails_big"):
        for photo in screen:
            assert not_yet(client.get(address(photo, size)))
    assert awaited() == [str(photo.pk) for photo in screen]
    loop.run(wait=False, queues=[queue.PICTURES])
    for photo in screen:
        assert comes(client, photo)
    made = set(Photo.objects.values_list("pk", "last_modified"))
    work_until_idle()  # what the scan has asked for
    assert set(Photo.objects.values_list("pk", "last_modified")) == made
    job = Job.objects.get(kind=Job.Kind.SCAN_PHOTOS)
    progress = job.stages.get(stage="thumbnails")
    assert job.finished and (progress.done, progress.total) == (BURST, BURST)


def test_who_scrolls_on_comes_before_what_was_in_view(
    known: Library,
    client_of: Callable[..., APIClient],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = client_of(known.owner)
    first, second = Photo.objects.all()[:3], Photo.objects.all()[3:6]
    for screen in (first, second):
        monkeypatch.setattr(preview_requests, "_PAUSE_S", PATIENCE_S)
        for photo in screen:
            client.get(address(photo))
        monkeypatch.setattr(preview_requests, "_PAUSE_S", 0)
        burst_of(Caller.account(known.owner.pk))
    order = [*second, *first]
    assert awaited() == [str(photo.pk) for photo in order]


def test_who_waits_is_told_once_the_preview_is_there(
    known: Library, client_of: Callable[..., APIClient]
) -> None:
    client, photo = client_of(known.owner), Photo.objects.earliest("pk")
    resumed = [Event(), Event()]
    for event in resumed:  # two callers, and one task
        put_off: dict[str, Any] = {PUT_OFF: lambda event=event: event.set}
        assert not_yet(client.get(address(photo), **put_off))
    assert awaited() == [str(photo.pk)]
    assert not any(event.is_set() for event in resumed)
    loop.run(wait=False, queues=[queue.PICTURES])
    assert all(event.wait(PATIENCE_S) for event in resumed)
    assert comes(client, photo)


@pytest.mark.parametrize("ended", [True, False])
def test_nobody_waits_for_ever(
    known: Library, client_of: Callable[..., APIClient], ended: bool
) -> None:
    client, photo = client_of(known.owner), Photo.objects.earliest("pk")
    client.get(address(photo))
    if ended:
        ProcrastinateJob.objects.filter(queue_name=queue.PICTURES).delete()
    since = time.monotonic() - (0 if ended else WAIT_S)

    def put_off() -> Callable[[], None]:
        raise AssertionError("It waits on.")

    again: dict[str, Any] = {PUT_OFF: put_off, WAITS_SINCE: since}
    assert not_yet(client.get(address(photo), **again))
    assert len(awaited()) == (not ended)


def test_what_cannot_be_decoded_is_told_at_once(
    known: Library, client_of: Callable[..., APIClient]
) -> None:
    photo = Photo.objects.earliest("pk")
    PhotoStage.objects.filter(photo=photo, stage="thumbnails").update(state="failed")
    assert client_of(known.owner).get(address(photo)).status_code == 404
    assert awaited() == []


def test_without_a_worker_it_is_told_to_come_back_later(
    known: Library, client_of: Callable[..., APIClient]
) -> None:
    ProcrastinateWorker.objects.all().delete()
    answer = client_of(known.owner).get(address(Photo.objects.earliest("pk")))
    assert not_yet(answer) and answer["Retry-After"] == "60"


def test_a_stranger_has_nothing_made(
    known: Library, client_of: Callable[..., APIClient]
) -> None:
    photo = Photo.objects.earliest("pk")
    stranger = User.objects.create_user("stranger")
    assert client_of(stranger).get(address(photo)).status_code == 404
    assert client_of().get(address(photo)).status_code == 403
    assert awaited() == []


def test_a_visitor_with_a_link_waits_as_its_owner_does(
    known: Library, client_of: Callable[..., APIClient]
) -> None:
    first, other = Photo.objects.order_by("pk")[:2]
    links = shown_by_links(first)
    album = f"/api/public/albums/s/{links.link.slug}/photos"
    visitor, resumed = client_of(), Event()
    put_off: dict[str, Any] = {PUT_OFF: lambda: resumed.set}
    path = f"{album}/{first.pk}/media/medium/"
    assert not_yet(visitor.get(path, **put_off))
    assert visitor.get(f"{album}/{other.pk}/media/medium/").status_code == 404
    assert awaited() == [str(first.pk)]
    loop.run(wait=False, queues=[queue.PICTURES])
    assert resumed.wait(PATIENCE_S)
    assert visitor.get(path).getvalue().startswith(b"\xff\xd8")
    links.link.delete()
    assert visitor.get(path).status_code == 404


def test_all_web_processes_count_the_bursts_of_a_caller(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(preview_requests, "_PAUSE_S", PATIENCE_S)
    caller = Caller.account(10**9)
    before = burst_of(caller)
    assert in_child(lambda: burst_of(caller)) == before
    monkeypatch.setattr(preview_requests, "_PAUSE_S", 0)
    assert in_child(lambda: burst_of(caller)) > before
    monkeypatch.setattr(preview_requests, "_PAUSE_S", PATIENCE_S)
    assert burst_of(caller) > before


def test_who_asks_for_long_does_not_come_before_all_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scrolling, another = Caller.account(10**9 + 1), Caller.account(10**9 + 2)
    monkeypatch.setattr(preview_requests, "_PAUSE_S", 0)
    numbers = [burst_of(scrolling) for _ in range(900)]
    assert numbers == sorted(numbers)
    assert burst_of(another) >= numbers[-1] - 1


def test_what_comes_into_view_again_goes_before_what_has_left_it(
    known: Library,
    client_of: Callable[..., APIClient],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = client_of(known.owner)
    screens = [list(Photo.objects.all()[at : at + 3]) for at in (0, 3, 6)]
    for screen in (*screens, screens[0][:2]):
        later = preview_requests._FIRST_BURST_S - 5  # by so many seconds
        monkeypatch.setattr(preview_requests, "_FIRST_BURST_S", later)
        monkeypatch.setattr(preview_requests, "_PAUSE_S", 0)
        burst_of(Caller.account(known.owner.pk))
        monkeypatch.setattr(preview_requests, "_PAUSE_S", PATIENCE_S)
        for photo in screen:
            client.get(address(photo))
    order = [*screens[0][:2], *screens[2], *screens[1], screens[0][2]]
    assert awaited() == [str(photo.pk) for photo in order]


def test_many_who_wait_are_looked_after_as_one_is(
    known: Library, django_assert_num_queries: Callable[..., Any]
) -> None:
    watch, resumed = preview_requests._Watch(), Event()
    waiting = [
        preview_requests._Waiting(
            photo.pk, awaited_lock(photo.pk), time.monotonic() + WAIT_S, resumed.set
        )
        for photo in Photo.objects.all()
    ]
    assert len(waiting) == BURST
    watch._is_looking = True  # so that nothing else looks
    for one in waiting:
        watch.add(one)
    remake_previews(waiting[0].photo, burst=1)
    with django_assert_num_queries(2):
        over = watch._over(with_ended=True)
    assert over == waiting[1:]
