"""What a request names, checked: bodies, photos, people."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer

from librephotos.api.models import Person, Photo
from librephotos.api.models.library.photo import PhotoQuerySet


def one_person(request: Request, person_id: int) -> Person:
    """Return a person whom the caller has named; raise NotFound if there is none."""
    people = Person.objects.owned_by(request.user).named()
    person = people.filter(pk=person_id).first()
    if person is None:
        raise NotFound("You know no such person.")
    return person


def validated(
    serializer: type[BaseSerializer[Any]], request: Request
) -> dict[str, Any]:
    """Return the checked body of a request; raise ValidationError if it is wrong."""
    checked = serializer(data=request.data)
    checked.is_valid(raise_exception=True)
    return dict(checked.validated_data)


def changeable(request: Request) -> PhotoQuerySet:
    """Return the photos that the caller may change: their own that still exist."""
    return Photo.objects.owned_by(request.user).filter(removed=False)
