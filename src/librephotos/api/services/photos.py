"""What people do to many photos at once: favourite, rate, hide, publish, trash.

Every function takes photos that the caller owns; none looks for them itself.
"""

from __future__ import annotations

import re

from django.db.models import Q

from librephotos.api.services.bulk_edits import Edit

_HASHTAG = re.compile(r"(?<!\S)#\w[\w-]*")


def favorite(on: bool, *, min_rating: int) -> Edit:
    """Raise the rating to `min_rating` if below, or drop it to 0 if not."""
    least = max(1, min_rating)
    if on:
        return Edit(Q(rating__lt=least), {"user_rating": least})
    return Edit(Q(rating__gte=least), {"user_rating": 0})


def rate(rating: int) -> Edit:
    """Give photos a rating from 0 to 5, which overrules that of their files."""
    return Edit(~Q(user_rating=rating) | Q(user_rating=None), {"user_rating": rating})


def hide(on: bool) -> Edit:
    """Take photos out of the timeline, or show them again."""
    return Edit(Q(hidden=not on), {"hidden": on})


def publish(on: bool) -> Edit:
    """Show photos to everybody, or to their owner only."""
    return Edit(Q(public=not on), {"public": on})


def trash(on: bool) -> Edit:
    """Move photos into the trash, or out of it."""
    return Edit(Q(in_trashcan=not on), {"in_trashcan": on})


def hashtags(caption: str) -> list[str]:
    """Return the words of a caption that begin with #, without punctuation behind."""
    return _HASHTAG.findall(caption)
