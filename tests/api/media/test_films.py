"""Films as every browser plays them: for whom, when, and while they are made."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from librephotos.api.models import File, Link, Photo, User, UserAlbum
from librephotos.api.pipeline.previews.removals import delete_copies
from librephotos.api.storage.playable_films import FILMS, FilmBroken, live_film
from tests.factories import LinkFactory, PhotoFactory, UserFactory
from tests.support.links import ALL, ENDS, MOVES, shown_by_links
from tests.support.pictures import marked
from tests.support.pictures.images import google_motion_photo
from tests.support.pictures.videos import clip_facts, video
from tests.support.scanning import Library, library, work_until_idle

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mine(me: User, tmp_path: Path, settings: Any) -> Library:
    """The library of `me`: a film that browsers do not play, and a motion photo."""
    settings.DATA = tmp_path / "data"
    settings.DATA.mkdir()
    found = library(me, tmp_path / "pictures")
    (found.root / "film.avi").write_bytes(video(format="avi", codec="mpeg4", seconds=3))
    (found.root / "motion.jpg").write_bytes(google_motion_photo(video()))
    found.scan()
    return found


@pytest.fixture
def film(mine: Library) -> Photo:
    """A film of `me`."""
    return Photo.objects.get(owner=mine.owner, video=True)


def body(answer: Any) -> bytes:
    found = answer.getvalue()
    answer.close()
    return found


def name_of(photo: Photo, *, embedded_video: bool = False) -> str:
    file = photo.main_file
    assert file is not None
    return FILMS.copy_name(
        file, size=file.size, mtime_ns=file.mtime_ns, embedded_video=embedded_video
    )


def test_a_film_is_made_once_and_then_kept(client: APIClient, film: Photo) -> None:
    address = f"/media/playable/{film.image_hash}"
    waiting = client.get(address)
    assert (waiting.status_code, waiting["Retry-After"]) == (503, "60")
    work_until_idle()
    found = client.get(address)
    assert (found.status_code, found["Content-Type"]) == (200, "video/mp4")
    assert "film.mp4" in found["Content-Disposition"]
    data = body(found)
    facts = clip_facts(data)
    assert facts["codec"] == "h264"
    assert facts["seconds"] == pytest.approx(3, abs=0.3)
    part = client.get(address, headers={"Range": "bytes=10-19"})
    assert (part.status_code, body(part)) == (206, data[10:20])
    again = client.get(address, headers={"If-None-Match": found["ETag"]})
    assert again.status_code == 304
    assert [path.name for path in FILMS.path.iterdir()] == [name_of(film)]


def test_what_is_not_whole_is_sent_as_far_as_it_is(
    client: APIClient, film: Photo
) -> None:
    live = live_film(name_of(film))
    live.write_bytes(b"first")
    address = f"/media/playable/{film.image_hash}"
    found = client.get(address, headers={"Range": "bytes=1-2"})
    assert found.status_code == 200
    assert found["Cache-Control"] == "no-store"
    assert not {"Content-Length", "Accept-Ranges", "ETag"} & set(found.headers)
    parts = iter(found.streaming_content)
    assert next(parts) == b"first"
    with live.open("ab") as growing:
        growing.write(b"second")
    assert next(parts) == b"second"
    (FILMS.path / name_of(film)).write_bytes(b"whole")
    with live.open("ab") as growing:
        growing.write(b"last")
    live.unlink()
    assert list(parts) == [b"last"]
    found.close()
    assert body(client.get(address)) == b"whole"
    assert client.head(address)["Content-Length"] == "5"


def test_what_is_not_made_to_its_end_breaks_off(client: APIClient, film: Photo) -> None:
    live = live_film(name_of(film))
    live.write_bytes(b"first")
    found = client.get(f"/media/playable/{film.image_hash}")
    parts = iter(found.streaming_content)
    assert next(parts) == b"first"
    live.unlink()
    with pytest.raises(FilmBroken):
        next(parts)
    found.close()


def test_what_nobody_makes_any_more_is_made_anew(
    client: APIClient, film: Photo
) -> None:
    live_film(name_of(film)).write_bytes(b"left by a worker that has died")
    address = f"/media/playable/{film.image_hash}"
    assert "Accept-Ranges" not in client.head(address).headers
    work_until_idle()
    assert [path.name for path in FILMS.path.iterdir()] == [name_of(film)]
    assert clip_facts(body(client.get(address)))["codec"] == "h264"


def test_who_has_chosen_it_gets_films_so_everywhere(
    client: APIClient, film: Photo, me: User
) -> None:
    for kind in ("photos", "video"):
        plain = client.get(f"/media/{kind}/{film.image_hash}")
        assert plain["Content-Type"] == "video/x-msvideo"
        plain.close()
    User.objects.filter(pk=me.pk).update(transcode_videos=True)
    client.get(f"/media/video/{film.pk}")
    work_until_idle()
    for kind in ("photos", "video"):
        for name in (str(film.pk), film.image_hash, f"{film.image_hash}.mp4"):
            made = client.get(f"/media/{kind}/{name}")
            assert made["Content-Type"] == "video/mp4"
            assert clip_facts(body(made))["codec"] == "h264"
    still = Photo.objects.get(owner=me, video=False)
    picture = client.get(f"/media/photos/{still.image_hash}")
    assert picture["Content-Type"] == "image/jpeg"
    picture.close()


def test_visitors_of_a_link_see_films_as_every_browser_plays_them(
    client_of: Callable[..., APIClient], mine: Library
) -> None:
    hidden = b"\0\0\0\1" + marked.mdpm()
    (mine.root / "Anna 2021.mts").write_bytes(
        marked.marked_video("mpegts", sound="ac3", hidden=hidden)
    )
    (mine.root / "film.avi").unlink()
    mine.scan()
    film = Photo.objects.get(video=True, removed=False, main_file__missing_since=None)
    motion = Photo.objects.get(motion_photo=True)
    album = UserAlbum.objects.create(owner=mine.owner, title="Summer")
    for photo in (film, motion):
        album.members.create(photo=photo)
    told = {"sharing_options": dict.fromkeys(ALL, False), "downloads": False}
    link, single = LinkFactory(album=album, **told), LinkFactory(photo=film, **told)
    start = f"/api/public/albums/s/{link.slug}/photos"
    visitor, signed_in = client_of(), client_of(UserFactory())
    doors = [
        f"{start}/{film.pk}/media/playable/",
        f"{start}/{motion.image_hash}/media/playable/",
        f"/api/public/photo/{single.slug}/media/playable/",
    ]
    for door in doors:
        waiting = visitor.get(door)
        assert (waiting.status_code, waiting["Retry-After"]) == (503, "60")
    work_until_idle()
    for door in doors:
        found = visitor.get(door)
        assert (found.status_code, found["Content-Type"]) == (200, "video/mp4")
        assert found["Cache-Control"] == "private, no-cache"
        headers = str(found.headers)
        assert "Anna" not in headers and film.image_hash[:32] not in headers
        assert 'inline; filename="photo-' in found["Content-Disposition"]
        data = body(found)
        assert clip_facts(data)["codec"] == "h264"
        for told_in in (marked.MARK.encode(), b"2021", b"48.137", b"MDPM"):
            assert told_in not in data
        part = signed_in.get(door, headers={"Range": "bytes=10-19"})
        assert (part.status_code, body(part)) == (206, data[10:20])
        tag = {"If-None-Match": found["ETag"]}
        assert visitor.get(door, headers=tag).status_code == 304
    # What its owner has made, or a visitor before, is made once for all.
    assert len(list(FILMS.path.iterdir())) == 2
    assert body(client_of(mine.owner).get(f"/media/playable/{film.pk}"))
    still = PhotoFactory(owner=mine.owner)
    album.members.create(photo=still)
    outside = Photo.objects.exclude(memberships__album=album).first()
    for photo in (still, outside):
        name = photo.pk if photo else "unknown"
        assert visitor.get(f"{start}/{name}/media/playable/").status_code == 404
    whole = live_film(name_of(film)).with_name(name_of(film))
    kept = whole.rename(whole.with_name("kept"))
    live_film(name_of(film)).write_bytes(b"first")
    growing = visitor.get(doors[0])
    assert (growing.status_code, growing["Cache-Control"]) == (200, "no-store")
    assert not {"Content-Length", "Content-Disposition", "ETag"} & set(growing.headers)
    assert next(iter(growing.streaming_content)) == b"first"
    growing.close()
    kept.rename(whole)
    Link.objects.all().delete()
    for client in (visitor, signed_in, client_of(mine.owner)):
        for door in doors:
            assert client.get(door).status_code == 404
            assert client.head(door).status_code == 404


@pytest.mark.parametrize("end", [*ENDS, *MOVES])
def test_a_link_that_ended_plays_no_film(
    client_of: Callable[..., APIClient], film: Photo, end: str
) -> None:
    it = shown_by_links(film)
    doors = [
        f"/api/public/albums/s/{it.link.slug}/photos/{film.pk}/media/playable/",
        f"/api/public/photo/{it.photo_link.slug}/media/playable/",
    ]
    FILMS.partial_copy("x")
    (FILMS.path / name_of(film)).write_bytes(b"whole")
    client = client_of()
    for door in doors:
        assert body(client.get(door)) == b"whole"
    (ENDS | MOVES)[end](it)
    expected = 403 if end == "locked" else 404
    assert {client.get(door).status_code for door in doors} == {expected}


def test_public_films_stay_as_they_are(
    client_of: Callable[..., APIClient], film: Photo, me: User
) -> None:
    User.objects.filter(pk=me.pk).update(public_sharing=True)
    Photo.objects.filter(pk=film.pk).update(public=True)
    visitor = UserFactory(transcode_videos=True)
    for caller in (visitor, None):
        answer = client_of(caller).get(f"/media/playable/{film.image_hash}")
        assert answer.status_code == 404
        asked = client_of(caller).get(f"/media/video/{film.image_hash}")
        assert asked.status_code in (200, 503)
        asked.close()
    assert not FILMS.path.exists()


def test_the_video_of_a_motion_photo(client: APIClient, mine: Library) -> None:
    photo = Photo.objects.get(owner=mine.owner, motion_photo=True)
    address = f"/media/playable/{photo.image_hash}"
    assert client.get(address).status_code == 503
    work_until_idle()
    assert clip_facts(body(client.get(address)))["codec"] == "h264"


def test_why_a_film_cannot_be_made_is_told(
    client: APIClient, film: Photo, settings: Any
) -> None:
    address = f"/media/playable/{film.image_hash}"
    settings.MAX_PIXELS = 100
    client.get(address)
    work_until_idle()
    refused = client.get(address)
    assert refused.status_code == 422
    assert "pixels" in refused.json()["errors"][0]["message"]
    delete_copies([film.main_file_id or 0])
    assert list(FILMS.path.iterdir()) == []
    settings.FILMS_MIB = 1
    assert client.get(address).status_code == 422


def test_the_oldest_films_give_way(
    client: APIClient, film: Photo, settings: Any
) -> None:
    settings.FILMS_MIB = 40
    FILMS.partial_copy("x")
    for number in range(3):
        old = FILMS.path / f"{number}-whole-x"
        old.write_bytes(bytes(10 * 2**20))
        os.utime(old, (1_700_000_000 + number, 1_700_000_000 + number))
    client.get(f"/media/playable/{film.image_hash}")
    work_until_idle()
    kept = {path.name for path in FILMS.path.iterdir()}
    assert name_of(film) in kept and "0-whole-x" not in kept
    assert sum(path.stat().st_size for path in FILMS.path.iterdir()) <= 40 * 2**20


def test_another_film_at_the_same_place_is_another(
    client: APIClient, mine: Library, film: Photo
) -> None:
    address = f"/media/playable/{film.pk}"
    client.get(address)
    work_until_idle()
    before = client.get(address)
    before.close()
    path = Path(os.fsdecode(File.objects.get(pk=film.main_file_id).path))
    path.write_bytes(video(format="avi", codec="mpeg4", seconds=1))
    assert client.get(address).status_code == 503
    work_until_idle()
    after = client.get(address)
    assert after["ETag"] != before["ETag"]
    assert clip_facts(body(after))["seconds"] == pytest.approx(1, abs=0.3)
    assert len(list(FILMS.path.iterdir())) == 1
