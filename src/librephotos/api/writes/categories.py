"""What kind of picture a photo is, as its file tells it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db.models.functions import Now

from librephotos.api.models import Photo
from librephotos.api.models.fields import readable_path
from librephotos.media.categories import Category, category_of


def find(photo_ids: Iterable[UUID]) -> None:
    """Find the categories of these photos anew; what a person said is above them.

    A video is neither a screenshot nor a document. To be called in a transaction.
    """
    photos = Photo.objects.filter(pk__in=list(photo_ids), main_file__isnull=False)
    rows = photos.values_list(
        "pk",
        "video",
        "found_category",
        "main_file__path",
        "metadata__description",
        "metadata__camera_make",
        "metadata__camera_model",
        "metadata__tags",
    )
    others: dict[Category, list[UUID]] = defaultdict(list)
    for pk, video, known, path, description, make, model, tags in rows:
        found = Category.PHOTO
        if not video:
            found = category_of(
                readable_path(path),
                description=description or "",
                camera=f"{make or ''} {model or ''}".strip(),
                tags=tags,
            )
        if found != known:
            others[found].append(pk)
    for category, concerned in others.items():
        Photo.objects.filter(pk__in=concerned).update(
            found_category=category, last_modified=Now()
        )
