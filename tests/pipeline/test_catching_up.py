"""Catching up is done for every user, whatever befalls one of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, connection

from librephotos.api.models import Job, User
from librephotos.pipeline.catching_up import catch_up
from tests.factories import PhotoFactory


@contextmanager
def refused(user: User) -> Iterator[None]:
    """Have the database take no job of one user."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse_job() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'not for this one'; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER refuse_job BEFORE INSERT ON api_job FOR EACH ROW"
            f" WHEN (NEW.started_by_id = {user.pk}) EXECUTE FUNCTION refuse_job()"
        )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION refuse_job CASCADE")


@pytest.mark.django_db
def test_one_user_for_whom_it_fails_keeps_no_other_from_it(settings: Any) -> None:
    settings.FACE_RECOGNITION = True
    first, second = PhotoFactory().owner, PhotoFactory().owner
    with refused(first), pytest.raises(DatabaseError, match="not for this one"):
        catch_up()
    assert not Job.objects.filter(started_by=first).exists()
    assert Job.objects.filter(started_by=second).exists()
    catch_up()
    assert Job.objects.filter(started_by=first).exists()
