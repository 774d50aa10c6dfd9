"""Going back to an earlier version of the tables, with what people have done since."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from librephotos.api.models import (
    Photo,
    PhotoEdit,
    PhotoShare,
    PhotoStage,
    Thing,
    UserAlbum,
)
from tests.factories import PhotoFactory, UserFactory

BEFORE = ("api", "0017_user_albums")


def migrate(*targets: tuple[str, str]) -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(list(targets) or executor.loader.graph.leaf_nodes("api"))


@pytest.fixture
def forward_again(transactional_db: None) -> Iterator[None]:
    yield
    migrate()


def test_tables_go_back_with_tags_shares_and_edits(forward_again: Any) -> None:
    me, other = UserFactory.create_batch(2)
    photo = PhotoFactory(owner=me, user_latitude=1.0, user_longitude=2.0)
    short, long = (
        Thing.objects.create(owner=me, kind=Thing.Kind.USER_TAG, title=title)
        for title in ("sea", "s" * 512)
    )
    for tag in (short, long):
        tag.tagged.create(photo=photo, score=1, visible=photo.visible)
    PhotoEdit.objects.create(photo=photo, user=me, batch=uuid4(), field="title")
    PhotoShare.objects.create(photo=photo, recipient=other, shown=1)
    UserAlbum.objects.create(owner=me, title="Summer")
    migrate(BEFORE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT title, photo_count FROM api_thing")
        assert cursor.fetchall() == [("sea", int(photo.visible))]
        cursor.execute("SELECT count(*) FROM api_photo")
        assert cursor.fetchone() == (1,)


def test_what_was_never_shown_is_read_again_and_else_nothing(
    forward_again: Any,
) -> None:
    seen, unseen, removed = (
        PhotoFactory(aspect_ratio=ratio) for ratio in (1.5, None, None)
    )
    Photo.objects.filter(pk=removed.pk).update(removed=True)
    for photo in (seen, unseen, removed):
        for stage in ("metadata", "geocode", "dates", "thumbnails"):
            PhotoStage.objects.update_or_create(
                photo=photo, stage=stage, defaults={"state": "done", "version": 1}
            )
    migrate(("api", "0027_shared_sync"))
    migrate(("api", "0028_visible_once_known"))
    pending = PhotoStage.objects.filter(state="pending")
    assert set(pending.values_list("photo", "stage")) == {
        (unseen.pk, "metadata"),
        (unseen.pk, "dates"),
    }
    migrate(("api", "0027_shared_sync"))
    assert Photo.objects.count() == 3 and pending.count() == 2
