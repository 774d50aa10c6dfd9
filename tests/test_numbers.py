"""One reading of numbers, in paths, queries and bodies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import ValidationError

from librephotos.api.http.fields import NumberField, WholeNumberField
from librephotos.numbers import LARGEST, finite_number, whole_number
from tests.factories import PhotoFactory, UserFactory

NO_NUMBERS = [
    *("", " ", "-", "+", ".", "x", "1x", "x1", "1 2", "1,5", "0x10", "1_000", "_1"),
    *(
        " 1",
        "1 ",
        "1\n",
        "\t1",
        "\0",
        "1\0",
        "１２",
        "١٢",
        "²",
        "Ⅷ",
        "৩",
        "\N{SNOWMAN}",
    ),
    *("nan", "NaN", "inf", "-inf", "Infinity", "--1", "1e", "e3", "true", "None"),
    *("1e999", "-1e999"),
]
NO_WHOLE = [
    *(
        "-1",
        "+1",
        "1.0",
        "1.",
        "1e3",
        str(2**63),
        str(2**64),
        "9" * 5000,
        "1" + "0" * 5000,
    )
]


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number(text):
    assert whole_number(text) is None
    assert finite_number(text) is None
    for field in (WholeNumberField(), NumberField()):
        with pytest.raises(ValidationError):
            field.run_validation(text)


@pytest.mark.parametrize("text", NO_WHOLE, ids=lambda text: text[:20])
def test_what_is_no_whole_number(text):
    assert whole_number(text) is None


@given(st.integers(0, LARGEST), st.integers(0, 5000))
def test_digits_are_what_they_say(number, zeros):
    assert whole_number("0" * zeros + str(number)) == number
    assert whole_number(str(number), most=number) == number
    if number:
        assert whole_number(str(number), most=number - 1) is None


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_finite_numbers_are_what_they_say(number):
    assert finite_number(repr(number)) == number


@given(st.text())
def test_no_text_breaks_the_reading(text):
    whole, finite = whole_number(text), finite_number(text)
    assert whole is None or whole >= 0
    assert finite is None or abs(finite) < float("inf")


@pytest.mark.parametrize(
    "value",
    [
        *(True, False, None, [], {}, [1], {"a": 1}, b"1", 1.5, float("nan")),
        *(float("inf"), -float("inf"), 2**63, 10**5000, -(2**63), 1e300),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_whole_number_in_a_body(value):
    with pytest.raises(ValidationError):
        WholeNumberField().run_validation(value)


@pytest.mark.parametrize(
    "value",
    [True, None, [], {}, float("nan"), float("inf"), 10**400, -(10**5000)],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_number_in_a_body(value):
    with pytest.raises(ValidationError):
        NumberField().run_validation(value)


def test_what_is_one_in_a_body():
    whole, number = WholeNumberField(), NumberField()
    wholes = ("7", 7, 7.0, "-7", LARGEST, "007", "0")
    assert [whole.run_validation(value) for value in wholes] == [
        *(7, 7, 7, -7, LARGEST, 7, 0)
    ]
    numbers = ("0.5", 0.5, 1, "1", "1e-1", "-.5", "5.")
    assert [number.run_validation(value) for value in numbers] == [
        *(0.5, 0.5, 1.0, 1.0, 0.1, -0.5, 5.0)
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "status"),
    [
        *(("page=1", 200), ("page=last", 200), ("page=", 200), ("page=01", 200)),
        *(("page=0", 404), ("page=-1", 404), ("page=1_0", 404), ("page=１", 404)),
        *(("page=9" + "9" * 5000, 404), ("page=NaN", 404), ("page=%2B1", 404)),
        *(("page_size=-1", 200), ("page_size=0", 200), ("page_size=x", 200)),
        ("page_size=" + "9" * 5000, 200),
    ],
    ids=lambda value: str(value)[:20],
)
def test_pages(client_of, query, status):
    me = UserFactory()
    PhotoFactory(owner=me)
    answer = client_of(me).get(f"/api/photos/?{query}")
    assert answer.status_code == status
    assert answer.json()["errors" if status == 404 else "results"]


@pytest.mark.django_db
def test_five_thousand_digits_in_a_selection(client_of):
    body = {"select_all": True, "query": {"person": "9" * 5000}, "hidden": True}
    answer = client_of(UserFactory()).post("/api/photosedit/hide/", body, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "person"
