"""Search by meaning over HTTP, with vectors made up: no model and no worker."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from librephotos.api.models import Photo, PhotoEmbedding, TextEmbedding, User
from librephotos.api.models.search.embedding import KEPT
from librephotos.api.services import search as searching
from librephotos.api.services.waiting import PLACES, Caller
from tests.factories import (
    FaceFactory,
    PersonFactory,
    PhotoFactory,
    PlaceFactory,
    UserFactory,
)
from tests.support.models.model_folders import CLIP, SIGLIP, configure
from tests.support.workers import sign_of_life

SEARCH = "/api/photos/searchlist/"
BEACH = [1.0, 0.0, 0.0, 0.0]


@pytest.fixture(autouse=True)
def model(db):
    cache.clear()
    configure(semantic_search_model=CLIP)
    TextEmbedding.objects.keep("beach", BEACH, model=CLIP)


def photo(owner: User, *, beach: float, model: str = CLIP, **facts: object) -> Photo:
    """Add a photo that looks so much like a beach, from 0 to 1."""
    added = PhotoFactory(owner=owner, **facts)
    embed(added, beach=beach, model=model)
    return added


def embed(photo: Photo, *, beach: float, model: str = CLIP) -> None:
    vector = [beach, (1 - beach**2) ** 0.5, 0.0, 0.0]
    PhotoEmbedding.objects.create(
        photo=photo, owner=photo.owner, model=model, vector=vector
    )


@pytest.fixture
def search(client_of):
    """Search as a user with `ranking=meaning`; return the whole answer."""

    def call(user: User, text: str, **query: object) -> dict:
        asked = {"search": text, "ranking": "meaning", **query}
        answer = client_of(user).get(SEARCH, asked)
        assert answer.status_code == 200
        return answer.json()

    return call


def ids(answer: dict) -> list[str]:
    return [item["id"] for item in answer["results"]]


def names(photos: list[Photo]) -> list[str]:
    return [str(photo.pk) for photo in photos]


def day(year: int, month: int, day: int) -> dict[str, object]:
    taken_at = datetime(year, month, day, 12, tzinfo=UTC)
    return {"taken_at": taken_at}


def test_what_has_the_words_comes_first_and_then_what_looks_like_them(search):
    me = UserFactory()
    near, far, middle = (photo(me, beach=likeness) for likeness in (0.9, 0.1, 0.5))
    written = photo(me, beach=0.2, search_text="at the beach")
    answer = search(me, "beach")
    assert ids(answer) == names([written, near, middle, far])
    assert [item["match"] for item in answer["results"]] == ["text"] + ["meaning"] * 3
    assert answer["results"][0]["similarity"] is None
    assert answer["results"][1]["similarity"] == pytest.approx(0.9, abs=1e-3)
    assert answer["meaning"] == {"text": "beach", "state": "ranked"}


def test_pages_are_parts_of_the_whole_ranking(search):
    me = UserFactory()
    for number in range(20):
        text = "beach" if number % 5 == 0 else ""
        photo(me, beach=(number * 7 % 20) / 20, search_text=text)
    whole = ids(search(me, "beach"))
    assert len(set(whole)) == 20
    pages = [search(me, "beach", page=page, page_size=3) for page in range(1, 9)]
    assert [id for page in pages for id in ids(page)] == whole
    assert ids(search(me, "beach", page=999_999_999)) == []


def test_hidden_trashed_removed_and_foreign_photos_never_appear(search):
    me = UserFactory()
    for state in ({"hidden": True}, {"in_trashcan": True}, {"removed": True}):
        photo(me, beach=1.0, **state)
    photo(UserFactory(public_sharing=True), beach=1.0, public=True)
    shown = photo(me, beach=0.1)
    assert ids(search(me, "beach")) == [str(shown.pk)]


def test_a_person_a_time_and_a_meaning_all_hold(search):
    me = UserFactory(confidence_person=0.9)
    anna = PersonFactory(owner=me, name="Anna Ärmel")
    PersonFactory(name="Anna")
    summer = day(timezone.now().year - 1, 7, 5)
    text = f"ANNA at the beach summer {timezone.now().year - 1}"
    near, far = (photo(me, beach=likeness, **summer) for likeness in (0.9, 0.2))
    guessed = photo(me, beach=0.5, **summer)
    unsure, alone = (photo(me, beach=1.0, **summer) for _ in range(2))
    another_time = photo(me, beach=1.0, **day(2015, 7, 5))
    for shown in (near, far, another_time):
        FaceFactory(photo=shown, person=anna)
    FaceFactory(photo=guessed, guess=anna, guess_probability=0.95)
    FaceFactory(photo=unsure, guess=anna, guess_probability=0.5)
    answer = search(me, text)
    assert ids(answer) == names([near, guessed, far])
    assert str(alone.pk) not in ids(answer)
    kinds = [part["kind"] for part in answer["understood"]]
    assert kinds == ["person", "word", "word", "word", "time"]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("summer 2019", "2019-06-01", "2019-08-31"),
        ("winter 2019", "2019-12-01", "2020-02-29"),
        ("since may 2019", "2019-05-01", None),
        ("before 2019", None, "2018-12-31"),
        ("3 may 2020", "2020-05-03", "2020-05-03"),
        ("july", "--07-01", "--07-31"),
        ("winter", "--12-01", "--02-29"),
    ],
)
def test_a_time_is_told_as_it_was_understood(search, text, first, last):
    (part,) = search(UserFactory(), text)["understood"]
    assert (part["kind"], part["first"], part["last"]) == ("time", first, last)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("summer 2019", "2019-12-01", "2020-02-29"),
        ("winter 2019", "2019-06-01", "2019-08-31"),
        ("autumn", "--03-01", "--05-31"),
    ],
)
def test_a_season_is_told_for_the_southern_half_too(search, text, first, last):
    (part,) = search(UserFactory(), text)["understood"]
    assert part["south"] == {"first": first, "last": last}


def test_what_is_no_season_is_the_same_everywhere(search):
    (part,) = search(UserFactory(), "may 2019")["understood"]
    assert "south" not in part


def test_a_weekday_has_no_first_and_last_day(search):
    (part,) = search(UserFactory(), "sundays")["understood"]
    assert part == {"text": "sundays", "kind": "time", "excluded": False}


def test_two_people_must_both_be_there(search):
    me = UserFactory()
    anna, ben = (PersonFactory(owner=me, name=name) for name in ("Anna", "Ben"))
    both, one = photo(me, beach=0.1), photo(me, beach=0.9)
    for shown, people in ((both, (anna, ben)), (one, (anna,))):
        for person in people:
            FaceFactory(photo=shown, person=person)
    assert ids(search(me, "anna and ben")) == [str(both.pk)]
    assert ids(search(me, "anna -ben")) == [str(one.pk)]


def test_a_place_stands_for_all_that_lies_in_it(search):
    me = UserFactory()
    country = PlaceFactory(name="Perú")
    town = PlaceFactory(name="Lima", parent=country, level=2)
    there, elsewhere = photo(me, beach=0.1, place=town), photo(me, beach=0.9)
    assert ids(search(me, "beach peru")) == [str(there.pk)]
    stranger = UserFactory()
    photo(stranger, beach=0.5)
    understood = search(stranger, "peru")["understood"]
    assert [part["kind"] for part in understood] == ["word"]
    assert str(elsewhere.pk) in ids(search(me, "beach"))


def test_videos_only(search):
    me = UserFactory()
    film, _ = photo(me, beach=0.1, video=True), photo(me, beach=0.9)
    assert ids(search(me, "videos of the beach")) == [str(film.pk)]


def test_phrases_and_exclusions_hold_for_the_meaning_too(search):
    me = UserFactory()
    photo(me, beach=0.9, search_text="a hot dog")
    cat = photo(me, beach=0.1, search_text="a cold cat")
    assert ids(search(me, "beach -dog")) == [str(cat.pk)]
    assert ids(search(me, 'beach "cold cat"')) == [str(cat.pk)]


def test_a_word_that_is_a_name_is_still_found_in_the_text(search):
    me = UserFactory()
    anna = PersonFactory(owner=me, name="Anna")
    on_it = photo(me, beach=0.1, **day(2021, 1, 1))
    FaceFactory(photo=on_it, person=anna)
    savanna = photo(me, beach=0.1, search_text="savanna", **day(2020, 1, 1))
    photo(me, beach=1.0)
    assert ids(search(me, "anna")) == names([on_it, savanna])


def test_seasons_follow_the_hemisphere_of_the_photo(search):
    me = UserFactory()
    north = photo(me, beach=0.1, latitude=50.0, **day(2020, 7, 1))
    south = photo(me, beach=0.1, latitude=-30.0, **day(2020, 1, 1))
    photo(me, beach=0.1, latitude=-30.0, **day(2020, 7, 1))
    photo(me, beach=0.1, undated=True)
    assert ids(search(me, "summer", page_size=2)) == names([north, south])


@pytest.mark.parametrize("topk", [0, 2])
def test_without_pages_the_setting_says_how_many_come_by_meaning(client_of, topk):
    me = UserFactory(semantic_search_topk=topk)
    written = photo(me, beach=0.1, search_text="beach")
    likely = [photo(me, beach=likeness) for likeness in (0.9, 0.8, 0.7)]
    results = client_of(me).get(SEARCH, {"search": "beach"}).json()["results"]
    if topk == 0:
        assert [len(group["items"]) for group in results] == [1]
    else:
        found = [item["id"] for item in results]
        assert found == names([written, *likely[:2]])


def test_a_known_text_makes_no_task_and_needs_no_worker(search):
    me = UserFactory()
    photo(me, beach=0.5)
    assert search(me, "Beach")["meaning"]["state"] == "ranked"
    assert not ProcrastinateJob.objects.exists()


def test_without_a_worker_the_exact_results_come_at_once(search):
    me = UserFactory()
    photo(me, beach=0.9)
    written = photo(me, beach=0.1, search_text="a lake")
    answer = search(me, "lake")
    assert ids(answer) == [str(written.pk)]
    assert answer["meaning"]["state"] == "no_worker"
    assert not ProcrastinateJob.objects.exists()


@pytest.mark.parametrize(
    ("wanted", "state"), [("none", "switched_off"), (SIGLIP, "no_vectors")]
)
def test_without_a_model_or_vectors_the_exact_results_come(search, wanted, state):
    configure(semantic_search_model=wanted)
    me = UserFactory()
    written = PhotoFactory(owner=me, search_text="beach")
    PhotoFactory(owner=me)
    answer = search(me, "beach")
    assert ids(answer) == [str(written.pk)]
    assert answer["meaning"]["state"] == state


def test_vectors_that_are_made_for_tags_are_not_searched(search):
    configure(semantic_search_model="none", tagging_model="siglip2")
    me = UserFactory()
    photo(me, beach=0.9)
    answer = search(me, "beach")
    assert (ids(answer), answer["meaning"]["state"]) == ([], "switched_off")


def test_a_former_model_serves_until_the_new_one_knows_nearly_all(search):
    TextEmbedding.objects.keep("beach", [0.0, 1.0, 0.0, 0.0], model=SIGLIP)
    configure(semantic_search_model=SIGLIP)
    me = UserFactory()
    photos = [photo(me, beach=0.1), photo(me, beach=0.9)]
    embed(photos[0], beach=0.1, model=SIGLIP)
    assert ids(search(me, "beach")) == names([photos[1], photos[0]])
    embed(photos[1], beach=0.9, model=SIGLIP)
    cache.clear()
    # The new model of this test finds that the other one looks like a beach.
    assert ids(search(me, "beach")) == names([photos[0], photos[1]])


def test_an_old_text_is_forgotten_and_a_used_one_is_kept(search):
    me = UserFactory()
    photo(me, beach=0.5)
    old = timezone.now() - KEPT - timedelta(days=1)
    TextEmbedding.objects.keep("dusty", BEACH, model=CLIP)
    TextEmbedding.objects.update(used_at=old)
    search(me, "beach")
    TextEmbedding.objects.keep("new", BEACH, model=CLIP)
    kept = set(TextEmbedding.objects.values_list("text_hash", flat=True))
    assert kept == {TextEmbedding.hash_of(text) for text in ("beach", "new")}


@pytest.mark.parametrize("count", [1, 20])
def test_the_number_of_queries_does_not_grow(
    client_of, django_assert_num_queries, count
):
    me = UserFactory()
    anna = PersonFactory(owner=me, name="Anna")
    for _ in range(count):
        FaceFactory(photo=photo(me, beach=0.5), person=anna)
    client = client_of(me)
    asked = {"search": "anna beach 2021", "ranking": "meaning"}
    client.get(SEARCH, asked)  # which model serves is remembered for a while
    with django_assert_num_queries(13):
        assert len(client.get(SEARCH, asked).json()["results"]) == count


def test_a_slow_worker_is_not_waited_for_for_ever(search, monkeypatch):
    monkeypatch.setattr(searching, "WAIT_S", 0.0)
    sign_of_life()
    me = UserFactory()
    photo(me, beach=0.5)
    for _ in range(2):
        assert search(me, "lake")["meaning"]["state"] == "too_slow"
    assert ProcrastinateJob.objects.count() == 1


def test_not_all_searches_wait_at_once(search, monkeypatch):
    monkeypatch.setattr(searching, "WAIT_S", 1e9)
    sign_of_life()
    me = UserFactory()
    photo(me, beach=0.5)
    with ExitStack() as waiting:
        while waiting.enter_context(PLACES.take(Caller.account(me.pk))):
            pass
        assert search(me, "lake")["meaning"]["state"] == "too_slow"
    assert ProcrastinateJob.objects.count() == 1
