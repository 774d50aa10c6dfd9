from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.db import DataError, connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from librephotos.api.models import Person, SiteSettings
from librephotos.api.queries.search.exact import MAX_TERMS, search, terms_of
from librephotos.api.writes import search_document
from tests.api.library.test_things import tag
from tests.factories import (
    FaceFactory,
    PersonFactory,
    PhotoFactory,
    PlaceFactory,
    UserFactory,
)

SEARCH = "/api/photos/searchlist/"


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", []),
        (" , ", []),
        ("Munich", ["munich"]),
        ("munich, 2021  lake", ["munich", "2021", "lake"]),
        ('"new  york" 2021', ["new york", "2021"]),
        ('"unclosed phrase', ["unclosed phrase"]),
        ('a"b c"d', ["a", "b c", "d"]),
        ('""', []),
        ("twice twice", ["twice"]),
        ("nul\x00byte", ["nul", "byte"]),
    ],
)
def test_a_query_is_split_into_terms(text, terms):
    assert terms_of(text) == terms


@given(st.text())
def test_terms_are_few_and_never_blank(text):
    terms = terms_of(text)
    assert len(terms) <= MAX_TERMS
    assert all(term.strip() == term != "" for term in terms)


@pytest.fixture
def library(db):
    me = UserFactory()
    texts = {
        "lake": "a lake in munich 2021-07-05 canon",
        "sea": "the sea at lisbon 2020-01-02 canon",
        "odd": "100% _under_ back\\slash new york",
        "short": "ab",
    }
    photos = {
        name: PhotoFactory(owner=me, search_text=text) for name, text in texts.items()
    }
    for hidden in ({"hidden": True}, {"in_trashcan": True}, {"aspect_ratio": None}):
        PhotoFactory(owner=me, search_text="a lake in munich", **hidden)
    PhotoFactory(
        search_text="a lake in munich", public=True, owner__public_sharing=True
    )
    return me, {photo.image_hash: name for name, photo in photos.items()}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("lake", {"lake"}),
        ("MUNICH", {"lake"}),
        ("canon", {"lake", "sea"}),
        ("canon sea", {"sea"}),
        ("canon, nowhere", set()),
        ("2021-07", {"lake"}),
        ('"at lisbon"', {"sea"}),
        ('"lisbon at"', set()),
        ("100%", {"odd"}),
        ("%", {"odd"}),
        ("1%0", set()),
        ("_under_", {"odd"}),
        ("l_ke", set()),
        ("back\\slash", {"odd"}),
        ("\\", {"odd"}),
        ("ab", {"short"}),
        ("a", {"lake", "sea", "odd", "short"}),
        ('"ca non"', set()),
        ("", set()),
        ("owner", set()),
        ("'; drop table api_photo; --", set()),
    ],
)
def test_every_term_must_occur(client_of, library, query, found):
    me, names = library
    groups = client_of(me).get(SEARCH, {"search": query}).json()["results"]
    hashes = [item["image_hash"] for group in groups for item in group["items"]]
    assert {names[hash] for hash in hashes} == found


@pytest.mark.django_db
def test_results_are_grouped_by_day_newest_first_and_undated_last(client_of):
    me = UserFactory()
    for day in (1, 3, 3):
        PhotoFactory(
            owner=me,
            search_text="lake",
            taken_at=datetime(2021, 7, day, tzinfo=UTC),
            place=PlaceFactory(name=f"Town {day}.{PhotoFactory(owner=me).pk}"),
        )
    PhotoFactory(owner=me, search_text="lake", undated=True)
    groups = client_of(me).get(SEARCH, {"search": "lake"}).json()["results"]
    shown = [(group["date"], len(group["items"])) for group in groups]
    assert shown == [("2021-07-03", 2), ("2021-07-01", 1), ("No timestamp", 1)]
    assert groups[1]["location"].startswith("Town 1")
    assert groups[2]["location"] == ""


@pytest.mark.django_db
def test_results_are_flat_for_a_user_of_semantic_search(client_of):
    me = UserFactory(semantic_search_topk=10)
    photo = PhotoFactory(owner=me, search_text="lake")
    (item,) = client_of(me).get(SEARCH, {"search": "lake"}).json()["results"]
    assert item["id"] == str(photo.pk)


@pytest.mark.django_db
@pytest.mark.parametrize("term", ["february", "sunday", "2021-02-28"])
def test_months_and_weekdays_are_found_whatever_the_database_speaks(client_of, term):
    me = UserFactory(semantic_search_topk=10)
    photo = PhotoFactory(owner=me, taken_at=datetime(2021, 2, 28, tzinfo=UTC))
    with connection.cursor() as cursor:
        try:
            cursor.execute("SET LOCAL lc_time = 'de_DE.UTF-8'")
        except DataError:
            pytest.skip("needs the locale de_DE.UTF-8: localedef -i de_DE -f UTF-8 …")
    search_document.refresh([photo.pk])
    (item,) = client_of(me).get(SEARCH, {"search": term}).json()["results"]
    assert item["id"] == str(photo.pk)


@pytest.mark.django_db
def test_results_come_in_pages_on_demand(client_of):
    me = UserFactory(semantic_search_topk=10)
    PhotoFactory.create_batch(5, owner=me, search_text="lake")
    client = client_of(me)

    def page(**query):
        answer = client.get(SEARCH, {"search": "lake", **query})
        return [item["id"] for item in answer.json()["results"]]

    assert page(page_size=2) + page(page=2, page_size=2) == page()[:4]
    assert page(page=99, page_size=2) == []


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(query=st.text(max_size=60))
def test_no_query_makes_the_server_fail(client_of, library, query):
    me, _ = library
    answer = client_of(me).get(SEARCH, {"search": query})
    assert answer.status_code == 200


@pytest.mark.django_db
def test_searching_is_for_those_who_are_signed_in(client_of):
    for path in (SEARCH, "/api/searchtermexamples/"):
        assert client_of().get(path).status_code == 401


@pytest.mark.django_db
def test_examples_come_from_ones_own_places_and_years(client_of):
    me = UserFactory()
    portugal = PlaceFactory(name="Portugal")
    PhotoFactory(owner=me, place=portugal, search_text="portugal 2021-07-05")
    PhotoFactory(place=PlaceFactory(name="Atlantis"), search_text="atlantis")
    examples = client_of(me).get("/api/searchtermexamples/").json()["results"]
    assert examples == ["Portugal", "2021", "Portugal 2021"]
    strangers = client_of(UserFactory()).get("/api/searchtermexamples").json()
    assert strangers["results"] == []


@pytest.mark.django_db
def test_each_example_finds_something(client_of):
    me = UserFactory()
    client = client_of(me)
    lisbon, ghent = PlaceFactory(name="Lisbon"), PlaceFactory(name="Ghent")
    for place, year in ((lisbon, 2024), (ghent, 2020), (ghent, 2019)):
        PhotoFactory(
            owner=me,
            place=place,
            taken_at=datetime(year, 5, 3, tzinfo=UTC),
            search_text=f"{place.name.lower()} {year}-05-03",
        )
    odd = PlaceFactory(name="Island -North")
    PhotoFactory(owner=me, place=odd, undated=True, search_text="island -north")
    examples = client.get("/api/searchtermexamples/").json()["results"]
    assert {"Ghent", "Ghent 2020", "Lisbon 2024", "2019"} <= set(examples)
    for example in examples:
        found = client.get(SEARCH, {"search": example}).json()["results"]
        assert found, example


@pytest.mark.django_db
def test_examples_name_people_of_ones_own(client_of):
    me = UserFactory()
    lisbon, ghent = PlaceFactory(name="Lisbon"), PlaceFactory(name="Ghent")
    anna, hidden = PersonFactory(owner=me, name="Anna"), PersonFactory(
        owner=me, name="Carla"
    )
    Person.objects.filter(pk=hidden.pk).update(hidden=True)
    for place, person in ((lisbon, anna), (lisbon, anna), (ghent, hidden)):
        photo = PhotoFactory(owner=me, place=place)
        FaceFactory(photo=photo, person=person, person_source="user")
        search_document.refresh([photo.pk])
    other = FaceFactory(person=PersonFactory(name="Ben"), person_source="user")
    search_document.refresh([other.photo_id])
    client = client_of(me)
    examples = client.get("/api/searchtermexamples/").json()["results"]
    assert {"Anna", "Anna Lisbon", "Lisbon"} <= set(examples)
    assert not any("Ben" in text or "Carla" in text for text in examples)
    found = client.get(SEARCH, {"search": "Anna Lisbon"}).json()["results"]
    assert sum(len(day["items"]) for day in found) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 6])
def test_examples_are_tried_in_a_fixed_number_of_queries(
    client_of, django_assert_max_num_queries, count
):
    me = UserFactory()
    for number in range(count):
        place = PlaceFactory(name=f"Town{number}")
        PhotoFactory(
            owner=me,
            place=place,
            taken_at=datetime(2010 + number, 5, 3, tzinfo=UTC),
            search_text=f"town{number} {2010 + number}-05-03",
        )
        tag(PhotoFactory(owner=me, search_text=f"thing{number}"), f"thing{number}")
    SiteSettings.current()
    with django_assert_max_num_queries(14):
        answer = client_of(me).get("/api/searchtermexamples/")
    assert len(answer.json()["results"]) >= 3 * min(count, 4)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 20])
def test_the_number_of_queries_does_not_grow(
    client_of, django_assert_num_queries, count
):
    me = UserFactory()
    PhotoFactory.create_batch(count, owner=me, search_text="lake")
    client = client_of(me)
    client.get(SEARCH, {"search": "lake"})  # the names of places are remembered
    with django_assert_num_queries(4):
        client.get(SEARCH, {"search": "lake"})


@pytest.mark.django_db
@pytest.mark.parametrize("terms", [["lake"], ["ke"], ["lake", "sea"], ["rare"]])
def test_a_page_is_a_part_of_the_whole_however_old_its_photos_are(terms):
    me = UserFactory()
    texts = ["lake", "the sea", "lake by the sea", "lake, rare"]
    for number in range(40):
        taken_at = datetime(2010 + number % 7, 1, 1 + number % 3, tzinfo=UTC)
        dated = {"taken_at": taken_at} if number % 5 else {"undated": True}
        PhotoFactory(owner=me, search_text=texts[number % 4], **dated)
    whole = search(me, terms, start=0, size=50_000)
    assert len(whole) >= 10
    pages = [search(me, terms, start=start, size=7) for start in range(0, 42, 7)]
    assert [row for page in pages for row in page] == whole


@pytest.mark.parametrize("text", ["9" * 5000, "照" * 1000, "%_" * 2000, "a" * 65])
def test_a_long_term_costs_no_more_than_its_length(client_of, db, text):
    """PostgreSQL takes the square of the length to find the trigrams of a term."""
    me = UserFactory()
    photo = PhotoFactory(owner=me, search_text=f"{text} b")
    PhotoFactory(owner=me, search_text=text[:-1])  # differs in the last letter alone
    with CaptureQueriesContext(connection) as asked:
        answer = client_of(me).get(SEARCH, {"search": text, "page_size": 5000})
    found = [item["id"] for day in answer.json()["results"] for item in day["items"]]
    assert found == [str(photo.pk)]
    asked_for = " ".join(query["sql"] for query in asked)
    indexed = re.findall(r"@> librephotos_search_tokens\(\d+, '([^']*)'", asked_for)
    assert indexed and max(map(len, indexed)) <= 100
