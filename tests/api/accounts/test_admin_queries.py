"""What is asked of the lists of the Django admin, whatever it is, is answered."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.db.models import Field
from django.test import Client

from tests.factories import JobFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
SITE = "/api/django-admin"
DIGITS = "9" * 30
LOOKUPS = {
    "CharField": [("regex", "["), ("icontains", "\0"), ("in", "\0"), ("year", "1")],
    "DateTimeField": [
        ("year", "99999999999999999"),
        ("year__gte", "0"),
        ("gte", "2021-02-31"),
        ("date", "9999999999-01-01"),
        ("range", "2021-01-01"),
        ("week_day", DIGITS),
    ],
    "BigAutoField": [("exact", DIGITS), ("in", f"1,{DIGITS}"), ("gt", "nan")],
    "JSONField": [("regex", "["), ("has_key", "\0"), ("exact", "{"), ("gt", "\0")],
    "BooleanField": [("exact", "perhaps"), ("isnull", DIGITS)],
    "ForeignKey": [("exact", DIGITS), ("year", "1"), ("id__exact", "\0")],
}
WHOLE = [("q", "\0"), ("o", DIGITS), ("p", "9" * 5000), ("e", "\0"), ("none", "1")]


def queries(model) -> list[tuple[str, str]]:
    fields = [field for field in model._meta.get_fields() if isinstance(field, Field)]
    narrowed = [
        (f"{field.name}__{lookup}", value)
        for field in fields
        for lookup, value in LOOKUPS.get(field.get_internal_type(), [])
    ]
    return [*WHOLE, *narrowed]


@pytest.fixture
def browser() -> Client:
    """A browser of a superuser in which an error is a 500, as on a server."""
    browser = Client(raise_request_exception=False)
    browser.force_login(UserFactory(admin=True))
    return browser


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda m: m.__name__)
def test_no_query_is_an_error_of_the_server(browser, model):
    JobFactory()
    address = f"{SITE}/{model._meta.app_label}/{model._meta.model_name}/"
    for query in queries(model):
        answer = browser.get(f"{address}?{urlencode([query])}")
        assert answer.status_code in (200, 302, 400), query


def test_a_year_that_is_none_is_refused_and_one_that_is_narrows(browser):
    address = f"{SITE}/api/user/?date_joined__year="
    refused = browser.get(f"{address}99999999999999999")
    assert refused.status_code == 400
    assert "Traceback" not in refused.content.decode()
    assert browser.get(f"{address}{datetime.now(UTC).year}").status_code == 200


@pytest.mark.parametrize("chosen", [DIGITS, "\0", "x"])
def test_rows_that_cannot_be_are_chosen_in_vain(browser, chosen):
    form = {"action": "delete_selected", "_selected_action": [chosen], "index": "0"}
    answer = browser.post(f"{SITE}/auth/group/", form)
    assert answer.status_code in (200, 302, 400)
