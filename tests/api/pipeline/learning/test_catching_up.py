"""Catching up is done for every user, whatever befalls one of them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError

from librephotos.api.models import Job, PhotoStage
from librephotos.api.pipeline.learning.following import (
    catch_up,
    hand_out,
    start_following,
)
from librephotos.api.pipeline.work import jobs
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


@pytest.mark.django_db
def test_photos_that_a_job_has_been_given_are_given_to_no_other(settings: Any) -> None:
    settings.FACE_RECOGNITION = True
    owner = PhotoFactory().owner
    catch_up()
    first = Job.objects.get(kind=Job.Kind.SCAN_FACES)
    hand_out(first.pk)
    # A worker that starts, a scan that ends, and a user who asks for more.
    catch_up()
    start_following(owner, Job.Kind.SCAN_PHOTOS, has_run=True)
    assert Job.objects.get(kind=Job.Kind.SCAN_FACES) == first
    second = jobs.start(Job.Kind.SCAN_FACES, user=owner)
    PhotoFactory(owner=owner)
    hand_out(second.pk)
    assert [stage.total for stage in first.stages.all()] == [1]
    assert [stage.total for stage in second.stages.all()] == [1]
    assert PhotoStage.objects.filter(stage="faces", job=first).count() == 1
    jobs.cancel(first)
    hand_out(second.pk)
    assert PhotoStage.objects.filter(stage="faces", job=second).count() == 2
