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
