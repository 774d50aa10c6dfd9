"""Date rules and time zones, which the clients decode twice."""

from __future__ import annotations

import json

import pytest

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def decoded(client_of):
    """Decode an answer as the clients do."""
    client = client_of(UserFactory())
    return lambda path: json.loads(client.get(path).json())


def test_time_zones(decoded):
    names = decoded("/api/timezones/")
    assert "Europe/Berlin" in names
    assert names == sorted(names)


def test_predefined_rules_start_with_the_default_ones(decoded):
    rules = decoded("/api/predefinedrules/")
    defaults = decoded("/api/defaultrules/")
    assert {rule["id"] for rule in rules} == set(range(1, 16))
    marked = [rule["id"] for rule in rules if rule["is_default"]]
    assert marked == [rule["id"] for rule in defaults]
    assert marked == [rule["id"] for rule in rules[: len(marked)]]
    assert all("is_default" not in rule for rule in defaults)


def test_a_new_account_has_the_default_rules(client_of, decoded):
    user = UserFactory()
    row = client_of(user).get(f"/api/user/{user.pk}/").json()
    assert json.loads(row["datetime_rules"]) == decoded("/api/defaultrules/")


def _rules(expression: str) -> str:
    rule = {
        "id": 100,
        "rule_type": "exif",
        "exif_tag": "EXIF:DateTime",
        "condition_path": expression,
    }
    return json.dumps([rule])


@pytest.mark.parametrize("expression", ["(.*)" * 12 + "#", ".*.*.*.*#"])
def test_expressions_that_are_slow_elsewhere_are_taken(client_of, expression):
    user = UserFactory()
    answer = client_of(user).patch(
        f"/api/user/{user.pk}/", {"datetime_rules": _rules(expression)}, format="json"
    )
    assert answer.status_code == 200
    assert answer.json()["datetime_rules"] == _rules(expression)


@pytest.mark.parametrize(
    "expression", [r"(a)\1", "(?=a)", "(a{1000}){1000}", r"\pL{999}", "("]
)
def test_what_cannot_be_run_is_refused_with_a_sentence(client_of, expression):
    user = UserFactory()
    answer = client_of(user).patch(
        f"/api/user/{user.pk}/", {"datetime_rules": _rules(expression)}, format="json"
    )
    assert answer.status_code == 400
    assert (
        "Date rule 1 cannot be used: An expression is not valid"
        in answer.content.decode()
    )
    user.refresh_from_db()
    assert json.loads(user.datetime_rules)[0]["id"] == 14


def test_rules_that_were_taken_once_do_not_stop_other_changes(client_of):
    user = UserFactory(datetime_rules=_rules("(?=a)"))
    answer = client_of(user).patch(
        f"/api/user/{user.pk}/",
        {"datetime_rules": _rules("(?=a)"), "first_name": "Ada"},
        format="json",
    )
    assert answer.status_code == 200
    assert answer.json()["first_name"] == "Ada"
