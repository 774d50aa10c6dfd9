"""Somebody who calls the API about what is theirs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from librephotos.api.models import User
from tests.factories import UserFactory


@pytest.fixture
def me(db: None) -> User:
    """An ordinary user."""
    return UserFactory()


@pytest.fixture
def client(client_of: Callable[..., APIClient], me: User) -> APIClient:
    """A client that calls the API as `me`."""
    return client_of(me)
