"""What people do with their tags: make, give, take, rename, merge and delete them.

Every function takes tags and photos of one owner; none looks for them itself.
"""

from __future__ import annotations

from typing import NamedTuple

from django.db import IntegrityError, transaction

from librephotos.api.models import Photo, Thing, User
from librephotos.api.models.library.photo import PhotoQuerySet
from librephotos.api.pipeline.scanning.search_texts import renew_search_texts
from librephotos.api.services import bulk_edits
from librephotos.api.writes import user_tags


class TagGone(Exception):
    """The tag was deleted a moment ago."""


class TagNameTaken(Exception):
    """Another tag of the same owner has the name."""


class Tagged(NamedTuple):
    """A tag that was given, and the edit that takes it from who lacked it, if any."""

    tag: Thing
    undo: int | None


@transaction.atomic
def make(owner: User, name: str) -> tuple[Thing, bool]:
    """Return the owner's tag of this name, and whether it is new."""
    owner = User.objects.get(pk=owner.pk)
    return Thing.objects.get_or_create(
        owner=owner, kind=Thing.Kind.USER_TAG, title=name
    )


@transaction.atomic
def add(tag: Thing, photos: PhotoQuerySet) -> Tagged:
    """Give photos a tag; those that have it stay as they are. Raises TagGone."""
    try:
        changed = user_tags.add(tag, photos)
    except IntegrityError as error:
        raise TagGone("You have no such tag.") from error
    renew_search_texts(changed, owner=tag.owner_id)
    return Tagged(_now(tag), bulk_edits.remember_tagged(tag, changed))


@transaction.atomic
def remove(tag: Thing, photos: PhotoQuerySet) -> Thing:
    """Take a tag from photos; others than those that have it are passed over."""
    changed = user_tags.remove(tag, photos)
    renew_search_texts(changed, owner=tag.owner_id)
    return _now(tag)


@transaction.atomic
def rename(tag: Thing, name: str) -> Thing:
    """Call a tag otherwise. Raises TagGone and TagNameTaken."""
    held = user_tags.photos_of(tag, Photo.objects.all())
    try:
        with transaction.atomic():
            Thing.objects.filter(pk=tag.pk).update(title=name)
    except IntegrityError as error:
        raise TagNameTaken("You have another tag of this name.") from error
    renew_search_texts(held, owner=tag.owner_id)
    return _now(tag)


@transaction.atomic
def merge(tag: Thing, *, into: Thing) -> Thing:
    """Have one tag stand for two: its photos are those of both."""
    both = Photo.objects.filter(tags__thing__in=[tag, into]).distinct()
    held = user_tags.hold(Photo.objects.filter(pk__in=both.values("pk")))
    user_tags.merge(tag, into=into)
    renew_search_texts(held, owner=into.owner_id)
    return _now(into)


@transaction.atomic
def delete(tag: Thing) -> None:
    """Delete a tag; the photos that had it stay."""
    held = user_tags.photos_of(tag, Photo.objects.all())
    tag.tagged.all().delete()
    tag.delete()
    renew_search_texts(held, owner=tag.owner_id)


def _now(tag: Thing) -> Thing:
    known = Thing.objects.filter(pk=tag.pk).first()
    if known is None:
        raise TagGone("You have no such tag.")
    return known
