"""Catching up is done for every user, whatever befalls one of them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError

from librephotos.api.models import Job
from librephotos.pipeline.catching_up import catch_up
from tests.factories import PhotoFactory
from tests.support.triggers import refusing


@pytest.mark.django_db
def test_one_user_for_whom_it_fails_keeps_no_other_from_it(settings: Any) -> None:
    settings.FACE_RECOGNITION = True
    first, second = PhotoFactory().owner, PhotoFactory().owner
    refused = refusing("INSERT", f"NEW.started_by_id = {first.pk}", says="not his")
    with refused, pytest.raises(DatabaseError, match="not his"):
        catch_up()
    assert not Job.objects.filter(started_by=first).exists()
    assert Job.objects.filter(started_by=second).exists()
    catch_up()
    assert Job.objects.filter(started_by=first).exists()
